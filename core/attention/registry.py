"""Attention layers by name, so that a configuration can swap the whole attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from wugan.attention.module import DARAttention
from wugan.errors import PluginError

Factory = Callable[..., nn.Module]

_FACTORIES: dict[str, Factory] = {}


def register_attention(name: str) -> Callable[[Factory], Factory]:
    """Decorator that makes an attention layer known as `name` to `FusionConfig.attention`.

    The factory is called as `factory(dim, heads, kv_heads=..., block_size=..., query_block_size=..., top_k=...,
    gate_dim=...)`; what it returns is called as `DARAttention.forward` is for self-attention, `return_routes` included
    (the routes may be `None`).

    Raises:
        PluginError: the name is taken by another factory.
    """

    def register(factory: Factory) -> Factory:
        if _FACTORIES.setdefault(name, factory) is not factory:
            raise PluginError(f"attention {name!r} is already registered: choose another name")
        return factory

    return register


def make_attention(name: str, dim: int, heads: int, **options: Any) -> nn.Module:
    """The attention layer registered as `name`.

    Raises:
        PluginError: no such name.
    """
    if name not in _FACTORIES:
        raise PluginError(f"attention {name!r} is unknown; registered are {', '.join(sorted(_FACTORIES))}")
    return _FACTORIES[name](dim, heads, **options)


register_attention("dar")(DARAttention)


@register_attention("dense")
class DenseAttention(DARAttention):
    """Every token attends to every other, without gate: the yardstick. `top_k` and `gate_dim` are ignored."""

    def __init__(self, dim: int, heads: int, **options: Any) -> None:
        super().__init__(dim, heads, **{**options, "top_k": None, "gate_dim": 0})

    def set_top_k(self, k: int | None) -> None:
        """Nothing to set: all blocks are kept."""
