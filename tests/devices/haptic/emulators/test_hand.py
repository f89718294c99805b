from __future__ import annotations

import numpy as np
import pytest

from wugan.devices.haptic.emulators.body import Body, SpringHand, scripted
from wugan.errors import DataError


def test_a_hand_is_no_stronger_than_it_is() -> None:
    hand = SpringHand(lambda time_s: [1.0, -1.0], stiffness=1e6, strength=3.0)
    assert hand.force(0.0, [0.0, 0.0], [0.0, 0.0]) == [3.0, -3.0]


def test_sine_swings_its_axis_about_the_start() -> None:
    hand = scripted("sine:0.02:2:1", [0.0, 0.1], [8.0, 8.0], joint=False)
    body = Body(0.1, 0.5, start=[0.0, 0.1], hand=hand)
    reached = []
    for _ in range(4000):
        body.step(np.zeros(2), 0.0005)
        reached.append(body.position.copy())
    assert np.ptp(np.array(reached)[:, 0]) == 0
    assert np.ptp(np.array(reached)[2000:, 1]) == pytest.approx(0.04, rel=0.2)


def test_push_and_hold_and_none() -> None:
    push = scripted("push:-1.5:1", [0.0, 0.0], [8.0, 8.0], joint=True)
    assert push is not None and push.force(3.0, [0.0, 0.0], [1.0, 1.0]) == [0.0, -1.5]
    hold = scripted("hold", [0.5], [1.0], joint=True)
    assert hold is not None and hold.force(3.0, [0.5], [0.0]) == [0.0]
    assert scripted("none", [0.0], [1.0], joint=True) is None


@pytest.mark.parametrize(
    "text", ["", "wave", "sine", "sine:a", "sine:nan", "sine:0.1:1:5", "push:1:7", "sine:1:2:3:4", "none:1"]
)
def test_what_is_no_hand_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="hand"):
        scripted(text, [0.0, 0.0], [1.0, 1.0], joint=True)
