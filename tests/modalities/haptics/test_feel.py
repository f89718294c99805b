from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from wugan.config import build, dump
from wugan.errors import DataError
from wugan.modalities.haptics import Feel
from wugan.signals import ImpedanceUpdate
from wugan.task import Prediction
from wugan.testing import run_stage

RULES: dict[str, list[dict[str, Any]]] = {
    "danger": [{"effect": "Wall", "normal": [0, 0, 1], "stiffness": 900.0}],
    "free": [],
}
SOFT = [{"effect": "Damper", "damping": 2.0}]


@pytest.mark.parametrize(
    ("label", "probability", "abstain", "effects"),
    [
        ("danger", 0.9, False, RULES["danger"]),
        ("free", 0.9, False, []),
        ("danger", 0.5, False, SOFT),
        ("danger", 0.9, True, SOFT),
        ("else", 0.9, False, SOFT),
    ],
)
def test_effects_follow_the_label_where_it_is_certain(
    label: str, probability: float, abstain: bool, effects: list[dict[str, Any]]
) -> None:
    result = Prediction(label=label, probs={label: probability, "rest": 1 - probability}, abstain=abstain)
    run_stage(Feel(RULES, SOFT, valid="200ms"), [result], [ImpedanceUpdate(effects, 0.2)])


def test_a_bare_label_counts() -> None:
    run_stage(Feel(RULES), [SimpleNamespace(label="danger")], [ImpedanceUpdate(RULES["danger"], 0.5)])


def test_what_is_wrong_is_said_when_it_is_made() -> None:
    with pytest.raises(DataError, match="'free' needs its name"):
        Feel({"free": [{"stiffness": 3}]})
    with pytest.raises(DataError, match="least"):
        Feel({}, least=2)
    with pytest.raises(DataError, match=r"result with a label, 'test' gave int"):
        run_stage(Feel({}), [3])


def test_it_is_written_to_yaml_and_read_back() -> None:
    written = dump(Feel(RULES, SOFT), "feel")
    again = build(written["use"], written["with"], "feel")
    assert again.rules == RULES and again.otherwise == SOFT
