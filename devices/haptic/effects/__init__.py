"""What a hand feels: effects, the program that holds them, and the renderer that turns it into force."""

from wugan.devices.haptic.effects.curve import curve
from wugan.devices.haptic.effects.damper import Damper
from wugan.devices.haptic.effects.detents import Detents
from wugan.devices.haptic.effects.effect import Effect, Running
from wugan.devices.haptic.effects.forbidden_box import ForbiddenBox
from wugan.devices.haptic.effects.forbidden_sphere import ForbiddenSphere
from wugan.devices.haptic.effects.friction import Friction
from wugan.devices.haptic.effects.guide import Guide
from wugan.devices.haptic.effects.program import MAX_BYTES, Program
from wugan.devices.haptic.effects.pulse import Pulse
from wugan.devices.haptic.effects.renderer import Renderer
from wugan.devices.haptic.effects.spring import Spring
from wugan.devices.haptic.effects.surface import Surface
from wugan.devices.haptic.effects.texture import Texture
from wugan.devices.haptic.effects.vibration import Vibration
from wugan.devices.haptic.effects.wall import Wall
from wugan.devices.haptic.effects.weight import Weight

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
