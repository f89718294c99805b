from __future__ import annotations

import errno
import gc
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from ring_parts import Net, Poison, fan, frame, numbered, started, used, waits

from wugan import LinkConfig, Packet
from wugan.errors import DataError
from wugan.runtime.links import slots as slots_module
from wugan.runtime.links.inbox import RingOutput
from wugan.runtime.links.memory import Closed, End, Watermark
from wugan.runtime.links.payload import Undelivered
from wugan.runtime.links.shared import run_prefix, sweep
from wugan.runtime.links.slots import EXTRA


@pytest.fixture(autouse=True)
def no_files_left() -> Iterator[None]:
    yield
    gc.collect()
    sweep(run_prefix("test-"))


def test_what_crosses_arrives_in_order_and_equal():
    _, writer, (reader,) = fan(1)
    sent = [
        frame(0),
        Packet({"words": ["a"]}, 5, stream="in", seq=1, attrs={"k": 1}, entered_ns=77),
        Watermark(7.5),
        numbered(2, "x"),
        End(),
    ]
    for message in sent:
        writer.output.send(message)
    first, *others = [reader.get() for _ in sent]
    np.testing.assert_array_equal(first.data, sent[0].data)
    assert others == sent[1:] and others[0].entered_ns == 77
    assert reader.inbox.ended and reader.inbox.get(0) is None


def test_what_is_small_needs_no_slot():
    net, writer, (reader,) = fan(1)
    for seq, data in enumerate([np.zeros(10), np.arange(500.0), {"a": np.zeros(600)}, "word"]):
        writer.output.send(numbered(seq, data))
        reader.get()
    assert net.files() == []


def test_an_image_goes_to_all_readers_through_one_slot_and_read_only():
    net, writer, readers = fan(3)
    image = np.random.default_rng(0).integers(0, 255, (1080, 1920, 3), np.uint8)
    writer.output.send(numbered(0, image))
    assert len(net.files()) == 1 and list(net.words().values()) == [[0, 1, 1, 1]]
    views = [reader.get().data for reader in readers]
    for view in views:
        np.testing.assert_array_equal(view, image)
        with pytest.raises(ValueError, match="read-only"):
            view[0, 0, 0] = 1
    (slot,) = writer.slots._own.values()
    slot.bytes[0] = 255 - image[0, 0, 0]
    assert {int(view[0, 0, 0]) for view in views} == {int(255 - image[0, 0, 0])}  # all look at the same memory


def test_slots_are_used_again_as_readers_let_go():
    net, writer, (reader,) = fan(1)
    for seq in range(50):
        writer.output.send(frame(seq))
        message = reader.get()
        assert (message.data == seq).all()
        del message
        reader.inbox.done()
    assert len(net.files()) <= 2


def test_what_is_forwarded_is_not_copied():
    net = Net((0, 1), (1, 2), (2, 3))
    first, second, third, last = (net.open(index) for index in range(4))
    first.output.send(frame(3))
    message = second.get()
    second.output.send(Packet(message.data[100:15_100], 0, stream="second"))
    del message
    second.inbox.done()
    message = third.get()
    third.output.send(Packet({"part": message.data[:9000], "whole": message.data}, 0, stream="third"))
    del message
    assert third.inbox.done() is None and third.inbox.get(0) is None and second.inbox.get(0) is None
    assert net.words() == {"0-s0": [0, 0, 0, 1]}
    arrived = last.get().data
    assert arrived["whole"].shape == (15_000,) and (arrived["whole"] == 3).all() and (arrived["part"] == 3).all()
    del arrived
    last.inbox.done()
    last.inbox.get(0)
    assert net.words() == {"0-s0": [0, 0, 0, 0]}


