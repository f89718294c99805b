"""Bilateral teleoperation over networks with delay, jitter and loss."""

from wugan.devices.haptic.teleoperation.config import TeleopConfig
from wugan.devices.haptic.teleoperation.follower import Follower
from wugan.devices.haptic.teleoperation.leader import Leader
from wugan.devices.haptic.teleoperation.packet import TeleopPacket

__all__ = ["Follower", "Leader", "TeleopConfig", "TeleopPacket"]
