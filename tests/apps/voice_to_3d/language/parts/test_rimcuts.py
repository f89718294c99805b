"""Cuts at the rim of something round."""

from math import pi

import pytest

from .judging import judge

CASES = [
    (
        "1. Make a disc of 80mm diameter and 6mm thickness.\n"
        "2. Cut four rectangular notches into the edge of the disc, equally spaced. Each notch is 10mm wide"
        " and 8mm deep measured from the rim.\n"
        "3. Drill a 20mm hole in the center.",
        (79.37, 79.37, 6),
        (pi * 1600 - pi * 100 - 4 * 78.957) * 6,
    ),
    (
        "1. Make a cylinder that is 60mm in diameter and 25mm tall.\n"
        "2. Cut a circular pocket in the top that's 44mm in diameter and 15mm deep.\n"
        "3. Cut 8 holes through the floor of the pocket. The holes are 4mm in diameter and equally spaced "
        "on a 30mm diameter circle.\n"
        "4. Cut a 10mm wide slot through the wall on one side, from the top down to the floor of the "
        "pocket.",
        (60, 60, 25),
        45660.21,
    ),
    (
        "1. Create a disc that is 80mm in diameter and 8mm thick.\n"
        "2. Cut two half-round notches into the edge of the disc, on opposite sides. Each has a radius of "
        "10mm and goes through the full thickness.\n"
        "3. Cut a concentric recess in the bottom, 70mm in diameter and 3mm deep.",
        (77.5, 80, 8),
        26620.0,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_rimcuts(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
