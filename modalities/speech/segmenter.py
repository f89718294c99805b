"""`Segmenter`: an endless stream of sound to utterances, by Silero's voice activity detector."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wugan.duration import to_ns
from wugan.errors import DataError, PluginError
from wugan.modalities.speech.utterance import RATE, WINDOW_SECONDS, Utterance
from wugan.packet import Packet
from wugan.signals import Audio
from wugan.stage import Stage
from wugan.weights import verify_weights

FRAME = 512  #: samples at 16 kHz that the detector looks at together (32 ms)
_CONTEXT = 64  # samples of the frame before, which the network also sees
_SHA256 = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"


class SileroVad:
    """The detector's network and its recurrent state. One object serves one stream.

    Raises:
        PluginError: silero-vad or onnxruntime is not installed.
        DataError: the network's file is not the one pinned here.
    """

    def __init__(self) -> None:
        # Importing silero_vad sets torch to one thread for the whole process, so only its file is used.
        package = find_spec("silero_vad")
        try:
            import onnxruntime
        except ImportError as error:
            raise PluginError("Voice activity detection needs onnxruntime: pip install 'wugan[speech]'") from error
        if package is None or not package.submodule_search_locations:
            raise PluginError("Voice activity detection needs silero-vad: pip install 'wugan[speech]'")
        path = verify_weights(Path(package.submodule_search_locations[0]) / "data" / "silero_vad.onnx", _SHA256)
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.reset()

    def reset(self) -> None:
        """Forget the sound before."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def __call__(self, frame: NDArray[np.float32]) -> float:
        """Probability that this frame (float32 `[512]` at 16 kHz) holds speech, 0…1."""
        samples = np.concatenate([self._context, frame])
        inputs = {"input": samples[None], "state": self._state, "sr": np.array(16_000, np.int64)}
        probability, self._state = self._session.run(None, inputs)
        self._context = samples[-_CONTEXT:]
        return float(probability[0, 0])


logger = logging.getLogger(__name__)

GAP_NS = 50_000_000  #: a jump in the packets' times larger than this means that sound was lost
_HYSTERESIS = 0.15  # below threshold - this, speech may be ending
_SMOOTH = 5  # frames over which loudness is averaged to find the quietest point


class _Frame(NamedTuple):
    time_ns: int
    samples: NDArray[np.float32]
    speech: bool
    clipped: float


