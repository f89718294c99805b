"""Three hops between processes: latency and throughput of wugan beside its peers, on this machine in one run.

    pip install uv
    python benchmarks/runtime/hops.py [--peers dora-rs,ray-calls] [--rounds 3] [--quick] [--json] [--envs FOLDER]

Four processes stand in a row (pipecat: one). The first fills a payload, a numpy array, with a sequence number and the
time in its first bytes; each further one reads a byte and passes it on; the last takes the age. Both clocks are
`time.monotonic_ns` of one machine. 4 kB are sent at 200 Hz and frames of 1080p RGB at 25 Hz for the latency, and as
fast as 8 under way allow for the throughput, counted where they arrive. The first tenth of each run is left out.

| peer | what is run | how 8 stay under way |
|---|---|---|
| `wugan` | source, two stages and a sink, `run("ray")` | the source waits for a byte of a pipe that the sink writes |
| `in place` | the same, payloads filled in memory of `wugan.empty`, which needs no copy | likewise |
| `pipes` | four processes pass 16 bytes along bare pipes, no payload: the floor of this machine | likewise |
| `ray-calls` | a driver and three Ray actors, each given the last one's result | the driver waits for the oldest of 8 |
| `ray-graph` | the same as Ray's compiled graph | 8 executions, the driver waits for the oldest |
| `dora-rs` | four Python nodes, `dora run` | queues of 8, and a pipe as with wugan |
| `pipecat` | three processors of a pipeline: one process, nothing is copied or sent | a semaphore |

Each peer is a script in `peers/`, run by itself, one after another, in rounds that begin with another one each; ages of
all rounds go into the percentiles, and throughput is the median of the rounds. A peer has an environment of its own,
made with uv from `requirements-*.txt` at the first run (some 900 MB in `~/.cache/wugan-bench`). One that cannot be
installed, fails or takes too long is a row that says why; payloads that never arrived are counted. Ratios are the
peer's figure by wugan's. Leave the machine alone meanwhile: the load is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.metadata
import json
import math
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
WINDOW = 8
SKIP = 0.1  # of a run: the first ones make slots and connections
TIMEOUT_S = 180


class PeerFailed(Exception):
    """A peer could not be installed or gave no result; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A script of `peers/` and where it runs.

    Attributes:
        script: file name without `.py`.
        requirements: of `requirements-*.txt`; `None` is this environment.
        package: whose version is shown.
        processes: what the payload moves between.
    """

    script: str
    requirements: str | None
    package: str
    processes: str = "4 processes"

    @property
    def version(self) -> str:
        """The version of `package` that is pinned, or installed here."""
        if self.requirements is None:
            return importlib.metadata.version(self.package)
        pins = (HERE / f"requirements-{self.requirements}.txt").read_text()
        found = re.search(rf"^{re.escape(self.package)}==(\S+)", pins, re.MULTILINE)
        return found[1] if found else "?"


PEERS = {
    "wugan": Peer("wugan_hops", None, "wugan"),
    "in place": Peer("wugan_in_place_hops", None, "wugan"),
    "pipes": Peer("pipe_hops", None, "wugan"),
    "ray-calls": Peer("ray_calls", "ray", "ray"),
    "ray-graph": Peer("ray_graph", "ray", "ray"),
    "dora-rs": Peer("dora_hops", "dora", "dora-rs"),
    "pipecat": Peer("pipecat_hops", "pipecat", "pipecat-ai", "1 process"),
}


@dataclass(frozen=True)
class Case:
    """A payload: its name, bytes, rate in Hz, and how many are sent for latency and for throughput."""

    name: str
    size: int
    rate: float
    latency: int
    throughput: int

    def command(self, mode: str, share: float) -> list[str]:
        """The peer's arguments for `share` of the payloads."""
        count = max(int(getattr(self, mode) * share), 2 * WINDOW)
        numbers = {"size": self.size, "count": count, "rate": self.rate, "window": WINDOW}
        return ["--mode", mode, *(word for name, value in numbers.items() for word in (f"--{name}", str(value)))]


