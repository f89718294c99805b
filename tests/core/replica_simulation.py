"""A coordinator and its replicas without processes or threads, for tests of what may happen in which order."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable

import pytest

from wugan import Packet, Stage
from wugan.runtime.node.operators import Failed, Flushed, To, operator
from wugan.runtime.node.replicas import Answer, Replica, Spread, Task


class Parts(Stage[int, tuple]):
    """As many packets as the number says, modulo 4, but fails in the middle of every seventh."""

    stateless = True

    def process(self, packet: Packet[int]) -> Iterable[Packet[tuple]]:
        for part in range(packet.data % 4):
            if packet.data % 7 == 6 and part == 1:
                raise ValueError(f"{packet.data} cannot be parted")
            yield Packet((packet.data, part), packet.time_ns)


def parts(number: int) -> list[tuple]:
    """What `Parts` gives."""
    return [(number, part) for part in range(min(number % 4, 1) if number % 7 == 6 else number % 4)]


class Once(Stage[int, tuple]):
    stateless = True

    def process(self, packet: Packet[int]) -> Iterable[Packet[tuple]]:
        yield packet.replace((packet.data, 0))


class Simulation:
    """A coordinator and its replicas with queues between them, in which things happen in any order.

    Args:
        flushing: whether replicas' queues are flushed from outside when an interruption reaches them.
    """

    def __init__(self, count: int, component: type[Stage], depth: int = 2, flushing: bool = False) -> None:
        self.component = component
        self.flushing = flushing
        self.names = [f"x.{number}" for number in range(1, count + 1)]
        self.spread = Spread("x", "up", self.names, depth)
        self.spread.begin(0)
        self.copies = {name: self._copy(0) for name in self.names}
        self.upstream: deque[Packet[int]] = deque()
        self.tasks: dict[str, deque[Packet[Task]]] = {name: deque() for name in self.names}
        self.answers: dict[str, deque[Packet[Answer]]] = {name: deque() for name in self.names}
        self.in_hand: dict[str, Packet[Task] | None] = dict.fromkeys(self.names)
        self.answered = dict.fromkeys(self.names, 0)
        self.coming = dict.fromkeys(("x", *self.names), 0)  # interruptions on their way
        self.void = False
        self.pushed = self.handled = self.flushed = 0
        self.outputs: list[tuple] = []
        self.failed: list[int] = []
        self.told = -math.inf
        self.last = self.cleared_at = -1  # numbers: the last handled, and the last handled before an interruption

    def _copy(self, answered: int) -> Replica:
        made = Replica(operator("x", self.component(), ["up"]), "up")
        made.begin(answered)
        return made

    def push(self, count: int = 1) -> None:
        for _ in range(count):
            self.upstream.append(
                Packet(
                    self.pushed, self.pushed * 10, stream="up", seq=self.pushed, attrs={"n": self.pushed}, entered_ns=7
                )
            )
            self.pushed += 1

    def _deliver(self, produced: Iterable) -> None:
        for out in produced:
            if isinstance(out, To):
                self.tasks[out.reader].append(out.packet)
                assert len(self.tasks[out.reader]) < 64, "the coordinator would wait for room"
            elif isinstance(out, Flushed):
                self.flushed += 1
            elif isinstance(out, Failed):
                self.failed.append(out.packet.data)
            else:
                assert out.data[0] > self.cleared_at, "what came before an interruption came out after it"
                assert out.time_ns >= self.told, "the coordinator told a time too late for this packet"
                assert out.entered_ns == 7
                self.outputs.append(out.data)

    def _heed(self) -> None:
        if self.void:
            self.void = False
            self.flushed += self.spread.clear()
            self.cleared_at = self.last

    def _tell(self) -> None:
        self.told = max(self.told, self.spread.watermark())

    def take(self) -> bool:
        """The coordinator takes a packet from upstream."""
        self._heed()
        if not self.upstream or not self.spread.wants("up"):
            return False
        packet = self.upstream.popleft()
        self.handled += 1
        self.last = packet.data
        self._deliver(self.spread.handle("up", packet))
        self._tell()
        return True

    def work(self, name: str) -> bool:
        """A replica handles a task."""
        if not self.tasks[name]:
            return False
        packet = self.tasks[name].popleft()
        self.in_hand[name] = packet
        given = []
        for out in self.copies[name].handle("x", packet):
            if isinstance(out, Failed):
                self.failed.append(out.packet.data)
                assert out.port == "up"
            else:
                given.append(out)
        (answer,) = given
        self.answers[name].append(answer)
        self.answered[name] += 1
        return True

    def hear(self, name: str) -> bool:
        """The coordinator takes an answer."""
        self._heed()
        if not self.answers[name]:
            return False
        self._deliver(self.spread.handle(name, self.answers[name].popleft()))
        self._tell()
        return True

    def interrupt(self) -> None:
        for name in self.coming:
            self.coming[name] += 1

    def arrive(self, name: str) -> bool:
        """An interruption reaches the coordinator or a replica."""
        if not self.coming[name]:
            return False
        self.coming[name] -= 1
        if name == "x":
            self.flushed += sum(map(len, self.answers.values()))
            self.upstream.clear()
            for waiting in self.answers.values():
                waiting.clear()
            self.void = True
            self.spread.interrupt()
            return True
        self.copies[name].interrupt()
        if self.flushing:
            self.tasks[name].clear()
        return True

    def die(self, name: str) -> bool:
        """A replica's process dies after its answer, before it has said so; a new one is given the task again."""
        packet = self.in_hand[name]
        if packet is None:
            return False
        self.in_hand[name] = None
        self.tasks[name].appendleft(packet)
        self.copies[name] = self._copy(self.answered[name])
        return True

    def settle(self) -> None:
        """Let everything arrive."""
        for name in self.coming:
            while self.arrive(name):
                pass
        for _ in range(10_000):
            moved = self.take()
            for name in self.names:
                moved = self.work(name) or moved
                moved = self.hear(name) or moved
            if not moved:
                if not self.spread.held():
                    return
                self._deliver(self.spread.poll())
        pytest.fail("it never came to rest")

    def end(self) -> None:
        """The end of the stream."""
        self.settle()
        assert not self.spread.over(False)
        self._deliver(self.spread.advance("up", math.inf))
        self._deliver(self.spread.poll())
        self.settle()
        assert self.spread.over(False)
