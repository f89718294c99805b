"""Setting: coordinates in the object's frame become a `Placement` that follows the body where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.locating import NUMBER, middle
from wugan.apps.voice_to_3d.scene.placement import Anchor, Axis, Coordinate, Grid, Pattern, Placement, Points

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground

NEAR = 1e-6
UPRIGHT = {"x": (0.0, 90.0, 0.0), "y": (-90.0, 0.0, 0.0), "z": (0.0, 0.0, 0.0)}
DOWN = {"x": (0.0, -90.0, 0.0), "y": (90.0, 0.0, 0.0), "z": (180.0, 0.0, 0.0)}


def coordinate(ground: Ground, axis: str, value: float, own: Anchor = "centre") -> Coordinate:
    """A coordinate of the placed thing's `own` side, tied to the side or middle of the body that it lies nearest."""
    k = NUMBER[axis]
    low, high, centre = ground.whole[0][k], ground.whole[1][k], middle(ground.whole, axis)
    value = round(value, 6)
    if not ground.plain:
        return Coordinate(to="origin", offset=value, own=own)
    if abs(value - centre) < NEAR:
        return Coordinate(to="centre", own=own)
    if value < centre:
        return Coordinate(to="min", offset=round(value - low, 6), own=own)
    return Coordinate(to="max", offset=round(value - high, 6), own=own)


def placement(
    ground: Ground,
    at: dict[str, float],
    own: dict[str, Anchor] | None = None,
    rotate: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Placement:
    """The place of a thing whose `own` sides (middles where not given) lie at `at`."""
    sides = own or {}
    made = {axis: coordinate(ground, axis, at[axis], sides.get(axis, "centre")) for axis in "xyz"}
    return Placement(x=made["x"], y=made["y"], z=made["z"], rotate=rotate)


def points_pattern(points: list[dict[str, float]]) -> Pattern | None:
    """A pattern for things at points, the first of which is the place itself; a grid where they form one."""
    if len(points) < 2:
        return None
    grid = _as_grid(points)
    if grid is not None:
        return grid
    first = points[0]
    return Points(
        offsets=tuple(
            (round(p["x"] - first["x"], 6), round(p["y"] - first["y"], 6), round(p["z"] - first["z"], 6))
            for p in points
        )
    )


def _as_grid(points: list[dict[str, float]]) -> Grid | None:
    counts, steps = [], []
    for axis in "xyz":
        values = sorted({round(point[axis], 6) for point in points})
        gaps = {round(b - a, 5) for a, b in zip(values, values[1:], strict=False)}
        if len(gaps) > 1:
            return None
        counts.append(len(values))
        steps.append(gaps.pop() if gaps else 0.0)
    if counts[0] * counts[1] * counts[2] != len(points):
        return None
    return Grid(counts=(counts[0], counts[1], counts[2]), steps=(steps[0], steps[1], steps[2]), centred=True)


def start_of(points: list[dict[str, float]]) -> dict[str, float]:
    """The place that a pattern of points starts from: a grid's middle, else the first point."""
    if len(points) > 1 and _as_grid(points) is not None:
        return {axis: (min(p[axis] for p in points) + max(p[axis] for p in points)) / 2 for axis in "xyz"}
    return points[0]


__all__ = ["DOWN", "UPRIGHT", "Axis", "coordinate", "placement", "points_pattern", "start_of"]
