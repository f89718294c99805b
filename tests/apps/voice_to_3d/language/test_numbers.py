"""Numbers: what is rendered in words or digits is read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.apps.voice_to_3d.language.lexer import pieces
from wugan.apps.voice_to_3d.language.numbers import SMALL, TENS, read_number

ONES = {value: word for word, value in SMALL.items() if word not in ("nought", "naught")}
DECADES = {value: word for word, value in TENS.items() if word != "fourty"}


def in_words(n: int, hyphen: bool = True, conjunction: bool = True) -> str:
    """A whole number below a million in words."""
    if n >= 1000:
        rest = n % 1000
        link = " and " if conjunction and 0 < rest < 100 else " "
        return (
            in_words(n // 1000, hyphen, conjunction)
            + " thousand"
            + (link + in_words(rest, hyphen, conjunction) if rest else "")
        )
    if n >= 100:
        rest = n % 100
        link = " and " if conjunction else " "
        return ONES[n // 100] + " hundred" + (link + in_words(rest, hyphen) if rest else "")
    if n < 20:
        return ONES[n]
    return DECADES[n - n % 10] + (("-" if hyphen else " ") + ONES[n % 10] if n % 10 else "")


def value(text: str) -> float:
    raws = pieces(text)
    number = read_number(raws, 0)
    assert number is not None, text
    assert number.end == len(raws), (text, number)
    return number.value


@given(st.integers(0, 999_999), st.booleans(), st.booleans())
def test_words_round_trip(n: int, hyphen: bool, conjunction: bool) -> None:
    assert value(in_words(n, hyphen, conjunction)) == n


@given(st.integers(0, 99_999), st.integers(0, 999))
def test_decimals_round_trip(whole: int, thousandths: int) -> None:
    digits = f"{thousandths:03d}"
    assert value(f"{whole}.{digits}") == pytest.approx(whole + thousandths / 1000)
    spoken = " ".join(ONES[int(digit)] for digit in digits)
    assert value(f"{in_words(whole)} point {spoken}") == pytest.approx(whole + thousandths / 1000)


@given(st.integers(1, 20), st.integers(1, 15))
def test_mixed_fractions(whole: int, over: int) -> None:
    for text in (f"{whole}-{over}/16", f"{whole} {over}/16"):
        assert value(text) == pytest.approx(whole + over / 16)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/8", 0.375), ("1-1/2", 1.5), ("1 1/2", 1.5), ("1½", 1.5), ("¾", 0.75), ("12,5", 12.5),
        ("1,250", 1250), ("0,125", 0.125),
        ("1,250.5", 1250.5), (".5", 0.5), ("one and a half", 1.5), ("two and three quarters", 2.75), ("half", 0.5),
        ("three quarters", 0.75), ("five sixteenths", 5 / 16), ("three-eighths", 0.375), ("a dozen", 12),
        ("half a dozen", 6), ("two dozen", 24), ("a pair of", 2), ("a hundred", 100), ("one twenty", 120),
        ("minus five", -5),
        ("point five", 0.5), ("nought point two five", 0.25), ("2 thousand", 2000),
        ("twelve point twenty five", 12.25),
        ("third", 3), ("1st", 1), ("2nd", 2), ("two thirds", 2 / 3),
    ],
)  # fmt: skip
def test_forms(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["plate", "a plate", "point", "and a half", "an"])
def test_not_numbers(text: str) -> None:
    assert read_number(pieces(text), 0) is None
