"""Stopping a build that nobody waits for any more: the next sentence has been spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from wugan.errors import WuganError


class Cancelled(WuganError):
    """The build was called off; nothing of it is kept."""


_asked: ContextVar[Callable[[], bool] | None] = ContextVar("cancelled", default=None)


@contextmanager
def cancellable(asked: Callable[[], bool] | None) -> Iterator[None]:
    """Within, `check` asks `asked`."""
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


def check() -> None:
    """Between two steps of a build. Raises `Cancelled` where it was called off."""
    asked = _asked.get()
    if asked is not None and asked():
        raise Cancelled("the build was called off")
