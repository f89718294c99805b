from __future__ import annotations

from typing import Any

import pytest
from core_parts import Frames
from hypothesis import given
from hypothesis import strategies as st

from wugan import Packet, Pipeline, Window, exact
from wugan.errors import DataError, PipelineError
from wugan.join import WindowJoin

times = st.lists(st.integers(0, 20), max_size=12, unique=True).map(sorted)


@given(st.lists(times, min_size=2, max_size=3), st.sampled_from(["emit", "drop"]), st.randoms())
def test_exact_groups_equal_stamps_whatever_the_order_of_arrival(streams, missing, random):
    names = ["a", "b", "c"][: len(streams)]
    synchronizer = exact(missing=missing).synchronizer(names)
    arrivals = [(name, t) for name, stream in zip(names, streams, strict=True) for t in stream]
    order = [name for name, _ in arrivals]
    random.shuffle(order)
    left = {name: list(stream) for name, stream in zip(names, streams, strict=True)}
    windows: list[Window] = []
    for name in order:
        t = left[name].pop(0)
        windows += synchronizer.push(name, Packet(None, t, stream=name, seq=t))
    windows += [window for name in names for window in synchronizer.end(name)]

    by_time: dict[int, set[str]] = {}
    for name, t in arrivals:
        by_time.setdefault(t, set()).add(name)
    expected = [(t, by_time[t]) for t in sorted(by_time) if missing == "emit" or len(by_time[t]) == len(names)]
    assert [(window.time_ns, set(window.packets)) for window in windows] == expected
    dropped = sum(sum(reasons.values()) for reasons in synchronizer.drops.values())
    assert sum(len(window.packets) for window in windows) + dropped == len(arrivals)


def test_one_nanosecond_apart_is_not_equal():
    synchronizer = exact().synchronizer(["a", "b"])
    windows = synchronizer.push("a", Packet(None, 10, stream="a")) + synchronizer.push(
        "b", Packet(None, 11, stream="b")
    )
    windows += synchronizer.end("a") + synchronizer.end("b")
    assert [sorted(window.packets) for window in windows] == [["a"], ["b"]]


@pytest.mark.parametrize(("settings", "error"), [({"max_wait": "soon"}, DataError), ({"capacity": 0}, PipelineError)])
def test_wrong_settings_are_refused(settings: dict[str, Any], error: type[Exception]):
    with pytest.raises(error):
        exact(**settings)


def test_a_pipeline_file_holds_it():
    pipeline = Pipeline("stamps")
    pipeline.join(
        pipeline.source(Frames(3), name="a"), pipeline.source(Frames(3), name="b"), sync=exact(missing="drop"), name="j"
    )
    back = Pipeline.from_yaml(pipeline.to_yaml()).nodes["j"].component
    assert isinstance(back, WindowJoin) and back.sync == exact(missing="drop")
