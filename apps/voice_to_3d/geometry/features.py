"""Features worked into a body, in order: joins, cuts, common parts, edges and shells; in the plane where possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry import rims
from wugan.apps.voice_to_3d.geometry.edges import (
    SIDES,
    Edged,
    Unworkable,
    across_of,
    has_corner,
    is_edged,
    prism,
    size_of,
    upright,
    with_edges,
)
from wugan.apps.voice_to_3d.geometry.memo import check
from wugan.apps.voice_to_3d.geometry.outlines import Lines, Outline, clean, fits, of_outlines
from wugan.apps.voice_to_3d.geometry.placing import (
    AXES,
    IDENTITY,
    Box6,
    Frame,
    box_around,
    compose,
    inverse,
    moved,
    offset_of,
    repeated,
    rotation,
    shift,
    turn,
)
from wugan.apps.voice_to_3d.geometry.solids import solid
from wugan.apps.voice_to_3d.geometry.sound import snapped
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.apps.voice_to_3d.scene.solid import Cylinder
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import CrossSection, Manifold


LEVEL = 1e-9


@dataclass(frozen=True)
class Plate:
    """A section drawn up from `low` to `high` (mm)."""

    section: CrossSection
    low: float
    high: float

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> Plate | None:
        """The body as a plate, where it is one piece that stands upright with sharp rims."""
        piece = pieces[0]
        found = prism(piece.shape) if len(pieces) == 1 and not piece.kept else None
        if found is None or found[2] or not np.array_equal(piece.frame[:, :3], np.eye(3)):
            return None
        loops = found[0]
        for one in piece.edges:
            if isinstance(piece.shape, Cylinder) or not set(one.edges) <= SIDES | {"vertical"}:
                return None
            loops = upright(loops, one, piece.shape)
        x, y, z = (float(value) for value in piece.frame[:, 3])
        return cls(of_outlines(loops).translate((x, y)), z, z + found[1])

    def solid(self) -> Manifold:
        """As a solid."""
        return snapped(self.section.extrude(self.high - self.low).translate((0.0, 0.0, self.low)))

    def box(self) -> Box6:
        """Its box."""
        x0, y0, x1, y1 = self.section.bounds()
        return np.array((x0, y0, self.low, x1, y1, self.high))

    def volume(self) -> float:
        """In mm³."""
        return float(self.section.area()) * (self.high - self.low)

    def tools(self, step: Step) -> list[CrossSection] | None:
        """The sections of a step's copies, where it cuts straight through from face to face."""
        if step.kind != "cut" or step.piece is None or step.flares or step.piece.edges:
            return None
        found = prism(step.piece.shape)
        if found is None or found[2]:
            return None
        sections = []
        for frame in step.frames:
            if not self._spanned(frame, found[1]):
                return None
            loops = [loop @ frame[:2, :2].T + frame[:2, 3] for loop in found[0]]
            flipped = np.linalg.det(frame[:2, :2]) < 0
            sections.append(of_outlines([loop[::-1] for loop in loops] if flipped else loops))
        return sections

    def _spanned(self, frame: Frame, height: float) -> bool:
        if np.abs(frame[2, :2]).max() > 0 or np.abs(frame[:2, 2]).max() > 0 or abs(frame[2, 2]) != 1:
            return False
        ends = sorted((float(frame[2, 3]), float(frame[2, 3] + frame[2, 2] * height)))
        return ends[0] <= self.low + LEVEL and ends[1] >= self.high - LEVEL

    def without(self, sections: Sequence[CrossSection]) -> Plate:
        """The plate after a cut."""
        from manifold3d import CrossSection, OpType

        return Plate(CrossSection.batch_boolean([self.section, *sections], OpType.Subtract), self.low, self.high)


BEYOND = 1.0  # mm past each face


