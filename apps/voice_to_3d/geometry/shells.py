"""Hollow bodies: the room inside a wall of the same thickness everywhere."""

from __future__ import annotations

from dataclasses import replace
from math import hypot, sqrt
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry import convex
from wugan.apps.voice_to_3d.geometry.edges import (
    BOTTOM,
    TOP,
    Edged,
    Unworkable,
    across_of,
    called,
    prism,
    upright,
    with_edges,
    worked_outline,
    worked_prism,
)
from wugan.apps.voice_to_3d.geometry.features import Step
from wugan.apps.voice_to_3d.geometry.outlines import Outline, largest, of_outlines, outlines, shrink
from wugan.apps.voice_to_3d.geometry.solids import outline, pieces_round, solid, sweep_of, turned
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.geometry.features import Work

BEYOND = 1.0  # mm that the room goes past an open face
COARSE_FACES = 150  # faces of a body whose inside is found by sweeping a ball over all of it


def hollow(work: Work, shell: solids.Shell) -> None:
    """Hollows a body: the room inside is cut out, walls stay around earlier cuts.

    Raises:
        DataError: the walls leave no room, or the object has several parts.
    """
    label = f"the shell of {work.name}"
    if len(work.pieces) != 1:
        raise DataError(f"{label}: {work.name} has {len(work.pieces)} parts; name the one to hollow")
    piece = work.pieces[0]
    if isinstance(piece.shape, solids.Compound):
        inside = piece.shape.model_copy(update={"features": (*piece.shape.features, shell)})
        work.pieces = [replace(piece, shape=inside)]
        work.rebuild()
        return
    try:
        space, note = room(piece.shape, piece.edges, shell.thickness, frozenset(shell.open))
    except Unworkable as refusal:
        work.notes.append(f"{label} was left out: {refusal}")
        return
    except DataError as error:
        raise DataError(f"{label}: {error}") from error
    if note:
        work.notes.append(f"{label}: {note}")
    space = space.transform(piece.frame)
    for step in work.steps:
        if step.kind == "cut" and step.piece is not None:
            space -= _walled(step, shell.thickness)
        elif step.kind == "join" and step.piece is not None:
            work.notes.append(f"{label}: {step.label} stays solid; hollow first, then add")
    box = np.array(space.bounding_box())
    work.steps.append(Step("cut", shell.id, "shell", None, (), (space,), box))
    work.rebuild()


def _walled(step: Step, thickness: float) -> Manifold:
    """What a cut took, and the wall that stays around it."""
    from manifold3d import JoinType, Manifold, OpType

    assert step.piece is not None
    found = prism(step.piece.shape)
    if found is not None and not found[2]:
        loops, height, _ = found
        wide = of_outlines(loops).offset(thickness, JoinType.Miter, 4.0)
        grown = wide.extrude(height + 2 * thickness).translate((0, 0, -thickness))
    else:
        x0, y0, z0, x1, y1, z1 = step.piece.solid().bounding_box()
        scale = tuple((side + 2 * thickness) / side for side in (x1 - x0, y1 - y0, z1 - z0))
        middle = np.array((x0 + x1, y0 + y1, z0 + z1)) / 2
        own = solid(step.piece.shape)
        grown = own.translate(tuple(-middle)).scale((scale[0], scale[1], scale[2])).translate(tuple(middle))
    return Manifold.batch_boolean([grown.transform(frame) for frame in step.frames], OpType.Add)


def room(shape: solids.Solid, edges: tuple[Edged, ...], wall: float, opened: frozenset[str]) -> tuple[Manifold, str]:
    """The room inside a solid, in its own frame, and a note where it is not exact.

    Raises:
        Unworkable: a solid of this kind has no such face to open.
        DataError: no room is left.
    """
    sides = opened - {"top", "bottom"}
    if sides and not isinstance(shape, solids.Box):
        raise Unworkable(f"{called(shape)} has no {', '.join(sorted(sides))} face; open its top or bottom")
    if isinstance(shape, solids.Box) and sides:
        return _box_room(shape, wall, opened), ""
    found = prism(shape)
    if found is not None and not isinstance(shape, solids.Cylinder):
        return _prism_room(*found, edges, shape, wall, opened), ""
    loops = outline(shape)
    if loops is not None:
        if sweep_of(shape) < 360:
            raise Unworkable("a part-turned solid is not hollowed; give its outline a hole instead")
        for one in edges:
            loops = worked_outline(loops, one, shape)
        return _turned_room(loops, pieces_round(shape, loops), wall, opened)
    body = with_edges(shape, edges)
    if isinstance(shape, solids.Sweep):
        return _sweep_room(shape, wall, opened), ""
    if isinstance(shape, solids.Helix):
        raise Unworkable("a coil is hollow where its profile has a hole; give it a ring for a profile")
    if isinstance(shape, solids.Loft):
        return _loft_room(shape, wall, opened), "its walls have that thickness on average: they slant differently"
    inner = convex.inward(body, wall, opened)
    if inner is not None:
        flat = convex.planes(body)
        assert flat is not None
        lacking = [
            f"it has no flat {name} to open, and stays closed there"
            for name, up in (("top", 1), ("bottom", -1))
            if name in opened and not (up * flat[:, 2] > 1 - 1e-9).any()
        ]
        return inner, "; ".join(lacking)
    return _swept_room(body, wall, opened)


