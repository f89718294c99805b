"""CT tokens: one for each cube of the body, in Morton order, with named features or a network of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.errors import DataError
from wugan.modalities.medical.bundle import Network, load_network
from wugan.modalities.medical.ct.compartments import Compartment, Compartments, compartments
from wugan.modalities.medical.ct.lesions import Candidate, lesions
from wugan.modalities.medical.ct.volume import AIR, Volume
from wugan.morton import morton_order
from wugan.packet import Packet
from wugan.stage import Encoder
from wugan.tokens import Tokens

Array = NDArray[np.float64]


class Feature(NamedTuple):
    """One feature and how it becomes about one in size: (value - centre) / scale, cut to ±5.

    The constants are round numbers of anatomy, fitted to nothing.
    """

    name: str
    centre: float
    scale: float


_SHARES = [c for c in Compartment if c is not Compartment.OUTSIDE]

#: In the order of the columns. Shares are of the cube's body; Hounsfield units, smoothed, where not said otherwise.
#: Lung, soft tissue and fat are taken without the voxels next to another compartment.
FEATURES: tuple[Feature, ...] = (
    Feature("body_share", 0.7, 0.3),  # of the whole cube
    *(Feature(f"{c.name.lower()}_share", 0.0, 0.5) for c in _SHARES),
    Feature("mean", -100, 300),
    Feature("sd", 150, 150),
    Feature("p10", -150, 300),
    Feature("p50", -50, 300),
    Feature("p90", 100, 200),
    Feature("edge", 25, 25),  # mean length of the gradient, HU per mm
    Feature("lung_mean", -830, 80),  # features of a compartment are 0 after scaling where the cube has none of it
    Feature("lung_sd", 120, 80),
    Feature("lung_below_950", 0.05, 0.1),  # share of the lung, emphysema
    Feature("lung_above_700", 0.1, 0.15),  # share of the lung, vessels and consolidation
    Feature("soft_mean", 40, 25),  # soft tissue and muscle
    Feature("soft_sd", 20, 15),
    Feature("soft_below_0", 0.1, 0.15),
    Feature("soft_above_80", 0.1, 0.2),
    Feature("fat_mean", -100, 15),
    Feature("bone_mean", 300, 150),
    Feature("bone_p10", 100, 80),  # trabecular
    Feature("bone_sd", 180, 100),
    Feature("calcification_ml", 0.0, 0.5),
    Feature("contrast_mean", 200, 80),
    Feature("lateral", 0.0, 1.0),  # -1 at the right skin, 1 at the left
    Feature("dorsal", 0.0, 1.0),  # -1 at the front, 1 at the back
    Feature("depth", 40, 40),  # mm below the skin
    Feature("nodule_score", 0.0, 0.5),  # best lung nodule candidate in the cube
    Feature("nodule_mm", 0.0, 10.0),  # its diameter
)
_SMOOTH_MM = 1.7  # standard deviation of the smoothing; a full width of 4 mm
NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Cubes in Morton order.

    Attributes:
        features: float64 `[T, D]` in the units of `FEATURES`; NaN where the cube has none of the compartment.
        centers: float64 `[T, 3]`, LPS mm.
        corners: int64 `[T, 3]`, first index z, y, x of the cube on the compartments' grid (may lie before it).
        side: voxels of a cube's side.
    """

    features: Array
    centers: Array
    corners: NDArray[np.int64]
    side: int


