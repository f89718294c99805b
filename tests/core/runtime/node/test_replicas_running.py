"""Pipelines with replicas: order, results, failures, interruptions."""

from __future__ import annotations

import json
import os
import signal
import threading

import pytest
from core_parts import into
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from replica_parts import (
    MS,
    Exits,
    Fed,
    Kills,
    Numbers,
    Several,
    Sizes,
    Ticks,
    Uneven,
    Unsendable,
    Waits,
    Who,
)

from wugan import LinkConfig, Packet, Pipeline, approximate
from wugan.errors import PipelineError, RuntimeFailure
from wugan.options import BatchConfig, OptionsOf, RestartPolicy
from wugan.runtime.letters import Letter


def run(component, count: int, tmp_path, runtime="local", **options) -> tuple[list[Packet], dict]:
    """All packets of numbers through a component, and the counters."""
    got: list[Packet] = []

    def keep(packet: Packet) -> None:
        got.append(packet)

    p = Pipeline("numbers")
    p.sink(keep, p.stage(component, p.source(Numbers(count)), name="work", **options))
    with p.run(runtime, dead_letters=tmp_path / "letters") as running:
        assert running.wait(60)
        return got, running.stats()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.floats(0, 4), min_size=1, max_size=7),
    st.sets(st.integers(0, 20)),
    st.integers(2, 4),
    st.none() | st.integers(2, 4),
)
def test_whatever_the_times_the_order_is_that_of_the_stream(tmp_path, pauses, drops, replicas, batch):
    options: OptionsOf = {"replicas": replicas, "batch": batch and BatchConfig(max_size=batch, max_wait="1ms")}
    got, stats = run(Uneven(tuple(pauses), tuple(drops)), 21, tmp_path, **options)
    assert [packet.data for packet in got] == [number * 10 for number in range(21) if number not in drops]
    assert [packet.seq for packet in got] == list(range(len(got)))
    assert stats["work"]["handled"] == 21 and stats["work"]["emitted"] == len(got)
    assert sum(stats[f"work.{number}"]["handled"] for number in range(1, replicas + 1)) == 21


@pytest.mark.parametrize(
    ("component", "options"),
    [
        (Uneven((0, 3, 1), drops=(3, 4, 11), fails=(7, 8)), {}),
        (Uneven((0, 3, 1), drops=(3, 4, 11), fails=(7, 8)), {"batch": BatchConfig(max_size=4, max_wait="2ms")}),
        (Several(), {}),
    ],
    ids=["filter and failures", "in batches", "several for one"],
)
def test_results_are_those_without_replicas(runtime, component, options, tmp_path):
    alone, _ = run(component, 30, tmp_path / "alone", **options)
    together, stats = run(component, 30, tmp_path / "together", runtime, replicas=2, **options)
    assert together == alone and len(alone) > 20  # values, numbers, times and attributes
    assert stats["work"]["handled"] == 30 and stats["work"]["emitted"] == len(alone)
    letters = [
        sorted(json.loads(path.read_text())["seq"] for path in (tmp_path / name).rglob("error.json"))
        for name in ("alone", "together")
    ]
    assert letters[0] == letters[1]


def test_a_letter_of_a_replica_is_its_nodes_with_the_original_packet(tmp_path):
    run(Uneven(fails=(7,)), 10, tmp_path, replicas=2)
    (letter,) = (tmp_path / "letters").iterdir()
    about = json.loads((letter / "error.json").read_text())
    assert (about["stage"], about["port"], about["seq"]) == ("work", "numbers", 7)
    assert Letter.read(letter).load() == Packet(7, 70 * MS, stream="numbers", seq=7, attrs={"n": 7})


def test_each_replica_has_a_component_of_its_own(runtime, tmp_path):
    mine = Who()
    got, stats = run(mine, 40, tmp_path, runtime, replicas=2)
    copies = {packet.data[:2] for packet in got}
    assert len(copies) == 2 and mine.count == 0
    assert sorted(stats) == sorted(["numbers", "work", "work.1", "work.2", "keep"])
    if runtime == "ray":
        assert {pid for pid, _ in copies} == {stats["work.1"]["pid"], stats["work.2"]["pid"]}


def test_replicas_gather_batches(runtime, tmp_path):
    got, stats = run(Sizes(), 64, tmp_path, runtime, replicas=2, batch=BatchConfig(max_size=4, max_wait="20ms"))
    assert len(got) == 64 and max(packet.data for packet in got) == 4
    assert stats["work.1"]["batches"] < stats["work.1"]["handled"]


