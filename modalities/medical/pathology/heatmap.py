"""`paint`: weights of tiles (attention, attribution, a feature) back onto the slide, as a map and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.pathology.slide import Slide
from wugan.modalities.medical.pathology.tiles import Tiling

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

# Colours of the scale from nothing to most, evenly spaced: near those of matplotlib's "inferno" from its second quarter
# on; a colour-blind reader and a grey print keep their order.
_SCALE = np.array([(66, 10, 104), (147, 38, 103), (221, 81, 58), (252, 165, 10), (252, 255, 164)], np.float64)
_OPACITY = 0.55
_BARS_MM = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


def paint(tiling: Tiling, weights: NDArray[np.floating]) -> NDArray[np.float32]:
    """Weights of tiles as a map over the slide, float32 `[H, W]`; NaN where there is no tile.

    Its pixels are those of the tissue mask (`tiling.tissue.mpp` microns). Where tiles overlap it is their mean.

    Args:
        tiling: the tiles.
        weights: one for each, `[N]`; for tokens of `SlideEncoder`, leave out the first, which is all of the slide.

    Raises:
        DataError: there are more or fewer weights than tiles, or one is not finite.
    """
    weights = np.asarray(weights, np.float64)
    if weights.shape != (len(tiling),):
        raise DataError(f"{len(tiling)} tiles need as many weights, got {list(weights.shape)}")
    if not np.isfinite(weights).all():
        raise DataError("a weight of a tile is NaN or infinite")
    shape = tiling.tissue.mask.shape
    total, count = np.zeros(shape), np.zeros(shape)
    for (x, y), weight in zip(tiling.corners_um / tiling.tissue.mpp, weights, strict=True):
        side = tiling.side_um / tiling.tissue.mpp
        # A pixel belongs to the tile that its middle lies in; tiles of less than a pixel still show.
        x0, y0 = (min(max(round(edge), 0), length - 1) for edge, length in zip((x, y), shape[::-1], strict=True))
        window = np.s_[y0 : max(round(y + side), y0 + 1), x0 : max(round(x + side), x0 + 1)]
        total[window] += weight
        count[window] += 1
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.where(count > 0, count, np.nan), np.float32)


def overlay(
    tiling: Tiling,
    weights: NDArray[np.floating],
    *,
    slide: Slide | None = None,
    limits: tuple[float, float] | None = None,
    label: str = "weight",
    width: int = 900,
) -> NDArray[np.uint8]:
    """The slide's overview with the map over its tissue, a colour scale and a scale bar, uint8 `[H, width, 3]`.

    Args:
        tiling: the tiles.
        weights: one for each, `[N]`.
        slide: the slide, to show it as sharp as the picture allows; else the mask's overview is enlarged.
        limits: weights at the ends of the scale; the least and the most where not given.
        label: what the weights are, for the scale.
        width: of the picture, in pixels.

    Raises:
        DataError: as `paint`.
    """
    from PIL import Image

    values = paint(tiling, weights)
    low, high = limits or (float(np.nanmin(values)), float(np.nanmax(values)))
    scaled = (np.nan_to_num(values, nan=low) - low) / (high - low) if high > low else np.zeros_like(values)
    painted = colours(scaled)
    height = max(1, round(width * values.shape[0] / values.shape[1]))
    mpp = tiling.tissue.mpp * values.shape[1] / width
    below = Image.fromarray(tiling.tissue.picture)
    if slide is not None and mpp < tiling.tissue.mpp:
        below = Image.fromarray(slide.region(0, 0, (width, height), mpp))
    covered = np.where(np.isfinite(values) & tiling.tissue.mask, round(255 * _OPACITY), 0).astype(np.uint8)
    opacity = Image.fromarray(covered).resize((width, height), Image.Resampling.BILINEAR)
    above = Image.fromarray(np.rint(painted).astype(np.uint8)).resize((width, height), Image.Resampling.NEAREST)
    picture = Image.composite(above, below.resize((width, height), Image.Resampling.BILINEAR), opacity)
    return _with_legend(picture, (low, high), label, mpp)


def colours(scaled: NDArray[np.floating]) -> NDArray[np.float64]:
    """Colours of the heat maps, 0 to 255, `[..., 3]`, of numbers from 0 to 1."""
    at = np.clip(scaled, 0, 1) * (len(_SCALE) - 1)
    return np.stack([np.interp(at, np.arange(len(_SCALE)), _SCALE[:, channel]) for channel in range(3)], -1)


def _with_legend(picture: PILImage, limits: tuple[float, float], label: str, mpp: float) -> NDArray[np.uint8]:
    """A strip below the picture: the colour scale with its ends, and a bar of a round length."""
    from PIL import Image, ImageDraw, ImageFont

    width, strip = picture.width, 64
    canvas = Image.new("RGB", (width, picture.height + strip), "white")
    canvas.paste(picture, (0, 0))
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(14)
    top, left, long = picture.height + 12, 16, max(80, width // 3)
    ramp = np.rint(colours(np.linspace(0, 1, long))).astype(np.uint8)[None].repeat(14, 0)
    canvas.paste(Image.fromarray(ramp), (left, top))
    draw.text((left, top + 18), f"{limits[0]:.4g}", fill="black", font=font)
    draw.text((left + long, top + 18), f"{limits[1]:.4g}", fill="black", font=font, anchor="ra")
    label = label.translate(str.maketrans("²³µ", "23u"))  # which Pillow's own font lacks
    draw.text((left + long + 10, top - 2), label, fill="black", font=font)
    bar = max((length for length in _BARS_MM if length * 1000 / mpp <= width / 4), default=_BARS_MM[0])
    end = width - 16
    start = end - math.floor(bar * 1000 / mpp)
    draw.rectangle((start, top + 6, end, top + 10), fill="black")
    draw.text(((start + end) / 2, top + 18), f"{bar:g} mm", fill="black", font=font, anchor="ma")
    return np.asarray(canvas)
