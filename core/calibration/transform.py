"""`Transform`: where one frame lies in another; `Frames`: a tree of named frames, and the way between any two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


class Frames:
    """Named frames joined by transforms. Between two frames there is one way at most, so no two ways can disagree.

    Args:
        transforms: joins, each in either direction.

    Raises:
        DataError: two frames would be joined twice.
    """

    def __init__(self, transforms: Iterable[Transform] = ()) -> None:
        self._joins: dict[str, dict[str, Transform]] = {}
        self._given: list[Transform] = []
        self._known: dict[tuple[str, str], Transform] = {}
        for transform in transforms:
            self.add(transform)

    def add(self, transform: Transform) -> None:
        """Join two frames.

        Raises:
            DataError: there is a way between them already.
        """
        if transform.source == transform.target:
            raise DataError(f"frame {transform.source!r} is joined to itself; a join needs two names")
        way = self._way(transform.source, transform.target)
        if way:
            raise DataError(
                f"frames {transform.source!r} and {transform.target!r} are joined already (through {' – '.join(way)}); "
                "two ways could disagree: leave one out"
            )
        self._joins.setdefault(transform.source, {})[transform.target] = transform
        self._joins.setdefault(transform.target, {})[transform.source] = transform.inverse()
        self._given.append(transform)
        self._known.clear()

    @property
    def names(self) -> tuple[str, ...]:
        """All frames, in the order in which they came."""
        return tuple(self._joins)

    def __contains__(self, name: object) -> bool:
        return name in self._joins

    def __iter__(self) -> Iterator[Transform]:
        """The joins as they were given."""
        return iter(self._given)

    def lookup(self, source: str, target: str) -> Transform:
        """The transform that takes points of `source` to `target`.

        Raises:
            DataError: a frame is unknown, or nothing joins the two.
        """
        found = self._known.get((source, target))
        if found is None:
            found = self._known[source, target] = self._compose(source, target)
        return found

    def _compose(self, source: str, target: str) -> Transform:
        for name in (source, target):
            if name not in self._joins:
                raise DataError(f"there is no frame {name!r}; those known: {', '.join(self._joins) or 'none'}")
        if source == target:
            return Transform.identity(source, target)
        way = self._way(source, target)
        if not way:
            raise DataError(f"nothing joins the frames {source!r} and {target!r}; add a transform between their groups")
        whole = self._joins[way[0]][way[1]]
        for here, there in zip(way[1:], way[2:], strict=False):
            whole = self._joins[here][there] @ whole
        return whole

    def _way(self, source: str, target: str) -> list[str]:
        """Names from `source` to `target`, both included; empty where there is no way."""
        came: dict[str, str] = {source: source}
        edge = [source] if source in self._joins else []
        while edge and target not in came:
            here = edge.pop()
            for there in self._joins[here]:
                if there not in came:
                    came[there] = here
                    edge.append(there)
        if target not in came or source == target:
            return []
        way = [target]
        while way[-1] != source:
            way.append(came[way[-1]])
        return way[::-1]
