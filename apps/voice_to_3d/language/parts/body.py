"""`Body`: a solid in its own frame and the size of its box."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.voice_to_3d.scene import solid as solids

Size3 = tuple[float, float, float]


@dataclass
class Body:
    """A solid in its own frame, along z, and its box; `cut` is worked out of it (a tube's bore)."""

    solid: solids.Solid
    size: Size3
    lacking: str = ""
    low: tuple[float, float] | None = None  # x and y of the box's lower corner where it is not centred
