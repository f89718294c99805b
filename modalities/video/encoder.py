"""`VideoEncoder`: clips as tokens, each a small piece of the picture for a short time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wugan.errors import DataError
from wugan.modalities.video.clip import Clip
from wugan.modalities.video.flow import DenseFlow
from wugan.modalities.video.tubelets import PATCH, describe, grid, names
from wugan.morton import morton_code
from wugan.packet import Packet
from wugan.stage import Encoder
from wugan.tokens import Tokens

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
