"""How the forward time and memory of DAR grow from 16 thousand to 1 million tokens on the CPU, against n^1.15.

    python benchmarks/attention/growth.py [--longest 1048576] [--heads 8] [--beam 32] [--json FILE] [--plot FILE.png]

float32, batch 1, self-attention, 8 heads of 64 with gates of 16, key blocks of 128, the best 16 of them read. Measured
with `beam="auto"` (all blocks are scored up to 2,048 of them, the tree descended beyond) and with one explicit `--beam`
at all lengths, causal and not. Every measurement runs in a process of its own: a call on 4,096 tokens warms up, then
the median of up to three calls counts, fewer where they take more than ten seconds. Memory is what the calls add to the
peak of the process, output included (q, k, v and gates of 8 heads at 1 million tokens are 7 GiB, the output 2 GiB:
`--heads` or `--longest` make it smaller). The exponent is fitted by least squares on the logarithms of all lengths.
`--plot` needs matplotlib.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import resource
import signal
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from wugan.attention import dar_attention

DIM, GATE, BLOCK, TOP_K = 64, 16, 128, 16
SHORTEST, STEP = 16_384, 4
TARGET = 1.15
Beam = int | Literal["auto"]


@dataclass(frozen=True)
class Case:
    """One measurement to make."""

    length: int
    heads: int
    causal: bool
    beam: Beam
    threads: int

    @property
    def series(self) -> str:
        return f"beam {self.beam}, {'causal' if self.causal else 'not causal'}"


@dataclass(frozen=True)
class Result:
    """Seconds of each call, and MiB that they added to the peak of the process."""

    seconds: list[float]
    mib: float

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def make(length: int, heads: int) -> list[Tensor]:
    """q, k, v and both gates."""
    torch.manual_seed(0)
    return [torch.randn(1, heads, length, size) for size in (DIM, DIM, DIM, GATE, GATE)]


def attend(tensors: list[Tensor], case: Case) -> None:
    q, k, v, gate_q, gate_k = tensors
    dar_attention(
        q,
        k,
        v,
        gate_q=gate_q,
        gate_k=gate_k,
        block_size=BLOCK,
        top_k=TOP_K,
        causal=case.causal,
        beam=case.beam,
    )


def peak() -> float:
    """MiB, of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(case: Case) -> Result:
    """Runs in a process of its own."""
    torch.set_num_threads(case.threads)
    attend(make(4096, case.heads), case)
    tensors = make(case.length, case.heads)
    before = peak()
    seconds: list[float] = []
    while len(seconds) < 3 and sum(seconds) < 10:
        start = time.perf_counter()
        attend(tensors, case)
        seconds.append(time.perf_counter() - start)
    return Result(seconds, peak() - before)


def in_child(case: Case) -> Result | None:
    """`None` if the process was killed, which is what happens to one that needs more memory than there is."""
    # A fork spares the imports, and is safe, since torch has not computed in this process.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        try:
            return pool.submit(measure, case).result()
        except BrokenProcessPool:
            return None


def exponent(points: dict[int, Result]) -> float:
    """Slope of log time over log length, by least squares."""
    lengths, seconds = [math.log(n) for n in points], [math.log(result.median) for result in points.values()]
    return statistics.linear_regression(lengths, seconds).slope


def plot(series: dict[str, dict[int, Result]], title: str, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (times, memory) = pyplot.subplots(1, 2, figsize=(12, 5), layout="constrained")
    for name, points in series.items():
        marker = "o" if "not" in name else "s"
        times.loglog(list(points), [r.median for r in points.values()], marker=marker, label=name)
        memory.loglog(list(points), [max(1, r.mib) for r in points.values()], marker=marker, label=name)
    points = next(iter(series.values()))
    (first, base), last = next(iter(points.items())), max(points)
    for power, style in ((1, "--"), (2, ":")):
        label = "n" if power == 1 else "n²"
        guide = [base.median, base.median * (last / first) ** power]
        times.loglog([first, last], guide, style, color="grey", dashes=(4, 3) if power == 1 else (1, 2), label=label)
    times.set_ylabel("seconds, forward")
    memory.set_ylabel("MiB added to the peak, output included")
    for axes in (times, memory):
        axes.set_xlabel("tokens")
        axes.set_xticks(list(points), [f"{n // 1024}k" for n in points])
        axes.set_xticks([], minor=True)
        axes.grid(alpha=0.3)
        axes.legend()
    figure.suptitle(title)
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--longest", type=int, default=2**20)
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--beam", type=int, default=32, help="the explicit beam")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exit ends the child too
    steps = int(math.log(max(options.longest / SHORTEST, STEP), STEP) + 1e-9)
    lengths = [SHORTEST * STEP**step for step in range(steps + 1)]
    title = (
        f"DAR, torch {torch.__version__}, {options.threads} threads, {options.heads} heads of {DIM}, {TOP_K} of {BLOCK}"
    )
    beams: list[Beam] = ["auto", options.beam]
    cases = [
        [Case(n, options.heads, causal, beam, options.threads) for beam in beams for causal in (False, True)]
        for n in lengths
    ]
    print(f"{title}; load {os.getloadavg()[0]:.1f}\n")
    print("| tokens |" + "".join(f" {case.series} |" for case in cases[0]) + "\n|---|" + "---|" * len(cases[0]))
    series: dict[str, dict[int, Result]] = {case.series: {} for case in cases[0]}
    for row in cases:
        print(f"| {row[0].length:,} |", end="", flush=True)
        for case in row:
            result = in_child(case)
            if result is None:
                print(" killed: out of memory? |", end="", flush=True)
                continue
            series[case.series][case.length] = result
            print(f" {result.median:.2f} s, {result.mib:,.0f} MiB |", end="", flush=True)
        print()
    slopes = {name: exponent(points) if len(points) > 1 else math.nan for name, points in series.items()}
    print("| exponent |" + "".join(f" {slope:.3f} |" for slope in slopes.values()))
    print(f"| at most {TARGET} |" + "".join(f" {'yes' if s <= TARGET else 'NO'} |" for s in slopes.values()))
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")
    if options.json:
        lines = [
            {**asdict(case), **asdict(series[case.series][case.length])}
            for row in cases
            for case in row
            if case.length in series[case.series]
        ]
        report = {"title": title, "target": TARGET, "exponents": slopes, "results": lines}
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    if options.plot:
        plot({name: points for name, points in series.items() if points}, title, options.plot)


if __name__ == "__main__":
    main()
