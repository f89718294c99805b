"""What was built before, so that an edit builds only what it changed; and stopping a build that nobody waits for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Generic, TypeVar

from wugan.errors import WuganError

V = TypeVar("V")


class Memo(Generic[V]):
    """The `most` values used last. What raises is not kept."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key, made where it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._kept.clear()


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