def _box_room(shape: solids.Box, wall: float, opened: frozenset[str]) -> Manifold:
    from manifold3d import Manifold

    x, y, z = shape.size
    low, high = np.array((-x / 2, -y / 2, 0.0)), np.array((x / 2, y / 2, z))
    for axis, (first, second) in enumerate((("left", "right"), ("front", "back"), ("bottom", "top"))):
        low[axis] += -BEYOND if first in opened else wall
        high[axis] -= -BEYOND if second in opened else wall
        if high[axis] <= low[axis]:
            raise DataError(f"walls of {wall:g} mm leave no room in {shape.size[axis]:g} mm; make them thinner")
    return Manifold.cube(tuple(high - low)).translate(tuple(low))


def _thinner(edged: Edged, wall: float) -> Edged | None:
    """The same edge further in: a radius is smaller by the wall, a bevel by what its planes move."""
    if isinstance(edged, solids.Fillet):
        return edged.model_copy(update={"radius": edged.radius - wall}) if edged.radius > wall + 0.01 else None
    size = edged.size - wall * (2 - sqrt(2))
    return edged.model_copy(update={"size": size, "across": None}) if size > 0.01 else None


def _prism_room(
    loops: list[Outline],
    height: float,
    twist: float,
    edges: tuple[Edged, ...],
    shape: solids.Solid,
    wall: float,
    opened: frozenset[str],
) -> Manifold:
    low, high = wall, height - wall
    outer, rims, faces = loops, [], {}
    for one in edges:
        outer = upright(outer, one, shape)
    for one in edges:
        names = {name for name, words in (("top", TOP), ("bottom", BOTTOM)) if set(one.edges) & words}
        inner = _thinner(one, wall)
        if names and inner is not None:
            rims.append(inner.model_copy(update={"edges": tuple(sorted(names))}))
        for name in names & opened:  # the open face is what the worked rim leaves of it
            left = shrink(outer, 0.0, [(across_of(one), 1.0)])
            faces[name] = left[-1].loops if left is not None else []
    if "bottom" in opened and "bottom" not in faces:
        low = -BEYOND
    if "top" in opened and "top" not in faces:
        high = height + BEYOND
    if high <= low:
        raise DataError(f"walls of {wall:g} mm leave no room in {height:g} mm; make them thinner")
    shrunk = shrink(outer, 0.0, [(wall, 1.0)])
    if shrunk is None:
        most = largest(outer, wall)
        raise DataError(f"walls of {wall:g} mm leave no room in the outline; less than {most:.3g} mm does")
    turn = twist * (high - low) / height
    inside = worked_prism(shrunk[-1].loops, high - low, turn, tuple(rims), solids.Extrude(profile=_some, height=1))
    inside = inside.rotate((0, 0, twist * low / height)).translate((0, 0, low))
    for name, face in faces.items():
        if face:
            plug = of_outlines(face).extrude(wall + BEYOND + 0.01)
            inside += plug.translate((0, 0, high - 0.01 if name == "top" else -BEYOND))
    return inside


_some = Polygon(points=((0, 0), (1, 0), (0, 1)))  # stands for a profile whose outlines are given already


def _turned_room(loops: list[Outline], pieces: int, wall: float, opened: frozenset[str]) -> tuple[Manifold, str]:
    from manifold3d import CrossSection, JoinType, OpType

    whole = of_outlines(loops) + of_outlines([loop[::-1] * (-1, 1) for loop in loops])
    x0, low, x1, high = whole.bounds()
    parts, notes = [whole], []
    for name, level, sign in (("top", high, 1), ("bottom", low, -1)):
        if name not in opened:
            continue
        # The flat end goes on, so that the room runs out through it.
        ends = _flat_end(loops, level)
        if not ends:
            notes.append(f"it has no flat {name} to open, and stays closed there")
        for a, b in ends:
            for left, right in ((a, b), (-b, -a)):
                if right - left > 1e-9:
                    block = CrossSection.square((right - left, 3 * wall + BEYOND))
                    parts.append(block.translate((left, level if sign > 0 else level - 3 * wall - BEYOND)))
    body = CrossSection.batch_boolean(parts, OpType.Add)
    inner = body.offset(-wall, JoinType.Miter, 4.0)
    half = CrossSection.square((x1 - x0, high - low + 2 * BEYOND)).translate((0, low - BEYOND))
    inner = inner ^ half
    if inner.is_empty() or inner.area() < 1e-6:
        raise DataError(f"walls of {wall:g} mm leave no room inside; make them thinner")
    return turned(inner.simplify(1e-5), pieces), "; ".join(notes)


