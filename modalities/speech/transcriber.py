"""Utterances to words, decoded from the encoder states that are already there.

The decoding rules (thresholds, suppressed tokens) are those of Radford et al. 2022 (arXiv:2212.04356, section 4.5) with
two changes that make the result a pure function of the states: no sampling at higher temperatures, and text without
timestamps, so that one pass covers the whole utterance.
"""

from __future__ import annotations

import logging
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wugan.modalities.speech.utterance import Utterance
from wugan.modalities.speech.whisper import PACKAGED, load_whisper
from wugan.packet import Packet
from wugan.signals import Transcript, Word
from wugan.stage import Encoder

logger = logging.getLogger(__name__)

MAX_COMPRESSION = 2.4  # text that zlib shrinks more than this is a repetition loop
MAX_TOKENS = 448  # Whisper's context
DOUBT = -0.5  # mean log-probability below which what was heard with a prompt is looked at again


@dataclass(eq=False)
class Transcriber(Encoder[Utterance, Transcript]):
    """Decodes an utterance's `states`; the encoder does not run again. Give it the model that `WhisperEncoder` has.

    No output (`None`, and a debug message) when nothing was said: Whisper's own rule (probability of "no speech" above
    `no_speech_threshold` *and* mean log-probability below `log_prob_threshold`), a text without a letter or digit
    in it, or a repetition loop that a second pass, which forbids repeated trigrams, does not cure.
    `skipped` counts them.

    Args:
        model: see `load_whisper`; it must be the one that made the states.
        device: `"cpu"`, `"cuda"` or `"auto"`.
        compute_type: CTranslate2's arithmetic.
        threads: CPU threads for one call.
        language: ISO 639-1 code, or `None` to detect it from the states (a multilingual model).
        beam_size: hypotheses kept by beam search.
        prompt: words of the field, as a sentence that might have come before: what sounds alike is then heard as them.
        word_times: also give each word's time, by dynamic time warping over the cross-attention; costs a second
            decoder pass.
        no_speech_threshold: see above.
        log_prob_threshold: see above.
    """

    model: str = PACKAGED
    device: str = "cpu"
    compute_type: str = "int8"
    threads: int = 2
    language: str | None = None
    beam_size: int = 5
    prompt: str = ""
    word_times: bool = False
    no_speech_threshold: float = 0.6
    log_prob_threshold: float = -1.0
    skipped: int = field(init=False, default=0)
    _whisper: Any = field(init=False, repr=False, default=None)
    _tokenizers: dict[str, Any] = field(init=False, repr=False, default_factory=dict)

    def warm_up(self) -> None:
        """Load the model, or share the one that `WhisperEncoder` loaded in this process."""
        self._whisper = load_whisper(self.model, self.device, self.compute_type, self.threads)

    def close(self) -> None:
        """Let go of the model."""
        self._whisper = None
        self._tokenizers = {}

    def encode(self, batch: Sequence[Packet[Utterance]]) -> list[Transcript | None]:
        """One transcript for each utterance, `None` where nothing was said."""
        if self._whisper is None:
            self.warm_up()
        return [self._transcribe(packet) for packet in batch]

    def _transcribe(self, packet: Packet[Utterance]) -> Transcript | None:
        from ctranslate2 import StorageView

        utterance = packet.data
        if utterance.states is None:
            raise ValueError("This utterance has no states; put WhisperEncoder before Transcriber")
        # A copy, because packets are read-only and StorageView takes only what it could write to.
        states = StorageView.from_array(np.array(utterance.states[None], dtype=np.float32))
        language = self._language(states)
        tokenizer = self._tokenizer(language)
        result = self._generate(states, tokenizer)
        text = tokenizer.decode(result.sequences_ids[0]).strip()
        if _compression(text) > MAX_COMPRESSION:
            result = self._generate(states, tokenizer, no_repeat_ngram_size=3)
            text = tokenizer.decode(result.sequences_ids[0]).strip()
        tokens, log_prob = result.sequences_ids[0], _log_prob(result)
        reason = self._silence(result, text)
        if reason is None and self.prompt and log_prob < DOUBT:
            # A prompt makes the decoder hear its words in noise; without it, noise is seen for what it is.
            reason = self._silence(self._generate(states, tokenizer, prompted=False), text)
        if reason is not None:
            pass
        elif not any(character.isalnum() for character in text):
            reason = f"no words: {text!r}"
        elif _compression(text) > MAX_COMPRESSION:
            reason = f"repetition: {text[:60]!r}"
        if reason is not None:
            self.skipped += 1
            logger.debug("utterance %d of %r at %.2f s: %s", packet.seq, packet.stream, packet.time_ns / 1e9, reason)
            return None
        words = self._words(states, tokenizer, tokens, utterance.frames) if self.word_times else []
        return Transcript(text, utterance.audio.seconds, language, min(1.0, math.exp(log_prob)), words)

    def _silence(self, result: Any, text: str) -> str | None:
        log_prob = _log_prob(result)
        if result.no_speech_prob > self.no_speech_threshold and log_prob < self.log_prob_threshold:
            return f"no speech ({result.no_speech_prob:.2f}, log-probability {log_prob:.2f}): {text!r}"
        return None

    def _generate(self, states: Any, tokenizer: Any, no_repeat_ngram_size: int = 0, prompted: bool = True) -> Any:
        from faster_whisper.transcribe import get_suppressed_tokens

        before = tokenizer.encode(f" {self.prompt.strip()}") if self.prompt and prompted else []
        prompt = self._whisper.get_prompt(tokenizer, before, without_timestamps=True)
        return self._whisper.model.generate(
            states,
            [prompt],
            beam_size=self.beam_size,
            max_length=MAX_TOKENS,
            no_repeat_ngram_size=no_repeat_ngram_size,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        )[0]

    def _language(self, states: Any) -> str:
        if not self._whisper.model.is_multilingual:
            return "en"
        if self.language is not None:
            return self.language
        return str(self._whisper.model.detect_language(states)[0][0][0][2:-2])  # "<|de|>"

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            whisper = self._whisper
            self._tokenizers[language] = Tokenizer(
                whisper.hf_tokenizer, whisper.model.is_multilingual, task="transcribe", language=language
            )
        return self._tokenizers[language]

    def _words(self, states: Any, tokenizer: Any, tokens: list[int], frames: int) -> list[Word]:
        """Each word with its times, from faster-whisper's alignment of the decoder's cross-attention."""
        segment: dict[str, Any] = {"seek": 0, "start": 0.0, "end": 0.0, "tokens": tokens}
        marks = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
        self._whisper.add_word_timestamps([[segment]], tokenizer, states, frames * 2, *marks, last_speech_timestamp=0.0)
        return [Word(word["word"].strip(), float(word["start"]), float(word["end"])) for word in segment["words"]]


def _log_prob(result: Any) -> float:
    """Mean log-probability of the tokens and the end token."""
    tokens = result.sequences_ids[0]
    return float(result.scores[0]) * len(tokens) / (len(tokens) + 1)


def _compression(text: str) -> float:
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0
