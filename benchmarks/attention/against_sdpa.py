"""Time and memory of DAR, routing and gate included, against PyTorch's `scaled_dot_product_attention`, on the CPU.

    python benchmarks/attention/against_sdpa.py [--lengths 4096 16384 65536 102400] [--top-k 16] [--block-size 128]
        [--train] [--backend auto] [--dense-queries 8192] [--memory]

Prints a Markdown table: medians of paired runs (SDPA, DAR, SDPA, DAR, ...), float32, 8 heads of 64, gates of 16.
`--train` times forward and backward together. SDPA is timed on at most `--dense-queries` queries from the
middle, against the keys they see, and its time multiplied up; such rows are marked with ≈.
`--memory` instead prints what one DAR call adds to the peak of the process, one length per run.
"""

from __future__ import annotations

import argparse
import resource
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


def make(length: int, train: bool) -> tuple[Tensor, ...]:
    """q, k, v and both gates."""
    torch.manual_seed(0)
    sizes = (DIM, DIM, DIM, GATE, GATE)
    return tuple(torch.randn(1, HEADS, length, size, requires_grad=train) for size in sizes)


def dar(tensors: tuple[Tensor, ...], causal: bool, options: argparse.Namespace) -> Tensor:
    q, k, v, gate_q, gate_k = tensors
    return dar_attention(
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


def finish(out: Tensor, tensors: tuple[Tensor, ...]) -> None:
    """The backward pass, where gradients are wanted."""
    if out.requires_grad:
        torch.autograd.grad(out.sum(), tensors)


def sdpa(tensors: tuple[Tensor, ...], causal: bool, queries: int) -> None:
    """All queries, or `queries` of them from the middle, where the causal rule shows half of the keys: the average."""
    q, k, v = tensors
    length, train = q.shape[2], q.requires_grad
    if queries >= length:
        finish(F.scaled_dot_product_attention(q, k, v, is_causal=causal), tensors)
        return
    middle = length // 2
    start = middle - queries // 2
    seen = middle if causal else length
    q, k, v = q[:, :, start : start + queries], k[:, :, :seen], v[:, :, :seen]
    q, k, v = (x.detach().requires_grad_(train) for x in (q, k, v))
    finish(F.scaled_dot_product_attention(q, k, v), (q, k, v))


def compare(length: int, causal: bool, options: argparse.Namespace) -> tuple[float, float]:
    """Seconds of SDPA and of DAR at this length."""
    tensors = make(length, options.train)
    queries = min(length, options.dense_queries)
    calls: list[Callable[[], object]] = [
        lambda: sdpa(tensors[:3], causal, queries),
        lambda: finish(dar(tensors, causal, options), tensors),
    ]
    base, ours = paired(calls, options.repeats)
    return base * length / queries, ours


def memory(options: argparse.Namespace) -> None:
    """What one call adds to the peak of this process."""
    (length,) = options.lengths
    dar(make(1024, options.train), False, options)
    tensors = make(length, options.train)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    out = dar(tensors, options.causal, options)
    finish(out, tensors)
    extra = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    held = 3 * tensors[0].nbytes / 2**20
    print(f"{length:,} tokens: {extra:.0f} MiB more, output included; q, k and v are {held:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", type=int, nargs="+", default=[4096, 16384])
    parser.add_argument("--top-k", type=int, default=16)
    parser.add_argument("--block-size", type=int, default=128)
    parser.add_argument("--backend", default="auto")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--dense-queries", type=int, default=8192)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--causal", action="store_true", help="with --memory")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.memory:
        memory(options)
        return
    print(f"torch {torch.__version__}, {options.threads} threads, {options.top_k} blocks of {options.block_size}")
    print("| tokens | causal | SDPA, ms | DAR, ms | SDPA / DAR |\n|---|---|---|---|---|", flush=True)
    for length in options.lengths:
        for causal in (False, True):
            base, ours = compare(length, causal, options)
            about = "≈ " if length > options.dense_queries else ""
            row = f"| {length:,} | {causal} | {about}{base * 1e3:.1f} | {ours * 1e3:.1f} | {base / ours:.1f} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
