"""Blood counts: LOINC names, units, and reference ranges for adults by sex."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.diagnosis.cohort.schema import Column, Table


@dataclass(frozen=True)
class Analyte:
    """One quantity of the blood count.

    Attributes:
        key: short name, which features bear.
        loinc: LOINC long name, the column's name.
        unit: UCUM unit that the values must be in.
        possible: least and greatest value that a living adult can have; beyond it the unit must be another.
        male: reference range of men.
        female: of women.
        log: whether it is read on a logarithmic scale.
    """

    key: str
    loinc: str
    unit: str
    possible: tuple[float, float]
    male: tuple[float, float]
    female: tuple[float, float]
    log: bool = False

    def range(self, sex: float | None) -> tuple[float, float]:
        """Reference range of a sex (0 male, 1 female); where it is unknown, what is normal for either."""
        if sex is None:
            return min(self.male[0], self.female[0]), max(self.male[1], self.female[1])
        return self.female if sex else self.male


def _same(
    key: str, loinc: str, unit: str, possible: tuple[float, float], both: tuple[float, float], log: bool = False
) -> Analyte:
    return Analyte(key, loinc, unit, possible, both, both, log)


# Usual ranges of European laboratories for adults (as in Herold, Innere Medizin; Thomas, Labor und Diagnose). The data
# set names no laboratory's own; a folder may bring one in `blood_reference_ranges.csv`.
ANALYTES = (
    _same("wbc", "Leukocytes [#/volume] in Blood", "10*9/L", (0.1, 400), (4.0, 10.5), True),
    Analyte("hb", "Hemoglobin [Mass/volume] in Blood", "g/dL", (2, 25), (13.5, 17.5), (12.0, 16.0)),
    _same("plt", "Platelets [#/volume] in Blood", "10*9/L", (1, 3000), (150, 400), True),
    Analyte("rbc", "Erythrocytes [#/volume] in Blood", "10*12/L", (0.5, 10), (4.3, 5.9), (3.8, 5.2)),
    Analyte("hct", "Hematocrit [Volume Fraction] of Blood", "%", (8, 80), (40, 52), (36, 47)),
    _same("mch", "Erythrocyte mean corpuscular hemoglobin [Entitic mass]", "pg", (10, 60), (27, 34)),
    _same("mcv", "Erythrocyte mean corpuscular volume [Entitic volume]", "fL", (40, 160), (80, 98)),
    _same("mchc", "Erythrocyte mean corpuscular hemoglobin concentration [Mass/volume]", "g/dL", (20, 45), (31.5, 36)),
    _same("rdw", "Erythrocyte distribution width [Ratio]", "%", (8, 45), (11.5, 14.5), True),
    _same("mpv", "Platelet mean volume [Entitic volume] in Blood", "fL", (4, 25), (9, 12.5)),
    _same("gran", "Granulocytes [#/volume] in Blood", "10*9/L", (0, 300), (1.8, 7.5), True),
    _same("eos", "Eosinophils [#/volume] in Blood", "10*9/L", (0, 100), (0.02, 0.5), True),
    _same("baso", "Basophils [#/volume] in Blood", "10*9/L", (0, 50), (0.0, 0.1), True),
    _same("lym", "Lymphocytes [#/volume] in Blood", "10*9/L", (0, 400), (1.0, 3.5), True),
    _same("mono", "Monocytes [#/volume] in Blood", "10*9/L", (0, 100), (0.2, 0.8), True),
    _same(
        "pdw",
        "Platelet distribution width [Entitic volume] in Blood by Automated count",
        "fL",
        (3, 40),
        (9, 17),
        True,
    ),
)
BLOOD = Table(
    "blood",
    "blood.csv",
    tuple(Column(a.loinc, *a.possible, codes=False, may_lack=True, unit=a.unit) for a in ANALYTES),
)