@pytest.mark.slow_on_ray
def test_a_join_downstream_gets_the_windows_that_it_gets_without_replicas(runtime, tmp_path):
    def windows(replicas: int) -> list[dict]:
        found: list[dict] = []
        p = Pipeline("joined")
        source = p.source(Numbers(60))
        slow = p.stage(Uneven((0, 2, 1), drops=tuple(range(5, 60, 4))), source, name="slow", replicas=replicas)
        parts = p.stage(Several(early_ms=3), source, name="parts", replicas=replicas)
        joined = p.join(source, slow, parts, sync=approximate("4ms"))
        p.sink(into(found), p.stage(data_of, joined))
        with p.run(runtime) as running:
            assert running.wait(60)
        return found

    assert windows(2) == windows(1)


def data_of(window) -> dict:
    return {stream: packet.data for stream, packet in window.packets.items()}


@pytest.mark.slow_on_ray
def test_replicas_of_a_stage_behind_replicas(runtime, tmp_path):
    p = Pipeline("chain")
    first = p.stage(Uneven((0, 1, 2)), p.source(Numbers(50)), name="first", replicas=2)
    second = p.stage(Uneven((2, 0)), first, name="second", replicas=3)
    got: list[int] = []
    p.sink(into(got), second)
    with p.run(runtime) as running:
        assert running.wait(60)
    assert got == [number * 100 for number in range(50)]


def test_the_link_in_front_keeps_its_policy(eventually):
    """A slow node with `latest` drops what it has no room for, and what it handles is in order."""
    p = Pipeline("latest")
    source = Fed()
    got: list[int] = []
    slow = p.stage(Uneven((5,)), p.source(source, name="fed"), name="slow", replicas=2, link="latest")
    p.sink(into(got), slow)
    with p.run() as running:
        source.feed(*range(200), end=True)
        assert running.wait(60)
        link = running.stats()["slow"]["links"]["fed"]
    assert link["in"] == 200 == link["out"] + link["dropped"] and link["dropped"] > 100
    assert got == sorted(got) and len(got) == link["out"] and got[-1] == 1990


def test_an_interruption_drops_what_waits_and_the_stream_goes_on(eventually):
    Waits.begun.clear()
    p = Pipeline("interrupted")
    source = Fed()
    got: list[int] = []
    p.sink(into(got), p.stage(Waits(), p.source(source, name="fed"), name="talk", replicas=2))
    with p.run() as running:
        source.feed(*range(10))
        eventually(lambda: running.stats()["talk"]["handled"] == 4 and len(Waits.begun) == 2)
        running.interrupt()
        source.feed(*range(100, 110), end=True)
        assert running.wait(30)
        stats = running.stats()
    assert len(Waits.begun) == 12  # nothing that waited was begun
    assert got == list(range(100, 110))  # nor was what two copies still gave
    assert stats["talk"]["handled"] == 14 and stats["talk"]["flushed"] == 10 and stats["talk"]["emitted"] == 10
    assert stats["talk.1"]["flushed"] == stats["talk.2"]["flushed"] == 0  # counted once


