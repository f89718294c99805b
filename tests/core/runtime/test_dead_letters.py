from __future__ import annotations

import json
import threading

import numpy as np
import pytest

from wugan import Packet
from wugan.runtime.dead_letters import DeadLetters


def test_a_letter_holds_packet_and_error_and_can_be_read_back(tmp_path):
    letters = DeadLetters(tmp_path / "letters")
    assert not letters.folder.exists()  # made only when there is something to keep
    packet = Packet(np.arange(5), 123, stream="camera", seq=7, attrs={"lens": "left"})
    try:
        raise ValueError("no face")
    except ValueError as error:
        letter = letters.write("find face/1", "camera", packet, error)
    assert letter.parent == tmp_path / "letters" and "/" not in letter.name
    about = json.loads((letter / "error.json").read_text())
    assert (about["stage"], about["port"], about["stream"], about["seq"]) == ("find face/1", "camera", "camera", 7)
    assert about["time_ns"] == 123
    assert about["error"] == "ValueError: no face"
    assert "raise ValueError" in about["traceback"]
    back = DeadLetters.load(letter)
    assert (back.stream, back.seq, back.attrs) == ("camera", 7, {"lens": "left"})
    np.testing.assert_array_equal(back.data, np.arange(5))


def test_the_error_is_kept_where_the_packet_cannot_be(tmp_path):
    letter = DeadLetters(tmp_path).write("s", "in", Packet(threading.Lock(), 0, stream="s"), ValueError("x"))
    about = json.loads((letter / "error.json").read_text())
    assert about["error"] == "ValueError: x" and "TypeError" in about["packet"]
    assert not (letter / "packet.pickle").exists()


def test_two_writers_and_an_earlier_run_share_a_folder(tmp_path):
    names = {DeadLetters(tmp_path).write(stage, "in", None, ValueError()).name for stage in ("a b", "a_b", "a b")}
    assert len(names) == 3


def test_a_stage_that_always_fails_does_not_fill_the_disk(tmp_path):
    letters = DeadLetters(tmp_path, max_letters=3, max_bytes=5000)
    written = [letters.write("s", "in", Packet(bytes(2000), 0, stream="s", seq=seq), ValueError()) for seq in range(5)]
    assert written[3:] == [None, None] and len(list(tmp_path.iterdir())) == 3
    assert [(letter / "packet.pickle").exists() for letter in written[:3]] == [True, True, False]
    assert "5000 bytes" in json.loads((written[2] / "error.json").read_text())["packet"]


def test_a_folder_that_cannot_be_made_raises(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        DeadLetters(tmp_path / "file" / "letters").write("s", "in", None, ValueError())
