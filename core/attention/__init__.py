"""Dynamic Attention Routing (DAR): block-sparse attention that learns where to look. See docs/compose/dar.md."""

from wugan.attention.cache import DARCache
from wugan.attention.functional import attend, dar_attention
from wugan.attention.layout import Layout
from wugan.attention.module import DARAttention
from wugan.attention.routing import RouteConfig, Routes, route
from wugan.attention.training import KAnnealing

__all__ = [
    "DARAttention",
    "DARCache",
    "KAnnealing",
    "Layout",
    "RouteConfig",
    "Routes",
    "attend",
    "dar_attention",
    "route",
]
