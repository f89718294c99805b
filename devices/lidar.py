"""`LidarFiles`: recorded sweeps, a file or a folder of them, at the sensor's rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from wugan import clock
from wugan.devices.base import Device
from wugan.devices.clouds import SUFFIXES, read_cloud
from wugan.devices.feed import Playback
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import PointCloud


@dataclass(eq=False)
class LidarFiles(Device[PointCloud]):
    """Reads sweeps in the order of their names; times start at 0 and count at the sensor's rate.

    It waits for its reader, and nothing is dropped unless `drop_late` says so.

    Args:
        path: a file or a folder of them, of any kind that `wugan.devices.read_cloud` knows: KITTI and nuScenes `.bin`,
            `.npy`, `.npz`, `.pcd`, `.ply`, `.las`, `.laz`.
        rate: sweeps a second.
        realtime: give them at that rate, as a sensor would, instead of at once. The clock begins when somebody reads.
        stamp_now: with `realtime`, stamp each with the time at which it is given, by `wugan.clock`, and not with its
            place in the recording: for playing it beside a live device.
        drop_nan: leave out points that are not finite (an organised cloud has them where nothing came back), and say
            how many in `attrs["not_finite"]`, instead of refusing the sweep.
        loop: how many times to play them; times go on.
        drop_late: with `realtime`, pass a sweep over when the next one is due already, as a sensor does, and count it
            (`lost`, and `attrs["lost"]` of the next).
        drop_bad: pass over a file that cannot be read, say so in the log, and count it likewise, as long as there is a
            good one.

    Raises:
        DataError: from `open`: no such file, no sweeps. From `packets`: a sweep is cut off, empty, of another shape,
            or holds NaN or infinity; names the file.
        PluginError: LAS and LAZ need laspy, which is not installed.
    """

    live: ClassVar[bool] = False

    path: str | Path
    rate: float = 10.0
    realtime: bool = False
    stamp_now: bool = False
    drop_nan: bool = False
    loop: int = 1
    drop_late: bool = False
    drop_bad: bool = False
    _files: list[Path] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        if not 0 < self.rate < 10_000:
            raise DataError(f"LidarFiles: rate must be more than 0, got {self.rate}")
        if self.stamp_now and not self.realtime:
            raise DataError("LidarFiles: stamp_now stamps what is played; set realtime=True too")
        if self.loop < 1:
            raise DataError(f"LidarFiles: loop must be at least 1, got {self.loop}")

    @property
    def name(self) -> str:
        """The file's or folder's name."""
        return Path(self.path).name

    @property
    def spec(self) -> dict[str, Any]:
        """Rate (Hz) and unit; once open also the number of sweeps."""
        known = {"sweeps": len(self._files)} if self._files else {}
        return {"kind": "points", "rate": self.rate, "unit": "m", **known}

    def _open(self) -> None:
        path = Path(self.path)
        if not path.exists():
            raise DataError(f"{path}: no such file")
        inside = path.iterdir() if path.is_dir() else [path]
        self._files = sorted(one for one in inside if one.name.lower().endswith(SUFFIXES))
        if not self._files:
            raise DataError(f"{path} holds no sweeps ({', '.join(SUFFIXES)})")

    def _capture(self) -> Iterator[Packet[PointCloud] | None]:
        playback = Playback(self) if self.realtime else None
        count = len(self._files) * self.loop
        bad: list[DataError] = []
        for number in range(count):
            path, time_ns = self._files[number % len(self._files)], round(number * 1e9 / self.rate)
            if self._late(playback, number + 1, count):
                self.skip()
                continue
            try:
                read = read_cloud(path, drop_nan=self.drop_nan)
            except DataError as error:
                bad.append(error)
                if not self.drop_bad or len(bad) == count:
                    raise
                self.pass_over(error, len(bad))
                continue
            due_ns = playback.wait(time_ns) if playback else 0
            if self.closing:
                return
            attrs: dict[str, Any] = {"file": path.name}
            if read.not_finite:
                attrs["not_finite"] = read.not_finite
            if any(read.origin):
                attrs["origin"] = read.origin
            if self.stamp_now:
                time_ns = due_ns + clock.offset_ns()
            yield Packet(read.cloud, time_ns, attrs=attrs, entered_ns=due_ns)

    def _late(self, playback: Playback | None, following: int, count: int) -> bool:
        """Whether the sweep after this one is due already, and this one may be passed over."""
        if playback is None or not self.drop_late or following >= count:
            return False
        return playback.passed(round(following * 1e9 / self.rate))
