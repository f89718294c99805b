"""What people look at: windows (Hounsfield units to grey levels) and cuts through a volume in any plane (MPR)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.errors import DataError
from wugan.modalities.medical.ct.volume import AIR, Volume


@dataclass(frozen=True, slots=True)
class WindowLevel:
    """A range of Hounsfield units that is spread over black to white.

    Attributes:
        center: HU in the middle.
        width: HU from black to white, at least 1.
    """

    center: float
    width: float

    def __post_init__(self) -> None:
        if not self.width >= 1:
            raise DataError(f"a window's width is at least 1 HU (DICOM PS3.3 C.11.2.1.2), got {self.width}")

    def apply(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Grey levels 0…255 of Hounsfield units, by DICOM's linear function (PS3.3 C.11.2.1.2.1)."""
        if self.width == 1:
            return np.where(values > self.center - 0.5, np.uint8(255), np.uint8(0)).astype(np.uint8)
        grey = ((values - np.float32(self.center - 0.5)) / np.float32(self.width - 1) + np.float32(0.5)) * np.float32(
            255
        )
        return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


#: The usual presets (center, width in HU), by what one looks at with them.
PRESETS = {
    "abdomen": WindowLevel(60, 400),
    "angiography": WindowLevel(300, 600),
    "bone": WindowLevel(400, 1800),
    "brain": WindowLevel(40, 80),
    "liver": WindowLevel(60, 160),
    "lung": WindowLevel(-600, 1500),
    "mediastinum": WindowLevel(50, 350),
    "soft-tissue": WindowLevel(40, 400),
    "stroke": WindowLevel(40, 40),
    "subdural": WindowLevel(75, 215),
    "temporal-bone": WindowLevel(600, 2800),
}


def window(values: NDArray[np.float32], preset: str | WindowLevel) -> NDArray[np.uint8]:
    """Grey levels 0…255 of Hounsfield units of any shape.

    Args:
        values: Hounsfield units.
        preset: a name of `PRESETS`, or a window of one's own.

    Raises:
        DataError: no preset has that name.
    """
    if isinstance(preset, WindowLevel):
        return preset.apply(values)
    if preset not in PRESETS:
        raise DataError(f"no window {preset!r}; there are {', '.join(PRESETS)}, or WindowLevel(center, width)")
    return PRESETS[preset].apply(values)


Plane = Literal["axial", "coronal", "sagittal"]

