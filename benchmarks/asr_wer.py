"""Word error rate and processor time of the speech path: AudioFile, Segmenter, WhisperEncoder, Transcriber.

Beside it, in the same run: faster-whisper's own `transcribe` with the same model.

    python benchmarks/asr_wer.py [--model tiny.en]

Reads `asr/transcripts.json` of the data folder ($WUGAN_DATA, else ../shared/data beside the checkout), and the
LibriVox clips of Debian's pocketsphinx-testdata where they are installed. Text is compared in lower case without
punctuation; numbers and spelling are left as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import jiwer
import soundfile

from wugan.modalities.speech import AudioFile, Segmenter, Transcriber, WhisperEncoder, load_whisper

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("WUGAN_DATA", ROOT.parent / "shared" / "data"))
LIBRIVOX = Path("/usr/share/pocketsphinx/test/data/librivox")


def plain(text: str) -> str:
    """Lower case, letters, digits and apostrophes only; titles written out as the references have them."""
    text = re.sub(r"[^a-z0-9' ]+", " ", text.lower())
    return " ".join({"mr": "mister", "mrs": "missus"}.get(word, word) for word in text.split())


def read_sets() -> dict[str, list[tuple[Path, str]]]:
    """Files and what is said in them, by set."""
    sets: dict[str, list[tuple[Path, str]]] = {}
    if (DATA / "asr" / "transcripts.json").exists():
        entries = json.loads((DATA / "asr" / "transcripts.json").read_text())
        sets["read sentences"] = [(DATA / "asr" / entry["file"], entry["text"]) for entry in entries]
    if LIBRIVOX.exists():
        lines = re.findall(r"^(.*?) \(?(\S*-\d+)\)?$", (LIBRIVOX / "transcription").read_text(), re.MULTILINE)
        sets["LibriVox"] = [(LIBRIVOX / f"{name}.wav", re.sub(r"</?s>", "", text)) for text, name in lines]
    return sets


def our_text(path: Path, encoder: WhisperEncoder, transcriber: Transcriber) -> str:
    """What wugan hears in a file."""
    segmenter = Segmenter()
    with AudioFile(path) as source:
        utterances = [utterance for packet in source.packets() for utterance in segmenter.process(packet)]
    utterances += segmenter.flush()
    states = encoder.encode(utterances)
    encoded = [packet.replace(out) for packet, out in zip(utterances, states, strict=True) if out is not None]
    return " ".join(transcript.text for transcript in transcriber.encode(encoded) if transcript is not None)


def main() -> None:
    """Print two rows for each set."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    encoder, transcriber = WhisperEncoder(arguments.model), Transcriber(arguments.model)
    encoder.warm_up()
    transcriber.warm_up()
    whisper = load_whisper(arguments.model)
    systems: dict[str, Callable[[Path], str]] = {
        "wugan": lambda path: our_text(path, encoder, transcriber),
        "faster-whisper": lambda path: " ".join(segment.text for segment in whisper.transcribe(str(path))[0]),
    }
    print(f"{'set':16} {'system':16} {'clips':>5} {'seconds':>8} {'WER %':>6} {'CPU s per s':>12} {'wall s per s':>12}")
    for name, entries in read_sets().items():
        seconds = sum(soundfile.info(path).duration for path, _ in entries)
        said = [plain(text) for _, text in entries]
        for system, hear in systems.items():
            cpu, wall = time.process_time(), time.perf_counter()
            heard = [plain(hear(path)) for path, _ in entries]
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            if arguments.verbose:
                for (path, _), reference, found in zip(entries, said, heard, strict=True):
                    print(f"  {path.name}: {reference!r} / {found!r}")
            print(
                f"{name:16} {system:16} {len(entries):5} {seconds:8.1f} {100 * jiwer.wer(said, heard):6.1f} "
                f"{cpu / seconds:12.3f} {wall / seconds:12.3f}"
            )


if __name__ == "__main__":
    main()
