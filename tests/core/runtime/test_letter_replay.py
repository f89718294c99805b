from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from core_parts import MS, Breaks, Brighter, Frame, Frames, Mean, NoModel, Slow, into
from hypothesis import given
from hypothesis import strategies as st

from wugan import Join, Packet, Pipeline, Stage, Window, approximate, latest
from wugan.errors import DataError, PipelineError, RuntimeFailure
from wugan.runtime import letters as letter_replay
from wugan.runtime.letters import DeadLetters, Letter, letters_in, read_letters, replay_letters


class Picky(Stage[Frame, Frame]):
    """Refuses the frames of some numbers."""

    def __init__(self, refuses: Iterable[int] = ()) -> None:
        self.refuses = set(refuses)

    def process(self, packet: Packet[Frame]) -> Iterable[Packet[Frame]]:
        if packet.data.number in self.refuses:
            raise ValueError(f"frame {packet.data.number} is refused")
        yield packet


class Sums(Join[Frame, int]):
    """Adds the numbers of a window's frames; refuses some sums."""

    def __init__(self, refuses: Iterable[int] = ()) -> None:
        super().__init__(approximate("1ms"))
        self.refuses = set(refuses)

    def combine(self, window: Window) -> int:
        total = sum(packet.data.number for packet in window.packets.values())
        if total in self.refuses:
            raise ValueError(f"sum {total} is refused")
        return total


