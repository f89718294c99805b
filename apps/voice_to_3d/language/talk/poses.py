"""How things are turned as it is said: "upside down", "on its side", "upright", "flat"."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found
from wugan.apps.voice_to_3d.measure import bounds
from wugan.apps.voice_to_3d.scene.edit import Edit, Turn
from wugan.apps.voice_to_3d.scene.placement import Reference

TURNS: tuple[tuple[tuple[str, ...], str, float], ...] = (
    (("upside", "down"), "x", 180.0), (("the", "other", "way", "up"), "x", 180.0), (("on", "its", "head"), "x", 180.0),
    (("on", "its", "side"), "y", 90.0), (("on", "its", "back"), "x", -90.0), (("on", "its", "front"), "x", 90.0),
    (("on", "its", "face"), "x", 90.0), (("on", "their", "side"), "y", 90.0), (("on", "its", "top"), "x", 180.0),
    (("the", "other", "way", "round"), "z", 180.0), (("the", "other", "way", "around"), "z", 180.0),
    (("the", "other", "way"), "z", 180.0), (("around",), "z", 180.0), (("round",), "z", 180.0),
    (("back", "to", "front"), "z", 180.0), (("sideways",), "z", 90.0), (("upright",), "up", 0.0),
    (("on", "end"), "up", 0.0), (("on", "its", "end"), "up", 0.0), (("on", "edge"), "edge", 0.0),
    (("on", "its", "edge"), "edge", 0.0),
    (("vertically",), "up", 0.0), (("vertical",), "up", 0.0), (("flat",), "flat", 0.0), (("flat", "down"), "flat", 0.0),
    (("horizontal",), "flat", 0.0), (("horizontally",), "flat", 0.0),
)  # fmt: skip
"""What is said, the axis, and by how many degrees; "up": the longest side vertical, "flat": the shortest."""


def turn_at(r: Reading, i: int, end: int) -> tuple[str, float, int] | None:
    """The turn that is said at `i`: its axis, degrees, and the index after it; the longest phrase counts."""
    hits = [row for row in TURNS if i + len(row[0]) <= end and r.has(i, *row[0])]
    if not hits:
        return None
    phrase, axis, degrees = max(hits, key=lambda row: len(row[0]))
    return axis, degrees, i + len(phrase)


def turned(r: Reading, references: list[Reference], axis: str, degrees: float) -> list[Edit]:
    """The edits for a turn, or for a pose ("up", "flat") that depends on how a thing lies now."""
    edits: list[Edit] = []
    for ref in references:
        about, by = (axis, degrees) if axis in ("x", "y", "z") else _pose(r, ref, axis)
        edits += [Turn(target=ref, axis=about, degrees=by)] if by else []
    return edits


def _pose(r: Reading, ref: Reference, how: str) -> tuple[str, float]:
    """The axis and the degrees that bring a thing into a pose; 0 degrees where it is in it."""
    box = bounds(r.scene, [ref.object]).get(ref.object)
    if box is None or ref.parts is not None:
        return "x", 90.0
    x, y, z = (box[1][i] - box[0][i] for i in range(3))
    if how == "up":
        if z >= max(x, y) - 0.5:
            return "x", 0.0
        return ("y", 90.0) if x > y + 0.5 else ("x", 90.0)
    if how == "edge":
        return ("x", 90.0) if x >= y else ("y", 90.0)
    if how == "down":  # what stands is tipped over; what lies is laid flat
        if z > max(x, y):
            return "y", 90.0
        how = "flat"
    if z <= min(x, y) + 0.5:
        return "x", 0.0
    return ("y", 90.0) if x < y else ("x", 90.0)


def pose(r: Reading, found: Found, i: int, end: int, how: str) -> int:
    """Carries a pose out on what was named, and says where nothing had to be done; the index after it."""
    edits = turned(r, found.references, how, 0.0)
    if not edits:
        r.assumed.append(
            "it " + {"up": "stands", "edge": "stands", "flat": "lies flat", "down": "lies"}[how] + " already"
        )
        return r.know(i, end)
    r.carry(edits, i, end)
    return end
