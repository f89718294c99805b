"""How well `compartments` agrees with another model's organ masks. Times stand beside (`ct_tokens.py` has more).

    python benchmarks/medical/compartments.py

Reads `ct/` of the data folder ($WUGAN_DATA, else ../shared/data beside the checkout): one patient's abdomen at 3 mm.
The masks were made by TotalSegmentator (task `total`), not by hand, and cover its upper 30 planes only, which are
`example_ct_sm.nii.gz` too: this is one patient, not two. So the same patient is also read at other spacings, with
thicker slices and with more noise. A made-up patient, of which every voxel is known, stands beside.

- lung: classes 10 to 14, the five lobes. They hold the vessels in the lung, not the main bronchi.
- bone: 25 to 50 (sacrum, vertebrae), 69 to 78 (limbs, hips) and 91 to 116 (skull, ribs, sternum), whole bones with
  their marrow. The costal cartilages (117) are none.
- body: `total` has no such class. The reference is the largest part above -300 HU, each plane filled; the table lies
  apart in this scan, and all organ masks must lie within.

Beside it, in the same run, what thresholds alone give: lung -950 to -300 HU, bone above 200 HU, body above -300 HU.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray

from wugan.modalities.medical.ct import Volume, read_ct
from wugan.modalities.medical.ct.compartments import Compartment, compartments
from wugan.modalities.medical.ct.morphology import filled, parts
from wugan.modalities.medical.ct.trunk import trunk

DATA = Path(os.environ.get("WUGAN_DATA", Path(__file__).resolve().parents[2].parent / "shared" / "data")) / "ct"
LUNGS = (Compartment.RIGHT_LUNG, Compartment.LEFT_LUNG)
CLASSES = {"lung": [*range(10, 15)], "bone": [*range(25, 51), *range(69, 79), *range(91, 117)]}


def dice(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Twice the common part over the sum of both."""
    return 2 * float((found & truth).sum()) / max(1, int(found.sum()) + int(truth.sum()))


def masks(labels: NDArray[np.uint8]) -> dict[str, NDArray[np.bool_]]:
    return {"lung": np.isin(labels, LUNGS), "bone": labels == Compartment.BONE, "body": labels > 0}


def naive(hu: NDArray[np.float32]) -> dict[str, NDArray[np.bool_]]:
    """Thresholds alone."""
    return {"lung": (hu > -950) & (hu < -300), "bone": hu > 200, "body": hu > -300}


def reference(hu: NDArray[np.float32], classes: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    labels, sizes = parts(hu > -300)
    body = filled(labels == sizes.argmax())
    missing = float((~body[classes > 0]).mean())
    print(f"(organ masks outside the reference body: {missing:.4%})")
    return {name: np.isin(classes, numbers) for name, numbers in CLASSES.items()} | {"body": body}


def variants(whole: Volume) -> Iterator[tuple[str, Volume, float | None]]:
    """The same patient, read in other ways."""
    yield "3 mm, as it is", whole, None
    yield "3 mm, on a grid of 2 mm", whole, 2.0
    yield "3 mm, on a grid of 2.5 mm", whole, 2.5
    yield "slices of 6 mm", whole.resampled((3, 3, 6)), None
    yield "1 x 1 x 2.5 mm", whole.resampled((1, 1, 2.5)), None
    for sigma in (15, 30):
        noise = np.random.default_rng(0).normal(0, sigma, whole.values.shape).astype(np.float32)
        yield f"noise of {sigma} HU", whole.replace(values=whole.values + noise), None


def row(name: str, found: dict[str, NDArray[np.bool_]], truth: dict[str, NDArray[np.bool_]], seconds: float) -> None:
    scores = "  ".join(f"{key} {dice(found[key], truth[key]):.3f}" for key in truth)
    print(f"{name:28s} {scores}  {seconds:6.2f} s")


def agreement() -> None:
    whole = read_ct(DATA / "example_ct.nii.gz").canonical()
    block = read_ct(DATA / "example_ct_sm.nii.gz").canonical()
    image = nibabel.load(DATA / "example_seg.nii.gz")
    lps = np.diag([-1.0, -1, 1, 1]) @ image.affine
    classes = Volume(np.asarray(image.dataobj, np.float32).T, lps).canonical().values.astype(np.int64)
    upper = slice(whole.size[2] - block.size[2], None)
    assert np.array_equal(whole.values[upper], block.values), "the block is the upper end of the whole"
    truth = reference(block.values, classes)
    start = time.perf_counter()
    row("thresholds alone", naive(block.values), truth, time.perf_counter() - start)
    for name, volume, spacing in variants(whole):
        start = time.perf_counter()
        found = compartments(volume, spacing)
        seconds = time.perf_counter() - start
        row(name, masks(found.on(whole)[upper]), truth, seconds)
    start = time.perf_counter()
    found = compartments(block)
    row("the 30 planes alone", masks(found.on(block)), truth, time.perf_counter() - start)
    labels = found.on(block)
    for name, number in (("erector spinae", [86, 87]), ("psoas", [88, 89]), ("liver", [5]), ("kidneys", [2, 3])):
        share = float((labels[np.isin(classes, number)] == Compartment.MUSCLE).mean())
        print(f"  of the {name}, {share:.0%} count as muscle of the wall")


def made_up() -> None:
    for name, spacing, contrast in (("made up, 3 mm", 3.0, False), ("made up, contrast", (1.0, 1.0, 2.5), True)):
        patient = trunk(spacing, contrast=contrast, arms=contrast, seed=1)
        start = time.perf_counter()
        found = compartments(patient.volume)
        seconds = time.perf_counter() - start
        row(name, masks(found.on(patient.volume)), masks(patient.labels), seconds)


if __name__ == "__main__":
    agreement()
    made_up()
