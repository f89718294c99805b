"""`kill -9` of a node at a random moment, again and again: how long until it works again, and what is lost?

    python benchmarks/runtime/kill.py [--kills 20] [--seed 0] [--quick] [--json]

A source gives 200 arrays of 6 to 100 KB a second; they go through two stages to a function in the driver, on Ray. A
random process is killed at a random moment; when it has recovered, the next is. Four runs: stages with links that
`block`, the source and stages with links that `block`, the first again with `RayRuntime(spare=True)`, which keeps a
started process at hand, and stages with links of `drop_oldest`.

- **recovery**: from the kill until the first packet reaches the driver that the new process has handled (each adds its
  process's number to what it passes on).
- **lost, twice, out of order**: by the numbers that the source gave, at the driver; content is checked as well. With
  `block` all must be zero. With `drop_oldest` what is missing must be what was counted: dropped by links and lost
  with processes.
- **left**: files of the run in shared memory afterwards; and those of a driver that was itself killed, which must be
  gone within ten seconds, as its processes must.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rig import Report, children, command, pids_of, quantile, quiet_ray, scratch, shared_files, sleep_until

from wugan import LinkConfig, Packet, Pipeline, Source, Stage
from wugan.options import RestartPolicy
from wugan.runtime import RayRuntime, Running
from wugan.runtime.links.shared import alive

HZ = 200
WORK_S = 0.003  # of the 5 ms between two packets
SPARE_S = 4.0  # until there is another spare process
PATIENCE_S = 30.0  # for one recovery
CLEAN_S = 10.0  # for a killed driver's files
MOST_KB, LEAST_KB = 100, 6


def payload(number: int) -> np.ndarray:
    """An array of 6 to 100 KB with its number in front, the same each time."""
    made = np.full(1024 * (LEAST_KB + number * 37 % (MOST_KB - LEAST_KB + 1)), number % 251, np.uint8)
    made[:8] = np.frombuffer(number.to_bytes(8, "little"), np.uint8)
    return made


def number_of(data: np.ndarray) -> int:
    """The number of an array; -1 if it is not what the source gave."""
    number = int.from_bytes(data[:8].tobytes(), "little")
    return number if len(data) == len(payload(number)) and (data[8:] == number % 251).all() else -1


class Paced(Source[np.ndarray]):
    """Numbered arrays, each due at its time after the first; a new process catches up at once.

    Args:
        notes: folder that keeps the time of the first.
    """

    def __init__(self, notes: Path) -> None:
        self.notes = notes

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        note = self.notes / "epoch"
        if not note.exists():
            note.write_text(str(time.monotonic_ns()))
        epoch, number = int(note.read_text()), 0
        while True:
            due = epoch + number * 1_000_000_000 // HZ
            sleep_until(due)
            yield Packet(payload(number), due, attrs={"source": os.getpid()})
            number += 1


class Mark(Stage[np.ndarray, np.ndarray]):
    """Passes packets on with its process's number; works before and after, so that a kill finds it at either."""

    def __init__(self, label: str) -> None:
        self.label = label

    def process(self, packet: Packet[np.ndarray]) -> Iterator[Packet[np.ndarray]]:
        time.sleep(WORK_S / 2)
        yield packet.replace(packet.data, **{self.label: os.getpid()})
        time.sleep(WORK_S / 2)


@dataclass
class Seen:
    """What reached the driver, and when each process was first heard of."""

    last: int = -1
    count: int = 0
    disordered: int = 0
    wrong: int = 0
    numbers: set[int] = field(default_factory=set)
    first: dict[tuple[str, int], int] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)

    def arrive(self, packet: Packet[np.ndarray]) -> None:
        number, now = number_of(packet.data), time.monotonic_ns()
        with self.news:
            self.count += 1
            self.wrong += number < 0
            self.disordered += number <= self.last
            self.last = max(self.last, number)
            self.numbers.add(number)
            for label, pid in packet.attrs.items():
                self.first.setdefault((label, pid), now)
            self.news.notify_all()

    def successor(self, label: str, killed_ns: int) -> float | None:
        """Wait until a new process of a node is heard of; milliseconds since the kill, `None` if it never is."""

        def heard() -> int | None:
            return next((at for (name, _), at in self.first.items() if name == label and at > killed_ns), None)

        with self.news:
            at = self.news.wait_for(heard, PATIENCE_S)
        return None if at is None else (at - killed_ns) / 1e6


