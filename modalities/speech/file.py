"""`AudioFile`: a recording as a stream of packets."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.duration import to_ns
from wugan.errors import DataError, PluginError
from wugan.modalities.speech.utterance import RATE
from wugan.packet import Packet
from wugan.signals import Audio
from wugan.stage import Source

logger = logging.getLogger(__name__)

CLIPPED_SHARE = 0.001  #: share of samples at full scale above which a packet counts as clipped
_UNKNOWN_LENGTH = 2**40  # libsndfile announces such lengths for files whose header does not know
_STREAMED = {0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF}  # sizes that a WAV header written to a pipe announces


@dataclass(eq=False)
class AudioFile(Source[Audio]):
    """Reads a sound file: any format and rate that libsndfile knows (WAV, FLAC, OGG, MP3, AIFF, …), any channels.

    Channels are averaged, the rate is converted by soxr, and the file is read as it is played, so a long one does not
    fill the memory. Times count from the start of the file. A packet of which more than 0.1 % of the samples are at
    full scale carries that share as `attrs["clipped"]`, and a warning is logged: words and mood suffer from clipping.

    Args:
        path: the file.
        chunk: length of a packet (`"100ms"`, or seconds); the last one may be shorter.
        rate: samples per second to give.
        realtime: give packets at the speed of the sound, as a microphone would, instead of at once.

    Raises:
        DataError: from `open`: no such file, a folder, not sound, no samples. From `packets`: the file ends before its
            announced length (what there is has been given before), is damaged, or holds NaN or infinity.
    """

    path: str | Path
    chunk: str | float = "100ms"
    rate: int = RATE
    realtime: bool = False
    _file: Any = field(init=False, repr=False, default=None)
    _warned: bool = field(init=False, repr=False, default=False)

    def __post_init__(self) -> None:
        self._size = round(to_ns(self.chunk) * self.rate / 1e9)
        if self._size < 1:
            raise DataError(f"AudioFile: chunk {self.chunk!r} is less than one sample at {self.rate} Hz")

    @property
    def spec(self) -> dict[str, Any]:
        """Rate (Hz), channels, type and unit; once open also the file's own rate and channels."""
        spec: dict[str, Any] = {"kind": "audio", "rate": self.rate, "channels": 1, "dtype": "float32", "unit": "±1"}
        if self._file is not None:
            spec |= {"file_rate": self._file.samplerate, "file_channels": self._file.channels}
        return spec

    def open(self) -> None:
        """Open the file and look at its header."""
        try:
            import soundfile
        except ImportError as error:
            raise PluginError("AudioFile needs soundfile: pip install 'wugan[speech]'") from error
        path = Path(self.path)
        if path.is_dir():
            raise DataError(f"{path} is a folder; give a sound file")
        if not path.exists():
            raise DataError(f"{path}: no such file")
        if path.stat().st_size == 0:
            raise DataError(f"{path} is empty (0 bytes)")
        try:
            file = _forward_reader()(path)
        except (soundfile.LibsndfileError, OSError) as error:
            reason = getattr(error, "error_string", str(error))
            raise DataError(
                f"{path} cannot be read as sound ({reason}); give WAV, FLAC, OGG, MP3 or AIFF (convert others, for "
                "example: ffmpeg -i INPUT out.wav)"
            ) from error
        if file.frames == 0:
            file.close()
            raise DataError(f"{path} holds no sound (0 s)")
        self.close()
        self._file = file
        self._warned = False

    def close(self) -> None:
        """Close the file; `packets` then ends."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def packets(self) -> Iterator[Packet[Audio]]:
        """The sound from the start of the file to its end."""
        if self._file is None:
            self.open()
        started = time.monotonic()
        position = 0
        for seq, (samples, clipped) in enumerate(self._chunks()):
            time_ns = position * 1_000_000_000 // self.rate
            position += len(samples)
            if self.realtime:
                time.sleep(max(0.0, started + position / self.rate - time.monotonic()))
            attrs = {"clipped": clipped} if clipped > CLIPPED_SHARE else {}
            if attrs and not self._warned:
                self._warned = True
                logger.warning("%s clips at %.1f s: %.1f %% at full scale", self.path, time_ns / 1e9, clipped * 100)
            yield Packet(Audio(samples, self.rate), time_ns, stream=Path(self.path).name, seq=seq, attrs=attrs)

    def _chunks(self) -> Iterator[tuple[NDArray[np.float32], float]]:
        """Chunks at the rate asked for, and which share of the samples they came from was at full scale."""
        import soxr

        native = self._file.samplerate
        resampler = soxr.ResampleStream(native, self.rate, 1, dtype="float32") if native != self.rate else None
        held = np.zeros(0, np.float32)
        full = total = 0
        for block, at_full in self._blocks(max(1, round(self._size * native / self.rate))):
            full, total = full + at_full, total + len(block)
            held = np.concatenate([held, resampler.resample_chunk(block) if resampler else block])
            while len(held) >= self._size:
                yield held[: self._size].copy(), full / max(1, total)
                held, full, total = held[self._size :], 0, 0
        if resampler:
            held = np.concatenate([held, resampler.resample_chunk(np.zeros(0, np.float32), last=True)])
        for start in range(0, len(held), self._size):
            yield held[start : start + self._size].copy(), full / max(1, total)
        self._check_end()

    def _blocks(self, size: int) -> Iterator[tuple[NDArray[np.float32], int]]:
        """Mono blocks at the file's rate, and how many of their samples are at full scale in some channel."""
        import soundfile

        full_scale = 0.99 if self._file.subtype in ("PCM_U8", "PCM_S8") else 0.999
        self._read = 0
        while (file := self._file) is not None:
            try:
                block = file.read(size, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise DataError(
                    f"{self.path} is damaged or cut off after {self._read / file.samplerate:.2f} s "
                    f"({error.error_string}); the sound before that was read"
                ) from error
            if not len(block):
                return
            if not np.isfinite(block).all():
                raise DataError(f"{self.path} holds NaN or infinity after {self._read / file.samplerate:.2f} s")
            self._read += len(block)
            yield block.mean(axis=1), int((np.abs(block) >= full_scale).any(axis=1).sum())

    def _check_end(self) -> None:
        """Compare what was read with what the header announces."""
        file = self._file
        if file is None:  # closed while reading
            return
        announced = file.frames
        # libsndfile corrects the length of a WAV file that was cut off, and says so only in its log.
        wav = re.search(r"^data : (\d+) \(should be (\d+)\)", file.extra_info, re.MULTILINE)
        if wav and int(wav[1]) not in _STREAMED and int(wav[1]) > int(wav[2]) > 0:
            announced = announced * int(wav[1]) // int(wav[2])
        # An MP3 header may count the encoder's padding: allow a tenth of a second.
        if announced < _UNKNOWN_LENGTH and self._read < announced - (0 if wav else file.samplerate // 10):
            raise DataError(
                f"{self.path} is cut off: it holds {self._read / file.samplerate:.2f} s of the "
                f"{announced / file.samplerate:.2f} s that it announces; the sound before that was read"
            )


@cache
def _forward_reader() -> Any:
    """A `SoundFile` that never seeks.

    soundfile seeks after each block that it reads; an MP3 frame needs the bits of frames before it, which a seek throws
    away, so that blocks of some files came out silent.
    """
    import soundfile

    class ForwardReader(soundfile.SoundFile):
        def seekable(self) -> bool:
            return False

    return ForwardReader
