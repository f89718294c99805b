"""How the sensor moves, from its sweeps alone (`EgoMotion`, GICP), and points as if all were measured at one moment."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError
from wugan.packet import Packet
from wugan.signals import PointCloud
from wugan.stage import Stage

_NEIGHBOURS = 10  # whose spread is a point's covariance
_FEWEST = 100  # points, after thinning, that a sweep is laid on another by
_LEAST_SHARE = 0.3  # of a sweep's points that find a counterpart; fewer is no match
_RENEW_SHARE = 0.7  # fewer: the key sweep shows another place
_TURNED = 1 + 2 * math.cos(math.radians(10))  # trace of a rotation by 10°
_STARTS = (0.0, 2.0, 4.0)  # m ahead at which the first search starts: up to 40 m/s at 10 Hz
_ALONE = 4.0  # what a point without a counterpart counts, in squared standard deviations
_LONGEST_GAP_NS = 1_000_000_000  # longer than that nothing is known of the motion in between


@dataclass(frozen=True, slots=True, eq=False)
class EgoPose:
    """Where the sensor is.

    Attributes:
        pose: float64 `[4, 4]`: the sensor's frame now, in its frame at the first sweep.
        motion: float64 `[4, 4]`: the same since the sweep before; the identity where that is not known.
        speed: m/s since the sweep before; 0 where that is not known.
        share: 0…1, points that found a counterpart.
        tracked: whether the motion was found. Where not, `pose` stays where it was: it is not known.
        reason: why not.
    """

    pose: NDArray[np.float64]
    motion: NDArray[np.float64]
    speed: float
    share: float
    tracked: bool
    reason: str = ""


@dataclass(eq=False)
class EgoMotion(Stage[PointCloud, EgoPose]):
    """Lays each sweep on an earlier one: Segal, Haehnel and Thrun, Generalized-ICP, RSS 2009, by small_gicp.

    The earlier one (the key sweep) stays until the sensor is `renew` away from it. A lidar's rings go along with it and
    pull two neighbouring sweeps together; over a longer way that counts less, and errors do not add up from sweep to
    sweep. The search starts from the motion found last, as what moves goes on, also over sweeps that were passed over.
    This is for seconds, not for maps.
    Time that jumps back, or forward by more than a second, starts anew, and the pose says so.

    Args:
        thin: side of the cells to whose means a sweep is thinned, m.
        catch: m within which a point looks for its counterpart.
        renew: m from the key sweep at which the next one takes its place (also after a turn by 10°).
        threads: that small_gicp uses.

    Raises:
        DataError: a parameter is out of its range.
    """

    thin: float = 0.5
    catch: float = 2.0
    renew: float = 3.0
    threads: int = 1
    lost: int = field(init=False, default=0)
    _key: Any = field(init=False, repr=False, default=None)
    _from_key: NDArray[np.float64] = field(init=False, repr=False, default_factory=lambda: np.eye(4))
    _then: int = field(init=False, repr=False, default=0)
    _pose: NDArray[np.float64] = field(init=False, repr=False, default_factory=lambda: np.eye(4))
    _velocity: NDArray[np.float64] = field(init=False, repr=False, default_factory=lambda: np.eye(4))
    _gap: int = field(init=False, repr=False, default=0)  # ns that this motion took

    def __post_init__(self) -> None:
        if not (0.05 <= self.thin <= 5 and 0 < self.catch <= 50 and self.renew >= 0 and self.threads >= 1):
            raise DataError(f"EgoMotion: thin 0.05…5 m, catch up to 50 m, renew and threads from 1, got {self}")

    def warm_up(self) -> None:
        """Load what it needs, so that no sweep waits for it."""
        _small_gicp()
        _lasting(np.eye(4), 1.0)

    def interrupt(self) -> None:
        """Forget the sweep before; the next one starts anew, at the same pose."""
        self._key = None

    def process(self, packet: Packet[PointCloud]) -> Iterable[Packet[EgoPose]]:
        """The pose at each sweep."""
        yield packet.replace(self.step(packet.data, packet.time_ns))

    def step(self, cloud: PointCloud, time_ns: int) -> EgoPose:
        """Take in the next sweep."""
        small_gicp = _small_gicp()
        points = np.asarray(cloud.points, np.float64)
        if len(points) < _FEWEST:
            return self._unknown(f"{len(points)} points are too few")
        now, tree = small_gicp.preprocess_points(points, self.thin, _NEIGHBOURS, self.threads)
        if now.size() < _FEWEST:
            return self._unknown(f"{now.size()} points are left after thinning, too few")
        gap, self._then = time_ns - self._then, time_ns
        if self._key is None:
            self._start_from(now, tree)
            return EgoPose(self._pose.copy(), np.eye(4), 0.0, 0.0, True)
        if not 0 < gap <= _LONGEST_GAP_NS:
            self._start_from(now, tree)
            self._velocity, self._gap = np.eye(4), 0
            return self._unknown(f"time jumped by {gap / 1e9} s")
        found = self._align(now, gap)
        share = found.num_inliers / now.size()
        from_key = np.asarray(found.T_target_source, np.float64)
        if share < _LEAST_SHARE or not np.isfinite(from_key).all():
            self._start_from(now, tree)
            self._velocity, self._gap = np.eye(4), 0
            return self._unknown(f"{share:.0%} of the points have a counterpart")
        motion = np.linalg.inv(self._from_key) @ from_key
        self._velocity, self._gap, self._from_key = motion, gap, from_key
        self._pose = self._pose @ motion
        way = float(np.linalg.norm(from_key[:3, 3]))
        if way > self.renew or np.trace(from_key[:3, :3]) < _TURNED or share < _RENEW_SHARE:
            self._start_from(now, tree)
        speed = float(np.linalg.norm(motion[:3, 3])) / (gap / 1e9)
        return EgoPose(self._pose.copy(), motion, speed, share, True)

    def _align(self, now: Any, gap: int) -> Any:
        """Lay a sweep on the key sweep; without a speed to start from, the best of what several speeds ahead lead to.

        Streets look alike all along: from too far away the search ends on the ground and the walls, at no motion. Over
        a long gap it may have braked.
        """
        guesses = [_ahead(one) for one in _STARTS]
        if self._gap:
            shares = (1.0,) if gap < 2 * self._gap else (1.0, 0.6, 0.2)
            guesses = [_lasting(self._velocity, share * gap / self._gap) for share in shares]
        found = [
            _small_gicp().align(
                self._key[0],
                now,
                self._key[1],
                self._from_key @ guess,
                max_correspondence_distance=self.catch,
                num_threads=self.threads,
                max_iterations=30,
            )
            for guess in guesses
        ]
        return min(found, key=lambda one: one.error + (now.size() - one.num_inliers) * _ALONE)

    def _start_from(self, cloud: Any, tree: Any) -> None:
        self._key, self._from_key = (cloud, tree), np.eye(4)

    def _unknown(self, reason: str) -> EgoPose:
        self.lost += 1
        return EgoPose(self._pose.copy(), np.eye(4), 0.0, 0.0, False, reason)


def _ahead(metres: float) -> NDArray[np.float64]:
    found = np.eye(4)
    found[0, 3] = metres
    return found


def _lasting(motion: NDArray[np.float64], times: float) -> NDArray[np.float64]:
    """A small motion that goes on for so many times as long."""
    from scipy.spatial.transform import Rotation

    found = np.eye(4)
    found[:3, :3] = Rotation.from_rotvec(Rotation.from_matrix(motion[:3, :3]).as_rotvec() * times).as_matrix()
    found[:3, 3] = motion[:3, 3] * times
    return found


def _small_gicp() -> Any:
    try:
        import small_gicp
    except ImportError as error:
        raise PluginError("EgoMotion needs small_gicp: pip install 'wugan[spatial]'") from error
    return small_gicp


def deskew(
    points: NDArray[np.float32], share: NDArray[np.floating], motion: NDArray[np.float64], to: float = 1.0
) -> NDArray[np.float32]:
    """Undo the motion during a sweep, taken as even: one turn and one speed (a constant twist).

    Args:
        points: `[N, 3]`, m, each in the sensor's frame at the moment when it was measured.
        share: `[N]`, that moment as a share of the sweep, 0 at its start and 1 at its end: `time_s / duration`, or
            `turn_share`.
        motion: `[4, 4]`, pose of the sensor at the sweep's end in its frame at the start (`EgoMotion.step`, when
            sweeps follow each other without a gap).
        to: the moment, as a share, in whose frame the points are wanted.

    Returns:
        float32 `[N, 3]`, m.

    Raises:
        DataError: lengths disagree, or the motion is no rigid one.
    """
    motion = np.asarray(motion, np.float64)
    if len(share) != len(points):
        raise DataError(f"deskew: {len(points)} points and {len(share)} moments; there must be one for each point")
    turn = motion[:3, :3] if motion.shape == (4, 4) else np.zeros((3, 3))
    if not (np.isfinite(motion).all() and np.allclose(turn @ turn.T, np.eye(3), atol=1e-4) and np.linalg.det(turn) > 0):
        raise DataError(f"deskew: the motion must be a pose [4, 4] with a rotation, got {motion.tolist()}")
    from scipy.spatial.transform import RigidTransform, Rotation

    whole = RigidTransform.from_components(motion[:3, 3], Rotation.from_matrix(turn))
    twist = whole.as_exp_coords()  # turn (rad), and speed for the whole motion
    if np.linalg.norm(twist[:3]) > math.pi - 1e-3:
        raise DataError("deskew: the sensor turned by half a turn during the sweep; no lidar's mount does")
    # A moment s of the sweep seen from the moment `to` is the motion to the power of s - to.
    power = np.asarray(share, np.float64) - to
    moved: NDArray[np.float64] = RigidTransform.from_exp_coords(np.outer(power, twist)).apply(points)
    return moved.astype(np.float32)


def turn_share(points: NDArray[np.float32], start: float = math.pi, clockwise: bool = True) -> NDArray[np.float64]:
    """When a spinning lidar measured each point, by its direction, as a share of the turn `[N]`: 0 up to 1.

    For files without times. Look up in the sensor's manual where its sweeps are cut and how it turns.

    Args:
        points: `[N, 3]`, m.
        start: direction at which the sweep starts, rad, counter-clockwise from x.
        clockwise: how the sensor turns, seen from above.
    """
    angle = np.arctan2(points[:, 1], points[:, 0]).astype(np.float64)
    passed = start - angle if clockwise else angle - start
    found: NDArray[np.float64] = passed / (2 * math.pi) % 1.0
    return found
