"""Small components for tests of the core; a module of its own, so that Ray's actors and YAML can import it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wugan import Action, Encoder, Interrupt, Packet, Sink, Source, Stage, Window
from wugan.runtime.links.memory import Message

if TYPE_CHECKING:
    from wugan import FusionBackbone

MS = 1_000_000
RUNS = """\
name: runs
nodes:
  frames: {use: core_parts:Frames, with: {count: 3}}
  mean: {use: core_parts:Mean, in: frames}
  print: {use: print, in: mean}
"""


def into(found: list[Any]) -> Callable[[Packet[Any]], None]:
    """A sink that keeps the data of packets in a list."""
    return lambda packet: found.append(packet.data)


@dataclass
class Frame:
    pixels: np.ndarray
    number: int


@dataclass
class Frames(Source[Frame]):
    """`count` frames, each full of its own number, every `step_ms` of their time from `start_ms` on."""

    count: int
    step_ms: int = 10
    start_ms: int = 0
    size: int = 10
    pause_s: float = 0

    def packets(self) -> Iterator[Packet[Frame]]:
        for number in range(self.count):
            time.sleep(self.pause_s)
            pixels = np.full(self.size, number, np.float32)
            yield Packet(Frame(pixels, number), (self.start_ms + number * self.step_ms) * MS, attrs={"n": number})


@dataclass
class Endless(Source[np.ndarray]):
    """Arrays that hold the number of the process, as fast as `pause_s` lets it, until it is closed."""

    pause_s: float = 0.01
    size: int = 10
    _closed: bool = field(init=False, default=False, repr=False)

    def close(self) -> None:
        self._closed = True

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        number = 0
        while not self._closed:
            yield Packet(np.full(self.size, os.getpid(), np.int64), number * MS)
            number += 1
            time.sleep(self.pause_s)


@dataclass
class Silent(Source[int]):
    """A device that gives one packet and then nothing, until it is closed."""

    def open(self) -> None:
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()

    def packets(self) -> Iterator[Packet[int]]:
        yield Packet(1, 0)
        self.closed.wait()


@dataclass
class Breaks(Source[int]):
    """Raises after `count` packets."""

    count: int = 3

    def packets(self) -> Iterator[Packet[int]]:
        for number in range(self.count):
            yield Packet(number, number * MS)
        raise OSError("the cable was pulled")


@dataclass
class Mean(Encoder[Frame, float]):
    """Mean pixel; fails on the frame numbered `fails_on`."""

    fails_on: int = -1

    def encode(self, batch: Sequence[Packet[Frame]]) -> Sequence[float | None]:
        return [self._mean(packet.data) for packet in batch]

    def _mean(self, frame: Frame) -> float:
        assert isinstance(frame, Frame)
        if frame.number == self.fails_on:
            raise ValueError(f"frame {frame.number} is dark")
        return float(frame.pixels.mean())


@dataclass
class Brighter(Stage[Frame, Frame]):
    """Twice as bright, and both the old and the new for every fifth frame."""

    def process(self, packet: Packet[Frame]) -> Iterable[Packet[Frame]]:
        if packet.data.number % 5 == 0:
            yield packet
        yield packet.replace(Frame(packet.data.pixels * 2, packet.data.number), bright=True)


@dataclass
class Pairs(Stage[float, tuple]):
    """Holds every other value back and gives them in pairs; the last may come alone."""

    def __post_init__(self) -> None:
        self._held: Packet[float] | None = None

    def process(self, packet: Packet[float]) -> Iterable[Packet[tuple]]:
        held, self._held = self._held, packet
        if held is not None:
            self._held = None
            yield held.replace((held.data, packet.data))

    def flush(self) -> Iterable[Packet[tuple]]:
        if self._held is not None:
            yield self._held.replace((self._held.data,))

    def watermark(self, time_ns: int) -> int:
        return self._held.time_ns if self._held is not None else time_ns


@dataclass
class Slow(Stage[object, object]):
    """Takes `seconds` for each packet, and makes the file `note` when it is closed."""

    seconds: float = 0.05
    note: str = ""

    def close(self) -> None:
        if self.note:
            Path(self.note).touch()

    def process(self, packet: Packet[object]) -> Iterable[Packet[object]]:
        time.sleep(self.seconds)
        yield packet


class Pids(Stage[Frame, tuple]):
    """Says which process had a frame, its number and its first pixel, after it has taken its time."""

    def __init__(self, work_s: float = 0) -> None:
        self.work_s = work_s

    def process(self, packet: Packet[Frame]) -> Iterator[Packet[tuple]]:
        time.sleep(self.work_s)
        yield packet.replace((os.getpid(), packet.data.number, int(packet.data.pixels[-1])))


class DiesOn(Stage[Frame, int]):
    """Gives frames' numbers; its process dies of one of them."""

    def __init__(self, number: int) -> None:
        self.number = number

    def process(self, packet: Packet[Frame]) -> Iterator[Packet[int]]:
        if packet.data.number == self.number:
            os.kill(os.getpid(), signal.SIGKILL)
        yield packet.replace(packet.data.number)


@dataclass
class NoModel(Encoder[object, object]):
    """Cannot start."""

    def warm_up(self) -> None:
        raise FileNotFoundError("weights.safetensors")

    def encode(self, batch: Sequence[Packet[object]]) -> Sequence[object]:
        return batch


@dataclass
class NotesItsEnd(Sink[object]):
    """Writes what happens to it into a file."""

    path: str

    def _note(self, what: str) -> None:
        with Path(self.path).open("a") as file:
            file.write(f"{what}\n")

    def warm_up(self) -> None:
        self._note("open")

    def write(self, packet: Packet[object]) -> None:
        self._note(f"packet {packet.seq}")

    def close(self) -> None:
        self._note("close")


class Talks:
    """A policy that says each packet's number, twice."""

    def decide(self, packet: Packet[np.ndarray]) -> Iterable[Action]:
        yield Action("say", {"number": packet.seq})
        yield Action("say", {"number": packet.seq})


def say(number: int, stop: Interrupt) -> str:
    """Say a number, for ten minutes unless interrupted."""
    return "interrupted" if stop.wait(600) else "said it all"


def only_even(frame: Frame) -> Frame | None:
    """A filter."""
    return frame if frame.number % 2 == 0 else None


def numbers(window: Window) -> dict[str, object]:
    """What a window holds, in plain values."""
    plain = {}
    for stream, packet in window.packets.items():
        value = packet.data.number if isinstance(packet.data, Frame) else packet.data
        plain[stream] = (packet.seq, packet.time_ns // MS, value)
    return plain


@dataclass
class FromAbroad(Source[int]):
    """Cannot be made in another process, as where a module is not installed there."""

    def __reduce__(self) -> tuple:
        return _missing, ()


def _missing() -> None:
    raise ModuleNotFoundError("No module named 'lidar_sdk'")


def backbone() -> FusionBackbone:
    """The same small backbone each time."""
    import torch

    from wugan import FusionBackbone, FusionConfig

    with torch.random.fork_rng():
        torch.manual_seed(1)
        return FusionBackbone(FusionConfig(modalities={"voice": 8}))


class Recorder:
    """An output that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message, to: str | None = None) -> None:
        self.sent.append(message)

    def next_seq(self) -> int:
        return max((message.seq + 1 for message in self.sent if isinstance(message, Packet)), default=0)

    def close(self) -> None: ...

    @property
    def data(self) -> list:
        return [message.data for message in self.sent if isinstance(message, Packet)]
