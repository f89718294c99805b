"""Pictures of a report: CT planes with compartments and candidates, slides with heat maps, both with relevance."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.evidence import CtEvidence, Evidence, SlideEvidence
from wugan.modalities.medical.ct.compartments import Compartment
from wugan.modalities.medical.ct.lesions import Candidate
from wugan.modalities.medical.ct.views import window
from wugan.modalities.medical.ct.volume import Volume

HEIGHT, WIDTH = 340, 1100  # pixels that a CT picture has at most
_CANDIDATES = 4  # that get a picture
_CROP_MM = 80.0
_OPACITY = 0.4
#: Colours of compartments; the legend names them, so that colour is not the only sign.
COLOURS: dict[Compartment, tuple[int, int, int]] = {
    Compartment.RIGHT_LUNG: (86, 180, 233),
    Compartment.LEFT_LUNG: (0, 114, 178),
    Compartment.BONE: (240, 228, 66),
    Compartment.MUSCLE: (213, 94, 0),
    Compartment.SUBCUTANEOUS_FAT: (160, 160, 90),
    Compartment.VISCERAL_FAT: (204, 121, 167),
    Compartment.CALCIFICATION: (255, 40, 40),
    Compartment.CONTRAST: (0, 220, 150),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a report.

    Attributes:
        modality: what it shows.
        caption: a sentence.
        alt: what is to be seen, for who does not see it.
        jpeg: the file.
        size: width and height in pixels.
    """

    modality: str
    caption: str
    alt: str
    jpeg: bytes
    size: tuple[int, int]


def pictures(evidence: Evidence, role: str) -> list[Picture]:
    """All pictures of a case, in the order of the report.

    Args:
        evidence: what they show.
        role: what the fusion network is to the assessment, for captions of its relevance.
    """
    found: list[Picture] = []
    if evidence.ct is not None:
        found += ct_pictures(evidence.ct, evidence.relevance.get("ct"), role)
    start = 0
    relevance = evidence.relevance.get("slide")
    for number, slide in enumerate(evidence.slides, 1):
        tokens = 1 + len(slide.analysis.tiling)
        part = None if relevance is None else relevance[start + 1 : start + tokens]
        start += tokens
        found += slide_pictures(number, slide, part, role)
    return found


def ct_pictures(of: CtEvidence, relevance: NDArray[np.float32] | None, role: str) -> list[Picture]:
    """Three planes with compartments, candidates from near, and the fusion's relevance over the coronal plane."""
    volume = of.volume.canonical()
    labels = of.analysis.compartments.on(volume)
    middle = _middle(labels)
    found = []
    for axis, name in ((0, "axial"), (1, "coronal"), (2, "sagittal")):
        at = middle[axis]
        grey = _plane(window(np.take(volume.values, at, axis), "soft-tissue"), axis)
        tinted = _tint(grey, _plane(np.take(labels, at, axis), axis))
        where = _where(volume, axis, at)
        found.append(
            _ct_picture(
                np.concatenate([np.repeat(grey[..., None], 3, -1), tinted], 1),
                _aspect(volume, axis),
                f"CT, {name} plane at {where}: soft-tissue window, and the same with compartments in colour.",
                f"{name} plane of the CT, plain on the left, with coloured compartments on the right",
            )
        )
    found += [_candidate(volume, one, number) for number, one in enumerate(of.analysis.candidates[:_CANDIDATES], 1)]
    if relevance is not None and relevance.size:
        found.append(_relevance(of, relevance, role))
    return found


def slide_pictures(number: int, of: SlideEvidence, relevance: NDArray[np.float32] | None, role: str) -> list[Picture]:
    """The overview, the density of nuclei over it, and the fusion's relevance over it."""
    from wugan.modalities.medical.pathology.heatmap import overlay

    tiling = of.analysis.tiling
    density = of.analysis.counts / np.maximum(of.analysis.tissue_mm2, 0.05 * (tiling.side_um / 1000) ** 2)
    found = [
        _picture("slide", of.picture, f"Slide {number}: overview.", f"overview of slide {number}"),
        _picture(
            "slide",
            overlay(tiling, density, label="nuclei per mm²"),
            f"Slide {number}: density of nuclei in the tiles that were looked at.",
            f"slide {number} with a heat map of the density of nuclei",
        ),
    ]
    if relevance is not None and len(relevance) == len(tiling):
        caption = f"Slide {number}: how much each tile counted for the fusion network, {role} (of the case at most 1)."
        picture = overlay(tiling, relevance.astype(np.float64), label="relevance")
        found.append(_picture("slide", picture, caption, f"slide {number} with a heat map of the fusion's relevance"))
    return found


