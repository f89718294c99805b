"""The floor: four processes that pass nothing but number and time along named pipes, whatever the size.

What this machine needs to wake three processes one after another. Nothing that wakes a process can be faster.
"""

from __future__ import annotations

import multiprocessing
import os
import struct
import tempfile
import time
from pathlib import Path

from work import Arrivals, Window, Work, sleep_until

HEADER = struct.Struct("<qq")
HOPS = 3


def passes_on(before: str, after: str) -> None:
    """A process between two pipes."""
    source, sink = os.open(before, os.O_RDWR), os.open(after, os.O_RDWR)
    while True:
        os.write(sink, os.read(source, HEADER.size))


def gives(first: str, window: str, work: Work) -> None:
    """The first process."""
    pipe, places = os.open(first, os.O_RDWR), Window(Path(window))
    for seq, due in work.due():
        sleep_until(due)
        if work.mode == "throughput":
            places.enter()
        os.write(pipe, HEADER.pack(seq, time.monotonic_ns()))


def main() -> None:
    work = Work.from_command_line()
    arrivals = Arrivals()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="pipe-hops-") as folder:
        names = [str(Window.make(Path(folder) / f"pipe{number}")) for number in range(HOPS)]
        window = Window.make(Path(folder) / "window")
        places, last = Window(window), os.open(names[-1], os.O_RDWR)
        places.leave(work.window)
        between = [
            context.Process(target=passes_on, args=pair, daemon=True) for pair in zip(names, names[1:], strict=False)
        ]
        for process in [*between, context.Process(target=gives, args=(names[0], str(window), work), daemon=True)]:
            process.start()
        for _ in range(work.count):
            seq, sent = HEADER.unpack(os.read(last, HEADER.size))
            arrivals.rows.append((seq, sent, time.monotonic_ns()))
            if work.mode == "throughput":
                places.leave()
    print(arrivals.report())


if __name__ == "__main__":
    main()
