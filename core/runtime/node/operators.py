"""Operators: one face (`handle`, `advance`, `flush`, `watermark`) over every kind of component."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wugan.errors import DataError
from wugan.join import Join
from wugan.observe.tracing import PARENT, joined
from wugan.options import BatchConfig, NodeOptions
from wugan.packet import Packet
from wugan.ports import check, check_time, ports, type_name, wants_packet
from wugan.runtime.encoders import SharedEncoder
from wugan.runtime.node.batching import encode
from wugan.runtime.node.meter import Tally
from wugan.stage import Encoder, Head, Sink, Stage
from wugan.sync import Window

STALL_S = 0.5  # how long a join may hear nothing, while a stream waits for room, before it makes room


@dataclass(slots=True)
class Failed:
    """Something that could not be handled, where what goes on is more than the packet at hand (a window)."""

    packet: Packet[Any]
    error: Exception
    port: str = ""  # where the packet came from, if not from the port at hand


@dataclass(slots=True)
class To:
    """A packet for one reader alone, numbered by the operator."""

    reader: str
    packet: Packet[Any]


@dataclass(slots=True)
class Flushed:
    """A packet that an interruption has dropped."""


Produced = Packet[Any] | Failed | To | Flushed


class Operator:
    """A component as the worker sees it: messages of a port in, packets out.

    Attributes:
        gathers: how the worker gathers packets for `handle_batch`; `None`: it gives them one by one.
        flushes: whether the worker drops what waits in front of it when it is interrupted; else it drops that itself.
        answers: ports that give what has become of packets that were handled before.
        tally: what was tried and failed, where that is not the packets that the worker takes.
    """

    gathers: BatchConfig | None = None
    flushes: bool = True
    answers: frozenset[str] = frozenset()
    tally: Tally | None = None

    def __init__(self, name: str, component: Any) -> None:
        self.name = name
        self.component = component
        found = ports(component)
        self._gives, self._may_give_nothing = found.gives, found.nothing
        self._reached = -math.inf

    def warm_up(self) -> None:
        """Load what the component needs."""
        if hasattr(self.component, "warm_up"):
            self.component.warm_up()

    def close(self) -> None:
        """Release it."""
        if hasattr(self.component, "close"):
            self.component.close()

    def interrupt(self) -> None:
        """Tell the component to stop what is under way. Called from another thread."""
        if hasattr(self.component, "interrupt"):
            self.component.interrupt()

    def clear(self) -> int:
        """Forget packets held back, in the worker's own thread after an interruption; returns how many."""
        return 0

    def begin(self, next_seq: int) -> None:
        """Called before the first message; `next_seq` is above the number of every packet that readers have got."""

    def over(self, ended: bool) -> bool:
        """Whether nothing is to be done any more; `ended` says whether every port has given its end."""
        return ended

    def wants(self, port: str) -> bool:
        """Whether there is room for another packet of this port."""
        return True

    def handle(self, port: str, packet: Packet[Any]) -> Iterator[Produced]:
        """What follows from one packet."""
        self._reached = max(self._reached, packet.time_ns)
        yield from self._checked(self._run(packet))

    def _run(self, packet: Packet[Any]) -> Iterable[Packet[Any] | None] | None:
        raise NotImplementedError

    def handle_batch(self, packets: Sequence[Packet[Any]]) -> list[Produced]:
        """What follows from several packets together. Raises what the component raises, for all of them."""
        raise NotImplementedError

    def _nothing(self) -> None:
        """Refuse `None` where a type is declared. Raises `DataError`."""
        if not self._may_give_nothing:
            raise DataError(
                f"stage {self.name!r} gave None on its output port, which is declared as {type_name(self._gives)}: "
                f"return one, or declare `{type_name(self._gives)} | None`, where None means no output"
            )

    def _checked(self, given: Iterable[Packet[Any] | None] | None) -> Iterator[Packet[Any]]:
        """The packets among what a component gave (`None` is no output), each of the declared type."""
        if given is None:
            if self._gives is Any:
                return
            raise DataError(
                f"stage {self.name!r} returned None, but its output port is declared as {type_name(self._gives)}: "
                "yield packets, or return () for no output"
            )
        if not isinstance(given, Iterable):
            raise DataError(f"stage {self.name!r} must give packets in a list or by yield, got {type(given).__name__}")
        for out in given:
            if out is None:
                continue
            if not isinstance(out, Packet):
                raise DataError(
                    f"stage {self.name!r} must give packets, got {type(out).__name__}: use packet.replace(data)"
                )
            check(out.data, self._gives, f"stage {self.name!r}")
            check_time(out, f"stage {self.name!r}")
            yield out

    def advance(self, port: str, time_ns: float) -> Iterable[Produced]:
        """What follows from knowing that this port has reached a time (`inf` at its end)."""
        self._reached = max(self._reached, time_ns)
        return ()

    def poll(self) -> Iterable[Produced]:
        """What follows from time passing."""
        return ()

    def patience_s(self) -> float:
        """Seconds until `poll` is to be called at the latest."""
        return math.inf

    def unsent(self, out: Packet[Any]) -> Iterable[Produced]:
        """What follows from a packet that could not be delivered; it is in the dead letters."""
        return ()

    def undelivered(self, port: str) -> Iterable[Produced]:
        """What follows from a packet that could not be unpacked on arrival; it is in the dead letters."""
        return ()

    def flush(self) -> Iterable[Produced]:
        """What is still held when all input has ended."""
        return ()

    def watermark(self) -> float:
        """No packet before this time will come out any more."""
        return self._reached

    def held(self) -> int:
        """Packets held back, which would be lost with the process."""
        return 0

    def drops(self) -> dict[str, dict[str, int]]:
        """Packets that the operator itself dropped, by port and reason."""
        return {}


