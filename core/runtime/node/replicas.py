"""Replicas: copies of one component that share its stream, and the coordinator that keeps the stream's order.

The coordinator sends each packet to the replica with the least to do, and every replica gives exactly one answer to
each packet that it gets, in the order in which it gets them. So an answer says that all older ones to the same replica
are settled: those that were not answered never will be (their process died too often, or something flushed them).
Where no answer comes at all, the coordinator asks.

An interruption reaches coordinator and replicas one after the other, in any order. Each counts them as rounds: a
replica leaves out packets of a round before its own, and says so, and a coordinator that hears of a later round than
its own (its process was restarted) goes on with that one.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wugan.errors import RuntimeFailure
from wugan.observe.tracing import context_of
from wugan.packet import Packet
from wugan.runtime.node.batching import CalledOff
from wugan.runtime.node.meter import Tally
from wugan.runtime.node.operators import EncoderOperator, Failed, Flushed, Operator, Produced, To

ASK_S = 0.5  # how long a replica may owe an answer before it is asked; twice as long the next time, and so on


@dataclass(slots=True)
class Task:
    """What the coordinator sends to a replica, in a packet whose `seq` is the task's number.

    Attributes:
        round: interruptions that the coordinator knew of.
        reached: time that the stream had reached with this packet.
        packet: what came from upstream, unchanged; `None` only asks for an answer.
    """

    round: int
    reached: float
    packet: Packet[Any] | None


@dataclass(slots=True)
class Answer:
    """What a replica gives for one task.

    Attributes:
        number: the task's.
        round: interruptions that the replica knew of.
        reached: time before which no packet follows from this task or later ones.
        outputs: what the component gave; none if it failed or the packet was flushed.
        flushed: the packet was left out, because of an interruption.
        failed: the error, where the packet is in the dead letters.
    """

    number: int
    round: int
    reached: float = -math.inf
    outputs: list[Packet[Any]] | None = None
    flushed: bool = False
    failed: str = ""


@dataclass(slots=True)
class Dispatched:
    """The place in the stream's order of a packet that a replica has, or had.

    Attributes:
        replica: its name.
        before: time that the stream had reached before it.
        outputs: what came of it; `None` until it is settled.
        reached: see `Answer`.
    """

    replica: str
    before: float
    outputs: list[Packet[Any]] | None = None
    reached: float = -math.inf


class Replica(Operator):
    """Runs the component on what the coordinator sends, and answers each packet once.

    Args:
        inner: the component's operator, of the node that is replicated.
        upstream: the port of that node.
    """

    flushes = False  # a packet that vanished would never be answered

    def __init__(self, inner: Operator, upstream: str) -> None:
        self.name = inner.name
        self.component = inner.component
        self.inner = inner
        self.upstream = upstream
        self.gathers = inner.gathers
        self._interruptions = 0  # counted by the thread that interrupts
        self._before: int | None = None  # rounds before this process, which the first task tells

    def begin(self, next_seq: int) -> None:
        if not next_seq:
            self._before = 0  # it is the first process

    @property
    def round(self) -> int:
        """Interruptions so far."""
        return (self._before or 0) + self._interruptions

    def warm_up(self) -> None:
        self.inner.warm_up()

    def close(self) -> None:
        self.inner.close()

    def interrupt(self) -> None:
        self._interruptions += 1
        self.inner.interrupt()

    def handle(self, port: str, packet: Packet[Task]) -> Iterator[Produced]:
        task = packet.data
        if task.packet is None or not self._current(task):
            yield self._answer(packet, [], flushed=task.packet is not None)
            return
        outputs, failed = [], ""
        list(self.inner.advance(self.upstream, task.reached))
        try:
            for out in self.inner.handle(self.upstream, task.packet):
                if isinstance(out, Packet):
                    outputs.append(out)
                else:
                    yield out
        except Exception as error:
            failed = f"{type(error).__name__}: {error}"
            yield Failed(task.packet, error, self.upstream)
        yield self._answer(packet, outputs, failed=failed)

    def handle_batch(self, packets: Sequence[Packet[Task]]) -> list[Produced]:
        current = [packet for packet in packets if packet.data.packet is not None and self._current(packet.data)]
        answers = {packet.seq: answered for packet, answered in zip(current, self._encode(current), strict=True)}
        produced: list[Produced] = []
        for packet in packets:
            if packet.seq in answers:
                produced.extend(answers[packet.seq])
            else:
                produced.append(self._answer(packet, [], flushed=packet.data.packet is not None))
        return produced

    def _encode(self, packets: Sequence[Packet[Task]]) -> list[list[Produced]]:
        """What is produced for each packet. If they fail together, each is tried alone."""
        if not packets:
            return []
        assert isinstance(self.inner, EncoderOperator)
        list(self.inner.advance(self.upstream, max(packet.data.reached for packet in packets)))
        originals = [packet.data.packet for packet in packets if packet.data.packet is not None]
        try:
            outputs = self.inner.encode_each(originals)
        except CalledOff:
            return [[self._answer(packet, [], flushed=True)] for packet in packets]
        except Exception as error:
            if len(packets) == 1:
                answer = self._answer(packets[0], [], failed=f"{type(error).__name__}: {error}")
                return [[Failed(originals[0], error, self.upstream), answer]]
            return [
                self._encode([packet])[0] if self._current(packet.data) else [self._answer(packet, [], flushed=True)]
                for packet in packets
            ]
        produced: list[list[Produced]] = []
        for packet, out in zip(packets, outputs, strict=True):
            if isinstance(out, Failed):
                answer = self._answer(packet, [], failed=f"{type(out.error).__name__}: {out.error}")
                produced.append([replace(out, port=self.upstream), answer])
            else:
                produced.append([self._answer(packet, [] if out is None else [out])])
        return produced

    def _current(self, task: Task) -> bool:
        """Whether no interruption came after the task was sent."""
        if self._before is None:
            self._before = max(0, task.round - self._interruptions)
        return task.round >= self.round

    def _answer(
        self, packet: Packet[Task], outputs: list[Packet[Any]], flushed: bool = False, failed: str = ""
    ) -> Packet[Answer]:
        for index, out in enumerate(outputs):
            if not out.entered_ns:
                outputs[index] = replace(out, entered_ns=packet.entered_ns)
        return packet.replace(Answer(packet.seq, self.round, self.inner.watermark(), outputs, flushed, failed))

    def unsent(self, out: Packet[Any]) -> Iterator[Produced]:
        yield out.replace(
            replace(out.data, outputs=[], failed="what it gave could not be sent on")
        )  # what it gave cannot leave this process

    def advance(self, port: str, time_ns: float) -> Iterable[Produced]:
        return ()  # each task says what time it is, and the coordinator tells it on

    def watermark(self) -> float:
        return -math.inf

    def flush(self) -> Iterator[Produced]:
        error = RuntimeFailure(
            f"stage {self.name!r} is stateless and gave packets when its stream ended, from which no order can be "
            "told: give them in process(), or run it without replicas"
        )
        for out in self.inner.flush():
            yield Failed(out, error, self.upstream) if isinstance(out, Packet) else out


class Spread(Operator):
    """The coordinator: spreads a stream over replicas, and gives what they answer in the stream's order.

    Args:
        name: the node that is replicated.
        upstream: its port.
        replicas: their names, which are ports too.
        depth: packets that one of them may have, so that it never waits for the next.
        shifts: whether the component says by `watermark` how its outputs' times differ from its inputs'.
    """

    def __init__(self, name: str, upstream: str, replicas: Sequence[str], depth: int, shifts: bool = False) -> None:
        self.name = name
        self.component = None
        self.upstream = upstream
        self.replicas = list(replicas)
        self.depth = depth
        self.shifts = shifts
        self.answers = frozenset(replicas)
        self.tally: Tally = Tally()  # of all replicas: each tells its failures with its answers
        self._reached = self._told = -math.inf
        self._next = self._interruptions = self._heard_of = 0
        self._before: int | None = None
        self._ended = False
        self._order: deque[Dispatched] = deque()  # in the stream's order, those that are not given on
        self._open: dict[int, tuple[Dispatched, Packet[Any]]] = {}  # of these, the ones without an answer, by number
        self._owed: dict[str, deque[int]] = {name: deque() for name in replicas}  # what each has not answered
        self._forgotten: set[int] = set()  # of these, packets from before an interruption
        self._busy = dict.fromkeys(replicas, 0)  # of these, packets that count
        self._heard = dict.fromkeys(replicas, 0.0)
        self._asked = dict.fromkeys(replicas, 0)

    def begin(self, next_seq: int) -> None:
        self._next = next_seq
        if not next_seq:
            self._before = 0

    @property
    def round(self) -> int:
        """Interruptions so far, here or at any replica."""
        return max((self._before or 0) + self._interruptions, self._heard_of)

    def wants(self, port: str) -> bool:
        if port != self.upstream:
            return True
        # A slow replica holds up the order; what the others have done meanwhile must not pile up.
        return len(self._order) < 2 * self.depth * len(self._owed) and self._free() is not None

    def _free(self) -> str | None:
        """The replica to send the next packet to."""
        free = [name for name in self._owed if self._busy[name] < self.depth]
        # What was forgotten does not count as room taken, since its answers may never come, but it does take time.
        return min(free, key=lambda name: len(self._owed[name]), default=None)

    def handle(self, port: str, packet: Packet[Any]) -> Iterator[Produced]:
        if port != self.upstream:
            yield from self._answered(port, packet.data)
            return
        name = self._free()
        assert name is not None, "it was not wanted"
        dispatched = Dispatched(name, self._reached)
        self._reached = max(self._reached, packet.time_ns)
        self._order.append(dispatched)
        self._open[self._next] = dispatched, packet
        self._busy[name] += 1
        yield self._send(name, packet)

    def _send(self, name: str, packet: Packet[Any] | None) -> To:
        number, self._next = self._next, self._next + 1
        if not self._owed[name]:
            self._heard[name] = time.monotonic()
        self._owed[name].append(number)
        time_ns, entered_ns = (packet.time_ns, packet.entered_ns) if packet is not None else (0, 0)
        task = Task(self.round, self._reached, packet)
        attrs = context_of(packet.attrs) if packet is not None else {}
        return To(name, Packet(task, time_ns, stream=self.name, seq=number, attrs=attrs, entered_ns=entered_ns))

    def _answered(self, name: str, answer: Answer) -> Iterator[Produced]:
        if self._before is None:
            self._before = max(0, answer.round - self._interruptions)
        self._heard_of = max(self._heard_of, answer.round)
        owed = self._owed.get(name, ())
        if answer.number not in owed:
            return  # it comes twice, or from before this process
        self._heard[name], self._asked[name] = time.monotonic(), 0
        yield from self._unanswered(name, answer.number)
        self._owed[name].popleft()
        if answer.number in self._open and not answer.flushed:
            self.tally.tried += 1
            if answer.failed:
                self.tally.fail(answer.failed)
        flushed = answer.flushed or answer.number in self._forgotten
        self._forgotten.discard(answer.number)
        if flushed:
            yield Flushed()
        yield from self._settle(answer.number, answer.outputs or [], answer.reached)

    def _unanswered(self, name: str, number: float) -> Iterator[Produced]:
        """Give up what a replica was sent before this number."""
        owed = self._owed[name]
        while owed and owed[0] < number:
            lost = owed.popleft()
            self._forgotten.discard(lost)
            if lost in self._open:
                self.tally.tried += 1
                yield Failed(self._open[lost][1], RuntimeFailure(f"{name!r} gave no answer to this packet"))
            yield from self._settle(lost)

    def _settle(
        self, number: int, outputs: Sequence[Packet[Any]] = (), reached: float = -math.inf
    ) -> Iterator[Produced]:
        """Keep what came of a packet, and give on what is next in order."""
        if number not in self._open:
            return
        dispatched, _ = self._open.pop(number)
        self._busy[dispatched.replica] -= 1
        dispatched.outputs, dispatched.reached = list(outputs), reached
        while self._order and (first := self._order[0]).outputs is not None:
            self._order.popleft()
            self._told = max(self._told, first.reached)
            yield from first.outputs

    def advance(self, port: str, time_ns: float) -> Iterator[Produced]:
        if port == self.upstream:
            if math.isinf(time_ns):
                self._ended = True
            self._reached = max(self._reached, time_ns)
            yield from self.poll()  # which is not called while watermarks come
        elif math.isinf(time_ns) and port in self._owed:  # it could not go on
            yield from self._unanswered(port, math.inf)
            del self._owed[port]

    def poll(self) -> Iterator[Produced]:
        """Ask replicas that owe an answer for long."""
        now = time.monotonic()
        for name, owed in self._owed.items():
            if owed and now - self._heard[name] > ASK_S * 2 ** self._asked[name]:
                self._asked[name] += 1
                yield self._send(name, None)

    def unsent(self, out: Packet[Any]) -> Iterator[Produced]:
        for owed in self._owed.values():
            if owed and owed[-1] == out.seq:
                owed.pop()
                yield from self._settle(out.seq)
                return

    def undelivered(self, port: str) -> Iterator[Produced]:
        owed = self._owed.get(port)
        if owed:  # answers come in order
            yield from self._answered(port, Answer(owed[0], self.round))

    def interrupt(self) -> None:
        self._interruptions += 1  # here, since `clear` may follow upon several

    def clear(self) -> int:
        waiting = len(self._order) - len(self._open)  # answered; the others count when their answers come
        self._forgotten.update(self._open)
        self._order.clear()
        self._open.clear()
        self._busy = dict.fromkeys(self._busy, 0)
        self._heard = dict.fromkeys(self._heard, -math.inf)  # ask soon: answers may have been flushed
        return waiting

    def over(self, ended: bool) -> bool:
        return not self._owed or (self._ended and not self._order and not self._forgotten)

    def watermark(self) -> float:
        if self.shifts:
            return self._told
        return self._order[0].before if self._order else self._reached

    def held(self) -> int:
        return len(self._order)
