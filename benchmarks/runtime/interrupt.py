"""Barge-in: how long after `running.interrupt()` is every stage quiet, with a second of work in hand and full queues?

    python benchmarks/runtime/interrupt.py [--times 50] [--quick] [--json]

A source gives packets as fast as they are taken, through five stages to a function in the driver. The last stage takes
a second for each, so that all queues before it are full and every other stage waits for room. Its `interrupt()` sets an
event that it waits on. Every stage notes when it began and ended with each packet, and when that was captured.

- **quiet**: from the call until the last moment at which any stage (or the sink) worked on a packet that was captured
  before the call. Zero if there was none.
- **begun late**: such packets that a stage took up only after the call had returned.

Then, on Ray, a stage that does not heed: it sleeps a second in C and holds the interpreter's lock meanwhile, so that
not even a thread of its own process runs. `RayRuntime(kill_after="200ms")` kills it. Figures are from the call until
that process is gone, and until the driver has the first packet of its successor; the stages that heed are not killed.
"""

from __future__ import annotations

import argparse
import ctypes
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rig import Report, pids_of, quantile, quiet_ray, scratch, shared_files

from wugan import LinkConfig, Packet, Pipeline, Source, Stage
from wugan.options import RestartPolicy
from wugan.runtime import LocalRuntime, RayRuntime, Running, Runtime
from wugan.runtime.links.shared import alive

STAGES = 5
IN_HAND_S = 1.0
LIMIT_MS = 50.0
KILL_AFTER = "200ms"
PLACES = LinkConfig(capacity=4)
FULL_S = 20.0  # how long the queues may take to fill
RESUME_S = 30.0  # how long a killed stage may take to come back


class Fast(Source[np.ndarray]):
    """Packets as fast as they are taken, stamped with the machine's monotonic time."""

    live = True

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        while True:
            yield Packet(np.zeros(4096, np.uint8), time.monotonic_ns())


class Noted(Stage[np.ndarray, np.ndarray]):
    """Takes `work_s` for a packet, or until interrupted, and notes when.

    Args:
        notes: folder for the notes, an array of (captured, begun, ended) in nanoseconds, written at the end.
        label: name of its file.
        work_s: seconds that it waits with each packet.
    """

    def __init__(self, notes: Path, label: str, work_s: float = 0.0) -> None:
        self.notes = notes
        self.label = label
        self.work_s = work_s

    def warm_up(self) -> None:
        self.rows: list[tuple[int, int, int]] = []
        self.stop = threading.Event()

    def process(self, packet: Packet[np.ndarray]) -> Iterator[Packet[np.ndarray]]:
        self.stop.clear()
        begun = time.monotonic_ns()
        heeded = bool(self.work_s) and self.stop.wait(self.work_s)
        self.rows.append((packet.time_ns, begun, time.monotonic_ns()))
        if not heeded:
            yield packet

    def interrupt(self) -> None:
        self.stop.set()

    def close(self) -> None:
        np.save(self.notes / f"{self.label}.npy", np.array(self.rows, np.int64).reshape(-1, 3))


class Deaf(Stage[np.ndarray, int]):
    """Takes a second in C, with the interpreter's lock held, and gives the number of its process."""

    def process(self, packet: Packet[np.ndarray]) -> Iterator[Packet[int]]:
        import os

        ctypes.PyDLL(None).usleep(int(IN_HAND_S * 1e6))
        yield packet.replace(os.getpid())


