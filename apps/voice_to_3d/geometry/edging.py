"""Chamfers and fillets on a body in progress: on its own solid, on a feature's, or where a feature meets the body."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry import rims
from wugan.apps.voice_to_3d.geometry.edges import (
    SIDES,
    Edged,
    Unworkable,
    across_of,
    has_corner,
    prism,
    size_of,
    with_edges,
)
from wugan.apps.voice_to_3d.geometry.features import Piece, Step, compound
from wugan.apps.voice_to_3d.geometry.placing import inverse
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.geometry.features import Work

UPRIGHT = SIDES | {"vertical"}


def work_edges(work: Work, edged: Edged) -> None:
    """Works a chamfer or fillet into a body.

    Edges that a solid of this kind does not have, or that cannot be worked on it, become a note.

    Raises:
        DataError: a size does not fit, or the feature is not there.
    """
    label = f"the {edged.kind} of {edged.of or work.name}"
    try:
        if not edged.of:
            _base(work, edged)
            return
        inside = work.inside(edged.of)
        if inside is not None and not any(step.id == edged.of for step in work.steps):
            _inside(work, inside, edged)
            return
        number = work.step(edged.of)
        step = work.steps[number]
        label = f"the {edged.kind} of {step.label} of {work.name}"
        if step.kind == "cut":
            _cut(work, number, edged)
        elif step.kind == "join":
            _join(work, number, edged)
        else:
            raise Unworkable("a common part has no edges of its own; work those of the body")
    except Unworkable as refusal:
        work.notes.append(f"{label} was left out: {refusal}")
    except DataError as error:
        raise DataError(f"{label}: {error}") from error


def _inside(work: Work, number: int, edged: Edged) -> None:
    """Edges of a feature that a piece, a compound, has by itself: worked there, after its other features."""
    piece = work.pieces[number]
    assert isinstance(piece.shape, solids.Compound)
    shape = piece.shape.model_copy(update={"features": (*piece.shape.features, edged)})
    before = len(compound(piece.shape).notes)
    work.notes += compound(shape).notes[before:]
    work.pieces[number] = replace(piece, shape=shape)
    work.rebuild()


def _base(work: Work, edged: Edged) -> None:
    done, refusals = [], []
    for piece in work.pieces:
        try:
            done.append(_covered(work, piece, _with(piece, edged), edged))
        except Unworkable as refusal:
            refusals.append(str(refusal))
            done.append(piece)
    if len(refusals) == len(done):
        raise Unworkable(refusals[0])
    if refusals:
        work.notes.append(f"the {edged.kind} of {work.name} was left out on {len(refusals)} parts: {refusals[0]}")
    work.pieces = done
    work.rebuild()


def _covered(work: Work, before: Piece, after: Piece, edged: Edged) -> Piece:
    """Edges on which something stands, or against which it lies, are no edges: what was taken there comes back."""
    joins = [tool for step in work.steps if step.kind == "join" for tool in step.tools]
    if not joins:
        return after
    body = before.solid()
    taken = body - after.solid()
    own = np.array(body.bounding_box())
    kept = []
    for tool in joins:
        box = np.array(tool.bounding_box())
        for axis in range(3):
            for outside, far, near in ((1, box[axis], own[axis + 3]), (-1, box[axis + 3], own[axis])):
                if abs(far - near) < 1e-6:  # it touches that face of the body's box
                    by = np.zeros(3)
                    by[axis] = -outside * max(size_of(edged), across_of(edged))
                    under = taken ^ tool.translate(tuple(by))
                    if not under.is_empty() and under.volume() > 1e-6:
                        kept.append(under)
    return replace(after, kept=(*after.kept, *kept))


def _with(piece: Piece, edged: Edged) -> Piece:
    """A piece with edges more; tried, so that what cannot be is told before anything changes."""
    if isinstance(piece.shape, solids.Compound):
        inner = edged.model_copy(update={"of": ""})
        shape = piece.shape.model_copy(update={"features": (inner, *piece.shape.features)})
        made = replace(piece, shape=shape)
    else:
        made = replace(piece, edges=(*piece.edges, edged))
    with_edges(made.shape, made.edges)
    return made


def _corners(step: Step) -> bool:
    assert step.piece is not None
    found = prism(step.piece.shape)
    return found is not None and any(has_corner(loop) for loop in found[0])


def _rework(work: Work, number: int, edged: Edged, edges: set[str]) -> None:
    """Some edges of a feature's own solid, worked into that solid."""
    step = work.steps[number]
    assert step.piece is not None
    part = edged.model_copy(update={"of": "", "edges": tuple(sorted(edges))})
    work.steps[number] = step.reworked(_with(step.piece, part))
    work.rebuild()


