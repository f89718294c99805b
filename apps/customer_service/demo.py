"""The calls of `wugan demo`: a real recording, and a call that is synthesised and says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wugan.modalities.speech.synthesis import Synthesizer

#: Read aloud for LibriVox, public domain; Debian's package pocketsphinx-testdata.
RECORDING = Path(
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0870.wav",
)

#: What the synthesised caller says, and with which prosody (style, rate, pitch).
CALLER = (
    ("Hello. I ordered a new card two weeks ago and it still has not arrived.", "neutral", 1.0, 1.0),
    ("My phone was stolen on the train this morning, and the app is still signed in!", "urgent", 1.1, 1.1),
    ("Okay, thanks, and how do I change my pin?", "calm", 1.0, 1.0),
)
PAUSE_S = 1.2  # between the caller's sentences


@dataclass(frozen=True, slots=True)
class DemoCall:
    """A recording for the demo, with an honest label."""

    path: Path
    title: str
    origin: str


def synthesise_call(path: Path) -> None:
    """Write the invented customer's call as a WAV file."""
    import soundfile

    voice = Synthesizer()
    parts, rate = [], 24_000
    for text, style, speed, pitch in CALLER:
        audio = voice.synthesize(text, style=style, rate=speed, pitch=pitch)
        rate = audio.rate
        parts += [audio.samples, np.zeros(round(PAUSE_S * rate), np.float32)]
    soundfile.write(path, np.concatenate(parts), rate)


def demo_calls(folder: Path) -> list[DemoCall]:
    """The demo's calls; the real recording only where its package is installed."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "synthesised-call.wav"
    synthesise_call(made)
    calls = [
        DemoCall(made, "A customer's call", "Synthesised: an invented customer, spoken by hibari-tts. Not a person.")
    ]
    if RECORDING.exists():
        origin = (
            "Recorded: a person reading aloud (LibriVox, public domain). Not a customer, so the desk should say so."
        )
        calls.append(DemoCall(RECORDING, "A real voice", origin))
    return calls
