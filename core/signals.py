"""Payload types that devices produce and modalities consume, so that neither imports the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Audio:
    """A stretch of mono sound.

    Attributes:
        samples: float32 `[N]` in -1…1.
        rate: samples per second (Hz).
    """

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return len(self.samples) / self.rate


@dataclass(slots=True)
class HapticSample:
    """A stretch of a haptic device's states, T of them (often one), A axes. SI units; no state is repeated or made up.

    Attributes:
        time_ns: int64 `[T]`, when each state arrived, by `wugan.clock`; not decreasing.
        position: float64 `[T, A]`, m, or rad where `space` is `joint`.
        velocity: float64 `[T, A]`, m/s or rad/s, measured or estimated from positions.
        force: float64 `[T, A]`, N or N·m: the output that was commanded, after all limits.
        rate_hz: how many states a second the device gives nominally.
        space: `cartesian` or `joint`.
        acceleration: float64 `[T, A]`, m/s², where the device has an accelerometer (vibration); otherwise `None`.
    """

    time_ns: NDArray[np.int64]
    position: NDArray[np.float64]
    velocity: NDArray[np.float64]
    force: NDArray[np.float64]
    rate_hz: float
    space: Literal["cartesian", "joint"] = "cartesian"
    acceleration: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.time_ns)

    @property
    def axes(self) -> int:
        """Number of axes."""
        return int(self.position.shape[1])


@dataclass(slots=True)
class ImpedanceUpdate:
    """What a haptic device is to render from now on, as plain values: a fused result's way back to the hand.

    Attributes:
        effects: one mapping for each effect: `"effect"` names it (`"Spring"`, `"Damper"`, `"Wall"`, …: the classes of
            `wugan.devices.haptic.effects`), the other keys are its parameters in SI units. None is free motion.
        valid_s: seconds after which it expires, and the output is zero, unless another has come.
    """

    effects: list[dict[str, Any]]
    valid_s: float = 0.5


@dataclass(slots=True)
class Image:
    """One picture.

    Attributes:
        pixels: uint8 `[H, W, 3]`, red, green, blue; or `[H, W]`, grey.
    """

    pixels: NDArray[np.uint8]


@dataclass(slots=True)
class PointCloud:
    """Points of one sweep or scan.

    Attributes:
        points: float32 `[N, 3]`, metres in the sensor's frame.
        intensity: float32 `[N]`, reflectivity as the sensor gives it; `None` where it gives none.
        time_s: float32 `[N]`, when each point was measured, in seconds after the first; `None` where that is not known.
    """

    points: NDArray[np.float32]
    intensity: NDArray[np.float32] | None = None
    time_s: NDArray[np.float32] | None = None


@dataclass(slots=True)
class Word:
    """One recognised word.

    Attributes:
        text: the word with its punctuation, without surrounding blanks.
        start: seconds from the start of the utterance.
        end: likewise.
    """

    text: str
    start: float
    end: float


@dataclass(slots=True)
class Transcript:
    """What was said in one utterance.

    Attributes:
        text: the words, without surrounding blanks; may be empty.
        seconds: duration of the utterance that it covers.
        language: ISO 639-1 code.
        confidence: geometric mean of the recognised tokens' probabilities, 0…1 (not calibrated).
        words: the words with their times, where the recogniser was asked for them; otherwise empty.
    """

    text: str
    seconds: float
    language: str = "en"
    confidence: float = 1.0
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class Reply:
    """Something to be said.

    Attributes:
        text: the words.
        style: way of speaking: `neutral`, `calm`, `warm`, `apologetic` or `urgent`.
        language: ISO 639-1 code.
    """

    text: str
    style: str = "neutral"
    language: str = "en"
