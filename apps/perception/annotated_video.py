"""`AnnotatedVideo`: a run as a video that a person can follow: picture, boxes, depth, decision, view from above."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.dashboard import Dashboard
from wugan.apps.perception.view import Geometry, View, emptied
from wugan.devices.opencv import opencv
from wugan.errors import DataError, PluginError
from wugan.packet import Packet
from wugan.stage import Sink

_TICK = Fraction(1, 1000)  # of the video's clock: a millisecond


@dataclass(eq=False)
class AnnotatedVideo(Sink[View]):
    """Writes H.264 in MP4, which browsers play. A frame stays until the next result's time of capture.

    Args:
        path: the file, replaced if it is there.
        geometry: what turns a moment into a picture.
        quality: H.264's constant rate factor: 18 looks like the original, 30 is small.

    Raises:
        PluginError: PyAV or OpenCV is not installed.
        DataError: the file's name does not end in `.mp4`. From `warm_up`: it cannot be written.
    """

    path: str | Path
    geometry: Geometry = field(default_factory=Geometry)
    quality: int = 23
    frames: int = field(init=False, default=0)
    _file: Any = field(init=False, repr=False, default=None)
    _stream: Any = field(init=False, repr=False, default=None)
    _dashboard: Dashboard | None = field(init=False, repr=False, default=None)
    _start_ns: int = field(init=False, repr=False, default=0)
    _last: int = field(init=False, repr=False, default=-1)

    def __post_init__(self) -> None:
        pyav()
        opencv()
        if Path(self.path).suffix.lower() != ".mp4":
            raise DataError(f"{self.path}: a video is written as MP4; give a name that ends in .mp4")

    def warm_up(self) -> None:
        """Open the file."""
        self._dashboard = Dashboard(self.geometry)
        emptied(self.path)  # PyAV itself would find out at the first frame
        self._file = pyav().open(str(self.path), "w", format="mp4")

    def write(self, packet: Packet[View]) -> None:
        """Append one frame."""
        if self._dashboard is None:
            raise PluginError("AnnotatedVideo: warm_up() first; pipelines do so by themselves")
        self._append(self._dashboard.draw(packet.data), packet.time_ns)

    def close(self) -> None:
        """Finish the file."""
        if self._file is None:
            return
        if self._stream is not None:
            for part in self._stream.encode():
                self._file.mux(part)
        self._file.close()
        self._file = self._stream = None

    def _append(self, picture: NDArray[np.uint8], time_ns: int) -> None:
        if self._stream is None:
            self._stream = self._file.add_stream("libx264", rate=30)
            self._stream.height, self._stream.width = picture.shape[:2]
            self._stream.pix_fmt = "yuv420p"
            self._stream.time_base = self._stream.codec_context.time_base = _TICK
            self._stream.codec_context.thread_count = 1  # the other cores are the pipeline's
            self._stream.options = {"preset": "ultrafast", "crf": str(self.quality)}
            self._start_ns = time_ns
        frame = pyav().VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        # A clock that went back must not stop the video: such a frame follows a tick after the last one.
        at = max(self._last + 1, (time_ns - self._start_ns) // 1_000_000)
        frame.pts, frame.time_base, self._last = at, _TICK, at
        self.frames += 1
        for part in self._stream.encode(frame):
            self._file.mux(part)


def pyav() -> Any:
    """The module av.

    Raises:
        PluginError: it is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise PluginError(f"a video is written through PyAV ({error}): pip install 'wugan[spatial]'") from error
    return av
