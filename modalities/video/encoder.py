"""`VideoEncoder`: clips as tokens, each a small piece of the picture for a short time: fixed bases, nothing learned.

Four groups of numbers of each tubelet (a square piece of a few pictures), computed for all of a stretch of K pictures
at once:

- appearance: the lowest coefficients of the three-dimensional cosine transform (DCT-II, orthonormal) of its luma on
  K × 8 × 8 cells, divided so that the first is the mean luma (0…1), and its mean chroma (Cb, Cr, -½…½);
- edges: mean gradient along eight directions of 180°, the HOG descriptor of Dalal and Triggs (2005) with smooth bins;
- motion: mean speed along eight directions of 360° relative to the picture's median flow, the HOF descriptor of Laptev
  et al. (2008) with smooth bins; the share that moves; mean and spread of the flow; divergence and curl;
- the picture's median flow itself, which a moving camera makes.

A smooth bin in direction d takes |v|·max(0, cos∠(v, d))² of a vector v, so that no small turn makes a jump.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.video.clips import Clip
from wugan.modalities.video.frame import opencv
from wugan.modalities.video.motion import DenseFlow
from wugan.morton import morton_code
from wugan.packet import Packet
from wugan.stage import Encoder
from wugan.tokens import Tokens

CELLS = 8  #: cells of the cosine transform along a tubelet's side
PATCH = 32  #: pixels of the working picture along a tubelet's side
COEFFICIENTS = 32
DIRECTIONS = 8
_FLOW_PATCH = 16  # the flow is computed at half of the working picture's size
_MOVES = 0.02  # widths of the picture a second: what is slower counts as still
_TINY = 1e-6


def names(frames: int) -> tuple[str, ...]:
    """Names of a token's numbers, in order, for tubelets of that many pictures."""
    dct = [f"dct {t} {y} {x}" for t, y, x in _lowest(frames).tolist()]
    edges = [f"edges {180 * k / DIRECTIONS:g}°" for k in range(DIRECTIONS)]
    moves = [f"motion {360 * k / DIRECTIONS:g}°" for k in range(DIRECTIONS)]
    rest = ["moving share", "flow x", "flow y", "flow spread x", "flow spread y", "divergence", "curl"]
    return (*dct, "chroma blue", "chroma red", *edges, *moves, *rest, "camera x", "camera y")


def grid(size: tuple[int, int], width: int) -> tuple[int, int]:
    """Columns and rows of tubelets for a picture of that width and height, brought to about `width` pixels."""
    columns = max(1, round(min(width, size[0]) / PATCH))
    return columns, max(1, round(columns * size[1] / size[0]))


def describe(
    pixels: NDArray[np.uint8], seconds: Sequence[float], columns: int, rows: int, flow: DenseFlow
) -> NDArray[np.float32]:
    """The numbers of each tubelet, `[rows, columns, D]`; units: shares of the picture's width, and seconds.

    Args:
        pixels: uint8 `[K, H, W, 3]`.
        seconds: K - 1 times between them.
        columns: tubelets across.
        rows: tubelets down.
        flow: computes the flow on pictures of half the working size.
    """
    cv2 = opencv()
    size = columns * PATCH, rows * PATCH
    small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in pixels]
    colours = [cv2.cvtColor(one, cv2.COLOR_RGB2YCrCb) for one in small]
    cells = [cv2.resize(one, (columns * CELLS, rows * CELLS), interpolation=cv2.INTER_AREA) for one in colours]
    table = np.stack(cells).astype(np.float32).reshape(len(cells), rows, CELLS, columns, CELLS, 3) / 255
    luma = np.ascontiguousarray(table[..., 0].transpose(1, 3, 0, 2, 4)).reshape(rows, columns, -1)
    chroma = table[..., [2, 1]].mean(axis=(0, 2, 4)) - 0.5
    edges = np.mean([_edges(one[..., 0], rows, columns) for one in colours], axis=0)
    half = columns * _FLOW_PATCH, rows * _FLOW_PATCH
    halves = [cv2.resize(one[..., 0], half, interpolation=cv2.INTER_AREA) for one in colours]
    pairs = zip(halves, halves[1:], seconds, strict=False)
    motion = np.mean([_motion(*pair, rows, columns, flow) for pair in pairs], axis=0)
    return np.concatenate([luma @ _basis(len(pixels)), chroma, edges, motion], axis=2).astype(np.float32)


