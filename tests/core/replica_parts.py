"""Components for tests of replicas; a module of its own, so that Ray's actors can import it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from wugan import Encoder, Packet, Source, Stage

MS = 1_000_000


@dataclass
class Numbers(Source[int]):
    """Numbers, `step_ms` of their time from one to the next."""

    count: int
    step_ms: int = 10

    def packets(self) -> Iterator[Packet[int]]:
        for number in range(self.count):
            yield Packet(number, number * self.step_ms * MS, attrs={"n": number})


@dataclass
class Ticks(Source[int]):
    """Numbers, a millisecond apart, until it is closed."""

    _closed: bool = field(init=False, default=False, repr=False)

    def close(self) -> None:
        self._closed = True

    def packets(self) -> Iterator[Packet[int]]:
        number = 0
        while not self._closed:
            yield Packet(number, number * MS)
            number += 1
            time.sleep(0.001)


@dataclass
class Fed(Source[int]):
    """Gives what is fed to it; only where it runs in the test's own process."""

    _fed: list[int] = field(init=False, default_factory=list, repr=False)
    _ended: bool = field(init=False, default=False, repr=False)

    def __post_init__(self) -> None:
        self._changed = threading.Condition()

    def feed(self, *numbers: int, end: bool = False) -> None:
        with self._changed:
            self._fed.extend(numbers)
            self._ended = end
            self._changed.notify()

    def packets(self) -> Iterator[Packet[int]]:
        while True:
            with self._changed:
                while not self._fed and not self._ended:
                    self._changed.wait()
                if not self._fed:
                    return
                number = self._fed.pop(0)
            yield Packet(number, number * MS)


@dataclass
class Uneven(Encoder[int, int]):
    """Ten times the number, after a time that depends on it; nothing for `drops`, and an error for `fails`."""

    pauses_ms: tuple[float, ...] = (0.0,)
    drops: tuple[int, ...] = ()
    fails: tuple[int, ...] = ()

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int | None]:
        return [self._one(packet.data) for packet in batch]

    def _one(self, number: int) -> int | None:
        time.sleep(self.pauses_ms[number % len(self.pauses_ms)] / 1000)
        if number in self.fails:
            raise ValueError(f"{number} cannot be encoded")
        return None if number in self.drops else number * 10


@dataclass
class Several(Stage[int, str]):
    """As many packets as the number's last digit, of a time that lies `early_ms` before."""

    early_ms: int = 0
    stateless = True

    def process(self, packet: Packet[int]) -> Iterable[Packet[str]]:
        time.sleep(0.001 * (packet.data % 3))
        for part in range(packet.data % 10):
            out = packet.replace(f"{packet.data}.{part}")
            yield Packet(out.data, out.time_ns - self.early_ms * MS, stream=out.stream, seq=out.seq, attrs=out.attrs)

    def watermark(self, time_ns: int) -> int:
        return time_ns - self.early_ms * MS


class Who(Encoder[int, tuple]):
    """Which process and which copy of it encoded a number, and how many it had encoded by then."""

    def __init__(self) -> None:
        self.count = 0

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[tuple]:
        time.sleep(0.002)
        self.count += len(batch)
        return [(os.getpid(), id(self), self.count, packet.data) for packet in batch]


class Sizes(Encoder[int, int]):
    """How large the batch was that a number came in."""

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int]:
        time.sleep(0.003)
        return [len(batch) for _ in batch]


class Unsendable(Encoder[int, object]):
    """Gives a lock, which cannot leave its process, for odd numbers."""

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[object]:
        return [threading.Lock() if packet.data % 2 else packet.data for packet in batch]


class Exits(Encoder[int, int]):
    """Cannot go on after the number 3."""

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int]:
        time.sleep(0.002)
        if any(packet.data == 3 for packet in batch):
            raise SystemExit("three")
        return [packet.data for packet in batch]


class Kills(Encoder[int, int]):
    """Kills its process at the number 3, each time."""

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int]:
        if any(packet.data == 3 for packet in batch):
            os._exit(1)
        return [packet.data for packet in batch]


class Waits(Stage[int, int]):
    """Gives numbers; for one below 100 only when it is interrupted, or not `cooperative` and half a second is over."""

    stateless = True
    begun: ClassVar[list[int]] = []  # of all copies, where they are threads

    def __init__(self, cooperative: bool = True) -> None:
        self.cooperative = cooperative

    def warm_up(self) -> None:
        self._interrupted = threading.Event()

    def process(self, packet: Packet[int]) -> Iterable[Packet[int]]:
        self.begun.append(packet.data)
        if packet.data < 100:
            self._interrupted.wait(600 if self.cooperative else 0.5)
        yield packet

    def interrupt(self) -> None:
        if self.cooperative:
            self._interrupted.set()
