"""What cannot work is refused before anything starts, and what fails too often ends the run."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from core_parts import MS, into
from typer.testing import CliRunner

from wugan import (
    Encoder,
    FusionBackbone,
    FusionConfig,
    Head,
    LinkConfig,
    Packet,
    Pipeline,
    Placement,
    Source,
    Stage,
    Tokens,
    exact,
)
from wugan.cli.main import cli
from wugan.errors import PipelineError, RuntimeFailure
from wugan.options import NodeOptions


class Counts(Source[int]):
    def __init__(self, count: int) -> None:
        self.count = count

    def packets(self) -> Iterator[Packet[int]]:
        for number in range(self.count):
            yield Packet(number, number * MS)


class Endless(Source[int]):
    live = True

    def open(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True

    def packets(self) -> Iterator[Packet[int]]:
        number = 0
        while not self.closed:
            yield Packet(number, number * MS)
            number += 1


def refuses(number: int) -> int:
    raise ValueError(f"no {number}")


def refuses_every_third(number: int) -> int:
    return number if number % 3 else refuses(number)


def refuses_every_twentieth(number: int) -> int:
    return number if number % 20 else refuses(number)


def same(number: int) -> int:
    return number


def end_of(p: Pipeline, runtime: str, tmp_path: Any) -> str:
    """How a run ends: the error, or nothing."""
    with p.run(runtime, dead_letters=tmp_path / "letters") as running:
        try:
            assert running.wait(timeout=60)
        except RuntimeFailure as error:
            return str(error)
    return ""


@pytest.mark.parametrize("options", [{}, {"replicas": 2}], ids=["one", "replicas"])
def test_a_stage_whose_packets_all_fail_ends_the_run(runtime, options, tmp_path):
    p = Pipeline("doomed")
    p.sink(print, p.stage(refuses, p.source(Counts(5)), **options))
    error = end_of(p, runtime, tmp_path)
    assert "'refuses'" in error and "all 5 packets failed" in error and "ValueError: no " in error


@pytest.mark.slow_on_ray
@pytest.mark.parametrize("options", [{}, {"replicas": 2}], ids=["one", "replicas"])
def test_a_stage_that_fails_too_often_ends_even_an_endless_run(runtime, options, tmp_path):
    p = Pipeline("doomed")
    numbers = p.source(Endless())
    p.sink(print, p.stage(refuses_every_third, numbers, **options))
    other: list[int] = []
    p.sink(into(other), p.stage(same, numbers, link="latest"), name="others")
    error = end_of(p, runtime, tmp_path)
    assert "'refuses_every_third'" in error and "packets failed, which is more than max_failed_share=0.1" in error
    assert "ValueError: no " in error


@pytest.mark.slow_on_ray
def test_what_fails_seldom_or_is_allowed_to_does_not_end_the_run(runtime, tmp_path):
    p = Pipeline("fair")
    numbers = p.source(Counts(60))
    got: list[int] = []
    p.sink(into(got), p.stage(refuses_every_twentieth, numbers))
    p.sink(print, p.stage(refuses, numbers, max_failed_share=1))
    p.sink(print, p.stage(refuses_every_third, numbers, max_failed_share=0.4))
    assert end_of(p, runtime, tmp_path) == ""
    assert len(got) == 57


def test_a_share_of_zero_lets_none_fail(tmp_path):
    p = Pipeline("strict")
    p.sink(print, p.stage(refuses_every_twentieth, p.source(Counts(3)), max_failed_share=0))
    assert "1 of 1 packets failed" in end_of(p, "local", tmp_path)


def test_batches_joins_sinks_and_sources_are_judged_too(tmp_path):
    class Wrong(Source[int]):
        def packets(self) -> Iterator[Packet[int]]:
            yield Packet("text", 0)

    def breaks(packet: Packet) -> None:
        raise OSError("disk full")

    class Clumsy(Encoder[int, int]):
        def encode(self, batch):
            raise ValueError("torn")

    def pipeline(kind: str) -> Pipeline:
        p = Pipeline(kind)
        source = p.source(Wrong() if kind == "source" else Counts(4))
        if kind == "sink":
            p.sink(breaks, source)
        elif kind == "batch":
            p.sink(print, p.stage(Clumsy(), source, batch=3))
        else:
            p.sink(print, source)
        return p

    for kind, error in (("sink", "OSError: disk full"), ("batch", "ValueError: torn"), ("source", "gave str")):
        assert error in end_of(pipeline(kind), "local", tmp_path / kind)


def test_wugan_run_exits_with_1_and_one_message(tmp_path, capfd):
    file = tmp_path / "doomed.yaml"
    file.write_text(
        "name: doomed\nnodes:\n  frames: {use: core_parts:Frames, with: {count: 3}}\n"
        "  mean: {use: core_parts:Mean, with: {fails_on: 0}, in: frames, max_failed_share: 0}\n"
        "  print: {use: print, in: mean}\n"
    )
    result = CliRunner().invoke(cli, ["run", str(file), "--dead-letters", str(tmp_path / "letters")])
    assert isinstance(result.exception, RuntimeFailure)  # of which `main` makes one message and exit code 1
    assert "'mean' failed: 1 of 1 packets failed" in str(result.exception)
    assert "ValueError: frame 0 is dark" in str(result.exception)


async def later(number: int) -> int:
    return number


class AsyncStage(Stage[int, int]):
    async def process(self, packet):
        return [packet]


class NoArgument(Stage[int, int]):
    def process(self):
        return ()


@pytest.mark.parametrize(
    ("component", "complaint"),
    [
        (later, r"node 'later': later\(\) is async, and stages are called, not awaited"),
        (functools.partial(later), "is async"),
        (AsyncStage(), r"AsyncStage.process\(\) is async"),
        (lambda: 1, "is called with one argument, what it is to handle: too many positional"),
        (lambda a, b: 1, "missing a required argument: 'b'"),
        (NoArgument(), r"NoArgument.process\(\) is called with one argument"),
    ],
)
def test_what_cannot_be_called_is_refused_when_it_is_added(component, complaint):
    p = Pipeline("p")
    with pytest.raises(PipelineError, match=complaint):
        p.stage(component, p.source(Counts(1)))


def test_a_link_without_room_is_refused_by_field():
    with pytest.raises(PipelineError, match="LinkConfig.capacity: Input should be greater than or equal to 1, got 0"):
        LinkConfig(capacity=0)
    with pytest.raises(PipelineError, match=r"nodes.a.link.capacity: .*greater than or equal to 1"):
        Pipeline.from_yaml("name: p\nnodes:\n  a: {use: print, link: {capacity: 0}}\n")
    with pytest.raises(PipelineError, match="NodeOptions.max_failed_share"):
        NodeOptions(max_failed_share=2)


def gives_none(number: int) -> int:
    return None  # type: ignore[return-value]


def maybe(number: int) -> int | None:
    return None


class Silent(Head[str]):
    def predict(self, fused: Any) -> str:
        return None  # type: ignore[return-value]


def test_none_where_a_type_is_declared_is_a_failure_of_the_packet(tmp_path):
    p = Pipeline("none")
    numbers = p.source(Counts(3))
    p.sink(print, p.stage(maybe, numbers), name="fine")
    p.sink(print, p.stage(gives_none, numbers))
    error = end_of(p, "local", tmp_path)
    assert "stage 'gives_none' gave None on its output port, which is declared as int" in error and "maybe" not in error


@pytest.mark.parametrize("time", [0.5, np.float64(1), True, None])
def test_a_time_that_is_no_int_is_refused_with_its_source(runtime, time, tmp_path):
    if runtime == "ray" and time != 0.5:
        return  # once is enough there
    p = Pipeline("times")
    p.sink(print, p.source(Timed(time), name="clock"))
    assert "'clock' failed: source 'clock' gave a packet with time_ns=" in end_of(p, runtime, tmp_path)


class Timed(Source[int]):
    def __init__(self, time: Any) -> None:
        self.time = time

    def packets(self) -> Iterator[Packet[int]]:
        yield Packet(1, self.time)


class Voice(Encoder[int, Tokens]):
    modality = "voice"

    def __init__(self, dim: int, gives: int) -> None:
        self.dim = dim
        self.gives = gives

    def encode(self, batch):
        return [Tokens(np.zeros((1, self.gives), np.float32), np.array([p.time_ns]), "voice") for p in batch]


def test_tokens_of_another_size_than_the_backbones_are_refused(tmp_path):
    backbone = FusionBackbone(FusionConfig(modalities={"voice": 4}, dim=16, heads=2, depth=1))
    backbone.save(tmp_path / "backbone.safetensors")
    for given in (backbone, tmp_path / "backbone.safetensors"):
        p = Pipeline("p")
        numbers = p.source(Counts(3))
        with pytest.raises(PipelineError, match="port 'voice' brings 'voice' tokens of size 5; the backbone takes 4"):
            p.fuse(p.stage(Voice(5, 5), numbers), sync=exact(), backbone=given)
    p = Pipeline("p")  # what an encoder does not keep is found where it comes
    p.sink(print, p.fuse(p.stage(Voice(4, 5), p.source(Counts(3))), sync=exact(), backbone=backbone))
    assert "'voice'" in end_of(p, "local", tmp_path)


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (Placement(num_gpus=999), "num_gpus=999"),
        (Placement(num_cpus=9999), "num_cpus=9999"),
    ],
)
def test_resources_that_are_not_there_are_refused_by_node_and_field(runtime, place, field):
    p = Pipeline("p")
    p.sink(print, p.stage(same, p.source(Counts(1)), name="heavy", place=place))
    with pytest.raises(PipelineError, match=f"node 'heavy': place.{field}, but"):
        p.run(runtime)


def test_a_custom_resource_that_no_machine_of_the_cluster_has_is_refused(ray_session):
    p = Pipeline("p")
    p.sink(print, p.stage(same, p.source(Counts(1)), name="heavy", place=Placement(resources={"lidar": 1})))
    with pytest.raises(PipelineError, match=r"node 'heavy': place.resources\['lidar'\]=1, but no machine"):
        p.run("ray")


def test_a_sink_gets_packets_and_one_that_asks_for_data_is_told(runtime):
    got: list[Any] = []
    p = Pipeline("p")
    numbers = p.source(Counts(2), name="numbers")
    p.sink(got.append, numbers)
    with p.run(runtime) as running:
        running.wait()
    assert [(packet.data, packet.stream, packet.seq) for packet in got] == [(0, "numbers", 0), (1, "numbers", 1)]
    with pytest.raises(PipelineError, match="parameter number: int of its function: a sink receives a Packet"):
        p.sink(same, numbers)


def test_a_local_run_leaves_threads_and_environment_as_they_were(tmp_path):
    class Multiplies(Stage[int, int]):
        def warm_up(self) -> None:
            self.matrix = torch.ones(8, 8)

        def process(self, packet: Packet[int]) -> Iterator[Packet[int]]:
            assert torch.get_num_threads() == 1
            yield packet.replace(int((self.matrix @ self.matrix).sum()))

    before, threads = dict(os.environ), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        p = Pipeline("p")
        p.sink(print, p.stage(Multiplies(), p.source(Counts(3))))
        assert end_of(p, "local", tmp_path) == ""
        found: list[int] = []
        import threading

        thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
        thread.start()
        thread.join()
        assert [torch.get_num_threads(), *found] == [2, 2]
    finally:
        torch.set_num_threads(threads)
    assert dict(os.environ) == before
