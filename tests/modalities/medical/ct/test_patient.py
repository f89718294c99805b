from __future__ import annotations

from typing import Any

import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct import headers
from wugan.modalities.medical.ct.archive import Entry
from wugan.modalities.medical.ct.series import check_one_patient


def plane(phantom: Any, name: str, **tags: Any) -> Any:
    return headers.planes(phantom.plane((0, 0, 0), **tags), Entry(name, name))[0]


@pytest.mark.parametrize(
    ("tags", "field"),
    [
        ({"PatientID": "P-2002"}, "PatientID"),
        ({"PatientName": "Roe^Richard"}, "PatientName"),
        ({"PatientBirthDate": "19710101"}, "PatientBirthDate"),
        ({"PatientID": "", "PatientName": "Roe^Richard", "PatientBirthDate": ""}, "PatientName"),
    ],
)
def test_two_people_are_refused_with_both_masked(phantom: Any, tags: dict[str, str], field: str) -> None:
    planes = [plane(phantom, "one"), plane(phantom, "two", **tags)]
    with pytest.raises(DataError, match=f"two patients, whose {field} differs") as caught:
        check_one_patient(planes)
    text = str(caught.value)
    assert "one" in text and "two" in text
    assert "P-1001" not in text and "P-2002" not in text and "Richard" not in text


@pytest.mark.parametrize(
    "tags",
    [
        {"PatientName": "DOE^JANE^^"},
        {"PatientName": "Doe^Jane^Mary"},
        {"PatientName": "Döe^Jané"},
        {"PatientID": "", "PatientName": "", "PatientBirthDate": ""},
        {"PatientID": " P-1001 "},
    ],
)
def test_other_spellings_are_one_person(phantom: Any, tags: dict[str, str]) -> None:
    check_one_patient([plane(phantom, "one"), plane(phantom, "two", **tags)])
