"""Listing: one size for each of several copies, in their order: "diameters of 4, 6, 8 and 10 mm from left to right"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.layouts import Layout, layout
from wugan.apps.voice_to_3d.language.parts.locating import Locator
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at, role_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

MOST = 12


def listed(reader: Reader, i: int) -> int:
    """The index after a list of as many sizes as there are copies of what is in focus, or `i`."""
    found, group = reader.tokens, reader.focus
    named = role_at(found, i)
    k = named[1] if named and found[i].plural else i
    while k > i and lemma_at(found, k) in ("of", "are", ":", "=", "is"):
        k += 1
    if group is None or group.kind != "cut" or group.count < 2 or group.members or length_at(found, k) is None:
        return i
    values: list[float] = []
    start, end = k, k
    while len(values) < MOST and (quantity := length_at(found, k)) is not None and not found[k].text.isalpha():
        values.append(quantity.value)
        k = end = k + 1
        if lemma_at(found, k) not in (",", "and"):
            break
        while lemma_at(found, k) in (",", "and"):
            k += 1
    if len(values) != group.count or len(values) < 2:
        return i
    if lemma_at(found, end) in ("from", "off", "above", "below") and not named:
        read = reader.spots.distance(end - 1)
        if read is None or len(read[0]) != 1:
            return i
        for value in values:  # "20 mm and 60 mm from the left face"
            reader.member(group, 1).spots.append(replace(read[0][0], value=value))
        reader.attend(group)
        return read[1]
    after = role_at(found, end)
    before = next((role for back in (1, 2) if (role := role_at(found, start - back)) is not None), None)
    role = after or named or before
    if role is None or role[0] in ("apart", "pitch"):
        return i
    if len(values) == 2 and "respectively" not in [one.lemma for one in found]:
        return i  # "two holes 10 mm and 5 mm deep" may be a size and a depth
    group.flags.add("listed")
    for number, value in enumerate(values):
        reader.member(group, 1, number + 1).dims[role[0]] = value
    reader.attend(group)
    end = after[1] if after else end
    while lemma_at(found, end) in (",", "in", "that", "order") or (
        lemma_at(found, end) == "from" and lemma_at(found, end + 2) == "to"
    ):
        end += 4 if lemma_at(found, end) == "from" else 1  # "in that order from left to right"
    return end


def place_of(ground: Ground, frame: Frame, locator: Locator) -> Layout | None:
    """The place of one copy of a listed group among the others; `None` for any other frame."""
    group = frame.group
    if group is None or not group.has("listed"):
        return None
    spots = [*(group.members[0].spots if group.members else []), *group.spots]
    row = replace(group, members=[], spots=spots, count=len(group.members), counted=True)
    whole = Locator(ground, row, locator.host, locator.normal, locator.half)
    whole.collect(row.all_spots())
    points = layout(ground, row, whole).points
    if len(points) < len(group.members):
        return None
    axis = max(locator.axes, key=lambda one: max(p[one] for p in points) - min(p[one] for p in points))
    ordered = sorted(points, key=lambda point: point[axis])
    return Layout([ordered[group.members.index(frame)]])


__all__ = ["listed", "place_of"]
