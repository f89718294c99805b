"""`Camera`: live pictures of a V4L2 device or a network stream, the newest first."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from wugan import clock
from wugan.devices.base import Device
from wugan.devices.discovery import Found
from wugan.errors import DataError, DeviceError, PluginError
from wugan.packet import Packet
from wugan.signals import Image


def opencv() -> ModuleType:
    """The module cv2.

    Raises:
        PluginError: it is not installed.
    """
    try:
        import cv2
    except ImportError as error:
        raise PluginError("Cameras and videos need OpenCV: pip install 'wugan[spatial]'") from error
    return cv2


WINDOW_NS = 10_000_000_000  # two quartz clocks part by less than a millisecond in it


class StreamClock:
    """Sets a stream's stamps, whose zero is unknown, on the monotonic clock.

    A stream's stamps keep the intervals of capture, its arrivals do not: the network delays some, and after a stall
    several come at once. What arrived with the least delay of the last ten seconds tells where the zero lies. What is
    left is that least delay itself, encoder and network together; a calibration's time offset takes it away.

    Pictures that a stall held back keep their true times. After a pause that the stream's stamps leave out, pictures
    count as older than they are for ten seconds, and never as newer.
    """

    def __init__(self) -> None:
        self._lags: deque[tuple[int, int]] = deque()  # arrival and lag; both grow from left to right
        self._stamp_ns = 0

    def captured_ns(self, stamp_ns: int, arrival_ns: int) -> int:
        """Time of capture on the monotonic clock, never after the arrival.

        Args:
            stamp_ns: of the picture, by the stream; a stream that has none says 0 every time and gets its arrivals.
            arrival_ns: monotonic.
        """
        lags, lag = self._lags, arrival_ns - stamp_ns
        if stamp_ns <= self._stamp_ns:  # the stream began anew
            lags.clear()
        self._stamp_ns = stamp_ns
        while lags and lags[-1][1] >= lag:
            lags.pop()
        lags.append((arrival_ns, lag))
        while arrival_ns - lags[0][0] > WINDOW_NS:
            lags.popleft()
        return stamp_ns + lags[0][1]


_SYSFS = Path("/sys/class/video4linux")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://")
_OPEN_MS, _READ_MS = 5_000, 2_000  # a network camera that is away must not hold anybody for FFmpeg's 30 s
_FAILURES = 10  # grabs that fail in a row before the camera counts as gone; single ones happen while it adapts
_PAUSE_S = 0.05
_USUAL_FPS, _MOST_FPS = 25.0, 240.0  # where a stream does not say, or gives its clock's rate (90,000) instead
_OLDEST_NS = 1_000_000_000  # a kernel's stamp further back than this is of another clock


@dataclass(eq=False)
class Camera(Device[Image]):
    """Captures RGB pictures on a thread of its own, so that none is older than its reader makes it.

    Packets have the kernel's time of capture where the driver gives it (V4L2), or a network stream's own stamp, set
    on this clock (`StreamClock`), otherwise the time at which the picture arrived. Pictures that a network stream held
    back while it was opened are dropped: they are seconds old. A slow reader gets the newest picture; the next packet
    says in `attrs["lost"]` how many it has missed.

    Args:
        device: number, `/dev/videoN`, or the address of a network stream (`rtsp://…`).
        width: pixels to ask the device for; `None` leaves it as it is. A device may give another size: see `spec`.
        height: likewise.
        fps: pictures a second to ask for.
        max_queued: pictures that wait for a slow reader.

    Raises:
        DeviceError: from `open`, it is missing, busy or no camera (lists those that there are); from `packets` and
            `read`, it has vanished.
        DataError: `device` names a file: those are read by `VideoFile`.
    """

    silent_s: ClassVar[float | None] = 15.0  # OpenCV itself waits 10 s for a V4L2 device

    device: int | str = 0
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    max_queued: int = 2
    _video: Any = field(init=False, repr=False, default=None)
    _actual: dict[str, Any] = field(init=False, repr=False, default_factory=dict)
    _stream: StreamClock | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.max_queued < 1:
            raise DataError(f"Camera: max_queued must be at least 1, got {self.max_queued}")
        if isinstance(self.device, str) and not _URL.match(self.device) and not self.device.startswith("/dev/"):
            raise DataError(
                f"Camera: {self.device!r} is neither a number, nor /dev/videoN, nor an address such as rtsp://host/1; "
                "files and folders of pictures are read by wugan.devices.VideoFile"
            )

    @classmethod
    def discover(cls, root: Path = _SYSFS) -> Iterator[Found]:
        """The cameras that the system's V4L2 knows, from sysfs: none is opened."""
        for entry in sorted(root.glob("video*"), key=lambda path: int(re.sub(r"\D", "", path.name) or 0)):
            if _line(entry / "index") not in ("", "0"):
                continue  # the same camera's node for metadata
            usb = entry / "device" / ".."
            yield Found(
                kind="camera",
                name=_line(entry / "name") or entry.name,
                address=f"/dev/{entry.name}",
                driver="v4l2",
                vid=_hex(usb / "idVendor"),
                pid=_hex(usb / "idProduct"),
                serial=_line(usb / "serial"),
            )

    @property
    def name(self) -> str:
        """`camera`, and which."""
        return f"camera {self.device}"

    @property
    def spec(self) -> dict[str, Any]:
        """Size (pixels), pictures a second and layout as asked for; once open, as the device gives them."""
        asked = {"width": self.width, "height": self.height, "fps": self.fps}
        return {"kind": "image", "layout": "rgb8", **(self._actual or asked)}

    @property
    def capacity(self) -> int:
        """Pictures that wait."""
        return self.max_queued

    def _open(self) -> None:
        cv2 = opencv()
        network = isinstance(self.device, str) and bool(_URL.match(self.device))
        self._stream = StreamClock() if network else None
        if network:
            limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_MS]
            limits += [cv2.CAP_PROP_N_THREADS, 1]  # with more, FFmpeg hands each picture out a picture or more later
            self._video = cv2.VideoCapture(self.device, cv2.CAP_FFMPEG, limits)
        else:
            path = Path(f"/dev/video{self.device}" if isinstance(self.device, int) else self.device)
            if cv2.videoio_registry.hasBackend(cv2.CAP_V4L2) and not path.exists():
                raise DeviceError(f"{self.name}: there is no {path}. {self._listing()}")
            self._video = cv2.VideoCapture(self.device)
        if not self._video.isOpened():
            why = (
                "nobody answers there, or what answers serves no video at this address"
                if network
                else "another program may hold it, or it is no camera"
            )
            raise DeviceError(f"{self.name} cannot be opened; {why}. {'' if network else self._listing()}".rstrip())
        for key, value in (("WIDTH", self.width), ("HEIGHT", self.height)):
            if value is not None:
                self._video.set(getattr(cv2, f"CAP_PROP_FRAME_{key}"), value)
        if self.fps is not None:
            self._video.set(cv2.CAP_PROP_FPS, self.fps)
        self._actual = {
            "width": int(self._video.get(cv2.CAP_PROP_FRAME_WIDTH)),
            "height": int(self._video.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            "fps": float(self._video.get(cv2.CAP_PROP_FPS)) or None,
        }

    def _capture(self) -> Iterator[Packet[Image] | None]:
        cv2 = opencv()
        failures = 0
        if self._stream is not None:
            self._catch_up()
        while not self.closing:
            grabbed = self._video.grab()
            time_ns = self._captured_ns(cv2) if grabbed else 0
            got, pixels = self._video.retrieve() if grabbed else (False, None)
            if got and pixels is not None and pixels.size:
                failures = 0
                yield Packet(Image(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)), time_ns)
                continue
            failures += 1
            if failures >= _FAILURES:
                raise DeviceError(f"{self.name} gives no pictures any more; is it still there? open() tries again")
            time.sleep(_PAUSE_S)
            yield None

    def _close(self) -> None:
        video, self._video = self._video, None
        if video is not None:
            video.release()

    def _captured_ns(self, cv2: Any) -> int:
        """The time of the picture that was grabbed last, by `wugan.clock`."""
        now_ns = time.monotonic_ns()
        stamp_ns = round(self._video.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
        if self._stream is not None:
            return self._stream.captured_ns(stamp_ns, now_ns) + clock.offset_ns()
        # OpenCV's V4L2 hands on the kernel's stamp, of the monotonic clock; other backends count from the start.
        captured_ns = stamp_ns if 0 <= now_ns - stamp_ns < _OLDEST_NS else now_ns
        return captured_ns + clock.offset_ns()

    def _catch_up(self) -> None:
        """Drop what has queued up while FFmpeg looked at the stream: such pictures come faster than they were taken."""
        fps = self._actual["fps"] or _USUAL_FPS
        waited_s = 0.5 / (fps if fps <= _MOST_FPS else _USUAL_FPS)
        until_s = time.monotonic() + _OPEN_MS / 1000
        while not self.closing and (begun_s := time.monotonic()) < until_s:
            if not self._video.grab() or time.monotonic() - begun_s >= waited_s:
                return

    def _listing(self) -> str:
        there = ", ".join(f"{one.address} ({one.name})" for one in self.discover())
        return f"Cameras: {there}." if there else "This machine has no camera."


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _hex(path: Path) -> int | None:
    text = _line(path)
    return int(text, 16) if re.fullmatch(r"[0-9a-fA-F]{1,4}", text) else None
