"""Hollow bodies: the room inside a wall of the same thickness everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.features import Work
    from wugan.apps.voice_to_3d.scene.solid import Shell


def hollow(work: Work, shell: Shell) -> None:
    """Hollows a body."""
    raise DataError("not yet")
