from __future__ import annotations

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.video.clips import Clip


def clip(**changes: np.ndarray) -> Clip:
    fields = {"pixels": np.zeros((3, 4, 5, 3), np.uint8), "time_ns": np.arange(3), "mask": np.ones(3, bool)}
    return Clip(**{**fields, **changes}, interval_ns=1)  # type: ignore[arg-type]


def test_arrays_fit_together() -> None:
    assert len(clip()) == 3
    for wrong in ({"mask": np.ones(2, bool)}, {"pixels": np.zeros((3, 0, 5, 3), np.uint8)}, {"time_ns": np.arange(2)}):
        with pytest.raises(DataError, match=r"\[T, H, W, 3\]"):
            clip(**wrong)


def test_time_goes_forward() -> None:
    with pytest.raises(DataError, match="increase"):
        clip(time_ns=np.array([0, 2, 2]))
