"""A source, an encoder and a sink that wugan finds by their entry points (see pyproject.toml)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from wugan.packet import Packet
from wugan.stage import Encoder, Sink, Source


@dataclass
class Count(Source[int]):
    """Counts from 0, one number every 100 ms of the stream's time."""

    count: int = 3

    def packets(self) -> Iterator[Packet[int]]:
        for number in range(self.count):
            yield Packet(number, number * 100_000_000, stream="count", seq=number)


@dataclass
class Echo(Encoder[int, str]):
    """Says a number several times."""

    times: int = 2

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[str]:
        return [" ".join([str(packet.data)] * self.times) for packet in batch]


@dataclass
class Lines(Sink[str]):
    """Writes one line for each packet."""

    path: str

    def warm_up(self) -> None:
        self.file: TextIO = Path(self.path).open("w", encoding="utf-8")

    def write(self, packet: Packet[str]) -> None:
        self.file.write(f"{packet.time_ns} {packet.data}\n")

    def close(self) -> None:
        self.file.close()