def stretched(
    shape: solids.Solid, turned: Frame, by: NDArray[np.float64], axis: int, body: Box6
) -> tuple[solids.Solid, Frame, Box6]:
    """A solid long enough to pass through a body along an axis.

    Args:
        shape: the solid.
        turned: its turn.
        by: its move to its place, after the turn.
        axis: 0, 1 or 2.
        body: the body's box.

    Returns:
        The solid, its frame, and its box between the body's faces.
    """
    own = np.array(solid(shape).transform(turned).bounding_box())
    middle = (own[:3] + own[3:]) / 2 + by
    prismatic = isinstance(shape, solids.Cylinder | solids.Extrude) and not getattr(shape, "twist", 0.0)
    if prismatic and np.array_equal(turned, np.eye(3, 4)) and axis != 2:
        # Said without a turn, a bar that goes through along x lies along x.
        turned = turn(1, 90) if axis == 0 else turn(0, 90)
        own = np.array(solid(shape).transform(turned).bounding_box())
    length = float(body[axis + 3] - body[axis]) + 2 * BEYOND
    slant = np.abs(turned[axis, :3])
    local = int(np.argmax(slant))
    straight = slant[local] > 1 - 1e-9
    if straight:
        middle[axis] = (body[axis] + body[axis + 3]) / 2
    if prismatic and local == 2:
        if not straight:  # long enough whatever the angle
            length = 2 * float(np.linalg.norm(body[3:] - body[:3])) + 2 * BEYOND
        longer: solids.Solid = shape.model_copy(update={"height": length})
    elif isinstance(shape, solids.Box):
        size = list(shape.size)
        size[local] = length if straight else 2 * float(np.linalg.norm(body[3:] - body[:3])) + 2 * BEYOND
        longer = shape.model_copy(update={"size": tuple(size)})
    else:
        # Any other solid is drawn out along the axis.
        longer = shape
        factor = np.eye(3, 4)
        factor[axis, axis] = length / (own[axis + 3] - own[axis])
        turned = compose(factor, turned)
    now = np.array(solid(longer).transform(turned).bounding_box())
    to = middle - (now[:3] + now[3:]) / 2
    frame, box = compose(shift(to), turned), moved(now, to)
    box[axis], box[axis + 3] = max(box[axis], body[axis]), min(box[axis + 3], body[axis + 3])
    return longer, frame, box


# Cuts that are open at a side: their own corners and floor edges there lie in the air, and must not leave material.
#
# A step cut off a block's end has one wall; the fillet of its floor runs along that wall alone. So the walls of the
# cutting solid that meet no material are moved away from the body before its edges are worked.

LONG = 1.0  # mm: shorter edges are pieces of a curve and stay


def cleared(body: Manifold, step: Step, by: float) -> Piece:
    """The cutting solid of a step with its open walls moved outwards by `by`; as it was where none is open.

    Args:
        body: what the cut has left.
        step: the cut.
        by: mm, more than its edges are to be worked by.
    """
    piece = step.piece
    assert piece is not None
    found = prism(piece.shape)
    if found is None or found[2] or piece.edges or isinstance(piece.shape, solids.Cylinder) or len(found[0]) != 1:
        return piece
    loop = clean(found[0][0])
    opens = [_open(rims.Probe(body, frame), loop, found[1]) for frame in step.frames]
    alike = np.logical_and.reduce(opens)
    if not alike.any():
        return piece
    lines = Lines(loop)
    lines.reach = lines.reach - np.where(alike, by, 0.0)
    moved = lines.points(0.0)
    if not fits([moved], [loop]):
        return piece
    points = tuple((float(x), float(y)) for x, y in moved)
    shape = solids.Extrude(profile=Polygon(points=points), height=found[1])
    if (body ^ with_edges(shape, ()).transform(step.frames[0])).volume() > 1e-3:
        return piece  # further out there is material again
    return replace(piece, shape=shape)


def _open(probe: rims.Probe, loop: Outline, height: float) -> NDArray[np.bool_]:
    """Which edges of an outline have no material beside them, from end to end."""
    lengths = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1)
    lines = probe.along(rims.beside(loop, (0.05, 0.5, 0.95)))
    solid = [any(hit.low < height - 1e-3 and hit.high > 1e-3 for hit in hits) for hits in lines]
    touched = np.array(solid).reshape(len(loop), 3).any(1)
    return np.asarray(~touched & (lengths > LONG))


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
    floor, rings, flares = _rims_of_cut(work, number, edged, chosen)
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


