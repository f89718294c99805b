"""What follows from a record by a published rule: quantities by formula, and the Charlson comorbidity index.

Quantities are computed for the newest values that belong together (taken within a day, or as said), in analytes' units,
and only where the record has not the quantity itself at that time; each names its source.

The index is of coded conditions. Weights: Charlson et al., J Chronic Dis 1987;40:373. ICD-10 codes: Quan et al., Med
Care 2005;43:1130. SNOMED CT has no published mapping that may be shipped: `charlson.csv` lists single concepts, and a
concept that is not in it counts as not mapped, which `Comorbidity.unmapped` tells. Every condition that was ever
recorded counts, active or not, as in the original.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wugan.modalities.medical.records.interpretation import ADULT
from wugan.modalities.medical.records.labs import LOINC, Range, analytes, deviation
from wugan.modalities.medical.records.observations import Event, Observation, Patient
from wugan.modalities.medical.records.values import DAY_NS

Inputs = dict[str, float]


@dataclass(frozen=True, slots=True)
class Formula:
    """A derived quantity.

    Attributes:
        code: LOINC code where there is one, else a name.
        analyte: key of the analyte that it is, or empty.
        display: its name.
        unit: of the result, UCUM.
        needs: keys of analytes.
        within_days: how far the inputs' times may lie apart.
        compute: the result from inputs by key, `age` and `female` among them; `None` where the formula does not hold.
        range: reference range, where the analyte gives none.
        source: the formula's publication.
    """

    code: str
    analyte: str
    display: str
    unit: str
    needs: tuple[str, ...]
    within_days: float
    compute: Callable[[Inputs], float | None]
    range: Range | None
    source: str


def egfr_ckd_epi_2021(creatinine: float, age: float, female: bool) -> float:
    """Estimated glomerular filtration rate, mL/min/1.73 m², of an adult; creatinine in mg/dL.

    Inker et al., N Engl J Med 2021;385:1737 (CKD-EPI creatinine equation 2021, without race).
    """
    kappa, alpha = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = creatinine / kappa
    return 142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.200 * 0.9938**age * (1.012 if female else 1)


def _egfr(of: Inputs) -> float | None:
    if math.isnan(of["age"]) or of["age"] < ADULT or math.isnan(of["female"]) or of["creatinine"] <= 0:
        return None
    return egfr_ckd_epi_2021(of["creatinine"], of["age"], of["female"] == 1)


def _bmi(of: Inputs) -> float | None:
    return None if of["height"] <= 0 else of["weight"] / (of["height"] / 100) ** 2


def _fib4(of: Inputs) -> float | None:
    if math.isnan(of["age"]) or of["age"] < ADULT or of["platelets"] <= 0 or of["alt"] <= 0:
        return None
    return of["age"] * of["ast"] / (of["platelets"] * math.sqrt(of["alt"]))


def _ratio(above: str, below: str) -> Callable[[Inputs], float | None]:
    return lambda of: None if of[below] <= 0 else of[above] / of[below]


FORMULAS = (
    Formula("98979-8", "egfr", "Estimated glomerular filtration rate (CKD-EPI 2021)", "mL/min/{1.73_m2}",
            ("creatinine",), 0, _egfr, None, "Inker et al., N Engl J Med 2021;385:1737"),
    Formula("39156-5", "bmi", "Body mass index", "kg/m2", ("weight", "height"), 365, _bmi, None,
            "WHO Technical Report Series 894 (2000)"),
    Formula("corrected-calcium", "", "Calcium corrected for albumin", "mg/dL", ("calcium", "albumin"), 1,
            lambda of: of["calcium"] + 0.8 * (4.0 - of["albumin"]), Range(8.6, 10.3, "A"),
            "Payne et al., Br Med J 1973;4:643"),
    Formula("33037-3", "", "Anion gap", "mmol/L", ("sodium", "chloride", "bicarbonate"), 1,
            lambda of: of["sodium"] - of["chloride"] - of["bicarbonate"], Range(4, 16, "A"),
            "Emmett & Narins, Medicine 1977;56:38"),
    Formula("fib-4", "", "FIB-4 index of liver fibrosis", "1", ("ast", "alt", "platelets"), 30, _fib4,
            Range(None, 2.67, "F4"),
            "Sterling et al., Hepatology 2006;43:1317 (2.67: McPherson et al., Gut 2010;59:1265)"),
    Formula("nlr", "", "Neutrophil to lymphocyte ratio", "1", ("neutrophils", "lymphocytes"), 1,
            _ratio("neutrophils", "lymphocytes"), Range(0.78, 3.53, "NL"),
            "Zahorec, Bratisl Lek Listy 2001;102:5 (range: Forget et al., BMC Res Notes 2017;10:12)"),
    Formula("43396-1", "non_hdl", "Non-HDL cholesterol", "mg/dL", ("cholesterol", "hdl"), 1,
            lambda of: of["cholesterol"] - of["hdl"], None, "NCEP ATP III, Circulation 2002;106:3143"),
)  # fmt: skip
"""What is derived, in this order."""


def derive(observations: Sequence[Observation], patient: Patient) -> list[Observation]:
    """Derived observations for the newest inputs.

    Args:
        observations: sorted by time.
        patient: for age and sex, without which some formulas do not hold.
    """
    usable = [o for o in observations if o.compared is not None and o.time_ns is not None and not o.comparator]
    newest = {o.analyte: o for o in usable}  # the last one of each, as they are sorted
    out = []
    for formula in FORMULAS:
        inputs = [newest[key] for key in formula.needs if key in newest]
        if len(inputs) < len(formula.needs):
            continue
        times = [o.time_ns for o in inputs if o.time_ns is not None]
        time = max(times)
        if time - min(times) > formula.within_days * DAY_NS or _known(formula, newest, time):
            continue
        age = patient.age(time)
        female = {"female": 1.0, "male": 0.0}.get(patient.sex, math.nan)
        values: Inputs = {"age": math.nan if age is None else age, "female": female}
        values |= {o.analyte: o.compared for o in inputs if o.compared is not None}
        result = formula.compute(values)
        if result is not None and math.isfinite(result):
            out.append(_observation(formula, result, time, inputs, patient, age))
    return out


def _known(formula: Formula, newest: dict[str, Observation], time: int) -> bool:
    """Whether the record has the quantity itself, not older than the inputs by more than a day."""
    own = newest.get(formula.analyte) if formula.analyte else None
    return own is not None and own.time_ns is not None and own.time_ns >= time - DAY_NS


def _observation(
    formula: Formula, value: float, time: int, inputs: Sequence[Observation], patient: Patient, age: float | None
) -> Observation:
    value = float(f"{value:.6g}")
    analyte = analytes().get(formula.analyte)
    of = analyte.range(patient.sex, age) if analyte else formula.range
    if analyte is None and age is not None and age < ADULT:
        of = None
    flag, sigma = "unknown", None
    if of is not None:
        flag = "low" if of.low is not None and value < of.low else "normal"
        flag = "high" if of.high is not None and value > of.high else flag
        sigma = deviation(value, of)
    return Observation(
        code=formula.code,
        system=LOINC if formula.code[0].isdigit() else "",
        display=formula.display,
        time_ns=time,
        value=value,
        unit=formula.unit,
        low=of.low if of else None,
        high=of.high if of else None,
        flag=flag,
        source="derived from " + ", ".join(sorted(o.source for o in inputs)),
        category="derived",
        analyte=formula.analyte,
        compared=value if analyte else None,
        deviation=sigma,
        range_source=of.source if of else "",
        derived=formula.source,
    )


SNOMED = "http://snomed.info/sct"
_ICD10_OIDS = ("urn:oid:2.16.840.1.113883.6.3", "urn:oid:2.16.840.1.113883.6.90")


@dataclass(frozen=True, slots=True)
class Comorbidity:
    """What the index is made of.

    Attributes:
        score: the index, without points for age.
        categories: what counted, sorted.
        mapped: conditions whose code system is known here, whether they count or not.
        unmapped: names of SNOMED concepts that are not in the list, and of conditions without a usable code, sorted:
            they may or may not belong to a category.
    """

    score: int
    categories: tuple[str, ...]
    mapped: int
    unmapped: tuple[str, ...]


def comorbidity(conditions: Sequence[Event]) -> Comorbidity:
    """The index of these conditions."""
    found: set[str] = set()
    unmapped: set[str] = set()
    mapped = 0
    for condition in conditions:
        icd = [code for system, code in _codes(condition) if is_icd10(system)]
        snomed = [code for system, code in _codes(condition) if system == SNOMED]
        names = {name for name, category in _table().items() if category.has(icd, snomed)}
        found |= names
        if icd or names:
            mapped += 1
        else:
            unmapped.add(condition.display or condition.code)
    counted = sorted(name for name in found if _table()[name].replaced_by not in found)
    return Comorbidity(sum(_table()[name].weight for name in counted), tuple(counted), mapped, tuple(sorted(unmapped)))


def is_icd10(system: str) -> bool:
    """Whether a code system is ICD-10 or one of its national editions."""
    return "icd-10" in system.lower() or system in _ICD10_OIDS


@dataclass(frozen=True, slots=True)
class _Category:
    weight: int
    replaced_by: str
    icd10: tuple[str, ...]
    snomed: frozenset[str]

    def has(self, icd: Sequence[str], snomed: Sequence[str]) -> bool:
        return any(code.replace(".", "").upper().startswith(self.icd10) for code in icd) or bool(
            self.snomed.intersection(snomed)
        )


def _codes(condition: Event) -> list[tuple[str, str]]:
    pairs = [code.rpartition("|") for code in condition.codes or (f"{condition.system}|{condition.code}",)]
    return [(system, code) for system, _, code in pairs if code]


@cache
def _table() -> dict[str, _Category]:
    with (Path(__file__).parent / "charlson.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["category"]: _Category(
                int(row["weight"]), row["replaced_by"], tuple(row["icd10"].split()), frozenset(row["snomed"].split())
            )
            for row in csv.DictReader(file)
        }
