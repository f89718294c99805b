"""Virtual proxies: a point that stays on the surface of a mesh or a cloud while the hand pushes into it."""

from wugan.devices.haptic.proxy.geometry import Geometry, cloud, mesh, path
from wugan.devices.haptic.proxy.proxy import Proxy, warm_up

__all__ = ["Geometry", "Proxy", "cloud", "mesh", "path", "warm_up"]
