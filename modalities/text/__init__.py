"""Text: words to tokens."""

from wugan.modalities.text.encoder import TextEncoder

__all__ = ["TextEncoder"]
