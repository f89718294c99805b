from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import wugan
from wugan.modalities.medical.records import Patient, Record, RecordSource, RecordTexts, Text
from wugan.modalities.medical.records.encoder import pieces
from wugan.modalities.medical.records.values import DAY_NS
from wugan.modalities.text import TextEncoder
from wugan.testing import run_stage


def test_texts_become_transcripts() -> None:
    texts = (Text("One. Two.", 0, "Letter", "d"), Text("Three.", 2 * DAY_NS, "Report", "e"))
    out = run_stage(RecordTexts(), [Record(Patient(), notes_text=texts)])
    assert [packet.data.text for packet in out] == ["One. Two.", "Three."]
    assert out[0].attrs == {"title": "Letter", "source": "d", "days_before_newest": 2.0}
    assert run_stage(RecordTexts(), [Record(Patient())]) == []


def test_long_texts_are_cut_at_sentences() -> None:
    assert pieces("A b c. D e. F g h i j k.", 5) == ["A b c. D e.", "F g h i j", "k."]


def test_they_fit_the_text_encoder() -> None:
    pipeline = wugan.Pipeline("texts")
    texts = pipeline.stage(RecordTexts(), pipeline.source(RecordSource("record.json")))
    pipeline.sink(print, pipeline.stage(TextEncoder(), texts))  # ports are checked as they are connected
    pipeline.validate()


@given(st.text(alphabet="ab .\n", max_size=80), st.integers(1, 6))
@settings(max_examples=50)
def test_no_word_is_lost(text: str, words: int) -> None:
    found = pieces(text, words)
    assert " ".join(found).split() == text.split()
    assert all(0 < len(piece.split()) <= words for piece in found)
