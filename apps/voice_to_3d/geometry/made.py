"""How a solid was made, kept beside its mesh: what STEP's exact surfaces are made from, at the very same places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from wugan.apps.voice_to_3d.scene.solid import Chamfer, Fillet, Solid

if TYPE_CHECKING:
    from manifold3d import Manifold

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


Made: TypeAlias = Leaf | Moved | Joined | Cut | Common | Other


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A mesh and how it was made, kept in step."""

    manifold: Manifold
    made: Made

    def __add__(self, other: Body) -> Body:
        return Body.union([self, other])

    def __sub__(self, other: Body) -> Body:
        return Body.cut(self, [other])

    def __xor__(self, other: Body) -> Body:
        return Body(self.manifold ^ other.manifold, Common((self.made, other.made)))

    def transform(self, frame: Frame) -> Body:
        """Under a frame [3, 4]."""
        return Body(self.manifold.transform(frame), Moved(self.made, np.asarray(frame, np.float64)))

    def translate(self, by: Sequence[float]) -> Body:
        """Elsewhere."""
        return self.transform(np.column_stack([np.eye(3), np.asarray(by, np.float64)]))

    def bounding_box(self) -> tuple[float, float, float, float, float, float]:
        """Min x, y, z, max x, y, z."""
        return self.manifold.bounding_box()

    @staticmethod
    def union(bodies: Sequence[Body]) -> Body:
        """All of them as one."""
        from manifold3d import Manifold, OpType

        if len(bodies) == 1:
            return bodies[0]
        meshes = [body.manifold for body in bodies]
        return Body(Manifold.batch_boolean(meshes, OpType.Add), Joined(tuple(body.made for body in bodies)))

    @staticmethod
    def cut(body: Body, tools: Sequence[Body]) -> Body:
        """The body without the tools."""
        from manifold3d import Manifold, OpType

        meshes = [body.manifold, *(tool.manifold for tool in tools)]
        return Body(Manifold.batch_boolean(meshes, OpType.Subtract), Cut(body.made, tuple(tool.made for tool in tools)))
