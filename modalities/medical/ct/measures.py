"""Measures of clinical use from the compartments, each with its uncertainty and source, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy import ndimage

from wugan.modalities.medical.ct.compartments import Compartment, Compartments
from wugan.modalities.medical.ct.morphology import erode, filled

_LEAST_MM = 9.0  # radius of the largest circle in a vertebral body's plane
_SPINE_MM = 35.0  # the bodies' centres lie within this of the column with the most bone
_SCATTER = 60.0  # HU
_APART_MM = 18.0  # centres of neighbouring bodies lie further apart


@dataclass(frozen=True, slots=True)
class Vertebra:
    """One vertebral body; which one, nobody said.

    Attributes:
        center_mm: x, y, z (LPS mm) of its trabecular core.
        trabecular: mean HU of the core.
        sd: standard deviation of the core's voxels (HU), texture and noise.
        voxels: how many they are.
    """

    center_mm: tuple[float, float, float]
    trabecular: float
    sd: float
    voxels: int


def vertebrae(found: Compartments) -> list[Vertebra]:
    """Vertebral bodies from the lowest up.

    In each axial plane the largest circle within bone near the midline is the body's; its inner 60 % is trabecular.
    Along the spine the core's mean has its minima in the middle of the bodies, for end plates are brighter and discs,
    which are no bone, break the row. Cores whose voxels scatter by more than 60 HU are other bones, or sick ones.
    """
    spacing = found.volume.spacing[0]
    bone = found.bone
    if not bone.any():
        return []
    columns = np.convolve(bone.sum(axis=(0, 1)).astype(float), np.ones(11), "same")
    middle, reach = int(columns.argmax()), round(_SPINE_MM / spacing)
    left = max(0, middle - reach)
    hu = found.volume.values[:, :, left : middle + reach + 1]
    solid = bone[:, :, left : middle + reach + 1]
    centers, radii, means, sds, counts = _cores(hu, solid, spacing)
    firm = radii * spacing >= _LEAST_MM
    smooth = ndimage.gaussian_filter1d(np.where(firm, means, 1000.0), 3 / spacing, mode="nearest")
    half = max(1, round(_APART_MM / 2 / spacing))
    lowest = (smooth == ndimage.minimum_filter1d(smooth, 2 * half + 1, mode="nearest")) & firm
    out = []
    for z in np.flatnonzero(lowest):
        run = [k for k in (z - 1, z, z + 1) if 0 <= k < len(firm) and firm[k]]
        if not _inside(firm, int(z), 6 / spacing):
            continue  # cut by the end of the scan, or no body
        weight = counts[run] / counts[run].sum()
        if (sds[run] * weight).sum() > _SCATTER:
            continue
        x, y = (float((centers[run, k] * weight).sum()) for k in (1, 0))
        place = found.volume.to_world([x + left, y, float(np.mean(run))])
        out.append(
            Vertebra(
                (float(place[0]), float(place[1]), float(place[2])),
                float((means[run] * weight).sum()),
                float((sds[run] * weight).sum()),
                int(counts[run].sum()),
            )
        )
    return out


def _inside(firm: NDArray[np.bool_], z: int, reach: float) -> bool:
    """The planes around `z`, as far as the scan goes, are all of a body."""
    low, high = max(0, z - round(reach)), min(len(firm), z + round(reach) + 1)
    return bool(firm[low:high].mean() >= 0.8)


def _cores(
    hu: NDArray[np.float32], bone: NDArray[np.bool_], spacing: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """For each plane: centre (y, x) and radius (voxels) of the body's circle; mean, sd and count of its core."""
    planes = len(hu)
    centers, radii = np.zeros((planes, 2)), np.zeros(planes)
    means, sds, counts = np.zeros(planes), np.zeros(planes), np.zeros(planes, np.int64)
    least = _LEAST_MM / spacing
    # Planes in which nothing is left when worn down by the smallest radius need no distances.
    promising = erode(filled(bone), max(1.0, 0.7 * least), flat=True).any(axis=(1, 2))
    rows, columns = np.indices(hu.shape[1:])
    for z in np.flatnonzero(promising):
        far = ndimage.distance_transform_edt(bone[z])
        y, x = np.unravel_index(int(far.argmax()), far.shape)
        centers[z], radii[z] = (y, x), far[y, x]
        core = (rows - y) ** 2 + (columns - x) ** 2 <= (0.6 * far[y, x]) ** 2
        values = hu[z][core]
        means[z], sds[z], counts[z] = values.mean(), values.std(), values.size
    return centers, radii, means, sds, counts


