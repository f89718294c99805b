"""Prosody: how something is said. Pitch, voicing, loudness and spectrum every 10 ms, and statistics of an utterance.

Pitch is Boersma's autocorrelation method with his dynamic-programming path ("Accurate short-term analysis of the
fundamental frequency and the harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17, 1993). The choice of
descriptors follows the Geneva minimalistic parameter set (Eyben et al., IEEE Trans. Affective Computing 7(2), 2016),
of which this is an independent, smaller implementation: names and scales are not interchangeable with openSMILE's.

Everything here is invariant to the gain of the recording: loudness is relative to the utterance's own level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError
from wugan.signals import Audio

RATE = 16_000
"""Sample rate that the analysis works at (Hz)."""
HOP_SECONDS = 0.010
FRAME_NAMES = (
    "f0_semitones",  # above 55 Hz; 0 where unvoiced
    "voiced",  # 1 or 0
    "harmonicity",  # height of the autocorrelation peak, 0...1
    "level_db",  # relative to the utterance's 95th percentile, down to -60
    "alpha_ratio_db",  # energy of 1-5 kHz over that of 50 Hz-1 kHz
    "hammarberg_db",  # strongest band below 2 kHz over the strongest of 2-5 kHz
    "slope_db",  # spectral slope, dB per octave
    "centroid_octaves",  # spectral centroid above 55 Hz
    "flux",  # change of the normalised spectrum from the frame before
    "jitter",  # relative change of the period from the voiced frame before
    "shimmer_db",  # change of level from the voiced frame before
    *(f"mfcc{i}" for i in range(1, 13)),
)
"""What the columns of `Prosody.frames` are."""

_HOP = int(RATE * HOP_SECONDS)
_WINDOW = 640  # 40 ms: three periods of 75 Hz, as Boersma asks
_FFT = 2048
_FINE = 4  # the autocorrelation is interpolated to quarters of a sample, or short periods would lose to their octaves
_F0_MIN, _F0_MAX = 65.0, 600.0
_OCTAVE_COST = 0.02
_SILENT = 1e-4  # a peak below three steps of 16-bit sound
_CANDIDATES = 4
_FLOOR_DB = -60.0
_PRESENT_DB = -35.0  # frames quieter than this (relative) are pauses
_COLUMN = {name: i for i, name in enumerate(FRAME_NAMES)}
_SPREAD = ("f0_semitones", "level_db", "harmonicity", "alpha_ratio_db", "hammarberg_db", "slope_db", "centroid_octaves")
_RHYTHM = (
    "voiced_fraction",
    "voiced_per_second",
    "voiced_seconds_mean",
    "pause_fraction",
    "pauses_per_second",
    "peaks_per_second",
    "f0_rise_mean",
    "f0_fall_mean",
    "f0_trend",
    "level_rise_mean",
    "level_fall_mean",
    "jitter_mean",
    "shimmer_mean",
    "flux_mean",
    "flux_std",
    "log_seconds",
)
STATISTIC_NAMES = (
    *(f"{name}_{part}" for name in _SPREAD for part in ("mean", "std", "p20", "p50", "p80", "range")),
    *(f"mfcc{i}_{part}" for i in range(1, 13) for part in ("mean", "std")),
    *_RHYTHM,
)
"""What the entries of `Prosody.statistics` are."""


@dataclass(slots=True)
class Prosody:
    """Prosody of one utterance.

    Attributes:
        frames: float32 `[T, 23]`, one row per 10 ms (`FRAME_NAMES`), always at least one row, always finite.
        statistics: float32 `[82]` (`STATISTIC_NAMES`), of the whole utterance; zeros where nothing was voiced.
        hop_seconds: time between rows.
    """

    frames: NDArray[np.float32]
    statistics: NDArray[np.float32]
    hop_seconds: float = HOP_SECONDS

    def column(self, name: str) -> NDArray[np.float32]:
        """One descriptor over time, by its name."""
        return self.frames[:, _COLUMN[name]]


def prosody(audio: Audio) -> Prosody:
    """Analyse one utterance (about 10 ms of processor time per second of sound).

    Args:
        audio: mono sound at 16 kHz; any length including empty, silent or clipped.

    Raises:
        DataError: the rate is not 16 kHz, or the samples are not a finite `[N]` array.
    """
    samples = np.asarray(audio.samples, dtype=np.float32)
    if audio.rate != RATE:
        raise DataError(f"prosody needs {RATE} Hz, got {audio.rate} Hz: resample the audio first")
    if samples.ndim != 1 or not np.isfinite(samples).all():
        raise DataError(f"prosody needs finite mono samples [N], got shape {samples.shape} or NaN/infinity in it")
    # Frame t is centred on t * hop, so that its time is its index; short input is padded with silence.
    padded = np.pad(samples - (samples.mean() if len(samples) else 0.0), (_WINDOW // 2, _WINDOW // 2 + 1))
    peak = float(np.abs(padded).max())
    silent = peak < _SILENT
    if not silent:
        padded = padded / peak
    windows = sliding_window_view(padded, _WINDOW)[::_HOP]
    windows = windows - windows.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(windows * _hann(), _FFT)).astype(np.float32) ** 2

    f0, harmonicity = _pitch(windows, power, silent)
    voiced = f0 > 0
    semitones = np.where(voiced, 12 * np.log2(np.maximum(f0, 1.0) / 55.0), 0.0)
    rms_db = 10 * np.log10(np.square(windows).mean(axis=1) + 1e-10)
    level = np.maximum(rms_db - np.percentile(rms_db, 95), _FLOOR_DB)
    both = voiced[1:] & voiced[:-1]
    jitter, shimmer = np.zeros(len(f0)), np.zeros(len(f0))
    jitter[1:] = np.where(both, np.abs(np.diff(semitones)) * np.log(2) / 12, 0.0)
    shimmer[1:] = np.where(both, np.abs(np.diff(level)), 0.0)
    spectral, mfcc = _spectrum(power)
    frames = np.column_stack(
        [semitones, voiced, harmonicity, level, spectral, jitter, shimmer, mfcc],
    ).astype(np.float32)
    return Prosody(frames, _statistics(frames, len(samples) / RATE))


def _pitch(
    windows: NDArray[np.float32], power: NDArray[np.float32], silent: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """f0 in Hz (0 where unvoiced) and harmonicity of each frame."""
    autocorrelation = np.fft.irfft(power, _FINE * _FFT)[:, : int(_FINE * RATE / _F0_MIN) + 2] * _FINE
    normal = autocorrelation / (autocorrelation[:, :1] + 1e-9 * _WINDOW) / _hann_autocorrelation()
    low = int(_FINE * RATE / _F0_MAX)
    middle = normal[:, low:-1]
    is_peak = (middle > normal[:, low - 1 : -2]) & (middle >= normal[:, low + 1 :]) & (middle > 0.15)
    lags = np.arange(low, low + middle.shape[1])
    # Boersma's octave cost prefers the shorter period when several fit equally well.
    strength = np.where(is_peak, middle - _OCTAVE_COST * np.log2(_F0_MIN / RATE / _FINE * lags), -np.inf)
    best = np.argpartition(-strength, _CANDIDATES, axis=1)[:, :_CANDIDATES]
    rows = np.arange(len(windows))[:, None]
    left, centre, right = (normal[rows, low + best + offset] for offset in (-1, 0, 1))
    curvature = np.minimum(left - 2 * centre + right, -1e-9)
    shift = np.clip(0.5 * (left - right) / curvature, -0.5, 0.5)
    score = strength[rows, best] - 0.25 * (left - right) * shift
    frequency = _FINE * RATE / (low + best + shift)

    local = np.abs(windows).max(axis=1)
    silence = np.full(len(windows), 2.0) if silent else np.maximum(0.0, 2.0 - local / (0.03 / 1.45))
    unvoiced = 0.45 + silence
    path = _best_path(frequency, score, unvoiced)
    chosen = np.minimum(path, _CANDIDATES - 1)
    f0 = np.where(path < _CANDIDATES, frequency[rows[:, 0], chosen], 0.0)
    harmonicity = np.clip(middle.max(axis=1), 0.0, 1.0)
    return f0, np.where(silence > 1.9, 0.0, harmonicity)


def _best_path(
    frequency: NDArray[np.float64], score: NDArray[np.float64], unvoiced: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Viterbi path over the candidates of each frame; index `_CANDIDATES` is "unvoiced"."""
    octaves = np.log2(frequency)
    gain = np.column_stack([score, unvoiced])
    jump = np.full((len(gain), _CANDIDATES + 1, _CANDIDATES + 1), 0.14)
    jump[:, -1, -1] = 0.0
    jump[1:, :-1, :-1] = 0.35 * np.abs(octaves[:-1, :, None] - octaves[1:, None, :])
    total, back = gain[0], np.zeros((len(gain), _CANDIDATES + 1), dtype=np.int64)
    for t in range(1, len(gain)):
        reached = total[:, None] - jump[t]
        back[t] = reached.argmax(axis=0)
        total = reached.max(axis=0) + gain[t]
    path = np.empty(len(gain), dtype=np.int64)
    path[-1] = total.argmax()
    for t in range(len(gain) - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path


def _spectrum(power: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Alpha ratio, Hammarberg index, slope, centroid and flux `[T, 5]`, and MFCC 1-12 `[T, 12]`."""
    hertz = np.fft.rfftfreq(_FFT, 1 / RATE)
    density = power.astype(np.float64) + 1e-10
    low, high = (hertz >= 50) & (hertz < 1000), (hertz >= 1000) & (hertz < 5000)
    alpha = 10 * np.log10(density[:, high].sum(axis=1) / density[:, low].sum(axis=1))
    below, above = (hertz >= 50) & (hertz < 2000), (hertz >= 2000) & (hertz < 5000)
    hammarberg = 10 * np.log10(density[:, below].max(axis=1) / density[:, above].max(axis=1))
    centroid = np.log2(np.maximum((density * hertz).sum(axis=1) / density.sum(axis=1), 55.0) / 55.0)
    filters, octaves, cosines = _mel()
    bands = 10 * np.log10(density @ filters + 1e-10)
    slope = (bands - bands.mean(axis=1, keepdims=True)) @ octaves / (octaves @ octaves)
    shape = np.sqrt(density / density.sum(axis=1, keepdims=True))
    flux = np.zeros(len(density))
    flux[1:] = np.linalg.norm(np.diff(shape, axis=0), axis=1)
    return np.column_stack([alpha, hammarberg, slope, centroid, flux]), bands @ cosines / 10


def _statistics(frames: NDArray[np.float32], seconds: float) -> NDArray[np.float32]:
    """`STATISTIC_NAMES` of one utterance; spectral ones over its voiced frames."""
    value = {name: frames[:, i].astype(np.float64) for i, name in enumerate(FRAME_NAMES)}
    voiced = value["voiced"] > 0
    present = value["level_db"] > _PRESENT_DB
    if not voiced.any():
        return np.zeros(len(STATISTIC_NAMES), dtype=np.float32)
    out: list[float] = []
    for name in _SPREAD:
        of = value[name][voiced]
        p20, p50, p80 = np.percentile(of, (20, 50, 80))
        out += [of.mean(), of.std(), p20, p50, p80, p80 - p20]
    for i in range(1, 13):
        of = value[f"mfcc{i}"][voiced]
        out += [of.mean(), of.std()]
    active = np.flatnonzero(present | voiced)
    inside = slice(active[0], active[-1] + 1)  # without the silence before and after
    length = (inside.stop - inside.start) * HOP_SECONDS
    runs = _runs(voiced[inside])
    pauses = _runs(~(present | voiced)[inside])
    pauses = pauses[pauses >= 8]
    f0_change, f0_trend = _contour(value["f0_semitones"], voiced)
    level_change = np.diff(value["level_db"])[voiced[1:] & voiced[:-1]]
    both = voiced.copy()
    both[1:] &= voiced[:-1]
    out += [
        voiced[inside].mean(),
        len(runs) / length,
        runs.mean() * HOP_SECONDS,
        pauses.sum() * HOP_SECONDS / length,
        len(pauses) / length,
        _peaks(value["level_db"][inside]) / length,
        _mean(f0_change[f0_change > 0]),
        _mean(f0_change[f0_change < 0]),
        f0_trend,
        _mean(level_change[level_change > 0]),
        _mean(level_change[level_change < 0]),
        _mean(np.minimum(value["jitter"][both], 0.2)),
        _mean(value["shimmer_db"][both]),
        value["flux"][inside].mean(),
        value["flux"][inside].std(),
        np.log(max(seconds, 0.1)),
    ]
    return np.asarray(out, dtype=np.float32)


def _contour(semitones: NDArray[np.float64], voiced: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Frame-to-frame changes of pitch inside voiced runs, and its trend in semitones per second."""
    change = np.diff(semitones)[voiced[1:] & voiced[:-1]]
    at = np.flatnonzero(voiced) * HOP_SECONDS
    if len(at) < 5:
        return change, 0.0
    centred = at - at.mean()
    trend = float(centred @ semitones[voiced] / (centred @ centred))
    return change, float(np.clip(trend, -30.0, 30.0))


def _runs(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Lengths of the runs of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return edges[1::2] - edges[::2]


def _peaks(level_db: NDArray[np.float64]) -> int:
    """Syllable-like peaks: maxima of the smoothed level that stand 2 dB over both neighbouring minima."""
    if len(level_db) < 7:
        return 0
    smooth = np.convolve(np.pad(level_db, 3, mode="edge"), np.hanning(9)[1:-1] / np.hanning(9).sum(), mode="valid")
    count, low, high, rising = 0, smooth[0], smooth[0], True
    for value in smooth[1:]:
        if rising:
            high = max(high, value)
            if value < high - 2.0:
                count, rising, low = count + (high > _PRESENT_DB + 10), False, value
        else:
            low = min(low, value)
            if value > low + 2.0:
                rising, high = True, value
    return int(count)


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0


@lru_cache(maxsize=1)
def _hann() -> NDArray[np.float32]:
    return np.hanning(_WINDOW).astype(np.float32)


@lru_cache(maxsize=1)
def _hann_autocorrelation() -> NDArray[np.float64]:
    """Autocorrelation of the window, by which the signal's is divided (Boersma's equation 9)."""
    spectrum = np.abs(np.fft.rfft(_hann().astype(np.float64), _FFT)) ** 2
    autocorrelation = np.fft.irfft(spectrum, _FINE * _FFT)[: int(_FINE * RATE / _F0_MIN) + 2]
    return autocorrelation / autocorrelation[0]


@lru_cache(maxsize=1)
def _mel() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mel filters `[F, 32]`, their centres in octaves about their mean `[32]`, cosines of MFCC 1-12 `[32, 12]`."""
    try:
        from torchaudio.functional import create_dct, melscale_fbanks
    except (ImportError, OSError) as error:  # OSError: a build for another torch
        raise PluginError(
            f"prosody needs a torchaudio that fits torch ({error}): pip install 'wugan[speech]'"
        ) from error
    filters = melscale_fbanks(_FFT // 2 + 1, 50.0, 7600.0, 32, RATE).numpy().astype(np.float64)
    hertz = np.fft.rfftfreq(_FFT, 1 / RATE)
    octaves = np.log2((hertz @ filters) / filters.sum(axis=0))
    return filters, octaves - octaves.mean(), create_dct(13, 32, norm="ortho").numpy().astype(np.float64)[:, 1:]
