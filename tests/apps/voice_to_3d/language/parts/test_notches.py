"""Notches in the edges of plates."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "A 60 x 40 x 5 plate has a rectangular notch, 12 wide and 8 deep, in the middle of one of its long "
        "edges, cut through the thickness.",
        (60, 40, 5),
        60 * 40 * 5 - 12 * 8 * 5,
    ),
    (
        "A 70 x 40 x 6 plate with a semicircular notch of radius 10 in the middle of each short side.",
        (70, 40, 6),
        70 * 40 * 6 - pi * 100 * 6,
    ),
    (
        "1. Make a plate 80mm (X) x 50mm (Y) x 6mm (Z).\n"
        "2. Remove a rectangle from the front edge of the plate. It's 30mm (X) by 12mm (Y), centered in X, "
        "and goes all the way through in Z.",
        (80, 50, 6),
        80 * 50 * 6 - 30 * 12 * 6,
    ),
    (
        "1. Create a rectangular plate that's 60mm (X) by 60mm (Y) by 8mm (Z).\n"
        "2. On both the left and right sides, cut a U-shaped notch that is 10mm wide and 18mm deep, "
        "centered on the side. The bottom of each notch is fully rounded.",
        (60, 60, 8),
        3600 * 8 - 2 * (10 * 13 + pi * 25 / 2) * 8,
    ),
    (
        "Plate 100 x 40 x 4. Cut a V notch 12 wide and 10 deep into the middle of the top edge.",
        (100, 40, 4),
        100 * 40 * 4 - 12 * 10 / 2 * 4,
    ),
    (
        "Start with a block 90 (X) by 50 (Y) by 10 (Z). Cut two notches in the back edge, each 8mm wide and"
        " 15mm deep, 30mm apart, symmetric about the middle.",
        (90, 50, 10),
        90 * 50 * 10 - 2 * 8 * 15 * 10,
    ),
    (
        "This is a hook plate.\n"
        "1. Extrude a rectangle, 70 mm (X) x 50 mm (Y), 5 mm thick.\n"
        "2. Cut an open slot into the right edge: 8 mm wide, 25 mm long measured from the edge, with a "
        "rounded inner end. The slot is centred on the edge.",
        (70, 50, 5),
        70 * 50 * 5 - (8 * 21 + pi * 16 / 2) * 5,
    ),
    (
        "1. Begin with a rectangular prism of 50mm (X) x 40mm (Y) x 12mm (Z).\n"
        "2. A rectangular cutout is made in the left side of the prism. The cutout is 16mm (Y) x 10mm (X), "
        "runs through the full height of the prism (Z), and starts 6mm from the front face.",
        (50, 40, 12),
        50 * 40 * 12 - 16 * 10 * 12,
    ),
    (
        "1. Create a rectangular prism that is 50mm (X), 50mm (Y) and 10mm (Z).\n"
        "2. Cut a rectangular notch out of the right side. The notch is 20mm (Y) wide and 15mm (X) deep. It"
        " goes through the whole thickness and is centered in Y.\n"
        "3. Fillet the two inside corners of the notch with a 3mm radius.",
        (50, 50, 10),
        50 * 50 * 10 - 20 * 15 * 10 + 2 * (1 - pi / 4) * 9 * 10,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_notches(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
