"""`Proxy`: the point on a surface nearest to where the hand would be if the surface were solid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.proxy.geometry import Geometry
from wugan.errors import DataError, PluginError


class Proxy:
    """A virtual proxy (god-object) on a mesh or a cloud, for devices of two or three Cartesian axes.

    Where it is first asked, it starts at the hand, on whichever side of the surface that is: a hand that is inside
    an object when the loop starts is not thrown out of it.

    Args:
        geometry: a mesh or a cloud.
        radius: m; 0 takes the geometry's own.
        axes: 3, or 2 for a device in the plane z = 0.

    Raises:
        DataError: the geometry is no surface, or the radius does not suit it.
        PluginError: numba is not installed.
    """

    def __init__(self, geometry: Geometry, radius: float = 0.0, axes: int = 3) -> None:
        if axes not in (2, 3):
            raise DataError(f"a proxy needs 2 or 3 Cartesian axes, the device has {axes}")
        if geometry.kind not in ("mesh", "cloud"):
            raise DataError(f"a {geometry.kind} is no surface; a proxy needs a mesh or a cloud")
        self.radius = radius or geometry.radius
        if geometry.kind == "cloud" and not 0.0 < self.radius <= geometry.scale / 2:
            raise DataError(
                f"a radius of {self.radius:g} m does not suit this cloud: it must lie above 0 and below half its "
                f"support, {geometry.scale / 2:g} m"
            )
        if not 0.0 < self.radius < np.inf:
            raise DataError(f"a radius of {self.radius:g} m; a proxy needs one above 0")
        self._move, self._arrays, self._places = _kernel(geometry)
        self._axes = axes
        self._state = np.zeros(self._places.SIZE)
        self._state[self._places.FLAT] = axes == 2
        self._hand = np.zeros(3)
        self._begun = False

    def move(self, hand: NDArray[np.float64] | list[float], still: float = 0.0, moving: float = 0.0) -> float:
        """Follow the hand.

        Args:
            hand: finite, `[axes]`, m.
            still: coefficient of friction at rest.
            moving: coefficient of friction while sliding; at most `still`.

        Returns:
            How deep the hand is behind the surface, m; 0 where it is free.
        """
        self._hand[: self._axes] = hand
        if not self._begun:
            self._begin()
        self._move(self._arrays, self._state, self._hand, self.radius, still, moving)
        return self.depth

    @property
    def position(self) -> NDArray[np.float64]:
        """Where it is, float64 `[3]`, m; a view that the next move changes."""
        return self._state[self._places.PROXY : self._places.PROXY + 3]

    @property
    def normal(self) -> NDArray[np.float64]:
        """Out of the surface where it touches, float64 `[3]`; zeros where it is free. A view."""
        return self._state[self._places.NORMAL : self._places.NORMAL + 3]

    @property
    def depth(self) -> float:
        """How deep the hand of the last move is behind the surface, m; 0 before the first."""
        return float(self._state[self._places.DEPTH]) if self._begun else 0.0

    @property
    def slides(self) -> bool:
        """It has left the friction cone, and slides."""
        return bool(self._state[self._places.SLIDES])

    def reset(self) -> None:
        """Start anew at the hand."""
        self._begun = False

    def _begin(self) -> None:
        places, state = self._places, self._state
        state[: places.FLAT] = 0.0
        state[places.PROXY : places.PROXY + 3] = self._hand
        state[places.HAND : places.HAND + 3] = self._hand
        state[places.LEVEL] = self.radius
        self._begun = True


def warm_up() -> None:
    """Compile the kernels, or load them from numba's cache: before the loop, never in it.

    The first time takes half a minute.

    Raises:
        PluginError: numba is not installed.
    """
    from wugan.devices.haptic.proxy.geometry import cloud, mesh

    square = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    for geometry in (mesh(square, [[0, 1, 2], [0, 2, 3]]), cloud(square, np.tile([0.0, 0.0, 1.0], (4, 1)))):
        proxy = Proxy(geometry)
        for hand in ([0.5, 0.4, 1.0], [0.5, 0.4, -0.1], [0.6, 0.4, -0.1]):
            proxy.move(hand, 0.5, 0.4)


def _kernel(geometry: Geometry) -> tuple[Any, tuple[NDArray[Any], ...], Any]:
    try:
        from wugan.devices.haptic.proxy import cloud_kernel, kernels, mesh_kernel
    except ImportError as error:
        raise PluginError(f"proxies need numba ({error}): pip install 'wugan[haptics]'") from error
    a = geometry.arrays
    if geometry.kind == "mesh":
        return mesh_kernel.mesh_step, (a["triangles"], a["normals"], a["hollow"], a["boxes"]), kernels
    return cloud_kernel.cloud_step, (a["points"], a["cells"], a["starts"], a["grid"]), kernels
