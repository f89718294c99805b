"""Parts in words with the size and volume (mm, mm³) that a machinist would make of them."""

from math import pi, sqrt

PLATES = [
    ("50x30x8 mm plate, four 5.5 mm through holes, each 6 mm in from both edges at its corner.", (50, 30, 8),
    12000 - 4 * pi * 2.75**2 * 8),
    ("1. Make a plate that is 100mm long, 60mm wide and 15mm thick.\n2. Cut a rectangular pocket in the top of "
    "the plate, 80mm by 40mm and 10mm deep, centered on the plate.\n"
     "3. Add four 5mm through holes, one in each corner of the plate, 5mm from each edge.", (100, 60, 15),
     90000 - 32000 - 4 * pi * 6.25 * 15),
    ("Start with a 60mm x 60mm x 10mm plate. Cut a 20mm square out of each corner.", (60, 60, 10), 20000),
    ("A 100 x 40 x 6 mm plate with two slots. Each slot is 20mm long and 8mm wide, runs along the length of the "
    "plate and its center is 25mm from the short edge.",
     (100, 40, 6), 24000 - 2 * 6 * (12 * 8 + pi * 16)),
    ("This is a rectangular plate with 5 holes.\n\n1. The plate is 100mm (X) x 50mm (Y) x 5mm (Z).\n\n2. There's "
    "a hole in each corner. These holes are 6mm in diameter and their "
     "centers are 8mm from the edges.\n\n3. The fifth hole is in the center of the plate and is 20mm in "
     "diameter.", (100, 50, 5), 25000 - 4 * pi * 45 - pi * 500),
    ("A rectangular plate 120mm x 80mm x 8mm. Fillet the four vertical corners with a radius of 10mm. Cut a 40mm "
    "x 20mm rectangular window through the center. "
     "Drill four 6mm holes at the corners, each 12mm from both edges.", (120, 80, 8),
     (9600 - (4 - pi) * 100 - 800 - 36 * pi) * 8),
    ("A plate 100mm by 50mm and 10mm thick. In the top left corner there is a 10mm hole 15mm from both edges, and "
    "in the bottom right corner there is an 8mm hole 10mm from both edges.",
     (100, 50, 10), 50000 - pi * 410),
    ("A rectangular frame. The outside is 100mm by 80mm, the inside opening is 80mm by 60mm and it's 10mm thick.",
    (100, 80, 10), 32000),
    ("Perforated plate. The plate is 90mm in X, 70mm in Y and 2mm thick. It has a grid of 5 mm holes cut through "
    "it, five columns in the X direction and four rows in the Y direction. "
     "Spacing from center to center is 15mm both ways.", (90, 70, 2), 12600 - 20 * pi * 6.25 * 2),
]  # fmt: skip
TURNED = [
    ("A washer with an outer diameter of 20mm, an inner diameter of 10mm and a thickness of 2mm.", (20, 20, 2),
    pi * 150),
    ("A three-step shaft. The first step is 10mm in diameter and 20mm long, the second is 15mm in diameter and "
    "30mm long and the third is 20mm in diameter and 10mm long.",
     (20, 20, 60), pi * (25 * 20 + 56.25 * 30 + 1000)),
    ("A tube with an outside diameter of 25 mm, a wall thickness of 2 mm and a length of 100 mm.", (25, 25, 100),
    pi * (12.5**2 - 10.5**2) * 100),
    ("A circular flange 100mm in diameter and 12mm thick. It has a 30mm hole in the center and 6 holes of 8mm "
    "diameter equally spaced on a 70mm diameter bolt circle.",
     (100, 100, 12), pi * 12 * (2500 - 225 - 96)),
    ("A wheel. It is a disc 80mm in diameter and 20mm thick with a 10mm bore. On both sides there's a circular "
    "recess, 60mm in diameter and 5mm deep, concentric with the wheel.",
     (80, 80, 20), pi * (1600 * 20 - 25 * 20 - 2 * 875 * 5)),
    ("This is a spool. It consists of a central cylinder 20mm in diameter and 40mm long with a flange on each "
    "end. Each flange is 50mm in diameter and 5mm thick. "
     "A 8mm hole goes through the center.", (50, 50, 50), pi * (4000 + 6250 - 800)),
    ("1. Sketch a 30mm diameter circle on the XY plane and extrude it 50mm in the Z direction.\n2. Shell the "
    "cylinder with a wall thickness of 2mm, removing the top face.",
     (30, 30, 50), pi * 225 * 50 - pi * 169 * 48),
    ("A thick ring (torus) with an outer diameter of 80 mm and a tube diameter of 12 mm.", (80, 80, 12),
    2 * pi**2 * 34 * 36),
    ("Make a round spacer 1-1/2 inches in outside diameter and 3/4 inch long, with a 5/8 inch hole straight "
    "through the middle.", (38.1, 38.1, 19.05),
     pi / 4 * (38.1**2 - 15.875**2) * 19.05),
    ("Flange. OD 120, thickness 14. Raised hub on top: OD 70, 20 high above the flange face, concentric with it. "
    "Bore Ø40 THRU flange and hub. 6X Ø11 THRU on a 95 B.C., equally spaced.",
     (120, 120, 34), pi * (3600 * 14 + 1225 * 20 - 400 * 34 - 6 * 5.5**2 * 14)),
]  # fmt: skip
BLOCKS = [
    ("This part is a U-shaped block.\n1. Start with a rectangular prism 60mm (X) x 30mm (Y) x 40mm (Z).\n2. Cut a "
    "slot 20mm wide (X) and 25mm deep (Z) down into the top of the block. "
     "The slot is centered in X and goes through the entire Y dimension.", (60, 40, 30), 60 * 30 * 40 - 20 * 25 * 30),
    ("A hollow box 80mm x 60mm x 40mm with 2mm thick walls and an open top.", (80, 60, 40),
    80 * 60 * 40 - 76 * 56 * 38),
    ("A rectangular block 60mm long, 40mm wide and 20mm high. There are four counterbored holes, 10mm in from "
    "each edge. The holes are 6mm in diameter and go all the way through. "
     "The counterbores are 10mm in diameter and 6mm deep.", (60, 40, 20), 48000 - 4 * pi * (180 + 16 * 6)),
    ("An L-shaped bracket. The base is 50mm long, 30mm wide and 5mm thick. A vertical wall 40mm tall and 5mm "
    "thick rises from one end of the base. There's a 6mm hole through the center "
     "of the base.", (50, 30, 45), 7500 + 6000 - pi * 45),
    ("Let's make a stepped block.\n1. Create a rectangular prism 60mm (X) by 40mm (Y) by 10mm (Z).\n2. On top of "
    "it, create a second rectangular prism 40mm (X) by 40mm (Y) by 10mm (Z), "
     "aligned with the left edge of the first one.\n3. Drill a 8mm hole through the center of the second prism, "
     "all the way through both.", (60, 40, 20), 40000 - pi * 320),
    ("Start with a 50mm cube. Cut a 20mm wide and 20mm deep slot through the top, along the X axis and centered "
    "in Y. Then drill a 10mm hole through the block along the Y axis, centered in X "
     "and 15mm above the bottom.", (50, 50, 50), 125000 - 20000 - pi * 1250),
    ("1. Extrude a hexagon with a side length of 20mm to a height of 10mm.\n2. Add a cylinder with a diameter of "
    "20mm and a height of 15mm on top of the hexagon, centered.\n"
     "3. Drill a hole with a diameter of 10mm through everything.", (40, 20 * sqrt(3), 25),
     600 * sqrt(3) * 10 + pi * 1500 - pi * 625),
    ("This part is a square tube. The outside is 40mm x 40mm, the wall thickness is 3mm and the length is 120mm.",
    (40, 40, 120), (1600 - 34 * 34) * 120),
    ("A half cylinder 60mm long with a diameter of 30mm.", (60, 30, 15), pi * 112.5 * 60),
    ("A triangular plate. It's a right triangle with legs of 60mm and 40mm and it's 5mm thick.", (60, 40, 5), 6000),
    ("I-beam, 200 mm long. Flanges 60 mm wide, 8 mm thick. Web 6 mm thick. Overall height 100 mm. No radii.", (60,
    200, 100), (960 + 84 * 6) * 200),
    ("U-shaped channel, constant 4 mm wall. Outside: 40 wide, 30 high, 120 long. Open at the top and at both "
    "ends.", (120, 40, 30), (1200 - 32 * 26) * 120),
    ("1. Start with a block 40mm (X) x 30mm (Y) x 50mm (Z).\n\n2. Cut a slot through the block in the Y "
    "direction. The slot is 16mm wide in X, "
     "centered in X, and goes down 30mm from the top face.\n\n3. Drill a 10mm diameter hole through both arms in "
     "the X direction. It is centered in Y "
     "and its center is 12mm below the top.", (40, 30, 50), 60000 - 16 * 30 * 30 - pi * 25 * 24),
    ("A plate 60 x 50 x 6 mm. The centre of the plate is the origin. Drill 5 mm through holes at (20, 15), (20, "
    "-15), (-20, 15) and (-20, -15).",
     (60, 50, 6), 18000 - 4 * pi * 6.25 * 6),
    ("Draw a closed polygon with vertices at (0, 0), (50, 0), (50, 10), (10, 10), (10, 40) and (0, 40). Extrude "
    "it 25.", (50, 40, 25), 20000),
    ("Take a 40 mm cube and drill a 10 mm hole through it along each of the three axes, all through its center.",
    (40, 40, 40), 55990),
    ("Sketch a rectangle 40 by 20 on the XY plane centered at the origin and extrude it 10 in +Z. Then on the top "
    "face draw a circle of diameter 8 at "
     "(10, 0) and cut it through.", (40, 20, 10), 8000 - pi * 160),
]  # fmt: skip
