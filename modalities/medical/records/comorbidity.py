"""The Charlson comorbidity index, from coded conditions.

Weights: Charlson et al., J Chronic Dis 1987;40:373. ICD-10 codes: Quan et al., Med Care 2005;43:1130. SNOMED CT has no
published mapping that may be shipped: `charlson.csv` lists single concepts, and a concept that is not in it counts as
not mapped, which `Comorbidity.unmapped` tells. Every condition that was ever recorded counts, active or not, as in the
original.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wugan.modalities.medical.records.observations import Event

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
