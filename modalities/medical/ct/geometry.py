"""`Grid`: the regular grid on which the planes of a stack come to lie, and the planes brought onto it.

The grid is worked out from the headers alone. Planes are ordered by their position along their own normal. Planes that
lie on a regular grid already are taken as they are; anything else is interpolated between planes (holes) and moved in
its own plane (a tilted gantry), and noted, or refused. The limits and where they come from:

- `REGULAR`: positions that fit a grid to 0.1 mm are regular: writers round them to as much.
- `MAX_HOLE`: neighbouring planes may be 10 mm apart where the others are closer. RECIST 1.1 calls a lesion measurable
  from 10 mm on; in a wider hole one could go unseen between two planes (https://doi.org/10.1016/j.ejca.2008.10.026).
- `MAX_SPACING`: no planes further apart than 20 mm: the widest step of incremental high-resolution protocols.
- `MAX_FILLED`: where more than a fifth of the planes would be interpolated, none are missing: the series was taken at
  changing distances (`irregular-resampled` instead of `gap-filled`).
- `MAX_TILT`: gantries tilt by up to 30°; an offset of planes above 45° is an error in the header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.ct.headers import Plane
from wugan.modalities.medical.ct.volume import AIR
from wugan.modalities.medical.note import Note

REGULAR = 0.1  #: mm
MAX_HOLE = 10.0  #: mm
MAX_SPACING = 20.0  #: mm
MAX_FILLED = 0.2  #: share of the planes
MAX_TILT = 45.0  #: degrees
SAME_PLACE = 0.05  #: mm; planes closer than this are at the same place
_TILT_FROM = 0.1  # degrees
_FINEST = 0.01  # mm; a spacing below is an error in the header


@dataclass(frozen=True, slots=True)
class Grid:
    """Where planes go.

    Attributes:
        order: for each plane along the normal, its index in the planes that were given.
        affine: `[4, 4]`, index (x, y, z, 1) to LPS mm.
        size: columns and rows of the grid.
        shifts: `[len(order), 2]`, columns and rows by which each plane lies inside the grid.
        places: `[Z]`, for each plane of the grid the fractional index in `order` that it is read at.
        notes: what had to be done.
    """

    order: tuple[int, ...]
    affine: NDArray[np.float64]
    size: tuple[int, int]
    shifts: NDArray[np.float64]
    places: NDArray[np.float64]
    notes: tuple[Note, ...]

    @property
    def sheared(self) -> bool:
        """Whether planes have to be moved in their own plane."""
        return bool(self.shifts.any())

    @property
    def stretched(self) -> bool:
        """Whether planes have to be interpolated between planes."""
        return not np.array_equal(self.places, np.arange(len(self.order)))


def axes(orientation: Sequence[float]) -> NDArray[np.float64]:
    """Unit vectors of a row, a column and the normal, as rows of `[3, 3]`.

    Raises:
        DataError: the cosines are no two directions at right angles.
    """
    row, column = np.array(orientation[:3], np.float64), np.array(orientation[3:], np.float64)
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if min(lengths) < 0.9 or max(lengths) > 1.1 or abs(row @ column) > 0.01:
        raise DataError(f"ImageOrientationPatient {list(orientation)} is no pair of unit vectors at right angles")
    row = row / lengths[0]
    column = column - (column @ row) * row
    column /= np.linalg.norm(column)
    return np.array([row, column, np.cross(row, column)])


def heights(planes: Sequence[Plane]) -> NDArray[np.float64]:
    """Position of each plane along the first one's normal (mm)."""
    normal = axes(planes[0].orientation or ())[2]
    return np.array([plane.position for plane in planes], np.float64) @ normal


def grid(planes: Sequence[Plane]) -> Grid:
    """The grid of planes that share orientation, size and pixel spacing, none two at the same place.

    Raises:
        DataError: they do not make a volume: too wide a hole, too many interpolated planes, impossible offsets.
    """
    first = planes[0]
    if first.spacing is None or first.orientation is None or any(plane.position is None for plane in planes):
        raise DataError("planes without spacing, orientation or position make no grid")
    row, column, normal = axes(first.orientation)
    positions = np.array([plane.position for plane in planes], np.float64)
    height = positions @ normal
    order = np.argsort(height, kind="stable")
    height, positions = height[order], positions[order]
    notes: list[Note] = []
    places, step = _along(height, [planes[index] for index in order], notes)
    offsets = np.stack([positions @ row, positions @ column], axis=1)
    corner, shifts, size = _across(offsets, height, first, notes)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = row * first.spacing[0], column * first.spacing[1], normal * step
    affine[:3, 3] = corner[0] * row + corner[1] * column + height[0] * normal
    return Grid(tuple(int(index) for index in order), affine, size, shifts, places, tuple(notes))


