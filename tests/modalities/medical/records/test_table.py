from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wugan.errors import DataError
from wugan.modalities.medical.records import Record, read_record, read_records

Write = Callable[..., Path]


def read(written: Write, *lines: str) -> list[Record]:
    return read_records(written("\n".join(lines) + "\n", "table.csv"))


def codes(record: Record) -> list[str]:
    return [note.code for note in record.notes]


def test_wide(written: Write) -> None:
    records = read(
        written,
        "patient_id,date,sex,birth_date,Hemoglobin [Mass/volume] in Blood,2160-0 (umol/L),shoe size",
        "1,2024-05-01,m,1960-02-03,12.1,88,44",
        "1,2024-06-01,m,,,95,",
        "2,2024-05-01,f,,13,,",
    )
    first, second = records
    assert [(of.analyte, of.value, of.unit, of.flag) for of in first.observations if not of.derived] == [
        ("creatinine", 88, "umol/L", "normal"), ("hemoglobin", 12.1, "g/dL", "low"),
        ("creatinine", 95, "umol/L", "normal"),
    ]  # fmt: skip
    assert [of.analyte for of in first.observations if of.derived] == ["egfr"]
    assert {"columns-skipped", "unit-assumed"} <= set(codes(first))
    assert (second.patient.id, second.patient.sex, len(second.observations)) == ("2", "female", 1)
    assert first.observations[0].source == "line 2, 2160-0 (umol/L)"


def test_long(written: Write) -> None:
    (record,) = read(
        written,
        "patient_id,time,code,value,unit,low,high",
        "1,2024-05-01T08:00:00Z,718-7,121,g/L,,",
        "1,2024-05-01T08:00:00Z,99999-9,5,zz,1,3",
        "1,2024-05-01T08:00:00Z,blood group,A,,,",
    )
    found = {of.display: of for of in record.observations}
    assert (found["Haemoglobin"].flag, found["Haemoglobin"].value) == ("normal", 121)  # of either sex
    assert (found["99999-9"].flag, found["99999-9"].range_source) == ("high", "record")
    assert (found["blood group"].value, found["blood group"].text) == (None, "A")


def test_semicolons_and_decimal_commas(written: Write) -> None:
    (record,) = read(written, "patient_id;date;age;sex;potassium (mmol/l);CRP", "7;2024-05-01;61,5;w;<3,4;x")
    found = record.latest("potassium")
    assert found is not None
    assert (found.value, found.comparator, found.flag, record.patient.sex) == (3.4, "<", "low", "female")
    assert record.patient.age(found.time_ns) == pytest.approx(61.5)


def test_ages_without_dates(written: Write) -> None:
    child, adult = read(written, "patient_id,age,hemoglobin", "1,3,11.5", "2,30,11.5")
    assert child.observations[0].flag == "normal"
    assert adult.observations[0].flag == "low"
    assert child.patient.age(0) == pytest.approx(3)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("id,hemoglobin", "1,12"), "no column 'patient_id'"),
        (("patient_id,shoe size", "1,44"), "no column names a known quantity"),
        (("patient_id,hemoglobin",), "has a header and no line"),
        (("patient_id,hemoglobin", "1,12,13"), "line 2: 3 cells, the first line names 2"),
        (("patient_id,hemoglobin,hemoglobin", "1,1,1"), "column 'hemoglobin' occurs twice"),
        (("patient_id,date,hemoglobin", "1,1.5.2024,12"), "line 2: '1.5.2024' is no date"),
        (("patient_id,sex,hemoglobin", "1,0,12"), "line 2: sex '0'; write male"),
        (("patient_id,sex,hemoglobin", "1,m,12", "1,f,12"), "patient 1 has several sexes"),
        (("patient_id,age,hemoglobin", "1,old,12"), "line 2: age 'old'"),
        (("patient_id,hemoglobin", ",12"), "line 2: no patient_id"),
    ],
)
def test_errors_name_line_and_column(lines: tuple[str, ...], says: str, written: Write) -> None:
    with pytest.raises(DataError, match=says):
        read(written, *lines)


def test_several_patients_are_not_one_record(written: Write) -> None:
    path = written("patient_id,hemoglobin\n1,12\n2,13\n", "t.csv")
    with pytest.raises(DataError, match="2 patients"):
        read_record(path)
    assert read_record(path, "2").observations[0].value == 13


def test_ambiguous_cells_are_kept_as_text(written: Write) -> None:
    (record,) = read(written, "patient_id,platelets (/uL)", '1,"150,000"')
    assert (record.observations[0].value, record.observations[0].text) == (None, "150,000")
    assert "number-not-read" in codes(record)


def test_the_cohort_s_blood_table(data_root: Path) -> None:
    path = data_root / "hancock" / "blood.csv"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    records = read_records(path)
    assert len(records) > 500
    assert sum(len(record.observations) for record in records) > 7000
    assert not any(of.flag == "implausible" for record in records for of in record.observations)
