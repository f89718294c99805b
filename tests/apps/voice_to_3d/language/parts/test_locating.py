"""Distances and the points they are measured to."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "This is a small stop. Make it as follows:\n"
        "1. Extrude a 40 mm (X) by 25 mm (Y) rectangle 10 mm in Z.\n"
        "2. Cut a slot through it from top to bottom, parallel to X: 12 mm center to center and 6 mm wide, "
        "centered in Y. The center of its right circle is 7 mm from the right end.",
        (40, 25, 10),
        10000 - (72 + pi * 9) * 10,
    ),
    (
        "1. Create a rectangular plate that is 100mm (X) by 50mm (Y) by 6mm (Z).\n"
        "2. Cut two slots that go through the plate in the Z dimension. Both slots are parallel to the X "
        "axis, with a length of 30mm (center point to center point) and a diameter of 8mm. The first slot "
        "is 12mm from the front edge (to its centerline) and the second slot is 12mm from the back edge. "
        "Both are centered in the X dimension.\n"
        "3. Cut a 10mm diameter hole in the center of the plate.",
        (100, 50, 6),
        (5000 - 2 * (240 + pi * 16) - pi * 25) * 6,
    ),
    (
        "1. Extrude a cylinder 40mm in diameter by 12mm thick.\n"
        "2. Cut a 10mm hole all the way through. The center of this hole is offset 8mm from the center of "
        "the cylinder in the X direction.\n"
        "3. Cut a second hole, 6mm in diameter, 8mm from the center of the cylinder in the negative X "
        "direction. It is only 6mm deep.",
        (40, 40, 12),
        (pi * 400 - pi * 25) * 12 - pi * 9 * 6,
    ),
    (
        "1. Make a rectangular plate: 90mm (X) x 35mm (Y) x 8mm (Z).\n"
        "2. Make a slot through the plate. The slot is 50mm long overall and 9mm wide with fully rounded "
        "ends. It's lined up with the X axis, centered in Y, and its left end is 10mm away from the left "
        "side of the plate.\n"
        "3. Drill a hole in the plate near the right end. The hole is 12mm in diameter and its center is "
        "14mm from the right side and centered in Y.\n"
        "4. Fillet the four corners of the plate with a radius of 4mm.",
        (90, 35, 8),
        (90 * 35 - (41 * 9 + pi * 4.5**2) - pi * 36 - (4 - pi) * 16) * 8,
    ),
    (
        "The model is a flat plate with rounded ends, 80 mm long overall, 30 mm wide and 4 mm thick. It has"
        " a 12 mm hole at the centre of each rounded end.",
        (80, 30, 4),
        (50 * 30 + pi * 225 - 2 * pi * 36) * 4,
    ),
    (
        "1. Create a bar that's 100mm (X) by 24mm (Y) by 8mm (Z).\n"
        "2. Both ends of the bar are fully rounded.\n"
        "3. Drill a 10mm hole through the center of each rounded end.",
        (100, 24, 8),
        (76 * 24 + pi * 144 - 2 * pi * 25) * 8,
    ),
    (
        "1. First, extrude a rectangular prism that is 60mm (X) by 40mm (Y) by 6mm (Z). This is the base.\n"
        "2. Next, add a vertical wall on the left end of the base. The wall is 6mm thick (X), 40mm wide "
        "(Y), and extends 50mm up (Z) from the top of the base.\n"
        "3. Drill two holes of 6mm diameter through the base (in the Z direction). The centers of both "
        "holes are 15mm from the right end of the base and 10mm from the long sides.\n"
        "4. Drill one 10mm hole through the wall in the X direction. The hole is centered on the wall in "
        "the Y direction and 30mm above the top of the base.",
        (60, 40, 56),
        60 * 40 * 6 + 6 * 40 * 50 - 2 * pi * 9 * 6 - pi * 25 * 6,
    ),
    (
        "1. Extrude a 60mm (X) x 100mm (Y) rectangle to a thickness of 6mm (Z).\n"
        "2. Cut a rectangular window all the way through in Z. The window is 40mm (X) x 30mm (Y). It's "
        "centered in the X direction and its top edge is 15mm below the top edge of the plate.\n"
        "3. Cut a vertical slot (parallel to Y) below the window. It's 8mm wide, 25mm long center to "
        "center, and its lower center is 12mm above the bottom edge of the plate. It's centered in X.\n"
        "4. Chamfer the two bottom corners 5mm x 45 degrees.",
        (60, 100, 6),
        (6000 - 1200 - (200 + pi * 16) - 25) * 6,
    ),
    (
        "1. First, extrude a rectangular prism: 50mm x 40mm x 20mm.\n"
        "2. Cut a 10mm x 10mm rectangular rabbet along the bottom front edge, along the full length of the "
        "block.\n"
        "3. Drill three holes vertically. Their diameters are 6mm. They lie on a line parallel to the X "
        "axis that is 10mm from the back edge. One is centered in X and the others are 15mm to the left and"
        " right of it.",
        (50, 40, 20),
        40000 - 100 * 50 - 3 * pi * 9 * 20,
    ),
    (
        "1. Make a rectangular prism that's 70mm (X), 70mm (Y), 10mm (Z).\n"
        "2. Cut off the top right corner with a 45 degree cut. The cut starts 30mm from the corner along "
        "each edge.\n"
        "3. Cut a 16mm hole that is 20mm from the left edge and 20mm from the bottom edge.\n"
        "4. Around this hole, on the top face, cut a circular recess with a diameter of 26mm and a depth of"
        " 2mm.",
        (70, 70, 10),
        49000 - 4500 - pi * 64 * 10 - pi * (169 - 64) * 2,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_locating(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
