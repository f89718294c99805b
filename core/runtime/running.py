"""`Running`: the handle of a pipeline that runs, the same for every runtime."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from wugan.errors import PipelineError, RuntimeFailure
from wugan.observe.announcement import Announcement
from wugan.runtime.letters import DeadLetters
from wugan.runtime.plan import plan

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline

log = logging.getLogger(__name__)

TICK_S = 0.2  # how often a wait looks up, so that Ctrl-C is heard


class Runtime(Protocol):
    """Executes pipelines."""

    def start(self, pipeline: Pipeline, dead_letters: Path) -> Running:
        """Warm every stage up, then let the sources go. Raises `RuntimeFailure` if one cannot start."""


class Running(ABC):
    """A pipeline that runs. As a context manager it is cancelled on the way out, unless it has ended.

    Attributes:
        pipeline: what runs.
        dead_letters: the folder of packets that failed; exists only if there are any.
    """

    _announcement: Announcement | None = None

    def __init__(self, pipeline: Pipeline, dead_letters: Path) -> None:
        self.pipeline = pipeline
        self.dead_letters = dead_letters

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until every stream has ended and every stage is drained.

        Args:
            timeout: seconds; `None` waits as long as it takes.

        Returns:
            Whether it has ended.

        Raises:
            RuntimeFailure: a source failed, a stage died, or too many of a stage's packets failed (see
                `NodeOptions.max_failed_share`); the rest was drained first.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._ended(TICK_S if deadline is None else min(TICK_S, max(0.0, deadline - time.monotonic()))):
            if deadline is not None and time.monotonic() >= deadline:
                return False
        self._finish()
        self.withdraw()
        errors = self.errors()
        if errors:
            raise RuntimeFailure(f"pipeline {self.pipeline.name!r}: " + "; ".join(errors))
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.cancel()
        self.withdraw()

    def announce(self) -> None:
        """Let `wugan top` find this run until it ends. Where that fails, the run goes on unseen."""
        try:
            self._announcement = Announcement(self)
        except (OSError, RuntimeFailure) as error:
            log.info("pipeline %r will not show in `wugan top`: %s", self.pipeline.name, error)

    def withdraw(self) -> None:
        """Take the announcement back; safe to call twice."""
        if self._announcement is not None:
            self._announcement.close()

    @abstractmethod
    def _ended(self, timeout: float) -> bool:
        """Whether all nodes are done, waiting up to `timeout` seconds for it."""

    def _finish(self) -> None:
        """Release what the runtime holds once all nodes are done."""

    @abstractmethod
    def errors(self) -> list[str]:
        """What kept nodes from going on, for the user."""

    @abstractmethod
    def stop(self) -> None:
        """End the sources; what is under way is drained. Then `wait()`."""

    @abstractmethod
    def cancel(self) -> None:
        """End everything at once; safe to call twice."""

    @abstractmethod
    def interrupt(self, *nodes: str) -> None:
        """Barge in: every stage drops what is queued and stops what is under way; the streams go on.

        Args:
            nodes: only these nodes; all when none is named. What is on its way to one of them from another machine
                still arrives.

        Raises:
            PipelineError: there is no such node.
        """

    def _workers(self, nodes: Sequence[str]) -> set[str] | None:
        """The workers of the nodes named, with their replicas; `None` for all."""
        for name in nodes:
            if name not in self.pipeline.nodes:
                known = ", ".join(self.pipeline.nodes)
                raise PipelineError(
                    f"pipeline {self.pipeline.name!r} has no node {name!r} to interrupt; it has: {known}"
                )
        return {worker.name for worker in plan(self.pipeline) if worker.node.name in nodes} if nodes else None

    def reader(self, name: str, number: int) -> str | None:
        """The node that a meter's `blocked_on` means: 1 is the first reader of `name`, 0 none."""
        return self.pipeline.readers(name)[number - 1].name if number else None

    @abstractmethod
    def stats(self) -> dict[str, dict[str, Any]]:
        """Counters and timings of every node; see `Worker.stats`."""


def letters(folder: Path) -> DeadLetters:
    """The letters of a run, in an absolute folder, since actors have working directories of their own."""
    return DeadLetters(folder.absolute())
