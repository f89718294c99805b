"""What sleeping costs: the same code back to back and after a pause, which is how packets of a sensor come.

    python benchmarks/runtime/cold.py [--rounds 200] [--hops 0] [--awake] [--json]

In one process, without any other to be woken: a few lines of plain Python (thirty entries into a dictionary), a system
call, and what a hop between processes consists of, a 4 KB packet put into a ring of shared memory and taken out again.
A process that has slept finds its code and data gone from the processor's caches, and a virtual machine that had
nothing to do has given its processor back. `hops.py` measures hops at 200 and 25 packets a second, so that all of them
are of the second kind.

`--hops N` then runs what three hops of 4 KB at 200 Hz consist of, N rounds in turn, each with all that the one before
has: wake-ups alone (`peers/pipe_hops.py`), with the least of Python (`minimal_hops.py`), with wugan's rings
(`ring_hops.py`), and a whole pipeline on Ray (`wugan_hops.py`). `--awake` keeps the processors from sleeping meanwhile,
by `/dev/cpu_dma_latency` of Linux, which only root may open; they are awake for every program of the machine then.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from hops import HERE, run

from wugan import LinkConfig, Packet
from wugan.runtime.links.inbox import Outlet, RingInbox, RingOutput
from wugan.runtime.links.ring import NodeFile
from wugan.runtime.links.shared import run_prefix, sweep
from wugan.runtime.links.slots import Slots

PAUSES_MS = (0.0, 5.0, 40.0)
STEPS = {
    "wake-ups alone": "pipe_hops",
    "with the least of Python": "minimal_hops",
    "with rings": "ring_hops",
    "a pipeline on Ray": "wugan_hops",
}
HOPS_SENT = 600


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
        output.send(Packet(data, seq, stream="in", seq=seq, entered_ns=time.monotonic_ns()))
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


@contextlib.contextmanager
def awake(wanted: bool) -> Iterator[None]:
    """Keep the processors from sleeping. Raises `OSError` where this is not allowed."""
    if not wanted:
        yield
        return
    handle = os.open("/dev/cpu_dma_latency", os.O_WRONLY)  # holds for as long as it is open
    try:
        os.write(handle, struct.pack("i", 0))
        yield
    finally:
        os.close(handle)


def steps(rounds: int) -> Iterator[tuple[str, list[float]]]:
    """The median age in ms of three hops in each round, for each of `STEPS`. Raises `PeerFailed`."""
    found: dict[str, list[float]] = {name: [] for name in STEPS}
    for turn in range(rounds):
        names = list(STEPS)[turn % len(STEPS) :] + list(STEPS)[: turn % len(STEPS)]
        for name in names:
            arguments = f"--mode latency --size 4096 --count {HOPS_SENT} --rate 200 --window 8".split()
            ages = run(Path(sys.executable), HERE / "peers" / f"{STEPS[name]}.py", arguments)["age_ms"]
            found[name].append(statistics.median(ages[HOPS_SENT // 10 :]))
    yield from found.items()


def show(rounds: int, hops: int, as_json: bool) -> None:
    """Measure and print."""
    prefix = run_prefix("cold")
    try:
        work = {"thirty entries into a dictionary": plain, "a system call": system_call, "put and get": hop(prefix)}
        if not as_json:
            print(f"{'us, median':<34}" + "".join(f"{f'after {pause:g} ms':>15}" for pause in PAUSES_MS))
        for name, act in work.items():
            found = [round(us, 1) for us in times(act, rounds)]
            if as_json:
                print(json.dumps({"work": name, "us": dict(zip(map(str, PAUSES_MS), found, strict=True))}))
            else:
                print(f"{name:<34}" + "".join(f"{us:>8.1f} {us / found[0]:>4.0f}x " for us in found))
    finally:
        sweep(prefix)
    if hops and not as_json:
        print(f"\n{'three hops, ms':<34}{'median of rounds':>16}{'least':>10}{'most':>10}")
    for name, medians in steps(hops) if hops else ():
        if as_json:
            print(json.dumps({"hops": name, "p50_ms_of_rounds": medians}))
        else:
            print(f"{name:<34}{statistics.median(medians):>16.3f}{min(medians):>10.3f}{max(medians):>10.3f}")


def main() -> None:
    """Print a row for each kind of work."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--hops", type=int, default=0, metavar="ROUNDS", help="three hops, step by step")
    parser.add_argument("--awake", action="store_true", help="keep the processors from sleeping; needs root")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    with awake(arguments.awake):
        show(arguments.rounds, arguments.hops, arguments.json)


if __name__ == "__main__":
    main()
