"""Haptics: what a hand feels as tokens and events, and results as something to be felt."""

from wugan.modalities.haptics.contact import Contact, ContactDetector
from wugan.modalities.haptics.encoder import HapticEncoder, dft321
from wugan.modalities.haptics.feel import Feel
from wugan.modalities.haptics.gather import Gather
from wugan.modalities.haptics.texture import TextureChange, TextureDetector

__all__ = [
    "Contact",
    "ContactDetector",
    "Feel",
    "Gather",
    "HapticEncoder",
    "TextureChange",
    "TextureDetector",
    "dft321",
]
