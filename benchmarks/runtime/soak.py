"""A live pipeline on Ray under random faults for twenty minutes: what grows, what is lost, what comes out of order?

    python benchmarks/runtime/soak.py [--minutes 20] [--seed 0] [--quick] [--json]

Three live sources: `video` (1080p frames, 30 Hz, links of `drop_oldest`), `audio` (4 KB, 50 Hz) and `imu` (56 bytes,
200 Hz), both on links that `block`; a stage for each, an approximate join of all three on links of `drop_oldest`, and
functions in the driver that take what comes out of each stage and of the join.

Faults come one after another, by a seeded schedule: `kill -9` of a random actor, SIGSTOP for one to three seconds,
fifty packets of a source at once, and a device that is away for up to three seconds (its source raises `DeviceError`,
and so does opening it again). Between them the pipeline has one to five seconds. At the end it has three seconds of
peace and is stopped.

- **memory, descriptors, files**: see `rig.py`; sampled every five seconds; growth by least squares after the first two
  minutes (or the first third of a shorter run).
- **lost, twice, out of order**: by the packets' numbers where they come out. `audio` and `imu` must give every number
  from 0 to the last one sent exactly once and in order; numbers of `video` and of the windows must grow.
- **balance**: every link's `in` is what was sent into it, and is its `out` and `dropped` together; what did not come
  out of `video` is what links dropped and processes lost.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rig import (
    FRAME,
    Report,
    Usage,
    pids_of,
    private_bytes,
    quiet_ray,
    scratch,
    shared_files,
    sleep_until,
    slope,
    usage,
)

from wugan import LinkConfig, Packet, Pipeline, Source, Stage, approximate, clock
from wugan.errors import DeviceError
from wugan.options import RestartPolicy
from wugan.runtime import RayRuntime, Running
from wugan.sync import Window

RATES = {"video": 30, "audio": 50, "imu": 200}
SHAPES = {"video": FRAME, "audio": (4096,), "imu": (56,)}
SURE = ("audio", "imu")  # streams that lose nothing
BURST = 50
SAMPLE_S = 5.0
PEACE_S = 3.0
BEHIND_S = 1.0  # what a device keeps for a reader that does not come
MEMORY_MB_MIN, DESCRIPTORS_MIN = 2.0, 1.0  # growth that is still none


class Device(Source[np.ndarray]):
    """A live source at a steady rate, whose device a file in `notes` takes away, and another makes give a burst.

    Args:
        kind: a key of `RATES`.
        notes: folder where the files `away-KIND` and `burst-KIND` may appear.
    """

    live = True

    def __init__(self, kind: str, notes: Path) -> None:
        self.kind = kind
        self.notes = notes

    def open(self) -> None:
        self._look()

    def _look(self) -> None:
        if (self.notes / f"away-{self.kind}").exists():
            raise DeviceError(f"{self.kind}: the device is away; plug it in again")

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        burst, step = self.notes / f"burst-{self.kind}", 1_000_000_000 // RATES[self.kind]
        due, number = time.monotonic_ns(), 0
        while True:
            sleep_until(due)
            self._look()
            count = 1
            if burst.exists():
                burst.unlink(missing_ok=True)
                count += BURST
            for _ in range(count):
                yield Packet(np.full(SHAPES[self.kind], number % 251, np.uint8), clock.now_ns())
                number += 1
            due = max(due + step, time.monotonic_ns() - int(BEHIND_S * 1e9))


class Mean(Stage[np.ndarray, float]):
    """The mean of a few of its bytes; takes a fifth of the time that a stream has for it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def process(self, packet: Packet[np.ndarray]) -> Iterator[Packet[float]]:
        time.sleep(0.2 / RATES[self.kind])
        yield packet.replace(float(packet.data.reshape(-1)[:4096].mean()))


@dataclass
class Outlet:
    """Takes what comes out of one stream, and counts instead of keeping it.

    Attributes:
        count: packets that came.
        last: the highest number of them.
        gaps: numbers left out.
        disordered: numbers that were not above the last one: out of order, or twice.
        backwards: capture times before that of the last one.
    """

    count: int = 0
    last: int = -1
    gaps: int = 0
    disordered: int = 0
    backwards: int = 0
    time_ns: int = 0

    def arrive(self, packet: Packet[float]) -> None:
        self._take(packet)

    def arrive_window(self, packet: Packet[Window]) -> None:
        self._take(packet)

    def _take(self, packet: Packet[Any]) -> None:
        self.count += 1
        self.disordered += packet.seq <= self.last
        self.gaps += max(0, packet.seq - self.last - 1)
        self.backwards += packet.time_ns < self.time_ns
        self.last, self.time_ns = max(self.last, packet.seq), packet.time_ns


