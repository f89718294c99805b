from __future__ import annotations

import contextlib
import gc
import multiprocessing
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import ring_parts
from ring_parts import Crew, Net, eventually, frame, numbered

from wugan import LinkConfig
from wugan.options import RestartPolicy
from wugan.runtime.letters import DeadLetters, Letter
from wugan.runtime.links.memory import End, Watermark
from wugan.runtime.links.ring import BYTES, NEXT_SEQ, READ, READER_WAITS, TAIL, VOID, WRITER_WAITS
from wugan.runtime.links.shared import run_prefix, sweep
from wugan.runtime.links.slots import EXTRA
from wugan.runtime.ray.recovery import MAX_ATTEMPTS, Recovered, Restarts, recover


@pytest.fixture(autouse=True)
def no_files_left() -> Iterator[None]:
    yield
    gc.collect()
    sweep(run_prefix("test-"))


@pytest.fixture
def letters(tmp_path: Path) -> DeadLetters:
    return DeadLetters(tmp_path / "letters")


def revive(net: Net, index: int, letters: DeadLetters, live: bool = False) -> Recovered:
    """What the supervisor does after a node's process was killed."""
    return recover(net.file(index), net.written(index), net.supervisor(), letters, f"node{index}", live)


# Restarts.


def test_restarts_are_counted_within_the_window():
    restarts = Restarts(RestartPolicy(max_restarts=2, window="10s"))
    assert [restarts.pause(now) for now in (0.0, 4.0, 9.0, 11.0, 12.0, 14.5)] == [0, 0, None, 0, None, 0]


