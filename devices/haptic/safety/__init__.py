"""Safety of force feedback: limits, guards against values that nobody meant, ramp-in, emergency stop, events."""

from wugan.devices.haptic.safety.events import Code, Events, SafetyEvent
from wugan.devices.haptic.safety.guard import Guard
from wugan.devices.haptic.safety.limits import Limits

__all__ = ["Code", "Events", "Guard", "Limits", "SafetyEvent"]
