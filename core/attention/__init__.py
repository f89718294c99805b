"""Dynamic Attention Routing (DAR): block-sparse attention that learns where to look. See docs/dar.md."""

import wugan.attention.gate
import wugan.attention.routers  # noqa: F401 (registers routers)
from wugan.attention.annealing import KAnnealing
from wugan.attention.cache import DARCache
from wugan.attention.functional import dar_attention
from wugan.attention.module import DARAttention
from wugan.attention.routing import Routes

__all__ = ["DARAttention", "DARCache", "KAnnealing", "Routes", "dar_attention"]
