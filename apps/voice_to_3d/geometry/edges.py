"""Solids with worked edges: chamfers and fillets as part of the shape itself, in the solid's own frame."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry import boxes, convex
from wugan.apps.voice_to_3d.geometry.outlines import (
    CORNER,
    Outline,
    largest,
    of_outlines,
    opened,
    outlines,
    quarter,
    shrink,
    turns,
    worked,
    worked_all,
)
from wugan.apps.voice_to_3d.geometry.solids import outline, pieces_round, solid, stack, sweep_of, turned
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.profile import Rectangle
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

Edged = solids.Chamfer | solids.Fillet
SIDES = {"left", "right", "front", "back", "front-left", "front-right", "back-left", "back-right"}
LINES = {"x", "y", *(f"{level}-{side}" for level in ("top", "bottom") for side in ("left", "right", "front", "back"))}
TOP, BOTTOM = {"all", "rims", "top"}, {"all", "rims", "bottom"}
FLAT = 0.005  # mm: what a rim that meets itself in the middle leaves of the face, so that it stays a face


class Unworkable(DataError):
    """Edges that this kind of solid does not have, or that cannot be worked on it; the solid stays as it is."""


def size_of(edged: Edged) -> float:
    """The radius or the size of a chamfer, mm."""
    return edged.radius if isinstance(edged, solids.Fillet) else edged.size


def across_of(edged: Edged) -> float:
    """How far it reaches across the other face, mm."""
    return edged.radius if isinstance(edged, solids.Fillet) else (edged.across or edged.size)


@lru_cache(maxsize=256)
def with_edges(shape: solids.Solid, edged: tuple[Edged, ...]) -> Manifold:
    """A solid with worked edges.

    Args:
        shape: the solid.
        edged: in order; later ones work on what earlier ones left.

    Raises:
        Unworkable: this solid has no such edges.
        DataError: a size does not fit; says what would.
    """
    found = _with_edges(shape, edged)
    found.num_tri()  # evaluated once, here: a solid is shared, and its evaluation is not guarded
    return found


def _with_edges(shape: solids.Solid, edged: tuple[Edged, ...]) -> Manifold:
    if not edged:
        return solid(shape)
    if any(set(one.edges) == {"junction"} for one in edged):
        raise Unworkable("a junction is where a feature meets the body; name that feature")
    if isinstance(shape, solids.Compound):
        raise Unworkable("give the edges of a compound to its own features")
    if isinstance(shape, solids.Box):
        if len(edged) == 1 and (LINES | {"all"}) & set(edged[0].edges):
            return boxes.block(shape.size, edged[0])
        if any(LINES & set(one.edges) for one in edged):  # each runs straight over what the others leave
            blocks = [_with_edges(shape, (one,)) for one in edged]
            body = blocks[0]
            for block in blocks[1:]:
                body ^= block
            return body
    found = prism(shape)
    if found is not None and not isinstance(shape, solids.Cylinder):
        return worked_prism(*found, edged, shape)
    loops = outline(shape)
    if loops is not None:
        for one in edged:
            loops = worked_outline(loops, one, shape)
        return turned(loops, pieces_round(shape, loops), sweep_of(shape))
    return convex.worked(solid(shape), edged, called(shape))


def prism(shape: solids.Solid) -> tuple[list[Outline], float, float] | None:
    """Outlines, height and twist (degrees) of a solid that is a profile drawn up; `None` for any other."""
    if isinstance(shape, solids.Box):
        return outlines(Rectangle(width=shape.size[0], depth=shape.size[1])), shape.size[2], 0.0
    if isinstance(shape, solids.Cylinder):
        from wugan.apps.voice_to_3d.geometry.outlines import circle

        loops = [circle(shape.diameter)]
        return [*loops, circle(shape.inner_diameter)[::-1]] if shape.inner_diameter else loops, shape.height, 0.0
    if isinstance(shape, solids.Extrude):
        return outlines(shape.profile), shape.height, shape.twist
    return None


def worked_prism(
    loops: list[Outline], height: float, twist: float, edged: tuple[Edged, ...], shape: solids.Solid
) -> Manifold:
    """A prism with rounded or cut corners and rims."""
    rims: dict[bool, Edged] = {}
    for one in edged:
        chosen = set(one.edges)
        unknown = chosen - TOP - BOTTOM - SIDES - {"vertical", "junction"}
        if unknown:
            word = ", ".join(sorted(unknown))
            raise Unworkable(f"{called(shape)} has no edges called {word}; name all, top, bottom or vertical")
        loops = upright(loops, one, shape)
        for upper, names in ((True, TOP), (False, BOTTOM)):
            if chosen & names:
                if upper in rims:
                    raise Unworkable(f"the {'top' if upper else 'bottom'} rim is worked already; change that one")
                rims[upper] = one
    reach = sum(size_of(one) for one in rims.values())
    if reach > height + 1e-9:
        raise DataError(f"rims of {reach:g} mm in all do not fit a height of {height:g} mm")
    squeeze = 1 - FLAT / reach if reach > height - FLAT else 1.0  # two rims that meet leave a hair between
    return _stacked(loops, height, twist, rims, squeeze)


def upright(loops: list[Outline], edged: Edged, shape: solids.Solid) -> list[Outline]:
    """A prism's outlines with the vertical edges of one chamfer or fillet worked."""
    chosen: set[str] = set(edged.edges)
    cornered = any(has_corner(loop) for loop in loops)
    if "vertical" in chosen and not cornered:
        raise Unworkable(f"{called(shape)} with a round outline has no vertical edges; name all, top or bottom")
    if "vertical" in chosen or ("all" in chosen and cornered):
        return worked_all(loops, size_of(edged), getattr(edged, "across", None), isinstance(edged, solids.Fillet))
    if chosen & SIDES:
        return _side_corners(loops, chosen & SIDES, edged)
    return loops


