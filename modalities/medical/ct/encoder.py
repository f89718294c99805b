"""CT tokens: one for each cube of the body, in Morton order, with named features or a network of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.bundle import Network, load_network
from wugan.modalities.medical.ct.blocks import NAMES, Blocks, blocks, scaled
from wugan.modalities.medical.ct.compartments import Compartments, compartments
from wugan.modalities.medical.ct.lesions import Candidate, lesions
from wugan.modalities.medical.ct.volume import AIR, Volume
from wugan.packet import Packet
from wugan.stage import Encoder
from wugan.tokens import Tokens

MODALITY = "ct"
_BATCH = 32  # cubes that run through a network together


@dataclass(frozen=True, slots=True, eq=False)
class CtAnalysis:
    """All that the encoder sees in a volume, for reports and overlays.

    Attributes:
        compartments: labels and their grid.
        candidates: lung nodule candidates, best first.
        blocks: cubes with their features, in the order of the tokens.
        tokens: what fusion gets.
    """

    compartments: Compartments
    candidates: tuple[Candidate, ...]
    blocks: Blocks
    tokens: Tokens


@dataclass(eq=False)
class CtEncoder(Encoder[Volume, Tokens]):
    """Encodes a CT volume as tokens of modality `"ct"`, float32 `[T, D]`: D = 38 without a bundle.

    One token stands for one cube of the body, 28 mm wide; cubes that hold less than 2 % body are left out. The features
    are those of `wugan.modalities.medical.ct.blocks.FEATURES`, brought to about unit size by the constants there and
    cut to ±5; `feature_names` names the columns. `positions [T, 3]` are the cubes' centres in LPS mm. All tokens have
    the packet's time. Cubes lie in Morton order. A volume without a body gives `None`.

    With `bundle`, a network of the user's makes the vectors: it gets each cube as float32 `[N, 1, S, S, S]` (z, y, x)
    and gives `[N, D]` (or more axes, over which the mean is taken). The cubes are S³ voxels of the compartments' grid,
    scaled from `window` to 0…1. Its `metadata.json` may say `wugan: {"window": [-1000, 400], "size": 16}`.

    Args:
        cube_mm: side of a cube.
        nodules: look for nodule candidates too (half of the time).
        bundle: folder of a MONAI bundle, TorchScript or ONNX file, or `"module:function"`.

    Raises:
        DataError: from `warm_up`, the bundle is damaged or `cube_mm` too small; from `encode`, the network fails.
    """

    cube_mm: float = 28.0
    nodules: bool = True
    bundle: str | None = None
    _network: Network | None = field(init=False, repr=False, default=None)

    modality = MODALITY
    dim = len(NAMES)  # without a bundle

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns, of the built-in features."""
        return NAMES

    def warm_up(self) -> None:
        """Load the network, if there is one."""
        if not 8 <= self.cube_mm <= 200:
            raise DataError(f"CtEncoder: cube_mm must be from 8 to 200, got {self.cube_mm}")
        if self.bundle is not None and self._network is None:
            self._network = load_network(self.bundle)

    def close(self) -> None:
        """Let go of the network."""
        self._network = None

    def encode(self, batch: Sequence[Packet[Volume]]) -> list[Tokens | None]:
        """Tokens of each volume."""
        return [None if found is None else found.tokens for found in (self.analyse(p.data, p.time_ns) for p in batch)]

    def analyse(self, volume: Volume, time_ns: int = 0) -> CtAnalysis | None:
        """Compartments, candidates and tokens of one volume; `None` where there is no body."""
        self.warm_up()
        found = compartments(volume)
        cubes = blocks(found, self.cube_mm)
        if not len(cubes.centers):
            return None
        candidates = tuple(lesions(found)) if self.nodules else ()
        _add_candidates(cubes, found, candidates)
        values = scaled(cubes.features) if self._network is None else self._embed(found, cubes, self._network)
        times = np.full(len(values), time_ns, np.int64)
        tokens = Tokens(values, times, MODALITY, positions=cubes.centers.astype(np.float32))
        return CtAnalysis(found, candidates, cubes, tokens)

    def _embed(self, found: Compartments, cubes: Blocks, network: Network) -> NDArray[np.float32]:
        options = _options(network)
        low, high = options["window"]
        hu = np.clip((found.volume.values - low) / (high - low), 0, 1)
        outside = float(np.clip((AIR - low) / (high - low), 0, 1))
        side, size = cubes.side, int(options["size"] or cubes.side)
        margin = side + size
        padded = np.pad(hu, margin, constant_values=outside)
        # A network's cube has the centre of the token's cube, and may be larger or smaller.
        first = cubes.corners + margin + (side - size) // 2
        rows = []
        for start in range(0, len(first), _BATCH):
            chosen = first[start : start + _BATCH]
            batch = np.stack([padded[z : z + size, y : y + size, x : x + size] for z, y, x in chosen])
            out = network(batch[:, None])
            rows.append(out.reshape(len(out), out.shape[1] if out.ndim > 1 else 1, -1).mean(-1))
        return np.concatenate(rows).astype(np.float32)


def _options(network: Network) -> dict[str, Any]:
    """Window and size that the network's metadata asks for."""
    given = network.metadata.get("wugan", {})
    if not isinstance(given, dict):
        raise DataError(f"{network.name}: 'wugan' in metadata.json must be an object, got {given!r}")
    options: dict[str, Any] = {"window": (-1000.0, 400.0), "size": None, **given}
    try:
        low, high = (float(v) for v in options["window"])
        size = None if options["size"] is None else int(options["size"])
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{network.name}: metadata.json needs wugan.window as two numbers and wugan.size as one, got {given!r}"
        ) from error
    if not low < high or (size is not None and not 1 <= size <= 256):
        raise DataError(f"{network.name}: wugan.window must rise and wugan.size be from 1 to 256, got {given!r}")
    return {"window": (low, high), "size": size}


def _add_candidates(cubes: Blocks, found: Compartments, candidates: Sequence[Candidate]) -> None:
    """Writes the best candidate's score and diameter into the cube that holds its centre."""
    score, width = NAMES.index("nodule_score"), NAMES.index("nodule_mm")
    for candidate in candidates:
        index = np.floor(found.volume.to_index(candidate.center_mm)[::-1] + 0.5)
        home = np.flatnonzero(((cubes.corners <= index) & (index < cubes.corners + cubes.side)).all(1))
        if home.size and candidate.score > cubes.features[home[0], score]:
            cubes.features[home[0], [score, width]] = candidate.score, candidate.diameter_mm
