"""`Task`: what is to be done, where it may be felt, and what counts as good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry

Points = NDArray[np.float64]
Place = tuple[float, float, float]
MIDDLE: Place = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as good, and what as unsafe. SI units.

    Attributes:
        time_s: time in which a trained person does it.
        path_m: root mean square distance from the path that earns half of the points.
        force_n: contact force that must not be exceeded.
        press_n: contact force, least and greatest, that the work needs; None where the lighter the better.
        speed: m/s that must not be exceeded while in contact.
        keep_out_m: how far from the path is unsafe.
    """

    time_s: float
    path_m: float
    force_n: float
    press_n: tuple[float, float] | None
    speed: float
    keep_out_m: float


@dataclass(frozen=True, slots=True)
class Task:
    """One task on one workpiece, in the haptic device's frame.

    Attributes:
        name: by which it is made again (`task(name, seed, origin)`).
        title: for people.
        seed: which workpiece of its kind.
        origin: where in the device's frame the workpiece stands, m.
        path: where the tool's middle should go in truth, m `[N, 3]`, about a millimetre apart.
        seen: the same path as it was found in the scan, m `[M, 3]`; the guidance pulls there.
        scan: the scan itself, m `[P, 3]`.
        worked: index into `path` from which on the path is work; before it is approach.
        into: unit vectors into the workpiece along the path, `[N, 3]`.
        ball: radius of the tool's tip, m.
        surface: what can be touched, a mesh or a cloud.
        stiffness: of the surface, N/m.
        limits: what counts.
    """

    name: str
    title: str
    seed: int
    origin: Place
    path: Points
    seen: Points
    scan: Points
    worked: int
    into: Points
    ball: float
    surface: Geometry
    stiffness: float
    limits: Limits

    @property
    def start(self) -> Points:
        """Where it begins, m `[3]`."""
        return self.path[0]

    @property
    def guide(self) -> Geometry:
        """The path that was seen, for the renderer."""
        from wugan.devices.haptic.proxy.cloud import path

        return path(self.seen)

    @property
    def error_m(self) -> float:
        """Greatest distance of the path found in the scan from the true one, m."""
        gaps = np.linalg.norm(self.seen[:, None] - self.path[None], axis=2).min(axis=1)
        return float(gaps.max())

    def contact(self, surface: str) -> list[dict[str, Any]]:
        """What the workpiece feels like.

        Args:
            surface: name under which its geometry is known to the renderer.
        """
        return [
            {
                "effect": "Surface",
                "geometry": surface,
                "radius": self.ball,
                "stiffness": self.stiffness,
                "damping": 2.0,
            }
        ]

    def guidance(self, level: float, path: str, stiffest: float) -> list[dict[str, Any]]:
        """A guide to the path that was seen, and a little damping of the hand.

        Args:
            level: 0 (none) to 1 (all).
            path: name under which the path is known to the renderer.
            stiffest: N/m at level 1.
        """
        guide = {
            "effect": "Guide",
            "path": path,
            "stiffness": level * stiffest,
            "damping": 3.0 * level,
            "strongest": 4.0,
        }
        return [guide] if level > 0 else []


def resampled(points: Points, spacing: float = 0.001) -> Points:
    """The same line with its points evenly apart, m `[N, 3]`."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0, along[-1], max(2, round(along[-1] / spacing) + 1))
    return np.stack([np.interp(at, along, points[:, axis]) for axis in range(3)], axis=1)


def task(name: str, seed: int = 0, origin: Place = MIDDLE) -> Task:
    """A task by its name: `peg` or `deburring`, placed at `origin` (m).

    Raises:
        DataError: there is no such task.
    """
    from wugan.apps.teleop.tasks.deburring import deburring
    from wugan.apps.teleop.tasks.peg import peg

    makers = {"peg": peg, "deburring": deburring}
    if name not in makers:
        raise DataError(f"there is no task {name!r}; there are {', '.join(makers)}")
    x, y, z = origin  # a list, where it was read from a file
    return makers[name](seed, (x, y, z))
