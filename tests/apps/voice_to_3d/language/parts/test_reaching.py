"""Slots that start at a feature."""

import pytest

from .judging import judge

CASES = [
    (
        "1. The plate is 40mm wide (X), 80mm tall (Y), and 4mm thick (Z).\n"
        "2. Cut a circular hole with a diameter of 14mm through the plate. Its center is 30mm from the "
        "bottom edge and centered in the X direction.\n"
        "3. Cut a slot that extends upward (in the Y direction) from the hole. The slot is 7mm wide and its"
        " rounded end is centered 20mm above the center of the hole.",
        (40, 80, 4),
        11734.83,
    ),
]


@pytest.mark.parametrize(("text", "size", "volume"), CASES)
def test_reaching(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)
