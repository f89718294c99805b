"""Numbers that describe a moment of touch: spectra of vibration and force, and how hand and device move and push."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.haptics.reduction import power

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
