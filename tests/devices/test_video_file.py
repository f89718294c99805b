from __future__ import annotations

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from wugan.devices.video_file import VideoFile
from wugan.errors import DataError
from wugan.testing import run_stage


def picture(value: int) -> np.ndarray:
    bgr = np.full((48, 64, 3), 128, np.uint8)
    bgr[:, : 2 + value] = (0, 0, 255)  # red, wider from picture to picture
    return bgr


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 20.0, (64, 48))
    for number in range(30):
        writer.write(picture(number))
    writer.release()
    return path


def width(pixels: np.ndarray) -> int:
    """How wide the red is."""
    return int(((pixels[10, :, 0] > 200) & (pixels[10, :, 2] < 60)).sum())


def test_every_picture_in_order_with_the_file_s_times(film: Path) -> None:
    packets = run_stage(VideoFile(film))
    assert [packet.time_ns for packet in packets] == [number * 50_000_000 for number in range(30)]
    assert all(abs(width(packet.data.pixels) - 2 - number) <= 2 for number, packet in enumerate(packets))
    assert packets[0].data.pixels.shape == (48, 64, 3)


def test_it_waits_for_its_reader(film: Path) -> None:
    with VideoFile(film) as file:
        assert file.spec == {"kind": "image", "layout": "rgb8", "fps": 20.0, "width": 64, "height": 48, "frames": 30}
        assert [file.read().time_ns for _ in range(3)] == [0, 50_000_000, 100_000_000]
        assert file.async_read("10s").time_ns == 150_000_000
        assert len(list(file.packets())) == 26 and file.lost == 0 and file.health.state == "ended"


def test_another_rate(film: Path) -> None:
    assert [packet.time_ns for packet in run_stage(VideoFile(film, fps=10), limit=3)] == [0, 10**8, 2 * 10**8]


def test_a_folder_of_pictures_as_people_count(tmp_path: Path) -> None:
    for number in (1, 2, 9, 10):
        cv2.imwrite(str(tmp_path / f"view{number}.png"), picture(number))
    (tmp_path / "notes.txt").write_text("no picture")
    packets = run_stage(VideoFile(tmp_path, fps=5))
    assert [width(packet.data.pixels) for packet in packets] == [3, 4, 11, 12]
    assert [packet.time_ns for packet in packets] == [n * 200_000_000 for n in range(4)]


def test_what_cannot_be_read_says_which_file(tmp_path: Path, film: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        VideoFile(tmp_path / "none.mp4").open()
    (tmp_path / "text.mp4").write_text("this is no video")
    with pytest.raises(DataError, match=r"text\.mp4 cannot be read as a video"):
        VideoFile(tmp_path / "text.mp4").open()
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(DataError, match="holds no pictures"):
        VideoFile(folder).open()
    (folder / "a.png").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(DataError, match=r"a\.png cannot be decoded"):
        run_stage(VideoFile(folder))


def test_a_film_that_is_cut_off_gives_what_there_is(film: Path) -> None:
    film.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    given = []
    with VideoFile(film) as file, pytest.raises(DataError, match=r"film\.avi is cut off: it holds \d+ of the 30"):
        for packet in file.packets():
            given.append(packet)
    assert 5 < len(given) < 20


def test_settings_and_travel(film: Path) -> None:
    with pytest.raises(DataError, match="fps"):
        VideoFile(film, fps=0)
    assert pickle.loads(pickle.dumps(VideoFile(film, fps=5))).fps == 5


def test_playing_over_and_over_lets_time_go_on(film: Path, tmp_path: Path) -> None:
    once, twice = run_stage(VideoFile(film)), run_stage(VideoFile(film, loop=2))
    assert [packet.time_ns for packet in twice[:30]] == [packet.time_ns for packet in once]
    assert [packet.time_ns for packet in twice[30:]] == [packet.time_ns + 1_500_000_000 for packet in once]
    assert np.array_equal(twice[31].data.pixels, once[1].data.pixels)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(2):
        cv2.imwrite(str(folder / f"{number}.png"), picture(number))
    packets = run_stage(VideoFile(folder, fps=10, loop=2))
    assert [(packet.time_ns, width(packet.data.pixels)) for packet in packets] == [
        (n * 100_000_000, 2 + n % 2) for n in range(4)
    ]
    with pytest.raises(DataError, match="loop"):
        VideoFile(folder, loop=0)


def test_pictures_that_cannot_be_decoded_are_passed_over_and_counted(tmp_path: Path) -> None:
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture(number))
    (tmp_path / "1.png").write_bytes(b"none")
    with VideoFile(tmp_path, fps=10, drop_bad=True) as video:
        assert [packet.time_ns for packet in video.packets()] == [0, 200_000_000]
        assert video.lost == 1
    for number in (0, 2):
        (tmp_path / f"{number}.png").write_bytes(b"")
    with pytest.raises(DataError, match="no picture of it can be decoded"):
        run_stage(VideoFile(tmp_path, fps=10, drop_bad=True))