CALIBRATION_HU = 5.0  #: how far a scanner's values may be off (ACR phantom: water 0 ± 5 HU), taken as a 95 % interval
_LEAST_LUNG_ML = 1000.0  # below, what is in the scan says little about the lungs
_SURFACE_SHIFT = 0.1  # voxels by which a mask's surface may be off everywhere, one standard deviation
_LEVEL_MM = 15.0  # a landmark's area is the mean over this much along the body


class Threshold(BaseModel):
    """A limit from the literature, and what it means to lie on either side of it."""

    model_config = ConfigDict(frozen=True)
    limit: float
    below: str
    above: str
    source: str


class Measurement(BaseModel):
    """One measure.

    Attributes:
        name: stable name in kebab-case.
        title: for people.
        value: in `unit`; `None` where it cannot be measured.
        unit: UCUM.
        uncertainty: half width of a 95 % interval, by `method`. It holds the errors of the grid, the noise and the
            calibration, not those of a wrong segmentation.
        method: how, and where in the body.
        thresholds: limits, if any apply.
        meaning: where the value lies among them; `"uncertain: …"` where the interval crosses a limit.
        reason: why there is no value.
    """

    model_config = ConfigDict(frozen=True)
    name: str
    title: str
    value: float | None = None
    unit: str
    uncertainty: float | None = None
    method: str = ""
    thresholds: tuple[Threshold, ...] = ()
    meaning: str = ""
    reason: str = ""


EMPHYSEMA = Threshold(
    limit=5.0,
    below="less than 5 % of the lung below -950 HU",
    above="5 % of the lung and more below -950 HU: emphysema on quantitative CT",
    source="Amaza et al., Int J COPD 16:1231, 2021 (definition); Gevenois et al., AJRCCM 154:187, 1996 (-950 HU)",
)
_PICKHARDT = (
    "Pickhardt et al., Ann Intern Med 158:588, 2013: for L1, alike at T12 to L5; 110 HU over 90 % specific, "
    "160 HU 90 % sensitive"
)
OSTEOPOROSIS = Threshold(
    limit=110.0, below="110 HU or less: osteoporosis likely", above="above 110 HU", source=_PICKHARDT
)
NORMAL_BONE = Threshold(
    limit=160.0, below="160 HU or less: osteoporosis not excluded", above="above 160 HU", source=_PICKHARDT
)
VISCERAL_OBESITY = Threshold(
    limit=100.0,
    below="below 100 cm²",
    above="100 cm² and more: visceral obesity (Japanese criterion, at the navel)",
    source="Examination Committee of Criteria for Obesity Disease in Japan, Circ J 66:987, 2002",
)


def measures(found: Compartments, levels: Mapping[str, float] | None = None) -> list[Measurement]:
    """All measures, in a fixed order; those that cannot be taken say why.

    Args:
        found: the compartments.
        levels: heights (LPS z, mm) of landmarks that someone has set, such as `{"L1": 386.0, "L3": 316.0}`; levels of
            vertebrae are not found here.
    """
    levels = dict(levels or {})
    return [*_lungs(found), _bone(found, levels.get("L1")), *_areas(found, levels.get("L3")), _calcium(found)]


def volume_uncertainty(mask: NDArray[np.bool_], voxel_ml: float) -> float:
    """Half width of the 95 % interval of a mask's volume (ml), from its surface.

    Each of the n voxels at the surface is inside by a share that is equally likely from 0 to 1 (variance 1/12, voxel by
    voxel), and the whole surface may lie off by a tenth of a voxel: 1.96 · sqrt(n / 12 + (0.1 n)²) voxels.
    """
    inner = ndimage.binary_erosion(mask, border_value=1)
    surface = int(mask.sum() - inner.sum())
    return float(1.96 * np.sqrt(surface / 12 + (_SURFACE_SHIFT * surface) ** 2) * voxel_ml)


