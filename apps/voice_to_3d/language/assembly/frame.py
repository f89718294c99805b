"""`Made`: a thing that has a place: its box in the world, how it is turned; turns of a right angle and their angles."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import product

import numpy as np

from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.scene import solid as solids

Matrix = tuple[tuple[int, int, int], ...]
Angles = tuple[float, float, float]
IDENTITY: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
QUARTER: Matrix = ((0, -1, 0), (1, 0, 0), (0, 0, 1))
NUMBER = {"x": 0, "y": 1, "z": 2}


@dataclass(eq=False)
class Made:
    """A thing with its place.

    Attributes:
        low, high: its box in the world, mm; of several alike the first one's.
        turn: how its own axes lie in the world: world = turn · own.
        axis: its own length's axis in the world.
        points: middles of the boxes of all alike.
    """

    thing: Thing
    solid: solids.Solid
    low: list[float]
    high: list[float]
    turn: Matrix = IDENTITY
    axis: str = "z"
    points: list[list[float]] = field(default_factory=list)
    ident: str = ""

    def side(self, axis: str, way: int) -> float:
        """Where its box ends along an axis."""
        return (self.high if way > 0 else self.low)[NUMBER[axis]]

    def mid(self, axis: str) -> float:
        """The middle of its box along an axis."""
        return (self.low[NUMBER[axis]] + self.high[NUMBER[axis]]) / 2

    def extent(self, axis: str) -> float:
        """The size of its box along an axis."""
        return self.high[NUMBER[axis]] - self.low[NUMBER[axis]]


def upright(axis: str, way: int = 1) -> Matrix:
    """The turn that lays own z along an axis; own x stays level."""
    if axis == "z":
        return IDENTITY if way > 0 else ((1, 0, 0), (0, -1, 0), (0, 0, -1))
    if axis == "x":  # own z -> x, own x -> y, own y -> z
        return ((0, 0, 1), (1, 0, 0), (0, 1, 0)) if way > 0 else ((0, 0, -1), (-1, 0, 0), (0, 1, 0))
    return ((-1, 0, 0), (0, 0, 1), (0, 1, 0)) if way > 0 else ((1, 0, 0), (0, 0, -1), (0, 1, 0))


def matrix(rows: np.ndarray) -> Matrix:
    """A turn from an array [3, 3]."""
    a, b, c = ((int(x), int(y), int(z)) for x, y, z in rows)
    return a, b, c


def turned(size: tuple[float, float, float], turn: Matrix) -> tuple[float, float, float]:
    """A box's size once it is turned."""
    made = np.abs(np.array(turn)) @ np.array(size)
    return float(made[0]), float(made[1]), float(made[2])


def after(first: Matrix, then: Matrix) -> Matrix:
    """One turn after another."""
    made = np.array(then) @ np.array(first)
    return matrix(made)


def back(turn: Matrix) -> Matrix:
    """The turn undone."""
    return matrix(np.array(turn).T)


@cache
def _table() -> dict[Matrix, Angles]:
    found: dict[Matrix, Angles] = {}
    for x, y, z in product((0, 90, 180, 270), repeat=3):
        made: Matrix = IDENTITY
        for axis, angle in (("x", x), ("y", y), ("z", z)):
            c, s = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[angle]
            step = {
                "x": ((1, 0, 0), (0, c, -s), (0, s, c)),
                "y": ((c, 0, s), (0, 1, 0), (-s, 0, c)),
                "z": ((c, -s, 0), (s, c, 0), (0, 0, 1)),
            }[axis]
            made = after(made, step)
        if made not in found:
            found[made] = (float(x if x < 270 else -90), float(y if y < 270 else -90), float(z if z < 270 else -90))
    return found


def angles(turn: Matrix) -> Angles:
    """Degrees about x, then y, then z of a turn by right angles."""
    return _table()[turn]
