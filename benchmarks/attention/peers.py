"""Time and memory of DAR, dense SDPA and peers from PyPI as causal self-attention layers on the CPU.

    pip install --no-deps --target build/peers -r benchmarks/attention/requirements-peers.txt
    python benchmarks/attention/peers.py [--length 16384] [--only dar sdpa ...] [--json FILE] [--plot FILE.png]

The first command (or `uv pip install`, same options) puts the peers into a folder of their own, which this script
appends to the module path: the environment's own packages, torch among them, stay as they are and go first.

float32, batch 1, width 512, 8 heads of 64, projections included. Every layer runs in a process of its own, one at a
time and in turns; the median of the runs after the first counts, or the first alone where it took longer than a quarter
of `--timeout`. Memory is what the runs add to the peak of the process. A process may hold `--memory-limit` GiB of data;
one that needs more, takes longer than `--timeout` for a call, or raises an error becomes a row "does not run".
`--plot` needs matplotlib. `layer` makes the layers for other benchmarks.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import resource
import signal
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from wugan.attention import DARAttention

PEERS = Path(__file__).parents[2] / "build" / "peers"
NAMES = ("dar", "sdpa", "h-transformer-1d", "reformer", "nsa", "nsa-1-key-head", "fla-nsa", "fla-moba")
MODES = ("forward", "forward and backward")


class Projected(nn.Module):
    """Projections without bias around `attend`, as in `DARAttention`."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.out = nn.Linear(dim, dim, bias=False)

    def attend(self, x: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """`x` `[B, N, dim]`, the others and the result `[B, N, H, D]`."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).unbind(2)
        return self.out(self.attend(x, q, k, v).flatten(2))


class Dense(Projected):
    def attend(self, x: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)


class FlaNSA(Projected):
    """The parts of fla-core's `naive_nsa`, which itself pools with a Triton kernel and wants groups of 16 heads."""

    def __init__(self, dim: int, heads: int, block_size: int, kept: int) -> None:
        super().__init__(dim, heads)
        self.gates = nn.Linear(dim, 2 * heads)
        self.block_size, self.kept = block_size, kept

    def attend(self, x: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        from fla.ops.nsa.naive import naive_nsa_compression, naive_nsa_selection, naive_nsa_topk

        size, scale = self.block_size, q.shape[-1] ** -0.5
        k_mean, v_mean = (t.unflatten(1, (-1, size)).mean(2) for t in (k, v))
        coarse, _ = naive_nsa_compression(q, k_mean, v_mean, size, scale)
        with torch.no_grad():
            blocks = naive_nsa_topk(q, k_mean, self.kept, size, scale)
        fine = naive_nsa_selection(q, k, v, blocks, size, scale)
        gate_coarse, gate_fine = self.gates(x).sigmoid().chunk(2, -1)
        return coarse * gate_coarse[..., None] + fine * gate_fine[..., None]


class FlaMoBA(Projected):
    def __init__(self, dim: int, heads: int, block_size: int, kept: int) -> None:
        super().__init__(dim, heads)
        self.block_size, self.kept = block_size, kept

    def attend(self, x: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        from fla.ops.moba import parallel_moba

        batch, length = q.shape[:2]
        q, k, v = (t.flatten(0, 1)[None] for t in (q, k, v))
        cuts = torch.arange(0, batch * length + 1, length, dtype=torch.int32)
        return parallel_moba(q, k, v, cuts, length, self.block_size, self.kept)[0].unflatten(0, (batch, length))


class Causal(nn.Module):
    """Passes `causal=True` on to `DARAttention`."""

    def __init__(self, inner: DARAttention) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x, causal=True)


def layer(name: str, dim: int, heads: int, *, length: int = 16_384, block_size: int = 128, kept: int = 16) -> nn.Module:
    """A causal self-attention layer `[B, N, dim]` to `[B, N, dim]`, without norm, residual or dropout.

    All are given the same budget where their options allow it: a query compares itself with `kept * block_size` keys
    (2,048 by default), and blocks have the same size.

    * `dar`: `kept` blocks of `block_size`, gates of 16, one route for each head and block of queries.
    * `sdpa`: PyTorch's `scaled_dot_product_attention`, all keys.
    * `h-transformer-1d` (Zhu & Soricut 2021): `CausalHAttention1D` with blocks of twice `block_size`. A query meets one
      block at each of log2(N / block) levels: 7 of 256 at 16,384 tokens, 1,792 keys and means of keys, nearly the
      budget. It has no rotary embedding here, as DAR has none.
    * `reformer` (Kitaev et al. 2020): `LSHSelfAttention`, buckets of `block_size`, each read together with the one
      before, and `kept / 2` rounds of hashing: the budget, and at the default its default of 8 rounds. Queries and keys
      are one projection, as published. Heads are worked off one by one (`attn_chunks`), which saves memory. Not causal
      throughout: it masks later keys, but they shift which earlier ones land beside a query.
    * `nsa` (Yuan et al. 2025, lucidrains' implementation): `kept - 1` selected blocks of `block_size` and the query's
      own, a sliding window of `block_size`, and means of 32 tokens every 16 as published (of `block_size / 4` and
      `block_size / 8` where that is less). Each query selects for itself. It applies rotary embeddings of its own.
    * `nsa-1-key-head`: the same with all heads sharing one key head (the paper shares by 16) and selected blocks half
      as long, 16 of 64 as published: half the budget, and an eighth of the keys to project.
    * `fla-nsa`: the readable reference of fla-core, compressed and selected branches, `kept` blocks of `block_size`,
      the first, own and previous among them, as in DAR. Written for tests, not for speed. N must be a multiple
      of `block_size`.
    * `fla-moba` (Lu et al. 2025): `kept` blocks of `block_size`. fla-core has it on top of `flash-attn` alone.

    Args:
        name: one of `NAMES`.
        dim: width.
        heads: number of heads, a divisor of `dim`.
        length: the most tokens that will come; `h-transformer-1d` makes its mask of it.
        block_size: see above.
        kept: see above.

    Raises:
        ModuleNotFoundError: the peers are not installed, see the top of this file.
        KeyError: there is no such layer.
    """
    if PEERS.is_dir() and str(PEERS) not in sys.path:
        sys.path.append(str(PEERS))
    warnings.filterwarnings("ignore", module="fla")
    head_dim = dim // heads

    def dar() -> nn.Module:
        return Causal(DARAttention(dim, heads, block_size=block_size, top_k=kept))

    def h_transformer() -> nn.Module:
        from h_transformer_1d.h_transformer_1d import CausalHAttention1D

        longest = 1 << (length - 1).bit_length()
        return CausalHAttention1D(dim, max_seq_len=longest, heads=heads, dim_head=head_dim, block_size=2 * block_size)

    def reformer() -> nn.Module:
        from reformer_pytorch import Autopadder, LSHSelfAttention

        rounds = max(1, kept // 2)
        inner = LSHSelfAttention(dim, heads, block_size, rounds, causal=True, attn_chunks=heads)
        return Autopadder(inner)

    def nsa(key_heads: int, selected_size: int) -> nn.Module:
        from native_sparse_attention_pytorch import SparseAttention

        return SparseAttention(
            dim,
            head_dim,
            heads,
            sliding_window_size=block_size,
            compress_block_size=min(32, block_size // 4),
            compress_block_sliding_stride=min(16, block_size // 8),
            selection_block_size=selected_size,
            num_selected_blocks=kept - 1,
            kv_heads=key_heads,
            causal=True,
            norm=False,
        )

    makers: dict[str, Callable[[], nn.Module]] = {
        "dar": dar,
        "sdpa": lambda: Dense(dim, heads),
        "h-transformer-1d": h_transformer,
        "reformer": reformer,
        "nsa": lambda: nsa(heads, block_size),
        "nsa-1-key-head": lambda: nsa(1, block_size // 2),
        "fla-nsa": lambda: FlaNSA(dim, heads, block_size, kept),
        "fla-moba": lambda: FlaMoBA(dim, heads, block_size, kept),
    }
    return makers[name]()


def peak() -> float:
    """MiB, of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def reason(error: Exception) -> str:
    """Why it did not run, in a few words."""
    if wanted := re.search(r"allocate (\d+) bytes", str(error)):
        return f"out of memory: asks for {int(wanted[1]) / 2**30:.1f} GiB at once"
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:120]}"


def serve(pipe: Connection, name: str, backward: bool, options: argparse.Namespace) -> None:
    """In the child: says (0, 0) when ready, then (seconds, MiB) for each message; or the reason why not, and ends."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    torch.set_num_threads(options.threads)
    limit = int(options.memory_limit * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    torch.manual_seed(0)
    try:
        module = layer(name, options.dim, options.heads, length=options.length)
        x = torch.randn(1, options.length, options.dim, requires_grad=backward)
        before = peak()
        pipe.send((0, 0))
        while pipe.recv():
            start = time.perf_counter()
            with torch.set_grad_enabled(backward):
                out = module(x)
            if backward:
                module.zero_grad()
                out.sum().backward()
            seconds = time.perf_counter() - start
            del out
            pipe.send((seconds, peak() - before))
    except EOFError:  # the parent is gone
        return
    except Exception as error:  # whatever a peer raises becomes its row
        pipe.send(reason(error))


@dataclass
class Row:
    """What is known of one layer in one mode."""

    name: str
    mode: str
    seconds: list[float] = field(default_factory=list)
    mib: float = 0
    failure: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds[1:] or self.seconds)

    def __str__(self) -> str:
        if self.failure:
            return f"does not run: {self.failure}"
        return f"{self.median:.2f} s, {self.mib:,.0f} MiB"


def receive(row: Row, pipe: Connection, child: BaseProcess, timeout: float) -> tuple[float, float] | None:
    """The child's answer; without one the row notes why, and the child ends."""
    try:
        answer = pipe.recv() if pipe.poll(timeout) else f"longer than {timeout:.0f} s"
    except (EOFError, OSError):
        answer = "killed"
    if not isinstance(answer, str):
        return answer
    row.failure = answer
    child.kill()
    return None


def measure(mode: str, options: argparse.Namespace) -> list[Row]:
    """All layers in turns, each in its own process."""
    context = multiprocessing.get_context("fork")  # spares the imports; safe, since torch has not computed here yet
    rows = [Row(name, mode) for name in options.only]
    children = {}
    for row in rows:
        pipe, far = context.Pipe()
        child = context.Process(target=serve, args=(far, row.name, mode != MODES[0], options), daemon=True)
        child.start()
        far.close()
        children[row.name] = pipe, child
        receive(row, pipe, child, 600)
    for _ in range(options.repeats + 1):
        for row in rows:
            if row.failure or sum(row.seconds) > options.timeout / 4 * max(1, len(row.seconds)):
                continue
            pipe, child = children[row.name]
            pipe.send(True)
            if answer := receive(row, pipe, child, options.timeout):
                row.seconds.append(answer[0])
                row.mib = answer[1]
            print(f"{mode}: {row.name}: {row}", file=sys.stderr, flush=True)
    for _, child in children.values():
        child.kill()
        child.join()
    return rows


def plot(tables: list[list[Row]], title: str, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(12, 5), sharey=True, layout="constrained")
    names = [row.name for row in tables[0]]
    height = 0.8 / len(tables)
    for axes, label in zip(panels, ("seconds", "MiB added to the peak"), strict=True):
        lowest = min((_value(row, label) for rows in tables for row in rows if not row.failure), default=1.0) / 2
        for shift, rows in enumerate(tables):
            places = [place + shift * height for place in range(len(rows))]
            values = [lowest if row.failure else _value(row, label) for row in rows]
            axes.barh(places, values, height, label=rows[0].mode)
            for place, row in zip(places, rows, strict=True):
                if row.failure:
                    axes.text(lowest * 1.05, place, "does not run", va="center", fontsize=8, color="firebrick")
        axes.set_xscale("log")
        axes.set_xlim(left=lowest)
        axes.set_xlabel(label)
        axes.set_yticks([place + height * (len(tables) - 1) / 2 for place in range(len(names))], names)
        axes.grid(axis="x", alpha=0.3)
    panels[0].invert_yaxis()
    panels[1].legend()
    figure.suptitle(title)
    figure.savefig(path, dpi=120)


def _value(row: Row, label: str) -> float:
    return row.median if label == "seconds" else max(1, row.mib)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--length", type=int, default=16_384)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--timeout", type=float, default=240, help="seconds for a call")
    parser.add_argument("--memory-limit", type=float, default=14, help="GiB of data for a process")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exit ends the child too
    if not PEERS.is_dir():
        print(f"no peers in {PEERS}: see the first command of {__file__}", file=sys.stderr)
    machine = f"torch {torch.__version__}, {options.threads} threads, load {os.getloadavg()[0]:.1f}"
    title = f"{options.length:,} tokens, {options.heads} heads of {options.dim // options.heads}, causal; {machine}"
    tables = [measure(mode, options) for mode in options.modes]
    print(f"{title}\n\n| layer |" + "".join(f" {mode} |" for mode in options.modes))
    print("|---|" + "---|" * len(tables))
    for row in zip(*tables, strict=True):
        print(f"| {row[0].name} |" + "".join(f" {cell} |" for cell in row))
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")
    if options.json:
        report = {"title": title, "results": [asdict(row) for rows in tables for row in rows]}
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    if options.plot:
        plot(tables, title, options.plot)


if __name__ == "__main__":
    main()
