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
    (
        "1. Extrude a rectangular prism that is 80 mm (X) x 60 mm (Y) x 25 mm (Z).\n"
        "2. Drill an 8 mm hole all the way through in the X direction, centered on the left face.\n"
        "3. Drill two 6 mm holes from the top face down to meet the first hole, i.e. to a depth of 12.5 mm."
        " They are 20 mm and 60 mm from the left face and centered in Y.\n"
        "4. Counterbore the left end of the 8 mm hole with a 14 mm diameter, 6 mm deep.",
        (80, 60, 25),
        114859.28,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_listing(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
