"""From how a solid was made to its exact form, step by step; each step is checked against the mesh of the same step."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatchmethod
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry import made
from wugan.apps.voice_to_3d.geometry.edges import with_edges
from wugan.apps.voice_to_3d.geometry.export.step.edges import worked
from wugan.apps.voice_to_3d.geometry.export.step.faceted import faceted
from wugan.apps.voice_to_3d.geometry.export.step.shapes import NoExact, in_pieces, shape

if TYPE_CHECKING:
    from build123d import Shape
    from manifold3d import Manifold

CLOSE = 0.005  # of the volume, and of the box: how far the exact form and the mesh may lie apart
CURVED = 0.02  # of a volume that the mesh of a small curved thing may leave out (a thread, a thin ring)
MANY = 3000  # triangles


@dataclass
class Exact:
    """Makes exact forms, and keeps why some parts have none.

    Attributes:
        notes: what had to be made of flat faces instead.
    """

    notes: list[str] = field(default_factory=list)
    _made: dict[made.Leaf, Shape] = field(default_factory=dict)

    def of(self, tree: made.Made | None, mesh: Manifold) -> Shape:
        """The exact form of a part whose mesh is `mesh`; of flat faces where there is none, with a note."""
        if tree is None:
            return self._flat(mesh, "the part")
        before = len(self.notes)
        try:
            found = self._form(tree)
        except NoExact as error:
            return self._flat(mesh, str(error))
        except Exception as error:  # the kernel's errors have no common class
            return self._flat(mesh, f"a part that the kernel refuses ({type(error).__name__})")
        if agrees(found, mesh):
            return found
        del self.notes[before:]
        return self._flat(mesh, "a part whose exact form came out otherwise than its mesh")

    def _piece(self, mesh: Manifold, what: str) -> Shape:
        """A piece of a part; the kernel takes minutes to join one of very many faces to others, if it can."""
        if mesh.num_tri() > MANY:
            raise NoExact(what)
        return self._flat(mesh, what)

    def _flat(self, mesh: Manifold, what: str) -> Shape:
        self._note(f"{what} is written with flat faces")
        return faceted(mesh)

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    @singledispatchmethod
    def _form(self, tree: made.Made) -> Shape:
        raise NoExact(f"a {type(tree).__name__}")

    @_form.register(made.Leaf)
    def _(self, tree: made.Leaf) -> Shape:
        if tree not in self._made:
            self._made[tree] = self._leaf(tree)
        return self._made[tree]

    def _leaf(self, tree: made.Leaf) -> Shape:
        """One solid with its edges: exact, or of flat faces if it is one that has no exact form."""
        mesh, what = with_edges(tree.shape, tree.edged), f"a {tree.shape.kind}"
        try:
            body = shape(tree.shape)
            for edged in tree.edged:
                if set(edged.edges) != {"junction"}:
                    body = worked(body, edged)
        except NoExact as error:
            return self._piece(mesh, str(error))
        except Exception:  # the kernel's errors have no common class
            return self._piece(mesh, what)
        if not agrees(body, mesh):
            return self._piece(mesh, what)
        if in_pieces(tree.shape):
            self._note("letters, gears and grown outlines are written as drawn, in short straight pieces")
        return body

    @_form.register(made.Moved)
    def _(self, tree: made.Moved) -> Shape:
        return moved(self._form(tree.of), tree.frame)

    @_form.register(made.Joined)
    def _(self, tree: made.Joined) -> Shape:
        first, *rest = (self._form(one) for one in tree.of)
        return first.fuse(*rest) if rest else first

    @_form.register(made.Cut)
    def _(self, tree: made.Cut) -> Shape:
        tools = [self._form(tool) for tool in tree.tools]
        body = self._form(tree.body)
        return body.cut(*tools) if tools else body

    @_form.register(made.Common)
    def _(self, tree: made.Common) -> Shape:
        from build123d import Compound

        result, *rest = (self._form(one) for one in tree.of)
        for other in rest:
            found = result.intersect(other) or []
            solids = [solid for piece in found for solid in piece.solids()]
            if not solids:
                raise NoExact("an intersection")
            result = solids[0] if len(solids) == 1 else Compound(solids)
        return result

    @_form.register(made.Other)
    def _(self, tree: made.Other) -> Shape:
        return self._flat(tree.mesh, tree.why)


def moved(body: Shape, frame: np.ndarray) -> Shape:
    """The body under a frame [3, 4]; surfaces stay what they are unless it stretches them unevenly."""
    from build123d import Matrix, Shape
    from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
    from OCP.gp import gp_Trsf

    rows = [[float(value) for value in row] for row in frame]
    square = frame[:, :3] @ frame[:, :3].T
    even = np.allclose(square, np.eye(3) * square[0, 0], rtol=1e-9, atol=1e-9 * abs(square[0, 0]))
    if not even:
        return body.transform_geometry(Matrix(rows))
    transformation = gp_Trsf()
    transformation.SetValues(*(value for row in rows for value in row))  # mirrors and scales, too
    return Shape.cast(BRepBuilderAPI_Transform(body.wrapped, transformation, True).Shape())


def agrees(found: Shape, mesh: Manifold) -> bool:
    """Whether an exact form has its mesh's box, and its volume or what straight pieces leave out more."""
    if not found.solids() or not found.is_valid:
        return False
    box = found.bounding_box()
    exact = np.array([*box.min, *box.max])
    drawn = np.array(mesh.bounding_box())
    size = float((drawn[3:] - drawn[:3]).max())
    if np.abs(exact - drawn).max() > CLOSE * size + 0.01:
        return False
    more = found.volume / mesh.volume() - 1
    return -CLOSE <= more <= CURVED
