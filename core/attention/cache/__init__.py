"""The streaming form: `DARCache`, equal to the parallel one step by step."""

from wugan.attention.cache.cache import DARCache

__all__ = ["DARCache"]
