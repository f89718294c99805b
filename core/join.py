"""`Join`: several streams into one, aligned by time."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from wugan.sync import SyncPolicy, Window

In = TypeVar("In")
Out = TypeVar("Out")


class Join(Generic[In, Out]):
    """Aligns its streams and gives each `Window` to `combine`. Subclass it to fuse in another way.

    Args:
        sync: how streams are aligned, such as `wugan.approximate("250ms")`.
    """

    def __init__(self, sync: SyncPolicy) -> None:
        self.sync = sync

    def warm_up(self) -> None:
        """Load what is heavy. Called once, where the stage runs."""

    def close(self) -> None:
        """Release what `warm_up` acquired."""

    def combine(self, window: Window) -> Any:
        """What comes out for one window; `None` for nothing."""
        return window


class WindowJoin(Join[Any, Window]):
    """Gives the windows themselves."""
