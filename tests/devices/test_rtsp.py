"""`Camera` on a real RTSP stream: H.264 from GStreamer's server, whose pictures tell when they were made.

Skipped where Debian's `gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly` are missing.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from wugan import clock
from wugan.devices import Camera
from wugan.errors import DeviceError

SERVER = Path(__file__).with_name("rtsp_server.py")
PYTHON = "/usr/bin/python3"  # Debian's, which has GStreamer's bindings
FPS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    if shutil.which(PYTHON) is None:
        pytest.skip("no Debian Python")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([PYTHON, str(SERVER), str(port), str(FPS)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            pytest.skip("GStreamer's RTSP server with x264 is not installed")
        yield process, f"rtsp://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def told_ns(pixels: np.ndarray) -> int:
    """The time that a picture's 48 squares tell: milliseconds in binary, black and white."""
    row = pixels[8:24, :, 1].reshape(16, 48, 16).mean((0, 2)) > 128
    return int("".join("1" if bit else "0" for bit in row), 2) * 1_000_000


@pytest.mark.slow
def test_pictures_are_fresh_from_the_first_on_and_carry_their_times(server: tuple[object, str]) -> None:
    with Camera(f"{server[1]}/camera") as camera:
        assert camera.spec["width"] == 768 and camera.spec["fps"] == FPS
        stream = camera.packets()
        packets = [next(stream) for _ in range(30)]
    lags_s = [(packet.time_ns - told_ns(packet.data.pixels)) / 1e9 for packet in packets]
    steps_s = np.diff([packet.time_ns for packet in packets]) / 1e9
    print(f"lag {min(lags_s):.3f} to {max(lags_s):.3f} s, steps {steps_s.min():.3f} to {steps_s.max():.3f} s")
    # FFmpeg looks at a stream for seconds before it hands out its first picture.
    assert all(-0.05 < lag < 1.5 for lag in lags_s)
    assert np.median(np.abs(steps_s - 1 / FPS)) < 0.02
    assert (clock.now_ns() - told_ns(packets[-1].data.pixels)) / 1e9 < 5


@pytest.mark.slow
def test_an_address_that_serves_nothing_is_an_error_that_says_so(server: tuple[object, str]) -> None:
    with pytest.raises(DeviceError, match="serves no video at this address"):
        Camera(f"{server[1]}/door").open()


@pytest.mark.slow
def test_a_server_that_dies_is_a_camera_that_is_gone(server: tuple[subprocess.Popen[str], str]) -> None:
    with Camera(f"{server[1]}/camera") as camera:
        stream = camera.packets()
        next(stream)
        server[0].kill()
        with pytest.raises(DeviceError, match="gives no pictures any more"):
            for _ in stream:
                pass