def _rims_of_cut(
    work: Work, number: int, edged: Edged, chosen: set[str]
) -> tuple[set[str], list[Manifold], list[Manifold]]:
    """The ends of a cut inside the body, what its rims take from the body, and what they add to the cutting solid."""
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
    return floor, rings, flares


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


LITTLE = 1e-6  # mm³: less is nothing


@dataclass(frozen=True)
class Piece:
    """A solid of the body before any feature: its shape, where it stands, and its worked edges.

    Attributes:
        kept: what the edges were not to take, in the body's frame: under what had been joined there before.
    """

    shape: solids.Solid
    frame: Frame = field(default_factory=lambda: IDENTITY)
    edges: tuple[Edged, ...] = ()
    kept: tuple[Manifold, ...] = ()

    def solid(self) -> Manifold:
        """In the body's frame."""
        from manifold3d import Manifold, OpType

        solid = snapped(with_edges(self.shape, self.edges).transform(self.frame))
        return Manifold.batch_boolean([solid, *self.kept], OpType.Add) if self.kept else solid


@dataclass(frozen=True)
class Step:
    """One feature as it was worked in.

    Attributes:
        kind: what it does with its solids.
        id: of the feature; empty for what an edge or a shell came to.
        label: what it is called in messages.
        piece: its solid, where there is one.
        frames: where the copies of the solid go.
        tools: the solids themselves, in the body's frame.
        box: of the first one at its place, before any pattern; what others refer to.
        flares: what a cut's worked rims add to its solid, in the solid's frame.
    """

    kind: Literal["join", "cut", "common"]
    id: str
    label: str
    piece: Piece | None
    frames: tuple[Frame, ...]
    tools: tuple[Manifold, ...]
    box: Box6
    flares: tuple[Manifold, ...] = ()

    def reworked(self, piece: Piece, flares: Sequence[Manifold] = ()) -> Step:
        """With other edges on its solid, or flares at its rims."""
        from manifold3d import Manifold, OpType

        solid = with_edges(piece.shape, piece.edges)
        flares = (*self.flares, *flares)
        if flares:
            solid = Manifold.batch_boolean([solid, *flares], OpType.Add)
        tools = tuple(snapped(solid.transform(frame)) for frame in self.frames)
        return replace(self, piece=piece, tools=tools, flares=flares)


