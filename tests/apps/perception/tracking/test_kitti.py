from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.apps.perception.tracking.kitti import (
    find_sequences,
    from_camera,
    read_detections,
    read_tracks,
    to_camera,
    write_tracks,
)
from wugan.errors import DataError

LINE = "3,2,298.3,165.2,458.2,293.4,8.3,1.5,1.8,4.5,-4.6,1.8,13.5,-2.1,-1.8"
LABEL = "0 7 Car 0 1 -1.79 296.7 161.7 455.2 292.3 2.0 1.8 4.4 -4.5 1.8 13.4 -2.1"


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_a_detection_in_the_axes_of_the_tracker(tmp_path: Path) -> None:
    found = read_detections([write(tmp_path / "0001.txt", LINE)])
    assert found.frame.tolist() == [3] and found.label.tolist() == ["Car"] and found.frames == 4
    # 13.5 m ahead, 4.6 m to the left, the middle half a height above a floor 1.8 m below the camera
    assert found.box[0, :6] == pytest.approx([13.5, 4.6, 1.5 / 2 - 1.8, 4.5, 1.8, 1.5])


@pytest.mark.parametrize(("turn", "yaw"), [(0, -math.pi / 2), (-math.pi / 2, 0), (math.pi / 2, -math.pi)])
def test_headings(turn: float, yaw: float) -> None:
    """KITTI's 0 looks to the right, -π/2 ahead; the tracker's 0 looks ahead, -π/2 to the right."""
    assert from_camera(np.array([1, 1, 1, 0, 0, 0, turn]))[0, 6] == pytest.approx(yaw)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=4, max_size=4), st.lists(st.floats(0.1, 20), min_size=3, max_size=3))
def test_axes_there_and_back(place: list[float], size: list[float]) -> None:
    box = np.array([*size, *place[:3], place[3] / 40])
    assert to_camera(from_camera(box))[0] == pytest.approx(box, abs=1e-9)


def test_lines_out_of_order_and_an_empty_file(tmp_path: Path) -> None:
    found = read_detections([write(tmp_path / "a", LINE, "0" + LINE[1:]), write(tmp_path / "b")])
    assert found.frame.tolist() == [0, 3]
    assert read_detections([write(tmp_path / "b")]).frames == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("3,2,1", "3 values instead of 15"),
        (LINE.replace(",8.3,", ",high,"), "could not convert"),
        (LINE.replace(",8.3,", ",nan,"), "not finite"),
        (LINE.replace(",8.3,", ",inf,"), "not finite"),
        ("-1" + LINE[1:], "frame -1"),
        ("2.5" + LINE[1:], "frame 2.5"),
        (LINE.replace("3,2,", "3,9,", 1), "type 9 is unknown"),
        (LINE.replace("1.5", "0"), "must be positive"),
    ],
)
def test_a_bad_line_names_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    path = write(tmp_path / "0004.txt", LINE, "", line)
    with pytest.raises(DataError, match=rf"0004\.txt:3: .*{said}"):
        read_detections([path])


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789.,-e naif\n", max_size=120))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "0000.txt"
    path.write_text(text)
    for read in (lambda: read_detections([path]), lambda: read_tracks(path)):
        try:
            found = read()
        except DataError as error:
            assert "0000.txt:" in str(error)
        else:
            assert np.isfinite(found.box).all()


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "0000.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read as text"):
        read_detections([path])


def test_layouts_of_a_folder(tmp_path: Path) -> None:
    for name in ("detections_Car/0001", "detections_Car/0000", "detections_Cyclist/0001", "label/0001", "label/0002"):
        write(tmp_path / f"{name}.txt")
    found = find_sequences(tmp_path)
    assert list(found) == ["0000", "0001"] and len(found["0001"]) == 2
    assert list(find_sequences(tmp_path / "detections_Cyclist")) == ["0001"]
    write(tmp_path / "other" / "x" / "0005.txt")
    assert list(find_sequences(tmp_path / "other")) == ["0005"]
    for empty in (tmp_path / "none", tmp_path / "other" / "x" / "0005.txt"):
        with pytest.raises(DataError, match="not a folder"):
            find_sequences(empty)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(DataError, match=r"holds no SEQ\.txt"):
        find_sequences(tmp_path / "nothing")


def test_one_class_in_two_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="both hold detections of class Car"):
        read_detections([write(tmp_path / "a.txt", LINE), write(tmp_path / "b.txt", LINE)])


def test_tracks_there_and_back(tmp_path: Path) -> None:
    read = read_tracks(write(tmp_path / "0000.txt", LABEL, LABEL.replace("0 7", "1 7", 1) + " 2.5"))
    assert read.score.tolist() == [-1, 2.5] and read.occluded.tolist() == [1, 1]
    write_tracks(tmp_path / "out" / "0000.txt", read)
    again = read_tracks(tmp_path / "out" / "0000.txt")
    assert again.identity.tolist() == [7, 7] and again.frame.tolist() == [0, 1]
    np.testing.assert_allclose(again.box, read.box, atol=1e-3)
    np.testing.assert_allclose(again.image_box, read.image_box, atol=1e-3)


@pytest.mark.parametrize(("line", "said"), [("0 1 Car", "3 fields"), ("-1 " + LABEL[2:], "frame -1")])
def test_a_bad_label_names_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(DataError, match=rf"l\.txt:2: {said}"):
        read_tracks(write(tmp_path / "l.txt", LABEL, line))
