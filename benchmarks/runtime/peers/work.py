"""What every peer of `hops.py` does alike: arguments, payload, pace, window, and the report on stdout.

A peer is called as `PEER.py --size BYTES --count N --mode latency|throughput --rate HZ --window N` and prints one line
of JSON, `Arrivals.report`. Needs numpy alone, since it is imported in every peer's own environment and processes.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import select
import termios
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

HEADER = 2  # int64 numbers at the start of a payload: sequence number and time of sending


@dataclass
class Work:
    """What a peer is asked to measure.

    Attributes:
        size: bytes of a payload.
        count: payloads to send.
        mode: `latency` sends at `rate`, `throughput` as fast as `window` allows.
        rate: payloads per second.
        window: payloads that may be under way at once.
    """

    size: int
    count: int
    mode: Literal["latency", "throughput"]
    rate: float
    window: int

    @classmethod
    def from_command_line(cls) -> Work:
        parser = argparse.ArgumentParser()
        parser.add_argument("--size", type=int, required=True)
        parser.add_argument("--count", type=int, required=True)
        parser.add_argument("--mode", choices=("latency", "throughput"), required=True)
        parser.add_argument("--rate", type=float, default=100.0)
        parser.add_argument("--window", type=int, default=8)
        return cls(**vars(parser.parse_args()))

    def due(self) -> Iterator[tuple[int, float]]:
        """Sequence numbers, each with the `time.monotonic()` at which it is to be sent; 0 when there is no pace.

        After a delay the pace goes on from there: no burst makes up for it.
        """
        due = time.monotonic()
        for seq in range(self.count):
            if self.mode == "throughput":
                yield seq, 0.0
            else:
                yield seq, due
                due = max(due + 1 / self.rate, time.monotonic())


def payload(size: int, seq: int) -> np.ndarray:
    """A fresh payload, `[size]` uint8, stamped with the present time: the last thing before it is sent.

    It is written in full, as a camera does it: of zeros, which `np.zeros` gives, the system has no copy yet.
    """
    return stamp(np.empty(size, np.uint8), seq)


def stamp(made: np.ndarray, seq: int) -> np.ndarray:
    """Fill a payload, and stamp it with its number and the present time."""
    made.fill(seq % 251)
    made[: 8 * HEADER].view(np.int64)[:] = seq, time.monotonic_ns()
    return made


def touch(payload: np.ndarray) -> None:
    """The work of a hop: read a byte."""
    payload[0]


def sleep_until(due: float) -> None:
    """Sleep until `time.monotonic()` is `due`."""
    time.sleep(max(due - time.monotonic(), 0.0))


def arrival(payload: np.ndarray) -> tuple[int, int, int]:
    """The work of the last hop: sequence number, time of sending and time of arrival in ns (`time.monotonic_ns`)."""
    seq, sent = payload[: 8 * HEADER].view(np.int64).tolist()
    return seq, sent, time.monotonic_ns()


@dataclass
class Arrivals:
    """What reached the last process."""

    rows: list[tuple[int, int, int]] = field(default_factory=list)

    def report(self) -> str:
        """One line of JSON: `seq`, `age_ms` and `at_s` of every arrival, in order."""
        return json.dumps(
            {
                "seq": [seq for seq, _, _ in self.rows],
                "age_ms": [(at - sent) / 1e6 for _, sent, at in self.rows],
                "at_s": [at / 1e9 for _, _, at in self.rows],
            }
        )


class Window:
    """Places for payloads under way between two processes: a named pipe holds a byte for each free one.

    Costs each payload one write and one read of a byte.
    """

    def __init__(self, path: Path) -> None:
        self.pipe = os.open(path, os.O_RDWR)

    @staticmethod
    def make(path: Path) -> Path:
        """Make the pipe, without a free place."""
        os.mkfifo(path)
        return path

    def enter(self, timeout: float = 5.0) -> None:
        """Wait for a free place and take it; after `timeout` seconds go on without one, what holds it being lost."""
        if select.select([self.pipe], [], [], timeout)[0]:
            os.read(self.pipe, 1)

    def leave(self, places: int = 1) -> None:
        """Give places back."""
        os.write(self.pipe, b"." * places)

    def free(self) -> int:
        """How many places are free now."""
        held = array("i", [0])
        fcntl.ioctl(self.pipe, termios.FIONREAD, held)
        return held[0]
