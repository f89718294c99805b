"""`fit`: the training loop. AdamW, one cycle of the learning rate, clipped gradients; an average, early stopping."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        steps: of the optimiser.
        lr: greatest learning rate, reached after `warm_up` of the steps (one cycle: Smith & Topin 2018).
        decay: weight decay of AdamW.
        warm_up: share of the steps.
        memory: of the moving average of the weights from one step to the next (Polyak); the last weights where `None`.
        every: steps between two points of the curve.
        patience: points of the curve without a better `check` after which training stops.
    """

    steps: int
    lr: float
    decay: float = 0.05
    warm_up: float = 0.15
    memory: float | None = None
    every: int = 100
    patience: int | None = None


@dataclass(frozen=True)
class Point:
    """One point of a learning curve.

    Attributes:
        step: steps made.
        loss: mean of the steps since the last point.
        check: what the caller's `check` said, less is better; `None` without one.
    """

    step: int
    loss: float
    check: float | None = None


def fit(
    network: Network,
    loss_of: Callable[[int], Tensor],
    recipe: Recipe,
    *,
    parameters: Iterable[Tensor] | None = None,
    faster: tuple[nn.Module, float] | None = None,
    check: Callable[[Network], float] | None = None,
    progress: Callable[[Point], None] = lambda _: None,
) -> tuple[Network, list[Point]]:
    """Train a network; deterministic as far as `loss_of` is. The caller seeds torch before making the network.

    Args:
        network: trained in place.
        loss_of: the loss of a step, by its number from 0.
        recipe: see `Recipe`.
        parameters: what is trained; all of the network's where not given.
        faster: a part of the network and how many times its learning rate is that of the others.
        check: asked at every point of the curve, of the network in evaluation mode, on data it does not learn from;
            the weights of the best point are given back.
        progress: called with every point of the curve.

    Returns:
        The trained network (its average, where asked for) in evaluation mode, and the curve.
    """
    trained = list(network.parameters() if parameters is None else parameters)
    groups: list[dict[str, object]] = [{"params": trained, "lr": recipe.lr}]
    if faster is not None:
        ids = {id(one) for one in faster[0].parameters()}
        groups = [
            {"params": [one for one in trained if id(one) not in ids], "lr": recipe.lr},
            {"params": [one for one in trained if id(one) in ids], "lr": recipe.lr * faster[1]},
        ]
    optimiser = torch.optim.AdamW(groups, recipe.lr, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        [group["lr"] for group in optimiser.param_groups],
        total_steps=recipe.steps,
        pct_start=recipe.warm_up,
    )
    given = network if recipe.memory is None else copy.deepcopy(network)
    curve: list[Point] = []
    best, best_state, total, since = float("inf"), None, 0.0, 0
    network.train()
    for step in range(recipe.steps):
        loss = loss_of(step)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        total += float(loss.detach())
        since += 1
        if recipe.memory is not None:
            _follow(given, network, min(recipe.memory, (2 + step) / (11 + step)))
        if (step + 1) % recipe.every and step + 1 < recipe.steps:
            continue
        value = None if check is None else check(given.eval())
        network.train()
        curve.append(Point(step + 1, total / since, value))
        progress(curve[-1])
        total, since = 0.0, 0
        if value is not None and value < best:
            best, best_state = value, copy.deepcopy(given.state_dict())
        if recipe.patience is not None and _stuck(curve, recipe.patience):
            break
    if best_state is not None:
        given.load_state_dict(best_state)
    return given.eval(), curve


def _stuck(curve: list[Point], patience: int) -> bool:
    """Whether the last `patience` points are none of them better than the best before."""
    checks = [point.check for point in curve if point.check is not None]
    return len(checks) > patience and min(checks[-patience:]) >= min(checks[:-patience])


def _follow(average: nn.Module, network: nn.Module, share: float) -> None:
    with torch.no_grad():
        for kept, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - share)
            else:
                kept.copy_(new)
