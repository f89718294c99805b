"""Results find their sweep and their picture again, in a pipeline that runs, from arrays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("cv2")
from wugan.apps.perception.foxglove import FoxgloveFile
from wugan.apps.perception.pipeline import PictureArrays, Rig, SweepArrays, perception
from wugan.apps.perception.street import picture, rig, sweep, weaving_street
from wugan.apps.perception.view import Geometry, View, Views, add_views, viewers
from wugan.packet import Packet
from wugan.pipeline import Pipeline
from wugan.signals import Image, PointCloud
from wugan.stage import Sink
from wugan.sync import Nearest
from wugan.testing import run_stage

SWEEPS = 4


class Keep(Sink[View]):
    def __init__(self, into: list[Packet[View]]) -> None:
        self.into = into

    def write(self, packet: Packet[View]) -> None:
        self.into.append(packet)


def test_each_result_with_what_it_was_made_of() -> None:
    street = weaving_street()
    clouds = [sweep(street, number / 5, number).points for number in range(SWEEPS)]
    pictures = [picture(street, number / 5).pixels for number in range(SWEEPS)]
    p = perception(
        PictureArrays(pictures, 5.0, realtime=True),
        SweepArrays(clouds, 5.0, realtime=True),
        Rig(rig(), ego_motion=True),
    )
    seen: list[Packet[View]] = []
    add_views(p, {"keep": Keep(seen)})
    with p.run("local") as running:
        running.wait()
    assert seen  # a loaded machine passes sweeps over
    for packet in seen:
        view, number = packet.data, round(packet.time_ns / 2e8)
        assert view.perceived.time_ns == packet.time_ns
        assert view.cloud is not None and len(view.cloud.points) == len(clouds[number])
        assert view.image is None or view.image.pixels.shape == pictures[0].shape


def test_a_pipeline_that_nobody_looks_at_is_left_as_it_is() -> None:
    p = perception(None, SweepArrays([]), Rig(rig()))
    before = set(p.nodes)
    add_views(p, viewers(Geometry()))
    assert set(p.nodes) == before


def test_a_result_without_its_sweep_is_shown_without(view: Callable[..., View]) -> None:
    policy = Nearest("250ms", wait="0ms")
    given = view(4).perceived
    sync = policy.synchronizer(["decision", "lidar"])
    sync.push("lidar", Packet(PointCloud(view(0).cloud.points), 0, stream="lidar"))
    (window,) = sync.push("decision", Packet(given, 400_000_000, stream="decision"))
    shown = Views(policy).combine(window)
    assert shown is not None and shown.cloud is None and shown.perceived is given


def test_the_files_asked_for_have_their_sinks_which_run_anywhere(
    tmp_path: Path, view: Callable[..., View], geometry: Geometry
) -> None:
    pytest.importorskip("av")
    pytest.importorskip("rerun")
    assert set(viewers(geometry, video=tmp_path / "a.mp4")) == {"video"}
    found = viewers(geometry, tmp_path / "a.mp4", tmp_path / "a.rrd", tmp_path / "a.mcap")
    assert isinstance(found["foxglove"], FoxgloveFile)
    for sink in found.values():
        run_stage(sink, [view(0), view(1, picture=False)])  # pickled, and arrays read-only, as on Ray
    assert all((tmp_path / f"a.{kind}").stat().st_size > 1000 for kind in ("mp4", "rrd", "mcap"))


def test_geometry_is_that_of_the_rig() -> None:
    known = Rig(rig(), ego_motion=True)
    geometry = Geometry.of(known)
    assert geometry.camera is known.calibration.cameras["front"]
    assert geometry.lidar_to_camera is not None and geometry.lidar_to_camera.target == "front"
    assert Geometry.of(known, camera=False).camera is None


def test_types_of_ports() -> None:
    p = Pipeline("ports")
    assert p.source(SweepArrays([])).ports.gives is PointCloud
    assert p.source(PictureArrays([])).ports.gives is Image
