from __future__ import annotations

import math
from typing import Any

import pytest

from wugan.devices.haptic.effects.program import Program
from wugan.devices.haptic.effects.simple import Spring, Wall
from wugan.devices.haptic.force import program_of
from wugan.errors import DataError
from wugan.signals import ImpedanceUpdate


def test_plain_values_become_effects() -> None:
    update = ImpedanceUpdate(
        [
            {"effect": "Spring", "stiffness": 200.0, "center": [0.0, 0.01]},
            {"effect": "Wall", "normal": (0.0, 1.0), "stiffness": 800.0},
        ]
    )
    assert program_of(update) == Program(
        (Spring(stiffness=200.0, center=(0.0, 0.01)), Wall(normal=(0.0, 1.0), stiffness=800.0))
    )
    assert program_of(ImpedanceUpdate([])) == Program()


@pytest.mark.parametrize(
    ("effect", "says"),
    [
        ({"effect": "Sprung"}, r"effects\[0\]: there is no effect 'Sprung'; there are Damper"),
        ({"stiffness": 1.0}, "there is no effect None"),
        ({"effect": "Spring", "stifness": 1.0}, "Spring has no 'stifness'; it has stiffness"),
        ({"effect": "Spring", "stiffness": math.nan}, "stiffness"),
        ({"effect": "Spring", "stiffness": 1e9}, "stiffness"),
        ({"effect": "Spring", "center": "middle"}, "center"),
    ],
)
def test_what_no_device_could_render_is_refused(effect: dict[str, Any], says: str) -> None:
    with pytest.raises(DataError, match=says):
        program_of(ImpedanceUpdate([effect]))


@pytest.mark.parametrize("valid_s", [0.0, -1.0, math.inf, math.nan, 60.0])
def test_a_command_that_never_expires_is_refused(valid_s: float) -> None:
    with pytest.raises(DataError, match="valid_s"):
        program_of(ImpedanceUpdate([], valid_s))
