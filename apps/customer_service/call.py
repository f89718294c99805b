"""`CallLog`: what happened in a call, turn by turn; and its page: heard, felt, decided and answered, with timings."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.agent import ActionResult
from wugan.apps.customer_service.model import CallResult
from wugan.modalities.speech.utterance import Utterance
from wugan.packet import Packet
from wugan.signals import Audio, Transcript


@dataclass(slots=True)
class Turn:
    """One utterance of the caller and what became of it.

    Attributes:
        start_s: where it begins in the call, seconds.
        speech: the caller's sound.
        words: what was recognised; `None` if nothing was.
        result: what the heads say; `None` if neither words nor voice were usable.
        action: what the desk did.
        said: the reply's sound.
    """

    start_s: float
    speech: Audio | None = None
    words: Transcript | None = None
    result: CallResult | None = None
    action: ActionResult | None = None
    said: Audio | None = None

    def summary(self) -> dict[str, Any]:
        """As JSON: everything but the sounds."""
        return {
            "start_s": round(self.start_s, 3),
            "seconds": round(self.speech.seconds, 3) if self.speech else None,
            "words": self.words.text if self.words else None,
            "result": self.result.model_dump(exclude_none=True) if self.result else None,
            "action": self.action.action.tool if self.action else None,
            "arguments": self.action.action.arguments if self.action else None,
        }


@dataclass
class CallLog:
    """Turns of one call, by the time at which they begin. Streams arrive in any order.

    Args:
        on_turn: called with each turn once it was heard, understood and acted on.
        on_speech: called at once with every utterance of the caller.
        origin_ns: the stream's time at which the call begins; 0 for a file.
    """

    on_turn: Callable[[Turn], None] | None = None
    on_speech: Callable[[Turn], None] | None = None
    origin_ns: int = 0
    _turns: dict[int, Turn] = field(init=False, default_factory=dict)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def taker(self, stream: str) -> Callable[[Packet[Any]], None]:
        """The function sink for one of the streams `speech`, `words`, `result`, `desk`, `said`."""

        def take(packet: Packet[Any]) -> None:
            with self._lock:
                turn = self._turns.setdefault(packet.time_ns, Turn((packet.time_ns - self.origin_ns) / 1e9))
                match packet.data:
                    case Utterance():
                        turn.speech = packet.data.audio
                    case Transcript():
                        turn.words = packet.data
                    case CallResult():
                        turn.result = packet.data
                    case ActionResult():
                        turn.action = packet.data
                    case Audio():
                        turn.said = packet.data
                complete = stream != "said" and None not in (turn.speech, turn.words, turn.result, turn.action)
            if stream == "speech" and self.on_speech:
                self.on_speech(turn)
            if complete and self.on_turn:
                self.on_turn(turn)

        return take

    @property
    def turns(self) -> list[Turn]:
        """All turns so far, in order."""
        with self._lock:
            return [turn for _, turn in sorted(self._turns.items())]

    def write(self, folder: Path) -> None:
        """Write `call.json` and a WAV file for each side of each turn."""
        import soundfile

        folder.mkdir(parents=True, exist_ok=True)
        for number, turn in enumerate(self.turns, 1):
            for side, audio in (("caller", turn.speech), ("desk", turn.said)):
                if audio is not None:
                    soundfile.write(folder / f"turn-{number:02d}-{side}.wav", audio.samples, audio.rate)
        summary = {"turns": [turn.summary() for turn in self.turns]}
        (folder / "call.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False), encoding="utf-8")


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
