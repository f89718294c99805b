from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.teleop.tasks import Task, task
from wugan.devices.haptic.effects import Renderer
from wugan.devices.haptic.force import program_of
from wugan.errors import DataError
from wugan.signals import ImpedanceUpdate


@pytest.fixture(scope="module", params=["peg", "deburring"])
def known(request: pytest.FixtureRequest) -> Task:
    return task(request.param, 1)


def test_the_path_in_the_scan_is_the_true_one_within_what_is_asked(known: Task) -> None:
    assert known.error_m < known.limits.path_m
    steps = np.linalg.norm(np.diff(known.path, axis=0), axis=1)
    assert steps.max() < 0.0015 and 0 < known.worked < len(known.path) - 10


def test_it_can_be_rendered_and_the_way_there_is_free(known: Task) -> None:
    renderer = Renderer(3, {"surface": known.surface, "path": known.guide})
    renderer.load(program_of(ImpedanceUpdate(known.contact("surface") + known.guidance(1.0, "path", 400.0))))
    forces = [renderer.step(place, [0.0] * 3, 0.001).copy() for place in known.path[: known.worked // 2].tolist()]
    assert np.abs(forces).max() < 0.5
    assert known.guidance(0.0, "path", 400.0) == []


def test_the_seed_and_the_place_make_it(known: Task) -> None:
    again, other = task(known.name, 1), task(known.name, 2)
    assert np.array_equal(again.seen, known.seen) and not np.array_equal(other.path, known.path)
    moved = task(known.name, 1, (0.01, 0.02, 0.03))
    assert np.abs(moved.path - known.path - [0.01, 0.02, 0.03]).max() < 1e-9
    assert np.abs(moved.seen - known.seen[: len(moved.seen)] - [0.01, 0.02, 0.03]).max() < 5e-4


def test_an_unknown_task() -> None:
    with pytest.raises(DataError, match="peg, deburring"):
        task("welding")
