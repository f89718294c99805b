"""`describe`: texts become solids of the right size and volume."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.language.parts.describe import describe
from wugan.apps.voice_to_3d.scene.scene import Scene

from .shapes_said import BLOCKS, PLATES, TURNED


def judge(text: str, size: tuple[float, float, float], volume: float) -> None:
    made = describe(text)
    assert made.object is not None, made.unread
    built = build(Scene(objects=(made.object,)))
    low, high = built.bounds()
    assert sorted(np.array(high) - np.array(low)) == pytest.approx(sorted(size), abs=0.5)
    assert built.solid().volume() == pytest.approx(volume, rel=0.01)


@pytest.mark.parametrize(("text", "size", "volume"), PLATES)
def test_plates(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)


@pytest.mark.parametrize(("text", "size", "volume"), TURNED)
def test_turned(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)


@pytest.mark.parametrize(("text", "size", "volume"), BLOCKS)
def test_blocks(text: str, size: tuple[float, float, float], volume: float) -> None:
    judge(text, size, volume)


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 400), st.integers(20, 400), st.integers(2, 18), st.integers(2, 8))
def test_any_size(length: int, width: int, thick: int, hole: int) -> None:
    made = describe(
        f"A plate {length} mm long, {width} mm wide and {thick} mm thick with a {hole} mm hole in the center."
    )
    assert made.object is not None
    assert made.unread == ()
    volume = build(Scene(objects=(made.object,))).volume()
    assert volume == pytest.approx(length * width * thick - np.pi * hole**2 / 4 * thick, rel=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_answered(text: str) -> None:
    made = describe(text)
    assert made.object is not None or made.unread


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A plate 0 x 10 x 5 mm", "above zero"), ("A plate -5 x 10 x 5 mm", "above zero"),
        ("A plate 10 km x 5 km x 1 km", "100 m"),
        ("A cylinder 5 furlongs in diameter and 20 mm long", "furlong"),
        ("A tube, outer diameter 20, inner diameter 30, 50 long", "inner diameter"),
        ("A cube", "no size"), ("asdf qwer", "size"), ("", "no shape"), ("A cylinder 20 mm in diameter",
        "length"), ("x " * 15000, "longer"),
    ],
)  # fmt: skip
def test_refusals_say_why(text: str, word: str) -> None:
    made = describe(text)
    assert made.object is None
    assert any(word in one.reason for one in made.unread), made.unread


def test_a_hole_that_takes_all_is_refused_and_the_plate_kept() -> None:
    made = describe("A plate 50 x 30 x 5 mm with a hole 80 mm in diameter")
    assert made.object is not None
    assert made.object.features == ()
    assert any("takes all" in one.reason for one in made.unread)
