"""Whether all images of a folder are of one person."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from wugan.errors import IdentityError
from wugan.modalities.medical.ct.headers import Plane

Person = tuple[str, str, str]  # PatientID, PatientName, PatientBirthDate


def check_one_patient(planes: Sequence[Plane]) -> None:
    """Refuse a folder with the images of two people.

    Raises:
        IdentityError: two PatientIDs, or names or dates of birth that contradict each other.
    """
    people: dict[Person, list[Plane]] = defaultdict(list)
    for plane in planes:
        header = plane.header
        people[header["PatientID"], header["PatientName"], header["PatientBirthDate"]].append(plane)
    known = sorted(people)
    for index, one in enumerate(known):
        for other in known[index + 1 :]:
            what = _contradiction(one, other)
            if what:
                both = (
                    f"{_masked(person[0] or person[1])} ({len(people[person])} images, such as "
                    f"{min(plane.entry.name for plane in people[person])})"
                    for person in (one, other)
                )
                raise IdentityError(
                    f"the images are of two patients, whose {what} differs: {' and '.join(both)}. Give each "
                    "patient a folder"
                )


def _contradiction(one: Person, other: Person) -> str:
    """Which field says that these are two people; an empty field says nothing."""
    if one[0] and other[0] and one[0] != other[0]:
        return "PatientID"
    if one[2] and other[2] and one[2] != other[2]:
        return "PatientBirthDate"
    names = _words(one[1]), _words(other[1])
    # A second given name may be left out of some images.
    if all(names) and not (names[0] <= names[1] or names[1] <= names[0]):
        return "PatientName"
    return ""


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    return {word for word in re.split(r"[\W_]+", plain.casefold()) if word}


def _masked(value: str) -> str:
    """First and last letter: enough to find the person, too little to name them."""
    return f"{value[0]}…{value[-1]}" if len(value) > 2 else "…"
