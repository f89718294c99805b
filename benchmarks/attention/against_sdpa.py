"""Time and memory of DAR, routing included, against PyTorch's `scaled_dot_product_attention`, on the CPU.

    python benchmarks/attention/against_sdpa.py [--lengths 4096 16384 65536 102400] [--train-lengths 16384 65536]
        [--block-size 128] [--top-k 16] [--gate 16] [--backend auto] [--threads 2] [--json FILE] [--plot FILE.png]

float32, batch 1, self-attention, 8 heads of 64. Prints a Markdown table: medians of paired runs (SDPA, DAR, SDPA, DAR,
...) after one of each that does not count. A setting gets `--pairs` pairs, fewer once they have taken `--patience`
seconds, at least one; where one pair alone would take longer, nothing is run beforehand but a short call. The forward
pass of SDPA is always run in full. Its forward and backward pass is run on at most `--dense-queries` queries from
the middle, against the keys they see, and the time multiplied up: its work is the same for every query, or, under the
causal rule, that of the middle one on average. Such rows are marked with ≈.

Memory is what one forward call of DAR adds to the peak of a process of its own, which holds q, k and v already; the
output is included, and a MiB or two is what can be told. The size of q, k and v stands beside it.

Ten minutes on two free cores. `--plot` needs matplotlib.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from wugan.attention import dar_attention

HEADS, DIM = 8, 64


@dataclass(frozen=True)
class Case:
    """One setting; `extra_mib` is measured for the forward pass only."""

    length: int
    causal: bool
    train: bool
    extra_mib: float | None = None

    @property
    def series(self) -> str:
        return "causal" if self.causal else "not causal"


@dataclass(frozen=True)
class Result:
    """Seconds of each pair; SDPA's multiplied up from `dense_queries` queries."""

    sdpa: list[float]
    dar: list[float]
    dense_queries: int

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.sdpa), statistics.median(self.dar)

    @property
    def ratio(self) -> float:
        sdpa, dar = self.medians
        return sdpa / dar


def make(length: int, train: bool, gate: int) -> list[Tensor]:
    """q, k, v and, if `gate` is not 0, both gates."""
    torch.manual_seed(0)
    sizes = [DIM, DIM, DIM, gate, gate] if gate else [DIM] * 3
    return [torch.randn(1, HEADS, length, size, requires_grad=train) for size in sizes]


def finish(out: Tensor, tensors: list[Tensor]) -> None:
    """The backward pass, where gradients are wanted."""
    if out.requires_grad:
        torch.autograd.grad(out.sum(), tensors)


def dar(tensors: list[Tensor], causal: bool, options: argparse.Namespace) -> None:
    q, k, v, *gates = tensors
    gate_q, gate_k = gates or (None, None)
    out = dar_attention(
        q,
        k,
        v,
        gate_q=gate_q,
        gate_k=gate_k,
        block_size=options.block_size,
        top_k=options.top_k,
        causal=causal,
        backend=options.backend,
    )
    finish(out, tensors)


def sdpa(tensors: list[Tensor], causal: bool, queries: int) -> None:
    """All queries, or `queries` of them from the middle."""
    q, k, v = tensors[:3]
    length = q.shape[2]
    if queries < length:
        start = length // 2 - queries // 2
        seen = length // 2 if causal else length
        q, k, v = q[:, :, start : start + queries], k[:, :, :seen], v[:, :, :seen]
        q, k, v = (x.detach().requires_grad_(x.requires_grad) for x in (q, k, v))
        causal = False
    finish(F.scaled_dot_product_attention(q, k, v, is_causal=causal), [q, k, v])


def compare(case: Case, options: argparse.Namespace) -> Result:
    tensors = make(case.length, case.train, options.gate)
    queries = min(case.length, options.dense_queries) if case.train else case.length
    calls: list[Callable[[], None]] = [
        lambda: sdpa(tensors, case.causal, queries),
        lambda: dar(tensors, case.causal, options),
    ]
    short = make(2048, case.train, options.gate)
    sdpa(short, case.causal, 2048)
    dar(short, case.causal, options)
    rounds: list[list[float]] = []
    began = time.perf_counter()
    while len(rounds) <= options.pairs and (not rounds or time.perf_counter() - began < options.patience):
        rounds.append([])
        for call in calls:
            start = time.perf_counter()
            call()
            rounds[-1].append(time.perf_counter() - start)
    # Where a second is little beside the whole, the first round has not suffered from being the first.
    base, ours = zip(*(rounds[1:] if sum(rounds[0]) < options.patience / 10 else rounds), strict=True)
    return Result([seconds * case.length / queries for seconds in base], list(ours), queries)


