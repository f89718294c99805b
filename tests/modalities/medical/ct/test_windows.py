from __future__ import annotations

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct import PRESETS, WindowLevel, window


def test_dicoms_own_example() -> None:
    # PS3.3 C.11.2.1.2.1: center 2048, width 4096 spreads 0…4095 over the whole range.
    values = np.array([-1, 0, 4095, 4096], np.float32)
    assert window(values, WindowLevel(2048, 4096)).tolist() == [0, 0, 255, 255]
    # Center 0, width 1: black up to -0.5, white above.
    assert window(np.array([-0.5, -0.4, 3], np.float32), WindowLevel(0, 1)).tolist() == [0, 255, 255]
    assert window(np.array([[0]], np.float32), WindowLevel(0, 100)).dtype == np.uint8


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_monotone_and_centred(name: str) -> None:
    preset = PRESETS[name]
    values = np.linspace(-2000, 3071, 5072, dtype=np.float32)
    grey = window(values, name).astype(int)
    assert (np.diff(grey) >= 0).all() and grey[0] == 0 and grey[-1] == 255
    assert abs(int(window(np.array([preset.center], np.float32), preset)[0]) - 128) <= 3


def test_unknown_names_and_widths_are_refused() -> None:
    with pytest.raises(DataError, match=r"no window 'heart'.*lung"):
        window(np.zeros(1, np.float32), "heart")
    with pytest.raises(DataError, match="width"):
        WindowLevel(40, 0)
