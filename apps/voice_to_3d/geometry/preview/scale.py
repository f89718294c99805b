"""What a preview says about size: a bar of a round length, and width × depth × height."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image, ImageFont

INK = (64, 68, 74)
ROUND = (1.0, 2.0, 5.0, 10.0)


def length(mm: float) -> str:
    """A length as one reads it: "0.8 mm", "35 mm", "1.2 m"."""
    if mm >= 10_000:
        return f"{mm / 1000:.4g} m"
    return f"{mm:.4g} mm" if mm < 1000 else f"{mm:.0f} mm"


def dimensions(low: np.ndarray, high: np.ndarray) -> str:
    """Width × depth × height of a box (mm); with the letter x, since Pillow's own font lacks the sign."""
    width, depth, height = (float(side) for side in np.asarray(high, np.float64) - np.asarray(low, np.float64))
    if max(width, depth, height) >= 10_000:
        return f"W {width / 1000:.4g} x D {depth / 1000:.4g} x H {height / 1000:.4g} m"
    sides = (f"{side:.1f}".rstrip("0").rstrip(".") if side >= 10 else f"{side:.3g}" for side in (width, depth, height))
    return "W {} x D {} x H {} mm".format(*sides)


def bar(pixels_per_mm: float, widest: float) -> float:
    """The longest of 1, 2, 5, 10 … mm that `widest` pixels hold."""
    most = widest / pixels_per_mm
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in ROUND if step * power <= most * (1 + 1e-9)))


def draw_scale(picture: Image.Image, pixels_per_mm: float, low: np.ndarray, high: np.ndarray) -> None:
    """Draw both at the foot of `picture`: the bar (true at the middle of the thing) left, the sizes right."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    font = _font(max(height // 40, 9))
    margin, line = width // 32, height - height // 22
    mm = bar(pixels_per_mm, width / 5)
    end = margin + round(mm * pixels_per_mm)
    tick = max(height // 120, 2)
    draw.line([(margin, line), (end, line)], fill=INK, width=2)
    for x in (margin, end):
        draw.line([(x, line - tick), (x, line + tick)], fill=INK, width=2)
    draw.text((end + height // 60, line), length(mm), fill=INK, font=font, anchor="lm")
    draw.text((width - margin, line), dimensions(low, high), fill=INK, font=font, anchor="rm")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)  # ships inside Pillow, so that every machine draws the same letters
