"""Where copies lie."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "This is a rectangular plate with a large center hole and four smaller holes around it.\n"
        "1. Create a rectangular plate, 70mm x 70mm x 8mm thick.\n"
        "2. Cut a 35mm diameter hole through the center of the plate.\n"
        "3. Next, add four 5mm diameter through holes. They're arranged in a square pattern around the "
        "large hole, with a distance of 50mm between the centers of neighboring holes.\n"
        "4. Round the four vertical corners of the plate with a 6mm fillet.",
        (70, 70, 8),
        (4900 - (4 - pi) * 36 - pi * 17.5**2 - 4 * pi * 6.25) * 8,
    ),
    (
        "1. Create a plate that is 120mm long (X), 40mm wide (Y) and 5mm thick (Z).\n"
        "2. Cut four slots through the plate. All of the slots run in the Y direction, are 6mm wide and "
        "24mm long (end to end), and have rounded ends.\n"
        "3. The slots are evenly spaced along the X axis, 25mm center to center, and the pattern is "
        "centered on the plate.",
        (120, 40, 5),
        (4800 - 4 * (6 * 18 + pi * 9)) * 5,
    ),
    (
        "1. The plate measures 100mm by 100mm and is 6mm thick.\n"
        "2. In the center, there's a 40mm hole.\n"
        "3. Around it, there are six 6mm holes equally spaced in a circular pattern with a radius of 35mm.\n"
        "4. At each of the four corners of the plate there's a 20mm x 20mm square cut away.",
        (100, 100, 6),
        (10000 - pi * 400 - 6 * pi * 9 - 1600) * 6,
    ),
    (
        "1. Start with a rectangular prism that is 75mm (X) by 50mm (Y) by 25mm (Z).\n"
        "2. Drill 6 holes through the block in the Z dimension. Each hole is 8mm in diameter. The holes are"
        " in 2 rows of 3. In the X dimension, the holes are 25mm apart (center to center) and in the Y "
        "dimension they're 25mm apart. The pattern of holes is centered on the block.\n"
        "3. Chamfer all of the edges of the block by 1mm.",
        (75, 50, 25),
        75 * 50 * 25 - 6 * pi * 16 * 25 - 0.5 * 4 * (75 + 50 + 25) + 8 / 3 * 0.5,
    ),
    (
        "1. The plate is 120mm (X) x 50mm (Y) x 10mm (Z).\n"
        "2. Drill three 8mm holes along the centerline of the plate in the X direction. The middle one is "
        "at the center of the plate and the outer ones are 40mm from it.\n"
        "3. Counterbore each hole from the top, 14mm in diameter and 5mm deep.",
        (120, 50, 10),
        60000 - 3 * (pi * 16 * 10 + pi * (49 - 16) * 5),
    ),
    (
        "This is a breadboard plate with a grid of holes.\n"
        "1. Create a plate that's 100mm (X) x 75mm (Y) x 8mm (Z).\n"
        "2. Cut a 4 x 3 grid of holes through the plate. The holes are 6mm in diameter and the spacing is "
        "25mm in both X and Y. The grid is centered on the plate.",
        (100, 75, 8),
        100 * 75 * 8 - 12 * pi * 9 * 8,
    ),
    (
        "1. First, create a rectangular plate: 90mm (X) x 50mm (Y) x 12mm (Z).\n"
        "2. Next, make a slot cut all the way through the plate. The slot is 40mm center to center, "
        "parallel to the X axis and centered on the plate in both directions. The slot's diameter is 10mm.\n"
        "3. Next, make another slot cut with the same center points as the first slot. Its diameter is 18mm"
        " and it's cut 5mm deep from the top.",
        (90, 50, 12),
        54000 - (400 + pi * 25) * 12 - ((720 + pi * 81) - (400 + pi * 25)) * 5,
    ),
    (
        "1. Create a cylinder with a diameter of 100mm and a thickness of 10mm.\n"
        "2. Cut a 40mm diameter hole in the center.\n"
        "3. Cut 4 holes, 8mm in diameter, on a bolt circle of 80mm diameter, evenly spaced.\n"
        "4. Chamfer the outer edges (both top and bottom) by 2mm.",
        (100, 100, 10),
        pi * (2500 - 400) * 10 - 4 * pi * 16 * 10 - 2 * (2 * 2 / 2) * 2 * pi * (50 - 2 / 3),
    ),
    (
        "1. Extrude a rectangle 160 mm (X) by 20 mm (Y) by 6 mm (Z).\n"
        "2. Drill 4 holes through the bar, 5 mm in diameter. They're all on the lengthwise centerline. The "
        "first hole is 20 mm from the left end and the spacing between holes is 40 mm.\n"
        "3. Chamfer both ends' vertical edges 2 mm.",
        (160, 20, 6),
        (3200 - 4 * pi * 6.25 - 4 * 2) * 6,
    ),
    (
        "1. Start with a square plate: 80 mm x 80 mm x 6 mm.\n"
        "2. Cut off all four corners at 45 degrees, removing a right triangle with 20 mm legs from each "
        "corner.\n"
        "3. Cut a 30 mm square hole through the center.\n"
        "4. Drill a 5 mm hole near the middle of each of the four long sides, 8 mm from the edge.",
        (80, 80, 6),
        (6400 - 800 - 900 - 4 * pi * 6.25) * 6,
    ),
    (
        "1. Start with a block that's 60 mm x 30 mm x 25 mm tall.\n"
        "2. On the top face, cut a half-round groove of 30 mm diameter that runs front to back through the "
        "middle of the block.\n"
        "3. Drill a hole on each side of the groove, straight down through the block. The holes are 6 mm in"
        " diameter and 48 mm apart, centered front to back.\n"
        "4. Counterbore both holes from the bottom, 11 mm diameter by 6 mm deep.",
        (60, 30, 25),
        45000 - pi * 225 / 2 * 30 - 2 * (pi * 9 * 25 + pi * (5.5**2 - 9) * 6),
    ),
    (
        "1. First, extrude a plate of 120 x 90 x 16 mm.\n"
        "2. Add a 3 x 2 pattern of M8 clearance holes (9 mm diameter, through). The holes are spaced 40 mm "
        "in X and 50 mm in Y and the pattern is centered.\n"
        "3. Add two 6 mm dowel holes, 10 mm deep from the top, at opposite corners: one 10 mm from the left"
        " edge and 10 mm from the front edge, the other 10 mm from the right edge and 10 mm from the back "
        "edge.",
        (120, 90, 16),
        120 * 90 * 16 - 6 * pi * 4.5**2 * 16 - 2 * pi * 9 * 10,
    ),
    (
        "1. The bar is 150mm long (X), 25mm wide (Y), and 25mm high (Z).\n"
        "2. On the top face, drill 5 holes with a diameter of 6mm and a depth of 12mm. The first one is "
        "15mm from the left end, and the rest are spaced every 30mm. All are centered in Y.\n"
        "3. On the front face, drill 4 holes with a diameter of 5mm and a depth of 10mm. They are centered "
        "in Z, the first is 30mm from the left end and the spacing is 30mm.",
        (150, 25, 25),
        150 * 625 - 5 * pi * 9 * 12 - 4 * pi * 6.25 * 10,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_layouts(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
