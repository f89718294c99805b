"""Check what a step of a scene dialogue must have done (scenes_dev.yaml, scenes_held.yaml; schema in README.md).

The checker knows nothing of the interpreter: a test turns each state of the program into a `Snapshot` and asks
`check_dialogue`. Lengths are mm; X grows to the right, Y to the back, Z up.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5}
SIDES = {"left": (0, 0), "right": (0, 1), "front": (1, 0), "back": (1, 1), "bottom": (2, 0), "top": (2, 1)}
ALIKE = {
    "silver": {"grey", "white"},
    "gold": {"yellow", "orange", "brown"},
    "gray": {"grey"},
    "cream": {"white", "yellow"},
}
Expectation = dict[str, Any]


@dataclass
class Part:
    """One part, or one feature cut out of a part (`cut`), as it stands in the scene."""

    role: str  # singular noun: "leg", "top", "hole"
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    owner: str = ""  # the object it belongs to, "lamp#2" for the second lamp
    colour: str = ""  # name, where there is one
    rgb: tuple[float, float, float] | None = None  # 0 to 1; decides before the name does
    material: str = ""
    volume: float | None = None
    hull_volume: float | None = None
    cut: bool = False


@dataclass
class Snapshot:
    """The state after a step: its parts and what the program said about the sentence."""

    parts: list[Part] = field(default_factory=list)
    volume: float | None = None  # of the whole model, mm³
    watertight: bool = True
    unread: list[str] = field(default_factory=list)
    message: str = ""
    refused: bool = False


@dataclass
class Body:
    """Parts that a phrase speaks of as one thing."""

    parts: list[Part]

    @property
    def low(self) -> np.ndarray:
        return np.min([p.low for p in self.parts], axis=0)

    @property
    def high(self) -> np.ndarray:
        return np.max([p.high for p in self.parts], axis=0)

    @property
    def size(self) -> np.ndarray:
        return self.high - self.low

    @property
    def centre(self) -> np.ndarray:
        return (self.high + self.low) / 2


def is_called(name: str, noun: str) -> bool:
    """Whether a name is the noun or ends in it ("table lamp" is a lamp)."""
    return name == noun or name.endswith(" " + noun)


def bodies(now: Snapshot, nouns: str) -> list[Body]:
    """All that answer to a noun ("a|b" for either): parts of that role, else objects of that name."""
    names = nouns.split("|")
    parts = [p for p in now.parts if any(is_called(p.role, n) for n in names)]
    if parts:
        return [Body([p]) for p in parts]
    owners: dict[str, list[Part]] = {}
    for part in now.parts:
        if not part.cut and any(is_called(part.owner.split("#")[0], n) for n in names):
            owners.setdefault(part.owner, []).append(part)
    return [Body(parts) for parts in owners.values()]


def select(now: Snapshot, phrase: str) -> list[Body]:
    """Bodies that "left lamp", "second shelf" or "front left leg" speak of; ordinals count from below or left."""
    whole = bodies(now, phrase)
    *words, noun = phrase.split(" ")
    if whole or not words:
        return whole
    known = {*SIDES, *ORDINALS, "middle", "tallest", "smallest"}
    split = next((i for i, w in enumerate(words) if w not in known), len(words))
    found = bodies(now, " ".join([*words[split:], noun]))
    for word in words[:split]:
        if not found:
            return []
        centres = np.stack([b.centre for b in found])
        if word in SIDES:
            axis, end = SIDES[word]
            extreme = centres[:, axis].max() if end else centres[:, axis].min()
            found = [b for b, c in zip(found, centres, strict=True) if abs(c[axis] - extreme) < 1.0]
        elif word in ("tallest", "smallest"):
            found = sorted(found, key=lambda b: float(b.size[2] if word == "tallest" else -b.size.prod()))[-1:]
        else:
            spread = centres.max(axis=0) - centres.min(axis=0)
            ranked = sorted(found, key=lambda b: float(b.centre[int(spread.argmax())]))
            place = (len(ranked) - 1) // 2 if word == "middle" else ORDINALS[word]
            found = ranked[place : place + 1]
    return found


def family(rgb: Sequence[float]) -> str:
    """Everyday name of a colour."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(float(c) for c in rgb[:3]))
    if value < 0.2:
        return "black"
    if saturation < 0.15:
        return "white" if value > 0.85 else "grey"
    degrees = hue * 360
    if 10 <= degrees < 48 and value < 0.7:
        return "brown"
    if (degrees >= 330 or degrees < 10) and saturation < 0.6 and value > 0.75:
        return "pink"
    ends = [(12, "red"), (42, "orange"), (70, "yellow"), (170, "green"), (258, "blue"), (300, "purple"), (342, "pink")]
    return next((name for end, name in ends if degrees < end), "red")