def _along(height: NDArray[np.float64], planes: list[Plane], notes: list[Note]) -> tuple[NDArray[np.float64], float]:
    """Where to read along the normal, and the grid's spacing there (mm)."""
    thickness = planes[0].thickness
    if len(height) == 1:
        known = thickness is not None and thickness > _FINEST
        said = f"its thickness, {thickness:g} mm, stands" if known else "1 mm is assumed"
        text = f"The series has one plane; {said} for the third dimension, so no volume can be measured along it."
        notes.append(Note("single-slice", text))
        return np.zeros(1), float(thickness) if known and thickness else 1.0
    gaps = np.diff(height)
    typical = float(np.median(gaps))
    widest = int(np.argmax(gaps))
    _check_gaps(gaps, typical, height, widest)
    steps = np.maximum(1, np.round(gaps / typical))
    counts = np.concatenate([[0.0], np.cumsum(steps)])
    step, start = np.polyfit(counts, height, 1)
    if np.abs(height - start - step * counts).max() <= REGULAR:
        # Taken from end to end, so that the first and the last plane lie exactly where they were taken.
        step = float((height[-1] - height[0]) / counts[-1])
        wanted = np.arange(counts[-1] + 1)
        places = np.interp(wanted, counts, np.arange(len(height)))
        missing = int(len(wanted) - len(height))
        if missing > MAX_FILLED * len(wanted):
            notes.append(Note("irregular-resampled", _irregular(gaps, typical, step)))
        elif missing:
            at = ", ".join(f"{height[index]:.1f}" for index in np.flatnonzero(steps > 1)[:5])
            text = (
                f"{missing} of {len(wanted)} planes are missing (after {at} mm along the normal, holes up to "
                f"{gaps[widest]:.1f} mm) and were interpolated linearly between their neighbours."
            )
            notes.append(Note("gap-filled", text))
    else:
        # As fine as the finer part, so that nothing of it is lost, but never more than four times the planes.
        wanted_step = max(float(np.percentile(gaps, 25)), float(height[-1] - height[0]) / (4 * len(height)))
        count = max(1, round(float(height[-1] - height[0]) / wanted_step))
        step = float(height[-1] - height[0]) / count
        places = np.interp(np.arange(count + 1) * step + height[0], height, np.arange(len(height)))
        notes.append(Note("irregular-resampled", _irregular(gaps, typical, step)))
    if typical > MAX_HOLE or (thickness and typical > 2 * thickness):
        text = f"The planes are {typical:g} mm apart" + (f" and {thickness:g} mm thick" if thickness else "")
        notes.append(Note("sparse-slices", f"{text}: what lies between them was not imaged."))
    return places, step


def _check_gaps(gaps: NDArray[np.float64], typical: float, height: NDArray[np.float64], widest: int) -> None:
    hole = float(gaps[widest])
    where = f"between {height[widest]:.1f} and {height[widest + 1]:.1f} mm along the normal"
    if typical < _FINEST:
        raise DataError(f"the planes are {typical:.4f} mm apart: their positions in the header are wrong")
    if typical > MAX_SPACING:
        raise DataError(f"the planes are {typical:.1f} mm apart (at most {MAX_SPACING:g} mm): they make no volume")
    if hole > MAX_HOLE and hole > 1.5 * typical:
        raise DataError(
            f"planes are missing: {where} lies a hole of {hole:.1f} mm (planes are {typical:.2f} mm apart; a hole may "
            f"have {MAX_HOLE:g} mm, as a lesion of that size could go unseen in it). Export the series again, whole"
        )


def _irregular(gaps: NDArray[np.float64], typical: float, step: float) -> str:
    return (
        f"The planes lie at irregular distances ({gaps.min():.2f} to {gaps.max():.2f} mm, median {typical:.2f} mm) and "
        f"were resampled by their positions to every {step:.2f} mm."
    )


