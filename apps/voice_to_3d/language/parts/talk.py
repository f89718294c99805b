"""Talk that carries no shape, and outlines by points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.centring import point_at
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at
from wugan.apps.voice_to_3d.language.parts.nouns import read_np

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

TALK = (
    "walk you through", "i will", "we will", "i'll", "explain", "tell you", "let you know", "instructions",
    "how to make it", "step by step", "operation by operation",
    "operations", "fairly specific",
)  # fmt: skip


def _outline(reader: Reader, i: int) -> int:
    """Reads "vertices at (0, 0), (50, 0), (50, 10)…": three points or more are the outline of what is in focus."""
    found = reader.tokens
    k = i
    while lemma_at(found, k) in (
        "vertex",
        "point",
        "corner",
        "with",
        "at",
        "the",
        "through",
        ":",
        "connecting",
        "profile",
        "are",
    ):
        k += 1
    points: list[tuple[float, ...]] = []
    end = k
    while (read := point_at(found, k)) is not None:
        points.append(read[0])
        end = k = read[1]
        while lemma_at(found, k) in (",", "and", "then", "to", "–", "-"):
            k += 1
    frame = reader.focus
    if frame is not None and frame.kind == "cut" and reader.mentioned is not None and len(points) > 1:
        if any(value < 0 for point in points for value in point):
            reader.centre_origin = True
        frame.spots.append(Spot("points", points=tuple(points)))
        return end
    if len(points) < 3:
        return i
    if frame is None or frame.kind != "solid" or frame.sized or reader.mentioned is None:
        if reader.base() is not None:
            return i
        frame = reader.add(Frame("solid", "profile", {"profile", "outline", "polygon"}, said="the outline by points"))
    if points[0] == points[-1]:
        points.pop()
    frame.points, frame.shape = tuple(points), "points"
    if any(token.lemma in ("revolve", "revolved", "rotate", "spin") for token in found):
        frame.flags.add("revolve")
    return end


def _talk(reader: Reader) -> bool:
    """A sentence of talk about the description itself."""
    found = reader.tokens
    if any(token.quantity and token.quantity.kind in ("length", "sizes", "angle") for token in found):
        return False
    line = " ".join(token.lemma for token in found)
    return any(phrase in line for phrase in TALK) and not any(word in line for word in ("hole", "slot", "plate with"))


def _purpose(reader: Reader, i: int) -> bool:
    """Reads "for holding round stock", "for the clamp", "to make a T shape": says what for, not how large."""
    found = reader.tokens
    end = _clause_end(reader, i)
    rest = found[i + 1 : end]
    if not rest or any(token.quantity and token.quantity.kind != "ordinal" for token in rest):
        return False
    word = found[i].lemma
    if word == "for":
        if rest[0].lemma.endswith("ing"):
            return True
        np = read_np(found, i + 1, unknown=True)
        known = np is not None and np.entity and (reader.resolve(np) if np.definite else reader.find(np.head))
        return np is not None and not known and i > 0
    if word == "to" and i and found[i - 1].lemma in ("going", "want", "need", "like", "have", "start", "begin", "used"):
        return False
    if word == "to":
        return rest[0].lemma in (
            "make",
            "form",
            "hold",
            "create",
            "give",
            "accept",
            "receive",
            "fit",
            "allow",
            "take",
            "keep",
        )
    return rest[0].lemma in ("that", "it", "the", "they")


def _clause_end(reader: Reader, i: int) -> int:
    k = i
    while k < len(reader.tokens) and reader.tokens[k].lemma not in (",", ":", "(", ")", ".", "–"):
        k += 1
    return k
