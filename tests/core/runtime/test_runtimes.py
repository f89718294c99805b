"""What every runtime must do alike: the same tests for threads and for Ray's actors."""

from __future__ import annotations

import json
import os
import signal
import time

import numpy as np
import pytest
from core_parts import (
    Breaks,
    Brighter,
    DiesOn,
    Endless,
    Frame,
    Frames,
    Mean,
    NoModel,
    NotesItsEnd,
    Pairs,
    Pids,
    Slow,
    Talks,
    into,
    numbers,
    only_even,
    say,
)

from wugan import ActionResult, LinkConfig, Pipeline, RestartPolicy, approximate
from wugan.errors import PipelineError, RuntimeFailure
from wugan.runtime.letters import Letter

RESULTS: dict[str, tuple] = {}


def test_the_same_graph_gives_the_same_results(runtime, tmp_path, shared_files):
    """Two rates, fan-out, a filter, a stage that holds back, one that gives more than it gets, a packet that fails."""
    p = Pipeline("everything")
    fast = p.source(Frames(60, step_ms=10, size=20_000), name="fast")
    slow = p.source(Frames(20, step_ms=31, start_ms=3), name="slow")
    mean = p.stage(Mean(fails_on=7), p.stage(Brighter(), fast), name="mean")
    pairs = p.stage(Pairs(), mean)
    joined = p.join(pairs, slow, p.stage(only_even, fast, name="even"), sync=approximate("6ms"), name="joined")
    windows: list[dict] = []
    frames: list[Frame] = []
    p.sink(into(windows), p.stage(numbers, joined), name="windows")
    p.sink(into(frames), fast, name="frames")
    with p.run(runtime, dead_letters=tmp_path / "letters") as running:
        assert running.wait(timeout=60)
        stats = running.stats()

    assert [frame.number for frame in frames] == list(range(60))
    assert all(type(frame) is Frame and (frame.pixels == frame.number).all() for frame in frames)
    with pytest.raises(ValueError, match="read-only"):
        frames[0].pixels[0] = 1
    (letter,) = running.dead_letters.iterdir()
    assert Letter.read(letter).load().data.number == 7
    about = json.loads((letter / "error.json").read_text())
    assert (about["stage"], about["error"]) == ("mean", "ValueError: frame 7 is dark")
    assert stats["mean"]["failed"] == 1 and stats["mean"]["emitted"] == stats["mean"]["handled"] - 1
    for node in stats.values():
        for link in node.get("links", {}).values():
            assert link["in"] == link["out"] and link["waiting"] == link["dropped"] == 0
    counts = {name: (node["handled"], node["emitted"], node["failed"]) for name, node in stats.items()}
    assert counts["joined"][1] == len(windows) == counts["windows"][0]
    assert len({frozenset(window) for window in windows}) >= 4  # a window may lack any stream
    RESULTS[runtime] = (windows, counts)
    assert RESULTS[runtime] == RESULTS.get("local", RESULTS[runtime])


def test_a_stage_that_cannot_start_is_named_and_all_is_cleaned_up(runtime, tmp_path, shared_files):
    p = Pipeline("no-model")
    source = p.source(Endless())
    p.stage(NoModel(), source, name="encoder")
    p.sink(NotesItsEnd(str(tmp_path / "notes")), source)
    with pytest.raises(RuntimeFailure, match=r"'encoder' could not start: FileNotFoundError: weights.safetensors"):
        p.run(runtime)
    assert (tmp_path / "notes").read_text().split() == ["open", "close"]


def test_a_source_that_breaks_is_named_after_the_rest_was_drained(runtime, tmp_path, shared_files):
    p = Pipeline("broken-source")
    source = p.source(Breaks(3), name="camera")
    got: list[int] = []
    p.sink(into(got), source)
    p.sink(NotesItsEnd(str(tmp_path / "notes")), source)
    with p.run(runtime) as running, pytest.raises(RuntimeFailure, match="'camera' failed: OSError: the cable was"):
        running.wait(timeout=60)
    assert got == [0, 1, 2]
    assert (tmp_path / "notes").read_text().splitlines() == ["open", "packet 0", "packet 1", "packet 2", "close"]


def test_overload_interrupt_and_stop(runtime, shared_files, eventually):
    """A fast source, a stage that is too slow for it, and an agent that talks for ten minutes."""
    p = Pipeline("live")
    source = p.source(Endless(pause_s=0.001, size=20_000), name="source")
    p.stage(Slow(0.05), source, name="slow", link=LinkConfig(policy="drop_oldest", capacity=4))
    said: list[ActionResult] = []
    p.sink(into(said), p.agent(Talks(), [say], source, name="agent", link="latest"))
    with p.run(runtime) as running:
        eventually(lambda: running.stats()["slow"]["handled"] >= 3)
        if runtime == "ray":
            assert any(name.endswith("-0-s0") for name in shared_files())  # the source's first slot
            assert len([name for name in shared_files() if "-s" in name]) < 20
        assert said == []
        running.interrupt()
        eventually(lambda: len(said) >= 2)
        assert [(result.output, result.interrupted) for result in said[:2]] == [("interrupted", True), (None, True)]
        handled = running.stats()["slow"]["handled"]
        eventually(lambda: running.stats()["slow"]["handled"] > handled + 2)  # the stream goes on
        while not running.stats()["slow"]["flushed"]:  # a busy source may just then have given nothing to flush
            running.interrupt()
            time.sleep(0.05)
        eventually(lambda: running.stats()["agent"]["handled"] >= 2)
        running.stop()
        while not running.wait(timeout=0.5):
            running.interrupt()  # or the agent would talk on about the last packet
        stats = running.stats()
    link = stats["slow"]["links"]["source"]
    assert link["in"] == stats["source"]["emitted"]
    assert link["in"] == link["out"] + link["dropped"] and link["dropped"] > 10
    assert stats["slow"]["handled"] + stats["slow"]["flushed"] >= link["out"]
    assert stats["slow"]["flushed"] >= 1
    assert len(said) == stats["agent"]["emitted"] == 2 * stats["agent"]["handled"]


