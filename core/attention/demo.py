"""What `wugan demo` shows of DAR: how its time grows beside dense attention's, on this machine. Needs no extra."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import escape
from math import log
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention as dense

from wugan.attention import dar_attention
from wugan.demo import Shown

LENGTHS = (2_048, 4_096, 8_192, 16_384)
_HEADS, _SIZE, _BLOCK, _KEPT = 4, 64, 128, 16

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>DAR</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2430}}
img{{width:100%}}td,th{{padding:.2rem 1.5rem .2rem 0;text-align:right;font-variant-numeric:tabular-nums}}
p{{color:#4b5968}}</style><h1>Dynamic Attention Routing</h1>
<p>Made up: normal random numbers, {heads} heads of {size}, causal, {kept} of the blocks of {block} kept. Times of the
forward pass on this machine, {threads} threads, best of two after one to warm up. With every block kept the result is
dense attention's: largest difference at {short:,} tokens {difference:.0e}. What is left out costs quality, which
docs/compose/dar.md measures on tasks.</p><img src="{picture}" alt="time against length, both axes logarithmic">
<table><tr><th>tokens<th>dense<th>DAR<th>ratio{rows}</table></html>"""


def demo(folder: Path, runtime: str) -> Shown:
    """Attention: DAR beside PyTorch's dense attention, on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    q, k, v = (torch.randn(1, _HEADS, LENGTHS[0], _SIZE, generator=torch.manual_seed(seed)) for seed in range(3))
    whole = dar_attention(q, k, v, block_size=_BLOCK, top_k=len(q[0, 0]) // _BLOCK, causal=True, backend="blocks")
    difference = float((whole - dense(q, k, v, is_causal=True)).abs().max())
    rows: list[tuple[int, float, float]] = []
    for length in LENGTHS:
        q, k, v = (torch.randn(1, _HEADS, length, _SIZE, generator=torch.manual_seed(seed)) for seed in range(3))
        rows.append((length, _seconds(lambda: dense(q, k, v, is_causal=True)), _seconds(lambda: _routed(q, k, v))))  # noqa: B023
    picture = folder / "growth.svg"
    picture.write_text(_drawn(rows), encoding="utf-8")
    page = folder / "index.html"
    table = "".join(f"<tr><td>{n:,}<td>{a:.3f} s<td>{b:.3f} s<td>{a / b:.1f}" for n, a, b in rows)
    page.write_text(
        _PAGE.format(
            heads=_HEADS,
            size=_SIZE,
            kept=_KEPT,
            block=_BLOCK,
            threads=torch.get_num_threads(),
            short=LENGTHS[0],
            difference=difference,
            picture=picture.name,
            rows=table,
        ),
        encoding="utf-8",
    )
    length, slow, fast = rows[-1]
    figures = {
        f"{length:,} tokens, DAR beside dense": f"{fast:.2f} s, {slow:.2f} s: {slow / fast:.1f} times",
        "largest difference with every block kept": f"{difference:.0e}",
    }
    return Shown(page, picture, "", "random numbers", figures)


def _routed(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return dar_attention(q, k, v, block_size=_BLOCK, top_k=_KEPT, causal=True)


def _seconds(call: Callable[[], Tensor]) -> float:
    best = float("inf")
    with torch.no_grad():
        for turn in range(3):
            began = time.perf_counter()
            call()
            if turn:
                best = min(best, time.perf_counter() - began)
    return best


def _drawn(rows: list[tuple[int, float, float]], width: int = 640, height: int = 360) -> str:
    """An SVG of both times over the length, both axes logarithmic."""
    times = [value for _, *pair in rows for value in pair]
    low, high = log(min(times)), log(max(times))
    first, last = log(rows[0][0]), log(rows[-1][0])

    def place(length: int, seconds: float) -> tuple[float, float]:
        right = 60 + (width - 180) * (log(length) - first) / (last - first)
        return right, height - 50 - (height - 90) * (log(seconds) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        '<text x="60" y="24" fill="#1b2430">Forward pass, seconds, over tokens (both logarithmic)</text>',
    ]
    for length, *_ in rows:
        right = place(length, times[0])[0]
        parts.append(f'<text x="{right:.0f}" y="{height - 20}" text-anchor="middle" fill="#4b5968">{length:,}</text>')
    for name, colour, column in (("dense", "#b4541a", 1), ("DAR", "#2457a6", 2)):
        points = [place(int(row[0]), row[column]) for row in rows]
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="3" points="'
            + " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            + '"/>'
        )
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in points]
        x, y = points[-1]
        label = escape(f"{name} {rows[-1][column]:.2f} s")
        parts.append(f'<text x="{x + 8:.0f}" y="{y + 4:.0f}" fill="{colour}">{label}</text>')
    return "".join(parts) + "</svg>"