class Work:
    """A body in progress.

    Args:
        pieces: what there is at first; several for an object of a family.
        name: the object's, for messages.
    """

    def __init__(self, pieces: list[Piece], name: str) -> None:
        self.pieces = pieces
        self.name = name
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self._apart: list[str] = []
        for piece in pieces:
            self._notes_of(piece.shape)
        self._body: Manifold | None = self.base()  # which also tells whether its sizes can be
        self._plate = Plate.of(pieces)

    @property
    def body(self) -> Manifold:
        """What there is by now, in one frame."""
        if self._body is None:
            self._body = self._plate.solid() if self._plate is not None and self.steps else self.base()
        return self._body

    def box(self) -> Box6:
        """The box of the body."""
        return np.array(self.body.bounding_box()) if self._plate is None else self._plate.box()

    def base(self) -> Manifold:
        """The pieces as one."""
        from manifold3d import Manifold, OpType

        if len(self.pieces) == 1:
            return self.pieces[0].solid()
        return Manifold.batch_boolean([piece.solid() for piece in self.pieces], OpType.Add)

    def apply(self, feature: solids.Feature) -> None:
        """One feature more.

        Raises:
            DataError: it cannot be worked in; names it and says what would do.
            Cancelled: the build was called off.
        """
        check()
        if is_edged(feature):
            work_edges(self, feature)
        elif isinstance(feature, solids.Shell):
            from wugan.apps.voice_to_3d.geometry.shells import hollow

            hollow(self, feature)
        else:
            assert isinstance(feature, solids.Join | solids.Cut | solids.Common)
            self._solid(feature)

    def finish(self) -> list[str]:
        """The notes, with those on what was joined and touches nothing, not even what was joined later."""
        if self._apart and len(self.body.decompose()) > len(self.base().decompose()):
            which = ", ".join(self._apart)
            self.notes.append(f"{which} of {self.name}: not in touch with the rest, they are separate pieces")
        self._apart = []
        return self.notes

    def parts(self) -> list[Manifold]:
        """Each piece with every cut, without what was joined; then, for several pieces, each join as one of its own."""
        if len(self.pieces) == 1:
            return [self.body]
        found = [piece.solid() for piece in self.pieces]
        for step in self.steps:
            if step.kind == "join":
                found += [self._fold([], tool) for tool in step.tools]
            else:
                found = [self._fold([step], one) for one in found]
        return found

    def rebuild(self) -> None:
        """The body anew, after a step or a piece has changed."""
        self._body, self._plate = None, Plate.of(self.pieces)
        for number, step in enumerate(self.steps):
            tools = None if self._plate is None else self._plate.tools(step)
            if self._plate is None or tools is None:
                start = self.base() if self._plate is None or not number else self._plate.solid()
                self._body, self._plate = self._fold(self.steps[number:], start), None
                return
            self._plate = self._plate.without(tools)

    def before(self, number: int) -> Manifold:
        """The body as it was before a step."""
        return self._fold(self.steps[:number], self.base())

    def step(self, id: str) -> int:
        """The number of the step of a feature. Raises `DataError` where there is none."""
        for number, step in enumerate(self.steps):
            if step.id == id:
                return number
        raise DataError(f"{self.name} has no feature {id!r} to refer to; name one made before it")

    def inside(self, id: str) -> int | None:
        """The number of the piece whose own features, as a compound, have that id."""
        for number, piece in enumerate(self.pieces):
            if isinstance(piece.shape, solids.Compound) and any(one.id == id for one in piece.shape.features):
                return number
        return None

    def box_of(self, id: str) -> Box6:
        """The box of a feature's solid, at its place. Raises `DataError` where there is no such feature."""
        number = self.inside(id)
        if number is None or any(step.id == id for step in self.steps):
            return self.steps[self.step(id)].box
        piece = self.pieces[number]
        assert isinstance(piece.shape, solids.Compound)
        return box_around(compound(piece.shape).box_of(id), [piece.frame])

    @staticmethod
    def _fold(steps: list[Step], body: Manifold) -> Manifold:
        from manifold3d import Manifold, OpType

        for step in steps:
            if step.kind == "common":
                body ^= together(step.tools)
            elif step.kind == "join":
                body = Manifold.batch_boolean([body, *step.tools], OpType.Add)
            else:
                body -= together(step.tools)
        return body

    # --- joins, cuts and common parts

    def _solid(self, feature: solids.Join | solids.Cut | solids.Common) -> None:
        label = self._label(feature)
        try:
            step = self._placed(feature, label)
        except DataError as error:
            raise DataError(f"{label} of {self.name}: {error}") from error
        tools = None if self._plate is None else self._plate.tools(step)
        if self._plate is not None and tools is not None:
            after = self._plate.without(tools)
            self._check(step, after.volume(), self._plate.volume())
            for number, tool in enumerate(tools if len(tools) > 1 else [], 1):
                if (self._plate.section ^ tool).area() < LITTLE:
                    raise self._outside(step, number)
            self.steps.append(step)
            self._plate, self._body = after, None
            return
        self._solidly(step, label)

    def _solidly(self, step: Step, label: str) -> None:
        after = self._fold([step], self.body)
        if step.kind != "join":
            self._check(step, 0.0 if after.is_empty() else after.volume(), self.body.volume())
            if step.kind == "cut":
                self._check_copies(step)
        elif len(after.decompose()) > len(self.body.decompose()):
            self._apart.append(label)
        self.steps.append(step)
        self._body, self._plate = after, None

    def _label(self, feature: solids.Join | solids.Cut | solids.Common) -> str:
        if feature.id and not feature.name:
            return feature.id
        name = feature.name or {"join": "addition", "cut": "cut", "common": "common part"}[feature.kind]
        same = sum(step.label == name or step.label.startswith(f"{name} ") for step in self.steps)
        return f"{name} {same + 1}" if same else name

    def _placed(self, feature: solids.Join | solids.Cut | solids.Common, label: str) -> Step:
        body = self.box()
        other = self.box_of(feature.place.of) if feature.place.of else body
        frame = rotation(feature.place.rotate)
        shape = feature.shape
        own = np.array(with_edges(shape, ()).transform(frame).bounding_box())
        by = offset_of(feature.place, own, other)
        through = feature.through if isinstance(feature, solids.Cut) else None
        if through is None:
            frame, box = compose(shift(by), frame), moved(own, by)
        else:
            shape, frame, box = stretched(shape, frame, by, AXES[through], body)
        patterns = [pattern for pattern in (feature.pattern, *feature.then) if pattern is not None]
        frames = tuple(compose(copy, frame) for copy in repeated(patterns, box, body)) if patterns else (frame,)
        piece = Piece(shape, frame)
        solid = with_edges(shape, ())
        self._notes_of(shape)
        tools = tuple(snapped(solid.transform(one)) for one in frames)
        return Step(feature.kind, feature.id, label, piece, frames, tools, box)

    def _notes_of(self, shape: solids.Solid) -> None:
        if isinstance(shape, solids.Compound):
            self.notes += [note for note in compound(shape).notes if note not in self.notes]

    def _check(self, step: Step, after: float, before: float) -> None:
        """Whether a cut left something, and took something (mm³)."""
        if after < LITTLE:
            what = "leaves nothing" if step.kind == "common" else "takes all"
            raise DataError(f"{step.label} {what} of {self.name}; make it smaller or move it")
        if step.kind == "cut" and len(step.tools) == 1 and before - after < LITTLE:
            raise DataError(f"{step.label} lies outside {self.name} and removes nothing; move it onto the body")

    def _check_copies(self, step: Step) -> None:
        box = self.box()
        for number, tool in enumerate(step.tools if len(step.tools) > 1 else (), 1):
            own = np.array(tool.bounding_box())
            apart = (own[:3] >= box[3:]).any() or (own[3:] <= box[:3]).any()
            if apart or not (_crosses(self.body, tool, own) or (self.body ^ tool).volume() > LITTLE):
                raise self._outside(step, number)

    def _outside(self, step: Step, number: int) -> DataError:
        return DataError(
            f"{step.label} {number} of {self.name} lies outside the body and removes nothing; "
            "change the place or the spacing"
        )