def _flat_end(loops: list[Outline], level: float) -> list[tuple[float, float]]:
    """The flat stretches (from radius, to radius) of a turned outline at a height."""
    found = []
    for loop in loops:
        after = np.roll(loop, -1, axis=0)
        for a, b in zip(loop, after, strict=True):
            if abs(a[1] - level) < 1e-6 and abs(b[1] - level) < 1e-6 and abs(a[0] - b[0]) > 1e-6:
                found.append((float(min(a[0], b[0])), float(max(a[0], b[0]))))
    return found


def _loft_room(shape: solids.Loft, wall: float, opened: frozenset[str]) -> Manifold:
    """A loft between the two outlines, each further in by the wall over the mean slant of the sides."""
    ends = []
    spans = [np.ptp(np.concatenate(outlines(profile)), axis=0) for profile in (shape.bottom, shape.top)]
    slant = float(np.mean((spans[1] - spans[0]) / 2)) / shape.height
    for profile in (shape.bottom, shape.top):
        shrunk = shrink(outlines(profile), 0.0, [(wall * hypot(1, slant), 1.0)])
        if shrunk is None or len(shrunk[-1].loops) != 1:
            raise DataError(f"walls of {wall:g} mm leave no room inside; make them thinner")
        ends.append(shrunk[-1].loops[0])
    lower, upper = (Polygon(points=tuple((float(x), float(y)) for x, y in loop)) for loop in ends)
    inner = solid(shape.model_copy(update={"bottom": lower, "top": upper}))
    if "bottom" in opened:
        inner += of_outlines([ends[0]]).extrude(BEYOND + 0.01).translate((0, 0, -BEYOND))
    else:
        inner = inner.trim_by_plane((0.0, 0.0, 1.0), wall)
    if "top" in opened:
        plug = of_outlines([ends[1]]).translate(shape.shift).extrude(BEYOND + 0.01)
        return inner + plug.translate((0, 0, shape.height - 0.01))
    return inner.trim_by_plane((0.0, 0.0, -1.0), wall - shape.height)


def _sweep_room(shape: solids.Sweep, wall: float, opened: frozenset[str]) -> Manifold:
    """The same sweep of a smaller profile; the path's start is its bottom, its end its top."""
    from wugan.apps.voice_to_3d.geometry.solids import sweep

    shrunk = shrink(outlines(shape.profile), 0.0, [(wall, 1.0)])
    if shrunk is None or len(shrunk[-1].loops) != 1:
        raise DataError(f"walls of {wall:g} mm leave no room in the profile; make them thinner")
    path = [np.array(point) for point in shape.path]
    if not shape.closed:
        for end, beside, name in ((0, 1, "bottom"), (-1, -2, "top")):
            along = (path[end] - path[beside]) / np.linalg.norm(path[end] - path[beside])
            path[end] = path[end] + along * (BEYOND if name in opened else -wall)
    points = tuple((float(x), float(y)) for x, y in shrunk[-1].loops[0])
    return sweep(
        shape.model_copy(
            update={"profile": Polygon(points=points), "path": tuple(tuple(map(float, point)) for point in path)}
        )
    )


def _swept_room(body: Manifold, wall: float, opened: frozenset[str]) -> tuple[Manifold, str]:
    """Any other body: what a ball of the wall's radius cannot reach from outside, or a smaller copy."""
    from manifold3d import Manifold

    x0, y0, z0, x1, y1, z1 = body.bounding_box()
    size = np.array((x1 - x0, y1 - y0, z1 - z0))
    if (size <= 2 * wall).any():
        raise DataError(f"walls of {wall:g} mm leave no room in {size.min():g} mm; make them thinner")
    if body.num_tri() <= COARSE_FACES:
        inner = body.minkowski_difference(Manifold.sphere(wall, 12))
        note = "its walls are measured with a ball of 12 sides, to 4 %"
    else:
        middle = np.array((x0 + x1, y0 + y1, z0 + z1)) / 2
        factors = (size - 2 * wall) / size
        inner = body.translate(tuple(-middle)).scale(tuple(factors)).translate(tuple(middle))
        note = "its room is the shape made smaller, so that slanting walls are thinner"
    if inner.is_empty():
        raise DataError(f"walls of {wall:g} mm leave no room inside; make them thinner")
    for name, z in (("top", z1 - wall), ("bottom", z0 + wall)):
        if name in opened:
            end = inner.slice(z - 0.01 if name == "top" else z + 0.01)
            if end.is_empty():
                note += f"; it has no flat {name} to open, and stays closed there"
                continue
            plug = end.extrude(wall + BEYOND + 0.01)
            inner += plug.translate((0, 0, z - 0.01 if name == "top" else z0 - BEYOND))
    return inner, note
