"""What sleeping costs: the same code back to back and after a pause, which is how packets of a sensor come.

    python benchmarks/runtime/cold.py [--rounds 200] [--json]

In one process, without any other to be woken: a few lines of plain Python (thirty entries into a dictionary), a system
call, and what a hop between processes consists of, a 4 KB packet put into a ring of shared memory and taken out again.
A process that has slept finds its code and data gone from the processor's caches, and a virtual machine that had
nothing to do has given its processor back. `hops.py` measures hops at 200 and 25 packets a second, so that all of them
are of the second kind.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from wugan import LinkConfig, Packet
from wugan.runtime.ring import NodeFile
from wugan.runtime.ring_inbox import Outlet, RingInbox, RingOutput
from wugan.runtime.shared import run_prefix, sweep
from wugan.runtime.slots import Slots

PAUSES_MS = (0.0, 5.0, 40.0)


def plain() -> None:
    """A few lines of Python."""
    entries = {}
    for number in range(30):
        entries[number] = str(number)


def system_call() -> None:
    """The least that asks the system for something."""
    os.getppid()


def hop(prefix: str) -> Callable[[], None]:
    """One packet through a ring, both of whose ends are here."""
    links = {"in": LinkConfig()}
    NodeFile.make(prefix, 0, {})
    NodeFile.make(prefix, 1, links)
    writer, reader = NodeFile(prefix, 0, {}), NodeFile(prefix, 1, links)
    outlet = Outlet(NodeFile(prefix, 1, links), "in", 1)
    output = RingOutput(writer, Slots(prefix, 0, 2, writer.lock), {"reader": outlet})
    inbox = RingInbox(reader, Slots(prefix, 1, 2, reader.lock))
    numbers = iter(range(10**9))
    data = np.zeros(4096, np.uint8)

    def once() -> None:
        seq = next(numbers)
        output.send(Packet("in", seq, seq, data, {}, time.monotonic_ns()))
        inbox.get(None)
        inbox.done()

    return once


def times(act: Callable[[], None], rounds: int) -> Iterator[float]:
    """Microseconds, at the median, for each pause."""
    for pause in PAUSES_MS:
        took = []
        for _ in range(rounds):
            if pause:
                time.sleep(pause / 1000)
            started = time.perf_counter_ns()
            act()
            took.append((time.perf_counter_ns() - started) / 1000)
        yield statistics.median(took)


def main() -> None:
    """Print a row for each kind of work."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    prefix = run_prefix("cold")
    try:
        work = {"thirty entries into a dictionary": plain, "a system call": system_call, "put and get": hop(prefix)}
        if not arguments.json:
            print(f"{'us, median':<34}" + "".join(f"{f'after {pause:g} ms':>15}" for pause in PAUSES_MS))
        for name, act in work.items():
            found = [round(us, 1) for us in times(act, arguments.rounds)]
            if arguments.json:
                print(json.dumps({"work": name, "us": dict(zip(map(str, PAUSES_MS), found, strict=True))}))
            else:
                print(f"{name:<34}" + "".join(f"{us:>8.1f} {us / found[0]:>4.0f}x " for us in found))
    finally:
        sweep(prefix)


if __name__ == "__main__":
    main()
