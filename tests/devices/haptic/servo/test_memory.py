from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.servo import memory as memory_module
from wugan.devices.haptic.servo.memory import EVENT_SLOTS, PROGRAM_SLOTS, Ring, ServoMemory, Word, path_for
from wugan.errors import DeviceError

SIZE = 64


def ring(slots: int = 4, size: int = SIZE) -> Ring:
    return Ring(memoryview(bytearray(Ring.bytes_for(slots, size))), slots, size)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[ServoMemory]:
    made = ServoMemory.create(str(tmp_path / "port"))
    yield made
    made.remove()
    made.close()


@given(st.lists(st.binary(max_size=SIZE), max_size=12), st.integers(1, 6))
def test_a_ring_keeps_the_newest_records(records: list[bytes], slots: int) -> None:
    kept = ring(slots)
    assert kept.newest() is None
    for number, record in enumerate(records, 1):
        assert kept.append(record) == number
        assert kept.newest() == (number, record)
    found, overwritten, head = kept.after(0)
    assert found == list(enumerate(records, 1))[-slots:]
    assert overwritten == max(0, len(records) - slots) and head == len(records)
    assert all(kept.read(number) is None for number in range(len(records) - slots + 1))


def test_a_record_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="65 bytes in a ring of 64"):
        ring().append(bytes(SIZE + 1))


@given(st.integers(0, SIZE + 23), st.integers(1, 255))
def test_a_damaged_slot_is_no_record(place: int, flip: int) -> None:
    """Whatever byte of a slot is that of another record (half written, stores out of order), it is not read."""
    memory = bytearray(Ring.bytes_for(1, SIZE))
    one = Ring(memoryview(memory), 1, SIZE)
    record = bytes(range(SIZE))
    one.append(record)
    memory[8 + place] ^= flip
    assert one.read(1) is None


WRITER = """
import sys, time
from wugan.devices.haptic.servo.memory import ServoMemory
memory = ServoMemory.attach(sys.argv[1])
end, number = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
    number += 1
    memory.states.append(number.to_bytes(8, "little") * (1 + number % 60))
    memory.write_program(number.to_bytes(8, "little") * (1 + number % 500), number)
"""


def test_no_read_is_torn_while_another_process_writes_as_fast_as_it_can(memory: ServoMemory, tmp_path: Path) -> None:
    port = str(tmp_path / "port")
    writer = subprocess.Popen([sys.executable, "-c", WRITER, port, "0.5"])
    reads = programs = 0
    while writer.poll() is None:
        newest = memory.states.newest()
        if newest is not None:
            number, record = newest
            assert record == number.to_bytes(8, "little") * (1 + number % 60)
            reads += 1
        program = memory.read_program()
        if program is not None:
            number, expires, data = program
            assert expires == number
            assert data == number.to_bytes(8, "little") * (1 + number % 500)
            programs += 1
    assert writer.returncode == 0
    assert reads > 100
    assert programs > 100
    assert memory.states.head > 100


def test_writers_in_two_processes_take_turns(memory: ServoMemory, tmp_path: Path) -> None:
    script = WRITER.replace("memory.states.append", "(lambda record: None)")
    writers = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "port"), "0.3"]) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    found, _, _ = memory.programs.after(0)
    assert [number for number, _ in found] == list(
        range(memory.programs.head - PROGRAM_SLOTS + 1, memory.programs.head + 1)
    )


def test_a_reader_of_events_is_told_how_many_it_missed(memory: ServoMemory) -> None:
    for number in range(EVENT_SLOTS + 10):
        memory.events.append(b"%d" % number)
    found, missed, _ = memory.events.after(0)
    assert missed == 10
    assert [record for _, record in found] == [b"%d" % number for number in range(10, EVENT_SLOTS + 10)]


def test_a_second_servo_of_one_port_is_refused(
    memory: ServoMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wugan.devices.haptic.servo.memory._LAST_ONE_S", 0.05)
    with pytest.raises(DeviceError, match="another program of yours drives this device"):
        ServoMemory.create(str(tmp_path / "port"))


def test_what_a_dead_servo_left_is_not_taken_over(tmp_path: Path) -> None:
    port = str(tmp_path / "port")
    script = (
        "import os, sys; from wugan.devices.haptic.servo.memory import *; memory = ServoMemory.create(sys.argv[1]);"
        "memory.words[Word.ESTOP] = 7; memory.write_program(b'old', 1 << 62); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, port], check=True)
    assert path_for(port).exists()
    made = ServoMemory.create(port)
    assert made.words[Word.ESTOP] == 0
    assert made.read_program() is None
    made.remove()
    made.close()
    assert not path_for(port).exists()


def test_memory_is_found_by_the_name_of_the_port_wherever_that_leads(tmp_path: Path) -> None:
    port = tmp_path / "by-id"
    port.symlink_to(tmp_path / "ttyACM0")
    made = ServoMemory.create(str(port))
    port.unlink()
    port.symlink_to(tmp_path / "ttyACM1")  # after a replug
    found = ServoMemory.attach(str(port))
    found.raise_word(Word.ESTOP)
    assert made.words[Word.ESTOP] == 1
    made.remove()
    with pytest.raises(DeviceError, match="connect it first"):
        ServoMemory.attach(str(port))
    for memory in (made, found):
        memory.close()
        memory.close()


def test_memory_of_another_version_is_refused(tmp_path: Path) -> None:
    port = str(tmp_path / "port")
    path = path_for(port)
    try:
        path.write_bytes(b"x" * 100)
        with pytest.raises(DeviceError, match="another version"):
            ServoMemory.attach(port)
        path.write_bytes(bytes(ServoMemory.size()))
        with pytest.raises(DeviceError, match="another version"):
            ServoMemory.attach(port)
    finally:
        path.unlink()


def test_memory_is_for_its_user_alone(memory: ServoMemory) -> None:
    assert os.stat(memory.path).st_mode & 0o777 == 0o600


def test_a_crc_of_the_number_tells_an_old_record_from_a_new_one() -> None:
    kept = ring(1)
    kept.append(b"same")
    kept.append(b"same")
    assert kept.read(1) is None
    assert kept.read(2) == b"same"
    assert zlib.crc32(b"same", 1) != zlib.crc32(b"same", 2)


def test_a_place_that_is_taken_by_something_else_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = path_for(str(tmp_path / "port"))
    path.mkdir()
    try:
        with pytest.raises(DeviceError, match=f"{path} cannot be used .*remove it"):
            ServoMemory.create(str(tmp_path / "port"))
    finally:
        path.rmdir()


def test_a_file_that_another_process_has_replaced_is_not_locked(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    path.touch()
    with path.open("r+b") as ours:
        path.unlink()
        path.touch()
        assert not memory_module._lock(path, ours.fileno())
    assert (file := memory_module._create(path)) is None, file
