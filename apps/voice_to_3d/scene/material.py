"""`Material`: colour and finish of a part, as glTF's metallic-roughness model has them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from wugan.apps.voice_to_3d.scene.model import Model, Name

Share = Annotated[float, Field(ge=0, le=1)]


class Material(Model):
    """What a part looks like.

    Attributes:
        name: as said ("oak", "matte black").
        colour: sRGB, `#rrggbb`.
        metallic, roughness, opacity: 0 to 1 (glTF 2.0, section 3.9).
    """

    name: Name
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    metallic: Share = 0.0
    roughness: Share = 0.7
    opacity: Share = 1.0

    def rgba(self) -> tuple[int, int, int, int]:
        """Red, green, blue and opacity, 0 to 255, sRGB."""
        red, green, blue = (int(self.colour[i : i + 2], 16) for i in (1, 3, 5))
        return red, green, blue, round(255 * self.opacity)