def has_colour(body: Body, wanted: str) -> bool:
    """Whether most of a body, by the volume of its parts' boxes, has the colour."""
    wanted_set = {wanted} | ALIKE.get(wanted, set())

    def right(part: Part) -> bool:
        return (family(part.rgb) if part.rgb is not None else part.colour.lower().split(" ")[-1]) in wanted_set

    return _share(body, right) >= 0.5


def _share(body: Body, right: Callable[[Part], bool]) -> float:
    weights = [float(np.prod(np.maximum(np.subtract(p.high, p.low), 1e-6))) for p in body.parts]
    return sum(w for w, p in zip(weights, body.parts, strict=True) if right(p)) / sum(weights)


def overall(now: Snapshot) -> Body:
    """Everything but the cut features."""
    return Body([p for p in now.parts if not p.cut])


def close(value: float, wanted: float, slack: float = 0.005) -> bool:
    """Within 1 mm or half a percent."""
    return abs(value - wanted) <= max(1.0, slack * abs(wanted))


def fits(size: np.ndarray, wanted: Sequence[float | None]) -> bool:
    """Whether a box has the wanted sides; X and Y may be swapped, None is free."""

    def same(order: tuple[int, int, int]) -> bool:
        return all(w is None or close(float(size[i]), w) for i, w in zip(order, wanted, strict=True))

    return same((0, 1, 2)) or same((1, 0, 2))


def same_model(a: Snapshot, b: Snapshot) -> bool:
    """Equal parts in role, place, size, colour and material, in any order."""

    def key(p: Part) -> tuple[Any, ...]:
        look = tuple(round(float(c), 2) for c in p.rgb) if p.rgb is not None else (p.colour,)
        box = tuple(round(float(v), 1) + 0.0 for v in (*p.low, *p.high))
        return p.role, p.owner.split("#")[0], box, str(look), p.material, p.cut

    return sorted(map(key, a.parts)) == sorted(map(key, b.parts))


def related(a: Body, b: Body, relation: str) -> bool:
    """Whether `a` stands in the relation to `b`.

    "on" is contact within 1 mm, half of a's footprint over b's or nearly all of b's under a's (a beam on its pillars).
    """
    shared = np.minimum(a.high, b.high)[:2] - np.maximum(a.low, b.low)[:2]
    area = float(np.prod(np.maximum(shared, 0.0)))
    over = area >= 0.5 * float(np.prod(a.size[:2])) or area >= 0.9 * float(np.prod(b.size[:2]))
    apart = {"left_of": (0, -1), "right_of": (0, 1), "behind": (1, 1), "in_front_of": (1, -1)}
    if relation in apart:
        axis, sign = apart[relation]
        return bool(a.low[axis] >= b.high[axis] - 1 if sign > 0 else a.high[axis] <= b.low[axis] + 1)
    if relation == "beside":
        return any(related(a, b, r) for r in apart)
    if relation == "centred_on":
        return bool(np.all(np.abs(a.centre[:2] - b.centre[:2]) <= 1))
    if relation == "inside":
        return bool(np.all(a.low >= b.low - 1) and np.all(a.high <= b.high + 1))
    tests = {
        "on": over and abs(a.low[2] - b.high[2]) <= 1,
        "under": over and a.high[2] <= b.high[2] and a.centre[2] < b.high[2],
        "above": a.low[2] >= b.centre[2] - 1,
        "below": a.high[2] <= b.high[2] + 1 and a.centre[2] < b.centre[2],
    }
    return bool(tests[relation])
