"""What a clinician reads off a patient's tables, as numbers; NaN where it is not known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.blood import ANALYTES
from wugan.apps.diagnosis.cohort.cohort import Cohort
from wugan.apps.diagnosis.cohort.schema import DENSITY, EMBEDDING, ICD_CATEGORIES, MODALITIES, STAINS
from wugan.errors import DataError

Array = NDArray[np.float64]
Row = Mapping[str, float | None]
_NAN = float("nan")
_HYPOPHARYNX, _LARYNX, _ORAL, _OROPHARYNX = 1, 2, 3, 4
_T: dict[float | None, float] = {0: 0.0, 2: 1.0, 3: 1.0, 4: 1.0, 5: 2.0, 6: 3.0, 7: 4.0, 8: 4.0}  # 1 is TX
_N: dict[float | None, float] = {1: 0.0, 2: 1.0, 3: 1.0, 4: 2.0, 5: 2.0, 6: 2.0, 7: 2.0, 8: 3.0, 9: 3.0}  # 0 is NX
_MANY_NODES = 5  # positive nodes that make pN2 of a p16-positive oropharynx (AJCC, 8th edition)


@dataclass(frozen=True)
class Features:
    """Values of N patients.

    Attributes:
        values: `[N, F]` for each table modality; a patient without it has a row of NaN.
        stains: `[N, 8, 512]`, NaN where a stain is missing.
        names: of the columns.
    """

    values: dict[str, Array]
    stains: Array
    names: dict[str, list[str]]

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Features:
        return Features({name: of[rows] for name, of in self.values.items()}, self.stains[rows], self.names)

    def __len__(self) -> int:
        return len(self.stains)

    def present(self, modality: str) -> NDArray[np.bool_]:
        """Who brings a modality, `[N]`."""
        if modality == "tma":
            return np.asarray((~np.isnan(self.stains[:, :, 0])).any(axis=1))
        return np.asarray((~np.isnan(self.values[modality])).any(axis=1))

    def without(self, *modalities: str) -> Features:
        """The same with modalities missing for everybody."""
        values = {n: np.full_like(of, _NAN) if n in modalities else of for n, of in self.values.items()}
        stains = np.full_like(self.stains, _NAN) if "tma" in modalities else self.stains
        return Features(values, stains, self.names)

    def hide(self, names: Sequence[str]) -> Features:
        """The same with single features unknown of everybody.

        Raises:
            DataError: there is no such feature.
        """
        for wanted in names:
            if not any(wanted in of for of in self.names.values()):
                known = ", ".join(name for of in self.names.values() for name in of)
                raise DataError(f"no feature is called {wanted!r}; there are {known}")
        unknown = {table: np.isin(of, list(names)) for table, of in self.names.items()}
        values = {table: np.where(unknown[table], _NAN, of) for table, of in self.values.items()}
        return Features(values, self.stains, self.names)

    def only(self, *modalities: str) -> Features:
        """The same with all other modalities missing for everybody."""
        return self.without(*(name for name in MODALITIES if name not in modalities))


def features(cohort: Cohort) -> Features:
    """Features of a cohort's patients, in order."""
    tables: dict[str, list[dict[str, float]]] = {name: [] for name in MODALITIES if name != "tma"}
    for patient in cohort.patients:
        rows = {name: cohort.rows.get(name, {}).get(patient) for name in tables}
        rows = {name: row if cohort.has(patient, name) else None for name, row in rows.items()}
        sex = None if rows["clinical"] is None else rows["clinical"].get("sex")
        tables["clinical"].append(_clinical(rows["clinical"] or {}))
        tables["pathology"].append(_pathology(rows["pathology"] or {}))
        tables["blood"].append(_blood(rows["blood"] or {}, sex, cohort))
        tables["icd"].append(_icd(rows["icd"]))
        tables["density"].append(_density(rows["density"] or {}))
    names = {name: list(of[0]) if of else [] for name, of in tables.items()}
    values = {
        name: np.array([list(row.values()) for row in of], float).reshape(len(cohort), len(names[name]))
        for name, of in tables.items()
    }
    for name, of in values.items():
        lacking = np.array([not cohort.has(patient, name) for patient in cohort.patients], bool)
        of[lacking] = _NAN
    stains = np.full((len(cohort), len(STAINS), EMBEDDING), _NAN)
    for column, stain in enumerate(STAINS):
        for row, patient in enumerate(cohort.patients):
            if patient in cohort.embeddings.get(stain, {}):
                stains[row, column] = cohort.embeddings[stain][patient]
    return Features(values, stains, names)


def _get(row: Row, name: str) -> float:
    value = row.get(name)
    return _NAN if value is None else float(value)


def _is(value: float, *codes: float) -> float:
    return _NAN if math.isnan(value) else float(value in codes)


def _clinical(row: Row) -> dict[str, float]:
    age, smoking = _get(row, "age_at_initial_diagnosis"), _get(row, "smoking_status")
    smoking = _NAN if smoking == 3 else smoking
    return {
        "female": _get(row, "sex"),
        "former smoker": _is(smoking, 0),
        "never smoked": _is(smoking, 1),
        "smoker": _is(smoking, 2),
        "age": age,
        "age over 70": _NAN if math.isnan(age) else max(0.0, age - 70),
    }