@pytest.mark.parametrize(
    "data",
    [
        "x" * 100_000,
        {"words": [f"word {number}" for number in range(3000)]},
        [np.full(5000, number % 256, np.uint8) for number in range(800)],
        {"long": "x" * 10_000, "images": [np.full(4096 + number, number % 256, np.uint8) for number in range(700)]},
    ],
    ids=["text", "words", "many arrays", "both"],
)
def test_what_has_no_room_in_a_cell_goes_into_the_slot_and_touches_no_other_cell(data):
    net, writer, readers = fan(2)
    writer.output.send(numbered(0, "before"))
    writer.output.send(numbered(1, data))
    writer.output.send(numbered(2, "after"))
    assert len(net.files()) == 1
    for reader in readers:
        before, message, after = (reader.get() for _ in range(3))
        assert (before.data, after.data) == ("before", "after")
        np.testing.assert_equal(message.data, data)
        del message
        reader.inbox.done()
        assert reader.inbox.get(0) is None
    assert used(net) == 0


def test_tensors_cross_and_are_safe_to_change():
    _, writer, (reader,) = fan(1)
    tensor = torch.arange(10_000.0).reshape(100, 100)
    writer.output.send(numbered(0, {"image": tensor}))
    image = reader.get().data["image"]
    assert torch.equal(image, tensor)
    image += 1
    assert torch.equal(tensor, torch.arange(10_000.0).reshape(100, 100))


@pytest.mark.parametrize("policy", ["latest", "drop_oldest"])
def test_dropped_packets_give_their_slots_back(policy):
    net, writer, readers = fan(2, LinkConfig(policy=policy, capacity=3))
    for seq in range(50):
        writer.output.send(frame(seq))
    keeps = 1 if policy == "latest" else 3
    assert len(net.files()) <= keeps + 1 and used(net) == 2 * keeps
    for reader in readers:
        for seq in range(50 - keeps, 50):
            assert (reader.get().data == seq).all()
        reader.inbox.done()
        reader.inbox.get(0)
        stats = reader.inbox.stats()["0"]
        assert (stats["in"], stats["dropped"], stats["out"], stats["bytes"]) == (50, 50 - keeps, keeps, 0)
    assert used(net) == 0


def test_over_budget_readers_copy_and_the_files_go():
    net, writer, (reader,) = fan(1, LinkConfig(capacity=100), max_bytes=2**18)
    for seq in range(10):
        writer.output.send(frame(seq, 60_000))
    extra = [name for name in net.words() if int(name.partition("-s")[2]) & EXTRA]
    assert len(extra) == 6
    kept = []
    for _ in range(10):
        kept.append(reader.get().data)
        assert not kept[-1].flags.writeable
        reader.inbox.done()
    reader.inbox.get(0)
    assert {name for name, words in net.words().items() if any(words)} == set(net.words()) - set(extra)
    for seq, data in enumerate(kept):
        assert (data == seq).all()
    writer.output.send(frame(10, 60_000))
    assert len(net.files()) == 5 and reader.get().seq == 10  # the old extra ones are gone
    assert all((data == seq).all() for seq, data in enumerate(kept))  # what was copied is the reader's own


def test_without_room_anywhere_a_packet_is_refused_to_all_and_the_stream_goes_on(monkeypatch):
    net, writer, readers = fan(2)

    def full(path, size):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(slots_module, "create_file", full)
        with pytest.raises(DataError, match="no room for"):
            writer.output.send(frame(0))
        writer.output.send(numbered(0, "small"))
    writer.output.send(frame(1))
    for reader in readers:
        assert reader.get().data == "small" and (reader.get().data == 1).all()
    assert net.file(1).rings["0"].stats()["in"] == 2


def test_a_number_that_was_sent_before_is_not_sent_again():
    net, writer, (reader,) = fan(1)
    for seq in (0, 1, 1, 0, 2, 2):
        writer.output.send(frame(seq))
    assert writer.output.next_seq() == 3
    assert [reader.get().seq for _ in range(3)] == [0, 1, 2] and reader.inbox.get(0) is None
    assert used(net) == 3 and reader.inbox.stats()["0"]["in"] == 3


def test_one_reader_that_has_a_packet_already_does_not_keep_it_from_the_other():
    net = Net((0, 1), (0, 2))
    writer, one, other = (net.open(index) for index in range(3))
    writer.output.send(frame(0), to="1")
    assert net.open(0).output.next_seq() == 1
    net.open(0).output.send(frame(0))
    assert one.get().seq == other.get().seq == 0
    assert one.inbox.get(0) is None


