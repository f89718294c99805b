"""A body that is still a drawn profile, and cuts straight through it: worked in the plane, which costs a fifth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.edges import SIDES, prism, upright
from wugan.apps.voice_to_3d.geometry.placing import Box6, Frame
from wugan.apps.voice_to_3d.geometry.profiles import of_outlines
from wugan.apps.voice_to_3d.geometry.sound import snapped
from wugan.apps.voice_to_3d.scene.solid import Cylinder

if TYPE_CHECKING:
    from manifold3d import CrossSection, Manifold

    from wugan.apps.voice_to_3d.geometry.features import Piece, Step

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
