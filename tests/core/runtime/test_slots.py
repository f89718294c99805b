from __future__ import annotations

import errno
import gc
import os
import secrets
import subprocess
import sys

import numpy as np
import pytest

from wugan.runtime import slots
from wugan.runtime.slots import SlotPool, SlotReader, alive, run_prefix, slot_folder, sweep


@pytest.fixture
def prefix():
    name = run_prefix(secrets.token_hex(3))
    yield name
    sweep(name)


def files(prefix: str) -> list[str]:
    return sorted(path.name for path in slot_folder().glob(f"{prefix}*"))


def write(pool: SlotPool, *arrays: np.ndarray, readers=("r",)):
    return pool.write([memoryview(array).cast("B") for array in arrays], readers)


def test_arrays_cross_without_a_copy_and_read_only(prefix):
    pool, reader, released = SlotPool(prefix), SlotReader(), []
    name, size, layout = write(pool, np.arange(1000.0), np.arange(7, dtype=np.int16))
    first, second = reader.view(name, size, layout, lambda: released.append(name))
    np.testing.assert_array_equal(first.view(np.float64), np.arange(1000.0))
    np.testing.assert_array_equal(second.view(np.int16), np.arange(7))
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    with pytest.raises(ValueError):
        first.flags.writeable = True
    pool._slots[name].memory[0:8] = np.float64(42).tobytes()  # it is the same memory
    assert first.view(np.float64)[0] == 42
    assert released == []
    kept = second[2:].view(np.int16)  # a view of a view
    del first, second
    gc.collect()
    assert released == []
    del kept
    gc.collect()
    assert released == [name]


def test_a_slot_is_used_again_only_after_its_last_reader(prefix):
    pool = SlotPool(prefix)
    array = np.zeros(50_000)
    first, _, _ = write(pool, array, readers=("a", "b"))
    pool.release(first, "a")
    second, _, _ = write(pool, array)
    assert second != first
    pool.release(first, "b")
    third, _, _ = write(pool, array)
    assert third == first
    assert len(files(prefix)) == 2


def test_a_slot_of_a_reader_that_was_cut_off_is_removed_and_never_used_again(prefix):
    pool, reader = SlotPool(prefix), SlotReader()
    array = np.arange(50_000.0)
    name, size, layout = write(pool, array, readers=("cut off", "other"))
    (view,) = reader.view(name, size, layout, lambda: None)
    pool.forget("cut off")
    assert files(prefix) == [name]  # the other one may still have to open it
    pool.release(name, "other")
    assert files(prefix) == []
    again, _, _ = write(pool, array * 0)
    assert again != name
    np.testing.assert_array_equal(view.view(np.float64), array)  # what was kept stays as it was


def test_a_pool_that_is_full_gives_none_and_recovers(prefix):
    pool = SlotPool(prefix, max_bytes=2 * 65536)
    array = np.zeros(60_000, np.uint8)
    held = [write(pool, array)[0] for _ in range(2)]
    assert write(pool, array) is None
    pool.release(held[0], "r")
    assert write(pool, array)[0] == held[0]
    for name in held:
        pool.release(name, "r")
    large = write(pool, np.zeros(100_000, np.uint8))  # small idle ones make room for a large one
    assert large is not None and files(prefix) == [large[0]]


def test_a_full_shared_memory_folder_is_no_crash(prefix, monkeypatch, caplog):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(slots.os, "posix_fallocate", full)
    pool = SlotPool(prefix)
    assert write(pool, np.zeros(50_000)) is None
    assert write(pool, np.zeros(50_000)) is None
    assert files(prefix) == []
    assert len([record for record in caplog.records if "No space left" in record.message]) == 1
    monkeypatch.undo()
    assert write(pool, np.zeros(50_000)) is not None


def test_a_reader_that_is_cut_off_while_its_slot_is_written(prefix):
    pool = SlotPool(prefix)

    class Slow(list):
        """Buffers whose reader is cut off between the first and the second."""

        def __iter__(self):
            first, second = super().__iter__()
            yield first
            if pool._slots:
                pool.forget("r")
            yield second

    array = memoryview(np.arange(10_000)).cast("B")
    assert pool.write(Slow([array, array]), ("r",)) is not None
    assert files(prefix) == []


def test_a_reader_lets_go_of_files_that_are_gone(prefix):
    pool, reader = SlotPool(prefix, max_bytes=2**20), SlotReader()
    for power in range(16, 20):
        name, size, layout = write(pool, np.zeros(2**power, np.uint8))
        reader.view(name, size, layout, lambda: None)
        pool.release(name, "r")
        pool.forget("r")
        for slot in list(pool._slots.values()):
            pool._remove(slot)
    assert len(reader._maps) == 1


def test_a_reader_never_makes_a_file(prefix):
    with pytest.raises(FileNotFoundError):
        SlotReader().view(f"{prefix}-0-0", 65536, [(0, 10)], lambda: None)
    assert files(prefix) == []


def test_close_removes_all_files(prefix):
    pool = SlotPool(prefix)
    write(pool, np.zeros(50_000))
    write(pool, np.zeros(50_000))
    pool.close()
    assert files(prefix) == []


def test_sweep_removes_only_what_dead_owners_left(prefix):
    code = (
        "import numpy as np, os; from wugan.runtime.slots import SlotPool, run_prefix\n"
        "SlotPool(run_prefix('abc')).write([memoryview(bytes(50000))], ('r',)); print(run_prefix('abc'), flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    dead = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    assert len(files(dead)) == 1
    write(SlotPool(prefix), np.zeros(50_000))
    foreign = slot_folder() / f"wugan-{dead.split('-')[1]}-1-abc-0"  # same number, another container's
    foreign.touch()
    try:
        assert sweep() >= 1
        assert files(dead) == [] and len(files(prefix)) == 1 and foreign.exists()
    finally:
        foreign.unlink()
    assert sweep(prefix) == 1


def test_alive():
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not alive(child.pid)  # dead, though not waited for yet
    child.wait()
    assert not alive(child.pid)
    assert alive(os.getpid())
