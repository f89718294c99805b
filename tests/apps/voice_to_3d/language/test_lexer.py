"""The lexer: quantities and sizes are one token, spans are right, nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.apps.voice_to_3d.language.lexer import lemma, tokens
from wugan.apps.voice_to_3d.language.quantity import Quantity


def only(text: str) -> Quantity:
    found = [token.quantity for token in tokens(text) if token.quantity]
    assert len(found) == 1, tokens(text)
    return found[0]


@pytest.mark.parametrize(
    ("text", "millimetres"),
    [
        ("5mm", 5), ("5 mm", 5), ("5-mm", 5), ("2 cm", 20), ("1.2 m", 1200), ("3 in.", 76.2), ("3in", 76.2),
        ('3"', 76.2), ("3 inches", 76.2),
        ("1-1/2 inches", 38.1), ("3/8 inch", 9.525), ("half an inch", 12.7), ("a quarter inch", 6.35),
        ("three quarters of an inch", 19.05),
        ("an inch and a half", 38.1), ("two and a half millimetres", 2.5), ("a metre twenty", 1200),
        ("a metre", 1000),
        ("half a metre", 500), ("five foot six", 1676.4), ("5' 6\"", 1676.4), ("5'6\"", 1676.4),
        ("six feet two inches", 1879.6), ("two feet", 609.6),
        ("10 thou", 0.254), ("50 microns", 0.05), ("50 µm", 0.05), ("0,5 mm", 0.5),
        ("one metre and twenty centimetres", 1200),
        ("2 yards", 1828.8), ("1 m 20", 1200), ("eighty centimetres", 800), ("10 km", 1e7), ("-3 mm", -3),
        ("5 millimeters", 5), ("1,250 mm", 1250),
    ],
)  # fmt: skip
def test_lengths(text: str, millimetres: float) -> None:
    quantity = only(text)
    assert quantity.kind == "length"
    assert quantity.value == pytest.approx(millimetres)


@pytest.mark.parametrize(
    ("text", "values", "axes"),
    [
        ("10x20x30 mm", (10, 20, 30), ("", "", "")), ("50 by 30 by 8", (50, 30, 8), ("", "", "")),
        ("2 x 4 inch", (50.8, 101.6), ("", "")),
        ("80mm (X) x 40mm (Y) x 10mm (Z)", (80, 40, 10), ("x", "y", "z")), ("80 mm (X) by 40mm (Y)", (80, 40),
        ("x", "y")),
        ("60 (along X) x 40 (along Y) mm", (60, 40), ("x", "y")), ("18mm x 32mm", (18, 32), ("", "")),
        ("10 × 20 mm", (10, 20), ("", "")),
        ("2 inch x 1/2 inch", (50.8, 12.7), ("", "")), ("10cm x 5mm", (100, 5), ("", "")),
    ],
)  # fmt: skip
def test_sizes(text: str, values: tuple[float, ...], axes: tuple[str, ...]) -> None:
    quantity = only(text)
    assert quantity.kind == "sizes"
    assert quantity.values == pytest.approx(values)
    assert quantity.axes == axes


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("45 degrees", "angle", 45), ("45°", "angle", 45), ("90-degree", "angle", 90),
        ("20 percent", "percent", 0.2), ("20%", "percent", 0.2),
        ("4x holes", "times", 4), ("6X Ø", "times", 6), ("M6", "thread", 6), ("M8x1.25", "thread", 8),
        ("third", "ordinal", 3), ("2nd", "ordinal", 2),
        ("5 furlongs", "unknown", 5), ("3 cubits", "unknown", 3), ("20-30 mm", "range", 20),
        ("four holes", "number", 4), ("a dozen holes", "number", 12),
        ("a pair of holes", "number", 2), ("ten by the wall", "number", 10), ("2 in the corner", "number", 2),
    ],
)  # fmt: skip
def test_kinds(text: str, kind: str, value: float) -> None:
    quantity = only(text)
    assert (quantity.kind, quantity.value) == (kind, pytest.approx(value))


@pytest.mark.parametrize(
    ("text", "lemmas"),
    [
        ("It's L-shaped.", ["it", "is", "l", "shaped", "."]), ("OD 120", ["outside", "diameter", "number"]),
        ("Ø20 THRU", ["diameter", "number", "through"]),
        ("counter-bored holes", ["counterbored", "hole"]),
        ("on a 95 B.C.", ["on", "a", "number", "bolt-circle"]), ("R5", ["radius", "number"]),
        ("the center line", ["the", "centreline"]), ("two axes", ["number", "axis"]),
        ("6 mm in from", ["length", "in", "from"]),
        ("C/C", ["centre", "to", "centre"]), ("the first one", ["the", "ordinal", "one"]),
        ("4-legged", ["number", "legged"]),
        ("don’t", ["do", "not"]), ("a\nb", ["a", "\n", "b"]), ("2 in. long bar", ["length", "long", "bar"]),
    ],
)  # fmt: skip
def test_lemmas(text: str, lemmas: list[str]) -> None:
    assert [token.lemma for token in tokens(text)] == lemmas


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("holes", "hole"), ("boxes", "box"), ("torus", "torus"), ("shelves", "shelf"), ("cross", "cross"),
        ("bosses", "boss"), ("radii", "radius"), ("ends", "end"), ("axis", "axis"), ("thickness", "thickness"),
        ("chamfers", "chamfer"), ("notches", "notch"), ("cavities", "cavity"), ("sizes", "size"), ("feet", "foot"),
        ("Centers", "centre"),
    ],
)  # fmt: skip
def test_lemma(word: str, expected: str) -> None:
    assert lemma(word) == expected


@given(st.floats(0.1, 9999).map(lambda x: round(x, 2)), st.sampled_from(["mm", "cm", "in", "m", "inches", '"']))
def test_unit_round_trip(number: float, unit: str) -> None:
    factor = {"mm": 1, "cm": 10, "m": 1000}.get(unit, 25.4)
    assert only(f"{number}{unit}").value == pytest.approx(number * factor)


@given(st.text(max_size=200))
def test_never_raises_and_spans_are_in_order(text: str) -> None:
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(a.start <= b.start for a, b in zip(found, found[1:], strict=False))
