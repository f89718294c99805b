"""How many inserted nodules `lesions` finds, against false candidates in a scan (FROC).

    python benchmarks/medical/nodules.py [--scans 6]

All nodules are synthetic: balls of 40 HU with blurred edges. They lie in the lungs of made-up patients with straight
vessels, and in the real, but small, lung bases of `ct/example_ct.nii.gz` of the data folder ($WUGAN_DATA, else
../shared/data), at 3 mm. Real nodules are less round, real vessels branch: expect fewer hits and more false candidates.
The default score was chosen on three of these scans (seeds 100 to 102), so the figures flatter it a little.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.medical.ct import Volume, read_ct
from wugan.modalities.medical.ct.compartments import compartments
from wugan.modalities.medical.ct.lesions import lesions
from wugan.modalities.medical.ct.trunk import trunk

DATA = Path(os.environ.get("WUGAN_DATA", Path(__file__).resolve().parents[2].parent / "shared" / "data")) / "ct"
SIZES = (4, 5, 6, 8, 10, 15, 20, 25)
SCORES = (0.7, 0.6, 0.5, 0.4, 0.3, 0.2)
Nodules = NDArray[np.float64]


def made_up(seed: int, spacing: tuple[float, float, float]) -> tuple[Volume, Nodules]:
    """A patient with 16 nodules, each wholly in a lung and 30 mm from the next."""
    random = np.random.default_rng(seed)
    placed: list[Nodules] = []
    while len(placed) < 16:
        side = random.choice([-74.0, 74.0])
        diameter = float(SIZES[len(placed) % len(SIZES)])
        place = np.array([side, 0, 235]) + random.uniform(-1, 1, 3) * np.array([54, 70, 60])
        inside = (((place - [side, 0, 235]) / (np.array([54, 70, 125]) - diameter / 2 - 2)) ** 2).sum() < 1
        if inside and all(np.linalg.norm(place - other[:3]) > 30 for other in placed):
            placed.append(np.array([*place, diameter]))
    patient = trunk(spacing, heights=(140.0, 298.0), nodules=np.array(placed), seed=seed, noise=20)
    return patient.volume, patient.nodules


def insert(volume: Volume, lung: NDArray[np.bool_], seed: int, level: float = 40.0) -> tuple[Volume, Nodules]:
    """Up to 4 nodules of 8 to 12 mm at random places of a real lung, their edges blurred over a voxel."""
    random = np.random.default_rng(seed)
    values = volume.values.copy()
    z, y, x = (np.arange(n) for n in values.shape)
    grid = volume.to_world(np.stack(np.meshgrid(x, y, z, indexing="ij"), -1)).transpose(2, 1, 0, 3)
    places = np.argwhere(lung)
    placed: list[Nodules] = []
    for _ in range(200):
        if len(placed) == 4:
            break
        diameter = float(random.choice([8, 10, 12]))
        center = volume.to_world(places[random.integers(len(places))][::-1])
        far = np.linalg.norm(grid - center, axis=-1)
        if not lung[far < diameter / 2].all() or any(np.linalg.norm(center - o[:3]) < 25 for o in placed):
            continue
        share = np.clip((diameter / 2 - far) / volume.spacing[0] + 0.5, 0, 1)
        values += (share * (level - values)).astype(np.float32)
        placed.append(np.array([*center, diameter]))
    return volume.replace(values=values), np.array(placed).reshape(-1, 4)


def score(volume: Volume, nodules: Nodules) -> tuple[NDArray[np.float64], list[float], list[float], float]:
    """Best score at each nodule, the false candidates' scores, errors of the diameters (mm), seconds."""
    found = compartments(volume)
    start = time.perf_counter()
    candidates = lesions(found, least_score=min(SCORES), most=1000)
    seconds = time.perf_counter() - start
    best, wrong, errors = np.zeros(len(nodules)), [], []
    for candidate in candidates:
        far = np.linalg.norm(nodules[:, :3] - candidate.center_mm, axis=1)
        hits = np.flatnonzero(far < np.maximum(3.0, nodules[:, 3] / 2))
        for hit in hits:
            if not best[hit]:
                errors.append(candidate.diameter_mm - nodules[hit, 3])
            best[hit] = max(best[hit], candidate.score)
        if not len(hits):
            wrong.append(candidate.score)
    return best, wrong, errors, seconds


def table(name: str, results: list[tuple[Nodules, NDArray[np.float64], list[float], list[float], float]]) -> None:
    sizes = np.concatenate([nodules[:, 3] for nodules, *_ in results])
    best = np.concatenate([b for _, b, *_ in results])
    wrong = np.array([s for *_, w, _, _ in results for s in w])
    errors = np.array([e for *_, es, _ in results for e in es])
    seconds = np.mean([r[-1] for r in results])
    print(f"\n{name}: {len(results)} scans, {len(sizes)} nodules, {seconds:.1f} s a scan")
    small = sorted(set(sizes))
    print("score >=  false a scan  all   " + "  ".join(f"{s:2.0f} mm" for s in small))
    for least in SCORES:
        hit = best >= least
        by_size = "  ".join(f"{hit[sizes == s].mean():5.0%}" for s in small)
        print(f"{least:7.1f}  {(wrong >= least).sum() / len(results):11.1f}  {hit.mean():4.0%}  {by_size}")
    print(
        f"error of the diameter: median {np.median(errors):+.1f} mm, "
        f"90 % within {np.percentile(abs(errors), 90):.1f} mm"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scans", type=int, default=6)
    scans = parser.parse_args().scans
    for name, spacing in (
        ("made up, 0.8 x 0.8 x 1.25 mm", (0.8, 0.8, 1.25)),
        ("made up, 0.8 x 0.8 x 5 mm", (0.8, 0.8, 5.0)),
    ):
        results = []
        for seed in range(100, 100 + scans):
            volume, nodules = made_up(seed, spacing)
            results.append((nodules, *score(volume, nodules)))
        table(name, results)
    if DATA.is_dir():
        real = read_ct(DATA / "example_ct.nii.gz").canonical()
        lung = compartments(real).on(real)
        results = []
        for seed in range(100, 100 + scans):
            volume, nodules = insert(real, np.isin(lung, (6, 7)), seed)
            results.append((nodules, *score(volume, nodules)))
        table("real lung bases (117 ml), 3 mm", results)


if __name__ == "__main__":
    main()
