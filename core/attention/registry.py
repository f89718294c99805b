"""Parts of the attention by name, so that a configuration can swap them: the whole layer, its router, its gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from torch import Tensor, nn

from wugan.errors import PluginError

if TYPE_CHECKING:
    from wugan.attention.layout import Plan
    from wugan.attention.routing import RouteConfig, Routes

T = TypeVar("T")


class Registry(Generic[T]):
    """Things of one kind by name.

    Args:
        kind: what they are, for messages.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._known: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator that makes something known as `name`.

        Raises:
            PluginError: the name is taken by something else.
        """

        def register(thing: T) -> T:
            if self._known.setdefault(name, thing) is not thing:
                raise PluginError(f"{self.kind} {name!r} is already registered: choose another name")
            return thing

        return register

    def __getitem__(self, name: str) -> T:
        """What is registered as `name`.

        Raises:
            PluginError: nothing is.
        """
        if name not in self._known:
            raise PluginError(f"{self.kind} {name!r} is unknown; registered are {', '.join(self.names())}")
        return self._known[name]

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._known)


class Router(Protocol):
    """Chooses the key blocks of each query block; tensors as in `wugan.attention.routing.route`, checked."""

    def __call__(
        self,
        q: Tensor,
        k: Tensor,
        plan: Plan,
        config: RouteConfig,
        gate_q: Tensor | None,
        gate_k: Tensor | None,
        /,
    ) -> Routes: ...


attentions: Registry[Callable[..., nn.Module]] = Registry("attention")
"""Called as `DARAttention` is, with keyword arguments; the layer's `forward` is called as that of `DARAttention` for
self-attention, `return_routes` included (the routes may be `None`). Named by `FusionConfig.attention`."""

routers: Registry[Router] = Registry("router")
"""See `Router`. Named by `dar_attention(router=...)`, `DARAttention(router=...)` and `FusionConfig.router`."""

gates: Registry[Callable[..., nn.Module]] = Registry("gate")
"""Called as `factory(dim, kv_dim, heads, size)`; `forward(query, key)` takes `[B, Nq, dim]` and `[B, Nk, kv_dim]` and
returns gate queries `[B, heads, Nq, size]` and gate keys `[B, heads, Nk, size]`. Named by `DARAttention(gate=...)` and
`FusionConfig.gate`."""
