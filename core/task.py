"""`Task`: one trained head that answers about files, behind `wugan predict TASK FILE…`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Prediction(BaseModel):
    """What a task says about one item of a file.

    Attributes:
        label: the most probable class.
        probs: calibrated probability of every class; they sum to 1.
        abstain: whether the task would rather not decide (see the task's model card).
        item: which item of a file that holds several (a line or row, from 1).
    """

    model_config = ConfigDict(extra="forbid")

    label: str
    probs: dict[str, float]
    abstain: bool = False
    item: int | None = Field(default=None)


class Task(ABC):
    """Answers about files. Registered under the entry point group `wugan.tasks`; the first docstring line is its help.

    Args:
        weights: a name of shipped weights or a path; `None` means the default.
    """

    def __init__(self, weights: str | None = None) -> None:
        self.weights = weights

    @abstractmethod
    def warm_up(self) -> None:
        """Load the models. Raises `DataError` where the weights do not exist or do not fit."""

    @abstractmethod
    def predict(self, path: Path) -> Iterable[Prediction]:
        """Answer about one file. Raises `DataError` where it cannot be used; names the file and the remedy."""
