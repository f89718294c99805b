"""`CameraModel`: from points in space to pixels, and back; `Distortion`: how its lens bends rays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import ArrayLike, NDArray

from wugan.calibration.transform import Transform
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


_NEAREST_M = 0.05  # what is closer is on the lens; its pixel would be a matter of rounding


class Projection(NamedTuple):
    """Points as a camera sees them.

    Attributes:
        pixels: `[N, 2]`: column and row; a pixel's middle has whole numbers. NaN for points behind the camera.
        depth: `[N]`, m along the optical axis, for all points.
        mask: bool `[N]`: in front of the camera and in the picture.
    """

    pixels: NDArray[np.floating[Any]]
    depth: NDArray[np.floating[Any]]
    mask: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CameraModel:
    """A camera's intrinsics. Its frame is the optical one: x right, y down, z forward.

    Args:
        matrix: `[3, 3]`, pixels: fx skew cx; 0 fy cy; 0 0 1.
        width: pixels of the pictures that the matrix is for.
        height: likewise.
        frame: name of the camera's optical frame.
        distortion: what its lens does; none for rectified pictures.

    Raises:
        DataError: a size of 0; a focal length that is not positive; a principal point outside of the picture.
    """

    matrix: NDArray[np.float64]
    width: int
    height: int
    frame: str
    distortion: Distortion = field(default_factory=Distortion)

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", _checked(self.matrix, self.width, self.height, self.frame))

    def project(self, points: NDArray[Any]) -> Projection:
        """Pixels of points `[N, 3]` in the camera's frame, m; NaN points are masked out."""
        return self._project(points, None)

    def project_from(self, points: NDArray[Any], transform: Transform) -> Projection:
        """Pixels of points `[N, 3]` of another frame, which `transform` takes to this camera's, in one step.

        Raises:
            DataError: the transform leads to another frame.
        """
        if transform.target != self.frame:
            raise DataError(
                f"camera {self.frame!r}: the transform leads from {transform.source!r} to {transform.target!r}; is it "
                "to be inverted?"
            )
        return self._project(points, transform)

    def unproject(self, pixels: ArrayLike, depth: ArrayLike | None = None) -> NDArray[np.float64]:
        """Points `[N, 3]` in the camera's frame for pixels `[N, 2]` at depths `[N]` (1 m each where not given).

        NaN for pixels that no ray reaches through this lens.
        """
        places = np.asarray(pixels, dtype=np.float64)
        if places.ndim != 2 or places.shape[1] != 2:
            raise DataError(f"camera {self.frame!r}: pixels must be [N, 2], got {places.shape}")
        (fx, skew, cx), (_, fy, cy) = self.matrix[0], self.matrix[1]
        v = (places[:, 1] - cy) / fy
        u = (places[:, 0] - cx - skew * v) / fx
        x, y = self.distortion.straighten(u, v)
        z = np.ones(len(places)) if depth is None else np.broadcast_to(np.asarray(depth, dtype=np.float64), x.shape)
        return np.stack([x * z, y * z, z], axis=1)

    def check_image(self, pixels: NDArray[Any]) -> None:
        """Refuse a picture `[H, W, …]` of another size than the intrinsics are for.

        Raises:
            DataError: it has another size.
        """
        height, width = pixels.shape[:2]
        if (width, height) != (self.width, self.height):
            raise DataError(
                f"camera {self.frame!r}: the picture has {width} x {height} pixels, the intrinsics are for "
                f"{self.width} x {self.height}. If it was resized, use CameraModel.resized({width}, {height}); "
                "if it was cut, move the principal point"
            )

    def resized(self, width: int, height: int) -> CameraModel:
        """The intrinsics for the same pictures at another size."""
        x, y = width / self.width, height / self.height
        matrix = self.matrix.copy()
        matrix[0] *= x
        matrix[1] *= y
        # Pixel middles have whole numbers, so that the corner, which stays, lies at -0.5.
        matrix[:2, 2] += [(x - 1) / 2, (y - 1) / 2]
        return CameraModel(matrix, width, height, self.frame, self.distortion)

    def _project(self, points: NDArray[Any], transform: Transform | None) -> Projection:
        if points.ndim != 2 or points.shape[1] < 3:
            raise DataError(f"camera {self.frame!r}: points must be [N, 3], got {points.shape}")
        dtype = points.dtype if points.dtype.kind == "f" else np.dtype(np.float64)
        bends = self.distortion.bends
        whole = np.eye(3, 4) if transform is None else transform.matrix[:3]
        if not bends:
            whole = self.matrix @ whole
        # One product for all three rows, each of which is then contiguous: this is half of the time.
        with np.errstate(invalid="ignore", over="ignore"):
            u, v, depth = np.matmul(whole[:, :3].astype(dtype), points[:, :3].T) + whole[:, 3:].astype(dtype)
            scale = 1 / np.where(depth > _NEAREST_M, depth, dtype.type(np.nan))
            u *= scale
            v *= scale
            if bends:
                x, y = self.distortion.bend(u, v)
                (fx, skew, cx), (_, fy, cy) = self.matrix[0], self.matrix[1]
                u, v = fx * x + skew * y + cx, fy * y + cy
            mask = (u >= -0.5) & (u < self.width - 0.5) & (v >= -0.5) & (v < self.height - 0.5)
        pixels = np.empty((len(points), 2), dtype)
        pixels[:, 0] = u
        pixels[:, 1] = v
        return Projection(pixels, depth, mask)


def _checked(given: ArrayLike, width: int, height: int, frame: str) -> NDArray[np.float64]:
    where = f"camera {frame!r}"
    if not frame:
        raise DataError("a camera's frame needs a name")
    if width < 1 or height < 1:
        raise DataError(f"{where}: size must be at least 1 x 1 pixels, got {width} x {height}")
    try:
        matrix = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}: intrinsics are not numbers: {error}") from None
    if matrix.shape != (3, 3):
        raise DataError(f"{where}: intrinsics must be [3, 3], got {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise DataError(f"{where}: intrinsics hold NaN or infinity")
    if matrix[1, 0] or not np.array_equal(matrix[2], [0, 0, 1]):
        raise DataError(
            f"{where}: intrinsics must be fx skew cx; 0 fy cy; 0 0 1, got {matrix.tolist()}; is the matrix transposed?"
        )
    fx, fy, cx, cy = matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2]
    if fx <= 0 or fy <= 0:
        raise DataError(
            f"{where}: focal lengths must be more than 0 pixels, got {fx:.6g} and {fy:.6g}; flip an axis in the "
            "extrinsics instead"
        )
    if fx < 0.05 * width or fy < 0.05 * height:
        raise DataError(
            f"{where}: focal lengths of {fx:.4g} and {fy:.4g} pixels would see nearly 180° in a picture of {width} x "
            f"{height}; are they in millimetres, or normalised? Multiply by pixels per unit"
        )
    if not (0 <= cx <= width and 0 <= cy <= height):
        raise DataError(
            f"{where}: the principal point ({cx:.1f}, {cy:.1f}) lies outside of the picture of {width} x {height}; are "
            "the intrinsics for another size (CameraModel.resized), or are width and height exchanged?"
        )
    matrix.flags.writeable = False
    return matrix
