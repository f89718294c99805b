"""From the end of a spoken sentence to the model's GLB, live, stage by stage.

    python benchmarks/voice_to_3d/speech_latency.py [--runtime local|ray] [--voices 3] [--json]

The sentences are spoken by hibari's synthesiser and played to `design_pipeline(live=True)` at the speed of speech. The
end of a sentence is where its sound is last above a thousandth of its peak; a GLB's time is when its bytes reach the
sink. `early` rows are the models that came at the short pause (`EARLY`), `whole` those of sentences whose speaker
hesitated for longer than that and went on, so that the model was built twice. Beside them the same sound without
`live`, which waits for the long pause (`PAUSE`). The load of the machine is printed, since it is in every figure.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.pipeline import ModelFile, design_pipeline
from wugan.modalities.speech import AudioFile, Synthesizer
from wugan.packet import Packet

RATE = 16_000
SAID = (
    "A round oak table, eighty centimetres wide, with four tapered legs.",
    "Make the legs black.",
    "Make it twenty percent taller.",
    "Put a white vase on it.",
    "Make the vase thirty centimetres high.",
    "Make the left front leg red.",
    "Undo.",
    "Make the table ninety centimetres wide.",
)
HESITANT = (("Put a bowl on the table,", "to the left of the vase."),)
SILENCE_S = 2.5  # between sentences
HESITATION_S = 0.55  # longer than EARLY, shorter than PAUSE


@dataclass
class Sound:
    """A recording, and when its sentences end.

    Attributes:
        samples: float32, at `RATE`.
        starts: of sentences, seconds.
        ends: seconds; one a sentence.
    """

    samples: list[NDArray[np.float32]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    length: int = 0

    def add(self, samples: NDArray[np.float32]) -> None:
        """Append sound."""
        self.samples.append(samples)
        self.length += len(samples)

    def silence(self, seconds: float) -> None:
        """Append a room's silence."""
        self.add(np.random.default_rng(self.length).normal(0, 1e-4, round(seconds * RATE)).astype(np.float32))


def main() -> None:
    """Print p50 and p95 of each row."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runtime", choices=("local", "ray"), default="local")
    parser.add_argument(
        "--speeds", type=float, nargs="*", default=(0.9, 1.0, 1.15), help="of the voice; a session each"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    rows: dict[str, list[float]] = {"early": [], "whole": [], "without early": []}
    with tempfile.TemporaryDirectory() as folder:
        for number, speed in enumerate(arguments.speeds):
            sound, hesitant = spoken(speed)
            path = Path(folder) / f"{number}.wav"
            soundfile.write(path, np.concatenate(sound.samples), RATE)
            for live in (True, False):
                waits = session(path, sound, arguments.runtime, live)
                if live:
                    rows["early"] += [wait for wait, late in zip(waits, hesitant, strict=True) if not late]
                    rows["whole"] += [wait for wait, late in zip(waits, hesitant, strict=True) if late]
                else:
                    rows["without early"] += waits
    load = os.getloadavg()[0]
    for name, waits in rows.items():
        p50, p95 = np.percentile(waits, [50, 95])
        if arguments.json:
            print(json.dumps({"row": name, "n": len(waits), "p50_s": p50, "p95_s": p95, "load": load}))
        else:
            print(f"{name:15} {len(waits):3} sentences   p50 {p50:5.2f} s   p95 {p95:5.2f} s   (load {load:.1f})")


def spoken(speed: float) -> tuple[Sound, list[bool]]:
    """The session's sound, and which of its sentences hesitate."""
    import soxr

    voice, sound, hesitant = Synthesizer(), Sound(), []
    sound.silence(1.0)
    for parts in (*((one,) for one in SAID), *HESITANT):
        for number, text in enumerate(parts):
            audio = voice.synthesize(text, rate=speed)
            samples = soxr.resample(audio.samples, audio.rate, RATE).astype(np.float32)
            loud = np.flatnonzero(np.abs(samples) > 1e-3 * np.abs(samples).max())
            if number:
                sound.silence(HESITATION_S)
            else:
                sound.starts.append(sound.length / RATE)
            sound.add(samples[loud[0] : loud[-1] + 1])
        sound.ends.append(sound.length / RATE)
        sound.silence(SILENCE_S)
        hesitant.append(len(parts) > 1)
    return sound, hesitant


def session(path: Path, sound: Sound, runtime: str, live: bool) -> list[float]:
    """Seconds from each sentence's end to the last GLB made of it."""
    arrived: list[tuple[float, int]] = []
    begun: list[tuple[float, int]] = []

    def take(packet: Packet[ModelFile]) -> None:
        arrived.append((time.monotonic(), packet.time_ns))

    def start(packet: Packet[object]) -> None:
        if not begun:  # the first packet is given when its sound has been heard
            begun.append((time.monotonic() - len(packet.data.samples) / RATE, packet.time_ns))  # type: ignore[attr-defined]

    p = design_pipeline(AudioFile(str(path), realtime=True), live=live)
    p.sink(take, p.nodes["file"], name="taken")
    p.sink(start, p.nodes["sound"], name="started")
    with p.run(runtime) as running:  # type: ignore[arg-type]
        running.wait()
    times = np.array([when for when, _ in arrived]) - begun[0][0]
    heard = np.array([time_ns - begun[0][1] for _, time_ns in arrived]) / 1e9  # when its utterance began
    # An utterance begins a little before its speech, and a model made early of the next sentence is not of this one.
    bounds = [*(begin - SILENCE_S / 2 for begin in sound.starts), np.inf]
    waits = []
    for number, end in enumerate(sound.ends):
        made = times[(heard >= bounds[number]) & (heard < bounds[number + 1])]
        if not len(made):
            raise SystemExit(f"the sentence that ends at {end:.2f} s of {path} made no model")
        waits.append(float(made[-1] - end))
    return waits


if __name__ == "__main__":
    main()
