"""How a solid was made, kept beside its mesh: what STEP's exact surfaces are made from, at the very same places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from wugan.apps.voice_to_3d.scene.solid import Chamfer, Compound, Fillet, Solid

if TYPE_CHECKING:
    import numpy as np
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.geometry.features import Piece, Step, Work
    from wugan.apps.voice_to_3d.geometry.placing import Frame


@dataclass(frozen=True, slots=True)
class Leaf:
    """A solid of the scene in its own frame, with worked edges (see `edges.with_edges`)."""

    shape: Solid
    edged: tuple[Chamfer | Fillet, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Something under a frame [3, 4], which may turn, move, mirror and stretch."""

    of: Made
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """The union."""

    of: tuple[Made, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """The body without the tools."""

    body: Made
    tools: tuple[Made, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """What lies in all of them."""

    of: tuple[Made, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """A step that has no exact description; its mesh stands for it.

    Attributes:
        mesh: the result.
        why: for the note to the user ("a shell of a sweep").
    """

    mesh: Manifold
    why: str

    def __reduce__(self) -> tuple[Any, ...]:
        mesh = self.mesh.to_mesh64()
        return _restored, (mesh.vert_properties[:, :3].copy(), mesh.tri_verts.copy(), self.why)


def _restored(vertices: np.ndarray, faces: np.ndarray, why: str) -> Other:
    from manifold3d import Manifold, Mesh64

    return Other(Manifold(Mesh64(vertices, faces)), why)


Made: TypeAlias = Leaf | Moved | Joined | Cut | Common | Other


def parts_of(work: Work) -> list[Made]:
    """How each of `work.parts()` was made, in the same order and frame."""
    if len(work.pieces) == 1:
        return [_folded(_piece(work.pieces[0], work.pieces[0].frame), work.steps)]
    found = [_piece(piece, piece.frame) for piece in work.pieces]
    for step in work.steps:
        if step.kind == "join":
            found += _tools(step)
        else:
            found = [_folded(one, [step]) for one in found]
    return found


def _folded(body: Made, steps: Sequence[Step]) -> Made:
    for step in steps:
        tools = _tools(step)
        if step.kind == "join":
            body = Joined((body, *tools))
        elif step.kind == "cut":
            body = Cut(body, tuple(tools))
        else:
            body = Common((body, Joined(tuple(tools)) if len(tools) > 1 else tools[0]))
    return body


def _tools(step: Step) -> list[Made]:
    if step.piece is None:  # what an edge or a shell came to
        return [Other(tool, f"a {step.label}" if step.label else "an edge") for tool in step.tools]
    flares = [Other(flare, "the rim of a cut") for flare in step.flares]
    made = []
    for frame in step.frames:
        leaf = _piece(step.piece, frame)
        made.append(Joined((leaf, *(Moved(flare, frame) for flare in flares))) if flares else leaf)
    return made


def _piece(piece: Piece, frame: Frame) -> Made:
    if isinstance(piece.shape, Compound) and not piece.edges:
        from wugan.apps.voice_to_3d.geometry.features import compound

        (inner,) = parts_of(compound(piece.shape))
        return Moved(inner, frame)
    return Moved(Leaf(piece.shape, piece.edges), frame)