def _edges(luma: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.float32]:
    cv2 = opencv()
    x, y = (cv2.Sobel(luma, cv2.CV_32F, *of, ksize=3, scale=1 / (8 * 255)) for of in ((1, 0), (0, 1)))
    return _along(x, y, np.pi, rows, columns)


def _motion(
    before: NDArray[np.uint8], after: NDArray[np.uint8], seconds: float, rows: int, columns: int, flow: DenseFlow
) -> NDArray[np.float32]:
    # Both axes in widths of the picture a second: the working picture may be a little out of shape.
    vectors = flow(before, after, seconds).vectors / (before.shape[1] * seconds)
    camera = np.median(vectors.reshape(-1, 2), axis=0)
    x, y = (np.ascontiguousarray(vectors[..., axis] - camera[axis]) for axis in (0, 1))
    turns: list[NDArray[Any]] = [
        np.gradient(x, axis=1) + np.gradient(y, axis=0),
        np.gradient(y, axis=1) - np.gradient(x, axis=0),
    ]
    means = [_patches(one, rows, columns) for one in (np.hypot(x, y) > _MOVES, x, y, x * x, y * y)]
    spread = [np.sqrt(np.maximum(square - mean**2, 0)) for mean, square in zip(means[1:3], means[3:], strict=True)]
    rest: list[NDArray[np.float32]] = [
        *means[:3],
        *spread,
        *(_patches(one, rows, columns) * before.shape[1] for one in turns),
    ]
    rest += [np.full((rows, columns), value, np.float32) for value in camera]
    stacked = np.moveaxis(np.array(rest, np.float32), 0, 2)
    return np.concatenate([_along(x, y, 2 * np.pi, rows, columns), stacked], axis=2)


def _along(x: NDArray[np.float32], y: NDArray[np.float32], span: float, rows: int, columns: int) -> NDArray[np.float32]:
    """Mean of vectors along eight directions, `[rows, columns, 8]`; within half a turn, both ways count as one."""
    length = np.hypot(x, y) + _TINY
    found = []
    for angle in np.arange(DIRECTIONS) * (span / DIRECTIONS):
        projected = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
        if span > np.pi + _TINY:
            projected = np.maximum(projected, 0)
        found.append(_patches(projected * projected / length, rows, columns))
    return np.stack(found, axis=2)


def _patches(values: NDArray[Any], rows: int, columns: int) -> NDArray[np.float32]:
    """Mean of each tubelet's piece of `[h, w]`."""
    height, width = values.shape
    small = opencv().resize(values.astype(np.float32), (columns, rows), interpolation=opencv().INTER_AREA)
    assert height % rows == 0 and width % columns == 0  # so that the mean is of whole pixels
    return np.asarray(small, np.float32).reshape(rows, columns)


@cache
def _lowest(frames: int) -> NDArray[np.int64]:
    """The lowest frequencies (t, y, x), `[COEFFICIENTS, 3]`, by their sum, then by time, then down."""
    every = np.indices((frames, CELLS, CELLS)).reshape(3, -1).T
    order = np.lexsort((every[:, 2], every[:, 1], every[:, 0], every.sum(axis=1)))
    return every[order[:COEFFICIENTS]]


@cache
def _basis(frames: int) -> NDArray[np.float32]:
    """Cosine waves of the lowest frequencies on `frames` × 8 × 8 cells, `[frames · 64, COEFFICIENTS]`."""
    waves = [_cosines(frames), _cosines(CELLS), _cosines(CELLS)]
    columns = [np.einsum("t,y,x->tyx", waves[0][t], waves[1][y], waves[2][x]).ravel() for t, y, x in _lowest(frames)]
    return (np.stack(columns, axis=1) / np.sqrt(frames * CELLS * CELLS)).astype(np.float32)


