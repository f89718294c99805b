"""`Transform`: where one frame lies in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.errors import DataError

# Files give rotations with as few as 4 digits; further off than this is another kind of matrix, not rounding.
_TOLERANCE = 2e-3


@dataclass(frozen=True, eq=False)
class Transform:
    """Takes points given in frame `source` to the same points given in frame `target`; both are right-handed.

    `Transform(M, "lidar", "camera").apply(points)` is `points @ R.T + t`. Compose with `@`, right to left, as matrices:
    `b_to_c @ a_to_b` takes a to c, and frames that do not meet are an error.

    Args:
        matrix: `[4, 4]` (or `[3, 4]`): rotation and translation in metres. The rotation is replaced by the nearest
            exact one, since files round it.
        source: frame that points come from.
        target: frame that they go to.

    Raises:
        DataError: numbers that are not finite; a rotation that mirrors, scales or shears; a last row that is not
            0 0 0 1; a frame without a name.
    """

    matrix: NDArray[np.float64]
    source: str
    target: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", _checked(self.matrix, self.source, self.target))

    @classmethod
    def of(
        cls, source: str, target: str, rotation: ArrayLike | None = None, translation: ArrayLike = (0, 0, 0)
    ) -> Transform:
        """From a rotation matrix `[3, 3]` (or a quaternion `[4]`, w first) and a translation `[3]` in metres."""
        where = f"transform {source!r} to {target!r}"
        matrix = np.eye(4)
        if rotation is not None:
            given = _numbers(rotation, where)
            if given.shape == (4,):
                given = _from_quaternion(given, where)
            if given.shape != (3, 3):
                raise DataError(
                    f"{where}: rotation must be a matrix [3, 3] or a quaternion (w, x, y, z), got shape {given.shape}"
                )
            matrix[:3, :3] = given
        moved = _numbers(translation, where)
        if moved.size != 3:
            raise DataError(f"{where}: translation must be 3 numbers in metres, got shape {moved.shape}")
        matrix[:3, 3] = moved.reshape(3)
        return cls(matrix, source, target)

    @classmethod
    def identity(cls, source: str, target: str) -> Transform:
        """Two names of one place."""
        return cls(np.eye(4), source, target)

    @property
    def rotation(self) -> NDArray[np.float64]:
        """`[3, 3]`, orthonormal, determinant +1."""
        return self.matrix[:3, :3]

    @property
    def translation(self) -> NDArray[np.float64]:
        """`[3]`, m: the source's origin, given in the target."""
        return self.matrix[:3, 3]

    @property
    def quaternion(self) -> NDArray[np.float64]:
        """`[4]`: w, x, y, z of the rotation, w not negative."""
        return _to_quaternion(self.rotation)

    @property
    def yaw(self) -> float:
        """Angle about z, rad: what is to be added to a heading of the source; for frames whose z axes agree."""
        return float(np.arctan2(self.rotation[1, 0], self.rotation[0, 0]))

    def inverse(self) -> Transform:
        """From `target` back to `source`."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.rotation.T
        matrix[:3, 3] = -self.rotation.T @ self.translation
        return Transform(matrix, self.target, self.source)

    def __matmul__(self, first: Transform) -> Transform:
        if not isinstance(first, Transform):
            return NotImplemented
        if first.target != self.source:
            raise DataError(
                f"transforms do not meet: {first.source!r} to {first.target!r}, then {self.source!r} to "
                f"{self.target!r}; `b_to_c @ a_to_b` applies the right one first. Is one to be inverted?"
            )
        return Transform(self.matrix @ first.matrix, first.source, self.target)

    def apply(self, points: NDArray[Any]) -> NDArray[Any]:
        """Points `[..., 3]` of `source`, given in `target`, in the same floating type (NaN stays NaN)."""
        dtype = points.dtype if points.dtype.kind == "f" else np.dtype(np.float64)
        if points.ndim < 1 or points.shape[-1] != 3:
            raise DataError(
                f"transform {self.source!r} to {self.target!r}: points must be [..., 3], got {points.shape}"
            )
        return points @ self.rotation.T.astype(dtype) + self.translation.astype(dtype)


def _numbers(given: ArrayLike, where: str) -> NDArray[np.float64]:
    try:
        array = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}: not an array of numbers: {error}") from None
    if not np.isfinite(array).all():
        raise DataError(f"{where}: holds NaN or infinity")
    return array


def _checked(given: ArrayLike, source: str, target: str) -> NDArray[np.float64]:
    where = f"transform {source!r} to {target!r}"
    if not source or not target:
        raise DataError(f"{where}: both frames need a name")
    matrix = _numbers(given, where)
    if matrix.shape == (3, 4):
        matrix = np.vstack([matrix, [0, 0, 0, 1]])
    if matrix.shape != (4, 4):
        raise DataError(f"{where}: matrix must be [4, 4] or [3, 4], got {matrix.shape}")
    if not np.allclose(matrix[3], [0, 0, 0, 1], atol=1e-9):
        raise DataError(f"{where}: last row must be 0 0 0 1, got {matrix[3].tolist()}; is the matrix transposed?")
    matrix[3] = [0, 0, 0, 1]
    matrix[:3, :3] = _nearest_rotation(matrix[:3, :3], where)
    if source == target and not np.allclose(matrix, np.eye(4), atol=_TOLERANCE):
        raise DataError(f"{where}: a frame moved against itself; two frames need two names")
    matrix.flags.writeable = False
    return matrix


def _nearest_rotation(given: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    u, stretch, vt = np.linalg.svd(given)
    determinant = float(np.linalg.det(u @ vt))
    if stretch[2] < _TOLERANCE:
        raise DataError(f"{where}: the rotation is singular (it flattens space); are its values in the right places?")
    if determinant < 0:
        raise DataError(
            f"{where}: the rotation mirrors (determinant {float(np.linalg.det(given)):.3f}, must be +1): one of the "
            "frames is left-handed, or an axis has the wrong sign. Flip that axis where the matrix was made, in the "
            "points too (CARLA, Unreal and Unity are left-handed: negate y)"
        )
    if np.abs(stretch - 1).max() > _TOLERANCE:
        same = np.ptp(stretch) < _TOLERANCE * stretch[0]
        what = f"scales by {stretch[0]:.4g}" if same else f"stretches (by {', '.join(f'{s:.4g}' for s in stretch)})"
        raise DataError(
            f"{where}: the rotation {what}, so that lengths would change; give a rotation alone, and scale the points "
            "where they are read (a projection matrix with intrinsics in it belongs to CameraModel)"
        )
    return np.asarray(u @ vt, dtype=np.float64)


def _from_quaternion(wxyz: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    norm = float(np.linalg.norm(wxyz))
    if abs(norm - 1) > 1e-2:
        raise DataError(f"{where}: the quaternion (w, x, y, z) must have length 1, got {norm:.4g}")
    w, x, y, z = wxyz / norm
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _to_quaternion(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    # Bar-Itzhack 2000: the eigenvector of the largest eigenvalue, stable at every angle.
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = rotation
    k = np.array(
        [
            [xx + yy + zz, zy - yz, xz - zx, yx - xy],
            [zy - yz, xx - yy - zz, xy + yx, xz + zx],
            [xz - zx, xy + yx, yy - xx - zz, yz + zy],
            [yx - xy, xz + zx, yz + zy, zz - xx - yy],
        ]
    )
    wxyz: NDArray[np.float64] = np.linalg.eigh(k)[1][:, -1]
    return -wxyz if wxyz[0] < 0 else wxyz
