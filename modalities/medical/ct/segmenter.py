"""`segment`: organs by a network that the user brings, over a volume of any size, in overlapping tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.bundle import Network
from wugan.modalities.medical.ct.volume import AIR, Volume


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """A network's labels.

    Attributes:
        labels: uint8 `[Z, Y, X]`.
        names: name of each label but the background, as the bundle's metadata says.
        volume: the grid that the labels lie on.
    """

    labels: NDArray[np.uint8]
    names: Mapping[int, str]
    volume: Volume


def segment(
    volume: Volume,
    network: Network,
    *,
    spacing: float | Sequence[float] | None = None,
    window: tuple[float, float] | None = None,
    tile: Sequence[int] | None = None,
) -> Segmentation:
    """Runs a segmentation network over a volume.

    Tiles overlap by half and are weighted by a Gaussian, as nnU-Net and MONAI do (Isensee et al., Nat Methods 18:203,
    2021). The network gets float32 `[N, 1, Z, Y, X]` and gives logits `[N, C, Z, Y, X]`; the largest wins.

    Args:
        volume: Hounsfield units; its axes are brought to left, back, head.
        network: from `load_network`; its metadata is MONAI's.
        spacing: mm the network was trained at; by default `wugan.spacing` of the metadata, else the volume's own.
        window: HU that become 0 and 1; by default `wugan.window`, else -1000 to 1000.
        tile: z, y, x of a tile; by default `spatial_shape` of the metadata's input, else 96 each.

    Raises:
        DataError: the network fails, or gives something that is no map of this tile.
    """
    own: dict[str, Any] = dict(network.metadata.get("wugan", {}))
    given = network.metadata.get("network_data_format", {})
    wanted = spacing if spacing is not None else own.get("spacing")
    grid = volume.canonical() if wanted is None else volume.canonical().resampled(wanted)
    low, high = window or own.get("window") or (-1000.0, 1000.0)
    image: dict[str, Any] = (list(given.get("inputs", {}).values()) or [{}])[0]
    shape = tuple(int(n) for n in (tile or image.get("spatial_shape") or (96, 96, 96)))
    if len(shape) != 3 or min(shape) < 1 or not low < high:
        raise DataError(f"{network.name}: needs a tile of three sizes and a rising window, got {shape}, {(low, high)}")
    hu = np.clip((grid.values - low) / (high - low), 0, 1).astype(np.float32)
    empty = float(np.clip((AIR - low) / (high - low), 0, 1))
    margins = [(0, max(0, t - n)) for n, t in zip(hu.shape, shape, strict=True)]
    padded = np.pad(hu, margins, constant_values=empty)
    weight = _weight(shape)
    total: NDArray[np.float32] | None = None
    for corner in product(*(_starts(n, t) for n, t in zip(padded.shape, shape, strict=True))):
        place = tuple(slice(c, c + t) for c, t in zip(corner, shape, strict=True))
        out = network(padded[place][None, None])[0]
        if out.ndim != 4 or out.shape[1:] != shape:
            raise DataError(f"{network.name} gives {list(out.shape)} for a tile of {list(shape)}; needs [C, Z, Y, X]")
        if total is None:
            total = np.zeros((len(out), *padded.shape), np.float32)
        total[(slice(None), *place)] += out * weight
    assert total is not None
    labels = total.argmax(0) if len(total) > 1 else total[0] > 0
    z, y, x = hu.shape
    outputs: dict[str, Any] = (list(given.get("outputs", {}).values()) or [{}])[0]
    names = {int(k): str(v) for k, v in outputs.get("channel_def", {}).items() if int(k) > 0}
    return Segmentation(labels[:z, :y, :x].astype(np.uint8), names, grid.replace(notes=()))


def _starts(size: int, tile: int) -> list[int]:
    """Where tiles begin, half a tile apart, the last at the end."""
    last = size - tile
    return sorted({*range(0, last, max(1, tile // 2)), last})


def _weight(shape: tuple[int, ...]) -> NDArray[np.float32]:
    weight = np.ones(shape)
    for axis, n in enumerate(shape):
        line = np.exp(-0.5 * ((np.arange(n) - (n - 1) / 2) / (n / 8)) ** 2)
        weight = weight * line.reshape([-1 if a == axis else 1 for a in range(3)])
    return np.maximum(weight, 1e-4).astype(np.float32)
