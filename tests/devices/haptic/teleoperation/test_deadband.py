from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.teleoperation.endpoint import Deadband

vectors = st.lists(st.tuples(*[st.floats(-20, 20)] * 3), max_size=60)


@given(vectors, st.floats(0, 0.5), st.floats(0.001, 1))
def test_what_is_held_is_always_within_the_threshold(
    values: list[tuple[float, ...]], weber: float, floor: float
) -> None:
    coder = Deadband(weber, floor)
    held = None
    for value in map(np.array, values):
        if coder.felt(value):
            coder.sent(value)
            held = value
        assert held is not None
        assert np.linalg.norm(value - held) <= max(floor, weber * np.linalg.norm(held)) + 1e-9


def test_a_fraction_is_not_felt() -> None:
    coder = Deadband(0.1, 0.01)
    assert coder.felt(np.zeros(1))
    coder.sent(np.array([2.0]))
    assert not coder.felt(np.array([2.19])) and not coder.felt(np.array([1.81])) and coder.felt(np.array([2.21]))
