"""What a hand feels: effects, the program that holds them, and the renderer that turns it into force."""

from wugan.devices.haptic.effects.damper import Damper
from wugan.devices.haptic.effects.effect import Effect, Running
from wugan.devices.haptic.effects.program import MAX_BYTES, Program
from wugan.devices.haptic.effects.renderer import Renderer
from wugan.devices.haptic.effects.spring import Spring
from wugan.devices.haptic.effects.wall import Wall

__all__ = ["MAX_BYTES", "Damper", "Effect", "Program", "Renderer", "Running", "Spring", "Wall"]
