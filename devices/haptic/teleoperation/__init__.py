"""Bilateral teleoperation over networks with delay, jitter and loss."""

from wugan.devices.haptic.teleoperation.endpoint import Follower, Leader, TeleopConfig
from wugan.devices.haptic.teleoperation.packet import TeleopPacket

__all__ = ["Follower", "Leader", "TeleopConfig", "TeleopPacket"]