@dataclass
class Seen:
    """What reached the driver: (captured, arrived, data)."""

    rows: list[tuple[int, int, Any]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def arrive(self, packet: Packet[Any]) -> None:
        with self.news:
            self.rows.append((packet.time_ns, time.monotonic_ns(), packet.data))
            self.news.notify_all()


def filled(running: Running) -> bool:
    """Wait until every queue of the stages is full; whether they all are."""
    deadline = time.monotonic() + FULL_S
    while time.monotonic() < deadline:
        stats = running.stats()
        links = [link for name, node in stats.items() if name.startswith("s") for link in node["links"].values()]
        if all(link["waiting"] >= PLACES.capacity for link in links):
            return True
        time.sleep(0.02)
    return False


def cooperative(runtime: Runtime, times: int, chance: random.Random) -> dict[str, Any]:
    """Interrupt the pipeline again and again; what its stages noted."""
    notes, seen = scratch("interrupt"), Seen()
    pipeline = Pipeline("interrupt")
    node = pipeline.source(Fast(), name="camera")
    for number in range(1, STAGES + 1):
        stage = Noted(notes, f"s{number}", IN_HAND_S if number == STAGES else 0.0)
        node = pipeline.stage(stage, node, name=f"s{number}", link=PLACES)
    pipeline.sink(seen.arrive, node, name="driver", link=PLACES)
    calls: list[tuple[int, int]] = []
    full = 0
    # Left by cancelling it, which closes the stages: they write their notes then.
    with pipeline.run(runtime, dead_letters=scratch("interrupt")) as running:
        for _ in range(times):
            full += filled(running)
            time.sleep(chance.uniform(0.0, 0.3))  # the second in hand has begun at another moment each time
            called = time.monotonic_ns()
            running.interrupt()
            calls.append((called, time.monotonic_ns()))
        time.sleep(IN_HAND_S * 1.5)
        flushed = sum(node["flushed"] for node in running.stats().values())
    rows = [np.load(notes / f"s{number}.npy") for number in range(1, STAGES + 1)]
    rows.append(np.array([(captured, at, at) for captured, at, _ in seen.rows], np.int64).reshape(-1, 3))
    quiet, late, to_return, culprits = [], 0, [], [0] * (STAGES + 1)
    for called, returned in calls:
        ends = []
        for stage in rows:
            old = stage[(stage[:, 0] <= called) & (stage[:, 2] > called)]
            ends.append(int(old[:, 2].max()) if len(old) else called)
            late += int((old[:, 1] > returned).sum())
        quiet.append((max(ends) - called) / 1e6)
        culprits[int(np.argmax(ends))] += 1
        to_return.append((returned - called) / 1e6)
    return {
        "times": times,
        "queues_full": full,
        "quiet_p50_ms": round(quantile(quiet, 0.5), 2),
        "quiet_p99_ms": round(quantile(quiet, 0.99), 2),
        "quiet_max_ms": round(max(quiet), 2),
        "call_p50_ms": round(quantile(to_return, 0.5), 2),
        "begun_late": late,
        "last_to_be_quiet": {f"s{number}": count for number, count in enumerate(culprits[:-1], 1)},
        "flushed": flushed,
        "left": len(shared_files()),
    }


def uncooperative(times: int) -> dict[str, Any]:
    """Interrupt while a stage does not heed; when its process is gone, and when the next one gives something."""
    seen, notes = Seen(), scratch("interrupt")
    runtime = RayRuntime(restart=RestartPolicy(max_restarts=1_000_000), kill_after=KILL_AFTER)
    pipeline = Pipeline("deaf")
    node = pipeline.stage(Noted(notes, "before"), pipeline.source(Fast(), name="camera"), name="before", link=PLACES)
    node = pipeline.stage(Deaf(), node, name="deaf", link=PLACES)
    pipeline.sink(seen.arrive, node, name="driver", link=PLACES)
    gone, again = [], []
    spared = True
    with pipeline.run(runtime, dead_letters=scratch("interrupt")) as running:
        for _ in range(times):
            with seen.news:  # it has just begun with another packet
                count = len(seen.rows)
                if not seen.news.wait_for(lambda: len(seen.rows) > count, RESUME_S):  # noqa: B023
                    break
            pids = pids_of(running)
            time.sleep(0.1)
            called = time.monotonic_ns()
            running.interrupt()
            while alive(pids["deaf"]) and time.monotonic_ns() - called < RESUME_S * 1e9:
                time.sleep(0.002)
            gone.append((time.monotonic_ns() - called) / 1e6)

            def came() -> int | None:
                return next((at for _, at, pid in seen.rows if pid != pids["deaf"] and at > called), None)  # noqa: B023

            with seen.news:
                at = seen.news.wait_for(came, RESUME_S)
            if at is None:
                break
            again.append((at - called) / 1e6 - IN_HAND_S * 1e3)
            after = pids_of(running)
            spared = spared and all(after[name] == pids[name] for name in pids if name != "deaf")
        stats = running.stats()
    return {
        "times": times,
        "killed_p50_ms": round(quantile(gone, 0.5), 1),
        "killed_max_ms": round(max(gone, default=float("nan")), 1),
        "back_p50_ms": round(quantile(again, 0.5), 1),
        "back_max_ms": round(max(again, default=float("nan")), 1),
        "came_back": len(again),
        "others_spared": spared,
        "restarts": stats["deaf"]["restarts"],
        "flushed": stats["deaf"]["flushed"],
        "dead_letters": stats["deaf"]["failed"],
        "left": len(shared_files()),
    }


def main() -> None:
    """Run everything, with verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="ten interruptions, and two of the stage that is deaf")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    arguments = parser.parse_args()
    times = 10 if arguments.quick else arguments.times
    report = Report(arguments.json)
    quiet_ray()
    for name, runtime in {"ray": RayRuntime(), "local": LocalRuntime()}.items():
        found = cooperative(runtime, times, random.Random(arguments.seed))
        report.figure(
            f"{name}, cooperative",
            found,
            f"{times} interruptions, {found['queues_full']} with all queues full; quiet after p50 "
            f"{found['quiet_p50_ms']} p99 {found['quiet_p99_ms']} max {found['quiet_max_ms']} ms; the call takes "
            f"{found['call_p50_ms']} ms",
        )
        p99 = found["quiet_p99_ms"]
        report.verdict(f"quiet within {LIMIT_MS:.0f} ms (p99)", p99 <= LIMIT_MS, f"{p99} ms")
        late = found["begun_late"]
        report.verdict("nothing older is begun afterwards", not late, f"{late} packets")
    found = uncooperative(2 if arguments.quick else max(5, times // 10))
    report.figure(
        f"ray, deaf stage, kill_after={KILL_AFTER}",
        found,
        f"gone after p50 {found['killed_p50_ms']} max {found['killed_max_ms']} ms, at work again after p50 "
        f"{found['back_p50_ms']} max {found['back_max_ms']} ms (all from the call)",
    )
    back = found["came_back"] == found["times"] and found["others_spared"]
    report.verdict("killed and back each time, others not", back, f"{found['came_back']} of {found['times']}")
    report.verdict("nothing left in shared memory", not found["left"], f"{found['left']} files")
    report.end()


if __name__ == "__main__":
    main()
