"""The least that Python needs: payloads copied into shared memory, a packet and a stage's generator for each hop.

Four processes wake one another with a byte of a pipe that says which place of the memory holds the payload. There is
no lock, no bound, no count, and nothing outlives a process that dies: whatever gives these can only take longer.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from work import Arrivals, Window, Work, arrival, payload, sleep_until, touch

from wugan import Packet

HOPS, PLACES = 3, 8


class Way:
    """A pipe and the memory beside it, between one process and the next."""

    def __init__(self, path: Path, size: int) -> None:
        self.pipe = os.open(path, os.O_RDWR)
        handle = os.open(path.with_suffix(".memory"), os.O_RDWR)
        self.memory = memoryview(mmap.mmap(handle, size * PLACES))
        self.size = size
        self.sent = 0

    @staticmethod
    def make(path: Path, size: int) -> Path:
        """Make the files."""
        path.with_suffix(".memory").write_bytes(bytes(size * PLACES))
        return Window.make(path)

    def send(self, packet: Packet[np.ndarray]) -> None:
        """Copy the payload and wake the next process."""
        place = self.sent % PLACES
        self.sent += 1
        self.memory[place * self.size : (place + 1) * self.size] = packet.data
        os.write(self.pipe, bytes((place,)))

    def get(self) -> Packet[np.ndarray]:
        """Wait for a payload."""
        place = os.read(self.pipe, 1)[0]
        return Packet(np.ndarray((self.size,), np.uint8, self.memory, place * self.size), 0, stream="made")


def process(packet: Packet[np.ndarray]) -> Iterator[Packet[np.ndarray]]:
    """What a stage does."""
    touch(packet.data)
    yield packet


def gives(path: Path, work: Work) -> None:
    """The first process."""
    way = Way(path, work.size)
    for seq, due in work.due():
        sleep_until(due)
        way.send(Packet(payload(work.size, seq), seq, stream="made", seq=seq))


def passes_on(before: Path, after: Path, size: int) -> None:
    """A process in between."""
    source, sink = Way(before, size), Way(after, size)
    while True:
        for out in process(source.get()):
            sink.send(out)


def main() -> None:
    work = Work.from_command_line()
    if work.mode == "throughput":
        raise SystemExit("only latency is measured")
    arrivals, context = Arrivals(), multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="minimal-hops-", dir="/dev/shm") as folder:
        paths = [Way.make(Path(folder) / f"way{number}", work.size) for number in range(HOPS)]
        last = Way(paths[-1], work.size)
        pairs = zip(paths, paths[1:], strict=False)
        between = [context.Process(target=passes_on, args=(*pair, work.size), daemon=True) for pair in pairs]
        for started in [*between, context.Process(target=gives, args=(paths[0], work), daemon=True)]:
            started.start()
        for _ in range(work.count):
            arrivals.rows.append(arrival(last.get().data))
    print(arrivals.report())


if __name__ == "__main__":
    main()
