"""`PointEncoder`: a sweep as tokens, one for each occupied cell of space, with geometric features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.points.ground import GroundFinder
from wugan.modalities.points.voxels import Voxels, voxelise
from wugan.packet import Packet
from wugan.signals import PointCloud
from wugan.stage import Encoder
from wugan.tokens import Tokens

MODALITY = "points"

#: Names of the columns, in their order; what they are is said in `PointEncoder`.
FEATURES = (
    "height",
    "height_known",
    "points",
    "density",
    "range",
    "offset_x",
    "offset_y",
    "offset_z",
    "linearity",
    "planarity",
    "scattering",
    "verticality",
    "extent",
    "reflectance",
    "reflectance_spread",
)
_FEWEST = 3  # points that have a shape
_METRES = 40.0  # range that counts as 1
_STOREY = 3.0  # m of height that count as 1
_DENSE_AT = 10.0  # m: density is the number of points that there would be at this range
_MANY = np.log1p(100.0)  # logarithm of the number of points that counts as 1


@dataclass(eq=False)
class PointEncoder(Encoder[PointCloud, Tokens]):
    """Encodes a sweep as tokens of modality `"points"`, float32 `[T, 15]`, cells in Morton order.

    One token stands for one occupied cell, `size` metres wide; `positions [T, 3]` are the means of the points inside,
    in metres, and all tokens have the packet's time. An empty sweep gives `None`. Features are of about unit size, and
    the eigenvalue features are those of Weinmann et al., ISPRS Journal 105, 2015:

    `height` above the ground (÷ 3 m, cut to ±3; 0 where no ground is known, and `height_known` says so), `points`
    (logarithm of their number, 1 for 100), `density` (likewise, as it would be at 10 m), `range` (÷ 40 m),
    `offset_x/y/z` of the mean from the cell's middle (in cells), `linearity`, `planarity`, `scattering` (0…1; all 0 for
    fewer than three points), `verticality` of the surface (0 lies flat, 1 is a wall), `extent` (deviation along the
    main direction, in cells), `reflectance` and `reflectance_spread` (mean and deviation, as the sensor gives them ÷
    `full`; 0 without any).

    Args:
        size: side of a cell, m.
        reach: m from the sensor, beyond which points are left out.
        full: reflectance that counts as 1: 1 for KITTI, 255 for sensors that give bytes.
        ground: finds the ground; `None` saves the time, and no height is known.

    Raises:
        DataError: a parameter is out of its range; from `encode`, a cloud's arrays disagree.
    """

    size: float = 0.8
    reach: float = 60.0
    full: float = 1.0
    ground: GroundFinder | None = field(default_factory=GroundFinder)

    modality = MODALITY
    dim = len(FEATURES)

    def __post_init__(self) -> None:
        if not (0.05 <= self.size <= 20 and self.size < self.reach and self.full > 0):
            raise DataError(f"PointEncoder: size 0.05…20 m, reach above it and full above 0, got {self}")

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return FEATURES

    def warm_up(self) -> None:
        """Compile, or load what was compiled before."""
        points = np.random.default_rng(0).uniform(-5, 5, (200, 3)).astype(np.float32)
        self._tokens(PointCloud(points, points[:, 0] ** 2), 0)

    def encode(self, batch: Sequence[Packet[PointCloud]]) -> list[Tokens | None]:
        """Tokens of each sweep."""
        return [self._tokens(packet.data, packet.time_ns) for packet in batch]

    def _tokens(self, cloud: PointCloud, time_ns: int) -> Tokens | None:
        if cloud.intensity is not None and len(cloud.intensity) != len(cloud.points):
            raise DataError(f"a cloud has {len(cloud.points)} points and {len(cloud.intensity)} intensities")
        distance = np.linalg.norm(cloud.points, axis=1)
        inside = distance < self.reach  # NaN is not inside
        if not inside.any():
            return None
        height = None if self.ground is None else self.ground.find(cloud.points).height[inside]
        intensity = None if cloud.intensity is None else cloud.intensity[inside]
        points = np.ascontiguousarray(cloud.points[inside])
        voxels = voxelise(points, self.size)
        values = self._features(points, distance[inside], intensity, height, voxels)
        times = np.full(len(voxels), time_ns, np.int64)
        return Tokens(values, times, MODALITY, positions=voxels.centroids)

    def _features(
        self,
        points: NDArray[np.float32],
        distance: NDArray[np.float32],
        intensity: NDArray[np.float32] | None,
        height: NDArray[np.float32] | None,
        voxels: Voxels,
    ) -> NDArray[np.float32]:
        from wugan.modalities.points import kernels

        found = np.zeros((len(voxels), len(FEATURES)), np.float32)
        column = {name: found[:, place] for place, name in enumerate(FEATURES)}
        if height is not None:
            known = np.isfinite(height)
            share = voxels.mean(known.astype(np.float32))
            total = voxels.mean(np.where(known, height, 0).astype(np.float32))
            column["height"][:] = np.clip(total / np.maximum(share, 1e-6) / _STOREY, -3, 3)
            column["height_known"][:] = share > 0
        away = voxels.mean(distance)
        column["points"][:] = np.log1p(voxels.counts) / _MANY
        column["density"][:] = np.log1p(voxels.counts * (away / _DENSE_AT) ** 2) / _MANY
        column["range"][:] = away / _METRES
        offsets = (voxels.centroids - voxels.centers) / self.size
        for axis, name in enumerate("xyz"):
            column[f"offset_{name}"][:] = offsets[:, axis]
        shaped = np.flatnonzero(voxels.counts >= _FEWEST)
        spread = kernels.spreads(points, voxels.index, voxels.centroids, voxels.counts)[shaped]
        lengths, axes = np.linalg.eigh(spread)
        small, middle, large = np.sqrt(np.maximum(lengths, 0)).T
        safe = np.maximum(large, 1e-9)
        column["linearity"][shaped] = (large - middle) / safe
        column["planarity"][shaped] = (middle - small) / safe
        column["scattering"][shaped] = small / safe
        column["verticality"][shaped] = 1 - np.abs(axes[:, 2, 0])
        column["extent"][shaped] = large / self.size
        if intensity is not None:
            scaled = np.nan_to_num(intensity / np.float32(self.full))
            mean = voxels.mean(scaled)
            column["reflectance"][:] = mean
            column["reflectance_spread"][:] = np.sqrt(np.maximum(voxels.mean(scaled * scaled) - mean * mean, 0))
        return found
