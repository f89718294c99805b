"""What is trained and compared on each task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from models import AttentionFactory, Counted, CrossModel, LanguageModel
from tasks import MQAR, CrossModalNeedle, Passkey
from torch import nn
from training import Batches, Schedule


@dataclass(frozen=True)
class Setting:
    """One attention to be trained.

    Attributes:
        name: what the table calls it.
        options: of `models.Counted`, `top_k` apart.
        top_k: final blocks to read; `None` for dense attention.
        cold: narrow from the first step on, without a dense phase.
        layer: another attention instead of DAR, trained from scratch in the same two phases.
    """

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    top_k: int | None = None
    cold: bool = False
    layer: AttentionFactory | None = None

    @property
    def scratch(self) -> bool:
        """Whether it has a first phase of its own."""
        return self.cold or self.layer is not None

    def factory(self) -> AttentionFactory:
        """Makes its layers, narrow if cold, else dense to begin with."""
        if self.layer is not None:
            return self.layer
        options = {"gate_dim": 0, "top_k": self.top_k if self.cold else None, **self.options}
        return lambda dim, heads: Counted(dim, heads, **options)


@dataclass(frozen=True)
class Task:
    """A task with its settings.

    Attributes:
        model: makes a model from an attention factory.
        easy: batches of the first phase, dense, until it has learnt; all settings that are not `scratch` share it.
        train: batches of the rest of the training.
        test: held-out batches by what is tested.
        keys: keys in a training sequence.
        settings: the first is dense attention, the yardstick.
        schedule: of the rest of the training.
        patience: steps of the first phase at most.
    """

    model: Callable[[AttentionFactory], nn.Module]
    easy: Batches
    train: Batches
    test: dict[str, tuple[Batches, int]]
    keys: int
    settings: tuple[Setting, ...]
    schedule: Schedule = field(default_factory=Schedule)
    patience: int = 1000


DENSE = Setting("dense")


def _language(task: MQAR | Passkey, depth: int) -> Callable[[AttentionFactory], nn.Module]:
    return lambda attention: LanguageModel(task.vocabulary, 128, 1, depth, attention)


PEERS = ("h-transformer-1d", "reformer", "nsa", "nsa-1-key-head", "fla-nsa")


def _peer(name: str, length: int) -> Setting:
    """A layer of `../peers.py`, 2 blocks of 16: more than DAR reads here, since not all of them know smaller ones."""

    def layer(dim: int, heads: int) -> nn.Module:
        import peers

        return peers.layer(name, dim, heads, length=length, block_size=16, kept=2)

    return Setting(name, layer=layer)


def _mqar(
    length: int,
    size: int,
    settings: tuple[Setting, ...],
    test: dict[str, tuple[Batches, int]],
) -> Task:
    task = MQAR(length, length // 16)
    return Task(
        _language(task, 1),
        easy=partial(MQAR(64, 16).batch, 48),
        train=partial(task.batch, size),
        test=test,
        keys=length,
        settings=(DENSE, *settings, *(_peer(name, length) for name in PEERS)),
    )


def tasks() -> dict[str, Task]:
    """All tasks by name."""
    # Keys that are asked again stand at even places: two tokens, of which the first routes, share a route.
    fine = {"block_size": 4, "query_block_size": 2}
    taught = fine | {"distil": True}
    each = {"query_block_size": 1, "distil": True}
    cross = each | {"causal": False}
    passkey, needle = Passkey(1024), CrossModalNeedle(4096, 128)
    return {
        "mqar-256": _mqar(
            256,
            16,
            (
                Setting("DAR", taught, 3),
                Setting("DAR, 2 blocks", taught, 2),
                Setting("DAR, blocks of 8", taught | {"block_size": 8}, 2),
                Setting("DAR, no route loss", fine, 3),
                Setting("DAR, no route loss, gate of 8", fine | {"gate_dim": 8}, 3),
                Setting("DAR, cold start", fine, 3, cold=True),
            ),
            {"256": (partial(MQAR(256, 16).batch, 32), 16)},
        ),
        "mqar-1024": _mqar(
            1024,
            4,
            (Setting("DAR", taught, 10),),
            {
                "1,024": (partial(MQAR(1024, 64).batch, 8), 16),
                "4,096": (partial(MQAR(4096, 64).batch, 2), 16),
                "16,384": (partial(MQAR(16384, 64).batch, 1), 8),
            },
        ),
        "passkey": Task(
            _language(passkey, 1),
            easy=partial(Passkey(64).batch, 64),
            train=partial(passkey.batch, 5),
            test={
                "1,024": (partial(Passkey(1024).batch, 8), 25),
                "4,096": (partial(Passkey(4096).batch, 4), 25),
                "16,384": (partial(Passkey(16384).batch, 1), 25),
            },
            keys=1024,
            schedule=Schedule(rate=5e-3),
            settings=(
                DENSE,
                Setting("DAR", each | {"block_size": 16}, 12),
                Setting("DAR, 4 blocks", each | {"block_size": 16}, 4),
            ),
        ),
        "needle": Task(
            lambda attention: CrossModel(needle.bits + needle.values, needle.bits, needle.values, 128, 1, attention),
            easy=partial(CrossModalNeedle(64, 64).batch, 32),
            train=partial(needle.batch, 3),
            test={"4,096": (partial(needle.batch, 4), 16)},
            keys=4096,
            settings=(
                Setting("dense", {"causal": False}),
                Setting("DAR", cross | {"block_size": 4}, 16),
                Setting("DAR, blocks of 8", cross | {"block_size": 8}, 16),
            ),
        ),
    }
