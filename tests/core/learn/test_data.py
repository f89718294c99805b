from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from wugan.learn.data import batches, each, grouped, kept_tokens
from wugan.tokens import Tokens


def test_processes_give_what_one_gives_in_order() -> None:
    numbers = [9.0, 4.0, 1.0]
    assert each(math.sqrt, numbers, 2) == each(math.sqrt, numbers, 1) == [3.0, 2.0, 1.0]


def test_an_error_in_a_process_is_raised_here() -> None:
    with pytest.raises(ValueError):
        each(math.sqrt, [1.0, -1.0], 2)


def test_nothing_to_do() -> None:
    assert each(math.sqrt, [], 2) == []


def test_groups_are_held_out_whole() -> None:
    folds = grouped(list("aabbccddee"), 3, 0)
    assert set().union(*folds) == set("abcde") and sum(map(len, folds)) == 5
    assert folds == grouped(list("edcba"), 3, 0) != grouped(list("abcde"), 3, 1)


def test_every_pass_has_every_item_once() -> None:
    drawn = batches(10, 4, np.random.default_rng(0), keep_last=True)
    for _ in range(2):
        rows = np.concatenate([next(drawn) for _ in range(3)])
        assert sorted(rows) == list(range(10))
    whole = batches(10, 4, np.random.default_rng(0))
    assert [len(next(whole)) for _ in range(5)] == [4] * 5
    assert len(next(batches(3, 8, np.random.default_rng(0)))) == 3


def test_tokens_are_made_once(tmp_path: Path) -> None:
    made = []

    def make() -> list[Tokens]:
        made.append(1)
        rng = np.random.default_rng(0)
        return [
            Tokens(rng.random((n, 3), np.float32), np.arange(n), "voice", positions=rng.random((n, 2), np.float32))
            for n in (2, 5)
        ]

    first, again = (kept_tokens(tmp_path / "new" / "t.npz", make) for _ in range(2))
    assert len(made) == 1 and [len(one) for one in again] == [2, 5] and again[0].modality == "voice"
    for one, other, true in zip(first, again, make(), strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_allclose(one.values, true.values, atol=1e-3)
        assert one.positions is not None and (one.positions == true.positions).all()
