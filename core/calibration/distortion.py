"""How a lens bends rays: the models of OpenCV and ROS, `plumb_bob` and `fisheye`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from wugan.errors import DataError

Lens: TypeAlias = Literal["none", "plumb_bob", "fisheye"]
_COUNTS = {"none": (0,), "plumb_bob": (4, 5, 8), "fisheye": (4,)}
_ROUNDS = 20  # Newton's method takes 3 to 6; what has not settled by then has no answer
_SETTLED = 1e-9  # in units of the focal length


@dataclass(frozen=True)
class Distortion:
    """Takes normalised image points (x/z, y/z) to where the lens puts them, and back.

    A polynomial lens is true out to some angle only; beyond it, it folds the far outside back into the picture. Points
    beyond `limit` are therefore refused rather than drawn in wrong places.

    Args:
        lens: `plumb_bob` (Brown 1971: k1 k2 p1 p2 [k3 [k4 k5 k6]], OpenCV's order; with k4…k6 ROS's
            `rational_polynomial`), `fisheye` (Kannala & Brandt 2006: k1 k2 k3 k4) or `none`.
        coefficients: as the lens has them.

    Raises:
        DataError: another number of coefficients, or one that is not finite.
    """

    lens: Lens = "none"
    coefficients: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "coefficients", tuple(float(one) for one in self.coefficients))
        counts = _COUNTS.get(self.lens)
        if counts is None:
            raise DataError(f"unknown lens {self.lens!r}; known: {', '.join(_COUNTS)}")
        if len(self.coefficients) not in counts:
            raise DataError(
                f"a {self.lens} lens has {' or '.join(map(str, counts))} coefficients, got {len(self.coefficients)}"
            )
        if not np.isfinite(self.coefficients).all():
            raise DataError(f"a coefficient of the {self.lens} lens is not finite: {self.coefficients}")

    @property
    def bends(self) -> bool:
        """Whether it does anything."""
        return any(self.coefficients) or self.lens == "fisheye"

    @property
    def limit(self) -> float:
        """Radius of normalised points up to which the model is one-to-one; infinity where it always is."""
        if self.lens == "fisheye":
            s = Polynomial([0, 1])
            grows = (s * Polynomial([1, *self.coefficients])(s**2)).deriv()
            angle = min(_smallest_root(grows), np.pi / 2)
            return float(np.tan(angle)) if angle < np.pi / 2 else float("inf")
        if self.lens == "plumb_bob":
            above, below = self._radial
            s = Polynomial([0, 1])
            grows = above * below + 2 * s * (above.deriv() * below - above * below.deriv())
            return float(np.sqrt(min(_smallest_root(grows), _smallest_root(below))))
        return float("inf")

    def bend(self, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Where the lens puts points; NaN beyond `limit`."""
        squared = x * x + y * y
        if np.isfinite(self.limit):
            squared = np.where(squared <= self.limit**2, squared, np.nan).astype(x.dtype)
        if self.lens == "fisheye":
            radius = np.sqrt(squared)
            angle = np.arctan(radius)
            k1, k2, k3, k4 = self.coefficients
            s = angle * angle
            bent = angle * (1 + s * (k1 + s * (k2 + s * (k3 + s * k4))))
            scale = np.where(radius > 1e-8, bent / np.maximum(radius, 1e-8), 1 + 0 * squared).astype(x.dtype)
            return x * scale, y * scale
        if self.lens == "plumb_bob":
            above, below = self._radial
            scale = above(squared) / below(squared)
            p1, p2 = self.coefficients[2:4]
            cross = 2 * x * y
            return (
                x * scale + p1 * cross + p2 * (squared + 2 * x * x),
                y * scale + p1 * (squared + 2 * y * y) + p2 * cross,
            )
        return x, y

    def straighten(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The inverse of `bend`; NaN where no ray ends up (a corner that the model does not reach)."""
        if self.lens == "fisheye":
            return self._straighten_fisheye(u, v)
        if self.lens == "plumb_bob":
            return self._straighten_plumb_bob(u, v)
        return u, v

    @property
    def _radial(self) -> tuple[Polynomial, Polynomial]:
        """Numerator and denominator of the radial factor, in the squared radius."""
        k1, k2, _, _, k3, k4, k5, k6 = (*self.coefficients, *(0.0,) * (8 - len(self.coefficients)))
        return Polynomial([1, k1, k2, k3]), Polynomial([1, k4, k5, k6])

    def _straighten_fisheye(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
        s = Polynomial([0, 1])
        curve = s * Polynomial([1, *self.coefficients])(s**2)
        slope = curve.deriv()
        radius = np.hypot(u, v)
        most = np.arctan(self.limit)
        # Bisection inside the one-to-one range cannot leave it; Newton then makes the last digits right.
        low, high = np.zeros_like(radius), np.full_like(radius, most)
        for _ in range(30):
            middle = (low + high) / 2
            less = curve(middle) < radius
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        angle = (low + high) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            angle = np.clip(angle - (curve(angle) - radius) / slope(angle), low, high)
            angle = np.where((radius <= curve(most)) & (angle < np.pi / 2 - 1e-6), angle, np.nan)
            scale = np.where(radius > 1e-12, np.tan(angle) / radius, 1.0)
        return u * scale, v * scale

    def _straighten_plumb_bob(
        self, u: NDArray[np.float64], v: NDArray[np.float64]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        above, below = self._radial
        above_slope, below_slope = above.deriv(), below.deriv()
        p1, p2 = self.coefficients[2:4]
        x, y = u.copy(), v.copy()
        limit = self.limit
        with np.errstate(all="ignore"):
            for _ in range(_ROUNDS):
                # A step that would leave the one-to-one range is drawn back onto it.
                inside = np.minimum(1.0, 0.999 * limit / np.maximum(np.hypot(x, y), 1e-12))
                x, y = x * inside, y * inside
                s = x * x + y * y
                lower = below(s)
                scale = above(s) / lower
                slope = (above_slope(s) - scale * below_slope(s)) / lower
                cross = 2 * x * y
                away_u = x * scale + p1 * cross + p2 * (s + 2 * x * x) - u
                away_v = y * scale + p1 * (s + 2 * y * y) + p2 * cross - v
                uu = scale + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x
                uv = cross * slope + 2 * p1 * x + 2 * p2 * y
                vv = scale + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x
                determinant = uu * vv - uv * uv
                x = x - (vv * away_u - uv * away_v) / determinant
                y = y - (uu * away_v - uv * away_u) / determinant
                if not np.nanmax(np.abs(away_u) + np.abs(away_v), initial=0.0) > _SETTLED:
                    break
            back_u, back_v = self.bend(x, y)
            good = (np.abs(back_u - u) < 1e-6) & (np.abs(back_v - v) < 1e-6)
        return np.where(good, x, np.nan), np.where(good, y, np.nan)


def _smallest_root(polynomial: Polynomial) -> float:
    """The smallest real root above 0; infinity where there is none."""
    roots = polynomial.trim(1e-15).roots()
    real = roots.real[(np.abs(roots.imag) < 1e-9) & (roots.real > 0)]
    return float(real.min()) if len(real) else float("inf")
