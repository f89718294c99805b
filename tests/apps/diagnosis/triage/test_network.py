from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.apps.diagnosis.triage.network import TriageModel, config
from wugan.errors import DataError
from wugan.tokens import Tokens


def tokens(modality: str, count: int, seed: int = 0) -> Tokens:
    values = np.random.default_rng(seed).normal(0, 1, (count, config().modalities[modality])).astype(np.float32)
    return Tokens(values, np.zeros(count, np.int64), modality)


@pytest.fixture(scope="module")
def model() -> TriageModel:
    return TriageModel.load()


def test_any_subset_can_be_read(model: TriageModel) -> None:
    for names in (("ct",), ("record", "slide"), ("ct", "slide", "record")):
        chances, relevance = model.read({name: tokens(name, 70) for name in names})
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
        assert set(relevance) == set(names) and max(r.max() for r in relevance.values()) == pytest.approx(1)


def test_relevance_belongs_to_tokens(model: TriageModel) -> None:
    case = {"record": tokens("record", 40)}
    _, relevance = model.read(case)
    assert relevance["record"].shape == (40,) and relevance["record"].std() > 0


def test_weights_are_kept(model: TriageModel, tmp_path: Path) -> None:
    case = {"ct": tokens("ct", 30)}
    model.save(tmp_path / "x.safetensors")
    again = TriageModel.load(tmp_path / "x.safetensors")
    assert again.read(case)[0] == pytest.approx(model.read(case)[0], abs=1e-6)
    (tmp_path / "bad.safetensors").write_bytes(b"12345678")
    with pytest.raises(DataError, match="safetensors"):
        TriageModel.load(tmp_path / "bad.safetensors")
    with pytest.raises(DataError, match="unknown"):
        TriageModel.load("other")