@dataclass(eq=False)
class Segmenter(Stage[Audio, Utterance]):
    """Cuts speech out of a stream by voice activity. Silence costs no memory; nothing is given for it.

    An utterance's packet has the time of its first sample, `attrs["end_ns"]`, `attrs["cut"]` where it was cut for
    length and the next one continues it, and `attrs["clipped"]` (share of samples at full scale) where the source
    reported that. Other metadata is that of the last packet before its end. Samples are the source's own, in
    order and never twice. A jump in the packets' times (lost sound) ends the utterance there; `gaps` counts these, and
    `dropped` the sounds shorter than `min_speech` (clicks, coughs).

    With `early`, whoever waits for an answer need not wait for `min_silence`: an utterance is given after that shorter
    pause. If its speaker goes on, the whole is given again with `attrs["revises"]`, the time of the one that it
    takes the place of; its own is a nanosecond later, so that streams joined by time do not mix the two.

    Args:
        threshold: speech probability (0…1) from which a frame of 32 ms counts as speech.
        min_speech: an utterance with less speech than this is dropped.
        min_silence: pause that ends an utterance.
        early: pause after which an utterance is given that may go on; shorter than `min_silence`, not than `padding`.
        padding: sound kept before and after the speech; at most `min_silence`.
        max_length: a longer utterance is cut at the quietest point of its second half; at most 30 s, so that it fits
            the recogniser's window.

    Raises:
        DataError: from `__init__`, settings that contradict each other; from `process`, sound that is not at 16 kHz or
            holds NaN or infinity (the stream goes on without that packet).
    """

    threshold: float = 0.5
    min_speech: str | float = "250ms"
    min_silence: str | float = "500ms"
    padding: str | float = "200ms"
    max_length: str | float = "28s"
    early: str | float | None = None
    dropped: int = field(init=False, default=0)
    gaps: int = field(init=False, default=0)
    _vad: Any = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        self._min_speech = _frames(self.min_speech)
        self._min_silence = max(1, _frames(self.min_silence))
        self._padding = _frames(self.padding)
        self._max_frames = to_ns(self.max_length) * RATE // (FRAME * 1_000_000_000)
        if not 0 < self.threshold <= 1:
            raise DataError(f"Segmenter: threshold {self.threshold} is not in (0, 1]")
        self._early = 0 if self.early is None else max(1, _frames(self.early))
        if self._early and not self._padding <= self._early < self._min_silence:
            raise DataError(
                f"Segmenter: early {self.early!r} must be at least padding {self.padding!r} and shorter than "
                f"min_silence {self.min_silence!r}"
            )
        if self._padding > self._min_silence:
            raise DataError(f"Segmenter: padding {self.padding!r} is longer than min_silence {self.min_silence!r}")
        if to_ns(self.max_length) > WINDOW_SECONDS * 1e9 or self._max_frames < 2 * (self._padding + self._min_silence):
            raise DataError(
                f"Segmenter: max_length {self.max_length!r} must be at most 30 s and hold min_silence and padding twice"
            )
        self._seq = 0
        self._interrupted = False  # set by another thread, read by ours
        self._reset()

    def _reset(self) -> None:
        self._pending = np.zeros(0, np.float32)  # less than a frame
        self._pending_ns = 0
        self._end_ns: int | None = None  # where the next packet should start
        self._before: deque[_Frame] = deque(maxlen=self._padding + 1)  # the last frames that were not speech
        self._held: list[_Frame] = []  # the utterance under way
        self._silence = 0  # frames since its last speech
        self._continues = False  # it follows one that was cut for length
        self._given: int | None = None  # time of it as given early
        self._resumed = False  # and its speaker went on
        if self._vad is not None:
            self._vad.reset()

    def warm_up(self) -> None:
        """Load the detector."""
        if self._vad is None:
            self._vad = SileroVad()

    def process(self, packet: Packet[Audio]) -> Iterator[Packet[Utterance]]:
        """Utterances that end in this packet."""
        self.warm_up()
        if self._interrupted:
            self._interrupted = False
            self._reset()
        audio = packet.data
        if audio.rate != RATE:
            raise DataError(
                f"Segmenter got {audio.rate} Hz from {packet.stream!r}; it needs {RATE}: set rate={RATE} at the source"
            )
        if not np.isfinite(audio.samples).all():
            raise DataError(f"packet {packet.seq} of {packet.stream!r} holds NaN or infinity; check the source")
        if self._end_ns is not None and abs(packet.time_ns - self._end_ns) > GAP_NS:
            self.gaps += 1
            logger.warning("%r jumps by %.2f s: sound was lost", packet.stream, (packet.time_ns - self._end_ns) / 1e9)
            yield from self._finish()
        self._end_ns = packet.time_ns + _ns(len(audio.samples))
        clipped = float(packet.attrs.get("clipped", 0.0))
        if not len(self._pending):
            self._pending_ns = packet.time_ns
        carried = len(self._pending)
        samples = np.concatenate([self._pending, audio.samples])
        used = 0
        while len(samples) - used >= FRAME:
            time_ns = self._pending_ns if used < carried else packet.time_ns + _ns(used - carried)
            yield from self._push(samples[used : used + FRAME], time_ns, clipped, packet)
            used += FRAME
        if used:
            self._pending_ns = packet.time_ns + _ns(used - carried)
        self._pending = samples[used:].copy()
        self._last = packet

    def flush(self) -> Iterator[Packet[Utterance]]:
        """The utterance under way when the stream ends."""
        if self._interrupted:
            self._interrupted = False
            self._reset()
        if self._end_ns is not None:
            yield from self._finish()

    def watermark(self, time_ns: int) -> int:
        """Start of the earliest sound that may still become part of an utterance."""
        if self._interrupted or self._end_ns is None:
            return time_ns
        for frames in (self._held, self._before):
            if frames:
                return min(time_ns, frames[0].time_ns)
        return min(time_ns, self._pending_ns) if len(self._pending) else time_ns

    def interrupt(self) -> None:
        """Forget the utterance under way, and the detector's state, before the next packet."""
        self._interrupted = True

    def _finish(self) -> Iterator[Packet[Utterance]]:
        """End the stretch of sound: what is under way comes out, and everything is forgotten."""
        packet = self._last
        if len(self._pending):
            yield from self._push(self._pending, self._pending_ns, float(packet.attrs.get("clipped", 0.0)), packet)
        if self._held and self._fresh():
            keep = len(self._held) - max(0, self._silence - self._padding)
            yield from self._emit(self._held[:keep], packet, cut=False)
        self._reset()

    def _push(
        self, samples: NDArray[np.float32], time_ns: int, clipped: float, packet: Packet[Audio]
    ) -> Iterator[Packet[Utterance]]:
        whole = samples if len(samples) == FRAME else np.pad(samples, (0, FRAME - len(samples)))
        probability = self._vad(whole)
        frame = _Frame(time_ns, samples, probability >= self.threshold, clipped)
        if not self._held:
            self._before.append(frame)
            if frame.speech:
                self._held, self._silence = list(self._before), 0
                self._before.clear()
            return
        self._held.append(frame)
        if frame.speech:
            self._silence, self._resumed = 0, True
        elif self._silence or probability < self.threshold - _HYSTERESIS:
            self._silence += 1
        if self._silence == self._early and self._early and self._fresh():
            keep = len(self._held) - self._silence + self._padding
            yield from self._emit(self._held[:keep], packet, cut=False, early=True)
        elif self._silence >= self._min_silence:
            keep = len(self._held) - self._silence + self._padding
            done, rest = self._held[:keep], self._held[keep:]
            self._held = []
            self._before.extend(rest)
            if self._fresh():
                yield from self._emit(done, packet, cut=False)
            self._continues, self._given = False, None
        elif len(self._held) >= self._max_frames:
            keep = self._quietest()
            done, self._held = self._held[:keep], self._held[keep:]
            self._silence = min(self._silence, len(self._held))
            yield from self._emit(done, packet, cut=True)
            self._continues, self._given = True, None

    def _fresh(self) -> bool:
        """Whether the utterance under way holds speech that was not given early."""
        return self._given is None or self._resumed

    def _quietest(self) -> int:
        """Index of the quietest frame in the second half of the utterance under way."""
        power = np.array([float(np.mean(frame.samples**2)) for frame in self._held])
        smooth = np.convolve(power, np.ones(_SMOOTH) / _SMOOTH, mode="same")
        half = len(power) // 2
        # The last frames are left out: their average would lack the sound that follows.
        return half + int(np.argmin(smooth[half : len(smooth) - _SMOOTH]))

    def _emit(
        self, frames: list[_Frame], packet: Packet[Audio], cut: bool, early: bool = False
    ) -> Iterator[Packet[Utterance]]:
        speech = sum(frame.speech for frame in frames)
        if speech < (1 if self._continues else max(1, self._min_speech)):
            if speech and not early:
                self.dropped += 1
                logger.debug(
                    "%r: %d ms of sound at %.2f s dropped", packet.stream, speech * 32, frames[0].time_ns / 1e9
                )
            return
        samples = np.concatenate([frame.samples for frame in frames])
        attrs = {key: value for key, value in packet.attrs.items() if key != "clipped"}
        attrs["end_ns"] = frames[-1].time_ns + _ns(len(frames[-1].samples))
        clipped = sum(frame.clipped for frame in frames) / len(frames)
        if clipped:
            attrs["clipped"] = clipped
        if cut:
            attrs["cut"] = True
        time_ns = frames[0].time_ns
        if self._given is not None:
            attrs["revises"], time_ns = self._given, self._given + 1
        yield Packet(Utterance(Audio(samples, RATE)), time_ns, stream=packet.stream, seq=self._seq, attrs=attrs)
        if early:
            self._given, self._resumed = time_ns, False
        self._seq += 1


def _frames(duration: str | float) -> int:
    """Frames that cover a duration."""
    return math.ceil(to_ns(duration) * RATE / (FRAME * 1_000_000_000))


def _ns(samples: int) -> int:
    return samples * 1_000_000_000 // RATE