def build(outlets: dict[str, Outlet], notes: Path) -> Pipeline:
    """The pipeline that is put under stress."""
    pipeline = Pipeline("soak")
    drops = LinkConfig(policy="drop_oldest", capacity=4)
    means = []
    for kind in RATES:
        link = LinkConfig() if kind in SURE else drops
        device = pipeline.source(Device(kind, notes), name=kind)
        mean = pipeline.stage(Mean(kind), device, name=f"{kind}-mean", link=link)
        outlets[kind] = Outlet()
        pipeline.sink(outlets[kind].arrive, mean, name=f"{kind}-out", link=link)
        means.append(mean)
    window = pipeline.join(
        *means, sync=approximate("20ms"), name="join", link=LinkConfig(policy="drop_oldest", capacity=64)
    )
    outlets["window"] = Outlet()
    pipeline.sink(outlets["window"].arrive_window, window, name="window-out")
    return pipeline


class Faults:
    """Makes one fault after another.

    Args:
        running: the run.
        notes: folder that the sources look into.
        chance: of which all choices are made.
    """

    def __init__(self, running: Running, notes: Path, chance: random.Random) -> None:
        self.running = running
        self.notes = notes
        self.chance = chance
        self.made: Counter[str] = Counter()

    def next(self) -> None:
        """Make a fault and wait until it is over."""
        kind = self.chance.choice(("kill", "stop", "burst", "away"))
        getattr(self, kind)()
        self.made[kind] += 1

    def _victim(self) -> int:
        """The process of a random actor."""
        name = self.chance.choice([*RATES, *(f"{kind}-mean" for kind in RATES), "join"])
        return pids_of(self.running).get(name, 0)

    def _signal(self, pid: int, what: signal.Signals) -> bool:
        if pid in (0, os.getpid()):
            return False
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            return False  # its successor is not there yet
        return True

    def kill(self) -> None:
        self._signal(self._victim(), signal.SIGKILL)

    def stop(self) -> None:
        pid, seconds = self._victim(), self.chance.uniform(1, 3)
        if self._signal(pid, signal.SIGSTOP):
            time.sleep(seconds)
            self._signal(pid, signal.SIGCONT)

    def burst(self) -> None:
        (self.notes / f"burst-{self.chance.choice(list(RATES))}").touch()

    def away(self) -> None:
        note = self.notes / f"away-{self.chance.choice(list(RATES))}"
        note.touch()
        time.sleep(self.chance.uniform(0.2, 3))
        note.unlink(missing_ok=True)


def soak(minutes: float, seed: int, tell: Any) -> dict[str, Any]:
    """Run the pipeline under faults; every figure of it."""
    outlets: dict[str, Outlet] = {}
    notes, chance = scratch("soak"), random.Random(seed)
    runtime = RayRuntime(restart=RestartPolicy(max_restarts=1_000_000, window="60s"))
    samples: list[Usage] = []
    by_node: dict[str, list[float]] = {}
    with build(outlets, notes).run(runtime, dead_letters=notes / "letters") as running:
        started = time.monotonic()
        faults = Faults(running, notes, chance)
        until, next_sample = started + 60 * minutes - PEACE_S, started
        next_fault = started + chance.uniform(1, 5)
        while (now := time.monotonic()) < until:
            if now >= next_sample:
                pids = pids_of(running)
                samples.append(usage(pids.values(), now - started))
                for name, pid in {"driver": os.getpid(), **pids}.items():
                    if name == "driver" or pid != os.getpid():
                        by_node.setdefault(name, []).append(round(private_bytes(pid) / 2**20, 1))
                next_sample = max(next_sample + SAMPLE_S, now)
                tell(samples[-1], outlets, faults.made)
            if now >= next_fault:
                faults.next()
                next_fault = time.monotonic() + chance.uniform(1, 5)
            time.sleep(0.05)
        time.sleep(PEACE_S)
        running.stop()
        ended = running.wait(timeout=60)
        stats = running.stats()
        letters = len(list((notes / "letters").glob("**/*.json"))) if (notes / "letters").exists() else 0
    return {
        "minutes": minutes,
        "ended": ended,
        "faults": dict(faults.made),
        "restarts": {name: node["restarts"] for name, node in stats.items() if node["restarts"]},
        "streams": {kind: vars(outlet) for kind, outlet in outlets.items()},
        "sent": {kind: stats[kind]["emitted"] for kind in RATES},
        "dead_letters": sum(node["failed"] for node in stats.values()),
        "letters": letters,
        "lost": {name: node["lost"] for name, node in stats.items() if node["lost"]},
        "redelivered": sum(node["redelivered"] for node in stats.values()),
        "links": {
            f"{port} > {name}": {key: link[key] for key in ("in", "out", "dropped", "waiting")}
            | {"sent": stats[port]["emitted"], "lost": node["lost"]}
            for name, node in stats.items()
            for port, link in node.get("links", {}).items()
        },
        "join_drops": stats["join"].get("dropped", {}),
        "samples": [[round(s.at_s, 1), s.private, s.shared, s.descriptors, s.files, s.processes] for s in samples],
        "private_mb": by_node,
        "left": len(shared_files()),
    }