def _cut(work: Work, number: int, edged: Edged) -> None:
    """The rims of a cut on the body's surface, its floor, and its corners."""
    chosen: set[str] = set(edged.edges)
    wrong = chosen - UPRIGHT - {"all", "rims", "top", "bottom"}
    if wrong:
        raise Unworkable(f"a cut has no {', '.join(sorted(wrong))} edges; name rims, top, bottom, vertical or all")
    from wugan.apps.voice_to_3d.geometry.clearing import cleared

    step = work.steps[number]
    reach = 2 * max(size_of(edged), across_of(edged)) + 1
    upright = chosen & UPRIGHT
    if (upright & {"vertical"} or chosen - UPRIGHT - {"rims"}) and not upright & SIDES:
        work.steps[number] = step.reworked(cleared(work.body, step, reach))
    if upright or ("all" in chosen and _corners(work.steps[number])):
        _rework(work, number, edged, upright or {"vertical"})
    if not chosen - UPRIGHT:
        return
    step = work.steps[number]
    assert step.piece is not None
    floor: set[str] = set()
    rings: list[Manifold] = []
    flares: list[Manifold] = []
    joins_after = any(one.kind == "join" for one in work.steps[number + 1 :])
    solid = with_edges(step.piece.shape, step.piece.edges)
    for upper, name in ((True, "top"), (False, "bottom")):
        if not chosen & {"all", "rims", name}:
            continue
        found = [(frame, rims.find(work.body, solid, frame, upper, joined=False)) for frame in step.frames]
        if not any(each for _, each in found):
            if chosen & {"all", name}:
                floor.add(name)
            continue
        if joins_after or not rims.alike([each for _, each in found]):
            for frame, each in found:
                for rim in each:
                    rings += rims.work(work.body, rim, frame, edged, joined=False)[0]
        else:  # every copy has the same rims: they become part of the cutting solid
            back = inverse(step.frames[0])
            for rim in found[0][1]:
                made = rims.work(work.body, rim, step.frames[0], edged, joined=False)[0]
                flares += [one.transform(back) for one in made]
    if not rings and not flares and (floor != chosen & {"top", "bottom"} or not floor) and "all" not in chosen:
        raise DataError(f"{step.label} has no such edge on the surface of the body")
    if floor:
        _rework(work, number, edged, floor)
    if flares:
        step = work.steps[number]
        assert step.piece is not None
        work.steps[number] = step.reworked(step.piece, flares)
    if rings:
        work.steps.append(_own(step, "cut", rings))
    if flares or rings:
        work.rebuild()


def _join(work: Work, number: int, edged: Edged) -> None:
    """The free ends and the corners of what was joined, and its junction with the body."""
    chosen: set[str] = set(edged.edges)
    step = work.steps[number]
    assert step.piece is not None
    before = work.before(number)
    own = chosen - {"junction"}
    if own & {"all", "rims"}:
        ends = _free_ends(step, before)
        if not ends:
            raise Unworkable("both its ends lie in the body; name the vertical edges or the junction")
        if len(ends) == 1 or "rims" in own:
            corners = {"vertical"} if "all" in own and _corners(step) else set()
            own = (own - {"all", "rims"}) | ends | corners
    if own:
        _rework(work, number, edged, own)
    if "junction" not in chosen:
        return
    step = work.steps[number]
    assert step.piece is not None
    solid = with_edges(step.piece.shape, step.piece.edges)
    rings: list[Manifold] = []
    trimmed = False
    for frame in step.frames:
        for upper in (True, False):
            for rim in rims.find(before, solid, frame, upper, joined=True):
                made, cut = rims.work(before, rim, frame, edged, joined=True)
                rings += made
                trimmed |= cut
    if not rings:
        raise Unworkable("nothing stands on a surface there; it has no junction with straight walls")
    if trimmed:
        work.notes.append(f"the {edged.kind} where {step.label} meets {work.name} ends at the edge of the surface")
    work.steps.insert(number + 1, _own(step, "join", rings))
    work.rebuild()


def _own(step: Step, kind: str, rings: list[Manifold]) -> Step:
    assert kind in ("cut", "join")
    return Step("cut" if kind == "cut" else "join", "", step.label, None, (), tuple(rings), step.box)


def _free_ends(step: Step, body: Manifold) -> set[str]:
    """Which ends of a joined solid stick out of the body."""
    assert step.piece is not None
    solid = with_edges(step.piece.shape, step.piece.edges)
    low, high = solid.bounding_box()[2], solid.bounding_box()[5]
    probe = rims.Probe(body, step.frames[0])
    free = set()
    for name, z in (("top", high - 0.01), ("bottom", low + 0.01)):
        beyond = 0.02 if name == "top" else -0.02
        points = [loop[:: max(1, len(loop) // 8)] * 0.999 for loop in rims.loops_at(solid, z)]
        lines = probe.along(np.concatenate(points)) if points else []
        covered = [any(hit.low <= z + beyond <= hit.high for hit in hits) for hits in lines]
        if not covered or not all(covered):
            free.add(name)
    return free
