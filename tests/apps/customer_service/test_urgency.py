from __future__ import annotations

import pytest

from wugan.apps.customer_service.model import CallModel
from wugan.apps.customer_service.urgency import SEVERITY, urgency


@pytest.mark.parametrize(
    ("intent", "emotion", "level"),
    [
        ("exchange_rate", "neutral", "low"),
        ("exchange_rate", "anger", "medium"),
        ("failed_transfer", "sadness", "medium"),
        ("failed_transfer", "fear", "high"),
        ("lost_or_stolen_card", "neutral", "high"),
        ("lost_or_stolen_card", "anger", "high"),
    ],
)
def test_the_rule(intent: str, emotion: str, level: str) -> None:
    assert urgency(intent, emotion) == level


def test_the_table_names_intents_that_exist() -> None:
    assert set(SEVERITY) <= set(CallModel.load().labels["intent"])
