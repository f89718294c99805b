"""Several machines: a cluster of two nodes on this one, whose shared memory is kept apart by name."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from core_parts import Frame, Frames, Pids, Slow, into

from wugan import LinkConfig, Packet, Pipeline, Placement, approximate
from wugan.runtime.links.bridge import halves
from wugan.runtime.links.shared import slot_folder

AWAY = Placement(resources={"away": 0.1})


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Two nodes; what has `away` among its resources goes to the second. Gives the address."""
    from wugan.runtime.ray import settle_environment

    settle_environment()
    import ray
    from ray.cluster_utils import Cluster

    here = str(Path(__file__).parent.parent)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [here, before]))
    ray.shutdown()
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    made.add_node(num_cpus=1, resources={"away": 1}, labels={"zone": "far"})
    os.environ["RAY_ADDRESS"] = made.address
    yield made.address
    del os.environ["RAY_ADDRESS"]
    ray.shutdown()
    made.shutdown()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


def files() -> list[str]:
    return sorted(path.name for path in slot_folder().glob("wugan-*"))


def test_a_pipeline_crosses_machines_and_back_and_loses_nothing(cluster, eventually):
    before = set(files())
    p = Pipeline("two-machines")
    source = p.source(Frames(150, step_ms=10, size=20_000), name="source")
    far = p.stage(Pids(0.002), source, name="far", place=AWAY)
    near = p.stage(Pids(), source, name="near")
    got: list[tuple] = []
    joined: list[dict] = []
    p.sink(into(got), far, name="sink")
    p.sink(into(joined), p.join(far, near, sync=approximate("1ms"), name="joined", place=AWAY))
    with p.run("ray") as running:
        owners: dict[str, set[str]] = {}
        for name in set(files()) - before:  # another program may run pipelines meanwhile
            _, owner, _, run, *_ = name.split("-")
            owners.setdefault(run, set()).add(owner)
        assert 2 in map(len, owners.values())  # one host on each machine
        assert running.wait(timeout=100)
        stats = running.stats()
    assert [number for _, number, _ in got] == list(range(150))
    assert [value for _, _, value in got] == list(range(150))
    assert len(joined) == 150 and all(len(window.packets) == 2 for window in joined)
    assert stats["far"]["links"]["source"]["in"] == 150 and stats["sink"]["handled"] == 150
    eventually(lambda: not any(f"-{run}-" in name for name in files() for run in owners))


@pytest.mark.slow
def test_a_stage_killed_on_the_other_machine_loses_nothing(cluster, eventually):
    p = Pipeline("killed-away")
    source = p.source(Frames(120, step_ms=10, size=20_000), name="source")
    got: list[tuple] = []
    p.sink(
        into(got),
        p.stage(Pids(0.01), source, name="far", place=Placement(labels={"zone": "far"})),
        name="sink",
    )
    with p.run("ray") as running:
        eventually(lambda: len(got) > 20)
        os.kill(got[-1][0], signal.SIGKILL)
        assert running.wait(timeout=100)
        assert running.stats()["far"]["restarts"] == 1
    assert [number for _, number, _ in got] == list(range(120))
    assert len({pid for pid, _, _ in got}) == 2


@pytest.mark.slow
def test_links_that_drop_count_at_both_ends_and_cancel_reaches_the_other_machine(cluster, eventually):
    p = Pipeline("overload-away")
    source = p.source(Frames(400, step_ms=10, size=20_000, pause_s=0.002), name="source")
    slow = p.stage(Slow(0.05), source, name="slow", link=LinkConfig(policy="latest"), place=AWAY)
    got: list[Packet] = []
    p.sink(into(got), slow)
    with p.run("ray") as running:
        eventually(lambda: running.stats()["slow"]["handled"] > 3)
        running.interrupt()
        running.stop()
        assert running.wait(timeout=100)
        link = running.stats()["slow"]["links"]["source"]
        assert link["in"] == running.stats()["source"]["emitted"]
        assert link["in"] == link["out"] + link["dropped"] and link["dropped"] > 50


def test_a_gate_and_its_landing_share_a_bound():
    gate, landing = halves(LinkConfig(capacity=5, max_bytes=1000))
    assert (gate.capacity, landing.capacity, gate.max_bytes) == (2, 3, 500)
    assert halves(LinkConfig(policy="latest")) == (LinkConfig(policy="latest"), LinkConfig(policy="latest"))


def test_frames_are_what_they_were(cluster):
    p = Pipeline("whole")
    source = p.source(Frames(3, size=2_000_000), name="source", place=AWAY)
    got: list[Frame] = []
    p.sink(into(got), source)
    with p.run("ray") as running:
        assert running.wait(timeout=100)
    assert [int(frame.pixels[-1]) for frame in got] == [0, 1, 2]
    with pytest.raises(ValueError, match="read-only"):
        got[0].pixels[0] = np.float32(1)
