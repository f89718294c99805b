"""`VideoFile`: a video, or a folder of pictures, as the stream that a camera would give."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from wugan.devices.base import Device
from wugan.devices.camera import opencv
from wugan.devices.feed import Playback
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import Image

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm")
_SHORT = 0.02  # containers may announce a few pictures more than they hold; fewer by more than this share is a cut


@dataclass(eq=False)
class VideoFile(Device[Image]):
    """Reads every picture of a file, in order, with the times that the file gives, which start at 0.

    It waits for its reader, and nothing is dropped unless `drop_late` says so. A folder's pictures are sorted as people
    count (`9` before `10`).

    Args:
        path: a video that OpenCV's FFmpeg knows (MP4, AVI, MKV, …), or a folder of pictures.
        fps: pictures a second of a folder; of a video, in place of what the file says.
        realtime: give pictures at that speed, as a camera would, instead of at once. The clock begins when somebody
            reads.
        loop: how many times to play it; times go on.
        drop_late: with `realtime`, pass a picture over when the next one is due already, as a camera does, and count it
            (`lost`, and `attrs["lost"]` of the next).
        drop_bad: pass over a picture that cannot be decoded, say so in the log, and count it likewise, as long as there
            is a good one.

    Raises:
        DataError: from `open`: no such file, no video, no pictures. From `packets`: a picture cannot be decoded, or the
            video ends well before its announced length (the pictures before that were given).
    """

    live: ClassVar[bool] = False

    path: str | Path
    fps: float | None = None
    realtime: bool = False
    loop: int = 1
    drop_late: bool = False
    drop_bad: bool = False
    _video: Any = field(init=False, repr=False, default=None)
    _pictures: list[Path] = field(init=False, repr=False, default_factory=list)
    _rate: float = field(init=False, repr=False, default=0.0)

    def __post_init__(self) -> None:
        if self.fps is not None and not 0 < self.fps < 10_000:
            raise DataError(f"VideoFile: fps must be more than 0, got {self.fps}")
        if self.loop < 1:
            raise DataError(f"VideoFile: loop must be at least 1, got {self.loop}")

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.path).name

    @property
    def spec(self) -> dict[str, Any]:
        """Layout and pictures a second; once open also the number of pictures and the video's size."""
        spec: dict[str, Any] = {"kind": "image", "layout": "rgb8", "fps": self._rate or self.fps}
        if self._video is not None:
            cv2 = opencv()
            for key, of in (("width", "FRAME_WIDTH"), ("height", "FRAME_HEIGHT"), ("frames", "FRAME_COUNT")):
                spec[key] = int(self._video.get(getattr(cv2, f"CAP_PROP_{of}")))
        elif self._pictures:
            spec["frames"] = len(self._pictures)
        return spec

    def _open(self) -> None:
        cv2 = opencv()
        path = Path(self.path)
        self._pictures, self._video = [], None
        if not path.exists():
            raise DataError(f"{path}: no such file")
        if path.is_dir():
            inside = [one for one in path.iterdir() if one.suffix.lower() in PICTURES]
            self._pictures = sorted(inside, key=_as_counted)
            if not self._pictures:
                raise DataError(f"{path} holds no pictures ({', '.join(PICTURES)})")
            self._rate = self.fps or 30.0
            return
        self._video = self._opened_video()
        told = float(self._video.get(cv2.CAP_PROP_FPS))
        self._rate = self.fps or (told if 0 < told < 10_000 else 30.0)

    def _opened_video(self) -> Any:
        cv2 = opencv()
        video = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        if not video.isOpened():
            raise DataError(f"{self.path} cannot be read as a video; convert it, for example: ffmpeg -i INPUT out.mp4")
        return video

    def _capture(self) -> Iterator[Packet[Image] | None]:
        clock = Playback(self) if self.realtime else None
        period_ns = round(1e9 / self._rate)
        start_ns = time_ns = good = bad = 0
        for turn in range(self.loop):
            if turn and self._video is not None:
                self._video.release()
                self._video = self._opened_video()
            for of_file_ns, decode in self._folder() if self._pictures else self._frames():
                time_ns = start_ns + of_file_ns
                if clock and self.drop_late and clock.passed(time_ns + period_ns):
                    self.skip()
                    continue
                try:
                    image = decode()
                except DataError as error:
                    bad += 1
                    if not self.drop_bad:
                        raise
                    self.pass_over(error, bad)
                    continue
                good += 1
                due_ns = clock.wait(time_ns) if clock else 0
                if self.closing:
                    return
                yield Packet(image, time_ns, entered_ns=due_ns)
            start_ns = time_ns + period_ns
        if bad and not good:
            raise DataError(f"{self.path}: no picture of it can be decoded")

    def _close(self) -> None:
        video, self._video = self._video, None
        if video is not None:
            video.release()

    def _frames(self) -> Iterator[tuple[int, Callable[[], Image]]]:
        cv2 = opencv()
        announced = int(self._video.get(cv2.CAP_PROP_FRAME_COUNT))
        count, last_ns = 0, -1
        while self._video.grab():
            told_ns = round(self._video.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
            counted_ns = round(count * 1e9 / self._rate)
            # Some containers have no times: all zero, or the same again.
            time_ns = counted_ns if self.fps is not None or told_ns <= last_ns else told_ns
            last_ns = max(last_ns, time_ns)
            yield time_ns, partial(self._grabbed, count)
            count += 1
        if count < announced - max(1, round(_SHORT * announced)):
            raise DataError(
                f"{self.path} is cut off: it holds {count} of the {announced} pictures that it announces; those were "
                "given"
            )

    def _grabbed(self, count: int) -> Image:
        cv2 = opencv()
        got, pixels = self._video.retrieve()
        if not got:
            raise DataError(f"{self.path}: picture {count} cannot be decoded; the {count} before it were given")
        return Image(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))

    def _folder(self) -> Iterator[tuple[int, Callable[[], Image]]]:
        for number, path in enumerate(self._pictures):
            yield round(number * 1e9 / self._rate), partial(_picture, path)


def _picture(path: Path) -> Image:
    cv2 = opencv()
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise DataError(f"{path} cannot be decoded as a picture (empty, cut off, or of another format)")
    return Image(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def _as_counted(path: Path) -> list[tuple[int, str]]:
    """Sorts `frame9` before `frame10`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)]
