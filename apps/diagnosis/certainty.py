"""How probable it is that a true value lies beyond a threshold, given what was measured and how exactly."""

from __future__ import annotations

import math

from wugan.apps.diagnosis.result import Measure, Threshold

_Z95 = 1.959963984540054


def beyond(measure: Measure, threshold: Threshold) -> float:
    """Probability that the true value lies on the threshold's side.

    The error of the measure is taken as normal, with the standard deviation that its 95 % interval implies on the side
    towards the threshold (GUM, JCGM 106:2012, section 7). Without an interval the answer is 0 or 1, or ½ on the
    threshold itself.
    """
    gap = measure.value - threshold.value
    if threshold.side == "below":
        gap = -gap
    towards = measure.low if measure.value > threshold.value else measure.high
    sigma = 0.0 if towards is None else abs(measure.value - towards) / _Z95
    if sigma == 0.0:
        return 0.5 if gap == 0 else float(gap > 0)
    return 0.5 * (1 + math.erf(gap / (sigma * math.sqrt(2))))
