"""Mirror images and the same again."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "1. Create a plate that's 100mm (X), 60mm (Y), 10mm (Z).\n"
        "2. Drill a 6mm hole through the plate, 12mm from the left edge and 12mm from the front edge.\n"
        "3. Mirror this hole about the XZ plane.\n"
        "4. Cut a 20mm x 10mm pocket, 4mm deep, centred 25mm from the right edge and centered in Y.",
        (100, 60, 10),
        60000 - 2 * pi * 9 * 10 - 800,
    ),
    (
        "1. Make a block of 80mm (X) by 40mm (Y) by 20mm (Z).\n"
        "2. Cut a notch from the left side, 10mm (X) by 20mm (Y), through the full height, centered in Y.\n"
        "3. Repeat the same notch on the right side.",
        (80, 40, 20),
        64000 - 2 * 200 * 20,
    ),
    (
        "A plate 90 x 60 x 6. A 5 mm hole is 10 mm from the left edge and 15 mm from the bottom edge. The "
        "hole is mirrored across both centre lines.",
        (90, 60, 6),
        90 * 60 * 6 - 4 * pi * 6.25 * 6,
    ),
    (
        "1. Extrude a 60mm by 60mm square to 8mm.\n"
        "2. Cut a slot 6mm wide and 20mm long overall, parallel to Y, with its center 12mm from the left "
        "edge, through the plate.\n"
        "3. Add an identical slot on the opposite side of the plate.",
        (60, 60, 8),
        3600 * 8 - 2 * (6 * 14 + pi * 9) * 8,
    ),
    (
        "A bar 120 x 20 x 10. At the left end there is a 9 mm hole through it, 15 mm from the end. The same"
        " hole is at the right end.",
        (120, 20, 10),
        24000 - 2 * pi * 4.5**2 * 10,
    ),
    (
        "1. Start with a rectangular prism 70 mm (X), 50 mm (Y), 15 mm (Z).\n"
        "2. Drill a hole of 8 mm diameter, 10 mm deep, into the top face, 15 mm from the left side and 15 "
        "mm from the front.\n"
        "3. Drill another one of the same size 15 mm from the right side and 15 mm from the back.",
        (70, 50, 15),
        70 * 50 * 15 - 2 * pi * 16 * 10,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_mirroring(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
