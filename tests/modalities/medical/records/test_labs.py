from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.modalities.medical.records.labs import CENTRAL, Range, analytes, by_loinc, by_name, deviation, range_sources
from wugan.modalities.medical.records.units import conversion


def test_no_code_means_two_analytes() -> None:
    codes = [code for analyte in analytes().values() for code in analyte.loinc]
    assert len(codes) == len(set(codes)) == len(by_loinc())


@pytest.mark.parametrize("code", sorted({c for a in analytes().values() for c in a.loinc}))
def test_every_code_has_its_check_digit(code: str) -> None:
    """LOINC's check digit is the Luhn digit of the number (LOINC Users' Guide, appendix C)."""
    number, _, digit = code.partition("-")
    doubled = "".join(str(int(d) * 2) if i % 2 == 0 else d for i, d in enumerate(reversed(number)))
    assert (10 - sum(map(int, doubled)) % 10) % 10 == int(digit)


@pytest.mark.parametrize("key", sorted(analytes()))
def test_each_line_of_the_tables_makes_sense(key: str) -> None:
    analyte = analytes()[key]
    assert analyte.possible[0] < analyte.possible[1]
    low, high = analyte.critical
    for sex in ("female", "male", ""):
        for age in (30.0, 80.0):
            of = analyte.range(sex, age)
            if of is None:
                continue
            assert of.low is not None or of.high is not None
            assert of.source in range_sources()
            ends = [end for end in (low, of.low, of.high, high) if end is not None]
            assert ends == sorted(set(ends)), "critical limits lie outside the range"
            assert all(analyte.is_possible(end) for end in ends)
    for unit, factors in analyte.also.items():
        assert analyte.from_unit(analyte.to_unit(3.0, unit), unit) == pytest.approx(3.0)
        if key != "hba1c":  # whose equation between two methods is no conversion of units
            by_ucum = conversion(unit, analyte.unit, analyte.molar_mass, analyte.valence, analyte.activity)
            assert factors == pytest.approx(by_ucum, rel=1e-9)


def test_ranges_by_sex_and_age() -> None:
    haemoglobin = analytes()["hemoglobin"]
    assert haemoglobin.range("female", 40) == Range(12.0, 16.0, "A")
    assert haemoglobin.range("male", 40) == Range(13.5, 17.5, "A")
    assert haemoglobin.range("", 40) == Range(12.0, 17.5, "A")
    child = haemoglobin.range("male", 3)
    assert child is not None and child.low == 11.0
    assert haemoglobin.range("male", 0.1) is None
    assert analytes()["creatinine"].range("male", 6) is None  # no range of adults for a child


def test_haemoglobin_a1c_goes_by_the_master_equation() -> None:
    """NGSP = 0.09148 IFCC + 2.152: Hoelzel et al., Clin Chem 2004;50:166."""
    a1c = analytes()["hba1c"]
    for unit in ("mmol/mol", "mmol/mol{Hb}"):
        assert a1c.to_unit(48, unit) == pytest.approx(6.5, abs=0.05)
    assert a1c.from_unit(7.0, "mmol/mol") == pytest.approx(53, abs=0.1)


def test_an_impossible_value_is_possible_in_another_unit() -> None:
    cases = {"hemoglobin": (140, "g/L"), "glucose": (5.4, "mmol/L"), "creatinine": (90, "umol/L")}
    cases |= {"platelets": (250000, "/uL"), "hematocrit": (0.42, "L/L"), "hba1c": (48, "mmol/mol")}
    for key, (value, unit) in cases.items():
        assert not analytes()[key].is_possible(value)
        assert analytes()[key].meant_unit(value) == unit


def test_deviation_is_1_96_at_the_ends() -> None:
    assert deviation(12.0, Range(12.0, 16.0)) == pytest.approx(-CENTRAL)
    assert deviation(14.0, Range(12.0, 16.0)) == 0
    assert deviation(16.0, Range(12.0, 16.0)) == pytest.approx(CENTRAL)
    assert deviation(math.sqrt(4 * 11), Range(4, 11), log=True) == pytest.approx(0)
    assert deviation(5.0, Range(None, 5.0)) == pytest.approx(CENTRAL)
    assert deviation(0.0, Range(None, 5.0)) == pytest.approx(-CENTRAL)
    assert deviation(60.0, Range(60.0, None)) == pytest.approx(-CENTRAL)
    assert deviation(120.0, Range(60.0, None)) == 0


@given(a=st.floats(0, 1e4), b=st.floats(0, 1e4), log=st.booleans(), low=st.sampled_from([None, 2.0, 40.0]))
@settings(max_examples=50)
def test_deviation_grows_with_the_value(a: float, b: float, log: bool, low: float | None) -> None:
    of = Range(low, 50.0)
    small, large = sorted((a, b))
    assert deviation(small, of, log) <= deviation(large, of, log)
    assert math.isfinite(deviation(a, of, log))


def test_tables_may_call_them_by_many_names() -> None:
    for name in ("718-7", "hemoglobin", "haemoglobin", "hemoglobin [mass/volume] in blood", "urea nitrogen"):
        assert by_name()[name].key in ("hemoglobin", "urea_nitrogen")
