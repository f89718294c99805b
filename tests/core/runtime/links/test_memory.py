from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ring_parts import Rings

from wugan import LinkConfig, Packet
from wugan.errors import PipelineError
from wugan.runtime.links.memory import Closed, End, Inbox, Link, Watermark
from wugan.runtime.links.shared import run_prefix, sweep

inboxes = pytest.mark.parametrize("Inbox", [Inbox, Rings], ids=["threads", "processes"])


@pytest.fixture(autouse=True)
def no_files_left() -> Iterator[None]:
    yield
    sweep(run_prefix("test"))


def packet(seq: int, size: int = 0) -> Packet[np.ndarray]:
    return Packet(np.zeros(size, np.uint8), seq, stream="s", seq=seq)


def started(act: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def balanced(link: Link) -> bool:
    stats = link.stats()
    return stats["in"] == stats["out"] + stats["dropped"] + stats["waiting"]


messages = st.lists(st.sampled_from(["packet", "big", "watermark", "get", "flush"]), max_size=60)


@inboxes
@given(st.sampled_from(["drop_oldest", "latest"]), st.integers(1, 5), messages)
def test_dropping_links_stay_bounded_lose_only_packets_and_count_them(Inbox, policy, capacity, steps):
    config = LinkConfig(policy=policy, capacity=capacity, max_bytes=100)
    inbox = Inbox({"in": config})
    link = inbox.links["in"]
    sent: dict[int, int] = {}
    got: list[int] = []
    told = newest = -1.0
    for step in steps:
        if step in ("packet", "big"):
            size = 150 if step == "big" else 30
            sent[len(sent)] = size
            link.put(packet(len(sent) - 1, size))
        elif step == "watermark":
            newest += 1
            link.put(Watermark(newest))
        elif step == "flush":
            inbox.flush()
            assert link.waiting == 0
        elif answer := inbox.get(timeout=0):
            message = answer[1]
            inbox.done()
            if isinstance(message, Packet):
                got.append(message.seq)
            else:
                assert message.time_ns > told  # in order, none twice
                told = message.time_ns
        assert balanced(link)
        assert link.waiting <= config.limit
        assert link.bytes <= 100 or link.waiting == 1
        if Inbox is not Rings:
            assert len(link.items) <= 2 * config.limit + 1  # watermarks do not pile up either
    link.put(End())
    while not link.ended:
        _, message = inbox.get(timeout=0)
        if isinstance(message, Packet):
            got.append(message.seq)
        elif isinstance(message, Watermark):
            told = message.time_ns
    assert got == sorted(set(got))
    assert told == newest  # the last word on time is never lost
    assert link.stats()["in"] == len(sent) == len(got) + link.stats()["dropped"]


@inboxes
@given(messages)
def test_a_blocking_link_gives_everything_in_order(Inbox, steps):
    inbox = Inbox({"in": LinkConfig(capacity=100)})
    link = inbox.links["in"]
    sent, got = 0, []
    for step in steps:
        if step in ("packet", "big"):
            link.put(packet(sent))
            sent += 1
        elif step == "watermark":
            link.put(Watermark(sent))
        elif (answer := inbox.get(timeout=0)) and isinstance(answer[1], Packet):
            got.append(answer[1].seq)
    link.put(End())
    while not inbox.ended:
        _, message = inbox.get(timeout=0)
        if isinstance(message, Packet):
            got.append(message.seq)
    assert got == list(range(sent))
    assert balanced(link) and link.stats()["dropped"] == 0


@inboxes
@pytest.mark.parametrize("config", [LinkConfig(capacity=2), LinkConfig(max_bytes=250)], ids=["items", "bytes"])
def test_block_holds_the_writer_until_something_is_taken(Inbox, config):
    inbox = Inbox({"in": config})
    link = inbox.links["in"]
    for seq in range(2):
        link.put(packet(seq, 100))
    writer = started(lambda: link.put(packet(2, 100)))
    writer.join(0.1)
    assert writer.is_alive() and link.stats()["in"] == 2
    assert inbox.get(timeout=1)[1].seq == 0
    writer.join(5)
    assert not writer.is_alive() and link.waiting == 2


@inboxes
def test_one_packet_may_always_wait_however_large(Inbox):
    link = Inbox({"in": LinkConfig(max_bytes=10)}).links["in"]
    link.put(packet(0, 1000))
    assert link.waiting == 1 and link.bytes == 1000


@inboxes
def test_watermarks_and_end_pass_a_full_blocking_link(Inbox):
    link = Inbox({"in": LinkConfig(capacity=1)}).links["in"]
    link.put(packet(0))
    for message in (Watermark(1), End()):
        writer = started(lambda message=message: link.put(message))
        writer.join(5)
        assert not writer.is_alive()


@inboxes
def test_flush_wakes_a_blocked_writer_and_keeps_the_end(Inbox):
    inbox = Inbox({"in": LinkConfig(capacity=1)})
    link = inbox.links["in"]
    link.put(packet(0))
    writer = started(lambda: link.put(packet(1)))
    writer.join(0.05)
    assert inbox.flush() == 1
    writer.join(5)
    assert not writer.is_alive()
    link.put(End())
    assert inbox.flush() == 0  # what waited for room was dropped with what was in the link
    assert isinstance(inbox.get(timeout=0)[1], End)
    assert inbox.ended and balanced(link)


@inboxes
def test_a_packet_taken_before_a_flush_is_known_to_be_stale(Inbox):
    inbox = Inbox({"in": LinkConfig()})
    inbox.links["in"].put(packet(0))
    inbox.get(timeout=0)
    assert not inbox.stale
    inbox.flush()
    assert inbox.stale
    inbox.links["in"].put(packet(1))
    inbox.get(timeout=0)
    assert not inbox.stale


@inboxes
def test_close_wakes_writer_and_reader(Inbox):
    full = Inbox({"in": LinkConfig(capacity=1)})
    full.links["in"].put(packet(0))
    empty = Inbox({"in": LinkConfig()})
    outcomes = []

    def act(do: Callable[[], object]) -> None:
        try:
            do()
        except Closed:
            outcomes.append("closed")

    threads = [
        started(lambda: act(lambda: full.links["in"].put(packet(1)))),
        started(lambda: act(lambda: empty.get(timeout=None))),
    ]
    for thread in threads:
        thread.join(0.05)
    full.close()
    empty.close()
    for thread in threads:
        thread.join(5)
    assert outcomes == ["closed", "closed"]
    assert balanced(full.links["in"])  # the packet that never got in is not counted


@inboxes
def test_ports_are_read_in_turn_and_only_if_wanted(Inbox):
    inbox = Inbox({"a": LinkConfig(), "b": LinkConfig()})
    for seq in range(3):
        inbox.links["a"].put(packet(seq))
        inbox.links["b"].put(packet(seq))
    assert [inbox.get(timeout=0)[0] for _ in range(4)] == ["a", "b", "a", "b"]
    assert inbox.get(timeout=0, wants=lambda port: port == "b")[0] == "b"
    assert inbox.get(timeout=0.01, wants=lambda port: port == "b") is None
    inbox.links["b"].put(End())
    assert inbox.get(timeout=0, wants=lambda port: False) == ("b", End())  # an end is always wanted


@inboxes
def test_many_writers_and_a_reader_lose_nothing(Inbox):
    inbox = Inbox({"a": LinkConfig(capacity=3), "b": LinkConfig(capacity=1)})

    def write(port: str) -> None:
        for seq in range(2000):
            inbox.links[port].put(packet(seq))
        inbox.links[port].put(End())

    writers = [started(lambda port=port: write(port)) for port in ("a", "b")]
    got: dict[str, list[int]] = {"a": [], "b": []}
    while not inbox.ended:
        port, message = inbox.get(timeout=10)
        inbox.done()
        if isinstance(message, Packet):
            got[port].append(message.seq)
    assert got == {"a": list(range(2000)), "b": list(range(2000))}
    for writer in writers:
        writer.join(5)
        assert not writer.is_alive()


@pytest.mark.parametrize("wrong", [{"policy": "drop"}, {"capacity": 0}, {"max_bytes": 0}, {"size": 3}])
def test_config_refuses(wrong):
    with pytest.raises(PipelineError):
        LinkConfig(**wrong)
