"""`KAnnealing`."""

from __future__ import annotations

import pytest
from torch import nn

from wugan.attention import DARAttention, KAnnealing
from wugan.errors import DataError


def test_falls_from_all_to_the_end() -> None:
    schedule = KAnnealing(start=16, end=4, dense_steps=10, anneal_steps=20)
    ks = [schedule.k(step) for step in range(40)]
    assert ks[:10] == [None] * 10
    falling = [k for k in ks[10:] if k is not None]
    assert falling[0] == 16 and falling[10] == 8 and falling[20:] == [4] * 10
    assert falling == sorted(falling, reverse=True)


def test_without_steps_it_starts_at_the_end() -> None:
    assert KAnnealing(start=8, end=2, dense_steps=0, anneal_steps=0).k(0) == 2


def test_sets_every_layer() -> None:
    model = nn.Sequential(DARAttention(8, 2), nn.Sequential(DARAttention(8, 2)))
    assert KAnnealing(start=9, end=3, dense_steps=1, anneal_steps=0).apply(model, 1) == 3
    assert [layer.top_k for layer in model.modules() if isinstance(layer, DARAttention)] == [3, 3]


@pytest.mark.parametrize("wrong", [{"end": 0}, {"end": 9}, {"dense_steps": -1}])
def test_refuses_nonsense(wrong: dict[str, int]) -> None:
    with pytest.raises(DataError, match="KAnnealing needs"):
        KAnnealing(**{"start": 8, "end": 2, "dense_steps": 0, "anneal_steps": 0, **wrong})
