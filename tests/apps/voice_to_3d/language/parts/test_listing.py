"""One size for each of several copies."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "This is a hex key holder block.\n"
        "1. Start with a rectangular prism of size 100mm (X), 30mm (Y), 40mm (Z).\n"
        "2. Cut four hexagonal holes straight down from the top. They are 10mm, 8mm, 6mm and 5mm across the"
        " flats, in that order from left to right. All of them are 30mm deep and centered in Y. They're "
        "spaced 22mm apart, and the first is 17mm from the left end.",
        (100, 30, 40),
        120000 - 30 * 0.8660254 * (100 + 64 + 36 + 25),
    ),
    (
        "This is a hole gauge plate.\n"
        "1. The plate is a 120mm long (X) by 30mm wide (Y) by 4mm thick (Z) rectangular prism.\n"
        "2. Cut 5 holes through the plate in a line along the center of the plate (in the X direction). The"
        " holes have diameters of 4mm, 6mm, 8mm, 10mm and 12mm from left to right. The center of the first "
        "hole is 15mm from the left end and the holes are spaced 22mm apart.",
        (120, 30, 4),
        (3600 - pi * (4 + 9 + 16 + 25 + 36)) * 4,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_listing(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
