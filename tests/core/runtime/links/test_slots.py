from __future__ import annotations

import errno
import gc
import os
import secrets
from collections.abc import Iterator

import numpy as np
import pytest
from ring_parts import Net

from wugan.errors import DataError
from wugan.runtime.links import slots as module
from wugan.runtime.links.ring import NodeFile
from wugan.runtime.links.shared import run_prefix, slot_folder, sweep
from wugan.runtime.links.slots import EXTRA, ON_DISK, PAGE, Slot, Slots

ONE = 200_000  # bytes: a slot of 256 KB


class Both:
    """The slots of a writer (node 0) and a reader (node 1)."""

    def __init__(self, prefix: str, max_bytes: int = 2**26) -> None:
        self.prefix = prefix
        for index in (0, 1):
            NodeFile.make(prefix, index, {})
        self.made = memoryview(bytearray(8)).cast("Q")
        self.max_bytes = max_bytes
        self.writer = self.new_writer()
        self.reader = Slots(prefix, 1, 2, NodeFile(prefix, 1, {}).lock)

    def new_writer(self) -> Slots:
        lock = NodeFile(self.prefix, 0, {}).lock
        return Slots(self.prefix, 0, 2, lock, max_bytes=self.max_bytes, made=self.made)

    def write(self, *arrays: np.ndarray) -> tuple[Slot, list[tuple[int, int]]]:
        """Put arrays into a slot to which the reader then has a reference, as a packet in front of it would."""
        slot, layout = self.writer.write([memoryview(array).cast("B") for array in arrays])
        self.reader.hold(self.reader.slot(0, slot.number))
        self.writer.unhold(slot)
        return slot, layout

    def pass_on(self, *arrays: np.ndarray) -> list[np.ndarray]:
        """Write arrays and read them again."""
        slot, layout = self.write(*arrays)
        return self.reader.view(0, slot.number, layout)

    def settle(self) -> None:
        gc.collect()
        self.reader.settle()

    def files(self) -> list[str]:
        return sorted(path.name.rpartition("-")[2] for path in slot_folder().glob(f"{self.prefix}-0-s*"))


@pytest.fixture
def prefix() -> Iterator[str]:
    name = run_prefix(secrets.token_hex(3))
    yield name
    sweep(name)


@pytest.fixture
def both(prefix) -> Both:
    return Both(prefix)


def test_arrays_cross_without_a_copy_and_read_only(both):
    slot, layout = both.write(np.arange(1000.0), np.arange(7, dtype=np.int16))
    first, second = both.reader.view(0, slot.number, layout)
    np.testing.assert_array_equal(first.view(np.float64), np.arange(1000.0))
    np.testing.assert_array_equal(second.view(np.int16), np.arange(7))
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    with pytest.raises(ValueError):
        first.flags.writeable = True
    slot.bytes[0:8] = np.frombuffer(np.float64(42).tobytes(), np.uint8)  # it is the same memory
    assert first.view(np.float64)[0] == 42


def test_a_reference_ends_with_the_last_view_of_a_view(both):
    slot, layout = both.write(np.zeros(1000), np.arange(7, dtype=np.int16))
    first, second = both.reader.view(0, slot.number, layout)
    kept = second[2:].view(np.int16)
    del first, second
    both.settle()
    assert list(slot.words) == [0, 1]
    del kept
    gc.collect()
    assert both.reader.pending and list(slot.words) == [0, 1]  # the collector must not take a lock
    both.settle()
    assert list(slot.words) == [0, 0] and not both.reader.pending