def called(shape: solids.Solid) -> str:
    """What a kind of solid is called in messages."""
    names = {"box": "a block", "extrude": "a drawn profile", "revolve": "a turned profile", "ellipsoid": "an ellipsoid"}
    return names.get(shape.kind, f"a {shape.kind}")


def has_corner(loop: Outline) -> bool:
    """Whether an outline has corners, not curves alone."""
    return bool((np.abs(turns(loop)) > CORNER).any())


def _stacked(loops: list[Outline], height: float, twist: float, rims: dict[bool, Edged], squeeze: float) -> Manifold:
    sizes = {upper: size_of(one) * squeeze for upper, one in rims.items()}
    low, high = sizes.get(False, 0.0), height - sizes.get(True, 0.0)
    between = max(1, int(np.ceil(abs(twist) / 5)))
    straight = [(0.0, float(z)) for z in np.linspace(low, high, between + 1)[1:]] if twist else [(0.0, high)]
    above = straight + [(inset, height - size + up) for size, inset, up in _steps(rims.get(True), squeeze)]
    below = [(inset, size - up) for size, inset, up in _steps(rims.get(False), squeeze)]
    levels = []
    for steps in (below, above):
        made = shrink(loops, low, steps)
        if made is None:  # a rim that meets itself exactly in the middle of the face leaves a hair of it
            last = steps[-1][0]
            made = shrink(loops, low, [(inset * (1 - FLAT / last), z) for inset, z in steps])
        if made is None:
            most = largest(loops, steps[-1][0])
            raise DataError(
                f"{steps[-1][0]:g} mm inwards from the rim does not fit the face; {most:.3g} mm is the most"
            )
        levels.append(made)
    return stack(levels[0], levels[1], (lambda z: twist * z / height) if twist else None)


def _steps(edged: Edged | None, squeeze: float) -> list[tuple[float, float, float]]:
    """(size, inset, height above the rim's start) of a rim, from its start on."""
    if edged is None:
        return []
    size = size_of(edged) * squeeze
    if isinstance(edged, solids.Fillet):
        return [(size, size * (1 - float(np.cos(a))), size * float(np.sin(a))) for a in quarter(size)[1:]]
    return [(size, across_of(edged), size)]


