"""`TokenBatch` and `collate`."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wugan.errors import DataError
from wugan.fusion import TokenBatch, collate
from wugan.tokens import Tokens


def tokens(length: int, size: int = 3, modality: str = "a", positions: int = 0) -> Tokens:
    values = np.arange(length * size, dtype=np.float32).reshape(length, size) + 1
    time = np.arange(length, dtype=np.int64) + 2**60
    return Tokens(values, time, modality, positions=np.ones((length, positions), np.float32) if positions else None)


def test_pads_and_masks() -> None:
    masked = tokens(3)
    masked.mask = np.array([True, False, True])
    batch = collate([{"a": tokens(2)}, {"b": tokens(1, 5, "b")}, {"a": masked}])
    assert list(batch) == ["a", "b"]
    assert batch["a"].values.shape == (3, 3, 3) and batch["b"].values.shape == (3, 1, 5)
    assert batch["a"].mask.tolist() == [[True, True, False], [False] * 3, [True, False, True]]
    assert batch["a"].time_ns[0].tolist() == [2**60, 2**60 + 1, 0]
    assert torch.equal(batch["a"].values[0, :2], torch.from_numpy(tokens(2).values))


def test_keeps_positions() -> None:
    batch = collate([{"a": tokens(2, positions=2)}, {"a": tokens(1, positions=2)}])
    assert batch["a"].positions is not None and batch["a"].positions[:, :, 0].tolist() == [[1, 1], [1, 0]]


def test_windows_must_agree() -> None:
    with pytest.raises(DataError, match=r"disagree about modality 'a': sizes \[3, 4\]"):
        collate([{"a": tokens(2)}, {"a": tokens(2, 4)}])
    with pytest.raises(DataError, match="dimensions of positions"):
        collate([{"a": tokens(2)}, {"a": tokens(2, positions=2)}])
    with pytest.raises(DataError, match="at least one window"):
        collate([])


def test_shapes_are_checked() -> None:
    time, mask = torch.zeros(2, 3, dtype=torch.int64), torch.ones(2, 3, dtype=torch.bool)
    with pytest.raises(DataError, match="values must be"):
        TokenBatch(torch.zeros(2, 3), time, mask)
    with pytest.raises(DataError, match="TokenBatch.mask has shape"):
        TokenBatch(torch.zeros(2, 3, 1), time, mask[:, :2])
    with pytest.raises(DataError, match="int64 time_ns"):
        TokenBatch(torch.zeros(2, 3, 1), time.float(), mask)
