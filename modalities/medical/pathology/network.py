"""`TileNetwork`: a user's own tile encoder, such as a pathology foundation model, in place of the named features."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.bundle import Network, load_network

_DEFAULT_MPP, _DEFAULT_SIZE = 0.5, 224


@dataclass(frozen=True, slots=True)
class TileNetwork:
    """A network that turns tiles into vectors, and how it wants its tiles.

    Attributes:
        network: float32 `[N, 3, size, size]` to `[N, D]`.
        mpp: microns per pixel.
        size: side in pixels.
        mean: of each channel, taken off colours from 0 to 1.
        std: of each channel, what is left is divided by.
        defaults: names of settings that the bundle does not give.
    """

    network: Network
    mpp: float
    size: int
    mean: NDArray[np.float32] = field(default_factory=lambda: np.zeros(3, np.float32))
    std: NDArray[np.float32] = field(default_factory=lambda: np.ones(3, np.float32))
    defaults: tuple[str, ...] = ()

    def encode(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Vectors `[N, D]` of tiles `[N, size, size, 3]`.

        Raises:
            DataError: the network fails, or gives no vectors.
        """
        scaled = ((tiles.astype(np.float32) / 255 - self.mean) / self.std).astype(np.float32, copy=False)
        out = self.network(np.moveaxis(scaled, -1, 1))
        if out.ndim != 2:
            raise DataError(
                f"{self.network.name} gives {list(out.shape)} for {len(tiles)} tiles; needs a vector of each"
            )
        return out


def load_tile_network(source: str | Path) -> TileNetwork:
    """A tile encoder from a bundle.

    `metadata.json` may say `mpp` (0.5 where it does not), `size` or MONAI's
    `network_data_format.inputs.image.spatial_shape` (224), `mean` and `std` of the channels (0 and 1).

    Args:
        source: what `load_network` takes.

    Raises:
        DataError: there is no such bundle, or its metadata make no sense.
        PluginError: the library that runs it is not installed.
    """
    network = load_network(source)
    metadata = network.metadata
    defaults = tuple(key for key in ("mpp", "mean", "std") if key not in metadata)
    size = metadata.get("size", _monai_size(metadata))
    if size is None:
        size, defaults = _DEFAULT_SIZE, (*defaults, "size")
    try:
        mpp = float(metadata.get("mpp", _DEFAULT_MPP))
        mean, std = (
            np.broadcast_to(np.asarray(metadata.get(key, default), np.float32), 3)
            for key, default in (("mean", 0.0), ("std", 1.0))
        )
        size = int(size)
    except (TypeError, ValueError) as error:
        raise DataError(f"{network.name}: its metadata are not numbers ({error})") from error
    if not 0.02 <= mpp <= 100 or not 8 <= size <= 8192 or not (std > 0).all():
        raise DataError(f"{network.name}: its metadata make no sense: mpp {mpp}, size {size}, std {std.tolist()}")
    return TileNetwork(network, mpp, size, mean, std, defaults)


def _monai_size(metadata: Any) -> Any:
    try:
        return metadata["network_data_format"]["inputs"]["image"]["spatial_shape"][-1]
    except (KeyError, TypeError, IndexError):
        return None