def build(seen: Seen, link: LinkConfig) -> Pipeline:
    """Source, two stages and a sink, which is in the driver."""
    pipeline = Pipeline("kill")
    node = pipeline.source(Paced(scratch("kill")), name="source")
    for label in ("first", "second"):
        node = pipeline.stage(Mark(label), node, name=label, link=link)
    pipeline.sink(seen.arrive, node, name="sink", link=link)
    return pipeline


def start(pipeline: Pipeline, spare: bool = False) -> Running:
    """Start it with as many restarts as it may need."""
    runtime = RayRuntime(restart=RestartPolicy(max_restarts=1_000_000), spare=spare)
    return pipeline.run(runtime, dead_letters=scratch("kill"))


def run(
    link: LinkConfig, victims: Sequence[str], kills: int, chance: random.Random, spare: bool = False
) -> dict[str, Any]:
    """Kill one of these nodes after the other, then end the stream and count."""
    seen = Seen()
    recoveries: dict[str, list[float]] = {victim: [] for victim in victims}
    unrecovered = 0
    with start(build(seen, link), spare) as running:
        for _ in range(kills):
            victim = chance.choice(victims)
            # A spare has been used up: the next one takes as long to start as a recovery without any.
            time.sleep(chance.uniform(0.3, 1.3) + (SPARE_S if spare else 0.0))
            pid = pids_of(running)[victim]
            killed_ns = time.monotonic_ns()
            os.kill(pid, signal.SIGKILL)
            took = seen.successor(victim, killed_ns)
            if took is None:
                unrecovered += 1
                break
            recoveries[victim].append(took)
        running.stop()
        ended = running.wait(timeout=PATIENCE_S)
        stats = running.stats()
    sent = stats["source"]["emitted"]
    times = [took for found in recoveries.values() for took in found]
    links = [link for node in stats.values() for link in node.get("links", {}).values()]
    return {
        "kills": len(times) + unrecovered,
        "by_node": {name: len(found) for name, found in recoveries.items()},
        "recovery_p50_ms": round(quantile(times, 0.5), 1),
        "recovery_max_ms": round(max(times, default=float("nan")), 1),
        "unrecovered": unrecovered,
        "ended": ended,
        "sent": sent,
        "arrived": len(seen.numbers),
        "missing": sent - len(seen.numbers - {-1}),
        "twice": seen.count - len(seen.numbers),
        "disordered": seen.disordered,
        "wrong": seen.wrong,
        "dropped": sum(link["dropped"] for link in links),
        "lost": sum(node["lost"] for node in stats.values()),
        "failed": sum(node["failed"] for node in stats.values()),
        "redelivered": sum(node["redelivered"] for node in stats.values()),
        "restarts": sum(node["restarts"] for node in stats.values()),
        "balance": {
            name: {
                "in": sum(link["in"] for link in node["links"].values()),
                "out": sum(link["out"] for link in node["links"].values()),
                "dropped": sum(link["dropped"] for link in node["links"].values()),
                **{key: node[key] for key in ("handled", "lost", "emitted")},
            }
            for name, node in stats.items()
            if node.get("links")
        },
        "left": len(shared_files()),
    }


