"""`EncoderService`: one encoder that serves several users, with one thread that batches what they all ask for."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wugan.config import parameters
from wugan.duration import to_ns
from wugan.errors import PipelineError, PluginError, RuntimeFailure
from wugan.options import BatchConfig
from wugan.packet import Packet
from wugan.runtime.batching import encode
from wugan.stage import Encoder

if TYPE_CHECKING:
    from wugan.pipeline import Node

log = logging.getLogger(__name__)


def described(component: Encoder[Any, Any], config: BatchConfig) -> str:
    """A shared encoder's class, parameters and settings: the same text means the same encoder."""
    cls = type(component)
    try:
        values = {name: getattr(component, name, "?") for name in parameters(cls)}
    except PluginError:
        values = {}
    given = ", ".join(f"{name}={value!r}" for name, value in values.items())
    text = f"{cls.__module__}.{cls.__qualname__}({given}), max_size {config.max_size}, max_wait {config.max_wait!r}"
    return re.sub(r" at 0x[0-9a-f]+", "", text)  # where an object lies says nothing about it


def disagreement(shared: str, description: str, node: str, other: str) -> str:
    """What to tell a user whose node gives another encoder, or other settings, than the name stands for."""
    return (
        f"shared encoder {shared!r} is {description}, but node {node!r} gives {other}: give both the same, or "
        "share under another name"
    )


def sharing_problems(nodes: Iterable[Node]) -> list[str]:
    """Nodes of one pipeline that share by the same name what is not the same."""
    problems = []
    first: dict[str, str] = {}
    for node in nodes:
        batch = node.options.batch
        if batch is None or batch.shared is None or node.ports.kind != "encoder":
            continue
        description = described(node.component, batch)
        known = first.setdefault(batch.shared, description)
        if known != description:
            problems.append(disagreement(batch.shared, known, node.name, description))
    return problems


@dataclass(slots=True)
class _Request:
    """What one user asked for in one call."""

    outputs: list[Any]
    missing: int
    future: Future[list[Any]] = field(default_factory=Future)
    begun: bool | None = None

    def begin(self) -> bool:
        """Whether it is still wanted; from now on it cannot be called off."""
        if self.begun is None:
            self.begun = self.future.set_running_or_notify_cancel()
        return self.begun

    def give(self, index: int, output: Any) -> None:
        self.outputs[index] = output
        self.missing -= 1
        if not self.missing and not self.future.done():
            self.future.set_result(self.outputs)

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


@dataclass(slots=True)
class _Item:
    """One packet of a request."""

    packet: Packet[Any]
    request: _Request
    index: int
    since: float


class EncoderService:
    """An encoder and the thread that feeds it.

    A batch is filled with packets in the order of their arrival, whoever sent them. It begins when it is full, when all
    users have asked (each asks for one thing at a time, so that nobody else can come), or when the wait is over. Where
    it fails, each request's part is tried alone, so that one user's bad packet costs the others nothing but time.

    Args:
        name: of the shared encoder.
        component: the encoder.
        config: how packets are gathered.

    Attributes:
        users: how many hold it.
        batches: calls of `encode` that went well.
        batched: packets in these calls.
    """

    def __init__(self, name: str, component: Encoder[Any, Any], config: BatchConfig) -> None:
        self.name = name
        self.component = component
        self.description = described(component, config)
        self.users = self.batches = self.batched = 0
        self._max_size = config.max_size
        self._max_wait_s = to_ns(config.max_wait) / 1e9
        self._condition = threading.Condition()
        self._items: deque[_Item] = deque()
        self._free_since = 0.0
        self._closing = False
        self._warming = threading.Lock()
        self._thread: threading.Thread | None = None

    def agree(self, name: str, description: str) -> None:
        """Check that node `name` means this encoder.

        Raises:
            PipelineError: it gives another one, or other settings; names both.
        """
        if description != self.description:
            raise PipelineError(disagreement(self.name, self.description, name, description))

    def count_users(self, users: int) -> None:
        """Say how many hold it."""
        with self._condition:
            self.users = users
            self._condition.notify()

    def warm_up(self) -> None:
        """Load the encoder, once for all users."""
        with self._warming:
            if self._thread is None:
                self.component.warm_up()
                self._thread = threading.Thread(target=self._serve, name=f"wugan-shared-{self.name}", daemon=True)
                self._thread.start()

    def submit(self, packets: Sequence[Packet[Any]]) -> Future[list[Any]]:
        """Ask for the outputs of packets. Cancelling the future calls them off, if their batch has not begun."""
        request = _Request([None] * len(packets), len(packets))
        now = time.monotonic()
        with self._condition:
            if self._closing:
                raise RuntimeFailure(f"shared encoder {self.name!r} is closed")
            self._items.extend(_Item(packet, request, index, now) for index, packet in enumerate(packets))
            self._condition.notify()
        return request.future

    def close(self) -> None:
        """End the thread and release the encoder; what was asked for and not begun is called off."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        with self._warming:
            if self._thread is None:
                return
            self._thread.join()
        for item in self._items:
            item.request.future.cancel()
            item.request.fail(RuntimeFailure(f"shared encoder {self.name!r} was closed"))
        self.component.close()

    def _serve(self) -> None:
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)  # as every worker does, for results that are the same
        while batch := self._gather():
            self._encode(batch)
            self._free_since = time.monotonic()

    def _gather(self) -> list[_Item]:
        """The next batch; empty when the service is closed."""
        with self._condition:
            while True:
                while not self._items and not self._closing:
                    self._condition.wait()
                # Who got an answer just now will ask again in a moment, so the wait begins when the encoder is free.
                while not self._closing and not self._enough():
                    since = max(self._items[0].since, self._free_since)
                    remaining = since + self._max_wait_s - time.monotonic()
                    if remaining <= 0:
                        break
                    self._condition.wait(remaining)
                if self._closing:
                    return []
                count = min(self._max_size, len(self._items))
                taken = [self._items.popleft() for _ in range(count)]
                if batch := [item for item in taken if item.request.begin()]:
                    return batch

    def _enough(self) -> bool:
        """Whether there is nothing to wait for."""
        return len(self._items) >= self._max_size or len({id(item.request) for item in self._items}) >= self.users

    def _encode(self, batch: list[_Item]) -> None:
        try:
            outputs = encode(f"shared encoder {self.name!r}", self.component, [item.packet for item in batch])
        except BaseException as error:
            requests = {id(item.request): item.request for item in batch}
            if len(requests) > 1:
                log.debug("shared encoder %r failed on a batch of %d", self.name, len(batch), exc_info=error)
                for request in requests.values():
                    self._encode([item for item in batch if item.request is request])
            else:
                # One user's exit must not be the others'.
                kept = error if isinstance(error, Exception) else RuntimeError(f"{type(error).__name__}: {error}")
                batch[0].request.fail(kept)
            return
        self.batches += 1
        self.batched += len(batch)
        for index, item in enumerate(batch):
            item.request.give(item.index, outputs[index])
