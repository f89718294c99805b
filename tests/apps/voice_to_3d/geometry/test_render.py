"""The picture: same bytes each time, everything inside, colours as said, a clear word without OpenGL."""

from __future__ import annotations

import ctypes.util
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.build import Built
from wugan.apps.voice_to_3d.geometry.offscreen import _choose
from wugan.apps.voice_to_3d.geometry.render import render
from wugan.errors import DataError

pytest.importorskip("pyrender")
Image = pytest.importorskip("PIL.Image")


@pytest.fixture(scope="module", autouse=True)
def _opengl() -> None:
    try:
        _choose()
    except DataError as error:
        pytest.skip(str(error))


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)), np.float64)


def test_the_same_scene_is_the_same_bytes_from_any_thread(table: Built) -> None:
    first = render(table, size=(320, 240))
    with ThreadPoolExecutor(3) as threads:
        others = list(threads.map(lambda _: render(table, size=(320, 240)), range(6)))
    assert set(others) == {first}


THREE_BALLS = """
import sys, manifold3d as m
from wugan.apps.voice_to_3d.geometry.build import Built, BuiltPart
from wugan.apps.voice_to_3d.geometry.render import render
from wugan.apps.voice_to_3d.scene.material import Material
ball = lambda i: m.Manifold.sphere(5, 48).translate((9 * i, 0, 5))
parts = [BuiltPart("a", "p", (), i, Material(name="c", colour=c), ball(i))
         for i, c in enumerate(("#cc2222", "#22aa44", "#dddddd"))]
sys.stdout.buffer.write(render(Built(parts), size=(200, 150)))
"""


def drawn_elsewhere(**environment: str) -> bytes:
    command = [sys.executable, "-c", THREE_BALLS]
    return subprocess.run(command, capture_output=True, check=True, env={**os.environ, **environment}).stdout


@pytest.mark.slow
def test_another_process_gives_the_same_bytes() -> None:
    """Addresses, and so the order of sets, differ from process to process."""
    first = drawn_elsewhere(PYTHONHASHSEED="1")
    assert first.startswith(b"\x89PNG") and drawn_elsewhere(PYTHONHASHSEED="2") == first


@pytest.mark.skipif(not ctypes.util.find_library("OSMesa"), reason="needs libosmesa6")
def test_osmesa_draws_the_same_picture() -> None:
    ours, theirs = pixels(drawn_elsewhere()), pixels(drawn_elsewhere(PYOPENGL_PLATFORM="osmesa"))
    assert np.abs(ours - theirs).mean() < 1


def test_size_and_file(bracket: Built, tmp_path: Path) -> None:
    png = render(bracket, tmp_path / "a.png", size=(300, 200))
    assert (tmp_path / "a.png").read_bytes() == png
    assert pixels(png).shape == (200, 300, 3)
    assert pixels(render(bracket)).shape == (600, 800, 3)


def test_the_colours_are_those_that_were_said(table: Built) -> None:
    picture = pixels(render(table))
    red, _, blue = np.moveaxis(picture, -1, 0)
    oak = (red > 180) & (red - blue > 60)
    legs = picture.max(axis=2) < 60
    assert oak.mean() > 0.03, "the top is large and oak"
    assert 0.005 < legs.mean() < 0.1, "the legs are thin and black"
    assert np.argwhere(oak)[:, 0].mean() < np.argwhere(legs)[:, 0].mean(), "the top is above the legs"
    assert ((blue - red) > 40).mean() > 0.002, "the vase is blue glass"


def test_everything_is_inside(table: Built, bracket: Built) -> None:
    for built in (table, bracket):
        picture = pixels(render(built, size=(400, 300)))
        border = np.concatenate([picture[:8].ravel(), picture[:-30, :8].ravel(), picture[:-30, -8:].ravel()])
        assert border.min() > 200, "nothing but the light background touches the picture's sides"
        edges = np.abs(np.diff(picture.mean(axis=2), axis=1)) > 40
        columns = np.flatnonzero(edges[:270].any(axis=0))
        rows = np.flatnonzero(edges[:270].any(axis=1))
        assert np.ptp(columns) > 240 or np.ptp(rows) > 190, "and it fills the picture one way or the other"


def test_sizes_that_cannot_be(bracket: Built) -> None:
    with pytest.raises(DataError, match="each side must be 64 to 4096"):
        render(bracket, size=(8, 600))
    with pytest.raises(DataError, match="nothing to show"):
        render(Built())


def test_without_opengl_the_package_is_named(tmp_path: Path) -> None:
    """In a process that finds no library."""
    script = (
        "import ctypes.util; ctypes.util.find_library = lambda name: None\n"
        "import manifold3d as m\n"
        "from wugan.errors import DataError\n"
        "from wugan.apps.voice_to_3d.geometry.build import Built, BuiltPart\n"
        "from wugan.apps.voice_to_3d.geometry.render import render\n"
        "from wugan.apps.voice_to_3d.scene.material import Material\n"
        "part = BuiltPart('a', '', (), 0, Material(name='c', colour='#cc2222'), m.Manifold.sphere(5, 48))\n"
        "try: render(Built([part]))\n"
        "except DataError as error: print(error)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYOPENGL_PLATFORM"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert "neither EGL nor OSMesa" in run.stdout and "apt-get install libegl1" in run.stdout