def _side_corners(loops: list[Outline], sides: set[str], edged: Edged) -> list[Outline]:
    """The corners of an outline that lie on given sides of its box."""
    every = np.concatenate(loops)
    (x0, y0), (x1, y1) = every.min(0), every.max(0)
    meant = {"left": (0, x0), "right": (0, x1), "front": (1, y0), "back": (1, y1)}
    marks = []
    for loop in loops:
        mark: NDArray[np.bool_] = np.zeros(len(loop), dtype=bool)
        for name in sides:
            on = [np.abs(loop[:, meant[side][0]] - meant[side][1]) < 1e-6 for side in name.split("-")]
            mark |= np.logical_and.reduce(on)
        marks.append(mark & (np.abs(turns(loop)) > CORNER))
    if not any(mark.any() for mark in marks):
        raise Unworkable("there is no corner on that side, or it is worked already; name another side")
    size, across, round = size_of(edged), getattr(edged, "across", None), isinstance(edged, solids.Fillet)
    return [worked(loop, mark, size, across, round) for loop, mark in zip(loops, marks, strict=True)]


def worked_outline(loops: list[Outline], edged: Edged, shape: solids.Solid) -> list[Outline]:
    """A turned outline with the corners of one chamfer or fillet worked."""
    chosen: set[str] = set(edged.edges)
    if not chosen & (TOP | BOTTOM):
        raise Unworkable(f"{called(shape)} has no {', '.join(sorted(chosen))} edges; name all, top or bottom")
    low = min(float(loop[:, 1].min()) for loop in loops)
    high = max(float(loop[:, 1].max()) for loop in loops)
    marks = []
    for loop in loops:
        mark = (np.abs(turns(loop)) > CORNER) & (loop[:, 0] > 1e-9)
        if "all" not in chosen:
            at_top = chosen & TOP and np.abs(loop[:, 1] - high) < 1e-6
            at_bottom = chosen & BOTTOM and np.abs(loop[:, 1] - low) < 1e-6
            mark &= np.asarray(at_top, dtype=bool) | np.asarray(at_bottom, dtype=bool)
        marks.append(mark)
    if not any(mark.any() for mark in marks):
        raise Unworkable(f"{called(shape)} has no such edge: it is round there; add a step or a flat first")
    size, across, round = size_of(edged), getattr(edged, "across", None), isinstance(edged, solids.Fillet)
    try:
        return [worked(loop, mark, size, across, round) for loop, mark in zip(loops, marks, strict=True)]
    except DataError:
        if not round or not any(_short_beside(loop, mark) for loop, mark in zip(loops, marks, strict=True)):
            raise
    return _opened_outline(loops, size, chosen, (low, high))


def _short_beside(loop: Outline, mark: NDArray[np.bool_]) -> bool:
    smooth = ~mark & (np.abs(turns(loop)) > 1e-6) & (loop[:, 0] > 1e-9)
    return bool((mark & (np.roll(smooth, 1) | np.roll(smooth, -1))).any())


def _opened_outline(loops: list[Outline], radius: float, chosen: set[str], ends: tuple[float, float]) -> list[Outline]:
    """Rounded where curves are beside the corners: the whole outline opened, and taken within reach of the ends."""
    from manifold3d import CrossSection, OpType

    mirrored = [loop[::-1] * (-1, 1) for loop in loops]
    whole = of_outlines(loops) + of_outlines(mirrored)
    wide = float(max(loop[:, 0].max() for loop in loops)) + 1
    done = of_outlines(opened([np.asarray(loop) for loop in whole.to_polygons()], radius))
    if "all" not in chosen:
        low, high = ends
        bands = []
        if chosen & TOP:
            bands.append(CrossSection.square((2 * wide, 2 * radius + 1)).translate((-wide, high - 2 * radius)))
        if chosen & BOTTOM:
            bands.append(CrossSection.square((2 * wide, 2 * radius + 1)).translate((-wide, low - 1)))
        band = CrossSection.batch_boolean(bands, OpType.Add)
        done = (done ^ band) + (whole - band)
    right = done ^ CrossSection.square((wide, ends[1] - ends[0] + 2)).translate((0, ends[0] - 1))
    return [np.asarray(loop, dtype=np.float64) for loop in right.simplify(1e-5).to_polygons()]


def is_edged(feature: solids.Feature) -> TypeGuard[Edged]:
    """Whether a feature works edges."""
    return isinstance(feature, solids.Chamfer | solids.Fillet)
