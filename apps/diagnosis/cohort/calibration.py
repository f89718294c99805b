"""From readings of relative risk to calibrated probabilities of each outcome."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from wugan.apps.diagnosis.cohort.hazards import BINS, CAUSES, at_years, survival
from wugan.apps.diagnosis.cohort.network import READINGS
from wugan.apps.diagnosis.cohort.schema import MODALITIES

Array = NDArray[np.float64]
GROUPS = ("late", "joint", "fused")
"""What is weighed: the sum of the modalities' readings, the joint one, the backbone's."""
LABELS = ("status", "death", "recurrence")
YEARS = (1, 3, 5)
QUANTITIES = (*LABELS, *(f"dead_{years}y" for years in YEARS))
"""Probabilities that the model gives; see `Calibration.probabilities`."""
READS = {"status": (0, 1), "death": (0, 1), "recurrence": (2,)}


class Calibration(BaseModel):
    """Weights and calibration, fitted to predictions for patients whom the readings had not seen.

    Attributes:
        scale: `[groups][causes]`, deviation of each group of readings.
        weights: `[groups][causes]`, not negative.
        baseline: `[causes][BINS]` logits of the hazard at risk zero.
        slope: `[causes]` of the risk.
        labels: intercept, then a slope for each cause that is read (`status` and `death`: both causes of death).
    """

    model_config = ConfigDict(extra="forbid")

    scale: list[list[float]]
    weights: list[list[float]]
    baseline: list[list[float]]
    slope: list[float]
    labels: dict[str, list[float]]

    def risk(self, readings: Array) -> Array:
        """Log relative risks `[N, causes]` of readings `[N, readings, causes]`."""
        return (groups(readings) * (np.array(self.weights) / np.array(self.scale))).sum(axis=1)

    def curve(self, risk: Array) -> Array:
        """Probability of being alive at the ends of the intervals, `[N, BINS]`, either cause of death counted."""
        deaths = slice(0, 2)
        logits = np.array(self.baseline)[deaths] + (risk * np.array(self.slope))[:, deaths, None]
        return survival(logits)

    def probabilities(self, risk: Array) -> dict[str, Array]:
        """Probabilities `[N]` of everything in `QUANTITIES`.

        `status`: dead of the tumour at last information, for a patient who does not die of anything else; `death`:
        dead of anything at last information; `recurrence`: within three years; `dead_1y`, …: dead of anything by then.
        """
        out = {}
        for name in LABELS:
            intercept, *slopes = self.labels[name]
            out[name] = _sigmoid(intercept + risk[:, READS[name]] @ np.array(slopes))
        curve = self.curve(risk)
        for years in YEARS:
            out[f"dead_{years}y"] = 1 - at_years(curve, years)
        return out


def groups(readings: Array) -> Array:
    """Readings `[N, readings, causes]` summed to `[N, groups, causes]`."""
    late = readings[:, : len(MODALITIES)].sum(axis=1)
    return np.stack([late, readings[:, READINGS.index("joint")], readings[:, READINGS.index("fused")]], axis=1)


def logit(p: Array) -> Array:
    """Log odds, finite."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def shape_of(calibration: Calibration) -> bool:
    """Whether the numbers have the shapes that belong together."""
    table = (len(GROUPS), len(CAUSES))
    return (
        np.shape(calibration.scale) == np.shape(calibration.weights) == table
        and np.shape(calibration.baseline) == (len(CAUSES), BINS)
        and len(calibration.slope) == len(CAUSES)
        and all(len(calibration.labels.get(name, [])) == 1 + len(READS[name]) for name in LABELS)
    )
