"""`HapticEncoder`: touch as tokens, a moment each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.duration import to_ns
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.stage import Encoder
from wugan.tokens import Tokens


def power(signals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power spectrum of the reduced signal: the sum over the axes.

    Args:
        signals: `[..., N, A]`.

    Returns:
        `[..., N // 2 + 1]`, |DFT|² summed over the axes.
    """
    spectra = np.fft.rfft(signals, axis=-2)
    return np.asarray((spectra.real**2 + spectra.imag**2).sum(axis=-1))


def dft321(signals: NDArray[np.float64]) -> NDArray[np.float64]:
    """DFT321: vibration along several axes, `[N, A]`, as one signal `[N]` with the same power at every frequency.

    People can hardly tell the direction of a vibration above some 100 Hz, so it may be reduced to one axis as long as
    its spectrum stays (Landin, Romano, McMahan, Kuchenbecker, "Dimensional Reduction of High-Frequency Accelerations
    for Haptic Rendering", EuroHaptics 2010).

    The magnitude at each frequency is the root of the axes' summed powers, the phase that of the axes' sum.
    """
    spectra = np.fft.rfft(signals, axis=0)
    magnitude = np.sqrt((np.abs(spectra) ** 2).sum(axis=1))
    phase = np.angle(spectra.sum(axis=1))
    reduced = magnitude * np.exp(1j * phase)
    # At 0 Hz and at the Nyquist frequency only a real number has a signal that is its own; the sign is kept.
    reduced[0] = magnitude[0] * (1.0 if spectra[0].sum().real >= 0 else -1.0)
    if len(signals) % 2 == 0:
        reduced[-1] = magnitude[-1] * (1.0 if spectra[-1].sum().real >= 0 else -1.0)
    return np.asarray(np.fft.irfft(reduced, n=len(signals)))


BANDS = 8
HIGHEST_HZ = 1000.0  #: above it the Pacinian channel feels little (Verrillo 1963)
ACCELERATION_FLOOR = 1e-4  # (m/s²)²: a hundredth of what a fingertip notices at its best
FORCE_FLOOR = 1e-6  # N²: a thousandth of a newton
GAP_PERIODS = 5  # a pause of more sampling periods than this is a hole, and no state is made up for it

NAMES: tuple[str, ...] = (
    *(f"vibration band {number}" for number in range(BANDS)),  # log10 of mean square, (m/s²)²
    *(f"force band {number}" for number in range(BANDS)),  # log10 of mean square, N²
    "speed mean",  # m/s (rad/s)
    "speed deviation",
    "speed greatest",
    "force mean",  # N (N·m), of the magnitude
    "force deviation",
    "force greatest",
    "force rate",  # N/s, root mean square of the magnitude's change
    "power",  # W, what the device gives to the hand
    "path",  # m, way of the hand
    "straightness",  # 0…1, distance between the window's ends over the path
    "vibration centroid",  # Hz
)


def edges(length: int, rate: float) -> NDArray[np.float64]:
    """Limits of the bands in Hz, `[BANDS + 1]`: even in the logarithm, from one cycle a window to 1 kHz or Nyquist."""
    return np.geomspace(rate / length, min(HIGHEST_HZ, rate / 2), BANDS + 1)


