"""`KAnnealing`: from dense to sparse attention in the course of training."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import nn

from wugan.errors import DataError


@dataclass(frozen=True)
class KAnnealing:
    """Lowers `top_k` of every DAR layer from all blocks to its final value.

    A model that starts sparse hardly learns where to look (the gate has no gradient from blocks that were never read);
    one that starts dense and is then narrowed keeps what it learnt. `k` falls geometrically, since halving from 16 to 8
    costs a model about as much as halving from 4 to 2.

        schedule = KAnnealing(start=16, end=4, dense_steps=500, anneal_steps=1000)
        for step, batch in enumerate(batches):
            schedule.apply(model, step)
            ...

    Attributes:
        start: number of blocks that counts as all: the largest number that a training sequence is cut into.
        end: final `top_k`.
        dense_steps: steps with all blocks kept.
        anneal_steps: steps over which k falls from `start` to `end` after that.
    """

    start: int
    end: int
    dense_steps: int
    anneal_steps: int

    def __post_init__(self) -> None:
        if not 1 <= self.end <= self.start or self.dense_steps < 0 or self.anneal_steps < 0:
            raise DataError(f"KAnnealing needs 1 <= end <= start and steps of 0 or more, got {self}")

    def k(self, step: int) -> int | None:
        """`top_k` at this step (from 0); `None` while dense."""
        if step < self.dense_steps:
            return None
        done = step - self.dense_steps
        if done >= self.anneal_steps:
            return self.end
        return math.ceil(self.start * (self.end / self.start) ** (done / self.anneal_steps))

    def apply(self, model: nn.Module, step: int) -> int | None:
        """Set `top_k` of every layer of `model` that has `set_top_k`; returns it."""
        k = self.k(step)
        for module in model.modules():
            set_top_k = getattr(module, "set_top_k", None)
            if callable(set_top_k):
                set_top_k(k)
        return k
