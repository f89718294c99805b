"""What the reports on overload, kills, interruptions and soaks share: figures of processes, and how a verdict prints.

Memory is taken from `/proc`: of the driver and of every actor the resident set without shared pages, so that no page
counts twice, and beside it the bytes of the run's files in shared memory. Only Linux has what is read here.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wugan.runtime.links.shared import alive, disk_folder, slot_folder
from wugan.runtime.ray import settle_environment
from wugan.runtime.running import Running

FRAME = (1080, 1920, 3)  # 6.2 MB of uint8


def sleep_until(due_ns: int) -> None:
    """Sleep until a time of `time.monotonic_ns()`; returns at once where it has passed."""
    left = (due_ns - time.monotonic_ns()) / 1e9
    if left > 0:
        time.sleep(left)


def quiet_ray() -> None:
    """Start Ray without its messages, of which a killed actor makes many; nor are wugan's warnings shown.

    Ray prints some of them whatever it is told, so from here on only a `Report` prints to the standard output.
    """
    settle_environment()
    import ray

    logging.getLogger("wugan").setLevel(logging.ERROR)
    sys.stdout = open(os.devnull, "w")
    ray.init(include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False)


def shared_files(owner: int | None = None) -> list[Path]:
    """Files of the runs of a driver (default: this process) in shared memory, and on disk where that was full."""
    start = f"wugan-{owner or os.getpid()}-"
    return [path for folder in {slot_folder(), disk_folder()} for path in folder.glob(f"{start}*")]


def _file_bytes(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512
    except OSError:
        return 0  # removed just now


def status_bytes(pid: int, *fields: str) -> int:
    """Sum of fields of `/proc/PID/status`, in bytes; 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    values = dict(line.split(":", 1) for line in lines if ":" in line)
    return sum(int(values[name].split()[0]) * 1024 for name in fields if name in values)


def store_bytes(raylet: int) -> int:
    """Memory of Ray's object store, by the files that its process holds open."""
    found = 0
    for path in Path(f"/proc/{raylet}/fd").glob("*"):
        try:
            found += path.stat().st_blocks * 512 if "/plasma" in os.readlink(path) else 0
        except OSError:
            continue  # closed just now
    return found


def open_files(pid: int) -> int:
    """File descriptors of a process; 0 for one that is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def children(pid: int) -> list[int]:
    """Processes that this one has started and that still run, and theirs."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(path.name))
    found, ahead = [], [pid]
    while ahead:
        below = parents.get(ahead.pop(), [])
        found += below
        ahead += below
    return found


def command(pid: int) -> str:
    """A process's command line; empty for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run holds at one moment.

    Attributes:
        at_s: seconds since the sampling began.
        private: bytes of its processes that they do not share.
        shared: bytes of its files in shared memory.
        descriptors: open files of all its processes.
        files: how many files in shared memory.
        processes: how many of its processes live.
    """

    at_s: float
    private: int
    shared: int
    descriptors: int
    files: int
    processes: int

    @property
    def bytes(self) -> int:
        """Memory of all kinds."""
        return self.private + self.shared


def pids_of(running: Running) -> dict[str, int]:
    """Each node's process; on `LocalRuntime`, and for a function as sink, the driver's."""
    return {name: int(stats["pid"]) for name, stats in running.stats().items() if stats.get("pid")}


def private_bytes(pid: int) -> int:
    """Resident memory of a process that it does not share."""
    return status_bytes(pid, "RssAnon", "RssFile")


def usage(pids: Iterable[int], at_s: float = 0.0) -> Usage:
    """What the driver, these processes and the driver's shared files hold now."""
    living = [pid for pid in {os.getpid(), *pids} if alive(pid)]
    files = shared_files()
    return Usage(
        at_s,
        sum(map(private_bytes, living)),
        sum(map(_file_bytes, files)),
        sum(map(open_files, living)),
        len(files),
        len(living),
    )


class Sampler:
    """Takes the usage again and again, in a thread, while it is entered.

    Args:
        take: gives the usage, told the seconds since the beginning.
        every_s: pause between two samples.
    """

    def __init__(self, take: Callable[[float], Usage], every_s: float = 0.25) -> None:
        self.samples: list[Usage] = []
        self._take = take
        self._every_s = every_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        started = time.monotonic()
        while not self._over.is_set():
            self.samples.append(self._take(time.monotonic() - started))
            self._over.wait(self._every_s)


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Least squares: how much the values grow in a unit of time; 0 for fewer than two."""
    if len(times) < 2:
        return 0.0
    middle = sum(times) / len(times)
    spread = sum((time - middle) ** 2 for time in times)
    mean = sum(values) / len(values)
    return sum((time - middle) * (value - mean) for time, value in zip(times, values, strict=True)) / (spread or 1.0)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of them does not exceed; NaN where there are none."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else math.nan


@dataclass
class Report:
    """Collects figures and verdicts; prints them as it goes, or as one JSON object at the end.

    Args:
        as_json: print the object instead of lines.
    """

    as_json: bool
    figures: dict[str, Any] = field(default_factory=dict)
    verdicts: list[dict[str, Any]] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Print a line for a reader."""
        if not self.as_json:
            print(line, file=sys.__stdout__, flush=True)

    def figure(self, name: str, values: dict[str, Any], line: str) -> None:
        """Keep the figures of one part of the run, and print them."""
        self.figures[name] = values
        self.say(f"{name}: {line}")

    def verdict(self, requirement: str, holds: bool, measured: str) -> None:
        """Say whether a requirement is met."""
        self.verdicts.append({"requirement": requirement, "holds": holds, "measured": measured})
        self.say(f"  {'ok  ' if holds else 'FAIL'} {requirement}: {measured}")

    def end(self) -> None:
        """Print what remains to be printed."""
        failed = sum(not verdict["holds"] for verdict in self.verdicts)
        self.figures["cpus"] = os.cpu_count()
        self.figures["load"] = [round(value, 1) for value in os.getloadavg()]
        if self.as_json:
            print(json.dumps({"figures": self.figures, "verdicts": self.verdicts}), file=sys.__stdout__)
        else:
            load, count = ", ".join(map(str, self.figures["load"])), len(self.verdicts)
            self.say(f"{count - failed} of {count} requirements met ({os.cpu_count()} CPUs, load {load})")


def scratch(name: str) -> Path:
    """A new folder for what a run leaves: dead letters, notes of its stages."""
    return Path(tempfile.mkdtemp(prefix=f"wugan-{name}-"))
