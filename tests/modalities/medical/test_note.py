from __future__ import annotations

import dataclasses

import pytest

from wugan.modalities.medical.note import Note


def test_it_reads_as_a_sentence_and_does_not_change() -> None:
    assert str(Note("gap-filled", "One plane is missing.")) == "One plane is missing."
    note = Note("gap-filled", "One plane is missing.", "series 3")
    assert str(note) == "One plane is missing. [series 3]"
    with pytest.raises(dataclasses.FrozenInstanceError):
        note.code = "other"  # type: ignore[misc]
