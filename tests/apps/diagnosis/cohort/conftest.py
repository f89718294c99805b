"""An invented cohort: the older, the larger the tumour and the more nodes, the sooner one dies."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.diagnosis.cohort.blood import ANALYTES
from wugan.apps.diagnosis.cohort.cohort import Events, events
from wugan.apps.diagnosis.cohort.features import Features, features
from wugan.apps.diagnosis.cohort.folder import read_cohort
from wugan.apps.diagnosis.cohort.schema import CLINICAL, DENSITY, PATHOLOGY

ICD = ("c021", "c099", "c320", "c770", "t810")


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def make_cohort(folder: Path, n: int = 240, seed: int = 0, targets: bool = True) -> Path:
    """Write a cohort folder; every seventh patient has no blood count, some no codes, most no PDL1."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"{i:03}" for i in range(n)]
    age, stage, nodes = rng.integers(35, 90, n), rng.choice([2, 5, 6, 7], n), rng.poisson(1.5, n)
    hemoglobin = rng.normal(14, 1.5, n)
    risk = (age - 62) / 12 + (stage - 5) * 0.5 + (nodes - 1.5) * 0.5 - (hemoglobin - 14) * 0.3
    clinical = zip(ids, rng.integers(0, 2, n), rng.integers(0, 4, n), age, strict=True)
    write(folder / CLINICAL.file, ["patient_id", *(c.name for c in CLINICAL.columns)], clinical)
    pathology = []
    for i in range(n):
        row = {c.name: int(rng.integers(0, min(int(c.high), 2) + 1)) for c in PATHOLOGY.columns}
        row |= {"pT_stage": int(stage[i]), "number_of_positive_lymph_nodes": int(nodes[i])}
        row |= {"pN_stage": 1 if nodes[i] == 0 else 6, "infiltration_depth_in_mm": 8}
        pathology.append([ids[i], *("" if k == "perinodal_invasion" and i % 3 else v for k, v in row.items())])
    write(folder / PATHOLOGY.file, ["patient_id", *(c.name for c in PATHOLOGY.columns)], pathology)
    blood = []
    for i in range(n):
        values = {a.key: rng.uniform(*a.male) for a in ANALYTES} | {"hb": hemoglobin[i]}
        if i % 7:
            blood.append([ids[i], *(f"{values[a.key]:.3f}" for a in ANALYTES)])
    write(folder / "blood.csv", ["patient_id", *(a.loinc for a in ANALYTES)], blood)
    codes = [[ids[i], *rng.integers(0, 2, len(ICD))] for i in range(n) if i % 11]
    write(folder / "icd_codes.csv", ["patient_id", *ICD], codes)
    density = [[ids[i], *np.round(rng.uniform(5, 3000, 4), 2)] for i in range(n)]
    write(folder / DENSITY.file, ["patient_id", *(c.name for c in DENSITY.columns)], density)
    for stain, every in (("HE", 1), ("CD3", 1), ("PDL1", 5)):
        vectors = {ids[i]: rng.normal(0, 0.05, 512).astype(np.float16) for i in range(0, n, every)}
        np.savez(folder / f"tma_{stain}.npz", **vectors)  # type: ignore[arg-type]
    if targets:
        _targets(folder, ids, risk, rng)
    return folder


def _targets(folder: Path, ids: list[str], risk: np.ndarray, rng: np.random.Generator) -> None:
    n = len(ids)
    death = rng.exponential(2500 * np.exp(-risk)) + 1
    other, again, end = (
        rng.exponential(9000, n) + 1,
        rng.exponential(3000 * np.exp(-risk)) + 1,
        rng.uniform(300, 3000, n),
    )
    rows = []
    for i in range(n):
        days = min(death[i], other[i], end[i])
        status = {death[i]: "deceased tumor specific", other[i]: "deceased not tumor specific"}.get(days, "living")
        came = again[i] < days
        rows.append([ids[i], "yes" if came else "no", round(again[i]) if came else "", status, round(days)])
    header = ("recurrence", "days_to_recurrence", "survival_status_with_cause", "days_to_last_information")
    write(folder / "targets.csv", ["patient_id", *header], rows)


@pytest.fixture(scope="session")
def cohort_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented cohort of 240, read only."""
    return make_cohort(tmp_path_factory.mktemp("cohort"))


@pytest.fixture
def fresh_folder(tmp_path: Path) -> Path:
    """A small one that a test may spoil."""
    return make_cohort(tmp_path / "cohort", 20)


@pytest.fixture(scope="session")
def cohort_data(cohort_folder: Path) -> tuple[Features, Events]:
    """Features and outcomes of the invented cohort."""
    cohort = read_cohort(cohort_folder)
    return features(cohort), events(cohort)


@pytest.fixture(scope="session")
def hancock(data_root: Path) -> Path:
    """The real cohort, where it is."""
    folder = data_root / "hancock"
    if not folder.is_dir():
        pytest.skip(f"needs the HANCOCK cohort, and {folder} is no folder")
    return folder
