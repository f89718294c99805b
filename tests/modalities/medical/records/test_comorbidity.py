from __future__ import annotations

import csv
from pathlib import Path

import pytest

from wugan.modalities.medical.records import derived
from wugan.modalities.medical.records.derived import SNOMED, comorbidity
from wugan.modalities.medical.records.observations import Event

ICD = "http://hl7.org/fhir/sid/icd-10"
_MULTIPLY = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
             [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
             [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
             [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]  # fmt: skip
_PERMUTE = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def condition(code: str, system: str = ICD) -> Event:
    return Event("condition", code, system, f"name of {code}", None, codes=(f"{system}|{code}",))


@pytest.mark.parametrize(
    ("codes", "score", "categories"),
    [
        (["I21.9"], 1, ("myocardial infarction",)),
        (["I252", "I50.0"], 2, ("congestive heart failure", "myocardial infarction")),
        (["E11.9"], 1, ("diabetes without complications",)),
        (["E11.9", "E11.2"], 2, ("diabetes with complications",)),
        (["C32.0"], 2, ("malignancy",)),
        (["C32.0", "C77.0"], 6, ("metastatic solid tumour",)),
        (["K70.3", "K76.6"], 3, ("moderate or severe liver disease",)),
        (["J06.9"], 0, ()),
    ],
)
def test_weights_and_what_replaces_what(codes: list[str], score: int, categories: tuple[str, ...]) -> None:
    found = comorbidity([condition(code) for code in codes])
    assert (found.score, found.categories, found.unmapped) == (score, categories, ())


def test_snomed_concepts_and_what_is_not_mapped() -> None:
    found = comorbidity([condition("22298006", SNOMED), condition("444814009", SNOMED), condition("x", "urn:local")])
    assert (found.score, found.mapped) == (1, 1)
    assert found.unmapped == ("name of 444814009", "name of x")


def test_twice_the_same_counts_once() -> None:
    assert comorbidity([condition("I21"), condition("I22"), condition("22298006", SNOMED)]).score == 1


def test_every_snomed_concept_has_its_check_digit() -> None:
    """Verhoeff's check digit (SNOMED CT Technical Implementation Guide, 6.4)."""
    with (Path(derived.__file__).parent / "charlson.csv").open(newline="") as file:
        concepts = [code for row in csv.DictReader(file) for code in row["snomed"].split()]
    assert len(concepts) == len(set(concepts)) > 50
    assert [code for code in concepts if not _verhoeff(code)] == []


def _verhoeff(number: str) -> bool:
    check = 0
    for place, digit in enumerate(map(int, reversed(number))):
        for _ in range(place % 8):
            digit = _PERMUTE[digit]
        check = _MULTIPLY[check][digit]
    return check == 0
