"""Training and evaluation, the same for every attention layer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from flops import Flops
from models import Counted
from torch import Tensor, nn

from wugan.attention import KAnnealing

# Step and generator to inputs and labels; the model takes the same and gives logits of what is asked, in order.
Batches = Callable[[torch.Generator], tuple[Tensor, ...]]

LEARNT = 0.98
HELD_OUT_SEED = 1_000_000


@dataclass(frozen=True)
class Schedule:
    """Dense until it has learnt, then with the route loss, then fewer blocks, then as few as in the end.

    Dense attention takes the same steps; `cold` starts with few blocks.

    Attributes:
        patience: steps at most until the training accuracy, averaged over ten or so batches, is `LEARNT`.
        distil: steps with all blocks and the route loss.
        anneal: steps in which k falls.
        settle: steps with the final k, in which the learning rate falls to zero.
        rate: AdamW's learning rate, after a warm-up of 20 steps.
    """

    patience: int = 400
    distil: int = 50
    anneal: int = 50
    settle: int = 100
    rate: float = 1e-2


@dataclass(frozen=True)
class Trained:
    """Outcome of a training.

    Attributes:
        steps: taken in all.
        seconds: of the whole training.
    """

    steps: int
    seconds: float


def train(
    model: nn.Module,
    batches: Batches,
    schedule: Schedule,
    *,
    start: int,
    end: int | None,
    seed: int,
    log: bool = False,
) -> Trained:
    """Train in place.

    Args:
        model: its `Counted` layers are narrowed, and their route losses are added where they have one.
        batches: makes a new batch of inputs and, last, labels.
        schedule: lengths of the phases.
        start: blocks that count as all.
        end: final `top_k`; `None` to leave it as it is all the time (dense, or a cold start).
        seed: of the training batches.
        log: print every 50 steps.
    """
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=schedule.rate, weight_decay=0.01)
    layers = [layer for layer in model.modules() if isinstance(layer, Counted)]
    annealing = KAnnealing(start, end or start, schedule.distil, schedule.anneal)
    after = schedule.distil + schedule.anneal + schedule.settle
    accuracy, learnt, step = 0.0, schedule.patience, 0
    begin = time.perf_counter()
    model.train()
    while step < learnt + after:
        if accuracy > LEARNT and step < learnt:
            learnt = step
        for layer in layers:
            layer.teaching = step >= learnt
        if end is not None:
            annealing.apply(model, max(0, step - learnt))
        left = learnt + after - step
        rate = schedule.rate * min(1, (step + 1) / 20, left / schedule.settle)
        for group in optimiser.param_groups:
            group["lr"] = rate
        *inputs, labels = batches(generator)
        logits, answers = model(*inputs, labels), labels[labels >= 0]
        loss = F.cross_entropy(logits, answers)
        route = sum((layer.route_loss for layer in layers if layer.route_loss is not None), torch.zeros(()))
        optimiser.zero_grad()
        (loss + route).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        hits = (logits.detach().argmax(-1) == answers).float().mean().item()
        accuracy += 0.2 * (hits - accuracy)
        step += 1
        if log and step % 50 == 0:
            seconds = time.perf_counter() - begin
            print(f"{step} loss {loss.item():.3f} route {route.item():.3f} acc {accuracy:.3f} {seconds:.0f}s", flush=True)
    return Trained(step, time.perf_counter() - begin)


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
