from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.medical.records.units import convert, known, spelled


@pytest.mark.parametrize(
    ("written", "ucum"),
    [
        ("x10^9/L", "10*9/L"), ("10e9/L", "10*9/L"), ("K/uL", "10*9/L"), ("10*3/uL", "10*9/L"), ("thou/mm3", "10*9/L"),
        ("G/L", "10*9/L"), ("Tsd./µl", "10*9/L"), ("M/uL", "10*12/L"), ("cells/µL", "10*6/L"), ("g/L", "g/L"),
        ("MG/DL", "mg/dL"), ("gm/dl", "g/dL"), ("mcg/L", "ug/L"), ("μmol/l", "umol/L"), ("mEq/L", "meq/L"),
        ("IU/L", "[IU]/L"), ("µIU/mL", "u[IU]/mL"), ("mm Hg", "mm[Hg]"), ("°C", "Cel"), ("bpm", "/min"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"), ("kg/m²", "kg/m2"), ("mmol/mol{Hb}", "mmol/mol"),
        ("{cells}/uL", "10*6/L"), ("10*9/L{cells}", "10*9/L"), ("furlong", "furlong"),
    ],
)  # fmt: skip
def test_what_laboratories_write(written: str, ucum: str) -> None:
    assert spelled(written) == ucum
    assert spelled(ucum) == ucum


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (140, "g/L", "g/dL", 14.0), (7000, "/uL", "10*9/L", 7.0), (5.5, "K/uL", "10*9/L", 5.5),
        (0.42, "L/L", "%", 42.0), (98.6, "[degF]", "Cel", 37.0), (98.6, "F", "Cel", 37.0), (310.15, "K", "Cel", 37.0),
        (10, "kPa", "mm[Hg]", 75.0061575846), (70, "[in_i]", "cm", 177.8), (150, "lbs", "kg", 68.0388555),
        (0.5, "ukat/L", "U/L", 30.0), (500, "ng/mL", "ug/L", 500.0),
    ],
)  # fmt: skip
def test_conversions(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("value", "unit", "to", "mass", "expected"),
    [  # factors as in the AMA Manual of Style's table of SI conversions
        (5.0, "mmol/L", "mg/dL", 180.16, 90.08), (88.4, "umol/L", "mg/dL", 113.12, 1.0),
        (5.17, "mmol/L", "mg/dL", 386.65, 199.9), (17.1, "umol/L", "mg/dL", 584.66, 1.0),
        (2.5, "mmol/L", "mg/dL", 40.078, 10.02), (1.7, "mmol/L", "mg/dL", 885.4, 150.5),
        (1.0, "mg/mmol", "mg/g", 113.12, 8.84),
    ],
)  # fmt: skip
def test_mass_and_amount_of_substance(value: float, unit: str, to: str, mass: float, expected: float) -> None:
    assert convert(value, unit, to, molar_mass=mass) == pytest.approx(expected, rel=2e-3)
    assert convert(convert(value, unit, to, mass), to, unit, mass) == pytest.approx(value, rel=1e-9)


def test_equivalents_need_the_valence() -> None:
    assert convert(2.0, "meq/L", "mmol/L", valence=2) == pytest.approx(1.0)
    assert convert(5.0, "mEq/L", "mg/dL", molar_mass=40.078, valence=2) == pytest.approx(10.02, rel=1e-3)


def test_activities_that_mean_the_same() -> None:
    assert convert(30, "IU/L", "U/L", activity="U") == 30
    assert convert(2, "uU/mL", "m[IU]/L", activity="[IU]") == 2
    with pytest.raises(DataError, match="does not convert"):
        convert(30, "[IU]/L", "U/L")


def test_errors_name_the_unit_and_the_remedy() -> None:
    with pytest.raises(DataError, match=r"'furlongs/x' is no unit of UCUM; write it in UCUM"):
        convert(1, "furlongs/x", "mg/dL")
    with pytest.raises(DataError, match="'cm' does not convert to 'mg/dL'"):
        convert(1, "cm", "mg/dL", molar_mass=180.16)
    with pytest.raises(DataError, match="no unit"):
        convert(1, "dB", "1")  # a logarithm
    assert known("mg/dL") and known("K/uL") and not known("furlong")


@given(
    value=st.floats(1e-3, 1e6),
    pair=st.sampled_from(
        [("g/L", "mg/dL"), ("10*3/uL", "10*9/L"), ("[degF]", "Cel"), ("kPa", "mm[Hg]"), ("ukat/L", "U/L"), ("h", "min")]
    ),
)
@settings(max_examples=40)
def test_there_and_back(value: float, pair: tuple[str, str]) -> None:
    unit, to = pair
    there = convert(value, unit, to)
    assert convert(there, to, unit) == pytest.approx(value, rel=1e-9, abs=1e-9)


@given(st.text(max_size=12))
@settings(max_examples=40)
def test_any_text_is_a_unit_or_an_error(text: str) -> None:
    assert spelled(spelled(text)) == spelled(text)
    if not known(text) and text.strip() != "mg/dL" and spelled(text) != "mg/dL":
        with pytest.raises(DataError):
            convert(1.0, text, "mg/dL")