CASES = (Case("4 kB", 4096, 200, 600, 4000), Case("6.2 MB", 1920 * 1080 * 3, 25, 125, 400))


@dataclass
class Figures:
    """What the rounds of one peer gave for one case."""

    ages_ms: list[float] = field(default_factory=list)
    round_p50_ms: list[float] = field(default_factory=list)
    per_s: list[float] = field(default_factory=list)
    sent: int = 0
    arrived: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, mode: str, sent: int, report: dict[str, list[float]]) -> None:
        """Take in the report of one run (`work.Arrivals.report`).

        Raises:
            PeerFailed: too few payloads arrived to say anything.
        """
        arrived = len(report["seq"])
        skip = int(arrived * SKIP)
        if arrived - skip < 2:
            raise PeerFailed(f"{arrived} of {sent} payloads arrived")
        self.sent += sent
        self.arrived += len(set(report["seq"]))
        if mode == "latency":
            ages = report["age_ms"][skip:]
            self.ages_ms += ages
            self.round_p50_ms.append(statistics.median(ages))
        else:
            times = report["at_s"][skip:]
            self.per_s.append((len(times) - 1) / (times[-1] - times[0]))

    def row(self) -> dict[str, Any]:
        """Figures by name; those that there are none of are left out."""
        row: dict[str, Any] = {}
        if self.ages_ms:
            row.update(p50_ms=percentile(self.ages_ms, 50), p99_ms=percentile(self.ages_ms, 99))
            row["p50_ms_of_rounds"] = self.round_p50_ms
        if self.per_s:
            row.update(per_s=statistics.median(self.per_s), per_s_of_rounds=self.per_s)
        row.update(sent=self.sent, lost=self.sent - self.arrived, errors=self.errors)
        return row


def percentile(values: list[float], percent: float) -> float:
    """The smallest of `values` that `percent` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def environment(peer: Peer, envs: Path) -> Path:
    """The Python of the peer's environment, made if it is not there.

    Raises:
        PeerFailed: it cannot be made.
    """
    if peer.requirements is None:
        return Path(sys.executable)
    pins = HERE / f"requirements-{peer.requirements}.txt"
    mark = hashlib.sha256(pins.read_bytes() + platform.python_version().encode()).hexdigest()[:8]
    folder = envs / f"{peer.requirements}-{mark}"
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise PeerFailed("its environment is made with uv, which is not there: pip install uv")
    print(f"making {folder} ...", file=sys.stderr)
    for command in (
        [uv, "venv", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--python", str(python), "-r", str(pins)],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise PeerFailed(f"cannot be installed: {last_line(done.stderr)}")
    (folder / "complete").touch()
    return python


def last_line(text: str) -> str:
    """The last line that says something, shortened."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"


