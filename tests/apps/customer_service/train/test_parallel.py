from __future__ import annotations

import math

import pytest

from wugan.apps.customer_service.train.parallel import each


def test_processes_give_what_one_gives_in_order() -> None:
    numbers = [9.0, 4.0, 1.0]
    assert each(math.sqrt, numbers, 2) == each(math.sqrt, numbers, 1) == [3.0, 2.0, 1.0]


def test_an_error_in_a_process_is_raised_here() -> None:
    with pytest.raises(ValueError):
        each(math.sqrt, [1.0, -1.0], 2)


def test_nothing_to_do() -> None:
    assert each(math.sqrt, [], 2) == []
