"""What the Basic Application Level Confidentiality Profile says of each attribute: DICOM PS3.15 2026c, table E.1-1.

The table is data of the package dicom-anonymizer (Kitware, BSD). Its own walk is not used: it applies the rules to the
data set's top level only, so that a patient's name in a sequence stays.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from importlib import import_module

EDITION = "2026c"

Masked = tuple[int, int, int, int]


class Action(Enum):
    """What happens to an attribute, by the code of table E.1-1.

    Where the table leaves a choice by the attribute's type (`X/Z`, `X/D`, `Z/D`, `X/Z/D`), it is the one that fits
    every information object: empty rather than absent, a dummy rather than empty.
    """

    DUMMY = "D"
    EMPTY = "Z"
    REMOVE = "X"
    UID = "U"


_CODES = {
    "X_TAGS": Action.REMOVE,
    "Z_TAGS": Action.EMPTY,
    "X_Z_TAGS": Action.EMPTY,
    "D_TAGS": Action.DUMMY,
    "Z_D_TAGS": Action.DUMMY,
    "X_D_TAGS": Action.DUMMY,
    "X_Z_D_TAGS": Action.DUMMY,
    "X_Z_U_STAR_TAGS": Action.UID,
    "U_TAGS": Action.UID,
}


@cache
def _tables() -> tuple[dict[tuple[int, int], Action], list[tuple[Masked, Action]]]:
    table = import_module(f"dicomanonymizer.dicom_anonymization_databases.dicomfields_{EDITION}")
    exact: dict[tuple[int, int], Action] = {}
    masked: list[tuple[Masked, Action]] = []
    for name, action in _CODES.items():
        for tag in getattr(table, name):
            if len(tag) == 2:
                exact[tag] = action
            else:
                masked.append((tag, action))
    return exact, masked


def action(group: int, element: int) -> Action | None:
    """What the profile says of an attribute; `None` where it is kept."""
    exact, masked = _tables()
    found = exact.get((group, element))
    if found is None:
        for (like_group, like_element, group_mask, element_mask), rule in masked:
            if group & group_mask == like_group & group_mask and element & element_mask == like_element & element_mask:
                return rule
    return found