def meaning(value: float, uncertainty: float, thresholds: Sequence[Threshold]) -> str:
    """Where a value lies among limits, lowest first; uncertain where its interval crosses the one that decides."""
    for threshold in sorted(thresholds, key=lambda t: t.limit):
        text = threshold.below if value <= threshold.limit else threshold.above
        if abs(value - threshold.limit) <= uncertainty:
            return f"uncertain: {text}, but the interval crosses {threshold.limit:g}"
        if value <= threshold.limit:
            return text
    return max(thresholds, key=lambda t: t.limit).above if thresholds else ""


def _measured(
    name: str,
    title: str,
    unit: str,
    value: float,
    uncertainty: float,
    method: str,
    thresholds: Sequence[Threshold] = (),
) -> Measurement:
    return Measurement(
        name=name,
        title=title,
        unit=unit,
        value=float(value),
        uncertainty=float(uncertainty),
        method=method,
        thresholds=tuple(thresholds),
        meaning=meaning(value, uncertainty, thresholds),
    )


def _lungs(found: Compartments) -> list[Measurement]:
    specs = (
        ("lung-volume", "Volume of the lungs", "mL"),
        ("right-lung-volume", "Volume of the right lung", "mL"),
        ("left-lung-volume", "Volume of the left lung", "mL"),
        ("mean-lung-density", "Mean density of the lungs", "[hnsf'U]"),
        ("emphysema-share", "Share of the lungs below -950 HU", "%"),
    )
    lung, ml = found.lung, found.volume.voxel_ml
    total = float(lung.sum()) * ml
    if total < _LEAST_LUNG_ML:
        reason = f"only {total:.0f} ml of lung in the scan" if total else "no lung in the scan"
        return [Measurement(name=n, title=t, unit=u, reason=reason) for n, t, u in specs]
    cut = [note.text for note in found.notes if note.code == "lung-cut"]
    out = []
    masks = (lung, found.mask(Compartment.RIGHT_LUNG), found.mask(Compartment.LEFT_LUNG))
    for (name, title, unit), mask in zip(specs, masks, strict=False):
        if cut:
            out.append(Measurement(name=name, title=title, unit=unit, reason=cut[0]))
        else:
            method = "vessels in the lung included, main bronchi not"
            out.append(_measured(name, title, unit, mask.sum() * ml, volume_uncertainty(mask, ml), method))
    hu = found.volume.values[lung]
    part = f"; part of the lungs only ({cut[0]})" if cut else ""
    out.append(_measured(*specs[3], float(hu.mean()), CALIBRATION_HU, "mean over all voxels of the lungs" + part))
    share, low, high = (100 * float((hu < -950 + shift).mean()) for shift in (0, -CALIBRATION_HU, CALIBRATION_HU))
    method = (
        f"on a grid of {found.volume.spacing[0]:g} mm (thinner voxels hold more noise and give more); interval: the "
        f"threshold moved by {CALIBRATION_HU:g} HU either way{part}"
    )
    out.append(_measured(*specs[4], share, max(share - low, high - share), method, (EMPHYSEMA,)))
    return out


def _bone(found: Compartments, level: float | None) -> Measurement:
    name, title, unit = "vertebral-trabecular-density", "Trabecular density of the vertebrae", "[hnsf'U]"
    bodies = vertebrae(found)
    if level is not None:
        bodies = [b for b in bodies if abs(b.center_mm[2] - level) <= _LEVEL_MM]
        where = "L1, whose height was given"
    else:
        where = f"median of the {len(bodies)} vertebral bodies in the scan, whose levels are not known"
    if not bodies:
        return Measurement(name=name, title=title, unit=unit, reason="no vertebral body found at that height")
    values = np.array([b.trabecular for b in bodies])
    value = float(np.median(values))
    # Of one body: its core's scatter over about independent voxels (correlated over 2 × 2 × 2), and the calibration.
    own = float(np.median([b.sd / np.sqrt(max(1.0, b.voxels / 8)) for b in bodies]))
    between = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    uncertainty = float(np.hypot(1.96 * np.hypot(own, between), CALIBRATION_HU))
    method = f"{where}; inner 60 % of the largest circle in bone; depends on tube voltage (limits are for 120 kV)"
    return _measured(name, title, unit, value, uncertainty, method, (OSTEOPOROSIS, NORMAL_BONE))


