"""The tasks `emotion` and `intent` of `wugan predict`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from wugan.apps.customer_service.model import CallModel, Estimate
from wugan.errors import DataError
from wugan.modalities.speech.emotion import EmotionEncoder
from wugan.modalities.speech.file import AudioFile
from wugan.modalities.speech.segmenter import Segmenter
from wugan.modalities.speech.transcriber import Transcriber
from wugan.modalities.speech.utterance import RATE, Utterance
from wugan.modalities.speech.whisper import WhisperEncoder
from wugan.modalities.text.encoder import TextEncoder
from wugan.packet import Packet
from wugan.signals import Audio, Transcript
from wugan.task import Prediction, Task
from wugan.tokens import Tokens

WHOLE_S = 28.0  # a clip up to this length is one utterance; a longer one is cut at its pauses
TEXT_SUFFIXES = (".txt", ".csv", ".tsv")


def utterances(path: Path, encoder: WhisperEncoder) -> list[Packet[Utterance]]:
    """The utterances of a sound file, with the encoder's states.

    Raises:
        DataError: it cannot be read, or a long file holds no speech.
    """
    with AudioFile(str(path)) as source:
        packets = list(source.packets())
    samples = np.concatenate([packet.data.samples for packet in packets])
    if len(samples) <= WHOLE_S * RATE:
        found = [Packet(Utterance(Audio(samples, RATE)), 0, stream=str(path))]
    else:
        segmenter = Segmenter()
        found = [utterance for packet in packets for utterance in segmenter.process(packet)]
        found += list(segmenter.flush())
    if not found:
        raise DataError(f"{path}: no speech was found in {len(samples) / RATE:.0f} s of sound")
    states = encoder.encode(found)
    return [packet.replace(heard) for packet, heard in zip(found, states, strict=True) if heard is not None]


class EmotionTask(Task):
    """The emotion in a voice. Files: recordings of one speaker; a long one is weighed over its utterances.

    Weights: `default`, or `ravdess-noncommercial` (eight emotions; from the distribution
    `wugan-research-weights`, see the model card).
    """

    def warm_up(self) -> None:
        """Load the recogniser's encoder and the heads."""
        self._model = CallModel.load(self.weights or "default")
        self._hear, self._feel = WhisperEncoder(), EmotionEncoder()
        self._hear.warm_up()
        self._feel.warm_up()

    def predict(self, path: Path) -> Iterable[Prediction]:
        """One prediction for the file."""
        weighed: dict[str, float] = {}
        total = 0.0
        for packet in utterances(path, self._hear):
            tokens = self._feel.encode([packet])[0]
            if tokens is None:
                continue
            estimate = self._estimate(tokens, packet)
            seconds = packet.data.audio.seconds
            total += seconds
            for label, probability in estimate.probs.items():
                weighed[label] = weighed.get(label, 0.0) + probability * seconds
        if not total:
            raise DataError(f"{path}: no voice was found in it")
        probs = {label: weight / total for label, weight in weighed.items()}
        yield _prediction(self._model.estimate("emotion", probs))

    def _estimate(self, tokens: Tokens, packet: Packet[Utterance]) -> Estimate:
        emotion = self._model.predict({"voice": packet.replace(tokens)}).emotion
        assert emotion is not None  # there is a voice
        return emotion


class IntentTask(Task):
    """What a bank's customer wants (77 intents).

    Files: .txt (an utterance a line), .csv or .tsv (column `text`), or a recording.
    """

    def warm_up(self) -> None:
        """Load the text encoder and the heads; the recogniser waits for the first sound file."""
        self._model = CallModel.load(self.weights or "default")
        self._read = TextEncoder()
        self._read.warm_up()
        self._ears: tuple[WhisperEncoder, Transcriber] | None = None

    def predict(self, path: Path) -> Iterable[Prediction]:
        """One prediction for each line or row, or one for a sound file."""
        if path.suffix.lower() not in TEXT_SUFFIXES:
            yield self._of_text(self._listen(path), path)
            return
        texts = list(_texts(path))
        if not texts:
            raise DataError(f"{path}: is empty; write one utterance a line")
        for number, text in texts:
            prediction = self._of_text(text, path)
            yield prediction.model_copy(update={"item": number}) if len(texts) > 1 else prediction

    def _of_text(self, text: str, path: Path) -> Prediction:
        packet = Packet(Transcript(text, 0.0), 0, stream=str(path))
        tokens = self._read.encode([packet])[0]
        if tokens is None:
            raise DataError(f"{path}: there are no words in {text[:40]!r}")
        intent = self._model.predict({"text": packet.replace(tokens)}).intent
        assert intent is not None  # there is a text
        return _prediction(intent)

    def _listen(self, path: Path) -> str:
        if self._ears is None:
            self._ears = (WhisperEncoder(), Transcriber())
            for stage in self._ears:
                stage.warm_up()
        encoder, transcriber = self._ears
        texts = []
        for packet in utterances(path, encoder):
            words = transcriber.encode([packet])[0]
            texts += [words.text] if words else []
        if not texts:
            raise DataError(f"{path}: no words were recognised in it")
        return " ".join(texts)


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """The utterances of a text file, each with its line or row number."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix.lower() == ".txt":
                yield from ((number, line.strip()) for number, line in enumerate(file, 1) if line.strip())
                return
            rows = csv.DictReader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
            if "text" not in (rows.fieldnames or ()):
                raise DataError(f"{path}: needs a column `text`, has {', '.join(rows.fieldnames or ()) or 'none'}")
            yield from ((number, row["text"]) for number, row in enumerate(rows, 1) if row["text"])
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as text: {error}") from error


def _prediction(estimate: Estimate) -> Prediction:
    return Prediction(label=estimate.label, probs=estimate.probs, abstain=estimate.abstain)
