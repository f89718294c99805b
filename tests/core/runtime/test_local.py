from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest
from core_parts import MS, Frames, Silent, Slow, into, only_even

from wugan import LocalRuntime, Packet, Pipeline, Source, Stage, approximate
from wugan.errors import PipelineError, RuntimeFailure
from wugan.runtime.letters import Letter


class Utterances(Stage[object, int]):
    """Holds back everything until the end, as a segmenter does while somebody speaks."""

    def __init__(self) -> None:
        self.start = -1
        self.held = 0

    def process(self, packet: Packet[object]) -> Iterable[Packet[int]]:
        self.start = packet.time_ns if self.start < 0 else self.start
        self.held += 1
        return ()

    def flush(self) -> Iterable[Packet[int]]:
        yield Packet(self.held, self.start)

    def watermark(self, time_ns: int) -> int:
        return self.start if self.start >= 0 else time_ns


def test_a_join_with_a_branch_that_holds_back_longer_than_it_has_room_for_does_not_hang():
    p = Pipeline("diamond")
    source = p.source(Frames(250))
    windows = []
    joined = p.join(source, p.stage(Utterances(), source, name="held"), sync=approximate("1ms", capacity=8))
    p.sink(into(windows), joined)
    with p.run(LocalRuntime()) as running:
        assert running.wait(timeout=60)
        stats = running.stats()
    used = sum("frames" in window.packets for window in windows)
    assert used + stats["window-join"]["dropped"].get("frames", {}).get("overflow", 0) == 250
    assert [window.packets["held"].data for window in windows if "held" in window.packets] == [250]


def test_a_slow_branch_of_a_join_holds_the_fast_one_back_and_loses_nothing():
    p = Pipeline("slow-branch")
    source = p.source(Frames(60))
    slow = p.stage(Slow(0.005), p.stage(only_even, source, name="even"), name="slow")
    windows = []
    p.sink(into(windows), p.join(source, slow, sync=approximate("1ms", capacity=2)))
    with p.run() as running:
        assert running.wait(timeout=60)
    assert [sorted(window.packets) for window in windows] == [["frames", "slow"], ["frames"]] * 30
    assert [window.time_ns for window in windows] == [number * 10 * MS for number in range(60)]


def test_a_filtered_branch_does_not_hold_a_join_back(eventually):
    """With live sources, a window must not wait for the next packet that the filter lets through."""
    go = threading.Event()

    class Live(Source[int]):
        def packets(self):
            yield from (Packet(number, number * 10 * MS) for number in range(3))
            go.wait(30)

    p = Pipeline("filtered")
    source = p.source(Live())
    windows = []
    p.sink(
        into(windows),
        p.join(source, p.stage(lambda value: None, source, name="none"), sync=approximate("1ms")),
    )
    with p.run() as running:
        eventually(lambda: len(windows) == 2)  # of 0 and 10 ms; the last waits for a sign that 20 ms have passed
        go.set()
        assert running.wait(timeout=30)
    assert len(windows) == 3


def test_nodes_without_readers_and_joins_of_one_stream_run():
    p = Pipeline("loose-ends")
    source = p.source(Frames(5))
    p.stage(only_even, source, name="nobody-reads-this")
    windows = []
    p.sink(into(windows), p.join(source, sync=approximate("1ms")))
    with p.run() as running:
        assert running.wait(timeout=30)
        assert running.stats()["nobody-reads-this"]["emitted"] == 3
    assert len(windows) == 5


def test_a_sink_that_raises_is_counted_and_its_packets_kept(tmp_path):
    kept: list[int] = []

    def picky(packet) -> None:
        frame = packet.data
        if frame.number == 2:
            raise ValueError("two")
        kept.append(frame.number)

    p = Pipeline("picky")
    p.sink(picky, p.source(Frames(4)))
    with p.run(dead_letters=tmp_path / "letters") as running:
        assert running.wait(timeout=30)
        assert running.stats()["picky"]["failed"] == 1
    assert kept == [0, 1, 3]
    (letter,) = (tmp_path / "letters").iterdir()
    assert Letter.read(letter).load().data.number == 2


def test_leaving_the_context_ends_what_still_runs(eventually):
    source = Silent()
    p = Pipeline("silent")
    got: list[int] = []
    p.sink(into(got), p.source(source))
    with p.run() as running:
        eventually(lambda: got == [1])
        assert not running.wait(timeout=0.05)
    assert source.closed.is_set()
    assert running.wait(timeout=5)
    assert not [thread.name for thread in threading.enumerate() if thread.name == "wugan-silent"]


def test_several_failures_to_start_are_all_named():
    class Broken(Source[int]):
        def open(self):
            raise OSError("no such device")

    p = Pipeline("broken")
    p.sink(print, p.source(Broken(), name="left"))
    p.sink(print, p.source(Broken(), name="right"))
    with pytest.raises(RuntimeFailure, match="'left' could not start.*'right' could not start"):
        p.run()


def test_ctrl_c_during_start_closes_what_was_opened():
    class Loading(Stage[object, object]):
        def warm_up(self):
            raise KeyboardInterrupt

    closed = []

    class Opened(Stage[object, object]):
        def close(self):
            closed.append("closed")

    p = Pipeline("start")
    source = p.source(Silent())
    p.stage(Opened(), source)
    p.stage(Loading(), source)
    with pytest.raises(KeyboardInterrupt):
        p.run()
    assert closed == ["closed"]


def test_an_unknown_runtime_is_refused():
    p = Pipeline("x")
    p.source(Silent())
    with pytest.raises(PipelineError, match="'spark' is unknown: choose 'local' or 'ray'"):
        p.run("spark")
