from __future__ import annotations

from pathlib import Path

import pytest

from wugan.errors import DataError
from wugan.modalities.text.datasets import Sentence, banking77


def test_sentences(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text('text,category\n"Well, where\nis it?",card_arrival\n')
    assert banking77(tmp_path, "test") == [Sentence("Well, where\nis it?", "card_arrival")]


def test_what_is_no_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train.csv: cannot be read"):
        banking77(tmp_path, "train")
    (tmp_path / "train.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="has no column 'text'"):
        banking77(tmp_path, "train")


def test_the_corpus_itself(data_root: Path) -> None:
    train, test = (banking77(data_root / "text" / "banking77", part) for part in ("train", "test"))
    assert len(train) == 10_003
    assert {sentence.label for sentence in train} == {sentence.label for sentence in test}
    assert len({sentence.label for sentence in train}) == 77
