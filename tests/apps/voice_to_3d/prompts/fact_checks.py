"""The checks behind the keys of a step's expectation; `check_dialogue` runs a whole dialogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from facts import Body, Expectation, Part, Snapshot, close, fits, has_colour, overall, related, same_model, select
from facts import _share as share

Check = Callable[[Any, Snapshot, Snapshot, Sequence[Snapshot]], list[str]]


def _each(wanted: dict[str, Any], now: Snapshot, test: Callable[[Body, Any], bool], what: str) -> list[str]:
    wrong = []
    for phrase, value in wanted.items():
        found = select(now, phrase)
        if not found:
            wrong.append(f"{what}: no {phrase}")
        wrong += [f"{what}: {phrase} is not {value} (size {b.size.round(1)})" for b in found if not test(b, value)]
    return wrong


def box(wanted: list[float | None], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    size = overall(now).size
    return [] if fits(size, wanted) else [f"box: {size.round(2)} instead of {wanted}"]


def sorted_box(wanted: list[float], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    size = np.sort(overall(now).size)
    good = all(close(float(s), w) for s, w in zip(size, sorted(wanted), strict=True))
    return [] if good else [f"sorted_box: {size.round(2)} instead of {wanted}"]


def ratio(wanted: list[float], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    return box([float(w * s) for w, s in zip(wanted, overall(before).size, strict=True)], now, before, states)


def volume(wanted: float, now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    good = now.volume is not None and abs(now.volume - wanted) <= 0.01 * wanted
    return [] if good else [f"volume: {now.volume} instead of {wanted}"]


def volume_change(wanted: str, now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    if now.volume is None or before.volume is None:
        return ["volume_change: no volume given"]
    return [] if (now.volume > before.volume) == (wanted == "up") else [f"volume_change: not {wanted}"]


def count(wanted: dict[str, int], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    found = {k: len(select(now, k)) for k in wanted}
    return [f"count: {found[k]} {k} instead of {n}" for k, n in wanted.items() if found[k] != n]


def colour(wanted: dict[str, str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    def test(body: Body, value: str) -> bool:
        return not has_colour(body, value[4:]) if value.startswith("not ") else has_colour(body, value)

    return _each(wanted, now, test, "colour")


def material(wanted: dict[str, str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    def test(body: Body, value: str) -> bool:
        return share(body, lambda p: value in p.material.lower()) >= 0.5

    return _each(wanted, now, test, "material")


def part_box(
    wanted: dict[str, list[float | None]], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]
) -> list[str]:
    return _each(wanted, now, lambda body, value: fits(body.size, value), "part_box")


def part_ratio(
    wanted: dict[str, list[float]], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]
) -> list[str]:
    wrong = []
    for phrase, factors in wanted.items():
        old, new = select(before, phrase), select(now, phrase)
        if not old or len(old) != len(new):
            wrong.append(f"part_ratio: {len(old)} {phrase} before, {len(new)} after")
        wrong += [
            f"part_ratio: {phrase} {a.size.round(2)} to {b.size.round(2)} is not {factors}"
            for a, b in zip(old, new, strict=False)
            if not fits(b.size, [float(f * s) for f, s in zip(factors, a.size, strict=True)])
        ]
    return wrong


def top_at(wanted: dict[str, float], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    floor = float(overall(now).low[2])
    return _each(wanted, now, lambda body, value: close(float(body.high[2]) - floor, value), "top_at")


def moved(wanted: dict[str, list[float]], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    wrong = []
    for phrase, way in wanted.items():
        old, new = select(before, phrase), select(now, phrase)
        if len(old) != 1 or len(new) != 1:
            wrong.append(f"moved: {len(old)} {phrase} before, {len(new)} after")
        elif np.abs(new[0].centre - old[0].centre - np.asarray(way)).max() > 1:
            wrong.append(f"moved: {phrase} by {(new[0].centre - old[0].centre).round(1)} instead of {way}")
    return wrong


def mirrored(wanted: dict[str, str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    def offset(state: Snapshot, phrase: str, axis: int) -> float | None:
        found = select(state, phrase)
        own = {id(p) for b in found for p in b.parts}
        rest = [p for p in state.parts if id(p) not in own and not p.cut]
        return float((found[0].centre - Body(rest).centre)[axis]) if found and rest else None

    wrong = []
    for phrase, name in wanted.items():
        a, b = (offset(state, phrase, "xyz".index(name)) for state in (before, now))
        if a is None or b is None or abs(a + b) > 1 or abs(a) < 1:
            wrong.append(f"mirrored: {phrase} was at {a}, is at {b} along {name}")
    return wrong


def even(wanted: list[str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    wrong = []
    for phrase in wanted:
        found = select(now, phrase)
        if len(found) < 2:
            wrong.append(f"even: {len(found)} {phrase}")
            continue
        centres = np.stack([b.centre for b in found])
        axis = int(np.ptp(centres, axis=0).argmax())
        gaps = np.diff(np.sort(centres[:, axis]))
        if np.ptp(gaps) > max(1.0, 0.02 * gaps.mean()):
            wrong.append(f"even: {phrase} at gaps {gaps.round(1)}")
    return wrong


def symmetric(wanted: dict[str, str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    wrong = []
    for phrase, name in wanted.items():
        axis = "xyz".index(name)
        middle = overall(now).centre[axis]
        places = sorted(float(b.centre[axis] - middle) for b in select(now, phrase))
        if not places or any(abs(a + b) > 1 for a, b in zip(places, reversed(places), strict=True)):
            wrong.append(f"symmetric: {phrase} at {places} along {name}")
    return wrong


def round_(wanted: list[str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    def is_round(body: Body, _: Any) -> bool:
        filled = sum(p.hull_volume or p.volume or 0.0 for p in body.parts) / float(body.size.prod())
        return close(float(body.size[0]), float(body.size[1])) and 0.7 <= filled <= 0.8

    return _each(dict.fromkeys(wanted, "round"), now, is_round, "round")


def hollow(wanted: list[str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    def is_hollow(body: Body, _: Any) -> bool:
        hull = sum(p.hull_volume or 0.0 for p in body.parts)
        return hull > 0 and sum(p.volume or 0.0 for p in body.parts) < 0.7 * hull

    return _each(dict.fromkeys(wanted, "hollow"), now, is_hollow, "hollow")


def relation(wanted: list[list[str]], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    wrong = []
    for a, how, b in wanted:
        ones, others = select(now, a), select(now, b)
        if not ones or not others:
            wrong.append(f"relation: no {b if ones else a}")
            continue
        if not all(any(related(x, y, how) for y in others) for x in ones):
            wrong.append(f"relation: {a} is not {how} {b}")
    return wrong


def above(wanted: list[list[str]], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    return relation([[a, "above", b] for a, b in wanted], now, before, states)


def below(wanted: list[list[str]], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    return relation([[a, "below", b] for a, b in wanted], now, before, states)


def same_as(wanted: int, now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    return [] if same_model(now, states[wanted]) else [f"same_as: differs from the model after step {wanted}"]


def unread(wanted: list[str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    said = " | ".join(now.unread).lower()
    if not wanted and now.unread:
        return [f"unread: nothing should be left, but {now.unread} is"]
    return [f"unread: {w!r} is not in {said!r}" for w in wanted if w.lower() not in said]


def reported(wanted: list[str], now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    said = " | ".join([*now.unread, now.message]).lower()
    return [f"reported: {w!r} is not in {said!r}" for w in wanted if w.lower() not in said]


def refused(wanted: bool, now: Snapshot, before: Snapshot, states: Sequence[Snapshot]) -> list[str]:
    if now.refused != wanted:
        return [f"refused: {now.refused} instead of {wanted}"]
    return ["refused: without a message"] if wanted and not now.message.strip() else []


_NAMED: list[Check] = [
    *(box, sorted_box, ratio, volume, volume_change, count, colour, material, part_box, part_ratio, top_at, moved),
    *(mirrored, even, symmetric, round_, hollow, relation, above, below, same_as, unread, reported, refused),
]
CHECKS: dict[str, Check] = {check.__name__.rstrip("_"): check for check in _NAMED}  # type: ignore[attr-defined]


def check_dialogue(steps: Sequence[Expectation], states: Sequence[Snapshot]) -> list[list[str]]:
    """What is wrong after each step; an empty list where all its facts hold.

    Args:
        steps: The steps of a dialogue as the YAML file has them.
        states: One snapshot after each step. Every step builds on the state the program really is in.
    """
    if len(steps) != len(states):
        raise ValueError(f"{len(steps)} steps but {len(states)} snapshots: give one snapshot a step")
    history: list[Snapshot] = [Snapshot()]  # step 0 is the empty scene
    found = []
    for step, now in zip(steps, states, strict=True):
        before = history[-1]
        history.append(now)
        wrong = [] if now.watertight else ["not watertight"]
        for key, wanted in step.items():
            if key == "say":
                continue
            empty = not overall(now).parts and key not in ("same_as", "unread", "reported", "refused", "count")
            wrong += [f"{key}: there are no parts"] if empty else CHECKS[key](wanted, now, before, history)
        found.append(wrong)
    return found


__all__ = ["CHECKS", "Part", "Snapshot", "check_dialogue"]