def _cosines(count: int) -> NDArray[np.float64]:
    """The orthonormal DCT-II, a wave in each row."""
    k, n = np.mgrid[:count, :count]
    waves = np.cos(np.pi * k * (2 * n + 1) / (2 * count)) * np.sqrt(2 / count)
    waves[0] /= np.sqrt(2)
    return waves


logger = logging.getLogger(__name__)

MODALITY = "video"


@dataclass(eq=False)
class VideoEncoder(Encoder[Clip, Tokens]):
    """Encodes clips as tokens of modality `"video"`, float32 `[T, 59]`, without weights.

    A picture is brought to about `width` pixels and cut into squares of 32; `frames` pictures of one square are a
    tubelet, and give a token: cosine waves of its luma, colour, edges, motion relative to the background, and the
    background's motion. `tubelets` describes the numbers, `names` names them. They are in natural units; a model that
    reads them scales them. A token depends on the pictures of its tubelet's moments only.

    `positions [T, 3]` are (x, y, t) of the tubelet's centre: x and y in widths of the picture from its top left corner,
    t in seconds since the clip's first moment. A token's time is that of its first picture. Tokens are sorted by time,
    then along the Z-order curve, so that neighbours in the row are neighbours in the picture.

    Where a tubelet's picture is missing, its tokens are zeros and masked out; a clip without a whole tubelet gives
    `None`. Pictures at the clip's end that make no whole tubelet are left out.

    Args:
        frames: pictures of a tubelet; a clip has a multiple of them.
        width: pixels that a picture is brought to; narrower ones are not enlarged.

    Raises:
        DataError: from `__init__`, settings that make no sense.
    """

    frames: int = 4
    width: int = 320
    _flow: Any = field(init=False, repr=False, default=None)

    modality = MODALITY
    dim = len(names(4))

    def __post_init__(self) -> None:
        if self.frames < 2 or self.width < PATCH:
            raise DataError(
                f"VideoEncoder: frames {self.frames} must be at least 2, width {self.width} at least {PATCH}"
            )

    def warm_up(self) -> None:
        """Make the flow's buffers."""
        if self._flow is None:
            self._flow = DenseFlow(self.width, "ultrafast", finest=0)

    def encode(self, batch: Sequence[Packet[Clip]]) -> list[Tokens | None]:
        """Tokens of each clip."""
        self.warm_up()
        return [self._encode(packet) for packet in batch]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_flow": None}

    def _encode(self, packet: Packet[Clip]) -> Tokens | None:
        clip, frames = packet.data, self.frames
        starts = np.arange(0, len(clip) - frames + 1, frames)
        whole = np.array([clip.mask[start : start + frames].all() for start in starts], bool)
        if not whole.any():
            logger.debug("clip %d of %r has no whole tubelet: no tokens", packet.seq, packet.stream)
            return None
        height, width = clip.pixels.shape[1:3]
        columns, rows = grid((width, height), self.width)
        x, y = (place.ravel() for place in np.meshgrid(np.arange(columns), np.arange(rows)))
        order = np.argsort(morton_code(np.stack([x, y], axis=1)), kind="stable")
        count = columns * rows
        values = np.zeros((len(starts), count, self.dim), np.float32)
        positions = np.empty((len(starts), count, 3), np.float32)
        positions[..., 0] = ((x + 0.5) / columns)[order]
        positions[..., 1] = ((y + 0.5) / rows * height / width)[order]
        for index, start in enumerate(starts):
            times = clip.time_ns[start : start + frames]
            positions[index, :, 2] = ((times[0] + times[-1]) / 2 - clip.time_ns[0]) / 1e9
            if whole[index]:
                pixels = clip.pixels[start : start + frames]
                found = describe(pixels, (np.diff(times) / 1e9).tolist(), columns, rows, self._flow)
                values[index] = found.reshape(count, -1)[order]
        return Tokens(
            values.reshape(-1, self.dim),
            np.repeat(clip.time_ns[starts], count),
            MODALITY,
            None if whole.all() else np.repeat(whole, count),
            positions.reshape(-1, 3),
        )
