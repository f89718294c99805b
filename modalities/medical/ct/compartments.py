"""`compartments`: what each voxel of a CT volume is, as far as Hounsfield units and shape can tell, with no network.

Lungs, airways, bone, fat, the muscle of the wall, gas, calcifications, contrast and metal. Organs of soft tissue are
not told apart: attach a network for that (`CtEncoder(segmenter=...)`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.medical.ct.body import body_mask
from wugan.modalities.medical.ct.bones import find_bright
from wugan.modalities.medical.ct.lungs import find_air
from wugan.modalities.medical.ct.morphology import Mask
from wugan.modalities.medical.ct.volume import Volume
from wugan.modalities.medical.ct.wall import find_wall
from wugan.modalities.medical.note import Note

SPACING = 2.0  #: mm of the grid that compartments are found on, unless the volume's own will do
_OWN = (1.5, 3.5)  # mm: an isotropic volume in this range is taken as it is, since resampling would only blur it


class Compartment(IntEnum):
    """Labels of a voxel; 0 is outside the body."""

    OUTSIDE = 0
    SOFT = 1  # soft tissue: organs, vessels, skin, muscle other than the wall's
    MUSCLE = 2
    SUBCUTANEOUS_FAT = 3
    VISCERAL_FAT = 4
    BONE = 5
    RIGHT_LUNG = 6
    LEFT_LUNG = 7
    AIRWAY = 8
    GAS = 9
    CALCIFICATION = 10
    CONTRAST = 11
    METAL = 12


@dataclass(frozen=True, slots=True, eq=False)
class Compartments:
    """Labels on an isotropic grid with axes nearest to left, back and head.

    Attributes:
        labels: uint8 `[Z, Y, X]`, values of `Compartment`.
        volume: Hounsfield units on the same grid.
        notes: what limits the labels: no body, no lung, cut lungs.
    """

    labels: NDArray[np.uint8]
    volume: Volume
    notes: tuple[Note, ...] = ()

    def mask(self, *names: Compartment) -> Mask:
        """Voxels of any of these compartments."""
        return np.isin(self.labels, [int(name) for name in names])

    @property
    def body(self) -> Mask:
        """Everything inside the skin."""
        return self.labels != Compartment.OUTSIDE

    @property
    def lung(self) -> Mask:
        """Both lungs, their vessels included, airways outside them not."""
        return self.mask(Compartment.RIGHT_LUNG, Compartment.LEFT_LUNG)

    @property
    def bone(self) -> Mask:
        """Cortical bone and marrow."""
        return self.labels == Compartment.BONE

    def millilitres(self) -> Mapping[Compartment, float]:
        """Volume of each compartment that occurs."""
        counts = np.bincount(self.labels.ravel(), minlength=len(Compartment))
        return {c: float(counts[c]) * self.volume.voxel_ml for c in Compartment if counts[c] and c}

    def on(self, volume: Volume) -> NDArray[np.uint8]:
        """The labels on the grid of another volume of the same body (nearest neighbour), uint8 `[Z, Y, X]`."""
        to_labels = np.linalg.inv(self.volume.affine) @ volume.affine
        size_x, size_y, size_z = volume.size
        step = to_labels[:3, :3]
        if np.allclose(step - np.diag(np.diag(step)), 0, atol=1e-6):  # the same axes: three lookups
            places = [
                np.clip(np.rint(np.arange(n) * step[a, a] + to_labels[a, 3]).astype(int), 0, self.volume.size[a] - 1)
                for a, n in enumerate((size_x, size_y, size_z))
            ]
            return self.labels[np.ix_(places[2], places[1], places[0])]
        out = np.empty((size_z, size_y, size_x), np.uint8)
        y, x = np.mgrid[:size_y, :size_x]
        for z in range(size_z):
            index = np.stack([x, y, np.full_like(x, z)], -1) @ step.T + to_labels[:3, 3]
            column = np.clip(np.rint(index).astype(int), 0, np.array(self.volume.size) - 1)
            out[z] = self.labels[column[..., 2], column[..., 1], column[..., 0]]
        return out


def compartments(volume: Volume, spacing: float | None = None) -> Compartments:
    """Finds the compartments of a volume.

    Deterministic and independent of the number of threads. Any part of the trunk will do, with arms or contrast or
    without; heads and single legs get body, bone, fat and air.

    Args:
        volume: Hounsfield units.
        spacing: mm of the grid to work on; by default the volume's own where that is isotropic and from 1.5 to 3.5 mm,
            else 2 mm.

    Raises:
        DataError: `spacing` is not a positive number.
    """
    spacing = working_spacing(volume) if spacing is None else spacing
    grid = volume.canonical().resampled(spacing)
    hu = grid.values
    body = body_mask(hu, spacing)
    labels = np.where(body, Compartment.SOFT, Compartment.OUTSIDE).astype(np.uint8)
    if not body.any():
        text = "no body found: nothing larger than 30 ml is as dense as tissue; check the rescale of the values"
        return Compartments(labels, replace(grid, notes=()), (Note("no-body", text),))
    bright = find_bright(hu, body, spacing)
    air = find_air(hu, body, spacing)
    breath = air.right | air.left
    wall = find_wall(hu, body, breath | air.gas | air.airway, bright.bone | bright.metal, spacing)
    for mask, label in (
        (wall.muscle, Compartment.MUSCLE),
        (wall.subcutaneous, Compartment.SUBCUTANEOUS_FAT),
        (wall.visceral, Compartment.VISCERAL_FAT),
        (air.gas, Compartment.GAS),
        (air.right, Compartment.RIGHT_LUNG),
        (air.left, Compartment.LEFT_LUNG),
        (air.airway, Compartment.AIRWAY),
        (bright.contrast, Compartment.CONTRAST),
        (bright.calcification, Compartment.CALCIFICATION),
        (bright.bone & ~(breath & (hu < 0)), Compartment.BONE),
        (bright.metal, Compartment.METAL),
    ):
        labels[mask] = label
    return Compartments(labels, replace(grid, notes=()), tuple(_notes(labels, spacing)))


def working_spacing(volume: Volume) -> float:
    """Spacing (mm) of the grid that this volume is analysed on by default."""
    least, most = min(volume.spacing), max(volume.spacing)
    return most if _OWN[0] <= most <= _OWN[1] and most - least < 0.02 * most else SPACING


def _notes(labels: NDArray[np.uint8], spacing: float) -> list[Note]:
    notes = []
    lung = np.isin(labels, (Compartment.RIGHT_LUNG, Compartment.LEFT_LUNG))
    for plane, where in ((0, "lowest"), (-1, "highest")):
        area = float(lung[plane].sum()) * spacing**2 / 100
        if area > 2:
            notes.append(
                Note("lung-cut", f"the lungs go on beyond the {where} plane ({area:.0f} cm² of it are lung)", "lung")
            )
    return notes
