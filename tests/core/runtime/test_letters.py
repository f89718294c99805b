from __future__ import annotations

import json
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from core_parts import Frame
from hypothesis import given
from hypothesis import strategies as st

from wugan import Packet, Pipeline
from wugan.errors import DataError
from wugan.runtime.letters import (
    DeadLetters,
    Letter,
    default_dead_letters,
    dropped,
    letters_root,
    read_letters,
    runs_with_letters,
)


def failing(message: str = "no face") -> ValueError:
    try:
        raise ValueError(message)
    except ValueError as error:
        return error


def frame(seq: int) -> Packet[Frame]:
    return Packet(Frame(np.zeros(3), seq), seq * 1_000, stream="camera", seq=seq, attrs={"lens": "left"})


def test_a_letter_is_read_without_its_packet(tmp_path):
    folder = DeadLetters(tmp_path).write("faces", "camera", frame(7), failing())
    (folder / "packet.json").write_bytes(b"no JSON")
    letter = Letter.read(folder)
    assert (letter.name, letter.stage, letter.port, letter.stream) == ("faces-00001", "faces", "camera", "camera")
    assert (letter.seq, letter.time_ns, letter.error) == (7, 7_000, "ValueError: no face")
    assert letter.data == "Frame(pixels=float64[3], number=int)" and "raise ValueError" in letter.traceback
    with pytest.raises(DataError, match="faces-00001: its packet cannot be read"):
        letter.load()


def test_its_packet_is_loaded_when_asked(tmp_path):
    packet = Letter.read(DeadLetters(tmp_path).write("faces", "camera", frame(7), failing())).load()
    assert (packet.stream, packet.seq, packet.attrs, packet.data.number) == ("camera", 7, {"lens": "left"}, 7)


def test_numbers_of_numpy_are_numbers(tmp_path):
    packet = Packet(1, np.int64(10**18), stream="camera", seq=np.int64(3))
    letter = Letter.read(DeadLetters(tmp_path).write("faces", "camera", packet, failing()))
    assert (letter.seq, letter.time_ns) == (3, 10**18)


def test_why_there_is_no_packet(tmp_path):
    letters = DeadLetters(tmp_path, max_bytes=0)
    with pytest.raises(DataError, match="the packet was not kept, .*together may hold 0"):
        Letter.read(letters.write("faces", "camera", frame(1), failing())).load()
    with pytest.raises(DataError, match="holds no packet, since none was at hand"):
        Letter.read(DeadLetters(tmp_path).write("faces", "", None, failing())).load()
    gone = DeadLetters(tmp_path).write("faces", "", frame(1), failing())
    (gone / "packet.json").unlink()
    with pytest.raises(DataError, match="there is no packet.json in it"):
        Letter.read(gone).load()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "cannot be read: Expecting property name"),
        ("[]", "cannot be read: .*must be a mapping"),
        ('{"stage": "x"}', "cannot be read: error: Field required"),
        ('{"stage": "x", "error": "e", "seq": "many"}', "cannot be read: seq: Input should be a valid integer"),
    ],
)
def test_a_damaged_letter_is_an_error_that_says_where(tmp_path, text, complaint):
    (tmp_path / "error.json").write_text(text)
    with pytest.raises(DataError, match=f"error.json {complaint}"):
        Letter.read(tmp_path)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_letter_or_an_error(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("letter")
    (folder / "error.json").write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        Letter.read(folder)


def test_a_folder_is_read_by_stage_and_number(tmp_path):
    letters = DeadLetters(tmp_path)
    for stage in ("b", "a", "b"):
        letters.write(stage, "in", frame(0), failing())
    (tmp_path / "a-100000").mkdir()
    (tmp_path / "a-100000" / "error.json").write_text('{"stage": "a", "error": "e"}')
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "replayed").mkdir()
    (tmp_path / ".replay-x").mkdir()
    assert [letter.name for letter in read_letters(tmp_path)] == ["a-00002", "a-100000", "b-00001", "b-00003"]


def test_a_letter_that_was_never_finished_is_told(tmp_path, caplog):
    DeadLetters(tmp_path).write("a", "in", frame(0), failing())
    (tmp_path / "a-00002").mkdir()
    assert [letter.name for letter in read_letters(tmp_path)] == ["a-00001"]
    assert "a-00002 is no letter, since it holds no error.json" in caplog.text


def test_a_folder_without_letters_says_where_they_are(tmp_path):
    with pytest.raises(DataError, match="nowhere is no folder: give the dead-letter folder of a run"):
        read_letters(tmp_path / "nowhere")
    with pytest.raises(DataError, match="holds no letters$"):
        read_letters(tmp_path)
    run = tmp_path / "desk-20260101-101112"
    letter = DeadLetters(run).write("a", "in", frame(0), failing())
    with pytest.raises(DataError, match=f"holds no letters; give that of one run: {run}$"):
        read_letters(tmp_path)
    with pytest.raises(DataError, match="it is a letter itself; give "):
        read_letters(letter)
    DeadLetters(run / "replayed").adopt(letter)
    with pytest.raises(DataError, match="holds no letters; those in .*replayed have been replayed"):
        read_letters(run)