def peak() -> float:
    """MiB, of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def extra_memory(length: int, causal: bool, options: argparse.Namespace) -> float:
    """MiB that one call adds to the peak of this process, which is one of its own."""
    torch.set_num_threads(options.threads)
    # Short, so that the memory that it leaves behind does not serve the call that counts.
    dar(make(256, False, options.gate), causal, options)
    tensors = make(length, False, options.gate)
    before = peak()
    dar(tensors, causal, options)
    return peak() - before


def in_child(length: int, causal: bool, options: argparse.Namespace) -> float:
    # A fork spares the imports, and is safe as long as torch has not computed in this process.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        return pool.submit(extra_memory, length, causal, options).result()


def row(case: Case, result: Result) -> str:
    base, ours = result.medians
    held = 3 * HEADS * case.length * DIM * torch.float32.itemsize / 2**20
    memory = "" if case.extra_mib is None else f"{case.extra_mib:,.1f} of {held:,.0f} MiB"
    about = "≈ " if result.dense_queries < case.length else ""
    what = "forward, backward" if case.train else "forward"
    return (
        f"| {what} | {case.length:,} | {case.series} | {about}{base:,.3f} s | {ours:,.3f} s "
        f"| {about}{result.ratio:.1f} | {len(result.dar)} | {memory} |"
    )


def plot(results: dict[Case, Result], title: str, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(12, 5), layout="constrained")
    for train, axes in zip((False, True), panels, strict=True):
        about = any(r.dense_queries < c.length for c, r in results.items() if c.train == train)
        title_each = "forward and backward" if train else "forward"
        axes.set_title(f"{title_each}, SDPA multiplied up where long" if about else title_each)
        lengths = sorted({case.length for case in results if case.train == train})
        for causal, style in ((False, "o-"), (True, "s--")):
            points = [(c.length, r) for c, r in results.items() if (c.train, c.causal) == (train, causal)]
            name = "causal" if causal else "not causal"
            for which, color in (("SDPA", "tab:orange"), ("DAR", "tab:blue")):
                seconds = [r.medians[which == "DAR"] for _, r in points]
                axes.loglog([n for n, _ in points], seconds, style, color=color, label=f"{which}, {name}")
        axes.set_xticks(lengths, [f"{n:,}" for n in lengths], rotation=30)
        axes.set_xticks([], minor=True)
        axes.set_xlabel("tokens")
        axes.set_ylabel("seconds")
        axes.grid(alpha=0.3)
        if lengths:
            axes.legend()
    figure.suptitle(title)
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", type=int, nargs="*", default=[4096, 16384, 65536, 102400])
    parser.add_argument("--train-lengths", type=int, nargs="*", default=[16384, 65536])
    parser.add_argument("--top-k", type=int, default=16)
    parser.add_argument("--block-size", type=int, default=128)
    parser.add_argument("--gate", type=int, default=0, help="width of the gates; 0 for none, as SDPA has none")
    parser.add_argument("--backend", default="auto")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--patience", type=float, default=60, help="seconds")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--dense-queries", type=int, default=16384, help="of SDPA, forward and backward")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    title = (
        f"torch {torch.__version__}, {options.threads} threads, {HEADS} heads of {DIM}, "
        f"{options.top_k} blocks of {options.block_size}, gates of {options.gate}"
    )
    print(f"{title}; load {os.getloadavg()[0]:.1f}\n")
    # Memory first: its processes are forked.
    cases = [
        Case(length, causal, False, in_child(length, causal, options))
        for length in options.lengths
        for causal in (False, True)
    ]
    cases += [Case(length, causal, True) for length in options.train_lengths for causal in (False, True)]
    torch.set_num_threads(options.threads)
    print("| pass | tokens | | SDPA | DAR | SDPA / DAR | pairs | memory added, of that of q, k, v |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    results: dict[Case, Result] = {}
    for case in cases:
        results[case] = compare(case, options)
        print(row(case, results[case]), flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")
    if options.json:
        lines = [{**asdict(case), **asdict(result), "ratio": result.ratio} for case, result in results.items()]
        options.json.write_text(json.dumps({"title": title, "results": lines}, indent=1) + "\n")
    if options.plot:
        plot(results, title, options.plot)


if __name__ == "__main__":
    main()
