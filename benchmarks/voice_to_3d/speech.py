"""Design sentences full of numbers, said by several synthetic voices and speeds: are they heard, and built, right?

    python benchmarks/voice_to_3d/speech.py [--voices N] [--json FILE]

Per voice and speed: the word error rate of the recogniser, once as the words stand and once with quantities written
alike ("eighty centimetres" and "80 cm" are the same thing to the interpreter); and the share of sentences of which the
model from the sound is the model from the text: the same parts with the same colours in the same box (1 %). The share
of texts of which a model could be made at all stands beside it. Voices: hibari-tts (a distilled Kokoro, English) and
espeak-ng's English accents; nobody's real voice.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import jiwer
import numpy as np
import soundfile

from wugan.apps.voice_to_3d.language.lexer import tokens
from wugan.apps.voice_to_3d.speech import sentences
from wugan.apps.voice_to_3d.studio import Studio
from wugan.errors import WuganError
from wugan.modalities.speech.synthesis import Synthesizer

SENTENCES = (
    "A round oak table, eighty centimetres wide, with four tapered legs.",
    "A plate one hundred and twenty by sixty by eight millimetres with four holes of five millimetres.",
    "A bookcase one metre eighty high, ninety centimetres wide and thirty deep, with five shelves.",
    "A white vase, thirty centimetres high and twelve centimetres wide.",
    "A hex nut, thirteen millimetres across the flats, eight millimetres thick.",
    "A cylinder forty five millimetres in diameter and two hundred millimetres long.",
    "A red cube, seventy five millimetres.",
    "A box with a lid, twenty by fifteen by ten centimetres.",
    "A washer with an outer diameter of twenty four millimetres and a hole of thirteen millimetres.",
    "A black stool, forty five centimetres high, with three legs.",
    "A tube with an outer diameter of fifty millimetres, a wall of three millimetres, one metre twenty long.",
    "A steel ring, sixty millimetres outside diameter, forty millimetres inside diameter, ten millimetres thick.",
    "A bench one metre forty long and forty two centimetres high.",
    "A gear with thirty two teeth and a module of one point five.",
    "A blue cone, fifty millimetres wide and eighty millimetres tall.",
    "A block sixty by forty by twenty millimetres with a slot ten millimetres wide through the middle.",
    "A flange, one hundred millimetres in diameter, twelve millimetres thick, with six holes of nine millimetres.",
    "A coffee table, one metre ten by sixty centimetres, forty centimetres high.",
    "A bowl, twenty two centimetres across and nine centimetres deep.",
    "A wooden tray, forty by thirty centimetres, with walls of fifteen millimetres.",
    "A rectangular plate three inches by two inches and a quarter inch thick.",
    "A bottle, twenty eight centimetres tall and seven and a half centimetres wide.",
    "A sphere with a diameter of sixty four millimetres.",
    "An L bracket, sixty by sixty by forty millimetres, five millimetres thick.",
)  # fmt: skip


@dataclass(frozen=True)
class Voice:
    """A way to say it: `hibari` or a voice of espeak-ng, and its rate (1: its own)."""

    name: str
    rate: float

    def say(self, text: str, path: Path) -> None:
        """Write the sentence as a WAV file, with a second of silence after it."""
        if self.name == "hibari":
            audio = _hibari().synthesize(text, rate=self.rate)
            samples, rate = audio.samples, audio.rate
        else:
            speed = str(round(165 * self.rate))
            subprocess.run(["espeak-ng", "-v", self.name, "-s", speed, "-w", path, text], check=True)
            samples, rate = soundfile.read(path, dtype="float32")
        soundfile.write(path, np.concatenate([samples, np.zeros(rate, np.float32)]), rate)


VOICES = (
    Voice("hibari", 1.0),
    Voice("hibari", 0.8),
    Voice("hibari", 1.25),
    Voice("en-us", 1.0),
    Voice("en-gb", 1.0),
    Voice("en-gb-scotland", 0.9),
    Voice("en-us+f3", 1.0),
    Voice("en-gb-x-rp+m7", 1.1),
)
_kept: list[Synthesizer] = []


def _hibari() -> Synthesizer:
    if not _kept:
        _kept.append(Synthesizer())
    return _kept[0]


def plain(text: str) -> str:
    """Lower case, letters and digits only."""
    return " ".join(re.sub(r"[^a-z0-9. ]+", " ", text.lower()).replace(". ", " ").rstrip(".").split())


def alike(text: str) -> str:
    """The words, with every quantity as its value in millimetres (or its number)."""
    words = []
    for token in tokens(text):
        if token.kind == "quantity" and token.quantity is not None:
            words += [f"{value:g}" for value in token.quantity.values]
        elif token.kind == "word":
            words.append(token.lemma)
    return " ".join(words) or "nothing"


def model(text: str) -> tuple[object, ...] | None:
    """What the sentence becomes, to compare: parts with colours, and the box; `None` where nothing could be built."""
    studio = Studio()
    try:
        turn = studio.say(text)
    except WuganError:
        return None
    if turn.problem or turn.built is None or not turn.built.parts:
        return None
    low, high = turn.built.bounds()
    parts = sorted((part.role, part.material.colour) for part in turn.built.parts)
    return parts, high - low


def same(one: tuple[object, ...] | None, other: tuple[object, ...] | None) -> bool:
    """Whether two models are the same to a hundredth of their size."""
    if one is None or other is None or one[0] != other[0]:
        return False
    return bool(np.allclose(one[1], other[1], rtol=0.01, atol=0.05))  # type: ignore[call-overload]


@dataclass
class Row:
    """Figures of one voice."""

    voice: str
    rate: float
    wer: float
    wer_quantities_alike: float
    right_models: int
    sentences: int


def measure(voice: Voice, wanted: list[tuple[object, ...] | None], folder: Path, show: bool) -> Row:
    """Say every sentence, hear it, build it."""
    heard = []
    for number, sentence in enumerate(SENTENCES):
        path = folder / f"{number}.wav"
        voice.say(sentence, path)
        heard.append(" ".join(one.said for one in sentences(path)))
    right = [same(want, model(text)) for want, text in zip(wanted, heard, strict=True)]
    if show:
        for sentence, text, ok in zip(SENTENCES, heard, right, strict=True):
            print("   " if ok else " x ", sentence, "->", text)
    return Row(
        voice.name,
        voice.rate,
        jiwer.wer(list(map(plain, SENTENCES)), list(map(plain, heard))),
        jiwer.wer(list(map(alike, SENTENCES)), list(map(alike, heard))),
        sum(right),
        sum(want is not None for want in wanted),
    )


def table(rows: Iterable[Row], built: int) -> None:
    """Print the figures."""
    print(f"from text: {built} of {len(SENTENCES)} sentences become a model")
    print(f"{'voice':18}{'rate':>6}{'WER':>9}{'quantities alike':>19}{'same model as from text':>26}")
    for row in rows:
        share = f"{row.right_models} of {row.sentences}"
        print(f"{row.voice:18}{row.rate:6.2f}{row.wer:9.1%}{row.wer_quantities_alike:19.1%}{share:>26}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", type=int, default=len(VOICES), help="how many of the voices")
    parser.add_argument("--show", action="store_true", help="print what was heard")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    wanted = [model(sentence) for sentence in SENTENCES]
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(voice, wanted, Path(folder), arguments.show) for voice in VOICES[: arguments.voices]]
    table(rows, sum(want is not None for want in wanted))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