def kill_driver() -> dict[str, Any]:
    """Kill a driver with a running pipeline; how long its files and processes outlive it."""
    driver = subprocess.Popen(
        [sys.executable, __file__, "--as-victim"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert driver.stdout is not None
    ready = driver.stdout.readline()
    below = children(driver.pid)
    actors = [pid for pid in below if command(pid).startswith("ray::StageActor")]
    files = len(shared_files(driver.pid))
    driver.kill()
    killed = time.monotonic()
    driver.wait()
    files_s = actors_s = others_s = None
    while time.monotonic() - killed < 3 * CLEAN_S and None in (files_s, actors_s, others_s):
        now = time.monotonic() - killed
        if files_s is None and not shared_files(driver.pid):
            files_s = round(now, 2)
        if actors_s is None and not any(map(alive, actors)):
            actors_s = round(now, 2)
        if others_s is None and not any(map(alive, below)):
            others_s = round(now, 2)
        time.sleep(0.02)
    outlived = [command(pid).split(" ")[0] for pid in below if alive(pid)]
    for pid in below:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    time.sleep(4.0)  # longer than the janitor's second sweep takes to begin
    return {
        "ready": bool(ready),
        "files": files,
        "actors": len(actors),
        "files_gone_s": files_s,
        "actors_gone_s": actors_s,
        "processes_gone_s": others_s,
        "outlived": outlived,
        "left": len(shared_files(driver.pid)),
    }


def be_victim() -> None:
    """Run a pipeline until killed; says so when it runs."""
    seen = Seen()
    with start(build(seen, LinkConfig())) as running:
        with seen.news:
            seen.news.wait_for(lambda: seen.count > HZ // 2)
        print("running", flush=True)
        running.wait()


def main() -> None:
    """Run everything, with verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="four kills in each run")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--as-victim", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.as_victim:
        be_victim()
        return
    kills = 4 if arguments.quick else arguments.kills
    report = Report(arguments.json)
    quiet_ray()
    blocks, drops = LinkConfig(), LinkConfig(policy="drop_oldest", capacity=8)
    runs = {
        "stages, block": (blocks, ("first", "second")),
        "source and stages, block": (blocks, ("source", "first", "second")),
        "stages, block, with a spare process": (blocks, ("first", "second")),
        "stages, drop_oldest": (drops, ("first", "second")),
    }
    for name, (link, victims) in runs.items():
        found = run(link, victims, kills, random.Random(arguments.seed), spare="spare" in name)
        report.figure(
            name,
            found,
            f"{found['kills']} kills, recovery p50 {found['recovery_p50_ms']} max {found['recovery_max_ms']} ms; "
            f"{found['sent']} sent, {found['arrived']} arrived, {found['redelivered']} given again, "
            f"{found['dropped']} dropped, {found['lost']} lost, {found['failed']} dead letters",
        )
        recovered = not found["unrecovered"] and found["ended"]
        report.verdict("recovers each time", recovered, f"{found['kills'] - found['unrecovered']} of {found['kills']}")
        bad = [found[key] for key in ("missing", "twice", "disordered", "wrong")]
        measured = "{} missing, {} twice, {} out of order, {} wrong".format(*bad)
        if link.policy == "block":
            report.verdict("nothing lost, twice or out of order", not any(bad), measured)
        else:
            counted = found["dropped"] + found["lost"] + found["failed"]
            report.verdict("nothing twice or out of order", not any(bad[1:]), measured)
            report.verdict(
                "missing = dropped + lost",
                found["missing"] == counted,
                f"{found['missing']} missing, {found['dropped']} dropped + {found['lost']} lost",
            )
        report.verdict("nothing left in shared memory", not found["left"], f"{found['left']} files")
    driver = kill_driver()
    report.figure(
        "driver killed",
        driver,
        f"{driver['files']} files gone after {driver['files_gone_s']} s, {driver['actors']} actors after "
        f"{driver['actors_gone_s']} s, all its processes after {driver['processes_gone_s']} s"
        + (f" (there were still {', '.join(driver['outlived'])})" if driver["outlived"] else ""),
    )
    clean = driver["ready"] and driver["files"] > 0 and not driver["left"]
    in_time = all((driver[key] or 1e9) <= CLEAN_S for key in ("files_gone_s", "actors_gone_s"))
    report.verdict("no file or actor left of a killed driver after 10 s", clean and in_time, f"{driver['left']} files")
    report.end()


if __name__ == "__main__":
    main()