def _middle(labels: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Planes through the middle of the body; the axial one through most lung, if there is any."""
    lung = np.isin(labels, (Compartment.RIGHT_LUNG, Compartment.LEFT_LUNG)).sum((1, 2))
    z = int(lung.argmax()) if lung.max() else labels.shape[0] // 2
    body = labels != Compartment.OUTSIDE
    y, x = (np.flatnonzero(body.any(axis)) for axis in ((0, 2), (0, 1)))
    return z, int(np.median(y)) if y.size else labels.shape[1] // 2, int(np.median(x)) if x.size else 0


def _plane(values: NDArray[np.uint8], axis: int) -> NDArray[np.uint8]:
    """As it is looked at: the head up."""
    return values if axis == 0 else values[::-1]


def _aspect(volume: Volume, axis: int) -> float:
    """Height over width of a voxel in a plane."""
    x, y, z = volume.spacing
    return {0: y / x, 1: z / x, 2: z / y}[axis]


def _where(volume: Volume, axis: int, at: int) -> str:
    index = [0.0, 0.0, 0.0]
    index[2 - axis] = at
    letter = "zyx"[axis]
    return f"{letter} {volume.to_world(index)['xyz'.index(letter)]:.0f} mm"


def _tint(grey: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    out = np.repeat(grey[..., None], 3, -1).astype(np.float64)
    for compartment, colour in COLOURS.items():
        mask = labels == compartment
        out[mask] = (1 - _OPACITY) * out[mask] + _OPACITY * np.array(colour)
    return np.rint(out).astype(np.uint8)


def _ct_picture(rgb: NDArray[np.uint8], aspect: float, caption: str, alt: str) -> Picture:
    from PIL import Image

    height, width = rgb.shape[:2]
    scale = min(HEIGHT / (height * aspect), WIDTH / width)  # a few planes make a strip
    size = max(1, round(width * scale)), max(1, round(height * aspect * scale))
    image = Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC)
    return _picture("ct", np.asarray(image), caption, alt)


def _candidate(volume: Volume, one: Candidate, number: int) -> Picture:
    from PIL import Image, ImageDraw

    index = volume.to_index(one.center_mm)
    x, y, z = (int(np.clip(round(float(i)), 0, n - 1)) for i, n in zip(index, volume.size, strict=True))
    half = [max(4, round(_CROP_MM / 2 / s)) for s in volume.spacing[:2]]
    x0, y0 = max(0, x - half[0]), max(0, y - half[1])
    crop = volume.values[z, y0 : y + half[1], x0 : x + half[0]]
    scale = HEIGHT / (crop.shape[0] * volume.spacing[1])  # pixels per mm
    size = (max(1, round(crop.shape[1] * volume.spacing[0] * scale)), HEIGHT)
    image = Image.fromarray(window(crop, "lung")).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    cx, cy = (index[0] - x0 + 0.5) * volume.spacing[0] * scale, (index[1] - y0 + 0.5) * volume.spacing[1] * scale
    r = (one.diameter_mm / 2 + 4) * scale
    ImageDraw.Draw(image).ellipse((cx - r, cy - r, cx + r, cy + r), outline=(255, 210, 0), width=3)
    side = "right" if one.center_mm[0] < 0 else "left"
    caption = (
        f"Candidate {number} of the CT: {one.kind.replace('-', ' ')} of {one.diameter_mm:.1f} mm in the {side} lung, z "
        f"{one.center_mm[2]:.0f} mm; lung window, {_CROP_MM:.0f} mm across."
    )
    return _picture("ct", np.asarray(image), caption, f"nodule candidate {number} in a yellow circle")


def _relevance(of: CtEvidence, relevance: NDArray[np.float32], role: str) -> Picture:
    """The most relevant cube along each line of sight over the coronal plane through the middle."""
    from wugan.modalities.medical.pathology.heatmap import colours

    found, cubes = of.analysis.compartments, of.analysis.blocks
    heat = np.zeros((found.labels.shape[0], found.labels.shape[2]), np.float32)
    for (z, _, x), weight in zip(cubes.corners, relevance, strict=True):
        part = heat[max(0, z) : max(0, z + cubes.side), max(0, x) : max(0, x + cubes.side)]
        np.maximum(part, weight, out=part)
    middle = _middle(found.labels)[1]
    grey = np.repeat(window(found.volume.values[:, middle], "soft-tissue")[..., None], 3, -1).astype(np.float64)
    body = np.asarray(found.body.any(1))
    mixed = np.where(body[..., None], 0.5 * grey + 0.5 * colours(heat / max(float(relevance.max()), 1e-9)), grey)
    caption = (
        f"CT from the front: how much each cube counted for the fusion network, {role}, the most along each line of "
        f"sight; dark little, bright most ({relevance.max():.2g} of the case's most relevant token)."
    )
    alt = "frontal view of the CT with a heat map of the fusion's relevance"
    return _ct_picture(np.rint(mixed).astype(np.uint8)[::-1], 1.0, caption, alt)


def _picture(modality: str, rgb: NDArray[np.uint8], caption: str, alt: str) -> Picture:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=90, subsampling=0)
    return Picture(modality, caption, alt, file.getvalue(), (rgb.shape[1], rgb.shape[0]))
