"""`SlideEncoder`: a slide as tokens of modality `"slide"`, of named features or of a tile encoder of the user's."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.bundle import Network, load_network
from wugan.modalities.medical.pathology.analysis import MAX_TILES, NAMES, SlideAnalysis, analyse, standardise
from wugan.modalities.medical.pathology.slide import Slide
from wugan.modalities.medical.pathology.tiles import Tiling, cut_tiles, read_tiles
from wugan.packet import Packet
from wugan.stage import Encoder
from wugan.tokens import Tokens

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


logger = logging.getLogger(__name__)

MODALITY = "slide"
SUMMARY = 1  #: how many tokens come before those of the tiles
_BATCH = 32  # tiles in one call of a user's network


@dataclass(eq=False)
class SlideEncoder(Encoder[Slide, Tokens]):
    """Encodes a slide as tokens of modality `"slide"`, float32 `[1 + T, D]`.

    The first token is all of the slide: the mean over its tiles, each weighted by its share of tissue. The others are
    the tiles, in Morton order, so that neighbours in the row are neighbours on the slide. Without a network, D = 43
    named features (`feature_names`, and `analysis.TABLE` with units and scales) brought to about one by constants.

    `positions [1 + T, 2]` are the tiles' centres in microns from the slide's upper left corner; of the first, the
    tissue's centre. All times are the packet's.

    Args:
        network: a tile encoder of the user's, such as a pathology foundation model: a bundle's folder, a TorchScript or
            ONNX file, or `"package.module:function"`; see `load_tile_network`. It replaces the named features.
        stain: `"H&E"` or `"H-DAB"`; told from the colours where not given.
        nuclear_marker: DAB marks nuclei (Ki-67, ER, p53).
        min_tissue: share of a tile that has to be tissue.
        max_tiles: at most so many, spread evenly over the tissue; `None` for all.
        threads: how many work on a slide; the processors, at most 8, where not given. It changes no token.

    Raises:
        DataError: from `encode`: a slide without tissue, damaged, or too coarse; from `warm_up`: the network is none.
    """

    network: str | Path | None = None
    stain: str | None = None
    nuclear_marker: bool = False
    min_tissue: float = 0.25
    max_tiles: int | None = MAX_TILES
    threads: int | None = None
    _tile_network: TileNetwork | None = field(init=False, repr=False, default=None)

    modality = MODALITY
    dim = len(NAMES)  # of the named features

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the D features; empty with a network of the user's."""
        return NAMES if self.network is None else ()

    def warm_up(self) -> None:
        """Load the user's network, if there is one."""
        if self.network is not None and self._tile_network is None:
            self._tile_network = load_tile_network(self.network)
            if self._tile_network.defaults:
                logger.warning(
                    "%s does not give %s: %g µm per pixel and %d pixels are assumed, colours from 0 to 1",
                    self.network,
                    ", ".join(self._tile_network.defaults),
                    self._tile_network.mpp,
                    self._tile_network.size,
                )

    def close(self) -> None:
        """Let go of the network."""
        self._tile_network = None

    def encode(self, batch: Sequence[Packet[Slide]]) -> list[Tokens]:
        """Tokens of each slide."""
        self.warm_up()
        return [self._encode(packet) for packet in batch]

    def analyse(self, slide: Slide) -> SlideAnalysis:
        """The measurements behind the named features, with this encoder's settings; `tokens` makes tokens of them."""
        return analyse(
            slide,
            stain=self.stain,
            nuclear_marker=self.nuclear_marker,
            min_tissue=self.min_tissue,
            max_tiles=self.max_tiles,
            threads=self.threads,
        )

    def tokens(self, analysis: SlideAnalysis, time_ns: int = 0) -> Tokens:
        """Tokens of an analysis that has been made already, as `encode` gives them without a network."""
        known = np.isfinite(analysis.features)
        share = analysis.tiling.share[:, None] * known
        total = share.sum(0)
        features = np.where(known, analysis.features, 0.0)
        mean = np.where(total > 0, (features * share).sum(0) / np.where(total > 0, total, 1), np.nan)
        values = standardise(np.vstack([mean, analysis.features]))
        return _placed(values, analysis.tiling, time_ns)

    def _encode(self, packet: Packet[Slide]) -> Tokens:
        slide = packet.data
        if self._tile_network is None:
            return self.tokens(self.analyse(slide), packet.time_ns)
        network = self._tile_network
        tiling = cut_tiles(
            slide, mpp=network.mpp, size=network.size, min_tissue=self.min_tissue, max_tiles=self.max_tiles
        )
        vectors: list[NDArray[np.float32]] = []
        waiting: list[NDArray[np.uint8]] = []
        for number, tile in enumerate(read_tiles(slide, tiling, self.threads), 1):
            waiting.append(tile)
            if len(waiting) == _BATCH or number == len(tiling):
                vectors.append(network.encode(np.stack(waiting)))
                waiting.clear()
        values = np.concatenate(vectors)
        weight = tiling.share if tiling.share.sum() > 0 else np.ones(len(tiling))
        mean = np.average(values, axis=0, weights=weight).astype(np.float32)
        return _placed(np.vstack([mean, values]), tiling, packet.time_ns)


def _placed(values: NDArray[np.float32], tiling: Tiling, time_ns: int) -> Tokens:
    """Tokens `[1 + T, D]` with their places."""
    if len(values) != SUMMARY + len(tiling):
        raise DataError(f"{len(values)} tokens do not fit {len(tiling)} tiles")
    centres = tiling.centres_um
    weight = tiling.share if tiling.share.sum() > 0 else None
    middle = np.average(centres, axis=0, weights=weight)
    positions = np.vstack([middle, centres]).astype(np.float32)
    return Tokens(values, np.full(len(values), time_ns, np.int64), MODALITY, positions=positions)
