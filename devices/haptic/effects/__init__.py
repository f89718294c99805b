"""What a hand feels: effects, the program that holds them, and the renderer that turns it into force."""

from wugan.devices.haptic.effects.effect import Effect, Running
from wugan.devices.haptic.effects.fixture import ForbiddenBox, ForbiddenSphere, Guide, Surface, curve
from wugan.devices.haptic.effects.program import MAX_BYTES, Program, Renderer
from wugan.devices.haptic.effects.simple import (
    Damper,
    Detents,
    Friction,
    Pulse,
    Spring,
    Texture,
    Vibration,
    Wall,
    Weight,
)

__all__ = [
    "MAX_BYTES",
    "Damper",
    "Detents",
    "Effect",
    "ForbiddenBox",
    "ForbiddenSphere",
    "Friction",
    "Guide",
    "Program",
    "Pulse",
    "Renderer",
    "Running",
    "Spring",
    "Surface",
    "Texture",
    "Vibration",
    "Wall",
    "Weight",
    "curve",
]
