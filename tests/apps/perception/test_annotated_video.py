"""Videos are read back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")
import av

from wugan.apps.perception.dashboard import AnnotatedVideo, Dashboard
from wugan.apps.perception.view import Geometry, View
from wugan.errors import DataError, PluginError
from wugan.packet import Packet


def write(path: Path, geometry: Geometry, views: list[View]) -> AnnotatedVideo:
    video = AnnotatedVideo(path, geometry)
    video.warm_up()
    for number, one in enumerate(views):
        video.write(Packet(one, one.perceived.time_ns, stream="views", seq=number))
    video.close()
    video.close()  # safe to call twice
    return video


def test_frames_stand_at_their_times_of_capture(
    tmp_path: Path, geometry: Geometry, view: Callable[..., View], thing: Callable[..., object]
) -> None:
    views = [view(number, thing(1, 20 - number, 0)) for number in (3, 4, 7)]  # two sweeps were passed over
    assert write(tmp_path / "a.mp4", geometry, views).frames == 3
    with av.open(str(tmp_path / "a.mp4")) as file:
        frames = list(file.decode(video=0))
        assert file.streams.video[0].codec_context.name == "h264"
    assert [round(float(frame.pts * frame.time_base), 3) for frame in frames] == [0.0, 0.1, 0.4]
    dashboard = Dashboard(geometry)
    for frame, one in zip(frames, views, strict=True):
        drawn = dashboard.draw(one)
        assert np.abs(frame.to_ndarray(format="rgb24").astype(int) - drawn).mean() < 4


def test_a_clock_that_goes_back_does_not_end_the_video(tmp_path: Path, view: Callable[..., View]) -> None:
    write(tmp_path / "a.mp4", Geometry(), [view(number) for number in (5, 6, 1, 2, 7)])
    with av.open(str(tmp_path / "a.mp4")) as file:
        assert len(list(file.decode(video=0))) == 5


def test_what_cannot_be_written_is_said_before_anything_runs(
    tmp_path: Path, view: Callable[..., View], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match=r"ends in \.mp4"):
        AnnotatedVideo(tmp_path / "a.avi")
    with pytest.raises(DataError, match="cannot be written"):
        AnnotatedVideo(tmp_path / "none" / "a.mp4").warm_up()
    with pytest.raises(PluginError, match="warm_up"):
        AnnotatedVideo(tmp_path / "a.mp4").write(Packet(view(0), 0, stream="views"))
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(PluginError, match=r"wugan\[spatial\]"):
        AnnotatedVideo(tmp_path / "a.mp4")


def test_a_run_without_a_result_leaves_no_error(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", Geometry(), [])
