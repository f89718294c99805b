from __future__ import annotations

import pytest

from wugan.apps.diagnosis.evidence import Identity
from wugan.apps.diagnosis.identity import check_identity, of_patient, of_series
from wugan.errors import IdentityError
from wugan.modalities.medical.ct.volume import Series
from wugan.modalities.medical.records.observations import Patient
from wugan.modalities.medical.records.values import to_ns

WOMAN = Identity("A", "Doe^Jane", "female", "1970-01-01")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (Identity(sex="male", birth="1970-01-01"), "sex differs between ct and record"),
        (Identity(sex="female", birth="1971-01-01"), "date of birth differs"),
    ],
)
def test_a_contradiction_is_refused_unless_composite(other: Identity, told: str) -> None:
    with pytest.raises(IdentityError, match=told):
        check_identity({"ct": WOMAN, "record": other}, composite=False)
    assert check_identity({"ct": WOMAN, "record": other}, composite=True) == []


def test_other_numbers_are_no_contradiction() -> None:
    assert check_identity({"ct": WOMAN, "record": Identity("B", "Jane Doe", "female", "1970-01-01")}, False) == []


def test_silence_is_noted() -> None:
    notes = check_identity({"ct": Identity(), "record": WOMAN}, False)
    assert [note.code for note in notes] == ["identity-not-checked"] and notes[0].text.startswith("ct:")


def test_what_a_record_and_a_nifti_say() -> None:
    patient = Patient("p", "female", to_ns("1970-01-01"))
    assert of_patient(patient) == Identity("p", "", "female", "1970-01-01")
    assert of_series(Series()) == Identity()