#: Rows' and columns' directions in LPS as they are shown: the patient's right on the left, head or front on top.
VIEWS: dict[Plane, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "axial": ((1, 0, 0), (0, 1, 0)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
}
_COMBINE: dict[str, Callable[..., Any]] = {"mean": np.mean, "max": np.max, "min": np.min}
_MOST_PIXELS = 2**26


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A picture cut out of a volume.

    Attributes:
        values: float32 `[rows, columns]`, Hounsfield units; air outside of the volume.
        corner: LPS mm of the centre of the first pixel.
        right: LPS unit vector along a row.
        down: LPS unit vector along a column.
        spacing: mm between pixels.
    """

    values: NDArray[np.float32]
    corner: NDArray[np.float64]
    right: NDArray[np.float64]
    down: NDArray[np.float64]
    spacing: float

    def to_world(self, pixel: ArrayLike) -> NDArray[np.float64]:
        """LPS mm `[..., 3]` of pixels `[..., 2]` (column, row; fractions allowed)."""
        pixel = np.asarray(pixel, np.float64) * self.spacing
        return self.corner + pixel[..., :1] * self.right + pixel[..., 1:] * self.down

    def to_pixel(self, world: ArrayLike) -> NDArray[np.float64]:
        """Pixels `[..., 2]` (column, row, with fractions) nearest to LPS mm `[..., 3]`."""
        from_corner = np.asarray(world, np.float64) - self.corner
        return np.stack([from_corner @ self.right, from_corner @ self.down], axis=-1) / self.spacing


def orthogonal(
    volume: Volume, point: ArrayLike | None = None, spacing: float | None = None, thickness: float = 0.0
) -> dict[Plane, Cut]:
    """The axial, coronal and sagittal cut through a point, each over the whole volume.

    Args:
        volume: what to cut.
        point: LPS mm; the volume's centre if none is given.
        spacing: mm between pixels; the volume's finest if none is given.
        thickness: mm over which to average across the plane; 0 for a plain cut.
    """
    return {
        name: cut(volume, point, right=right, down=down, spacing=spacing, thickness=thickness)
        for name, (right, down) in VIEWS.items()
    }


def cut(
    volume: Volume,
    point: ArrayLike | None = None,
    *,
    right: Sequence[float],
    down: Sequence[float],
    size: tuple[float, float] | None = None,
    spacing: float | None = None,
    thickness: float = 0.0,
    combine: Literal["mean", "max", "min"] = "mean",
) -> Cut:
    """A cut in any plane, linear between voxels.

    Args:
        volume: what to cut.
        point: LPS mm that the plane goes through; the volume's centre if none is given.
        right: direction along a row (LPS); its length does not matter.
        down: direction along a column; it is turned to a right angle with `right`.
        size: mm along rows and columns, centred on the point; everything that the volume reaches if none is given.
        spacing: mm between pixels; the volume's finest if none is given.
        thickness: mm of the slab across the plane; 0 for a plain cut.
        combine: what becomes of a slab: its `mean`, `max` (maximum intensity projection) or `min`.

    Raises:
        DataError: directions without length or along each other, sizes that are not positive, a picture too large.
    """
    across, along = _directions(right, down)
    normal = np.cross(across, along)
    centre = volume.to_world((np.array(volume.size) - 1) / 2) if point is None else np.asarray(point, np.float64)
    step = min(volume.spacing) if spacing is None else float(spacing)
    if centre.shape != (3,) or not np.isfinite(centre).all() or not step > 0 or not thickness >= 0:
        raise DataError(
            f"a cut needs a point [3] in mm, a positive spacing and a thickness, got {point!r}, {step}, {thickness}"
        )
    low, high = _reach(volume, centre, across, along) if size is None else (-np.array(size) / 2, np.array(size) / 2)
    counts = np.floor((high - low) / step + 1e-6).astype(int) + 1
    layers = (np.arange(max(1, round(thickness / step))) - (max(1, round(thickness / step)) - 1) / 2) * step
    if (counts < 1).any() or counts.prod() * len(layers) > _MOST_PIXELS:
        raise DataError(f"a cut of {counts[0]} × {counts[1]} pixels and {len(layers)} layers is empty or too large")
    corner = centre + low[0] * across + low[1] * along
    layered = [_sample(volume, corner + layer * normal, across * step, along * step, counts) for layer in layers]
    values = layered[0] if len(layered) == 1 else _COMBINE[combine](layered, axis=0).astype(np.float32)
    return Cut(values, corner, across, along, step)


def _directions(right: Sequence[float], down: Sequence[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    across, along = np.array(right, np.float64), np.array(down, np.float64)
    if across.shape != (3,) or along.shape != (3,) or not np.linalg.norm(across) > 0:
        raise DataError(f"directions of a cut are two vectors [3], got {right!r} and {down!r}")
    across /= np.linalg.norm(across)
    along = along - (along @ across) * across
    if not np.linalg.norm(along) > 1e-6:
        raise DataError(f"directions of a cut must not lie along each other, got {right!r} and {down!r}")
    return across, along / np.linalg.norm(along)


def _reach(
    volume: Volume, centre: NDArray[np.float64], across: NDArray[np.float64], along: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far (mm) the volume reaches from a point along two directions, backwards and forwards."""
    ends = [(0, length - 1) for length in volume.size]
    corners = volume.to_world(np.stack(np.meshgrid(*ends), -1).reshape(-1, 3)) - centre
    places = np.stack([corners @ across, corners @ along], axis=1)
    return places.min(axis=0), places.max(axis=0)


def _sample(
    volume: Volume,
    corner: NDArray[np.float64],
    across: NDArray[np.float64],
    along: NDArray[np.float64],
    counts: NDArray[np.int_],
) -> NDArray[np.float32]:
    from scipy.ndimage import map_coordinates

    columns, rows = int(counts[0]), int(counts[1])
    start = volume.to_index(corner)
    right, down = volume.to_index(corner + across) - start, volume.to_index(corner + along) - start
    grid = (
        start[:, None, None]
        + down[:, None, None] * np.arange(rows)[:, None]
        + right[:, None, None] * np.arange(columns)
    )
    # A cut along the outermost voxels must not miss them by a rounding error.
    grid = np.where(np.abs(grid - np.rint(grid)) < 1e-6, np.rint(grid), grid)
    return map_coordinates(volume.values, grid[::-1], order=1, mode="constant", cval=AIR, output=np.float32)
