"""Halves of a body that are lower than the rest."""

import pytest

from .judging import judge

HALVES = [
    "A block 60 long, 30 wide and 40 high. The right half of it is only 20 high.",
    "Make a block 60 x 30 x 40. Its left half is milled down to a height of 20 mm.",
    "1. Extrude a 60 mm (X) by 30 mm (Y) rectangle 40 mm in Z.\n2. The left half is cut down to 20 mm height.",
]


@pytest.mark.parametrize("text", HALVES)
def test_halves(text: str) -> None:
    judge(text, (60, 30, 40), 60 * 30 * 40 - 30 * 30 * 20)


def test_a_half_along_y() -> None:
    judge("A block 60 x 30 x 40. The back half is 25 mm high.", (60, 30, 40), 60 * 30 * 40 - 60 * 15 * 15)
