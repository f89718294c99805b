"""Time of DAR, routing and gate included, against PyTorch's `scaled_dot_product_attention` in the same run, on the CPU.

    python benchmarks/attention/against_sdpa.py [--lengths 1024 4096 16384] [--top-k 16] [--block-size 128] [--train]

Prints a Markdown table: medians of paired runs (SDPA, DAR, SDPA, DAR, ...), float32, 8 heads of 64, gates of 16.
`--train` times forward and backward together.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from wugan.attention import dar_attention

HEADS, DIM, GATE = 8, 64, 16


def paired(calls: list[Callable[[], object]], repeats: int) -> list[float]:
    """Median seconds of each call, the calls taking turns."""
    seconds: list[list[float]] = [[] for _ in calls]
    for repeat in range(repeats + 1):
        for call, times in zip(calls, seconds, strict=True):
            start = time.perf_counter()
            call()
            if repeat:  # the first round warms up
                times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in seconds]


def compare(length: int, causal: bool, options: argparse.Namespace) -> tuple[float, float]:
    """Seconds of SDPA and of DAR at this length."""
    torch.manual_seed(0)
    q, k, v = (torch.randn(1, HEADS, length, DIM, requires_grad=options.train) for _ in range(3))
    gate_q, gate_k = (torch.randn(1, HEADS, length, GATE, requires_grad=options.train) for _ in range(2))

    def sdpa() -> Tensor:
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)

    def dar() -> Tensor:
        return dar_attention(
            q, k, v, gate_q=gate_q, gate_k=gate_k, block_size=options.block_size, top_k=options.top_k, causal=causal
        )

    def trained(call: Callable[[], Tensor]) -> Callable[[], None]:
        return lambda: call().sum().backward()

    calls = [trained(sdpa), trained(dar)] if options.train else [sdpa, dar]
    base, ours = paired(calls, options.repeats)
    return base, ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", type=int, nargs="+", default=[1024, 4096, 16384])
    parser.add_argument("--top-k", type=int, default=16)
    parser.add_argument("--block-size", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--train", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"torch {torch.__version__}, {options.threads} threads, {options.top_k} blocks of {options.block_size}")
    print("| tokens | causal | SDPA, ms | DAR, ms | SDPA / DAR |\n|---|---|---|---|---|", flush=True)
    for length in options.lengths:
        for causal in (False, True):
            base, ours = compare(length, causal, options)
            row = f"| {length:,} | {causal} | {base * 1e3:.1f} | {ours * 1e3:.1f} | {base / ours:.1f} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
