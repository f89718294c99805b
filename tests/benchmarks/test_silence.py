"""How `benchmarks/voice_to_3d/silence.py` masks and judges."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "voice_to_3d"


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in ("silence", "words"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import silence

    return silence


def test_each_content_word_and_number_is_masked(silence: ModuleType) -> None:
    found = [(one.kind, one.lost) for one in silence.masks("make a red plate with four 5 mm holes")]
    assert found == [("word", "red"), ("word", "plate"), ("number", "four"), ("number", "5 mm"), ("word", "holes")]


def test_numbers_become_larger_and_words_nonsense(silence: ModuleType) -> None:
    texts = [one.text for one in silence.masks("a plate 40 mm wide with ribbed holes")]
    assert "a plate 54.8 mm wide with ribbed holes" in texts
    assert "a plate 40 mm wide with florped holes" in texts


def test_opposites_and_clauses(silence: ModuleType) -> None:
    found = list(silence.masks("a plate 40 x 20 x 5 mm, a 5 mm hole near the left edge, rounded corners."))
    assert any(one.kind == "opposite" and "right edge" in one.text for one in found)
    assert any(one.kind == "clause" and "hole" not in one.text for one in found)


def test_numbers_of_lists_are_not_masked(silence: ModuleType) -> None:
    assert [one.lost for one in silence.masks("1. A cube of 5 mm.\n2. Done.") if one.kind == "number"] == ["5 mm"]


def test_a_dropped_word_is_silent_and_a_changed_number_is_held(
    silence: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wugan.apps.voice_to_3d.language.context import Context
    from wugan.apps.voice_to_3d.scene.scene import Scene

    text = "a cube of 5 mm"
    result, names, told = silence.read(text, Scene(), Context())
    assert not told
    sentence = silence.Sentence("one", text, Scene(), Context(), result, names, "")
    held = silence.judge(sentence, silence.Mask("number", "5 mm", "a cube of 7 mm"))
    listed = silence.judge(sentence, silence.Mask("word", "cube", "a florp of 5 mm"))
    monkeypatch.setattr(silence, "read", lambda *_: (result, names, False))
    masked = silence.Mask("word", "cube", "a florp of 5 mm")
    silent = silence.judge(sentence, masked)
    noted = silence.judge(replace(sentence, notes="“cube"), masked)
    assert (held.what, listed.what, silent.what, noted.what) == ("held", "listed", "silent", "told")


def test_the_last_check_tells_what_the_reader_skipped(silence: ModuleType) -> None:
    from wugan.apps.voice_to_3d.language.context import Context
    from wugan.apps.voice_to_3d.scene.scene import Scene

    text = "a plate 80 by 40 by 8 mm, for mounting a motor"
    assert "motor" in silence.told(text, Scene(), Context())