def _across(
    offsets: NDArray[np.float64], height: NDArray[np.float64], first: Plane, notes: list[Note]
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[int, int]]:
    """Corner of the grid in its plane (mm), shift of each plane in it (pixels), and columns and rows of the grid."""
    spacing = np.array(first.spacing)
    rows, columns = first.shape
    spread = offsets.max(axis=0) - offsets.min(axis=0)
    tilt = first.tilt or 0.0
    if (spread <= REGULAR).all():
        if abs(tilt) >= _TILT_FROM:
            text = (
                f"GantryDetectorTilt says {tilt:g}°, but the planes lie straight above each other; the positions count "
                "(the scanner may have straightened the series)."
            )
            notes.append(Note("tilt-tag-ignored", text))
        return offsets.mean(axis=0), np.zeros_like(offsets), (columns, rows)
    corner = offsets.min(axis=0)
    shifts = (offsets - corner) / spacing
    shifts[:, spread <= REGULAR] = 0
    slope, residual = _line(height, offsets)
    angle = float(np.degrees(np.arctan(np.linalg.norm(slope))))
    if angle > MAX_TILT:
        raise DataError(
            f"the planes are offset against each other as by a tilt of {angle:.0f}° (at most {MAX_TILT:g}°): their "
            "positions and orientation in the header contradict each other"
        )
    grown = np.ceil(shifts.max(axis=0) - 1e-6).astype(int)
    if residual <= max(REGULAR, float(spacing.max()) / 2) and angle >= _TILT_FROM:
        tag = f" (GantryDetectorTilt {tilt:g}°)" if tilt else ""
        text = (
            f"The gantry was tilted by {angle:.1f}°{tag}: the planes were moved in their own plane onto a grid at "
            f"right angles, by up to {spread.max():.1f} mm, with linear interpolation."
        )
        notes.append(Note("tilt-resampled", text))
    elif (grown > (columns, rows)).any():
        raise DataError(
            f"the planes are offset against each other by up to {spread.max():.0f} mm in their own plane, more than "
            "their size; they show different fields of view: give the series of one of them"
        )
    else:
        text = (
            f"The planes are offset against each other by up to {spread.max():.1f} mm in their own plane; each was "
            "moved to its place, with linear interpolation."
        )
        notes.append(Note("planes-shifted", text))
    return corner, shifts, (columns + int(grown[0]), rows + int(grown[1]))


def _line(height: NDArray[np.float64], offsets: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Slope of the offsets over the height, and the largest distance from that line (mm)."""
    centred = height - height.mean()
    total = float(centred @ centred)
    if total == 0:
        return np.zeros(2), 0.0
    slope = centred @ offsets / total
    rest = offsets - offsets.mean(axis=0) - centred[:, None] * slope
    return slope, float(np.abs(rest).max())


def assembled(grid: Grid, planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 `[Z, Y, X]` on the grid, of planes `[N, rows, columns]` in the grid's order.

    Where nothing has to be done the planes come back themselves, without a copy.
    """
    shifts = grid.shifts
    if grid.stretched:
        below = np.floor(grid.places).astype(int)
        share = (grid.places - below).astype(np.float32)
        values = planes[below]
        for index in np.flatnonzero(share):
            values[index] *= 1 - share[index]
            values[index] += share[index] * planes[below[index] + 1]
        planes = values
        # Between two planes that are moved differently, the same pixel lies on a slanted line; so does what is between.
        known = np.arange(len(grid.order))
        shifts = np.stack([np.interp(grid.places, known, shifts[:, axis]) for axis in (0, 1)], axis=1)
    if not grid.sheared:
        return planes
    columns, rows = grid.size
    moved = np.full((len(planes), rows, columns), AIR, np.float32)
    for out, plane, (x, y) in zip(moved, planes, shifts, strict=True):
        _move(plane, float(x), float(y), out)
    return moved


def _move(plane: NDArray[np.float32], x: float, y: float, out: NDArray[np.float32]) -> None:
    """Write a plane into `out`, that many pixels to the right and down, linearly between pixels."""
    for axis, shift in ((0, y), (1, x)):
        whole = int(np.floor(shift + 1e-6))
        share = np.float32(max(0.0, shift - whole))
        length = out.shape[axis]
        size = [plane.shape[0], plane.shape[1]]
        size[axis] = length
        moved = np.full(size, AIR, np.float32)
        count = plane.shape[axis]
        target = [slice(None), slice(None)]
        target[axis] = slice(whole, whole + count)
        moved[tuple(target)] = plane
        if share > 1e-6:
            # Each pixel takes a share of the one before it; before the first one there is air.
            before = np.roll(moved, 1, axis=axis)
            first = [slice(None), slice(None)]
            first[axis] = slice(0, 1)
            before[tuple(first)] = AIR
            moved = moved * (1 - share) + before * share
        plane = moved
    out[:] = plane
