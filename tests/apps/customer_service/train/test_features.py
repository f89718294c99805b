from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.apps.customer_service.train.features import texts, voices
from wugan.errors import DataError
from wugan.modalities.text.encoder import TextEncoder
from wugan.packet import Packet
from wugan.signals import Transcript


def test_sentences_become_tokens_once(tmp_path: Path) -> None:
    folder = tmp_path / "text" / "banking77"
    folder.mkdir(parents=True)
    (folder / "train.csv").write_text("text,category\nWhere is my card?,card_arrival\nMy PIN is blocked.,pin_blocked\n")
    first = texts(tmp_path, "train", tmp_path / "cache")
    assert [text.intent for text in first] == ["card_arrival", "pin_blocked"]
    direct = TextEncoder().encode([Packet(Transcript("Where is my card?", 3.0), 0, stream="t")])[0]
    assert direct is not None
    np.testing.assert_allclose(first[0].tokens.values, direct.values, atol=2e-3)
    (written,) = (tmp_path / "cache").iterdir()
    before = written.stat().st_mtime_ns
    again = texts(tmp_path, "train", tmp_path / "cache")
    assert written.stat().st_mtime_ns == before
    np.testing.assert_array_equal(again[1].tokens.values, first[1].tokens.values)


def test_an_unknown_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="emodb or ravdess"):
        voices(tmp_path, "iemocap", tmp_path, 0)