def test_interruptions_while_one_copy_does_not_heed_them(eventually):
    Waits.begun.clear()
    p = Pipeline("stubborn")
    source = Fed()
    got: list[int] = []
    p.sink(
        into(got),
        p.stage(Waits(cooperative=False), p.source(source, name="fed"), name="talk", replicas=2),
    )
    with p.run() as running:
        for start in (100, 200, 300):
            source.feed(start // 100)
            eventually(lambda number=start // 100: number in Waits.begun)
            running.interrupt()
            source.feed(*range(start, start + 20))
        source.feed(end=True)
        assert running.wait(30)
    assert got == sorted(set(got)) and set(got) <= {*range(100, 120), *range(200, 220), *range(300, 320)}
    assert got[-20:] == list(range(300, 320))


def test_a_stream_that_is_interrupted_again_and_again_goes_on_in_order(runtime, eventually):
    p = Pipeline("flows")
    got: list[int] = []
    work = p.stage(
        Uneven((0, 4, 2)), p.source(Ticks()), name="work", replicas=2, batch=BatchConfig(max_size=4, max_wait="1ms")
    )
    p.sink(into(got), work)
    with p.run(runtime) as running:
        for _ in range(8):
            count = len(got)
            eventually(lambda count=count: len(got) > count + 10)
            running.interrupt()
        running.stop()
        assert running.wait(60)
        stats = running.stats()
    assert got == sorted(set(got)) and stats["work"]["held"] == 0
    flushed = sum(node["flushed"] for node in stats.values())
    if runtime == "ray":  # where the driver drops what waits, the links count it
        flushed += sum(link["dropped"] for node in stats.values() for link in node.get("links", {}).values())
    assert len(got) < stats["ticks"]["emitted"] <= len(got) + flushed  # nothing vanished


def test_a_copy_that_cannot_go_on_is_named_and_the_others_finish(tmp_path):
    p = Pipeline("exits")
    got: list[int] = []
    p.sink(into(got), p.stage(Exits(), p.source(Numbers(30)), name="work", replicas=2))
    with p.run(dead_letters=tmp_path / "letters") as running:
        with pytest.raises(RuntimeFailure, match=r"'work\.[12]' failed: SystemExit: three"):
            running.wait(30)
        assert running.stats()["work"]["failed"] in (1, 2)
    missing = {Letter.read(letter).load().data for letter in (tmp_path / "letters").iterdir()}
    assert 3 in missing and got == [number for number in range(30) if number not in missing]


def test_where_no_copy_is_left_the_pipeline_ends(tmp_path):
    p = Pipeline("all-exit")
    p.sink(print, p.stage(Exits(), p.stage(lambda number: 3, p.source(Numbers(500))), name="work", replicas=2))
    with (
        p.run(dead_letters=tmp_path / "letters") as running,
        pytest.raises(RuntimeFailure, match=r"'work.1'.*'work.2'"),
    ):
        running.wait(30)


def test_a_component_that_cannot_be_copied_is_named():
    class Locked(Uneven):
        def __init__(self) -> None:
            super().__init__()
            self.lock = threading.Lock()

    p = Pipeline("locked")
    p.stage(Locked(), p.source(Numbers(3)), name="work", replicas=2)
    with pytest.raises(PipelineError, match=r"node 'work' cannot be copied for its replicas: .*lock.*warm_up"):
        p.run()


def test_a_coordinator_whose_readers_have_left_ends():
    def leaves(packet: Packet[int]) -> None:
        raise SystemExit("enough")

    p = Pipeline("left")
    source = Fed()
    p.sink(leaves, p.stage(Uneven(), p.source(source), name="work", replicas=2), name="leaves")
    with p.run() as running:
        source.feed(*range(200), end=True)
        with pytest.raises(RuntimeFailure, match="'leaves' failed: SystemExit: enough"):
            running.wait(30)
        assert running.stats()["work"]["handled"] < 200


def test_on_ray_an_output_that_cannot_be_sent_is_kept_as_a_letter(ray_session, tmp_path):
    got, stats = run(Unsendable(), 20, tmp_path, "ray", replicas=2, max_failed_share=1)
    assert [packet.data for packet in got] == list(range(0, 20, 2))
    assert stats["work.1"]["failed"] + stats["work.2"]["failed"] == 10


@pytest.mark.slow
def test_on_ray_a_packet_that_kills_its_replica_is_given_up_and_the_order_stays(ray_session, tmp_path):
    got, stats = run(Kills(), 30, tmp_path, "ray", replicas=2, restart=RestartPolicy(max_restarts=20))
    numbers = [packet.data for packet in got]
    assert numbers == sorted(set(numbers)) and 3 not in numbers and len(numbers) >= 25
    assert stats["work.1"]["restarts"] + stats["work.2"]["restarts"] == 3
    kept = [Letter.read(letter).load() for letter in (tmp_path / "letters").iterdir()]
    assert {*numbers, *(packet.data for packet in kept if isinstance(packet.data, int))} == set(range(30))


def test_on_ray_a_coordinator_that_is_killed_goes_on_in_order(ray_session, eventually):
    p = Pipeline("killed")
    got: list[int] = []
    p.sink(into(got), p.stage(Uneven((2, 5)), p.source(Numbers(300)), name="work", replicas=2))
    with p.run("ray") as running:
        for count in (20, 120):
            eventually(lambda count=count: len(got) > count and running.stats()["work"]["state"] == "running")
            os.kill(running.stats()["work"]["pid"], signal.SIGKILL)
        assert running.wait(60)
        stats = running.stats()
    assert got == sorted(set(got)) and got[-1] == 2990
    assert stats["work"]["restarts"] == 2
    assert len(got) + stats["work"]["lost"] >= 300  # what was under way, and it is counted


def test_a_block_link_of_one_in_front_loses_nothing(runtime, tmp_path):
    got, stats = run(Uneven((1, 0, 2)), 40, tmp_path, runtime, replicas=2, link=LinkConfig(capacity=1))
    assert [packet.data for packet in got] == [number * 10 for number in range(40)]
    assert stats["work"]["links"]["numbers"]["dropped"] == 0
