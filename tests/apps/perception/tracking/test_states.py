"""The filter against the textbook's matrices."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.perception.tracking.track import States, nearest_turn

DT, ACCELERATION, NOISE = 0.13, 4.0, 0.3


def one_track() -> States:
    row = {name: np.zeros((1, 3)) for name in ("velocity", "pv")}
    whole = {name: np.zeros(1, np.int64) for name in ("identity", "kind", "hits", "updates", "born_ns", "seen_ns")}
    return States(
        place=np.array([[1.0, 2, 3]]),
        form=np.array([[0.0, 4, 2, 1.5]]),
        pp=np.full((1, 3), 0.1),
        vv=np.full((1, 3), 9.0),
        form_variance=np.full((1, 4), 0.04),
        evidence=np.zeros(1),
        ahead=np.ones(1),
        confirmed=np.zeros(1, np.int64),
        detection=np.zeros(1, np.int64),
        **row,
        **whole,
    )


def test_filter_equals_the_one_with_matrices() -> None:
    table = one_track()
    x, p = np.array([1.0, 0]), np.diag([0.1, 9])
    f, q = np.array([[1, DT], [0, 1]]), ACCELERATION**2 * np.array([[DT**4 / 4, DT**3 / 2], [DT**3 / 2, DT**2]])
    h = np.array([[1.0, 0]])
    chance = np.random.default_rng(0)
    rows, noise = np.array([0]), np.array([NOISE])
    for step in range(20):
        table.predict(DT, np.array([ACCELERATION]), np.zeros(1), np.zeros(1))
        x, p = f @ x, f @ p @ f.T + q
        if step % 3:
            z = float(step * DT * 7 + chance.normal(0, NOISE))
            table.correct(rows, np.array([[z, 2, 3, 4, 2, 1.5, 0]]), noise, noise, noise)
            gain = p @ h.T / (h @ p @ h.T + NOISE**2)
            x, p = x + gain[:, 0] * (z - x[0]), (np.eye(2) - gain @ h) @ p
        assert [table.place[0, 0], table.velocity[0, 0]] == pytest.approx(x.tolist())
        assert [table.pp[0, 0], table.pv[0, 0], table.vv[0, 0]] == pytest.approx([p[0, 0], p[0, 1], p[1, 1]])
    assert abs(table.velocity[0, 0] - 7) < 3 * np.sqrt(table.vv[0, 0])
    assert (table.pp > 0).all() and (table.form_variance > 0).all()


def test_size_settles_and_yaw_follows_the_nearer_way() -> None:
    table = one_track()
    rows, noise = np.array([0]), np.array([0.2])
    for yaw in (0.2, 0.2 - np.pi, 0.2 + np.pi, 0.2):
        table.correct(rows, np.array([[1, 2, 3, 5, 2, 1.5, yaw]]), noise, noise, noise)
    assert 4.5 < table.form[0, 1] < 5
    assert 0.1 < table.form[0, 0] < 0.2
    assert table.ahead[0] == 1 + 2 - 2
    table.turn_round(np.array([True]))
    assert -np.pi <= table.form[0, 0] < -np.pi + 0.2 and table.ahead[0] == 1


@pytest.mark.parametrize(
    ("difference", "turn", "same"),
    [(0.3, 0.3, True), (np.pi - 0.1, -0.1, False), (-np.pi + 0.1, 0.1, False), (2 * np.pi + 0.2, 0.2, True)],
)
def test_nearest_turn(difference: float, turn: float, same: bool) -> None:
    found, way = nearest_turn(np.array([difference]))
    assert found[0] == pytest.approx(turn) and bool(way[0]) is same


def test_rows_come_and_go() -> None:
    table = States()
    assert len(table) == 0 and table.boxes.shape == (0, 7)
    table.append(one_track())
    table.append(one_track())
    assert table.boxes.tolist() == [[1, 2, 3, 4, 2, 1.5, 0]] * 2
    table.keep(np.array([False, True]))
    assert len(table) == 1 and table.place.shape == (1, 3)
