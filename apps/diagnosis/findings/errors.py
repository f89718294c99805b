"""How far a value of a record may be off, as the half width of a 95 % interval.

`allowable_errors.csv` has for each analyte a share of the value, a difference in the analyte's unit, or both, of which
the greater counts. Sources: C, the limits for proficiency testing of 42 CFR 493.931 to 493.941 as amended in 2022 (in
force since 2025), which a laboratory has to keep; T, ISO 80601-2-56 (clinical thermometers, 0.2 °C); O, ISO
80601-2-61 (pulse oximeters, 2 to 4 % points); B, about twice the deviation that ISO 81060-2 leaves to a device, less
what repeated readings take away; H, taken here as what reading by hand leaves. All else: `ELSE`, a tenth.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from wugan.modalities.medical.records.labs import analytes
from wugan.modalities.medical.records.observations import Observation

ELSE = 0.10


def half_width(of: Observation) -> float:
    """Half width of the 95 % interval of a value, in its own unit."""
    value = abs(of.value or 0.0)
    share, absolute = _table().get(of.analyte, (ELSE, 0.0))
    analyte = analytes().get(of.analyte)
    if absolute and analyte is not None and of.compared is not None:
        middle = analyte.from_unit(of.compared, of.unit)
        absolute = abs(analyte.from_unit(of.compared + absolute, of.unit) - middle)
    return max(share * value, absolute)


@cache
def _table() -> dict[str, tuple[float, float]]:
    with (Path(__file__).parent / "allowable_errors.csv").open(encoding="utf-8", newline="") as file:
        return {row["analyte"]: (float(row["share"] or 0), float(row["absolute"] or 0)) for row in csv.DictReader(file)}