class StageOperator(Operator):
    """Runs a `Stage`."""

    component: Stage[Any, Any]

    def _run(self, packet: Packet[Any]) -> Iterable[Packet[Any] | None] | None:
        return self.component.process(packet)

    def flush(self) -> Iterator[Produced]:
        yield from self._checked(self.component.flush())

    def watermark(self) -> float:
        if math.isinf(self._reached):
            return self._reached
        return self.component.watermark(int(self._reached))


class EncoderOperator(Operator):
    """Runs an `Encoder`: on one packet at a time, or on several together where the node's options say so."""

    component: Encoder[Any, Any]

    def __init__(self, name: str, component: Encoder[Any, Any], options: NodeOptions) -> None:
        super().__init__(name, component)
        batch = self.gathers = options.batch
        if batch is not None and batch.shared is not None:
            self.component = SharedEncoder(name, component, batch, options.place)
            self.gathers = BatchConfig(max_size=batch.max_size, max_wait=0)  # the shared encoder does the waiting

    def _run(self, packet: Packet[Any]) -> Iterable[Packet[Any]]:
        outputs = encode(f"stage {self.name!r}", self.component, [packet])
        return () if outputs[0] is None else (packet.replace(outputs[0]),)

    def handle_batch(self, packets: Sequence[Packet[Any]]) -> list[Produced]:
        return [out for out in self.encode_each(packets) if out is not None]

    def encode_each(self, packets: Sequence[Packet[Any]]) -> list[Packet[Any] | Failed | None]:
        """What came of each packet, encoded together. Raises what the component raises, for all of them."""
        self._reached = max(self._reached, *(packet.time_ns for packet in packets))
        where = f"stage {self.name!r}"
        outputs = encode(where, self.component, packets)
        produced: list[Packet[Any] | Failed | None] = []
        for index, packet in enumerate(packets):
            data = outputs[index]
            if data is None:
                produced.append(None)
                continue
            try:
                check(data, self._gives, where)
                produced.append(packet.replace(data))
            except DataError as error:
                produced.append(Failed(packet, error))
        return produced


class HeadOperator(Operator):
    """Runs a `Head`."""

    component: Head[Any]

    def _run(self, packet: Packet[Any]) -> Iterable[Packet[Any]]:
        result = self.component.predict(packet.data)
        if result is None:
            self._nothing()
            return ()
        return (packet.replace(result),)