def test_pauses_double_within_the_window_up_to_a_limit_and_begin_anew_after_it():
    restarts = Restarts(RestartPolicy(max_restarts=20, window="100s", backoff="500ms"))
    assert [restarts.pause(float(now)) for now in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert restarts.pause(500.0) == 0.5


def test_a_policy_without_restarts_allows_none():
    assert Restarts(RestartPolicy(max_restarts=0)).pause(0.0) is None


# What is given again, and which numbers follow.


def test_what_was_taken_is_given_again_and_only_that(letters):
    net = Net((0, 1))
    writer, reader = net.open(0), net.open(1)
    for seq in range(5):
        writer.output.send(frame(seq))
    reader.get()
    reader.inbox.done()
    kept = [reader.get(), reader.get()]
    assert revive(net, 1, letters) == Recovered(again=2, lost=0, buried=0)
    assert sum(words[1] for words in net.words().values()) == 4
    successor = net.open(1)
    for seq in (1, 2, 3, 4):
        assert (successor.get().data == seq).all()
    stats = successor.inbox.stats()["0"]
    assert (stats["in"], stats["out"], stats["waiting"]) == (5, 5, 0)
    assert successor.file.meter.get("redelivered") == 2 and successor.file.meter.get("restarts") == 1
    del kept


@pytest.mark.parametrize("policy", ["latest", "drop_oldest"])
def test_a_link_that_drops_counts_what_was_taken_as_lost(policy, letters):
    net = Net((0, 1), config=LinkConfig(policy=policy, capacity=2))
    writer, reader = net.open(0), net.open(1)
    writer.output.send(frame(0))
    kept = reader.get()
    writer.output.send(frame(1))
    assert revive(net, 1, letters) == Recovered(again=0, lost=1, buried=0)
    successor = net.open(1)
    assert successor.get().seq == 1 and successor.file.meter.get("lost") == 1
    assert sum(words[1] for words in net.words().values()) == 1
    del kept


def test_what_was_flushed_is_not_given_again_and_leaves_room_for_the_writer(letters):
    net = Net((0, 1), config=LinkConfig(capacity=2))
    writer, reader = net.open(0), net.open(1)
    writer.output.send(numbered(0, 0))
    reader.get()
    writer.output.send(numbered(1, 0))
    writer.output.send(numbered(2, 0))
    assert reader.inbox.flush() == 2
    assert revive(net, 1, letters).again == 1
    successor = net.open(1)
    thread = threading.Thread(target=writer.output.send, args=(numbered(3, 0),), daemon=True)
    thread.start()  # cells that are void still take room in front of it
    eventually(lambda: bool(writer.file.meter.get("blocked_since_ns")))
    assert successor.get().seq == 0
    successor.inbox.done()
    assert successor.get().seq == 3
    thread.join(10)
    assert not thread.is_alive()


def test_the_end_is_given_to_each_new_process(letters):
    net = Net((0, 1))
    net.open(0).output.send(End())
    assert net.open(1).get() == End()
    revive(net, 1, letters)
    assert net.open(1).get() == End()


def test_a_packet_that_kills_each_process_goes_to_the_dead_letters(letters):
    net = Net((0, 1))
    writer = net.open(0)
    writer.output.send(frame(0))
    writer.output.send(numbered(1, "x" * 50_000))
    writer.output.send(Watermark(5))
    writer.output.send(frame(2))
    found = []
    for _ in range(MAX_ATTEMPTS + 1):
        reader = net.open(1)
        reader.get(), reader.get()
        found.append(revive(net, 1, letters))
    assert found == [Recovered(2, 0, 0)] * MAX_ATTEMPTS + [Recovered(0, 0, 2)]
    kept = [Letter.read(letter).load() for letter in sorted(letters.folder.iterdir())]
    assert [packet.seq for packet in kept] == [0, 1] and kept[1].data == "x" * 50_000
    np.testing.assert_array_equal(kept[0].data, frame(0).data)
    assert f"died {MAX_ATTEMPTS + 1} times" in (sorted(letters.folder.iterdir())[0] / "error.json").read_text()
    successor = net.open(1)
    assert [successor.get(), successor.get().seq] == [Watermark(5), 2]
    assert sum(words[1] for words in net.words().values()) == 1 and successor.file.meter.get("failed") == 2


def test_a_packet_that_is_dealt_with_at_last_is_forgiven(letters):
    net = Net((0, 1))
    net.open(0).output.send(frame(0))
    for _ in range(MAX_ATTEMPTS):
        net.open(1).get()
        revive(net, 1, letters)
    reader = net.open(1)
    reader.get()
    reader.inbox.done()
    reader.inbox.get(0)
    net.open(0).output.send(frame(1))
    reader.get()
    assert revive(net, 1, letters) == Recovered(1, 0, 0)


def resumed(net: Net, letters: DeadLetters, live: bool = False) -> int:
    index = 1 if (0, 1) in net.edges and (1, 2) in net.edges else 0
    revive(net, index, letters, live)
    return net.file(index).meter.get("emitted")


def test_a_stage_goes_on_with_the_number_it_had_before_what_is_given_again(letters):
    net = Net((0, 1), (1, 2), (1, 3))
    source, stage = net.open(0), net.open(1)
    source.output.send(frame(0))
    stage.file.meter.set("emitted_acked", 4)
    stage.get()
    for seq in (4, 5):
        stage.output.send(frame(seq))
    assert resumed(net, letters) == 4


def test_a_stage_that_had_nothing_in_hand_goes_on_after_what_it_sent(letters):
    net = Net((0, 1), (1, 2), (1, 3))
    net.open(1).file.meter.set("emitted_acked", 4)
    net.open(1).output.send(frame(6), to="2")
    assert resumed(net, letters) == 7


def test_a_join_that_held_packets_loses_them_and_goes_on_after_what_it_sent(letters):
    net = Net((0, 1), (1, 2))
    source, join = net.open(0), net.open(1)
    source.output.send(frame(0))
    join.get()
    join.output.send(frame(8))
    join.file.meter.set("held", 3)
    assert revive(net, 1, letters).lost == 3
    assert net.file(1).meter.get("emitted") == 9 and net.file(1).meter.get("held") == 0


def test_a_live_source_goes_on_after_what_any_reader_has_and_another_begins_again(letters):
    for live, number in ((False, 3), (True, 6)):
        net = Net((0, 1), (0, 2))
        writer = net.open(0)
        writer.file.meter.set("emitted", 3)
        writer.output.send(frame(4))
        writer.output.send(frame(5), to="1")
        assert resumed(net, letters, live) == number  # it is for `SourceWorker` to begin again


# A process that was killed half-way.


def test_counters_fit_the_cells_after_an_interrupted_put(letters):
    net = Net((0, 1))
    writer = net.open(0)
    for seq in range(3):
        writer.output.send(frame(seq))
    ring = net.file(1).rings["0"]
    ring.words[NEXT_SEQ] = 2  # all that follows the cell itself is missing
    ring.words[BYTES] -= 20_000
    ring.meter.words[0] -= 1
    revive(net, 0, letters, live=True)
    stats = ring.stats()
    assert (ring.words[NEXT_SEQ], ring.words[BYTES], stats["in"], stats["waiting"]) == (3, 60_000, 3, 3)
    assert net.file(0).meter.get("emitted") == 3


def test_counters_fit_the_cells_after_an_interrupted_take(letters):
    net = Net((0, 1))
    net.open(0).output.send(frame(0))
    ring = net.file(1).rings["0"]
    ring.words[READ] = 1  # and not counted as out
    assert revive(net, 1, letters).again == 1
    stats = ring.stats()
    assert (ring.words[READ], stats["in"], stats["out"], stats["waiting"], stats["bytes"]) == (0, 1, 0, 1, 20_000)


def test_a_slot_word_is_set_right_by_whoever_has_the_lock_next():
    net = Net((0, 1))
    net.open(0).output.send(frame(0))
    file = net.file(1)
    slot = net.supervisor().slot(0, 0)
    ring = file.rings["0"]
    with net.file(0).lock, file.lock:
        file.journal.begin(0, ring.words[TAIL], slot, 1)  # and the cell is not there
    with net.file(1).lock:
        assert slot.words[1] == 1 and not file.journal.open
        file.journal.begin(0, 0, slot, -1)
        ring.cells[VOID] = 1  # the cell is void, and only the journal is still open
    with net.file(1).lock:
        assert slot.words[1] == 0 and not file.journal.open


@pytest.mark.parametrize("side", ["reader", "writer"])
def test_who_waits_for_one_that_died_before_it_could_ring_is_woken(side, letters):
    """The words are changed under the lock, the bell is rung after it."""
    net = Net((0, 1), config=LinkConfig(capacity=1))
    writer, reader = net.open(0), net.open(1)
    ring = net.file(1).rings["0"]
    if side == "reader":
        thread = threading.Thread(target=reader.get, args=(None,), daemon=True)
        thread.start()
        eventually(lambda: bool(reader.file.words[READER_WAITS]))
        bell, writer.output.outlets["1"].node.bell = writer.output.outlets["1"].node.bell, None
        with contextlib.suppress(AttributeError):
            writer.output.send(frame(0))
        assert bell is not None and not reader.file.words[READER_WAITS]
        revive(net, 0, letters)
    else:
        writer.output.send(frame(0))
        thread = threading.Thread(target=writer.output.send, args=(frame(1),), daemon=True)
        thread.start()
        eventually(lambda: bool(ring.words[WRITER_WAITS]))
        reader.file.room_bells.clear()
        with contextlib.suppress(KeyError):
            reader.get()
        assert not ring.words[WRITER_WAITS]
        revive(net, 1, letters)
        reader = net.open(1)
        reader.get()
        reader.inbox.done()
        reader.inbox.get(0)
    thread.join(10)
    assert not thread.is_alive()


# Real processes, killed with -9.


@pytest.fixture
def crew(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(ring_parts.__file__).parent))
    multiprocessing.get_context("forkserver").set_forkserver_preload(["ring_parts"])
    made: list[Crew] = []

    def make(net: Net) -> Crew:
        made.append(Crew(net))
        return made[-1]

    yield make
    for each in made:
        each.end()


