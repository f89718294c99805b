"""Cost of one decoded token with `DARCache` against dense cached attention, from 1 thousand to 1 million tokens.

    python benchmarks/attention/decode.py [--tokens 1000 10000 100000 1000000] [--steps 400] [--top-k 16]
        [--block-size 128] [--query-block-size 1] [--cpu-time] [--json FILE] [--plot FILE.png]

float32, batch 1, 8 heads of 64, gates of 16, on the CPU. The cache is filled with random tokens by large appends; then
a step takes one token in and answers its query, routing included. With `--query-block-size 1` each token is routed by
itself, the dearest setting; larger ones share a route. The dense peer writes the token into preallocated keys and
values and calls `scaled_dot_product_attention` on all of them, in the same run (4.1 GB at a million, after the cache's
own 4.1 GB are freed). Medians count. Prints a Markdown table, the exponent of n fitted by least squares on the
logarithms, and how many milliseconds eightfold n adds (log n growth is a constant). `--cpu-time` counts the time that
the process ran instead of the time that passed: fairer on a machine shared with other work. `--plot` needs matplotlib.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from wugan.attention import DARCache

HEADS, DIM, GATE = 8, 64, 16
FILL = 65_536
RATIO_TARGET = 50


@dataclass(frozen=True)
class Row:
    """Milliseconds of a step at a number of cached tokens: median, and quarter and three quarters of all."""

    tokens: int
    dar: tuple[float, float, float]
    dense: tuple[float, float, float]

    @property
    def ratio(self) -> float:
        return self.dense[0] / self.dar[0]


def random_tokens(count: int) -> tuple[Tensor, ...]:
    """Queries, keys, values, gate queries and gate keys."""
    return tuple(torch.randn(1, HEADS, count, size) for size in (DIM, DIM, DIM, GATE, GATE))


def measure(step: Callable[[int], object], steps: int, clock: Callable[[], float]) -> tuple[float, float, float]:
    """Milliseconds of `step(0)`, `step(1)`, ... after a warm-up of a tenth of them."""
    seconds = []
    warm_up = max(3, steps // 10)
    for number in range(warm_up + steps):
        start = clock()
        step(number)
        seconds.append(clock() - start)
    quarter, _, three_quarters = statistics.quantiles(seconds[warm_up:], n=4)
    return statistics.median(seconds[warm_up:]) * 1e3, quarter * 1e3, three_quarters * 1e3


def measure_dar(tokens: int, options: argparse.Namespace, clock: Callable[[], float]) -> tuple[float, float, float]:
    cache = DARCache(
        1,
        HEADS,
        DIM,
        gate_dim=GATE,
        block_size=options.block_size,
        query_block_size=options.query_block_size,
        top_k=options.top_k,
        capacity=tokens + 2 * options.steps + 10,
    )
    for first in range(0, tokens, FILL):
        _, k, v, _, gate_k = random_tokens(min(FILL, tokens - first))
        cache.append(k, v, gate_k)
    parts = list(zip(*(x.split(1, 2) for x in random_tokens(64)), strict=True))
    return measure(lambda number: cache.step(*parts[number % 64]), options.steps, clock)


def measure_dense(tokens: int, options: argparse.Namespace, clock: Callable[[], float]) -> tuple[float, float, float]:
    # Few steps where each reads gigabytes.
    steps = max(10, min(options.steps, options.steps * 10_000 // tokens))
    k, v = (torch.randn(1, HEADS, tokens + 2 * steps + 10, DIM) for _ in range(2))
    parts = list(zip(*(x.split(1, 2) for x in random_tokens(64)), strict=True))

    def step(number: int) -> Tensor:
        q, new_k, new_v = parts[number % 64][:3]
        length = tokens + number
        k[:, :, length : length + 1], v[:, :, length : length + 1] = new_k, new_v
        return F.scaled_dot_product_attention(q, k[:, :, : length + 1], v[:, :, : length + 1])

    return measure(step, steps, clock)


def exponent(tokens: list[int], milliseconds: list[float]) -> float:
    return float(np.polyfit(np.log(tokens), np.log(milliseconds), 1)[0])


def per_eightfold(tokens: list[int], milliseconds: list[float]) -> float:
    return float(np.polyfit(np.log(tokens) / np.log(8), milliseconds, 1)[0])


def plot(rows: list[Row], file: str, title: str) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    tokens = [row.tokens for row in rows]
    for name, times, colour in (
        ("dense cache, SDPA", [row.dense for row in rows], "tab:gray"),
        ("DARCache", [row.dar for row in rows], "tab:blue"),
    ):
        middle, low, high = zip(*times, strict=True)
        axes.fill_between(tokens, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(tokens, middle, "o-", color=colour, label=f"{name}: n^{exponent(tokens, list(middle)):.2f}")
    last = rows[-1]
    axes.annotate(
        f"{last.ratio:.0f} times",
        (last.tokens, (last.dar[0] * last.dense[0]) ** 0.5),
        xytext=(-8, 0),
        textcoords="offset points",
        ha="right",
    )
    axes.set(xscale="log", yscale="log", xlabel="tokens in the cache", ylabel="milliseconds a token", title=title)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(file, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--top-k", type=int, default=16)
    parser.add_argument("--block-size", type=int, default=128)
    parser.add_argument("--query-block-size", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cpu-time", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--plot", metavar="FILE.png")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    clock = time.process_time if options.cpu_time else time.perf_counter
    setting = (
        f"{options.top_k} blocks of {options.block_size}, route for {options.query_block_size} token(s), "
        f"{options.threads} thread(s), {'CPU time' if options.cpu_time else 'wall clock'}"
    )
    print(f"torch {torch.__version__}, {setting}\n")
    print("| tokens | dense, ms | DAR, ms | DAR, quartiles | dense / DAR |\n|---|---|---|---|---|", flush=True)
    rows = []
    for tokens in options.tokens:
        dar = measure_dar(tokens, options, clock)
        gc.collect()
        rows.append(Row(tokens, dar, measure_dense(tokens, options, clock)))
        row = rows[-1]
        spread = f"{row.dar[1]:.2f} to {row.dar[2]:.2f}"
        print(f"| {tokens:,} | {row.dense[0]:.2f} | {row.dar[0]:.2f} | {spread} | {row.ratio:.1f} |", flush=True)
    if len(rows) > 1:
        tokens, dar_ms, dense_ms = options.tokens, [row.dar[0] for row in rows], [row.dense[0] for row in rows]
        print(f"\nDAR grows like n^{exponent(tokens, dar_ms):.2f}, dense like n^{exponent(tokens, dense_ms):.2f}; ")
        print(f"eightfold n adds {per_eightfold(tokens, dar_ms):.2f} ms to DAR.")
    met = "met" if rows[-1].ratio >= RATIO_TARGET else "not met"
    print(f"Target of {RATIO_TARGET} times at {rows[-1].tokens:,} tokens: {met}.")
    if options.json:
        data = {"setting": setting, "rows": [asdict(row) | {"ratio": row.ratio} for row in rows]}
        Path(options.json).write_text(json.dumps(data, indent=2) + "\n")
    if options.plot:
        plot(rows, options.plot, f"One step, {setting}")


if __name__ == "__main__":
    main()
