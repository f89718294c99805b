from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from wugan.task import Prediction, Task


def test_a_prediction_takes_what_it_names_and_nothing_else():
    prediction = Prediction(label="calm", probs={"calm": 0.75, "angry": 0.25})
    assert prediction.model_dump(exclude_none=True) == {
        "label": "calm",
        "probs": {"calm": 0.75, "angry": 0.25},
        "abstain": False,
    }
    with pytest.raises(ValidationError):
        Prediction(label="calm", probs={}, score=1)


def test_a_task_must_say_how_it_warms_up_and_predicts():
    class Half(Task):
        def warm_up(self) -> None: ...

    with pytest.raises(TypeError, match="predict"):
        Half()

    class Whole(Half):
        def predict(self, path: Path):
            yield Prediction(label=path.name, probs={})

    assert Whole().weights is None and Whole("a.safetensors").weights == "a.safetensors"
    assert [answer.label for answer in Whole().predict(Path("x/y.wav"))] == ["y.wav"]
