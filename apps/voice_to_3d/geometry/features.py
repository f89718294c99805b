"""Features worked into a body, in order: joins, cuts, common parts, edges and shells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from wugan.apps.voice_to_3d.geometry.cancel import check
from wugan.apps.voice_to_3d.geometry.edges import Edged, is_edged, with_edges
from wugan.apps.voice_to_3d.geometry.patterns import box_around, repeated
from wugan.apps.voice_to_3d.geometry.placing import (
    AXES,
    IDENTITY,
    Box6,
    Frame,
    compose,
    moved,
    offset_of,
    rotation,
    shift,
)
from wugan.apps.voice_to_3d.geometry.plates import Plate
from wugan.apps.voice_to_3d.geometry.sound import snapped
from wugan.apps.voice_to_3d.geometry.stretching import stretched
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

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
            from wugan.apps.voice_to_3d.geometry.edging import work_edges

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
