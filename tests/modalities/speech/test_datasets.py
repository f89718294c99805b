from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from wugan.errors import DataError
from wugan.modalities.speech.datasets import Clip, emodb, ravdess


def test_names_of_emodb(tmp_path: Path) -> None:
    for name in ("03a01Fa.flac", "16b10Td.wav", "03a01Lc.flac", "notes.txt"):
        (tmp_path / name).touch()
    assert emodb(tmp_path, ("happiness", "sadness")) == [
        Clip(tmp_path / "03a01Fa.flac", "03", "a01", "happiness"),
        Clip(tmp_path / "16b10Td.wav", "16", "b10", "sadness"),
    ]
    assert len(emodb(tmp_path)) == 3


def test_names_of_ravdess(tmp_path: Path) -> None:
    (tmp_path / "03-01-05-01-02-01-12.flac").touch()
    assert ravdess(tmp_path) == [Clip(tmp_path / "03-01-05-01-02-01-12.flac", "12", "02", "anger")]


@pytest.mark.parametrize("read", [emodb, ravdess])
def test_what_is_no_corpus_is_named(read: Callable[[Path], list[Clip]], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no .flac or .wav"):
        read(tmp_path / "nowhere")
    (tmp_path / "song.wav").touch()
    with pytest.raises(DataError, match=r"song.wav: is not named"):
        read(tmp_path)


def test_the_corpora_themselves(data_root: Path) -> None:
    emotions = ("anger", "happiness", "neutral", "sadness")
    clips = emodb(data_root / "emodb_original")
    assert Counter(clip.emotion for clip in clips).keys() == set(emotions)
    assert len({clip.speaker for clip in clips}) == 8
    assert len({clip.speaker for clip in ravdess(data_root / "ravdess")}) == 20
