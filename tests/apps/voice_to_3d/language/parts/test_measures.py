"""Measures: roles and values in every order that people say them."""

import pytest

from wugan.apps.voice_to_3d.language.lexer import tokens
from wugan.apps.voice_to_3d.language.parts.measures import after_value, axis_after, before_value, role_at


@pytest.mark.parametrize(
    ("text", "role", "value"),
    [
        ("10mm wide", "width", 10), ("22 mm tall", "height", 22), ("4 thick", "thickness", 4), ("16 dia",
        "diameter", 16),
        ("15mm in diameter", "diameter", 15), ("10mm in outer diameter", "outer_diameter", 10),
        ("35 mm OD", "outer_diameter", 35), ("20 mm ID", "inner_diameter", 20), ("8 mm deep", "depth", 8),
        ("13mm across the flats", "across_flats", 13), ("13 mm across flats", "across_flats", 13),
        ("40 mm center to center", "apart", 40), ("80 mm apart", "apart", 80), ("25mm on centers", "apart", 25),
        ("12.7mm on a side", "side", 12.7), ("40 mm sides", "side", 40), ("2.5 mm wall", "wall", 2.5),
        ("3/4 inch long", "length", 19.05), ("5mm radius", "radius", 5), ("30 mm square", "side", 30),
        ("6 mm pitch", "pitch", 6), ("20mm diameter", "diameter", 20), ("100 mm overall length", "length", 100),
    ],
)  # fmt: skip
def test_after_a_value(text: str, role: str, value: float) -> None:
    read = after_value(tokens(text), 0)
    assert read is not None
    assert (read[0].role, read[0].value) == (role, pytest.approx(value))
    assert read[1] == len(tokens(text))


@pytest.mark.parametrize(
    ("text", "role", "value"),
    [
        ("width of 10 mm", "width", 10), ("diameter: 80 mm", "diameter", 80), ("OD 120", "outer_diameter", 120),
        ("outer diameter is 30mm", "outer_diameter", 30), ("depth 25", "depth", 25), ("R5", "radius", 5),
        ("dia 3", "diameter", 3),
        ("Ø11", "diameter", 11), ("thickness should be 5 mm", "thickness", 5), ("wall thickness of 2 mm", "wall", 2),
        ("bend radius is 40mm", "bend_radius", 40), ("height = 12", "height", 12), ("cord 3.5 mm thick", "cord", 3.5),
        ("module 2", "module", 2), ("inside diameter 20 mm", "inner_diameter", 20), ("face width 10 mm", "height", 10),
        ("bolt circle diameter of 60 mm", "circle", 60), ("spacing of 15 mm", "pitch", 15), ("leg length 20 mm",
        "leg", 20),
    ],
)  # fmt: skip
def test_before_a_value(text: str, role: str, value: float) -> None:
    read = before_value(tokens(text), 0)
    assert read is not None
    assert (read[0].role, read[0].value) == (role, pytest.approx(value))
    assert read[1] == len(tokens(text))


@pytest.mark.parametrize(
    "text", ["three diameters", "10 mm holes", "5 mm from the edge", "plate", "two legs", "one wall"]
)
def test_not_a_measure(text: str) -> None:
    assert after_value(tokens(text), 0) is None


def test_a_value_with_another_role_is_left() -> None:
    assert before_value(tokens("the height, 10 mm wide"), 1) is None


@pytest.mark.parametrize(
    ("text", "axis"),
    [("10 mm in X", "x"), ("10 mm along the Y axis", "y"), ("10 mm (Z)", "z"), ("10 mm in the Z direction", "z")],
)
def test_axes(text: str, axis: str) -> None:
    found = tokens(text)
    quantity = found[0].quantity
    assert quantity is not None
    assert (quantity.axes[0] or axis_after(found, 1)[0]) == axis


def test_overall_sizes_are_told_apart() -> None:
    assert role_at(tokens("overall height"), 0) == ("height", 2, True)
    assert role_at(tokens("height"), 0) == ("height", 1, False)
