"""DFT321: vibration along several axes as one signal with the same power at every frequency.

People can hardly tell the direction of a vibration above some 100 Hz, so it may be reduced to one axis as long as its
spectrum stays (Landin, Romano, McMahan, Kuchenbecker, "Dimensional Reduction of High-Frequency Accelerations for Haptic
Rendering", EuroHaptics 2010).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
    """Reduce `[N, A]` to `[N]`.

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
