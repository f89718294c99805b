from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
from core_parts import Frames, Mean, Slow, Talks, only_even, say

from wugan import Head, LinkConfig, Packet, Pipeline, Placement, RestartPolicy, Stage, approximate
from wugan.errors import PipelineError
from wugan.options import NodeOptions, option_problems


class Doubles(Stage[float, float]):
    """Keeps nothing."""

    stateless: ClassVar[bool] = True

    def process(self, packet: Packet[float]) -> Iterable[Packet[float]]:
        yield packet.replace(2 * packet.data)


@pytest.mark.parametrize(
    ("compose", "complaint"),
    [
        (lambda p, s: p.stage(Mean(), s, latency="1ms"), "node 'mean' is an encoder: `latency` is for a source"),
        (lambda p, s: p.sink(print, s, latency=1), "node 'print' is a sink: `latency` is for a source"),
        (lambda p, s: p.stage(Slow(), s, batch=2), "node 'slow' is a stage: `batch` is for an encoder"),
        (lambda p, s: p.source(Frames(1), name="two", batch=2), "node 'two' is a source: `batch` is for an encoder"),
        (lambda p, s: p.stage(Slow(), s, replicas=2), "node 'slow': `replicas` would give each copy of Slow a part"),
        (lambda p, s: p.agent(Talks(), [say], s, replicas=2), "set `stateless = True` in its class"),
        (lambda p, s: p.source(Frames(1), name="two", replicas=2), "node 'two' is a source, of which there is one"),
        (lambda p, s: p.sink(print, s, replicas=2), "node 'print' is a sink, of which there is one"),
        (lambda p, s: p.join(s, sync=approximate("1ms"), replicas=3), "is a join, of which there is one"),
        (lambda p, s: p.source(Frames(1), name="two", link="latest"), "node 'two' is a source and has no link"),
    ],
)
def test_an_option_that_does_not_fit_its_node_names_it(compose, complaint):
    p = Pipeline("p")
    source = p.source(Frames(1))
    with pytest.raises(PipelineError, match=complaint):
        compose(p, source)


def test_options_that_fit_are_taken():
    class Guess(Head[int]):
        def predict(self, fused: Any) -> int:
            return 1

    p = Pipeline("p")
    source = p.source(Frames(1), latency="35ms", restart=RestartPolicy(), place=Placement(num_cpus=1))
    p.stage(Mean(), source, batch=4, replicas=2)
    p.stage(only_even, source, replicas=2)
    p.stage(Doubles(), p.stage(Mean(), source, name="again", link="latest"), replicas=2)
    p.validate()
    assert option_problems("guess", "head", Guess(), NodeOptions(replicas=2)) == []
    assert option_problems("x", "stage", Slow(), NodeOptions(link=LinkConfig(capacity=3), replicas=1)) == []


def test_a_file_with_wrong_options_is_refused_by_node():
    text = (
        "name: p\nnodes:\n"
        "  s: {use: core_parts:Frames, with: {count: 1}}\n"
        "  slow: {use: core_parts:Slow, in: s, replicas: 2, latency: 35ms}\n"
    )
    with pytest.raises(PipelineError, match="'slow' is a stage: `latency`.*'slow': `replicas`"):
        Pipeline.from_yaml(text)
