"""The result page of calls: what was heard, felt, decided and answered, with timings. One folder, opens offline."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.customer_service.call import CallLog

BARS = 120  # columns of a drawn waveform


@dataclass(slots=True)
class CallReport:
    """One call for the page.

    Attributes:
        title: heading.
        origin: where the sound comes from, said plainly (recorded or synthesised).
        folder: name of its folder beside the page, written by `CallLog.write`.
        log: its turns.
        seconds: duration of the call.
        wall_s: how long the pipeline ran, without starting.
        start_s: how long starting took (Ray, actors, models).
        runtime: `local` or `ray`.
        stats: counters of every node (`Running.stats`).
        dead_letters: folder of packets that failed, if any.
    """

    title: str
    origin: str
    folder: str
    log: CallLog
    seconds: float
    wall_s: float
    start_s: float
    runtime: str
    stats: dict[str, dict[str, Any]]
    dead_letters: Path | None = None


def waveform(samples: NDArray[np.float32], height: int = 36) -> str:
    """An SVG path of the sound's peaks, in a box of `BARS` by `height`."""
    edges = np.linspace(0, len(samples), BARS + 1).astype(int)
    peaks = [
        float(np.abs(samples[start:end]).max()) if end > start else 0.0
        for start, end in zip(edges[:-1], edges[1:], strict=True)
    ]
    top = max(max(peaks), 1e-6)
    middle = height / 2
    strokes = []
    for column, peak in enumerate(peaks):
        half = max(0.5, peak / top * (middle - 1))
        strokes.append(f"M{column + 0.5:.1f} {middle - half:.1f}V{middle + half:.1f}")
    return "".join(strokes)


def write_page(calls: list[CallReport], folder: Path, command: str) -> Path:
    """Write `index.html` and each call's files into `folder`; returns the page."""
    from jinja2 import Environment, FileSystemLoader, select_autoescape

    folder.mkdir(parents=True, exist_ok=True)
    for call in calls:
        call.log.write(folder / call.folder)
    environment = Environment(
        loader=FileSystemLoader(str(files(__package__))), autoescape=select_autoescape(), trim_blocks=True
    )
    environment.filters["waveform"] = waveform
    page = folder / "index.html"
    page.write_text(environment.get_template("report.html").render(calls=calls, command=command), encoding="utf-8")
    return page