def _areas(found: Compartments, level: float | None) -> list[Measurement]:
    specs = {
        Compartment.VISCERAL_FAT: ("visceral-fat-area", "Area of the fat within the body wall"),
        Compartment.SUBCUTANEOUS_FAT: ("subcutaneous-fat-area", "Area of the fat under the skin"),
        Compartment.MUSCLE: ("wall-muscle-area", "Area of the muscle of the body wall (without psoas)"),
    }
    density = ("wall-muscle-density", "Mean density of the muscle of the body wall", "[hnsf'U]")
    z = found.volume.to_world(np.array([[0.0, 0, k] for k in range(found.volume.size[2])]))[:, 2]
    lung = found.lung.any(axis=(1, 2))
    if level is not None:
        planes = abs(z - level) <= _LEVEL_MM / 2
        where = "L3, whose height was given"
    else:
        planes = ~lung & _abdomen(found)
        where = "mean over the planes of the belly below the lungs"
    if not planes.any() or (level is None and planes.sum() * found.volume.spacing[2] < 30):
        reason = (
            "the height given lies outside of the scan" if level is not None else "less than 3 cm of belly in the scan"
        )
        out = [Measurement(name=n, title=t, unit="cm2", reason=reason) for n, t in specs.values()]
        return [*out, Measurement(name=density[0], title=density[1], unit=density[2], reason=reason)]
    where += f" (z from {z[planes].min():.0f} to {z[planes].max():.0f} mm)"
    pixel = found.volume.spacing[0] ** 2 / 100
    out = []
    for compartment, (name, title) in specs.items():
        mask = found.labels[planes] == compartment
        area = float(mask.sum()) * pixel / int(planes.sum())
        error = volume_uncertainty(mask, pixel) / int(planes.sum())
        limits = (VISCERAL_OBESITY,) if compartment is Compartment.VISCERAL_FAT and level is not None else ()
        out.append(_measured(name, title, "cm2", area, error, where, limits))
    muscle = found.labels[planes] == Compartment.MUSCLE
    if muscle.any():
        value = float(found.volume.values[planes][muscle].mean())
        out.append(_measured(*density, value, CALIBRATION_HU, where))
    else:
        out.append(Measurement(name=density[0], title=density[1], unit=density[2], reason="no muscle found there"))
    return out


def _abdomen(found: Compartments) -> NDArray[np.bool_]:
    """Planes with more than 10 cm² of visceral fat or gas, and a trunk's area of body."""
    area = found.volume.spacing[0] ** 2 / 100
    inner = found.mask(Compartment.VISCERAL_FAT, Compartment.GAS).sum(axis=(1, 2)) * area
    return np.asarray((inner > 10) & (found.body.sum(axis=(1, 2)) * area > 150))


def _calcium(found: Compartments) -> Measurement:
    name, title = "calcification-volume", "Volume of calcification candidates outside of bone"
    ml = found.volume.voxel_ml
    contrast = float(found.mask(Compartment.CONTRAST).sum()) * ml
    if contrast > 1:
        reason = f"contrast in the scan ({contrast:.0f} ml above 120 HU) cannot be told from calcium"
        return Measurement(name=name, title=title, unit="mL", reason=reason)
    mask = found.labels == Compartment.CALCIFICATION
    spots = int(ndimage.label(mask)[1])
    method = (
        f"{spots} spots above 130 HU (250 HU somewhere) away from bone, stones and pills included; no Agatston score"
    )
    return _measured(name, title, "mL", float(mask.sum()) * ml, volume_uncertainty(mask, ml), method)