def test_private_readers_get_only_what_is_sent_to_them_and_words_on_time():
    net = Net((0, 1), (0, 2))
    writer, one, other = (net.open(index) for index in range(3))
    writer.output = RingOutput(writer.file, writer.slots, writer.output.outlets, ["2"])
    writer.output.send(numbered(0, "all"))
    writer.output.send(numbered(1, "other"), to="2")
    writer.output.send(Watermark(9))
    assert [one.get() for _ in range(2)] == [numbered(0, "all"), Watermark(9)]
    assert [other.get() for _ in range(2)] == [numbered(1, "other"), Watermark(9)]
    assert one.inbox.get(0) is None and other.inbox.get(0) is None


def test_words_on_time_keep_their_place_and_newer_ones_replace_older_ones():
    _, writer, (reader,) = fan(1)
    writer.output.send(numbered(0, 0))
    writer.output.send(Watermark(1))
    writer.output.send(Watermark(2.5))
    writer.output.send(numbered(1, 1))
    assert [type(reader.get()) for _ in range(3)] == [Packet, Watermark, Packet]
    writer.output.send(Watermark(-3))
    assert reader.get() == Watermark(-3)
    writer.output.send(Watermark(3))
    writer.output.send(numbered(2, 1))
    writer.output.send(Watermark(float("inf")))
    writer.output.send(End())
    # The newer word holds for what comes after packet 2, so that it may not come before it.
    assert reader.get().seq == 2 and reader.get() == Watermark(float("inf")) and reader.get() == End()
    assert reader.inbox.ended


@pytest.mark.parametrize(
    ("config", "room"),
    [(LinkConfig(capacity=2), 2), (LinkConfig(max_bytes=70_000), 3), (LinkConfig(max_bytes=10), 1)],
    ids=["items", "bytes", "one, however large"],
)
def test_block_bounds_what_waits(config, room):
    net, writer, (reader,) = fan(1, config)
    thread, outcome = started(lambda: [writer.output.send(frame(seq)) for seq in range(6)])
    waits(net, thread)
    ring = reader.ring
    assert ring.stats()["in"] == ring.stats()["waiting"] == room and ring.stats()["bytes"] == room * 20_000
    assert writer.file.meter.get("blocked_on") == 1
    assert [reader.get().seq for _ in range(6)] == list(range(6))
    thread.join(5)
    assert outcome == ["done"] and writer.file.meter.get("blocked_since_ns") == 0


def test_what_was_taken_and_not_dealt_with_is_bounded_too():
    """Under `block` a packet stays in its cell until it is dealt with."""
    net, writer, (reader,) = fan(1, LinkConfig(capacity=1))
    ring = reader.ring
    for seq in range(ring.count):
        writer.output.send(numbered(seq, 0))
        reader.get()
    thread, outcome = started(lambda: writer.output.send(numbered(ring.count, 0)))
    waits(net, thread)
    reader.inbox.done()
    assert reader.get().seq == ring.count
    thread.join(5)
    assert outcome == ["done"]


@pytest.mark.parametrize("freed", ["take", "flush", "reader closes", "writer closes"])
def test_a_writer_that_waits_is_woken(freed):
    net, writer, (reader,) = fan(1, LinkConfig(capacity=1))
    writer.output.send(frame(0))
    thread, outcome = started(lambda: writer.output.send(frame(1)))
    waits(net, thread)
    if freed == "take":
        reader.get()
    elif freed == "flush":
        assert net.file(1).flush(net.supervisor()) == 1  # from another process
    elif freed == "reader closes":
        reader.inbox.close()
    else:
        writer.output.close()
    thread.join(10)
    assert outcome == ["closed" if "closes" in freed else "done"]
    assert net.words()["0-s1" if "0-s1" in net.words() else "0-s0"][0] == 0  # the writer keeps no reference


def test_a_reader_that_waits_is_woken_by_packet_end_and_close():
    _, writer, (reader,) = fan(1)
    got: list[object] = []
    thread, _ = started(lambda: got.append(reader.get(None)))
    thread.join(0.05)
    assert thread.is_alive()
    writer.output.send(numbered(0, 0))
    thread.join(10)
    assert got == [numbered(0, 0)]
    thread, _ = started(lambda: got.append(reader.get(None)))
    writer.output.send(End())
    thread.join(10)
    assert got[1:] == [End()]
    thread, outcome = started(lambda: reader.get(None))
    reader.inbox.close()
    thread.join(10)
    assert outcome == ["closed"]