def band_power(signals: NDArray[np.float64], rate: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean square in each band, and the centroid, of the axes together (DFT321).

    Args:
        signals: `[W, N, A]`, W windows; their means are taken off, and a Hann window is laid over them.
        rate: samples a second.

    Returns:
        `[W, BANDS]` and Hz `[W]`, 0 where there is no power.
    """
    length = signals.shape[1]
    hann = np.hanning(length + 1)[:-1]
    spectrum = power((signals - signals.mean(axis=1, keepdims=True)) * hann[:, None])
    spectrum = spectrum * (2.0 / (length * (hann**2).sum()))  # one-sided, as mean square (Parseval)
    frequencies = np.fft.rfftfreq(length, 1 / rate)
    # The frequencies of bins are rounded, the limits too: a bin on the limit of all must not fall out.
    place = np.clip(np.searchsorted(edges(length, rate), frequencies + 1e-9, side="right") - 1, 0, BANDS - 1)
    bands = np.zeros((len(signals), BANDS))
    for index in range(1, len(frequencies)):
        bands[:, place[index]] += spectrum[:, index]
    total = spectrum[:, 1:].sum(axis=1)
    centroid = (spectrum[:, 1:] * frequencies[1:]).sum(axis=1) / np.where(total > 0, total, 1.0)
    return bands, centroid


def features(
    position: NDArray[np.float64],
    velocity: NDArray[np.float64],
    force: NDArray[np.float64],
    acceleration: NDArray[np.float64],
    rate: float,
) -> NDArray[np.float64]:
    """Describe windows of touch.

    Args:
        position: `[W, N, A]`: W windows of N samples of A axes.
        velocity: likewise.
        force: likewise.
        acceleration: likewise; its axes may be others.
        rate: samples a second.

    Returns:
        `[W, len(NAMES)]`.
    """
    vibration, centroid = band_power(acceleration, rate)
    pushing, _ = band_power(force, rate)
    speed = np.linalg.norm(velocity, axis=2)
    strength = np.linalg.norm(force, axis=2)
    path = speed[:, :-1].sum(axis=1) / rate
    ends = np.linalg.norm(position[:, -1] - position[:, 0], axis=1)
    columns = [
        speed.mean(axis=1),
        speed.std(axis=1),
        speed.max(axis=1),
        strength.mean(axis=1),
        strength.std(axis=1),
        strength.max(axis=1),
        np.sqrt((np.diff(strength, axis=1) ** 2).mean(axis=1)) * rate,
        (force * velocity).sum(axis=2).mean(axis=1),
        path,
        np.clip(ends / np.where(path > 0, path, 1.0), 0.0, 1.0),
        centroid,
    ]
    spectra = [np.log10(vibration + ACCELERATION_FLOOR), np.log10(pushing + FORCE_FLOOR)]
    return np.concatenate([*spectra, np.stack(columns, axis=1)], axis=1)


_EARLY = 0.75  # of a period: a last state that came so much early still stands for its period


@dataclass(frozen=True, slots=True)
class Regular:
    """States on an even grid, N of them.

    Attributes:
        start_ns: time of the first.
        rate: of the grid, Hz.
        position: float64 `[N, A]`.
        velocity: likewise.
        force: likewise.
        acceleration: `[N, A]`, measured; or the change of the velocity where the device measures none.
        whole: bool `[N]`, false in the midst of a hole: no state was there, and the values are not to be used.
    """

    start_ns: int
    rate: float
    position: NDArray[np.float64]
    velocity: NDArray[np.float64]
    force: NDArray[np.float64]
    acceleration: NDArray[np.float64]
    whole: NDArray[np.bool_]


def regular(sample: HapticSample, rate: float) -> Regular:
    """Interpolate between the states that lie around each moment of a grid; a faster device's are averaged.

    Raises:
        DataError: arrays differ in length, times run backwards, or a value is NaN or infinite.
    """
    _check(sample)
    time_s = (sample.time_ns - sample.time_ns[0]) / 1e9
    finer = max(1, round(sample.rate_hz / rate))  # averages, instead of the alias that leaving out would make
    count = max(1, int((time_s[-1] + 1 / sample.rate_hz) * rate + _EARLY))
    grid = np.arange(count * finer) / (rate * finer)

    def on_grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
        columns = [np.interp(grid, time_s, values[:, axis]) for axis in range(values.shape[1])]
        return np.stack(columns, axis=1).reshape(count, finer, values.shape[1]).mean(axis=1)

    velocity = on_grid(sample.velocity)
    if sample.acceleration is not None:
        acceleration = on_grid(sample.acceleration)
    else:
        acceleration = np.gradient(velocity, axis=0) * rate if count > 1 else np.zeros_like(velocity)
    return Regular(
        start_ns=int(sample.time_ns[0]),
        rate=rate,
        position=on_grid(sample.position),
        velocity=velocity,
        force=on_grid(sample.force),
        acceleration=acceleration,
        whole=_whole(time_s, np.arange(count) / rate, GAP_PERIODS / min(rate, sample.rate_hz)),
    )


def _whole(time_s: NDArray[np.float64], grid: NDArray[np.float64], gap_s: float) -> NDArray[np.bool_]:
    """Which moments lie in no hole between two states."""
    after = np.clip(np.searchsorted(time_s, grid - 1e-9), 1, max(1, len(time_s) - 1))
    if len(time_s) < 2:
        return np.ones(len(grid), bool)
    return np.asarray(time_s[after] - time_s[after - 1] <= gap_s)


def _check(sample: HapticSample) -> None:
    length = len(sample.time_ns)
    for name in ("position", "velocity", "force", "acceleration"):
        values = getattr(sample, name)
        if values is None and name == "acceleration":
            continue
        if values.ndim != 2 or len(values) != length:
            raise DataError(f"HapticSample.{name} must be [{length}, A] as its times, got {values.shape}")
        if not np.isfinite(values).all():
            raise DataError(f"HapticSample.{name} holds NaN or infinity; a device that gives it must be stopped")
    if length == 0:
        raise DataError("HapticSample holds no state")
    if (np.diff(sample.time_ns) < 0).any():
        raise DataError("HapticSample.time_ns runs backwards")
    if not (np.isfinite(sample.rate_hz) and sample.rate_hz > 0):
        raise DataError(f"HapticSample.rate_hz must be more than 0, got {sample.rate_hz}")


logger = logging.getLogger(__name__)

MODALITY = "touch"


@dataclass(eq=False)
class HapticEncoder(Encoder[HapticSample, Tokens]):
    """Encodes a stretch of touch as tokens of modality `"touch"`, float32 `[T, 27]`, one for each whole window.

    A token holds the logarithms of the power of vibration and of force in eight bands each, and eleven numbers on
    speed, force, power and path; `features.NAMES` names them. They are the same whatever the number of axes and in
    whichever direction they lie. Values are in their natural units; a model that reads them scales them. Vibration is
    the measured acceleration where the device has a sensor, otherwise the change of its velocity.

    `positions [T, A]` are the hand's mean positions (m or rad). A token's time is its window's start. A window in which
    states are missing gives no token; what is shorter than a window at a stretch's end is left out, so give it whole
    stretches (`Gather`).

    Args:
        window: what one token spans, 50 to 100 ms being what people feel as one moment.
        rate: Hz to which all devices are brought; the highest band ends at half of it (and at 1 kHz).

    Raises:
        DataError: from `encode`: arrays that do not fit together, times that run backwards, NaN.
    """

    window: str | float = "50ms"
    rate: float = 1000.0

    modality = MODALITY
    dim = len(NAMES)

    def __post_init__(self) -> None:
        self._length = round(to_ns(self.window) * self.rate / 1e9)
        if self._length < 2 * BANDS:
            raise DataError(
                f"HapticEncoder: window {self.window!r} at {self.rate:g} Hz has {self._length} samples, "
                f"at least {2 * BANDS} are needed for {BANDS} bands"
            )

    def encode(self, batch: Sequence[Packet[HapticSample]]) -> list[Tokens | None]:
        """Tokens of each stretch, `None` for one without a whole window."""
        return [self._encode(packet) for packet in batch]

    def _encode(self, packet: Packet[HapticSample]) -> Tokens | None:
        length = self._length
        found = regular(packet.data, self.rate) if len(packet.data) else None
        count = 0 if found is None else len(found.whole) // length
        if found is None or not count:
            logger.debug("packet %d of %r is shorter than a window: no tokens", packet.seq, packet.stream)
            return None
        whole = found.whole[: count * length].reshape(count, length).all(axis=1)
        if not whole.any():
            logger.debug("packet %d of %r has states missing in every window", packet.seq, packet.stream)
            return None
        position, velocity, force, acceleration = (
            values[: count * length].reshape(count, length, -1)[whole]
            for values in (found.position, found.velocity, found.force, found.acceleration)
        )
        values = features(position, velocity, force, acceleration, self.rate).astype(np.float32)
        starts = np.flatnonzero(whole) * length / self.rate
        time_ns = found.start_ns + np.round(starts * 1e9).astype(np.int64)
        return Tokens(values, time_ns, MODALITY, positions=position.mean(axis=1).astype(np.float32))
