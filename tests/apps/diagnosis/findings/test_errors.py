from __future__ import annotations

import pytest

from wugan.apps.diagnosis.findings import half_width
from wugan.modalities.medical.records.observations import Observation


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "compared", "half"),
    [
        ("hemoglobin", 10.0, "g/dL", 10.0, 0.4),
        ("potassium", 5.0, "mmol/L", 5.0, 0.3),
        ("glucose", 50.0, "mg/dL", 50.0, 6.0),
        ("glucose", 200.0, "mg/dL", 200.0, 16.0),
        ("temperature", 100.4, "[degF]", 38.0, 0.36),  # 0.2 kelvin are 0.36 degrees Fahrenheit
        ("", 50.0, "1", None, 5.0),
    ],
)
def test_half_widths(analyte: str, value: float, unit: str, compared: float | None, half: float) -> None:
    of = Observation("", "", "", 0, value, unit, analyte=analyte, compared=compared)
    assert half_width(of) == pytest.approx(half, abs=1e-6)
