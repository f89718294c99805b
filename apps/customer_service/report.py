"""The result page of calls: what was heard, felt, decided and answered, with timings. One folder, opens offline."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
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


def lacks(call: CallReport) -> list[str]:
    """What a call's page lacks that it should show: packets that were lost, a head that never answered."""
    lost = {name: int(node["failed"]) for name, node in call.stats.items() if node.get("failed")}
    found = [f"{call.title}: {name} lost {count} packets" for name, count in lost.items()]
    results = [turn.result for turn in call.log.turns if turn.result is not None]
    if not results:
        return [*found, f"{call.title}: no turn was understood"]
    heads = {"emotion": [one.emotion for one in results], "intent": [one.intent for one in results]}
    return found + [f"{call.title}: no {head} in any turn" for head, given in heads.items() if not any(given)]


def draw_call(call: CallReport, width: int = 640) -> str:
    """An SVG of the call: each turn's sound, its words and the mood that was heard."""
    parts, top = [], 12
    for turn in call.log.turns:
        mood = turn.result.emotion if turn.result is not None else None
        felt = f"{mood.label} {mood.probs[mood.label]:.0%}" if mood and not mood.abstain else "mood uncertain"
        words = escape(turn.words.text if turn.words else "no words")
        if turn.speech is not None:
            parts.append(
                f'<g transform="translate(12 {top}) scale({(width - 24) / BARS:.2f} 1)"><path '
                f'd="{waveform(turn.speech.samples)}" stroke="#2457a6" stroke-width=".6"/></g>'
            )
        parts.append(f'<text x="12" y="{top + 54}">{words}</text>')
        parts.append(f'<text x="12" y="{top + 74}" fill="#b4541a">{turn.start_s:.1f} s, {escape(felt)}</text>')
        top += 96
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" font-family="sans-serif" font-size="15">'
        f'<rect width="{width}" height="{top}" fill="#fff"/>{"".join(parts)}</svg>'
    )


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
    environment.filters["lacks"] = lacks
    page = folder / "index.html"
    page.write_text(environment.get_template("report.html").render(calls=calls, command=command), encoding="utf-8")
    return page
