"""`CameraModel`: from points in space to pixels, and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.calibration.distortion import Distortion
from wugan.calibration.transform import Transform
from wugan.errors import DataError

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