def test_a_slot_is_used_again_once_every_reference_to_it_has_ended(both):
    slot, layout = both.write(np.zeros(ONE // 8))
    (view,) = both.reader.view(0, slot.number, layout)
    other, _ = both.write(np.zeros(ONE // 8))
    assert other is not slot
    del view
    both.settle()
    again, _ = both.write(np.zeros(ONE // 8))
    assert again is slot and both.files() == ["s0", "s1"]


def test_the_smallest_free_slot_that_is_large_enough_is_used(both):
    for slot in [both.writer.write([memoryview(bytes(size))])[0] for size in (3_000_000, 200_000, 70_000)]:
        both.writer.unhold(slot)
    used = {}
    for size in (60_000, 150_000, 250_000, 1):
        slot, _ = both.writer.write([memoryview(bytes(size))])
        used[size] = slot.number
        both.writer.unhold(slot)
    assert used == {60_000: 2, 150_000: 1, 250_000: 1, 1: 2}


def test_the_words_are_read_in_turn_so_that_a_reference_that_moves_on_is_seen(prefix):
    """A reference moves from node 1 to node 2 while the owner reads the words."""
    NodeFile.make(prefix, 0, {})
    writer = Slots(prefix, 0, 3, NodeFile(prefix, 0, {}).lock)
    slot, _ = writer.write([memoryview(bytes(10))])
    writer.unhold(slot)

    class Moving:
        def __init__(self, words: list[int]) -> None:
            self.words = words

        def __iter__(self):
            for index in range(3):
                if index == 1:  # just before node 1 is read, it has passed the packet on
                    self.words[2] += 1
                    self.words[1] -= 1
                yield self.words[index]

    slot.words = Moving([0, 1, 0])
    assert not slot.free(1)


def test_what_another_process_gave_is_found_again_and_costs_no_copy(both):
    first, second = both.pass_on(np.arange(2000.0), np.arange(3000, dtype=np.uint8))
    inner = first[800:8000]
    found = both.reader.find([inner.data, second.data])
    assert found is not None
    slot, layout = found
    assert (slot.owner, slot.number) == (0, 0) and layout == [(800, 7200), (16000, 3000)]
    assert list(slot.words) == [0, 2]  # a reference is ours until we end it
    both.reader.unhold(slot)
    (again,) = both.reader.view(0, 0, layout[:1])
    np.testing.assert_array_equal(again, inner)


def test_buffers_of_our_own_or_of_several_slots_are_not_found(both):
    assert both.reader.find([memoryview(bytes(5000))]) is None
    (one,), (other,) = both.pass_on(np.zeros(1000)), both.pass_on(np.ones(1000))
    assert both.reader.find([one.data, other.data]) is None
    assert both.reader.find([one.data, memoryview(bytes(5000))]) is None
    assert both.reader.find([np.zeros(10**6).data, one.data]) is None
    assert list(both.reader.slot(0, 0).words) == [0, 1]  # nothing was held on the way


def test_over_budget_there_are_extra_slots_whose_files_go_when_they_are_free(prefix):
    both = Both(prefix, max_bytes=2 * 2**18)
    slots = [both.write(np.zeros(ONE // 8))[0] for _ in range(4)]
    assert [bool(slot.number & EXTRA) for slot in slots] == [False, False, True, True]
    for slot in slots[2:]:
        both.reader.unhold(both.reader.slot(0, slot.number))
    assert len(both.files()) == 4
    both.reader.unhold(both.reader.slot(0, 0))
    slot, _ = both.write(np.zeros(ONE // 8))
    assert slot is slots[0] and both.files() == ["s0", "s1"]


def test_free_slots_that_are_too_small_make_room_within_the_budget(prefix):
    both = Both(prefix, max_bytes=2**20)
    for _ in range(3):
        both.pass_on(np.zeros(ONE // 8))
    both.settle()
    slot, _ = both.write(np.zeros(600_000 // 8))
    assert not slot.number & EXTRA and both.files() == [f"s{slot.number}"]


def test_readers_forget_what_its_owner_has_removed(prefix):
    both = Both(prefix, max_bytes=2**20)
    (view,) = both.pass_on(np.zeros(ONE // 8))
    del view
    both.settle()
    both.pass_on(np.zeros(600_000 // 8))
    assert [number for _, number in both.reader._others] == [1]
    assert len(both.reader._mapped) == len(both.reader._starts) == 1


def test_a_payload_larger_than_the_budget_still_goes(prefix):
    both = Both(prefix, max_bytes=2**16)
    (view,) = both.pass_on(np.arange(100_000.0))
    np.testing.assert_array_equal(view.view(np.float64), np.arange(100_000.0))


def no_room(where):
    """A `create_file` for which some folders are full."""

    def make(path, size):
        if path.parent in where:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return module_create(path, size)

    module_create = module.create_file
    return make


def test_without_room_in_memory_the_disk_serves(both, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(module, "disk_folder", lambda: tmp_path)
    monkeypatch.setattr(module, "create_file", no_room([slot_folder()]))
    (one,), (other,) = both.pass_on(np.arange(3000.0)), both.pass_on(np.arange(3000.0))
    np.testing.assert_array_equal(one, other)
    assert sorted(path.name.rpartition("-s")[2] for path in tmp_path.iterdir()) == [str(ON_DISK), str(ON_DISK + 1)]
    assert caplog.text.count("no shared memory for 61440 bytes") == 1


def test_without_room_anywhere_it_says_so_and_can_go_on_later(both, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "disk_folder", lambda: tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(module, "create_file", no_room([slot_folder(), tmp_path]))
        with pytest.raises(DataError, match=r"no room for 61440 bytes in shared memory or on disk.*No space left"):
            both.write(np.zeros(3000))
    both.write(np.zeros(3000))
    assert both.files() == ["s0"]


def test_a_new_process_of_the_node_adopts_what_the_old_one_made(both):
    view, _ = both.pass_on(np.arange(2000.0), np.zeros(10))
    (free,) = both.pass_on(np.arange(2000.0))
    del free
    both.settle()
    successor = both.new_writer()
    slot, _ = successor.write([memoryview(bytes(10_000))])
    assert slot.number == 1  # the free one
    slot, _ = successor.write([memoryview(bytes(10_000))])
    assert slot.number == 2  # the other is still looked at
    np.testing.assert_array_equal(view.view(np.float64), np.arange(2000.0))


def test_a_new_process_gives_no_number_by_which_a_reader_knows_a_slot_that_is_gone(prefix):
    both = Both(prefix, max_bytes=2**16)
    both.pass_on(np.zeros(8))
    (view,) = both.pass_on(np.zeros(20_000))  # over the budget: removed when it is free
    del view
    both.settle()
    both.pass_on(np.zeros(8))
    assert both.files() == ["s0"]
    both.writer = both.new_writer()
    (view,) = both.pass_on(np.full(20_000, 7.0))
    assert (view.view(np.float64) == 7).all()


@pytest.mark.parametrize("size", [0, 100, PAGE])
def test_a_slot_whose_maker_was_killed_before_it_had_room_is_removed(both, size):
    """A file is made first, and given its room after that."""
    path = both.writer.path(0, 5)
    path.write_bytes(bytes(size))
    successor = both.new_writer()
    assert both.files() == [] and successor.write([memoryview(bytes(10))])


def test_what_is_filled_in_place_is_found_and_its_slot_free_once_it_is_gone():
    net = Net((0, 1))
    slots = net.open(0).slots
    frame = slots.empty(200_000)
    frame[:] = 7
    slot, layout = slots.find([frame[1000:].data])
    assert layout == [(1000, 199_000)] and slot.words[0] == 2
    slots.unhold(slot)
    assert not slot.free(1)
    del frame
    assert slots.pending
    again = slots.empty(200_000)
    assert slot.words[0] == 1 and slots.find([again.data])[0] is slot
    net.remove()