def test_a_reader_that_closed_frees_its_slots_and_the_others_still_get_theirs():
    _, writer, (gone, other) = fan(2, LinkConfig(capacity=2))
    gone.inbox.close()
    for seq in range(5):
        writer.output.send(frame(seq))
        assert (other.get().data == seq).all()
    other.inbox.close()
    with pytest.raises(Closed):
        writer.output.send(frame(5))


def test_what_cannot_be_pickled_is_refused_before_it_costs_anything():
    net, writer, readers = fan(2, LinkConfig(capacity=1))
    with pytest.raises(DataError, match=r"lock of stream 'in' cannot go to another process.*plain data"):
        writer.output.send(numbered(0, threading.Lock()))
    writer.output.send(numbered(0, "small"))  # there is still room
    assert [reader.get().data for reader in readers] == ["small", "small"]
    assert net.files() == []


def test_what_cannot_be_unpickled_says_so_and_the_stream_goes_on():
    net, writer, (reader,) = fan(1)
    writer.output.send(numbered(0, Poison(10)))
    writer.output.send(numbered(1, Poison(100_000)))
    writer.output.send(numbered(2, "good"))
    for _ in range(2):
        lost = reader.get()
        assert isinstance(lost.data, Undelivered) and "no such module" in str(lost.data.error)
    assert reader.get().data == "good"
    del lost
    gc.collect()  # its error's traceback has the bytes
    reader.inbox.done()
    reader.inbox.get(0)
    assert used(net) == 0


def test_only_wanted_ports_give_packets_in_turn():
    net = Net((0, 2), (1, 2))
    one, other, reader = (net.open(index) for index in range(3))
    for seq in range(3):
        one.output.send(frame(seq))
        other.output.send(frame(seq))
    assert [reader.inbox.get(0)[0] for _ in range(2)] == ["0", "1"]
    assert [reader.inbox.get(0, lambda port: port == "1")[0] for _ in range(2)] == ["1", "1"]
    assert reader.inbox.get(0, lambda port: port == "1") is None
    other.output.send(Watermark(5))
    other.output.send(End())
    assert reader.inbox.get(0, lambda port: False) == ("1", Watermark(5))
    assert reader.inbox.get(0, lambda port: False) == ("1", End())
    assert reader.inbox.get(0, lambda port: False) is None
    assert reader.inbox.get(0)[0] == "0" and not reader.inbox.ended


def test_a_flush_drops_what_waits_ends_its_references_and_leaves_what_was_taken():
    net, writer, (reader,) = fan(1)
    for seq in range(4):
        writer.output.send(frame(seq))
    taken = reader.get()
    assert not reader.inbox.stale
    assert reader.inbox.flush() == 3 and reader.inbox.stale
    assert (taken.data == 0).all() and used(net) == 1
    writer.output.send(frame(4))
    assert (reader.get().data == 4).all() and not reader.inbox.stale
    stats = reader.inbox.stats()["0"]
    assert (stats["in"], stats["out"], stats["dropped"], stats["waiting"], stats["bytes"]) == (5, 2, 3, 0, 0)


def test_what_is_in_hand_keeps_its_slot_until_it_is_acknowledged_even_if_all_let_it_go():
    """Else it would be given again, after a kill, with bytes that came later."""
    net, writer, (reader,) = fan(1, max_bytes=2**18)
    tensors = [numbered(seq, torch.full((20_000,), seq)) for seq in range(2)]
    texts = [numbered(seq, str(seq) * 20_000) for seq in range(2, 4)]
    for packet in [*tensors, *texts]:
        writer.output.send(packet)
    for _ in range(4):
        reader.get()  # the reader's copies are its own, and it drops even these
    with reader.file.lock:
        reader.slots.settle()  # as the thread does that shows a process lives
    assert used(net) == 4
    reader.inbox.done()
    with reader.file.lock:
        reader.slots.settle()
    assert used(net) == 4  # dealt with, and the rings do not know it yet
    reader.inbox.get(0)
    assert used(net) == 0
