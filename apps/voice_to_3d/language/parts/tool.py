"""The tool of a cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.scene.profile import Profile

if TYPE_CHECKING:
    pass


@dataclass
class Tool:
    """What cuts: an outline along the normal, the size of its box along each axis, and a turn about the normal."""

    profile: Profile | None
    diameter: float
    size: dict[str, float]
    spin: float = 0.0