def blocks(found: Compartments, millimetres: float = 28.0, least: float = 0.02) -> Blocks:
    """Describes each cube of the grid that holds some body.

    Cubes lie at multiples of their side in patient coordinates, so that a scan that reaches further has the same ones.

    Args:
        found: the compartments.
        millimetres: side of a cube, rounded to voxels.
        least: share of a cube that must be body.
    """
    grid = found.volume
    spacing = grid.spacing[0]
    side = max(1, round(millimetres / spacing))
    # Index of the grid's first voxel counted from the patient's origin: cubes begin at multiples of the side.
    origin = np.rint(grid.affine[:3, 3] / spacing).astype(np.int64)
    axes = [(np.arange(n) + first) // side for n, first in zip(grid.size, origin, strict=True)]
    cells = [axis - axis[0] for axis in axes]
    counts = [int(axis[-1]) + 1 for axis in cells]
    block = (cells[2][:, None, None] * counts[1] + cells[1][None, :, None]) * counts[0] + cells[0][None, None, :]
    total = counts[0] * counts[1] * counts[2]
    share = np.bincount(block[found.body], minlength=total) / side**3
    chosen = np.flatnonzero(share >= least)
    table = _table(found, block, total, share)[chosen]
    index = np.stack([chosen % counts[0], chosen // counts[0] % counts[1], chosen // (counts[0] * counts[1])], 1)
    first = np.array([axis[0] for axis in axes]) * side - origin
    corners = index * side + first  # x, y, z
    centers = grid.to_world(corners + (side - 1) / 2)
    order = morton_order(index, 1.0) if len(index) else np.zeros(0, np.int64)
    return Blocks(table[order], centers[order], corners[order][:, ::-1], side)


def scaled(features: Array) -> NDArray[np.float32]:
    """Features `[T, D]` to about unit size; what a cube does not have becomes 0."""
    centre = np.array([feature.centre for feature in FEATURES])
    scale = np.array([feature.scale for feature in FEATURES])
    return np.clip(np.nan_to_num((features - centre) / scale, nan=0.0), -5, 5).astype(np.float32)


def _table(found: Compartments, block: NDArray[np.int64], total: int, share: Array) -> Array:
    labels, spacing = found.labels, found.volume.spacing[0]
    # Brought to about one resolution, and away from borders, so that kernel and interpolation count for little.
    hu = ndimage.gaussian_filter(found.volume.values, _SMOOTH_MM / spacing, truncate=3)
    same = ndimage.minimum_filter(labels, 3) == ndimage.maximum_filter(labels, 3)
    body = found.body
    columns: dict[str, Array] = {"body_share": share}
    amount = np.bincount(block[body], minlength=total)
    joint = np.bincount((block * len(Compartment) + labels).ravel(), minlength=total * len(Compartment))
    joint = joint.reshape(total, len(Compartment))
    with np.errstate(invalid="ignore", divide="ignore"):
        for c in _SHARES:
            columns[f"{c.name.lower()}_share"] = joint[:, c] / amount
        columns |= _moments(hu, body, block, total, "")
        columns |= dict(zip(("p10", "p50", "p90"), _quantiles(hu, body, block, total, (0.1, 0.5, 0.9)), strict=True))
        edge = np.sqrt(sum(g**2 for g in np.gradient(hu, spacing)))
        columns["edge"] = _mean(edge, body, block, total)
        lung = found.lung & same
        columns |= _moments(hu, lung, block, total, "lung_")
        columns["lung_below_950"] = _mean(hu < -950, lung, block, total)
        columns["lung_above_700"] = _mean(hu > -700, lung, block, total)
        soft = found.mask(Compartment.SOFT, Compartment.MUSCLE) & same
        columns |= _moments(hu, soft, block, total, "soft_")
        columns["soft_below_0"] = _mean(hu < 0, soft, block, total)
        columns["soft_above_80"] = _mean(hu > 80, soft, block, total)
        fat = found.mask(Compartment.SUBCUTANEOUS_FAT, Compartment.VISCERAL_FAT) & same
        columns["fat_mean"] = _mean(hu, fat, block, total)
        columns |= _moments(hu, found.bone, block, total, "bone_")
        columns["bone_p10"] = _quantiles(hu, found.bone, block, total, (0.1,))[0]
        columns["calcification_ml"] = np.asarray(
            joint[:, Compartment.CALCIFICATION] * found.volume.voxel_ml, np.float64
        )
        columns["contrast_mean"] = _mean(hu, found.labels == Compartment.CONTRAST, block, total)
        columns |= _place(body, block, total, spacing)
    columns["nodule_score"] = np.zeros(total)
    columns["nodule_mm"] = np.zeros(total)
    return np.stack([columns[name] for name in NAMES], 1)


def _mean(values: NDArray[np.generic], mask: NDArray[np.bool_], block: NDArray[np.int64], total: int) -> Array:
    where = block[mask]
    return np.bincount(where, values[mask], total) / np.bincount(where, minlength=total)


def _moments(
    hu: NDArray[np.float32], mask: NDArray[np.bool_], block: NDArray[np.int64], total: int, name: str
) -> dict[str, Array]:
    where, values = block[mask], hu[mask].astype(np.float64)
    count = np.bincount(where, minlength=total)
    mean = np.bincount(where, values, total) / count
    square = np.bincount(where, (values - mean[where]) ** 2, total) / count
    return {f"{name}mean": mean, f"{name}sd": np.sqrt(square)}


def _quantiles(
    hu: NDArray[np.float32], mask: NDArray[np.bool_], block: NDArray[np.int64], total: int, levels: tuple[float, ...]
) -> list[Array]:
    where, values = block[mask], hu[mask]
    order = np.lexsort((values, where))
    values = values[order]
    count = np.bincount(where, minlength=total)
    start = np.cumsum(count) - count
    out = []
    for level in levels:
        place = start + np.floor(level * np.maximum(count - 1, 0)).astype(np.int64)
        found = np.full(total, np.nan)
        found[count > 0] = values[place[count > 0]]
        out.append(found)
    return out


def _place(body: NDArray[np.bool_], block: NDArray[np.int64], total: int, spacing: float) -> dict[str, Array]:
    """Where the cube's body lies between right and left skin, front and back, and how deep."""
    planes = len(body)

    def relative(lines: NDArray[np.bool_]) -> Array:
        """Columns of `lines [Z, N]` from -1 at the first set one to 1 at the last."""
        low, high = lines.argmax(1), lines.shape[1] - 1 - lines[:, ::-1].argmax(1)
        half = np.maximum((high - low) / 2, 1.0)
        return np.asarray((np.arange(lines.shape[1])[None] - ((low + high) / 2)[:, None]) / half[:, None])

    left = relative(np.asarray(body.any(axis=1)))[:, None, :]
    back = relative(np.asarray(body.any(axis=2)))[:, :, None]
    far = np.empty(body.shape, np.float32)
    for plane in range(planes):
        far[plane] = ndimage.distance_transform_cdt(body[plane], "chessboard")
    return {
        "lateral": _mean(np.broadcast_to(left, body.shape), body, block, total),
        "dorsal": _mean(np.broadcast_to(back, body.shape), body, block, total),
        "depth": _mean(far * spacing, body, block, total),
    }


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
    are those of `wugan.modalities.medical.ct.encoder.FEATURES`, brought to about unit size by the constants there and
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
