"""Readers of public corpora of emotional speech. The corpora themselves are no part of wugan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wugan.errors import DataError

EMODB_EMOTIONS = {
    "W": "anger",
    "L": "boredom",
    "E": "disgust",
    "A": "fear",
    "F": "happiness",
    "T": "sadness",
    "N": "neutral",
}
RAVDESS_EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happiness",
    "04": "sadness",
    "05": "anger",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording of acted emotion.

    Attributes:
        path: the sound file.
        speaker: who speaks; keep a speaker's clips on one side of a split.
        sentence: which of the corpus's fixed sentences is spoken.
        emotion: which emotion was acted.
    """

    path: Path
    speaker: str
    sentence: str
    emotion: str


def emodb(folder: str | Path, emotions: tuple[str, ...] | None = None) -> list[Clip]:
    """Clips of the Berlin Database of Emotional Speech (Burkhardt et al., Interspeech 2005; CC0), sorted by name.

    A name is speaker (2 digits), sentence (3), emotion letter, version: `03a01Fa`.

    Args:
        folder: holds the `.flac` or `.wav` files.
        emotions: which to keep; `None` for all.

    Raises:
        DataError: no such folder, no clips in it, or a name that is none of EmoDB's.
    """
    clips = []
    for path in _sounds(folder, "EmoDB"):
        name = path.stem
        if len(name) < 6 or not name[:2].isdigit() or name[5] not in EMODB_EMOTIONS:
            raise DataError(f"{path}: is not named as EmoDB's clips are (03a01Fa: speaker, sentence, emotion, version)")
        clips.append(Clip(path, name[:2], name[2:5], EMODB_EMOTIONS[name[5]]))
    return [clip for clip in clips if emotions is None or clip.emotion in emotions]


def ravdess(folder: str | Path) -> list[Clip]:
    """Speech clips of RAVDESS (Livingstone & Russo, PLoS ONE 13(5), 2018; CC BY-NC-SA 4.0), sorted by name.

    A name is modality-channel-emotion-intensity-statement-repetition-actor: `03-01-05-01-02-01-12`.

    Args:
        folder: holds the `.flac` or `.wav` files.

    Raises:
        DataError: no such folder, no clips in it, or a name that is none of RAVDESS's.
    """
    clips = []
    for path in _sounds(folder, "RAVDESS"):
        parts = path.stem.split("-")
        if len(parts) != 7 or parts[2] not in RAVDESS_EMOTIONS:
            raise DataError(f"{path}: is not named as RAVDESS's clips are (seven numbers joined by hyphens)")
        clips.append(Clip(path, parts[6], parts[4], RAVDESS_EMOTIONS[parts[2]]))
    return clips


def _sounds(folder: str | Path, corpus: str) -> list[Path]:
    folder = Path(folder)
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in (".flac", ".wav"))
    if not found:
        raise DataError(f"{folder}: no .flac or .wav files; give the folder with {corpus}'s clips")
    return found
