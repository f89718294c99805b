"""`CallLog`: what happened in a call, turn by turn, collected from the pipeline's streams and written down."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
