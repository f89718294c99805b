"""The web page in a real browser, cut off from everything but this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest

pytest.importorskip("gradio", reason="needs the web extra")
pytest.importorskip("manifold3d", reason="needs the design extra")
playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SOFTWARE_3D = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
TABLE = "A round oak table, eighty centimetres wide, with four legs."


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's microphone hears, over and over: the sentence and a pause."""
    import soundfile

    from wugan.modalities.speech.synthesis import Speak
    from wugan.packet import Packet
    from wugan.signals import Reply

    (sound,) = Speak().encode([Packet(Reply(TABLE), 0)])
    assert sound is not None
    path = tmp_path_factory.mktemp("voice") / "microphone.wav"
    quiet = np.zeros(sound.rate, np.float32)
    soundfile.write(path, np.concatenate([quiet, sound.samples, quiet]), sound.rate)
    return path


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "wugan", "web", "voice-to-3d", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(300):
            assert server.poll() is None, server.stdout.read() if server.stdout else ""
            try:
                urlopen(url, timeout=1)
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(20)


class Screen:
    """The page as a visitor sees it."""

    def __init__(self, page, address: str) -> None:
        self.page = page
        self.outside: list[str] = []
        page.route("**/*", self._local_only)
        page.goto(f"{address}voice-to-3d/")
        page.wait_for_selector("#sentence textarea")

    def _local_only(self, route) -> None:
        url = route.request.url
        if url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()

    def say(self, sentence: str) -> None:
        before = self.page.locator(".w3d-turn").count()
        self.page.fill("#sentence textarea", sentence)
        self.page.press("#sentence textarea", "Enter")
        self.page.wait_for_function(f"document.querySelectorAll('.w3d-turn').length > {before}")

    def expect(self, size: str) -> None:
        """Wait until this size is shown."""
        told = "size => (document.querySelector('.w3d-size')?.innerText || '').includes(size)"
        self.page.wait_for_function(told, arg=size)

    def new(self) -> None:
        self.page.click("#new")
        self.page.wait_for_function("document.querySelectorAll('.w3d-turn').length === 0")


@pytest.fixture(scope="module")
def screen(address: str, spoken: Path) -> Iterator[Screen]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("needs Chromium (apt-get install chromium)")
    microphone = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken}",
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox", *SOFTWARE_3D, *microphone])
        context = browser.new_context(viewport={"width": 1400, "height": 1000}, permissions=["microphone"])
        context.set_default_timeout(60_000)
        yield Screen(context.new_page(), address)
        browser.close()


def test_sentences_change_what_is_shown(screen: Screen, tmp_path: Path) -> None:
    screen.say("a plate 80 by 40 by 8 mm")
    screen.expect("80 × 40 × 8 mm")
    assert "25.6 cm³" in screen.page.inner_text("#facts")
    screen.say("twice as wide")
    screen.expect("160 × 40 × 8 mm")
    screen.page.click("#undo")
    screen.expect("80 × 40 × 8 mm")
    screen.page.wait_for_selector(".w3d-turn.undone")
    screen.page.click("#redo")
    screen.expect("160 × 40 × 8 mm")


def test_what_is_not_understood_is_shown_and_is_only_text(screen: Screen) -> None:
    screen.new()
    screen.say("a plate 80 by 40 by 8 mm")
    screen.expect("80 × 40 × 8 mm")
    screen.say("<img src=x onerror=alert(1)> sing me a song")
    last = screen.page.locator(".w3d-turn").last
    assert "not understood" in last.inner_text() and "<img src=x" in last.inner_text()
    assert screen.page.locator(".w3d-turn img").count() == 0
    screen.expect("80 × 40 × 8 mm")


def test_the_model_can_be_taken_home(screen: Screen, tmp_path: Path) -> None:
    import trimesh

    screen.new()
    screen.say("a plate 160 by 40 by 8 mm")
    screen.expect("160 × 40 × 8 mm")
    with screen.page.expect_download() as download:
        screen.page.click("#get-stl")
    path = tmp_path / "model.stl"
    download.value.save_as(path)
    mesh = trimesh.load(path)
    assert mesh.is_watertight and mesh.extents == pytest.approx([160, 40, 8])


def test_the_model_is_drawn(screen: Screen) -> None:
    """The viewer's canvas shows more than its background; set WUGAN_SCREENSHOT to keep the picture of the page."""
    import io

    from PIL import Image

    screen.new()
    screen.say("a red cube, 50 mm")
    canvas = screen.page.locator("#viewer canvas")
    canvas.wait_for()
    red = 0.0
    for _ in range(60):
        pixels = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("RGB")).astype(int)
        red = float((pixels[..., 0] > pixels[..., 1] + 60).mean())
        if red > 0.01:
            break
        screen.page.wait_for_timeout(500)
    assert red > 0.01
    if target := os.environ.get("WUGAN_SCREENSHOT"):
        screen.page.screenshot(path=target)


@pytest.mark.slow
def test_a_spoken_sentence_becomes_a_table(screen: Screen) -> None:
    screen.new()
    before = 0
    screen.page.click("#voice button:has-text('Record')")
    screen.page.wait_for_timeout(18_000)  # the sentence comes round every eight seconds: once whole, whenever it began
    screen.page.click("#voice button:has-text('Stop')")
    screen.page.wait_for_function(f"document.querySelectorAll('.w3d-turn').length > {before}")
    assert any("table" in said.lower() for said in screen.page.locator(".w3d-said").all_inner_texts())
    assert "leg" in screen.page.inner_text("#facts")


def test_nothing_was_asked_of_the_world_outside(screen: Screen) -> None:
    assert screen.outside == []
