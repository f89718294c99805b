"""`compartments`: what each voxel of a CT volume is, as far as Hounsfield units and shape can tell, with no network.

Lungs, airways, bone, fat, the muscle of the wall, gas, calcifications, contrast and metal, in the order in which they
are found: the body, what is bright, what is air, the wall. Organs of soft tissue are not told apart: attach a network
for that (`CtEncoder(segmenter=...)`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.modalities.medical.ct.morphology import (
    IN_PLANE,
    Mask,
    closed,
    dilate,
    erode,
    filled,
    larger_than,
    opened,
    parts,
    touching,
)
from wugan.modalities.medical.ct.volume import Volume
from wugan.modalities.medical.note import Note

SKIN = -350.0  #: HU between air and fat, so that half a voxel of fat counts
_TABLE_MM = 7.5  # shells of tables, clothes and blankets are thinner than twice this
_WALLS_MM = 40.0  # how far a thin chest wall may reach from the nearest thick place
_EDGE = 0.3  # share of a plane's edge that is body where the field lies within it
_SMALLEST_ML = 30.0  # a forearm over one thick slice


def body_mask(hu: NDArray[np.float32], spacing: float) -> Mask:
    """Everything inside the skin, lungs and gut gas included, arms too where they are in the field.

    Whatever a ball of 7.5 mm does not fit into is torn off first: shells of tables, clothes, tubes. Of the parts left,
    those that look like tissue (soft tissue to a third) stay. Then walls and surface are given back and each axial
    plane is filled, so lungs that are open at the first or last plane count too. Where the field lies within the body
    (three tenths of a plane's edge are body), lungs that its edge cuts are filled as well, and only air at the plane's
    corners is outside.

    Args:
        hu: `[Z, Y, X]` on an isotropic grid.
        spacing: mm of a voxel.

    Returns:
        bool `[Z, Y, X]`, all false where there is no body.
    """
    solid = hu > SKIN
    radius = max(1.0, _TABLE_MM / spacing)
    cores = erode(solid, radius, flat=True)
    labels, sizes = parts(cores)
    soft = np.bincount(labels[cores & (hu > -20) & (hu < 200)], minlength=len(sizes))
    keep = (sizes * spacing**3 / 1000 >= _SMALLEST_ML) & (soft >= sizes / 3)
    keep[0] = False
    if not keep.any():
        return np.zeros(hu.shape, bool)
    # Give back what hangs together with what stayed, so far that thin walls over the lungs close; what was given back
    # of the table is still a shell, and goes when the rest is filled and thick.
    grown = keep[labels]
    for _ in range(round(_WALLS_MM / spacing)):
        grown = dilate(grown, 1, flat=True) & solid
    whole = _filled(grown)
    thick = opened(whole, radius, flat=True)
    return _filled(dilate(thick, 1, flat=True) & whole)


def _filled(mask: Mask) -> Mask:
    """`filled`, and in planes whose field lies within the body also the holes that its edge cuts."""
    out = filled(mask)
    edge = np.concatenate([mask[:, 0], mask[:, -1], mask[:, :, 0], mask[:, :, -1]], axis=1)
    for plane in np.flatnonzero(edge.mean(axis=1) > _EDGE):
        labels, _ = ndimage.label(~mask[plane])
        corners = labels[[0, 0, -1, -1], [0, -1, 0, -1]]
        out[plane] = ~np.isin(labels, corners[corners > 0])
    return out


CALCIUM = 130.0  #: HU from which a spot counts as calcified (Agatston et al., JACC 15:827, 1990)
_STONE = 250.0  # HU that a calcification reaches somewhere, so that noise and cartilage are none
METAL = 2500.0  #: HU above all bone and enamel of a usual scan
_SURE = 200.0  # cortical bone, seen through a voxel of 2 to 3 mm
_MAYBE = 120.0  # trabecular bone and the blurred edge of cortical bone
_MARROW = 65.0  # an enclosed voxel above this (and above muscle by 20) is marrow; cord and liquor are below
_SMALLEST_BONE_ML = 0.6  # a part of the skeleton, even cut by the ends of the scan
_CORTEX_GAPS_MM = 7.5  # half the widest gap in a cortex that is closed
_CORE_MM = 5.0  # a vessel that contrast could be mistaken in has at least this radius


@dataclass(frozen=True, slots=True)
class Bright:
    """Masks `[Z, Y, X]` of what is bright; no voxel is in two of them."""

    bone: Mask
    calcification: Mask
    contrast: Mask
    metal: Mask


def find_bright(hu: NDArray[np.float32], body: Mask, spacing: float) -> Bright:
    """Sorts the bright voxels of the body.

    Bone is what hangs together above 120 HU with a voxel above 200, without vessels: a smooth core of 5 mm radius that
    no brighter shell surrounds. Then gaps in the cortex are closed, and what it encloses is marrow if denser than 65 HU
    (the spinal canal is not), or fatty (long bones).

    Args:
        hu: `[Z, Y, X]` on an isotropic grid.
        body: mask of the body.
        spacing: mm of a voxel.
    """
    ml = spacing**3 / 1000
    metal = larger_than(body & (hu > METAL), 2)
    maybe = body & (hu > _MAYBE) & ~metal
    contrast = _contrast(hu, maybe, spacing)
    maybe &= ~contrast
    sure = maybe & (hu > _SURE)
    bone = touching(maybe, sure)
    bone = larger_than(bone, _SMALLEST_BONE_ML / ml)
    # Stones and plaques are small and lie by themselves; parts of the skeleton do not.
    smooth = ndimage.gaussian_filter(hu, 0.7, truncate=2.0)
    shut = closed(bone, max(1.0, _CORTEX_GAPS_MM / spacing), flat=True)
    inside = filled(shut) & ~bone
    fatty = _fatty(inside, hu, bone)
    soft = hu[body & (hu > 0) & (hu < 110)][::7]
    marrow = max(_MARROW, float(np.median(soft)) + 20 if soft.size else 0.0)  # muscle brightens with contrast
    bone = bone | (inside & (smooth > marrow) & ~contrast) | fatty
    bone = larger_than(bone, 9) & body
    near = dilate(bone, max(1.0, 3 / spacing))
    # Metal shines through whole planes.
    streaks = dilate(np.asarray(metal.any(axis=(1, 2), keepdims=True)), max(1.0, 10 / spacing))
    spots = body & (hu > CALCIUM) & ~near & ~contrast & ~streaks
    spots = touching(spots, spots & (hu > _STONE))
    spots = larger_than(spots, max(2.0, 0.01 / ml))
    labels, sizes = parts(spots)
    small = sizes * ml < 3
    small[0] = False
    calcification = small[labels]
    return Bright(bone & ~metal, calcification, contrast & ~bone, metal)


def _fatty(inside: Mask, hu: NDArray[np.float32], bone: Mask) -> Mask:
    """Fatty marrow of long bones: whole holes that are fat and that lie within cortex on all sides of their plane."""
    walls = filled(bone) & ~bone
    labels, count = ndimage.label(walls & inside, np.ones((3, 3, 3), bool) & _PLANE)
    if not count:
        return np.zeros(inside.shape, bool)
    # The median, for the rim of a narrow hole is blurred with cortex.
    keep = np.concatenate([[False], np.asarray(ndimage.median(hu, labels, np.arange(1, count + 1))) < -15])
    return np.asarray(keep[labels])


_PLANE = np.zeros((3, 3, 3), bool)
_PLANE[1] = True


def _contrast(hu: NDArray[np.float32], maybe: Mask, spacing: float) -> Mask:
    """Large, smooth, bright bodies without a brighter shell: blood with contrast, kidneys, filled gut.

    A vertebra's trabecular core is coarse (its half width between the 16th and the 84th percentile is a tenth of its
    level and more, blood's is a twentieth) and lies in a cortex that is brighter by 60 HU in a third of its voxels
    and more. What is found grows over the voxels around it
    of about its own brightness, by as much as was worn off to find the core.
    """
    radius = np.ceil(_CORE_MM / spacing)
    cores = erode(maybe, radius)
    labels, sizes = parts(cores)
    found = np.zeros(maybe.shape, bool)
    reach = round(radius) + 2
    for index, box in enumerate(ndimage.find_objects(labels), 1):
        if sizes[index] * spacing**3 / 1000 < 0.3:
            continue
        wide = tuple(slice(max(0, b.start - reach), b.stop + reach) for b in box)
        core = labels[wide] == index
        values = hu[wide][core]
        level, spread = float(np.median(values)), float(np.percentile(values, 84) - np.percentile(values, 16)) / 2
        around = dilate(core, radius + 1) & maybe[wide] & ~core
        shell = float((hu[wide][around] > level + 60).mean()) if around.any() else 0.0
        if spread < max(20.0, 0.09 * level) and shell < 0.3:
            grown = dilate(core, radius + 1) & maybe[wide] & (hu[wide] < level + 3 * spread + 20)
            middle, upper = np.percentile(hu[wide][grown], (50, 84))
            if upper - middle < 10 + 0.12 * level:  # blood's rim is blurred to darker values, bone's is brighter
                found[wide] |= grown
    return found


AERATED = -400.0  #: HU midway between lung and soft tissue (Hu et al., IEEE TMI 20:490, 2001, find it near there)
_GAS = -935.0  # gas is darker than this in a part of it, however thick the slices; breathing lung hardly is
_LUNG_ML = 1000.0  # more air than this in one place is lung, even if it is emphysema as dark as gas
_VESSELS_MM = 6.0  # vessels and nodules up to about this radius belong to the lung they lie in
_TREE_ML = 150.0  # an airway tree that is larger has leaked into the lung


@dataclass(frozen=True, slots=True)
class Air:
    """Masks `[Z, Y, X]` of the air in the body; no voxel is in two of them."""

    right: Mask
    left: Mask
    airway: Mask
    gas: Mask


def find_air(hu: NDArray[np.float32], body: Mask, spacing: float) -> Air:
    """The air inside `body`.

    A part is lung if it holds no plain gas: its 5th percentile is above -935 HU (10th above -970 HU for 300 ml and
    more). From one litre on it is lung in any case, for emphysema is as dark as gas; below 10 ml it is lung only if it
    lies within 20 mm of one that is. So lung that reaches into the scan by less than 10 ml counts as gas. Gaps that
    vessels and nodules leave are closed. The airway tree grows from the trachea (round, plain air, by itself in its
    plane) at the highest threshold at which it does not leak.

    Args:
        hu: `[Z, Y, X]` on an isotropic grid, x to the left, y to the back, z to the head.
        body: mask of the body.
        spacing: mm of a voxel.
    """
    ml = spacing**3 / 1000
    air = body & (hu < AERATED)
    # The skin's own blurred edge is no air inside the body.
    air &= erode(body, max(1.0, 4 / spacing), flat=True)
    air = larger_than(air, 0.2 / ml)
    airway = _airway_tree(hu, air, spacing)
    lung = _lungs(hu, air & ~airway, spacing)
    gas = air & ~lung & ~airway
    if lung.any():
        lung = closed(lung, max(1.0, _VESSELS_MM / spacing)) & body & ~airway & ~gas
        lung = ndimage.binary_fill_holes(lung) & ~airway & ~gas
    right, left = _sides(lung, body, spacing)
    return Air(right, left, airway, gas)


def _lungs(hu: NDArray[np.float32], air: Mask, spacing: float) -> Mask:
    """The parts of the air that are lung; see `find_air`."""
    ml = spacing**3 / 1000
    labels, sizes = parts(air)
    places = np.flatnonzero(labels)
    order = np.argsort(labels.ravel()[places], kind="stable")
    values = hu.ravel()[places[order]]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    sure = np.zeros(len(sizes), bool)
    likely = np.zeros(len(sizes), bool)
    for index in np.flatnonzero(sizes * ml >= 2):
        low, lower = np.percentile(values[starts[index] : starts[index + 1]], (10, 5))
        size = sizes[index] * ml
        if size > _LUNG_ML:
            sure[index] = True
        elif size > 300:
            sure[index] = low > -970
        else:
            (sure if size > 10 else likely)[index] = lower > _GAS
    lung = sure[labels]
    beside = np.zeros(len(sizes), bool)
    beside[np.unique(labels[dilate(lung, max(1.0, 20 / spacing))])] = True
    return np.asarray((sure | (likely & beside))[labels])


def _airway_tree(hu: NDArray[np.float32], air: Mask, spacing: float) -> Mask:
    """Trachea and main bronchi, as far as they can be told from the lung at this spacing."""
    empty = np.zeros(air.shape, bool)
    seeds = _trachea(hu, air, spacing)
    if not seeds.any():
        return empty
    limit = _TREE_ML / (spacing**3 / 1000)
    for threshold in (-880.0, -910.0, -935.0, -955.0, -970.0):
        dark = air & (hu < threshold)
        labels, sizes = parts(dark)
        touched = np.unique(labels[seeds & dark])
        touched = touched[touched > 0]
        if touched.size and sizes[touched].sum() <= limit:
            # The wall's blurred inside belongs to the lumen.
            return dilate(np.isin(labels, touched), 1) & air & (hu < -600)
    return seeds


def _trachea(hu: NDArray[np.float32], air: Mask, spacing: float) -> Mask:
    """Round spots of plain air, by themselves in their plane, one above the other for 3 cm and more."""
    labels, count = ndimage.label(air, IN_PLANE)
    if not count:
        return np.zeros(air.shape, bool)
    index = np.arange(1, count + 1)
    area = ndimage.sum_labels(air, labels, index) * spacing**2
    mean = ndimage.mean(hu, labels, index)
    boxes = ndimage.find_objects(labels)
    side = np.array([[box[1].stop - box[1].start, box[2].stop - box[2].start] for box in boxes]) * spacing
    fill = area / (side[:, 0] * side[:, 1])
    round_ = (area > 60) & (area < 900) & (mean < -700) & (fill > 0.55) & (side.max(1) < 2.2 * side.min(1))
    spots = np.concatenate([[False], round_])[labels]
    tubes, sizes = parts(spots)
    best, longest = 0, 30 / spacing
    for tube, box in enumerate(ndimage.find_objects(tubes), 1):
        height = box[0].stop - box[0].start
        volume = sizes[tube] * spacing**3
        # A bowel loop is rarely upright and as slim for so long; the trachea also ends in or near the top plane.
        slim = volume / (height * spacing) < 700
        if slim and height > longest and box[0].stop * 3 > 2 * air.shape[0]:
            best, longest = tube, height
    return tubes == best if best else np.zeros(air.shape, bool)


def _sides(lung: Mask, body: Mask, spacing: float) -> tuple[Mask, Mask]:
    """Right and left lung; where they hang together, they are parted by wearing them down until they come apart."""
    if not lung.any():
        return lung, lung.copy()
    middle = _midline(body)
    labels, sizes = parts(lung)
    x = np.arange(lung.shape[2])
    left = np.zeros(lung.shape, bool)
    for index, box in enumerate(ndimage.find_objects(labels), 1):
        mine = labels[box] == index
        across = x[box[2]]
        share = float((mine & (across > middle)).sum()) / sizes[index]
        if 0.2 < share < 0.8 and sizes[index] * spacing**3 / 1000 > 200:
            left[box] |= _parted(mine, across, middle)
        elif share >= 0.5:
            left[box] |= mine
    return lung & ~left, left


def _parted(mask: Mask, x: NDArray[np.int64], middle: float) -> Mask:
    """The left one of two lungs that touch."""
    for steps in range(1, 7):
        worn = erode(mask, steps)
        labels, sizes = parts(worn)
        order = np.argsort(sizes)[::-1]
        if len(order) > 2 and sizes[order[1]] > 0.2 * sizes[order[0]]:
            first, second = labels == order[0], labels == order[1]
            far_first = ndimage.distance_transform_edt(~first)
            far_second = ndimage.distance_transform_edt(~second)
            nearer_first = far_first <= far_second
            first_left = np.nonzero(first)[2].mean() > np.nonzero(second)[2].mean()
            return np.asarray(mask & (nearer_first == first_left))
    return np.asarray(mask & (x > middle))


def _midline(body: Mask) -> float:
    """Column that halves the body."""
    across = np.cumsum(body.sum(axis=(0, 1)))
    return float(np.searchsorted(across, across[-1] / 2))


FAT = (-190.0, -30.0)  #: HU of fat (Yoshizumi et al., Radiology 211:283, 1999; usual for areas at L3)
MUSCLE = (-29.0, 150.0)  #: HU of skeletal muscle (Mourtzakis et al., Appl Physiol Nutr Metab 33:997, 2008)
_GAPS_MM = 10.0  # the wall's muscles are closed over fat planes up to twice this wide
_CANAL_MM = 5.0  # half the widest gap between vertebral arches in a plane
_SKIN_MM = 3.0
_WALL_MM = 12.0  # how far the muscles of chest and belly reach in from the fat under the skin


@dataclass(frozen=True, slots=True)
class Wall:
    """Masks `[Z, Y, X]`: fat outside and inside of the wall, and soft tissue that is part of the wall."""

    subcutaneous: Mask
    visceral: Mask
    muscle: Mask


def find_wall(hu: NDArray[np.float32], body: Mask, air: Mask, bone: Mask, spacing: float) -> Wall:
    """Parts fat by the wall of muscle and bone, in each axial plane.

    The wall encloses what is left of the body when fat that hangs together with the skin is taken off, after the
    muscles' gaps are closed. Muscle is soft tissue of the wall: within 12 mm of the fat outside, or behind the ribs and
    the spinal canal. It stands for the muscles of the trunk, not for those around the hips.

    Args:
        hu: `[Z, Y, X]` on an isotropic grid, x to the left, y to the back, z to the head.
        body: mask of the body.
        air: mask of the air in the body.
        bone: mask of bone and metal.
        spacing: mm of a voxel.
    """
    skin = body & ~erode(body, max(1.0, _SKIN_MM / spacing), flat=True)
    fat = body & (hu >= FAT[0]) & (hu <= FAT[1]) & ~air & ~bone
    firm = body & ~skin & ~fat
    # Strands in the fat are one voxel thin and fall away in a majority of 3 × 3; a wall of two stays.
    firm = ndimage.uniform_filter(firm.astype(np.float32), (1, 3, 3)) > 0.5
    firm = larger_than(firm, 100) | bone | (air & body)
    within = filled(closed(firm, max(1.0, _GAPS_MM / spacing), flat=True)) & body
    within = erode(within, 1, flat=True) | (within & firm)
    soft = body & ~skin & ~air & ~bone & (hu >= MUSCLE[0]) & (hu <= MUSCLE[1])
    outer = within & ~erode(within, max(1.0, _WALL_MM / spacing), flat=True)
    behind = _behind_spine(bone, spacing) & within
    canal = filled(closed(bone, max(1.0, _CANAL_MM / spacing), flat=True))
    muscle = opened(soft & (outer | behind), 1) | (soft & behind & dilate(bone, 1))
    return Wall(fat & ~within, fat & within, muscle & ~canal)


def _behind_spine(bone: Mask, spacing: float) -> Mask:
    """What lies behind the ribs, or, where there are none, behind the spinal canal to 6 cm on either side."""
    _, y, x = bone.shape
    rows = np.arange(y)
    off = np.abs(np.arange(x) - _spine_x(bone)) * spacing
    spine = bone[:, :, off <= 25]
    amount = spine.sum(axis=(1, 2))
    # Depth of the spine in each plane; planes without one get none.
    depth = np.einsum("zyx,y->z", spine, rows) / np.maximum(amount, 1) + 10 / spacing
    depth[amount * spacing**2 < 150] = y
    ribs = bone & (rows[None, :, None] > depth[:, None, None])
    last = np.where(ribs.any(axis=1), y - 1 - ribs[:, ::-1].argmax(axis=1), -1)  # [Z, X], the bone nearest to the back
    last = ndimage.maximum_filter1d(last, 2 * round(15 / spacing) + 1, axis=0, mode="nearest")
    flank = np.where(off[None, :] <= 60, depth[:, None], y)
    front = np.where(off[None, :] <= 25, depth[:, None], np.where(last >= 0, last, flank))
    return np.asarray((rows[None, :, None] > front[:, None, :]) & (off <= 90))


def _spine_x(bone: Mask) -> float:
    """Column with the most bone, averaged over 3 cm: the spine's."""
    columns = bone.sum(axis=(0, 1)).astype(np.float64)
    width = min(len(columns), 11)
    return float(np.convolve(columns, np.ones(width), "same").argmax())


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
