from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.teleop.operator import SKILLS, Operator, improved
from wugan.apps.teleop.tasks import Line, Task, task
from wugan.errors import DataError


@pytest.fixture(scope="module")
def known() -> Task:
    return task("peg", 1)


def test_the_less_skilled_aim_worse(known: Task) -> None:
    line = Line(known.path)
    errors = []
    for skill in SKILLS:
        hand = Operator(known, skill, 5)
        aims = np.array([hand.aim(t) for t in np.linspace(0, hand.seconds, 300)])
        errors.append(float(np.sqrt(np.mean(line.nearest(aims)[0] ** 2))))
    assert errors == sorted(errors, reverse=True) and errors[0] > 3 * errors[-1]


def test_the_seed_decides(known: Task) -> None:
    one, same, other = (Operator(known, "novice", seed) for seed in (1, 1, 2))
    assert np.array_equal(one.aim(2.0), same.aim(2.0)) and not np.array_equal(one.aim(2.0), other.aim(2.0))


def test_it_begins_and_ends_where_the_path_does(known: Task) -> None:
    hand = Operator(known, "expert")
    assert np.linalg.norm(hand.aim(0.0) - known.path[0]) < 0.003
    assert np.linalg.norm(hand.aim(hand.seconds) - known.path[-1]) < 0.003


def test_a_hand_waits_for_its_gate_and_has_bounded_strength(known: Task) -> None:
    class Gate:
        value = 0

    hand = Operator(known, "expert", gate=Gate)
    still = [0.0, 0.0, 0.0]
    waiting = hand.force(3.0, known.start.tolist(), still)
    assert waiting == hand.force(4.0, known.start.tolist(), still)
    Gate.value = 1
    hand.force(5.0, known.start.tolist(), still)
    assert hand.force(8.0, known.start.tolist(), still) != waiting
    assert np.linalg.norm(hand.force(8.0, [5.0, 0.0, 0.0], still)) < 12.01


def test_practice_makes_better() -> None:
    skills = [improved(SKILLS["novice"], trials) for trials in (0, 5, 50)]
    assert skills[0] == SKILLS["novice"]
    assert skills[0].wander_m > skills[1].wander_m > skills[2].wander_m > SKILLS["expert"].wander_m


def test_an_unknown_skill(known: Task) -> None:
    with pytest.raises(DataError, match="novice, trained, expert"):
        Operator(known, "wizard")