def growth(found: dict[str, Any]) -> dict[str, float]:
    """Per minute, after the run has settled and while no process is missing: MB of memory, descriptors, files."""
    settle_s = min(120.0, 60 * found["minutes"] / 3)
    whole = max(row[5] for row in found["samples"])
    rows = [row for row in found["samples"] if row[0] >= settle_s and row[5] == whole]
    minutes = [row[0] / 60 for row in rows]
    return {
        "memory_mb_min": round(slope(minutes, [(row[1] + row[2]) / 2**20 for row in rows]), 2),
        "private_mb_min": round(slope(minutes, [row[1] / 2**20 for row in rows]), 2),
        "shared_mb_min": round(slope(minutes, [row[2] / 2**20 for row in rows]), 2),
        "descriptors_min": round(slope(minutes, [row[3] for row in rows]), 2),
        "files_min": round(slope(minutes, [row[4] for row in rows]), 2),
    }


def judge(report: Report, found: dict[str, Any]) -> None:
    """Print the table and the verdicts."""
    grown = found["growth"] = growth(found)
    report.figures["soak"] = found
    report.say(f"faults: {', '.join(f'{count} {kind}' for kind, count in found['faults'].items())}")
    report.say(f"restarts: {', '.join(f'{name} {count}' for name, count in found['restarts'].items())}")
    report.say(
        f"dead letters: {found['dead_letters']}; given again: {found['redelivered']}; join drops {found['join_drops']}"
    )
    report.say(f"{'stream':<8}{'out':>9}{'last':>9}{'gaps':>7}{'disorder':>10}{'time back':>11}")
    for kind, row in found["streams"].items():
        report.say(
            f"{kind:<8}{row['count']:>9}{row['last']:>9}{row['gaps']:>7}{row['disordered']:>10}{row['backwards']:>11}"
        )
    report.say(f"{'link':<26}{'sent':>9}{'in':>9}{'out':>9}{'dropped':>9}{'lost':>7}")
    for name, row in found["links"].items():
        report.say(f"{name:<26}{row['sent']:>9}{row['in']:>9}{row['out']:>9}{row['dropped']:>9}{row['lost']:>7}")
    last = found["samples"][-1]
    report.say(
        f"at the end: {last[1] / 2**20:.0f} MB private, {last[2] / 2**20:.0f} MB shared, {last[3]} descriptors, "
        f"{last[4]} files, {last[5]} processes"
    )
    nodes = (f"{name} {row[0]:.0f}-{row[-1]:.0f}" for name, row in found["private_mb"].items())
    report.say(f"private MB, first and last: {', '.join(nodes)}")
    report.verdict("ends when stopped", found["ended"], str(found["ended"]))
    for kind in SURE:
        row, sent = found["streams"][kind], found["sent"][kind]
        exact = row["count"] == sent == row["last"] + 1 and not row["gaps"] and not row["disordered"]
        measured = f"{row['count']} of {sent}, {row['gaps']} lost, {row['disordered']} twice or out of order"
        report.verdict(f"{kind}: each packet exactly once", exact, measured)
    wrong = {kind: row["disordered"] + row["backwards"] for kind, row in found["streams"].items()}
    report.verdict("order in every stream", not any(wrong.values()), str(wrong))
    odd = [
        name
        for name, row in found["links"].items()
        if row["in"] != row["out"] + row["dropped"] + row["waiting"] or row["in"] != row["sent"]
    ]
    report.verdict("every link's counters balance", not odd, ", ".join(odd) or f"{len(found['links'])} links")
    missing = found["sent"]["video"] - found["streams"]["video"]["count"]
    ways = ("video > video-mean", "video-mean > video-out")
    counted = sum(found["links"][way]["dropped"] for way in ways) + found["lost"].get("video-mean", 0)
    report.verdict("video: what is missing was counted", missing == counted, f"{missing} missing, {counted} counted")
    measured = f"{grown['memory_mb_min']:+} MB/min ({grown['private_mb_min']:+} private)"
    report.verdict(f"memory grows < {MEMORY_MB_MIN} MB/min", grown["memory_mb_min"] < MEMORY_MB_MIN, measured)
    flat = grown["descriptors_min"] < DESCRIPTORS_MIN and grown["files_min"] < DESCRIPTORS_MIN
    measured = f"{grown['descriptors_min']:+} descriptors/min, {grown['files_min']:+} files/min"
    report.verdict("descriptors and files do not grow", flat, measured)
    report.verdict("nothing left in shared memory", not found["left"], f"{found['left']} files")


def main() -> None:
    """Soak, then report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="a minute and a half")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    arguments = parser.parse_args()
    report = Report(arguments.json)
    quiet_ray()

    def tell(sample: Usage, outlets: dict[str, Outlet], faults: Counter[str]) -> None:
        counts = " ".join(f"{kind} {outlet.count}" for kind, outlet in outlets.items())
        print(
            f"{sample.at_s:7.1f} s  {sample.private / 2**20:6.0f} + {sample.shared / 2**20:4.0f} MB  "
            f"{sample.descriptors} fds  {sample.files} files  {counts}  {faults.total()} faults",
            file=sys.stderr,
            flush=True,
        )

    judge(report, soak(1.5 if arguments.quick else arguments.minutes, arguments.seed, tell))
    report.end()


if __name__ == "__main__":
    main()
