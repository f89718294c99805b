from __future__ import annotations

import numpy as np
import pytest

from wugan import Tokens
from wugan.errors import DataError

TIMES = np.arange(3, dtype=np.int64)


def test_tokens_hold_their_length():
    tokens = Tokens(np.zeros((3, 5), np.float32), TIMES, "voice", np.ones(3, bool), np.zeros((3, 2), np.float32))
    assert len(tokens) == 3
    assert len(Tokens(np.zeros((0, 5), np.float32), TIMES[:0], "voice")) == 0


@pytest.mark.parametrize(
    ("values", "more", "complaint"),
    [
        (np.zeros(3, np.float32), {}, r"modality 'voice' must be \[T, D\], got \(3,\)"),
        (np.zeros((4, 5), np.float32), {}, "time_ns of modality 'voice' has length 3, values 4"),
        (np.zeros((3, 5), np.float32), {"mask": np.ones(2, bool)}, "mask of modality 'voice' has length 2"),
        (np.zeros((3, 5), np.float32), {"positions": np.zeros((1, 2))}, "positions of modality 'voice' has length 1"),
        (np.full((3, 5), np.nan, np.float32), {}, "hold NaN or infinity"),
        (np.full((3, 5), np.inf, np.float32), {}, "hold NaN or infinity"),
    ],
)
def test_tokens_that_do_not_fit_together_are_refused(values, more, complaint):
    with pytest.raises(DataError, match=complaint):
        Tokens(values, TIMES, "voice", **more)
