"""`Camera` on a V4L2 device: OpenCV's own driver, on ioctls that a preloaded library answers (`v4l2_camera.c`).

A process of its own for each, since the library must be there from its start. The device's node lies in /dev/shm.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None or not Path("/usr/include/linux/videodev2.h").exists(),
    reason="needs Linux, a C compiler and its headers",
)

WATCH = """
import json, sys, time
from wugan import clock
from wugan.devices import Camera

node, pause = sys.argv[1], float(sys.argv[2])
rows = []
with Camera(node, width=9999, fps=5) as camera:
    spec = camera.spec
    for packet in camera.packets():
        pixels = packet.data.pixels
        age = (time.monotonic_ns() + clock.offset_ns() - packet.time_ns) / 1e9
        rows.append([packet.time_ns / 1e9, age, float(pixels.mean()), float(pixels.std()), packet.attrs.get("lost", 0)])
        if len(rows) == 12:
            break
        time.sleep(pause)
print(json.dumps({"spec": spec, "shape": pixels.shape, "rows": rows}))
"""

UNPLUG = """
import os, sys
from wugan.devices import Camera
from wugan.errors import DeviceError

with Camera(sys.argv[1]) as camera:
    for number, _ in enumerate(camera.packets()):
        if number == 3:
            os.unlink(sys.argv[1])
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("v4l2") / "camera.so"
    source = Path(__file__).with_name("v4l2_camera.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", made, source, "-ldl"], check=True)
    return made


@pytest.fixture
def node() -> Iterator[Path]:
    path = Path("/dev/shm") / f"wugan-video-{uuid.uuid4().hex}"
    path.touch()
    yield path
    path.unlink(missing_ok=True)


def run(library: Path, node: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    camera = {"V4L2_NODE": str(node), "V4L2_WIDTH": "320", "V4L2_HEIGHT": "240", "V4L2_FPS": "20"}
    environment = {**os.environ, **camera, "LD_PRELOAD": str(library)}
    command = [sys.executable, "-c", program, str(node), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def watched(library: Path, node: Path, pause_s: float) -> dict[str, Any]:
    done = run(library, node, WATCH, str(pause_s))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_pictures_bear_the_kernels_time(library: Path, node: Path) -> None:
    found = watched(library, node, 0)
    # The device has one size and one rate: what it gives is told, not what was asked for.
    assert found["spec"] == {"kind": "image", "layout": "rgb8", "width": 320, "height": 240, "fps": 20}
    assert found["shape"] == [240, 320, 3]
    times, ages, means, spreads, _ = zip(*found["rows"], strict=True)
    steps = [after - before for before, after in zip(times, times[1:], strict=False)]
    assert all(round(step / 0.05, 2) == round(step / 0.05) for step in steps)  # 20 Hz to the tick, however late read
    assert all(0 <= age < 0.5 for age in ages)
    assert max(spreads) < 1  # a picture is of one moment
    assert all(after > before for before, after in zip(means, means[1:], strict=False))


def test_a_slow_reader_gets_new_pictures_and_is_told_of_the_lost(library: Path, node: Path) -> None:
    rows = watched(library, node, 0.3)["rows"]
    lost = sum(row[4] for row in rows[1:])
    assert lost >= 20
    assert round((rows[-1][0] - rows[0][0]) * 20) >= len(rows) - 1 + lost  # none is told that was not taken


def test_a_camera_that_is_unplugged_is_an_error_that_names_it(library: Path, node: Path) -> None:
    done = run(library, node, UNPLUG)
    assert f"DeviceError: camera {node} gives no pictures any more" in done.stderr


def test_a_node_that_is_no_camera_is_refused(node: Path) -> None:
    from wugan.devices import Camera
    from wugan.errors import DeviceError

    with pytest.raises(DeviceError, match="cannot be opened; another program may hold it, or it is no camera"):
        Camera(str(node)).open()