def test_an_interruption_of_one_node_leaves_the_others_alone(runtime, eventually):
    p = Pipeline("live")
    source = p.source(Endless(pause_s=0.01), name="source")
    p.stage(Slow(0.05), source, name="slow", link=LinkConfig(policy="drop_oldest", capacity=4))
    p.stage(Slow(0.05), source, name="other", link=LinkConfig(policy="drop_oldest", capacity=4))
    with p.run(runtime) as running:
        eventually(lambda: all(running.stats()[name]["handled"] >= 3 for name in ("slow", "other")))

        def dropped() -> bool:
            running.interrupt("slow")
            return running.stats()["slow"]["flushed"] >= 1

        eventually(dropped)  # again and again: on a busy machine nothing may wait just now
        handled = running.stats()["slow"]["handled"]
        eventually(lambda: running.stats()["slow"]["handled"] > handled + 2)
        assert running.stats()["other"]["flushed"] == 0
        with pytest.raises(PipelineError, match="no node 'fast' to interrupt; it has: source, slow, other"):
            running.interrupt("fast")


def test_cancel_reaches_stages_that_wait_for_room(runtime, tmp_path, shared_files, eventually):
    p = Pipeline("stuck")
    source = p.source(Endless(pause_s=0, size=20_000), name="source")
    link = LinkConfig(capacity=2)
    first = p.stage(Slow(0, note=str(tmp_path / "first")), source, name="first", link=link)
    p.stage(Slow(0.5, note=str(tmp_path / "second")), first, name="second", link=link)
    with p.run(runtime) as running:
        eventually(lambda: running.stats()["second"]["links"]["first"]["waiting"] == 2)
        time.sleep(0.1)  # all writers wait now
        running.cancel()
        # It was not killed, nor left behind, which is what happens to a stage that does not come back.
        assert (tmp_path / "first").exists() and (tmp_path / "second").exists()
        assert running.wait(timeout=0)
        running.cancel()  # twice does no harm


def test_an_actor_that_is_killed_once_too_often_is_named(ray_session, shared_files, eventually):
    p = Pipeline("killed")
    got: list[np.ndarray] = []
    p.sink(
        into(got),
        p.source(Endless(size=20_000), name="camera", restart=RestartPolicy(max_restarts=0)),
    )
    with p.run("ray") as running:
        eventually(lambda: got)
        os.kill(int(got[0][0]), signal.SIGKILL)
        with pytest.raises(RuntimeFailure, match=r"'camera': its process died"):
            running.wait(timeout=60)
        assert shared_files() == []
    assert (got[0] == got[0][0]).all()  # what was kept outlives its writer


def test_a_stage_that_is_killed_again_and_again_loses_nothing(ray_session, shared_files, eventually):
    p = Pipeline("mortal")
    source = p.source(Frames(200, step_ms=10, size=20_000), name="source")
    node = p.stage(Pids(0.01), source, name="stage")
    got: list[tuple[int, int, int]] = []
    p.sink(into(got), node, name="sink")
    with p.run("ray") as running:
        for count in (20, 90):
            eventually(lambda count=count: len(got) > count)
            os.kill(got[-1][0], signal.SIGKILL)
        assert running.wait(timeout=60)
        stats = running.stats()
    assert [number for _, number, _ in got] == list(range(200))
    assert [value for _, _, value in got] == list(range(200))  # no slot was written while it was read
    assert len({pid for pid, _, _ in got}) == 3
    assert stats["stage"]["restarts"] == 2 and stats["stage"]["lost"] == 0 and stats["stage"]["redelivered"] <= 2
    assert stats["sink"]["handled"] == 200


def test_a_source_that_is_killed_goes_on_where_it_was(ray_session, shared_files, eventually):
    p = Pipeline("replayed")
    source = p.source(Frames(120, step_ms=10, size=20_000, pause_s=0.01), name="file")
    got: list[Frame] = []
    p.sink(into(got), source)
    with p.run("ray") as running:
        eventually(lambda: len(got) > 20)
        os.kill(running.stats()["file"]["pid"], signal.SIGKILL)
        assert running.wait(timeout=60)
    assert [frame.number for frame in got] == list(range(120))


def test_a_packet_that_kills_its_stage_ends_in_the_dead_letters(ray_session, tmp_path, shared_files):
    p = Pipeline("poison")
    got: list[int] = []
    p.sink(into(got), p.stage(DiesOn(3), p.source(Frames(6, step_ms=10)), name="fragile"))
    with p.run("ray", dead_letters=tmp_path / "letters") as running:
        assert running.wait(timeout=100)
        stats = running.stats()["fragile"]
    assert got == [0, 1, 2, 4, 5]
    (letter,) = running.dead_letters.iterdir()
    assert Letter.read(letter).load().data.number == 3
    assert "died 3 times with this packet" in json.loads((letter / "error.json").read_text())["error"]
    assert (stats["restarts"], stats["redelivered"], stats["failed"]) == (3, 2, 1)
