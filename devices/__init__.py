"""Devices: what a pipeline senses with and acts through."""

from wugan.devices.microphone import Microphone
from wugan.devices.speaker import Speaker

__all__ = ["Microphone", "Speaker"]