def run(python: Path, script: Path, arguments: list[str], timeout_s: float = TIMEOUT_S) -> dict[str, list[float]]:
    """Call a peer's script and read its report.

    Raises:
        PeerFailed: it ended with an error or without a report, or was still running after `timeout_s`.
    """
    surroundings = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}  # this machine
    process = subprocess.Popen(
        [python, script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired as late:
        raise PeerFailed(f"was not done after {timeout_s:g} s") from late
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what it started and left
        process.wait()
    if process.returncode:
        raise PeerFailed(f"ended with {process.returncode}: {last_line(err)}")
    report = next((line for line in reversed(out.splitlines()) if line.startswith("{")), None)
    if report is None:
        raise PeerFailed(f"printed no report: {last_line(out + err)}")
    return json.loads(report)


def measure(names: list[str], rounds: int, share: float, envs: Path) -> Iterator[tuple[Case, dict[str, Figures]]]:
    """Run every peer in every case, in rounds."""
    pythons: dict[str, Path] = {}
    absent: dict[str, str] = {}
    for name in names:
        try:
            pythons[name] = environment(PEERS[name], envs)
        except PeerFailed as failure:
            absent[name] = str(failure)
    for case in CASES:
        figures = {name: Figures(errors=[absent[name]] if name in absent else []) for name in names}
        for turn in range(rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                for mode in ("latency", "throughput") if name in pythons else ():
                    print(f"{case.name}, round {turn + 1} of {rounds}: {name}, {mode}", file=sys.stderr)
                    arguments = case.command(mode, share)
                    try:
                        report = run(pythons[name], HERE / "peers" / f"{PEERS[name].script}.py", arguments)
                        figures[name].add(mode, int(arguments[arguments.index("--count") + 1]), report)
                    except PeerFailed as failure:
                        figures[name].errors.append(f"{mode}: {failure}")
        yield case, figures


def rows(case: Case, figures: dict[str, Figures]) -> list[dict[str, Any]]:
    """A row for each peer, with its ratios to wugan's where both have the figure."""
    found = []
    ours = figures["wugan"].row() if "wugan" in figures else {}
    for name, theirs in figures.items():
        peer = PEERS[name]
        row = {"size": case.name, "peer": name, "version": peer.version, "runs_in": peer.processes, **theirs.row()}
        for key in ("p50_ms", "p99_ms", "per_s"):
            if name != "wugan" and key in row and key in ours:
                row[f"{key}_ratio"] = row[key] / ours[key]
        found.append(row)
    return found


def table(case: Case, lines: list[dict[str, Any]]) -> str:
    """The rows as text."""
    text = [
        f"{case.name}, {case.rate:g} Hz; {WINDOW} under way for throughput; in brackets the peer's figure by wugan's",
        f"{'peer':<10}{'version':<9}{'runs in':<13}{'p50 ms':>17}{'p99 ms':>17}{'per s':>17}{'MB/s':>8}{'lost':>6}",
    ]

    def cell(row: dict[str, Any], key: str, digits: int) -> str:
        if key not in row:
            return "-"
        ratio = f" ({row[key + '_ratio']:.3g}x)" if key + "_ratio" in row else ""
        return f"{row[key]:.{digits}f}{ratio}"

    for row in lines:
        rate = f"{row['per_s'] * case.size / 1e6:.0f}" if "per_s" in row else "-"
        text.append(
            f"{row['peer']:<10}{row['version']:<9}{row['runs_in']:<13}{cell(row, 'p50_ms', 3):>17}"
            f"{cell(row, 'p99_ms', 3):>17}{cell(row, 'per_s', 0):>17}{rate:>8}{row['lost']:>6}"
        )
        text += [f"    did not run: {error}" for error in row["errors"]]
    return "\n".join(text)


def machine() -> dict[str, Any]:
    """What the figures were taken on, and the load before the first of them."""
    model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return {
        "processor": model[1] if model else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def main() -> None:
    """Measure, and print a table or JSON for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=",".join(PEERS), help=f"some of {','.join(PEERS)}; wugan is always run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round of a quarter of the payloads")
    parser.add_argument("--json", action="store_true", help="one JSON object a line: the machine, then a row each")
    parser.add_argument("--envs", type=Path, default=Path("~/.cache/wugan-bench").expanduser())
    arguments = parser.parse_args()
    names = list(dict.fromkeys(["wugan", *filter(None, arguments.peers.split(","))]))
    if unknown := [name for name in names if name not in PEERS]:
        parser.error(f"peer {unknown[0]!r} is unknown: choose of {', '.join(PEERS)}")
    rounds, share = (1, 0.25) if arguments.quick else (arguments.rounds, 1.0)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # `run` then ends its peer
    here = machine()
    if arguments.json:
        print(json.dumps(here), flush=True)
    else:
        print(
            f"{here['processor']}, {here['cores']} cores, Python {here['python']}, "
            f"load before {here['load_before']:.2f}, rounds {rounds}",
            flush=True,
        )
    for case, figures in measure(names, rounds, share, arguments.envs):
        lines = rows(case, figures)
        if arguments.json:
            print(*map(json.dumps, lines), sep="\n", flush=True)
        else:
            print(f"\n{table(case, lines)}", flush=True)


if __name__ == "__main__":
    main()
