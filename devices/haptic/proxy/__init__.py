"""Virtual proxies: a point that stays on the surface of a mesh or a cloud while the hand pushes into it."""

from wugan.devices.haptic.proxy.geometry import Geometry

__all__ = ["Geometry"]