def assert_nothing_is_left(net: Net, letters: DeadLetters) -> None:
    """All processes are gone: no reference is left, locks are free, every slot can be used, and the sweep is whole."""
    for index in range(net.count):
        revive(net, index, letters)
    assert not any(any(words) for words in net.words().values())
    files = set(net.files())
    for index in {writer for writer, _ in net.edges}:
        slots = net.open(index).slots
        usual = sorted(number for number in slots._own if not number & EXTRA)
        assert sorted(slots.write([memoryview(bytes(10))])[0].number for _ in usual) == usual
    assert set(net.files()) <= files
    net.remove()
    assert net.files() == []


def test_a_reader_killed_with_packets_in_its_hands_is_given_them_again(crew, letters):
    net = Net((0, 1))
    writer = net.open(0)
    for seq in range(6):
        writer.output.send(frame(seq))
    group = crew(net)
    group.start(1, ring_parts.take_and_stay, 4)
    group.kill(1)
    assert revive(net, 1, letters) == Recovered(4, 0, 0)
    assert {name: words[1] for name, words in net.words().items()} == dict(net.waiting_references(1))
    successor = net.open(1)
    assert [int(successor.get().data[0]) for _ in range(6)] == list(range(6))
    successor.inbox.done()
    successor.inbox.get(0)
    assert_nothing_is_left(net, letters)


def test_a_lock_whose_holder_is_killed_stops_nobody(crew, letters):
    net = Net((0, 1))
    writer, reader = net.open(0), net.open(1)
    group = crew(net)
    group.start(1, ring_parts.hold_lock)
    thread = threading.Thread(target=writer.output.send, args=(frame(0),), daemon=True)
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    group.kill(1)
    assert reader.get().seq == 0
    thread.join(10)


@pytest.mark.parametrize("size", [100, 20_000], ids=["in cells", "in slots"])
def test_a_chain_whose_processes_are_killed_at_random_loses_nothing_and_leaves_nothing(size, crew, letters):
    """The processes check what they get: the bytes, the order, that nothing is missing."""
    net = Net((0, 1), (1, 2), config=LinkConfig(capacity=8), max_bytes=2**20)
    group = crew(net)
    count, random_ = 60_000, random.Random(size)
    works = {0: (ring_parts.write_on, count, size), 1: (ring_parts.forward,), 2: (ring_parts.keep, 3)}
    for index, (work, *arguments) in works.items():
        group.start(index, work, *arguments)
    for _ in range(12):
        time.sleep(random_.uniform(0.005, 0.03))
        victim = random_.randrange(3)
        group.kill(victim)
        assert group.processes[victim].exitcode == -signal.SIGKILL, "it had failed by itself"
        assert revive(net, victim, letters).lost == 0
        work, *arguments = works[victim]
        group.start(victim, work, *arguments)
    got = net.file(2).meter.get("handled")
    eventually(lambda: net.file(2).meter.get("handled") > got + 100)  # it still flows
    assert all(process.is_alive() for process in group.processes.values())
    for index in works:
        group.kill(index)
    # What each had in hand may have killed it, for all that anybody knows, had it been the same packet each time.
    assert not letters.folder.exists() or len(list(letters.folder.iterdir())) < MAX_ATTEMPTS * 12
    for index in works:
        revive(net, index, letters)
        net.file(index).flush(net.supervisor())
    assert_nothing_is_left(net, letters)
