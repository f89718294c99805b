"""Edges of blocks by the words for them."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "1. Extrude a rectangle that's 70mm (X) x 40mm (Y) by 5mm (Z).\n"
        "2. Round the two corners on the right side of the plate with a 10mm radius.\n"
        "3. Chamfer the bottom left corner by 6 mm.",
        (70, 40, 5),
        70 * 40 * 5 - 2 * (1 - pi / 4) * 100 * 5 - 18 * 5,
    ),
    (
        "A block 45 mm long, 34 mm wide and 20 mm high. Take 1.5 mm chamfers off the two long top edges. "
        "The short ones stay as they are.",
        (45, 34, 20),
        45 * 34 * 20 - 2 * 45 * 1.5**2 / 2,
    ),
    (
        "Make a box 60 x 40 x 30. Fillet the top front edge with a radius of 8.",
        (60, 40, 30),
        72000 - (1 - pi / 4) * 64 * 60,
    ),
    (
        "Step 1: Create a rectangular block measuring 50 mm (X) by 50 mm (Y) by 20 mm (Z).\n"
        "Step 2: Add a 4 mm fillet to the two vertical edges at the front of the block.\n"
        "Step 3: Apply a 2 mm chamfer to the top edge on the back side.",
        (50, 50, 20),
        50000 - 2 * (1 - pi / 4) * 16 * 20 - 50 * 2,
    ),
    (
        "Start with a 40 mm cube. The four edges of the front face are chamfered by 3 mm.",
        (40, 40, 40),
        64000 - 4 * 40 * 4.5 + 4 * 9,
    ),
    (
        "A 100 x 60 x 8 plate. The upper right corner has a 20 mm radius; the other corners are square.",
        (100, 60, 8),
        48000 - (1 - pi / 4) * 400 * 8,
    ),
    (
        "Block 80 x 30 x 30 with all four long edges rounded to a radius of 5.",
        (80, 30, 30),
        72000 - 4 * (1 - pi / 4) * 25 * 80,
    ),
    (
        "1. Draw a rectangle 90 by 50 and extrude it by 12.\n"
        "2. Fillet the front left and the back right vertical edge with radius 15.\n"
        "3. All edges around the top face get a 1 mm chamfer.",
        (90, 50, 12),
        54000 - 2 * (1 - pi / 4) * 225 * 12 - 0.5 * (2 * (90 + 50) - 2 * 15 * 2 + pi * 15),
    ),
    (
        "1. Extrude a rectangle that's 70mm (X) x 40mm (Y) by 5mm (Z).\n"
        "2. The two corners on the right side of the plate are rounded with a radius of 10mm.\n"
        "3. The two corners on the left side are chamfered by 5mm.\n"
        "4. A 12mm hole is cut through the plate. It's centered in the Y direction and 20mm from the left "
        "edge.",
        (70, 40, 5),
        70 * 40 * 5 - 2 * (1 - pi / 4) * 100 * 5 - 2 * 12.5 * 5 - pi * 36 * 5,
    ),
    (
        "1. Create a block 60mm (X), 30mm (Y), 20mm (Z).\n"
        "2. Cut a 16mm wide slot through the block from front to back, 12mm deep from the top, centered in "
        "X.\n"
        "3. Drill a 8mm hole from left to right through both walls, centered in Y and 6mm down from the "
        "top.\n"
        "4. Round the top edges of the block that run front to back with a 3mm radius.",
        (60, 30, 20),
        36000 - 16 * 12 * 30 - pi * 16 * 44 - 2 * (1 - pi / 4) * 9 * 30,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_edging(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
