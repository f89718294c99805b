"""`plan`: the workers that a pipeline is run by; one for each node, and for a node with replicas several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from wugan.errors import PipelineError
from wugan.options import LinkConfig
from wugan.ports import Ports
from wugan.runtime.node.operators import Operator, operator
from wugan.runtime.node.replicas import Replica, Spread
from wugan.stage import Stage

if TYPE_CHECKING:
    from wugan.pipeline import Node, Pipeline

DEPTH = 2  # packets that a replica may have: one in work and the next


@dataclass(frozen=True, slots=True)
class Planned:
    """One worker of a run: a source, a stage, a coordinator or a replica. Can be pickled where its component can.

    Attributes:
        name: unique in the run; a replica's is its node's with `.1`, `.2`, ...
        node: the pipeline's. A coordinator's has no component, place or batch: those are its replicas'.
        role: whether it is a node like any other, or part of one with replicas.
        inputs: the link of each of its ports, by the name of the worker that writes it.
        readers: names of the workers that read it, in order.
        private: those of them that get only what is sent `to` them (see `Output.send`); the last among `readers`.
        depth: see `Spread`.
        shifts: see `Spread`.
    """

    name: str
    node: Node
    role: Literal["node", "coordinator", "replica"]
    inputs: dict[str, LinkConfig]
    readers: tuple[str, ...]
    private: tuple[str, ...] = ()
    depth: int = 0
    shifts: bool = False

    def operator(self) -> Operator:
        """Make its operator, where it runs. A source has none."""
        node = self.node
        if self.role == "coordinator":
            return Spread(node.name, node.inputs[0], self.private, self.depth, self.shifts)
        made = operator(node.name, node.component, node.inputs, node.options, node.ports.kind == "sink")
        return Replica(made, node.inputs[0]) if self.role == "replica" else made


def plan(pipeline: Pipeline) -> list[Planned]:
    """What to run, writers before their readers (of a coordinator and its replicas, the coordinator).

    Args:
        pipeline: one that has been validated.

    Raises:
        PipelineError: a node has the name of a replica.
    """
    planned: list[Planned] = []
    for node in _sorted(pipeline):
        inputs = dict.fromkeys(node.inputs, node.link)
        readers = tuple(reader.name for reader in pipeline.readers(node.name))
        if node.options.replicas == 1:
            planned.append(Planned(node.name, node, "node", inputs, readers))
        else:
            planned.extend(_replicated(pipeline, node, inputs, readers))
    return planned


def _replicated(
    pipeline: Pipeline, node: Node, inputs: dict[str, LinkConfig], readers: tuple[str, ...]
) -> Iterator[Planned]:
    names = tuple(f"{node.name}.{number}" for number in range(1, node.options.replicas + 1))
    for name in names:
        if name in pipeline.nodes:
            raise PipelineError(
                f"pipeline {pipeline.name!r}: node {name!r} has the name of a replica of {node.name!r}: "
                "give another name="
            )
    depth = DEPTH * (node.options.batch.max_size if node.options.batch else 1)
    # What lies in front of a replica is bounded by what the coordinator sends: `depth`, and after an interruption as
    # much of the old. A bound in bytes would let coordinator and replica wait for each other.
    link = LinkConfig(capacity=8 * depth, max_bytes=1 << 50)
    # The coordinator's process must not import, nor reserve, what the component needs.
    bare = replace(
        node,
        component=None,
        ports=Ports(node.ports.kind, Any, Any),
        options=node.options.model_copy(update={"place": None, "batch": None}),
    )
    method = getattr(type(node.component), "watermark", None)
    shifts = method is not None and method is not Stage.watermark
    ports = {**inputs, **dict.fromkeys(names, link)}
    yield Planned(node.name, bare, "coordinator", ports, (*readers, *names), names, depth, shifts)
    for name in names:
        yield Planned(name, node, "replica", {node.name: link}, (node.name,))


def _sorted(pipeline: Pipeline) -> list[Node]:
    """The nodes, each after those that it reads, else in the pipeline's order."""
    found: dict[str, Node] = {}

    def visit(node: Node) -> None:
        for upstream in node.inputs:
            if upstream not in found:
                visit(pipeline.nodes[upstream])
        found.setdefault(node.name, node)

    for node in pipeline.nodes.values():
        visit(node)
    return list(found.values())
