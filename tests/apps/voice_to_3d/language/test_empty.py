"""The words that carry nothing."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.empty import empty
from wugan.apps.voice_to_3d.language.lexer import tokens


def left(text: str) -> list[str]:
    found = tokens(text)
    return [one.text for i, one in enumerate(found) if i not in empty(found) and one.kind != "sign"]


def test_manners_and_links_carry_nothing() -> None:
    assert left("could you please make it a red table") == ["red", "table"]


def test_a_purpose_carries_nothing() -> None:
    assert left("a V-block for holding round stock, 60 mm long") == ["V", "block", "60 mm", "long"]


def test_a_purpose_with_a_figure_is_not_skipped() -> None:
    assert "20 mm" in left("a holder for a 20 mm pipe")


def test_what_was_there_before_carries_nothing() -> None:
    assert left("eight holes instead of six") == ["eight", "holes"]


def test_words_of_shape_are_kept() -> None:
    assert left("a dimpled plate under the left leg") == ["dimpled", "plate", "under", "left", "leg"]