def together(tools: Sequence[Manifold]) -> Manifold:
    """Solids as one; those whose boxes lie apart are only listed, which costs nothing."""
    from manifold3d import Manifold, OpType

    if len(tools) == 1:
        return tools[0]
    boxes = np.array([tool.bounding_box() for tool in tools])
    low, high = boxes[:, None, :3], boxes[None, :, 3:]
    meet = (low <= high).all(2)
    meet &= meet.T
    if meet.sum() == len(tools):
        return Manifold.compose(list(tools))
    return Manifold.batch_boolean(list(tools), OpType.Add)


def _crosses(body: Manifold, tool: Manifold, box: Box6) -> bool:
    """Whether a line through the middle of a tool, along the longest side of its box, has material inside the tool."""
    middle = (box[:3] + box[3:]) / 2
    axis = int(np.argmax(box[3:] - box[:3]))
    start, end = middle.copy(), middle.copy()
    start[axis], end[axis] = box[axis] - 1, box[axis + 3] + 1
    inside = tool.ray_cast(tuple(start), tuple(end))
    if len(inside) != 2:
        return False
    hits = body.ray_cast(tuple(start), tuple(end))
    return any(inside[0].distance < hit.distance < inside[1].distance for hit in hits)


def worked(pieces: list[Piece], features: tuple[solids.Feature, ...], name: str) -> Work:
    """The pieces with the features worked in."""
    work = Work(pieces, name)
    for feature in features:
        work.apply(feature)
    return work


@lru_cache(maxsize=256)
def compound(shape: solids.Compound) -> Work:
    """A solid with its own features, in its own frame; finished, and not to be worked on."""
    work = worked([Piece(shape.base)], shape.features, "the part")
    work.finish()
    return work
