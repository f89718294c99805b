"""Holes, pockets and openings."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "This is a rectangular plate with two countersunk holes.\n"
        "1. The plate is 60mm long (X), 25mm wide (Y), and 6mm thick (Z).\n"
        "2. There are two holes through the plate, each 5mm in diameter. The holes are 40mm apart (center "
        "to center) in the X direction and centered on the plate in both X and Y.\n"
        "3. Both holes are countersunk from the top face. The countersink has a diameter of 10mm at the top"
        " and an angle of 90 degrees.",
        (60, 25, 6),
        60 * 25 * 6 - 2 * (pi * 6.25 * 6 + pi * 2.5 / 3 * (25 + 12.5 + 6.25) - pi * 6.25 * 2.5),
    ),
    (
        "This is a housing with a stepped pocket.\n"
        "1. Create a rectangular prism that is 80mm (X) x 60mm (Y) x 25mm (Z).\n"
        "2. On the top face, cut a rectangular pocket that is 60mm (X) x 40mm (Y) and 10mm deep. It's "
        "centered on the face.\n"
        "3. At the bottom of that pocket, cut a second pocket, 40mm (X) x 20mm (Y), another 8mm deep. It's "
        "also centered.\n"
        "4. Drill a 4mm hole in each corner of the top face. Each hole is 10mm deep and its center is 5mm "
        "from both adjacent sides.",
        (80, 60, 25),
        80 * 60 * 25 - 60 * 40 * 10 - 40 * 20 * 8 - 4 * pi * 4 * 10,
    ),
    (
        "This is a mounting plate with four counterbored holes.\n"
        "1. The plate is a rectangular prism, 100mm x 60mm with a thickness of 12mm.\n"
        "2. There are four through holes, one near each corner. Each hole has a diameter of 6mm and its "
        "center is 12mm from each of the two nearest edges.\n"
        "3. Each of the four holes has a counterbore. The counterbores are 11mm in diameter and cut 6mm "
        "down into the plate from the top.\n"
        "4. In the middle of the plate is a 25mm hole that goes all the way through.",
        (100, 60, 12),
        100 * 60 * 12 - 4 * (pi * 9 * 12 + pi * (5.5**2 - 9) * 6) - pi * 12.5**2 * 12,
    ),
    (
        "It's a gasket.\n"
        "1. Start with a rectangle that is 80mm (X) by 60mm (Y). The corners of the rectangle have a radius"
        " of 10mm. Extrude it 2mm.\n"
        "2. Cut out the middle, leaving a 12mm wide border all the way around. The inside corners of the "
        "opening are sharp.\n"
        "3. Put a 5mm hole in each corner, concentric with the corner radius... the center is 10mm from "
        "both edges.",
        (80, 60, 2),
        (4800 - (4 - pi) * 100 - 56 * 36 - 4 * pi * 6.25) * 2,
    ),
    (
        "1. Start with a block that's 50 x 50 x 40 mm.\n"
        "2. On the front face, cut a circular recess 30 mm in diameter and 5 mm deep in the center.\n"
        "3. In the middle of the recess, drill a 10 mm hole that goes through to the back face.\n"
        "4. On the top face, drill four M5 holes (use 5mm diameter), 12 mm deep, on a 30 mm x 30 mm square.",
        (50, 50, 40),
        100000 - pi * 225 * 5 - pi * 25 * 45 - 4 * pi * 6.25 * 12,
    ),
    (
        "1. Create a rectangular prism that is 120mm (X) by 90mm (Y) by 10mm (Z).\n"
        "2. Cut a rectangular hole through the center of the prism. The hole is 90mm (X) by 60mm (Y) and "
        "goes all the way through.\n"
        "3. On the back of the frame, cut a rabbet around the rectangular hole. The rabbet is 100mm (X) by "
        "70mm (Y), centered, and 4mm deep (Z).",
        (120, 90, 10),
        120 * 90 * 10 - 90 * 60 * 10 - (7000 - 5400) * 4,
    ),
    (
        "1. Create a cube that is 50mm on each side.\n"
        "2. In the center of the top face, cut a 20mm diameter hole that's 15mm deep.\n"
        "3. In the center of the front face, cut a 10mm diameter hole that's 10mm deep.\n"
        "4. In the center of the right face, cut a 12mm square pocket that's 8mm deep.",
        (50, 50, 50),
        125000 - pi * 100 * 15 - pi * 25 * 10 - 144 * 8,
    ),
    (
        "1. Extrude a plate: 60mm (X), 40mm (Y), 8mm (Z).\n"
        "2. Drill two 6mm holes through the plate, each 10mm from one of the short sides and centered in Y.\n"
        "3. Countersink both holes from the bottom with a 90 degree countersink that is 12mm in diameter at"
        " the surface.",
        (60, 40, 8),
        19200 - 2 * (pi * 9 * 8 + pi * 3 / 3 * (36 + 18 + 9) - pi * 9 * 3),
    ),
    (
        "1. Make a rectangular prism with a length of 80mm in X, a width of 30mm in Y, and a height of 50mm"
        " in Z.\n"
        "2. Cut a hole through the prism in the Y direction. The hole has a 30mm diameter. The center of "
        "the hole is 30mm from the bottom of the prism and in the middle of the prism in the X direction.\n"
        "3. Cut two mounting holes down through the prism in the Z direction. The diameter of each is 7mm. "
        "The center of each hole is 10mm from each end (in X) and they're centered in Y.",
        (80, 30, 50),
        80 * 30 * 50 - pi * 225 * 30 - 2 * pi * 3.5**2 * 50,
    ),
    (
        "1. Create a rectangular prism that is 100mm (X) x 70mm (Y) x 20mm (Z).\n"
        "2. Cut a pocket 15mm deep into the bottom of the part. The pocket is 90mm (X) by 60mm (Y) and is "
        "centered, leaving 5mm walls. The inside corners of the pocket have a 4mm radius.\n"
        "3. Drill four 3mm holes from the top, 8mm deep, located 2.5mm from the edges at each corner.\n"
        "4. Fillet the four outside vertical edges with a 5mm radius. And fillet the outer top edges with a"
        " 2mm radius.",
        (100, 70, 20),
        140000
        - (5400 - (4 - pi) * 16) * 15
        - 4 * pi * 2.25 * 8
        - (4 - pi) * 25 * 20
        - (1 - pi / 4) * 4 * (2 * (90 + 60) + 2 * pi * 4.6),
    ),
    (
        "1. Begin with a rectangular plate that measures 90 mm in X, 60 mm in Y and 8 mm in Z.\n"
        "2. Round off the four corners (the vertical edges) using a 6 mm radius.\n"
        "3. In the middle of the plate, drill a through hole of 6.5 mm diameter. From the bottom, "
        "counterbore that hole with a 12 mm diameter to a depth of 4 mm.\n"
        "4. On either side of the middle hole, cut a slot. Both slots are 5 mm wide and 30 mm long overall,"
        " run parallel to Y, and have round ends. Their centers are 25 mm from the center of the plate in "
        "X.\n"
        "5. Break the top edges with a 0.5 mm chamfer.",
        (90, 60, 8),
        (90 * 60 - (4 - pi) * 36) * 8
        - pi * 3.25**2 * 8
        - pi * (36 - 3.25**2) * 4
        - 2 * (125 + pi * 6.25) * 8
        - 0.125 * (300 - 48 + 12 * pi),
    ),
    (
        "1. Create a plate: 120 mm wide (X), 80 mm tall (Y), 5 mm thick (Z).\n"
        "2. Cut a rectangular opening in the plate. It's 70 mm x 40 mm with 5 mm corner radii. Its left "
        "edge is 15 mm from the left edge of the plate, and it's centered vertically (Y).\n"
        "3. Cut a 20 mm diameter hole in the remaining area on the right. Its center is 20 mm from the "
        "right edge and centered vertically.\n"
        "4. Drill 4 mm holes in all four corners, 6 mm in from both edges, and countersink them from the "
        "top to 8 mm diameter at 90 degrees.",
        (120, 80, 5),
        (9600 - (2800 - (4 - pi) * 25) - pi * 100) * 5 - 4 * (pi * 4 * 5 + pi * 2 / 3 * (16 + 8 + 4) - pi * 4 * 2),
    ),
    (
        "This part is a fork.\n"
        "1. Extrude a rectangular prism 100 mm (X) by 50 mm (Y) by 15 mm (Z).\n"
        "2. From the right end, cut a slot 18 mm wide (Y) and 45 mm long (X) all the way through in Z, "
        "centered in Y. The inner end of the slot is a half circle of 9 mm radius, included in the 45 mm.\n"
        "3. Drill an 8 mm hole across both prongs in the Y direction. Its center is 12 mm from the right "
        "end, in the middle of the thickness.\n"
        "4. Drill a 20 mm hole in Z, 25 mm from the left end, centered in Y.\n"
        "5. Round the two left corners with a radius of 25 mm so that the left end is a full half circle.",
        (100, 50, 15),
        (5000 - (36 * 18 + pi * 81 / 2) - pi * 100 - (1 - pi / 4) * 2 * 625) * 15 - pi * 16 * 32,
    ),
    (
        "1. Create a rectangular prism 90mm (X) by 60mm (Y) by 12mm (Z).\n"
        "2. Cut a pocket in the top, 9mm deep, that leaves a wall 4mm thick all the way around the edge.\n"
        "3. Drill a 3mm hole through the floor of the pocket at each corner of the pocket, with its center "
        "6mm from both walls of the pocket.",
        (90, 60, 12),
        90 * 60 * 12 - 82 * 52 * 9 - 4 * pi * 2.25 * 3,
    ),
    (
        "1. Create a plate that is 50mm by 50mm and 8mm thick.\n"
        "2. Fillet one of the corners, the back right one, with a radius of 25mm.\n"
        "3. Cut a 12mm hole concentric with that fillet (25mm from the right and the back edges).\n"
        "4. Cut a 6mm hole in each of the other three corners, 8mm from the edges.",
        (50, 50, 8),
        (2500 - (1 - pi / 4) * 625 - pi * 36 - 3 * pi * 9) * 8,
    ),
    (
        "1. First we need a rectangular plate. It is 150 mm in the X direction, 100 mm in the Y direction "
        "and 6 mm thick (Z).\n"
        "2. Then we cut a rectangular hole through the plate in the Z direction. This hole is 80 mm (X) by "
        "50 mm (Y) and its corners are rounded with a 10 mm radius. The hole is centered in the plate.\n"
        "3. Then we drill 6 mm holes at the midpoints of the two short sides, each 10 mm from the edge.\n"
        "4. Last, all four outside corners are chamfered at 45 degrees by 8 mm.",
        (150, 100, 6),
        (15000 - (4000 - (4 - pi) * 100) - 2 * pi * 9 - 4 * 32) * 6,
    ),
    (
        "1. Create a block 120 mm long (X), 40 mm deep (Y) and 20 mm high (Z).\n"
        "2. Cut a slot along the top of the block, in the X direction, for the plate. The slot is 4 mm "
        "wide, 12 mm deep, and its centerline is 15 mm from the back face of the block.\n"
        "3. Drill two holes into the bottom of the block. They're 5 mm in diameter, 10 mm deep, 80 mm apart"
        " and centered on the bottom face.\n"
        "4. Fillet the vertical edges with a radius of 5 mm.",
        (120, 40, 20),
        96000 - 4 * 12 * 120 - 2 * pi * 6.25 * 10 - (4 - pi) * 25 * 20,
    ),
    (
        "1. The plate is 60 mm x 60 mm x 5 mm.\n"
        "2. In the center there is a 22 mm through hole.\n"
        "3. Four 3.2 mm through holes are on a 31 mm x 31 mm square pattern centered on the plate.\n"
        "4. There are two slots on the left and right sides of the plate. Each slot is 4 mm wide and 15 mm "
        "long, parallel to the Y axis, and its center is 5 mm from the edge of the plate and centered in Y.",
        (60, 60, 5),
        (3600 - pi * 121 - 4 * pi * 2.56 - 2 * (44 + pi * 4)) * 5,
    ),
    (
        "1. Create a rectangular prism of 90 mm (X) by 30 mm (Y) by 20 mm (Z).\n"
        "2. On the top face, make three pockets in a row. Each is 20 mm (X) by 20 mm (Y) and 8 mm deep. The"
        " pockets are 28 mm apart (center to center) in X and the middle one is at the center of the face.\n"
        "3. From the bottom, drill a 5 mm hole through the center of each pocket, going all the way into "
        "the pocket.\n"
        "4. Counterbore each of those holes 9 mm in diameter and 5 mm deep from the bottom.",
        (90, 30, 20),
        54000 - 3 * 3200 - 3 * (pi * 6.25 * 12 + pi * (4.5**2 - 6.25) * 5),
    ),
    (
        "This part is a bar with a cross slot.\n"
        "1. Extrude a 20 mm x 20 mm square 80 mm along the X axis.\n"
        "2. At the right end, cut a slot 6 mm wide (Y) and 20 mm deep (X) through the full height (Z), "
        "centered in Y.\n"
        "3. Drill a 5 mm hole in the Y direction through both sides of the slot, 8 mm from the right end "
        "and centered in Z.\n"
        "4. At the left end, drill a 8 mm hole, 25 mm deep, along the X axis in the center of the face.",
        (80, 20, 20),
        32000 - 6 * 20 * 20 - pi * 6.25 * 14 - pi * 16 * 25,
    ),
    (
        "This is a triangular plate.\n"
        "1. Sketch a right triangle on the XY plane. The two legs are 60mm (X) and 40mm (Y). Extrude it 8mm"
        " (Z).\n"
        "2. Cut a 10mm diameter hole through the plate. The center of the hole is 15mm from each of the two"
        " legs.",
        (60, 40, 8),
        0.5 * 60 * 40 * 8 - pi * 25 * 8,
    ),
    (
        "1. Extrude a 75mm (X) by 50mm (Y) rectangle 9mm in the Z direction.\n"
        "2. On the left side of the plate, cut a 90 degree V-notch through the thickness. The notch is 20mm"
        " wide at the edge and 10mm deep, and it's centered on that side.\n"
        "3. Drill two 6.6mm holes, each 15mm from the right side, one 12mm from the front and the other "
        "12mm from the back.\n"
        "4. Add a 1mm chamfer to all edges of the top face.",
        (75, 50, 9),
        (3750 - 100 - 2 * pi * 3.3**2) * 9 - 0.5 * (250),
    ),
    (
        "1. Make a cylinder, 25mm in diameter, 40mm tall.\n"
        "2. In the top of the cylinder, cut a square socket that is 12.7mm x 12.7mm and 18mm deep.\n"
        "3. In the bottom, cut a hexagonal socket that's 17mm across flats and 15mm deep.\n"
        "4. Chamfer the outer edges at both ends 1mm.",
        (25, 25, 40),
        pi * 12.5**2 * 40 - 12.7**2 * 18 - 0.8660254 * 289 * 15 - 2 * (0.5 * 2 * pi * (12.5 - 1 / 3)),
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_cutting(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
