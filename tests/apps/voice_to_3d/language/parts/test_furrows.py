"""Grooves, vees and steps."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "1. To start, extrude a rectangular prism that is 60mm (X) by 40mm (Y) by 40mm (Z).\n"
        "2. Next, cut a V-shaped groove in the top of the block. The groove is 30mm wide at the top and "
        "15mm deep, with a 90 degree angle. It runs the full length of the block in the X dimension and is "
        "centered in Y.\n"
        "3. Next, at the bottom of the V, cut a relief slot that's 3mm wide (Y) and 3mm deep, running the "
        "full length of the block in X.\n"
        "4. Finally, cut a rectangular slot on both the front and back sides of the block. Each slot is 8mm"
        " wide (Z) and 6mm deep (Y), and it runs the full length in X. The slots are centered 12mm from the"
        " bottom of the block.",
        (60, 40, 40),
        60 * 40 * 40 - 225 * 60 - 60 * (3 * 3 + 2.25) - 2 * 8 * 6 * 60 + 60 * 2.25 - 0.0,
    ),
    (
        "1. First, create a rectangular prism: 150mm (X) x 25mm (Y) x 45mm (Z).\n"
        "2. Next, cut two counterbored holes from the front face in the Y dimension. The holes are 13mm in "
        "diameter and go all the way through. They are spaced 98mm apart, centered on the X dimension, and "
        "positioned 22mm from the bottom of the jaw.\n"
        "3. The counterbores are 20mm in diameter and 14mm deep. They're cut from the front face.\n"
        "4. Cut a step along the top edge at the back of the jaw. The step is 5mm in the Y dimension and "
        "10mm deep in the Z dimension and runs the full length of the jaw (X).",
        (150, 25, 45),
        150 * 25 * 45 - 2 * (pi * 6.5**2 * 25 + pi * (100 - 6.5**2) * 14) - 5 * 10 * 150,
    ),
    (
        "1. Extrude a rectangle that's 100mm (X) x 30mm (Y) to a thickness of 15mm (Z).\n"
        "2. Now we'll cut a slot all the way down through the clamp (in Z). The slot is 40mm long, measured"
        " between the center points of the two end circles, and the circle diameter is 11mm. It's parallel "
        "to the X axis and centered in the Y dimension. The center of the left circle is 30mm from the left"
        " end of the clamp.\n"
        "3. On the right end, cut off the two corners. Each corner cut is a right triangle with two legs of"
        " 8mm.\n"
        "4. Cut a notch in the bottom of the clamp at the left end. It's 20mm long (X), 5mm deep (Z) and "
        "goes across the whole width (Y).",
        (100, 30, 15),
        100 * 30 * 15 - (40 * 11 + pi * 5.5**2) * 15 - 2 * 32 * 15 - 20 * 5 * 30,
    ),
    (
        "1. First, we extrude a rectangular prism, 100 mm (X) by 100 mm (Y) and 20 mm (Z) thick.\n"
        "2. Next, we cut 4 holes, each 10mm in diameter, in the corners of the plate. They go through the "
        "whole plate (Z). The center of each hole is 15mm from both edges.\n"
        "3. Next, we cut a slot in the top of the plate, in the X direction. It's 12mm wide in Y and 6mm "
        "deep in Z and runs from one side of the plate all the way to the other. It's centered in Y.\n"
        "4. Then we cut another slot, the same width and depth, in the Y direction, centered in X. The two "
        "slots make a cross.",
        (100, 100, 20),
        200000 - 4 * pi * 25 * 20 - 2 * 1200 * 6 + 144 * 6,
    ),
    (
        "1. Begin by extruding a rectangular prism measuring 60mm (X) by 40mm (Y) by 30mm (Z).\n"
        "2. Cut a step into the right end of the block. The step removes material 20mm in X and 15mm down "
        "from the top in Z, across the full width in Y.\n"
        "3. Drill a 6mm hole vertically through the step. It is centered on the step in both X and Y.\n"
        "4. Drill an 8mm hole, 20mm deep, into the top face of the higher part, centered on it.",
        (60, 40, 30),
        60 * 40 * 30 - 20 * 15 * 40 - pi * 9 * 15 - pi * 16 * 20,
    ),
    (
        "1. First, make a rectangular prism that's 60mm long (X), 40mm wide (Y) and 30mm tall (Z).\n"
        "2. Next, cut a half-circle channel in the top of the block. The channel has a radius of 15mm, runs"
        " along the X axis for the full length of the block, and its center is on the top face, centered in"
        " Y.\n"
        "3. Finally, drill two 5mm holes down through the block (Z). Both are centered lengthwise, 4mm from"
        " the front and back sides.",
        (60, 40, 30),
        60 * 40 * 30 - pi * 225 / 2 * 60 - 2 * pi * 6.25 * 30,
    ),
    (
        "1. The block is 70 mm (X) x 50 mm (Y) x 30 mm (Z).\n"
        "2. A channel runs through the block along the Y axis on the bottom face. The channel is 20 mm wide"
        " and 8 mm high and it's centered in X.\n"
        "3. There are two holes in the top face, 6 mm in diameter and 18 mm deep. They are located 12 mm "
        "from the left and right sides respectively, and centered in Y.\n"
        "4. On the front face there's a hole of 10 mm diameter, 20 mm deep, 12 mm below the top face and "
        "centered in X.",
        (70, 50, 30),
        105000 - 20 * 8 * 50 - 2 * pi * 9 * 18 - pi * 25 * 20,
    ),
    (
        "1. Make a square plate, 100 mm on a side and 15 mm thick.\n"
        "2. Mill a groove across the top, parallel to the X axis. It is 10 mm wide, 5 mm deep and its "
        "centerline is 30 mm from the front edge.\n"
        "3. Mill a second groove of the same size, with its centerline 30 mm from the back edge.\n"
        "4. Drill five 8 mm holes through the plate: one in the center and the other four 15 mm in from the"
        " edges at the corners.",
        (100, 100, 15),
        150000 - 2 * 10 * 5 * 100 - 5 * pi * 16 * 15,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_furrows(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