def test_a_packet_that_fails_again_keeps_its_letter_and_its_history(tmp_path):
    old = Letter.read(DeadLetters(tmp_path / "old").write("faces", "camera", frame(7), failing("first")))
    for error in ("second", "third"):
        new = Letter.read(DeadLetters(tmp_path / "new").write("faces", "camera", frame(0), failing(error)))
        old = old.failed_again(new)
    assert (old.name, old.seq, old.error) == ("faces-00001", 7, "ValueError: third")
    assert [earlier.error for earlier in old.earlier] == ["ValueError: first", "ValueError: second"]
    assert "third" in old.traceback and old.load().seq == 7
    assert sorted(path.name for path in old.folder.iterdir()) == ["error.json", "packet.json", "packet.safetensors"]


def test_a_letter_is_adopted_under_its_name_or_the_next(tmp_path):
    def letter(folder: str) -> Path:
        return DeadLetters(tmp_path / folder).write("a-b", "in", frame(0), failing())

    kept = DeadLetters(tmp_path / "kept")
    places = [kept.adopt(letter(folder)) for folder in ("x", "y", "z")]
    assert [place.name for place in places] == ["a-b-00001", "a-b-00002", "a-b-00003"]
    assert all(json.loads((place / "error.json").read_text())["seq"] == 0 for place in places)
    assert not list((tmp_path / "x").iterdir())


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
    back = Letter.read(letter).load()
    assert (back.stream, back.seq, back.attrs) == ("camera", 7, {"lens": "left"})
    np.testing.assert_array_equal(back.data, np.arange(5))


def test_the_error_is_kept_where_the_packet_cannot_be(tmp_path):
    letter = DeadLetters(tmp_path).write("s", "in", Packet(threading.Lock(), 0, stream="s"), ValueError("x"))
    about = json.loads((letter / "error.json").read_text())
    assert about["error"] == "ValueError: x" and "data is a _thread.lock" in about["packet"]
    assert not (letter / "packet.json").exists()


def test_two_writers_and_an_earlier_run_share_a_folder(tmp_path):
    names = {DeadLetters(tmp_path).write(stage, "in", None, ValueError()).name for stage in ("a b", "a_b", "a b")}
    assert len(names) == 3


def test_the_oldest_letters_make_room_and_are_counted(tmp_path):
    letters = DeadLetters(tmp_path, max_letters=3, max_bytes=50_000)
    for seq in range(5):
        letters.write("s", "in", Packet(bytes(100), 0, stream="s", seq=seq), ValueError())
    assert [letter.seq for letter in read_letters(tmp_path)] == [2, 3, 4] and dropped(tmp_path) == 2
    letters.write("s", "in", Packet(np.zeros(5_500), 0, stream="s", seq=5), ValueError())
    assert [letter.seq for letter in read_letters(tmp_path)] == [4, 5] or dropped(tmp_path) == 3
    too_large = letters.write("s", "in", Packet(np.zeros(8_000), 0, stream="s", seq=6), ValueError())
    assert "may hold 50000" in Letter.read(too_large).not_kept


def test_the_state_folder_keeps_the_newest_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("WUGAN_STATE", str(tmp_path))
    monkeypatch.setattr("wugan.runtime.letters.MAX_RUNS", 2)
    for number in range(4):
        folder = default_dead_letters(Pipeline(f"run{number}"))
        assert folder.parent == letters_root() == tmp_path / "letters"
        DeadLetters(folder).write("s", "in", frame(number), failing())
    assert [run.name[:4] for run, _ in runs_with_letters(letters_root())] == ["run2", "run3"]
    assert dropped(letters_root()) == 2


def test_arrays_and_tensors_come_back_and_no_pickle_is_written_or_read(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a pickle was read or written")

    for name in ("load", "loads", "dump", "dumps"):
        monkeypatch.setattr(pickle, name, refuse)
    half, few = torch.tensor([[1.5, -2.0]], dtype=torch.bfloat16), np.arange(6, dtype=">i2").reshape(2, 3)
    data = {"half": half, "few": few, "flags": np.array([True, False]), "empty": np.zeros((0, 2), np.float32)}
    folder = DeadLetters(tmp_path).write("s", "in", Packet(data, 5, stream="s"), failing())
    back = Letter.read(folder).load().data
    assert torch.equal(back["half"], half) and back["half"].dtype == torch.bfloat16
    for name in ("few", "flags", "empty"):
        np.testing.assert_array_equal(back[name], data[name])
        assert back[name].dtype == data[name].dtype
    assert sorted(path.name for path in folder.iterdir()) == ["error.json", "packet.json", "packet.safetensors"]


def test_a_letter_that_names_a_type_that_holds_no_data_is_refused(tmp_path):
    folder = DeadLetters(tmp_path).write("s", "in", frame(0), failing())
    text = (folder / "packet.json").read_text()
    (folder / "packet.json").write_text(text.replace("core_parts:Frame", "subprocess:Popen"))
    with pytest.raises(DataError, match="Popen"):
        Letter.read(folder).load()


def test_a_folder_that_cannot_be_made_raises(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        DeadLetters(tmp_path / "file" / "letters").write("s", "in", None, ValueError())
