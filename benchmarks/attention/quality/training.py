"""Training and evaluation, the same for every attention layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from flops import Flops
from models import Counted
from torch import Tensor, nn

from wugan.attention import KAnnealing

# Generator to inputs and labels; the model takes the same and gives logits of what is asked, in order.
Batches = Callable[[torch.Generator], tuple[Tensor, ...]]

LEARNT = 0.98
HELD_OUT_SEED = 1_000_000


@dataclass(frozen=True)
class Schedule:
    """All blocks with the route loss, then fewer and fewer, then as few as in the end. Dense attention takes as many.

    The learning rate falls to zero all the time.

    Attributes:
        distil: steps with all blocks and the route loss.
        anneal: steps in which k falls.
        settle: steps with the final k.
        rate: AdamW's first learning rate.
        route_weight: factor of the route loss.
    """

    distil: int = 75
    anneal: int = 50
    settle: int = 75
    rate: float = 1e-2
    route_weight: float = 2.0

    @property
    def steps(self) -> int:
        """All of them."""
        return self.distil + self.anneal + self.settle


class Trainer:
    """AdamW on new batches.

    Args:
        model: what is trained, in place.
        batches: makes a new batch of inputs and, last, labels.
        seed: of the batches.
        log: print every 50 steps.
    """

    def __init__(self, model: nn.Module, batches: Batches, seed: int, *, log: bool = False) -> None:
        self.model, self.batches, self.log = model, batches, log
        self.generator = torch.Generator().manual_seed(seed)
        self.optimiser = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
        self.layers = [layer for layer in model.modules() if isinstance(layer, Counted)]
        self.accuracy = 0.0
        self.steps = 0
        self.route_weight = 1.0

    def step(self, rate: float) -> None:
        """One batch."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        *inputs, labels = self.batches(self.generator)
        logits, answers = self.model(*inputs, labels), labels[labels >= 0]
        loss = F.cross_entropy(logits, answers)
        route = sum((layer.route_loss for layer in self.layers if layer.route_loss is not None), torch.zeros(()))
        self.optimiser.zero_grad()
        (loss + self.route_weight * route).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        hits = (logits.detach().argmax(-1) == answers).float().mean().item()
        self.accuracy += 0.2 * (hits - self.accuracy)
        self.steps += 1
        if self.log and self.steps % 50 == 0:
            print(f"  {self.steps}: loss {loss.item():.3f}, route {route.item():.3f}, {self.accuracy:.3f}", flush=True)

    def learn(self, patience: int, rate: float) -> None:
        """Until the training accuracy, averaged over a few batches, is `LEARNT`; `patience` steps at most."""
        for step in range(patience):
            self.step(rate * min(1, (step + 1) / 20))
            if self.accuracy > LEARNT:
                return

    def narrow(self, schedule: Schedule, start: int, end: int | None) -> None:
        """Train by the schedule.

        Args:
            schedule: lengths of the phases.
            start: blocks that count as all.
            end: final `top_k`; `None` to leave it as it is (dense, or few from the start).
        """
        annealing = KAnnealing(start, end or start, schedule.distil, schedule.anneal)
        self.route_weight = schedule.route_weight
        for layer in self.layers:
            layer.teaching = True
        for step in range(schedule.steps):
            if end is not None:
                annealing.apply(self.model, step)
            self.step(schedule.rate * min(1, (step + 1) / 20, (schedule.steps - step) / schedule.steps))


@torch.no_grad()
def evaluate(model: nn.Module, batches: Batches, count: int) -> tuple[float, Flops]:
    """Accuracy over `count` held-out batches (a generator of another seed), and operations of the attention."""
    model.eval()
    layers = [layer for layer in model.modules() if isinstance(layer, Counted)]
    for layer in layers:
        layer.flops = Flops()
    generator = torch.Generator().manual_seed(HELD_OUT_SEED)
    right = asked = 0
    for _ in range(count):
        *inputs, labels = batches(generator)
        answers = labels[labels >= 0]
        right += int((model(*inputs, labels).argmax(-1) == answers).sum())
        asked += len(answers)
    model.train()
    return right / asked, sum((layer.flops for layer in layers), Flops())
