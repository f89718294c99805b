"""What was built before is taken from memory; what failed is tried again; the oldest goes."""

from __future__ import annotations

import pytest

from wugan.apps.voice_to_3d.geometry.memo import Cancelled, Memo, cancellable, check


def test_made_once_and_the_oldest_forgotten() -> None:
    memo: Memo[int] = Memo(2)
    made: list[str] = []

    def make(key: str) -> int:
        return memo.get(key, lambda: (made.append(key), len(made))[1])

    assert [make("a"), make("a"), make("b"), make("a"), make("c"), make("a"), make("b")] == [1, 1, 2, 1, 3, 1, 4]
    assert made == ["a", "b", "c", "b"]
    memo.clear()
    assert make("a") == 5


def test_a_failure_is_not_kept() -> None:
    memo: Memo[int] = Memo(2)
    with pytest.raises(ZeroDivisionError):
        memo.get("a", lambda: 1 // 0)
    assert memo.get("a", lambda: 7) == 7


def test_check_asks_only_within() -> None:
    check()
    with cancellable(lambda: True), pytest.raises(Cancelled):
        check()
    with cancellable(None):
        check()
    check()
