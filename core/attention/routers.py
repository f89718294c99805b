"""The routers that come with wugan, by name."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from wugan.attention.plan import Plan
from wugan.attention.registry import routers
from wugan.attention.router import Beam, route
from wugan.attention.routing import Routes
from wugan.errors import DataError

routers.register("tree")(route)


@routers.register("window")
def window(
    q: Tensor,
    k: Tensor,
    gate_q: Tensor | None,
    gate_k: Tensor | None,
    plan: Plan,
    top_k: int | None,
    route_heads: int,
    beam: Beam = "auto",
    far_v: Tensor | None = None,
) -> Routes:
    """The nearest blocks, whatever they hold: sliding-window attention, with the first block of a segment as a sink.

    Near is what lies at about the same share of the sequence, so it suits cross-attention between sequences in step as
    well. Without a gate; arguments as for `route`. A yardstick for the learned router.
    """
    if far_v is not None:
        raise DataError("router 'window' has no far field: use router='tree' or far_field=False")
    near_q, near_k = (_angles(length, q) for length in (q.shape[2], k.shape[2]))
    return route(
        near_q.expand(len(q), route_heads, -1, -1),
        near_k.expand(len(q), 1, -1, -1),
        None,
        None,
        plan,
        top_k,
        route_heads,
        beam,
    )


def _angles(length: int, like: Tensor) -> Tensor:
    """`[1, 1, N, 2]`: places on a half circle, whose products fall with the distance."""
    angle = torch.arange(length, dtype=torch.float64, device=like.device) * (math.pi / max(1, length))
    return torch.stack((angle.cos(), angle.sin()), -1)[None, None]