def _pathology(row: Row) -> dict[str, float]:
    site, p16, grading = (_get(row, n) for n in ("primary_tumor_site", "hpv_association_p16", "grading"))
    t, n = (of.get(row.get(name), _NAN) for of, name in ((_T, "pT_stage"), (_N, "pN_stage")))
    nodes, depth = _get(row, "number_of_positive_lymph_nodes"), _get(row, "infiltration_depth_in_mm")
    residue, around = _get(row, "resection_status"), _get(row, "perinodal_invasion")
    lymph, vessel, nerve = (
        _get(row, name) for name in ("lymphovascular_invasion_L", "vascular_invasion_V", "perineural_invasion_Pn")
    )
    hpv = _NAN if math.isnan(site) or math.isnan(p16) else float(site == _OROPHARYNX and p16 == 2)
    around = 0.0 if math.isnan(around) and n == 0 else around  # nothing to grow out of
    nodes = 0.0 if math.isnan(nodes) and n == 0 else nodes
    histology = _get(row, "histologic_type")
    return {
        "pT": t,
        "pT4": _is(t, 4),
        "pN": n,
        "pN2 or more": _is(n, 2, 3),
        "pN3": _is(n, 3),
        "neck not staged": _is(_get(row, "pN_stage"), 0),
        "log positive nodes": math.log1p(nodes),
        "perinodal invasion": around,
        "lymphatic invasion": lymph,
        "venous invasion": vessel,
        "perineural invasion": nerve,
        "R1 or R2": _NAN if residue == 3 else _is(residue, 1, 2),
        "RX": _is(residue, 3),
        "carcinoma in situ": _get(row, "carcinoma_in_situ"),
        "log depth": math.log1p(depth),
        "depth not measured": float(math.isnan(depth)) if row else _NAN,
        "grade": _NAN if grading == 3 else grading,
        "p16 negative": _is(p16, 0),
        "p16 positive": _is(p16, 2),
        "HPV oropharynx": hpv,
        "stage": _stage(t, n, nodes, hpv),
        "adverse features": float(np.nansum([lymph, vessel, nerve, t >= 3, n >= 2])) if row else _NAN,
        "major adverse": _is(residue, 1, 2) if around != 1 else 1.0,
        "hypopharynx": _is(site, _HYPOPHARYNX),
        "larynx": _is(site, _LARYNX),
        "oral cavity": _is(site, _ORAL),
        "oropharynx": _is(site, _OROPHARYNX),
        "keratinising": _is(histology, 3),
        "non-keratinising": _is(histology, 4),
        "histology 5": _is(histology, 5),
    }


def _stage(t: float, n: float, nodes: float, hpv: float) -> float:
    """Prognostic group 0 to 4 after AJCC (8th edition) without M; the p16-positive oropharynx has its own, 1 to 3."""
    if math.isnan(t):
        return _NAN
    n = 0.0 if math.isnan(n) else n
    if hpv == 1:
        return 1.0 + (t >= 3) + (nodes >= _MANY_NODES)
    return 4.0 if n >= 2 or t >= 4 else max(t, 3.0 if n == 1 else 0.0)


def _blood(row: Row, sex: float | None, cohort: Cohort) -> dict[str, float]:
    out: dict[str, float] = {}
    beyond = []
    for analyte in ANALYTES:
        value = _get(row, analyte.loinc)
        low, high = (
            cohort.ranges.get((analyte.key, int(sex)), analyte.range(sex)) if sex is not None else (analyte.range(None))
        )
        # A floor at a quarter of the range's lower end, or near zero, keeps the logarithm of small counts finite.
        least = max(low, high / 20) / 4
        scaled = math.log(max(value, least)) if analyte.log else value
        out[analyte.key] = _NAN if math.isnan(value) else scaled
        beyond.append(_NAN if math.isnan(value) else float(value > high) - float(value < low))
        if analyte.key == "hb":
            out["hb below range"] = _NAN if math.isnan(value) else max(0.0, low - value)
        if analyte.key in ("wbc", "plt", "mono"):
            out[f"{analyte.key} high"] = _NAN if math.isnan(value) else float(value > high)
    known = [b for b in beyond if not math.isnan(b)]
    out["share beyond range"] = sum(map(abs, known)) / len(known) if known else _NAN
    out["neutrophils to lymphocytes"] = out["gran"] - out["lym"]
    out["platelets to lymphocytes"] = out["plt"] - out["lym"]
    out["lymphocytes to monocytes"] = out["lym"] - out["mono"]
    return out


def _icd(row: Row | None) -> dict[str, float]:
    codes = {} if row is None else {code: count for code, count in row.items() if count}
    out = {name: float(any(code[:3] == name for code in codes)) for name in ICD_CATEGORIES}
    out["codes"] = float(len(codes))
    out["lymph node code"] = float(any(code.startswith(("c77", "r59")) for code in codes))
    return out


def _density(row: Row) -> dict[str, float]:
    out = {column.name: math.log1p(_get(row, column.name)) for column in DENSITY.columns}
    out["cd8 share, centre"] = out["cd8_z"] - out["cd3_z"]
    out["cd8 share, margin"] = out["cd8_inv"] - out["cd3_inv"]
    return out