def chain(got: list[Any], refuses: Iterable[int] = (), then: Iterable[int] = (), **options: Any) -> Pipeline:
    """Frames, a stage, another, and a sink that keeps time, attributes, stream and number."""

    def keep(packet: Packet[Frame]) -> None:
        got.append((packet.time_ns // MS, packet.attrs["n"], packet.data.number))

    p = Pipeline("chain")
    picky = p.stage(Picky(refuses), p.source(Frames(8)), name="picky", **options)
    p.sink(keep, p.stage(Picky(then), picky, name="second", **options), name="keep")
    return p


def run(pipeline: Pipeline, folder: Path) -> None:
    with pipeline.run("local", dead_letters=folder) as running:
        assert running.wait(timeout=30)


def names(folder: Path) -> list[str]:
    return [letter.name for letter in letters_in(folder)] if folder.exists() else []


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "letters"


def test_packets_that_failed_pass_the_mended_stage_and_all_below(folder):
    run(chain([], refuses=[2, 5]), folder)
    got: list[Any] = []
    report = replay_letters(folder, chain(got))
    assert got == [(20, 2, 2), (50, 5, 5)]  # their own times and attributes
    assert report.ok and [letter.name for letter in report.passed] == ["picky-00001", "picky-00002"]
    assert names(folder) == [] and names(folder / "replayed") == ["picky-00001", "picky-00002"]
    assert sorted(path.name for path in folder.iterdir()) == ["replayed"]  # nothing else is left behind


def test_one_that_fails_again_stays_with_the_new_error(folder):
    run(chain([], refuses=[2, 5, 7]), folder)
    got: list[Any] = []
    report = replay_letters(folder, chain(got, refuses=[5]))
    assert [number for _, _, number in got] == [2, 7]
    (again,) = report.again
    assert not report.ok and again.name == "picky-00002" and again.earlier[0].error == "ValueError: frame 5 is refused"
    assert names(folder) == ["picky-00002"] and again.load().data.number == 5 and again.seq == 5
    assert replay_letters(folder, chain(got)).ok and got[-1] == (50, 5, 5)


def test_what_fails_further_down_is_a_letter_of_that_stage(folder):
    run(chain([], refuses=[2, 5]), folder)
    report = replay_letters(folder, chain([], then=[5]))
    assert [letter.name for letter in report.passed] == ["picky-00001", "picky-00002"] and not report.ok
    assert [(letter.name, letter.stage) for letter in report.new] == [("second-00001", "second")]
    got: list[Any] = []
    assert replay_letters(folder, chain(got)).ok and got == [(50, 5, 5)]


def test_each_stage_gets_its_own_letters(folder):
    run(chain([], refuses=[2], then=[5]), folder)
    got: list[Any] = []
    report = replay_letters(folder, chain(got))
    assert got == [(20, 2, 2), (50, 5, 5)]
    assert [letter.name for letter in report.passed] == ["picky-00001", "second-00002"]


def test_only_the_stage_that_is_asked_for(folder):
    run(chain([], refuses=[2], then=[5]), folder)
    got: list[Any] = []
    assert replay_letters(folder, chain(got), stage="second").ok
    assert got == [(50, 5, 5)] and names(folder) == ["picky-00001"]


def test_letters_can_be_left_where_they_are(folder):
    run(chain([], refuses=[2]), folder)
    assert replay_letters(folder, chain([]), keep=True).ok
    assert names(folder) == ["picky-00001"] and not (folder / "replayed").exists()


def test_replayed_letters_of_one_name_do_not_replace_each_other(folder):
    for _ in range(2):
        run(chain([], refuses=[2]), folder)
        assert replay_letters(folder, chain([])).ok
    assert names(folder / "replayed") == ["picky-00001", "picky-00002"]


def test_no_link_drops_a_letter(folder):
    run(chain([], refuses=range(8), max_failed_share=1), folder)
    got: list[Any] = []
    slow = chain(got, link="latest")
    slow.nodes["second"].component = Slow(0.01)
    assert replay_letters(folder, slow).ok and [number for _, _, number in got] == list(range(8))


def test_a_packet_that_failed_in_a_sink_is_written_again(folder):
    p = Pipeline("sink")
    p.sink(lambda packet: 1 / (packet.data.number - 1), p.source(Frames(3)), name="sink")
    run(p, folder)
    again = Pipeline("sink")
    got: list[int] = []
    again.sink(lambda packet: got.append(packet.data.number), again.source(Frames(3)), name="sink")
    assert replay_letters(folder, again).ok and got == [1]


class Stateless(Picky):
    stateless: ClassVar[bool] = True


def test_letters_of_replicas_are_those_of_their_node(folder):
    def spread(got: list[int], refuses: Iterable[int], replicas: int) -> Pipeline:
        p = Pipeline("spread")
        stage = p.stage(Stateless(refuses), p.source(Frames(8)), name="picky", replicas=replicas)
        p.sink(lambda packet: got.append(packet.data.number), stage, name="keep")
        return p

    run(spread([], [2, 5, 6], replicas=2), folder)
    assert len(read_letters(folder)) == 3
    got: list[int] = []
    report = replay_letters(folder, spread(got, [5], replicas=2))
    assert sorted(got) == [2, 6] and [letter.load().data.number for letter in report.again] == [5]
    assert replay_letters(folder, spread(got, [], replicas=1), stage="picky").ok and got[-1] == 5


def test_what_a_replica_had_in_hand_is_a_letter_twice(folder):
    DeadLetters(folder).write("picky.1", "picky", Packet("a task", 0, stream="picky"), ValueError("killed"))
    ((_, reason),) = replay_letters(folder, chain([])).kept
    assert "the packet in it has a letter of its own" in reason


# Joins.


def sums(got: list[Any], refuses: Iterable[int] = (), picky: Iterable[int] = ()) -> Pipeline:
    p = Pipeline("sums")
    left = p.stage(Picky(picky), p.source(Frames(4), name="left"), name="picky")
    joined = p.join(left, p.source(Frames(4, start_ms=0), name="right"), component=Sums(refuses), name="sums")

    def keep(packet: Packet[int]) -> None:
        got.append((packet.time_ns // MS, packet.attrs["n"], packet.data))

    p.sink(keep, joined, name="keep")
    return p


def test_a_window_that_failed_is_combined_again(folder):
    run(sums([], refuses=[4]), folder)
    assert read_letters(folder)[0].data.startswith("Window(time_ns=int, packets={picky: Packet(Frame(")
    got: list[Any] = []
    report = replay_letters(folder, sums(got, refuses=[4]))
    assert got == [] and [letter.name for letter in report.again] == ["sums-00001"]
    assert replay_letters(folder, sums(got)).ok and got == [(20, 2, 4)]


def test_what_a_join_gives_is_of_its_declared_type(folder):
    run(sums([], refuses=[4]), folder)
    wrong = sums([])
    wrong.nodes["sums"].component.combine = lambda window: "text"
    (again,) = replay_letters(folder, wrong).again
    assert "stage 'sums' gave str on its output port, which is declared as int" in again.error


def test_a_join_below_gets_nothing_from_its_other_streams(folder):
    run(sums([], picky=[3]), folder)
    got: list[Any] = []
    assert replay_letters(folder, sums(got)).ok
    assert got == [(30, 3, 3)]  # where the whole window would give 6


def test_a_join_keeps_the_order_of_its_streams_and_tells_what_it_dropped(folder):
    def triggered(refuses: Iterable[int]) -> Pipeline:
        p = Pipeline("triggered")
        trigger, other = p.source(Frames(4), name="trigger"), p.source(Frames(4), name="other")
        p.sink(print, p.join(trigger, p.stage(Picky(refuses), other, name="picky"), sync=latest("1s"), name="pairs"))
        return p

    run(triggered([1, 2]), folder)
    report = replay_letters(folder, triggered([]))
    assert report.ok and report.dropped["pairs"] == 1  # the older of two: no trigger came


def test_a_join_further_down_gets_the_packet_itself_where_it_reads_its_stream(folder):
    def diamond(got: list[Any], refuses: Iterable[int] = ()) -> Pipeline:
        p = Pipeline("diamond")
        source = p.source(Frames(4))
        joined = p.join(source, p.stage(Picky(refuses), source, name="picky"), sync=approximate("1ms"))
        p.sink(lambda packet: got.append(sorted(packet.data.packets)), joined, name="keep")
        return p

    run(diamond([], [1]), folder)
    got: list[Any] = []
    assert replay_letters(folder, diamond(got)).ok and got == [["frames", "picky"]]


# What cannot be replayed.


def test_what_cannot_be_replayed_is_kept_with_the_reason(folder):
    letters = DeadLetters(folder)
    packet = Packet(Frame(np.zeros(2), 0), 0, stream="frames", attrs={"n": 0})
    letters.write("frames", "", packet, ValueError("wrong type"))
    letters.write("picky", "", None, ValueError("at the end"))
    letters.write("picky", "", Packet(1, 0, stream="picky"), ValueError("not sent"))
    DeadLetters(folder, max_bytes=0).write("picky", "frames", packet, ValueError("too big"))
    (letters.write("picky", "frames", packet, ValueError("damaged")) / "packet.json").write_bytes(b"")
    report = replay_letters(folder, chain([]))
    reasons = {letter.error.partition(": ")[2]: reason for letter, reason in report.kept}
    assert reasons["wrong type"] == "it is what the source gave wrongly, and a source takes no packets"
    assert reasons["at the end"].startswith("no packet was at hand")
    assert reasons["not sent"].startswith("it is what the stage gave")
    assert "may hold 0" in reasons["too big"]
    assert "its packet cannot be read" in reasons["damaged"]
    assert not report.ok and len(names(folder)) == 5


def test_a_packet_that_the_join_refused_needs_the_others(folder):
    DeadLetters(folder).write("sums", "picky", Packet(Frame(np.zeros(2), 0), 0, stream="picky"), ValueError("late"))
    ((_, reason),) = replay_letters(folder, sums([])).kept
    assert "a window needs those of the other streams too" in reason


def test_errors_name_what_is_wrong(folder):
    with pytest.raises(DataError, match="is no folder"):
        replay_letters(folder, chain([]))
    run(chain([], refuses=[2]), folder)
    with pytest.raises(PipelineError, match="holds no letters of 'third' .it holds some of: picky"):
        replay_letters(folder, chain([]), stage="third")
    with pytest.raises(
        PipelineError, match="letters of 'picky': there is no such node in pipeline 'sums2' .there are: s"
    ):
        other = Pipeline("sums2")
        other.source(Breaks(), name="s")
        replay_letters(folder, other)
    assert names(folder) == ["picky-00001"]


def test_a_stage_that_cannot_start_leaves_its_letters_alone(folder):
    run(chain([], refuses=[2]), folder)
    broken = chain([])
    broken.nodes["second"].component = NoModel()
    with pytest.raises(RuntimeFailure, match="'second' could not start"):
        replay_letters(folder, broken)
    assert [path.name for path in folder.iterdir()] == ["picky-00001"]


def test_failures_that_cannot_be_told_apart_leave_all_letters(folder, monkeypatch):
    run(chain([], refuses=[2, 5]), folder)
    monkeypatch.setattr(DeadLetters, "write", lambda *arguments: None)  # the disk is full
    report = replay_letters(folder, chain([], refuses=[5]))
    assert [reason for _, reason in report.kept] == [
        "some packets of this replay failed or were lost without a trace of which; so all were left as is"
    ] * 2
    assert names(folder) == ["picky-00001", "picky-00002"]


def letter(stage: str, seq: int | None, number: int = 1) -> Letter:
    return Letter(folder=Path(f"{stage}-{number:05d}"), stage=stage, port="", seq=seq, error="e")


@given(st.lists(st.sampled_from(["pass", "fail", "unsent"]), max_size=20))
def test_new_failures_are_matched_with_their_letters(fates):
    """What the source cannot send takes no number, which shifts those that follow."""
    letters = [letter("stage", index, index) for index in range(len(fates))]
    failures, seq = [], 0
    for index, fate in enumerate(fates):
        if fate == "unsent":
            failures.append(letter("feed", seq, index))
            continue
        if fate == "fail":
            failures.append(letter("stage", seq, index))
        seq += 1
    newer = letter_replay._matched(letters, failures, "feed")
    assert newer is not None
    assert {name: int(found.name[-5:]) for name, found in newer.items()} == {
        letters[index].name: index for index, fate in enumerate(fates) if fate != "pass"
    }
    assert letter_replay._matched(letters, [*failures, letter("stage", None)], "feed") is None


@pytest.mark.slow_on_ray
def test_the_same_on_every_runtime(folder, runtime, shared_files: Callable[[], list[str]]):
    def means(got: list[float], fails_on: int) -> Pipeline:
        p = Pipeline("means")
        p.sink(
            into(got),
            p.stage(Mean(fails_on), p.stage(Brighter(), p.source(Frames(4))), name="mean"),
            name="keep",
        )
        return p

    run(means([], 3), folder)
    got: list[float] = []
    (again,) = replay_letters(folder, means(got, 3), runtime).again
    assert again.error == "ValueError: frame 3 is dark" and got == []
    assert replay_letters(folder, means(got, -1), runtime).ok and got == [6.0]
