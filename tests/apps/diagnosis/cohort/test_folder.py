from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.apps.diagnosis.cohort.folder import read_cohort
from wugan.errors import DataError

HEMOGLOBIN = "Hemoglobin [Mass/volume] in Blood"


def edit(path: Path, line: int, column: str, value: str) -> None:
    """Overwrite one cell; line 1 is the header."""
    lines = path.read_text().splitlines()
    cells = lines[line - 1].split(",")
    cells[lines[0].split(",").index(column)] = value
    lines[line - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")


def append(path: Path, column: str) -> None:
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0] + f",{column}", *(line + ",1" for line in lines[1:])]) + "\n")


def test_patients_lack_what_their_files_lack(cohort_folder: Path) -> None:
    cohort = read_cohort(cohort_folder)
    assert len(cohort) == 240 and cohort.outcomes is not None
    assert cohort.modalities("001") == ["clinical", "pathology", "blood", "icd", "density", "tma"]
    assert "blood" not in cohort.modalities("007") and "icd" not in cohort.modalities("011")
    assert cohort.rows["pathology"]["001"]["perinodal_invasion"] is None
    assert cohort.embeddings["HE"]["001"].shape == (512,)


def test_without_targets_and_with_few_files(fresh_folder: Path) -> None:
    for name in ("targets.csv", "blood.csv", "tma_HE.npz"):
        (fresh_folder / name).unlink()
    cohort = read_cohort(fresh_folder)
    assert cohort.outcomes is None and "blood" not in cohort.rows
    assert any("blood.csv" in note for note in cohort.notes) and any("tma_HE.npz" in note for note in cohort.notes)


def test_a_patient_known_from_one_file_only_counts(fresh_folder: Path) -> None:
    np.savez(fresh_folder / "tma_CD8.npz", **{"900": np.zeros(512, np.float16)})
    cohort = read_cohort(fresh_folder)
    assert cohort.patients[-1] == "900" and cohort.modalities("900") == ["tma"]


def test_columns_that_tell_of_what_came_later_are_not_read(fresh_folder: Path) -> None:
    for column in ("days_to_death", "primarily_metastasis", "adjuvant_radiotherapy", "shoe_size"):
        append(fresh_folder / "clinical.csv", column)
    cohort = read_cohort(fresh_folder)
    assert set(cohort.rows["clinical"]["001"]) == {
        "sex",
        "smoking_status",
        "age_at_initial_diagnosis",
    }
    later = "came later: days_to_death, primarily_metastasis, adjuvant_radiotherapy"
    assert any(later in note for note in cohort.notes)
    assert any("shoe_size" in note for note in cohort.notes)


@pytest.mark.parametrize(
    ("file", "column", "value", "says"),
    [
        ("clinical.csv", "age_at_initial_diagnosis", "sixty", r"line 3, age.*'sixty' is no number"),
        ("clinical.csv", "age_at_initial_diagnosis", "160", r"160 is not a number from 0 to 120 years"),
        ("clinical.csv", "smoking_status", "1.5", r"1.5 is not a whole number from 0 to 3 \(0 former"),
        ("clinical.csv", "patient_id", "000", r"line 3: patient 000 is on line 2 already"),
        ("clinical.csv", "patient_id", "", r"line 3: no patient_id"),
        ("blood.csv", HEMOGLOBIN, "142", r"142 is not a number from 2 to 25 g/dL; is it in g/dL\?"),
        ("blood.csv", HEMOGLOBIN, "inf", r"not finite"),
        ("targets.csv", "survival_status_with_cause", "gone", r"status 'gone', expected one of living"),
        ("targets.csv", "recurrence", "perhaps", r"recurrence 'perhaps'"),
        ("targets.csv", "days_to_last_information", "-4", r"0 or more"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(fresh_folder: Path, file: str, column: str, value: str, says: str) -> None:
    edit(fresh_folder / file, 3, column, value)
    with pytest.raises(DataError, match=says) as caught:
        read_cohort(fresh_folder)
    assert file in str(caught.value)


def test_a_table_that_is_another(fresh_folder: Path) -> None:
    path = fresh_folder / "clinical.csv"
    whole = path.read_text()
    path.write_text(whole.replace(",", ";"))
    with pytest.raises(DataError, match="semicolons"):
        read_cohort(fresh_folder)
    path.write_text(whole.replace("smoking_status", "smokes"))
    with pytest.raises(DataError, match="lacks the column 'smoking_status'"):
        read_cohort(fresh_folder)
    path.write_text(whole.replace("\n", ",7\n", 2).replace(",7\n", "\n", 1))
    with pytest.raises(DataError, match=r"line 2: 5 cells, the first line names 4"):
        read_cohort(fresh_folder)
    path.write_bytes(b"patient_id,\xff\xfe\n")
    with pytest.raises(DataError, match="no UTF-8 CSV"):
        read_cohort(fresh_folder)


def test_embeddings_that_are_others(fresh_folder: Path) -> None:
    path = fresh_folder / "tma_HE.npz"
    np.savez(path, **{"001": np.zeros(300)})
    with pytest.raises(DataError, match=r"patient 001: shape \(300,\), expected \(512,\)"):
        read_cohort(fresh_folder)
    np.savez(path, **{"001": np.full(512, np.nan)})
    with pytest.raises(DataError, match="NaN"):
        read_cohort(fresh_folder)
    np.savez(path, **{"001": np.array([{}], dtype=object)})  # needs pickle, which may run anything
    with pytest.raises(DataError, match="no readable"):
        read_cohort(fresh_folder)
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(DataError, match="no readable"):
        read_cohort(fresh_folder)


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        read_cohort(tmp_path / "nowhere")
    with pytest.raises(DataError, match="holds no patient"):
        read_cohort(tmp_path)


def test_reference_ranges_of_ones_own(fresh_folder: Path) -> None:
    path = fresh_folder / "blood_reference_ranges.csv"
    path.write_text(f"analyte,sex,low,high,unit\n{HEMOGLOBIN},male,14,18,g/dL\n")
    assert read_cohort(fresh_folder).ranges == {("hb", 0): (14.0, 18.0)}
    path.write_text(f"analyte,sex,low,high,unit\n{HEMOGLOBIN},male,140,180,g/L\n")
    with pytest.raises(DataError, match=r"line 2: unit 'g/L', but Hemoglobin.*g/dL"):
        read_cohort(fresh_folder)
