"""Letters as outlines: the font that Pillow carries (Aileron, CC0), read through FreeType."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from wugan.apps.voice_to_3d.geometry.circles import Outline
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import CrossSection

CURVE = 6  # straight pieces of a curve of a letter


@lru_cache(maxsize=1)
def _face() -> Any:
    from io import BytesIO

    try:
        import freetype
        from PIL import ImageFont
    except ImportError:
        raise DataError("letters need freetype-py and Pillow: pip install pyrender") from None
    data = getattr(ImageFont.load_default(32), "font_bytes", None)
    if not data:
        raise DataError("this build of Pillow has no outline font; install Pillow 10.1 or newer with FreeType")
    face = freetype.Face(BytesIO(data))
    face.set_char_size(64 * 1000)
    return face


def letters(text: str, height: float) -> CrossSection:
    """The letters of a text, capitals `height` mm high, centred on their box.

    Raises:
        DataError: a character that the font lacks, or nothing but spaces.
    """
    from manifold3d import CrossSection, FillRule

    face = _face()
    loops: list[Outline] = []
    across = 0.0
    for character in text:
        if not face.get_char_index(character):
            raise DataError(f"the font has no letter {character!r}; leave it out")
        face.load_char(character, _load_flags())
        loops += [outline + np.array((across, 0.0)) for outline in _outlines(face.glyph.outline)]
        across += face.glyph.advance.x
    if not loops:
        raise DataError(f"the text {text!r} has no letter to draw")
    face.load_char("H", _load_flags())
    scale = height / face.glyph.outline.get_bbox().yMax
    # PostScript outlines turn clockwise around ink, TrueType the other way: non-zero filling takes both.
    drawn = CrossSection([loop * scale for loop in loops], FillRule.NonZero)
    x0, y0, x1, y1 = drawn.bounds()
    return drawn.translate((-(x0 + x1) / 2, -(y0 + y1) / 2)).simplify(1e-4)


def _load_flags() -> int:
    import freetype

    return int(freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP)


def _outlines(outline: Any) -> list[Outline]:
    """The closed curves of a glyph, flattened."""
    loops: list[list[np.ndarray]] = []
    along = np.linspace(0, 1, CURVE + 1)[1:, None]

    def point(vector: Any) -> np.ndarray:
        return np.array([vector.x, vector.y], dtype=np.float64)

    def move(to: Any, _: Any) -> None:
        loops.append([point(to)])

    def line(to: Any, _: Any) -> None:
        loops[-1].append(point(to))

    def conic(control: Any, to: Any, _: Any) -> None:
        a, b, c = loops[-1][-1], point(control), point(to)
        loops[-1].extend((1 - along) ** 2 * a + 2 * along * (1 - along) * b + along**2 * c)

    def cubic(first: Any, second: Any, to: Any, _: Any) -> None:
        a, b, c, d = loops[-1][-1], point(first), point(second), point(to)
        loops[-1].extend(
            (1 - along) ** 3 * a + 3 * along * (1 - along) ** 2 * b + 3 * along**2 * (1 - along) * c + along**3 * d
        )

    outline.decompose(None, move_to=move, line_to=line, conic_to=conic, cubic_to=cubic)
    return [np.array(loop) for loop in loops if len(loop) > 2]