class SinkOperator(Operator):
    """Runs a `Sink`."""

    component: Sink[Any]

    def _run(self, packet: Packet[Any]) -> Iterable[Packet[Any]]:
        self.component.write(packet)
        return ()


class FunctionOperator(Operator):
    """Runs a plain function on each packet's data, or on the packet, if it asks for one or is a sink."""

    def __init__(self, name: str, component: Any, sink: bool = False) -> None:
        super().__init__(name, component)
        self._sink = sink
        self._whole = sink or wants_packet(component)

    def warm_up(self) -> None: ...

    def close(self) -> None: ...

    def _run(self, packet: Packet[Any]) -> Iterable[Packet[Any]]:
        result = self.component(packet if self._whole else packet.data)
        if self._sink:
            return ()
        if result is None:
            self._nothing()
            return ()
        return (result if isinstance(result, Packet) else packet.replace(result),)


class JoinOperator(Operator):
    """Runs a `Join`: synchronises its ports and combines each window."""

    component: Join[Any, Any]
    tally: Tally

    def __init__(self, name: str, component: Join[Any, Any], streams: list[str]) -> None:
        super().__init__(name, component)
        self.synchronizer = component.sync.synchronizer(streams)
        self._heard = time.monotonic()
        self.tally = Tally()

    def wants(self, port: str) -> bool:
        return self.synchronizer.wants(port)

    def handle(self, port: str, packet: Packet[Any]) -> Iterator[Produced]:
        self._heard = time.monotonic()
        yield from self._combine(self.synchronizer.push(port, packet))

    def advance(self, port: str, time_ns: float) -> Iterable[Produced]:
        self._heard = time.monotonic()
        yield from self._combine(self.synchronizer.advance(port, time_ns))

    def poll(self) -> Iterable[Produced]:
        if self.synchronizer.full and time.monotonic() - self._heard > STALL_S:
            # Where streams have a common source, the one that is missing may depend on the one that waits for room.
            self._heard = time.monotonic()
            self.synchronizer.make_room()
        yield from self._combine(self.synchronizer.poll())

    def patience_s(self) -> float:
        return max(0.0, self.synchronizer.patience_s())

    def clear(self) -> int:
        return self.synchronizer.clear()

    def watermark(self) -> float:
        return self.synchronizer.low_watermark()

    def held(self) -> int:
        return sum(map(len, self.synchronizer.buffers.values()))

    def drops(self) -> dict[str, dict[str, int]]:
        return {stream: dict(reasons) for stream, reasons in self.synchronizer.drops.items() if reasons}

    def _combine(self, windows: list[Window]) -> Iterator[Produced]:
        for window in windows:
            self.tally.tried += 1
            attrs: dict[str, Any] = {}
            for packet in window.packets.values():
                attrs.update(packet.attrs)
            if PARENT in attrs:
                attrs.update(joined(window.packets.values()))
            # A window is a packet too: if combining fails, it is what goes to the dead letters.
            entered = min((packet.entered_ns for packet in window.packets.values()), default=0)
            whole = Packet(window, window.time_ns, stream=self.name, attrs=attrs, entered_ns=entered)
            try:
                combined = self.component.combine(window)
                if combined is not None:
                    check(combined, self._gives, f"stage {self.name!r}")
            except Exception as error:
                yield Failed(whole, error)
                continue
            if combined is not None:
                yield whole.replace(combined)


def operator(
    name: str, component: Any, streams: list[str], options: NodeOptions | None = None, sink: bool = False
) -> Operator:
    """The operator for a component whose input ports carry these streams.

    Args:
        name: the node's.
        component: what to run.
        streams: its ports.
        options: the node's.
        sink: a plain function is a sink, and gets packets.
    """
    if isinstance(component, Join):
        return JoinOperator(name, component, streams)
    if isinstance(component, Encoder):
        return EncoderOperator(name, component, options or NodeOptions())
    for kind, made in ((Stage, StageOperator), (Head, HeadOperator), (Sink, SinkOperator)):
        if isinstance(component, kind):
            return made(name, component)
    return FunctionOperator(name, component, sink)
