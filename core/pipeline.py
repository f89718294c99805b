"""`Pipeline`: the graph of sources, stages, joins, heads and sinks, with ports checked when connected."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

from wugan import config
from wugan.errors import PipelineError, WuganError
from wugan.join import Fuse, Join, WindowJoin
from wugan.options import LinkConfig, NodeOptions, OptionsOf, node_options, option_problems
from wugan.ports import Ports, call_problems, fits, ports, type_name, wants_bare_data
from wugan.spec import NodeSpec, PipelineSpec
from wugan.stage import Encoder, Head, Sink, Source, Stage
from wugan.sync import SyncPolicy

if TYPE_CHECKING:
    from wugan.agent import Policy
    from wugan.fusion import FusionBackbone
    from wugan.runtime import Running, Runtime


@dataclass(slots=True)
class Node:
    """One node of a pipeline; what the composing methods return, to be given to the next.

    Attributes:
        name: unique in its pipeline; also the name of the stream it gives.
        component: the source, stage, encoder, join, head, sink or function.
        inputs: names of the nodes it reads, which are its port names.
        ports: its kind and types.
        options: how it is run.
    """

    name: str
    component: Any
    inputs: list[str]
    ports: Ports
    options: NodeOptions = field(default_factory=NodeOptions)

    @property
    def link(self) -> LinkConfig:
        """The queue in front of each of its ports."""
        return self.options.link


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower().strip("_<>") or "stage"


class Pipeline:
    """A graph that moves data one way. Compose it with the methods below, then `run()` it.

    Beside its component and inputs, each node takes `name` and the options of `NodeOptions` (`link="latest"`,
    `replicas=2`, `batch=8`, ...).

    Args:
        name: letters, digits, `.`, `-`, `_`.
    """

    def __init__(self, name: str) -> None:
        if not re.fullmatch(r"[\w.-]+", name):
            raise PipelineError(f"pipeline name {name!r}: use letters, digits, '.', '-' and '_'")
        self.name = name
        self.nodes: dict[str, Node] = {}

    def source(self, component: Source[Any], *, name: str | None = None, **options: Unpack[OptionsOf]) -> Node:
        """Add a source."""
        return self._add(component, [], name, options, "source")

    def stage(
        self,
        component: Stage[Any, Any] | Encoder[Any, Any] | Callable[..., Any],
        upstream: Node,
        *,
        name: str | None = None,
        **options: Unpack[OptionsOf],
    ) -> Node:
        """Add a stage, an encoder or a plain function of one packet's data.

        Args:
            component: what to run. A function gets the data, or the packet if it is annotated so; `None` from it
                means no output, unless it is declared to give something.
            upstream: the node it reads.
            name: defaults to the component's.
            options: see `NodeOptions`.

        Raises:
            PipelineError: the upstream node gives another type than it takes; names both ports.
        """
        return self._add(component, [upstream], name, options, "stage", "encoder", "function")

    def join(
        self,
        *upstream: Node,
        sync: SyncPolicy | None = None,
        component: Join[Any, Any] | None = None,
        name: str | None = None,
        **options: Unpack[OptionsOf],
    ) -> Node:
        """Align several streams; gives a `Window` each (or what a `Join` of your own makes of it)."""
        if (sync is None) == (component is None):
            raise PipelineError("join() needs either sync= (such as wugan.approximate('250ms')) or component=")
        return self._add(component or WindowJoin(sync), list(upstream), name, options, "join")  # type: ignore[arg-type]

    def fuse(
        self,
        *upstream: Node,
        sync: SyncPolicy,
        backbone: FusionBackbone | str | PathLike[str] | None = None,
        name: str | None = None,
        **options: Unpack[OptionsOf],
    ) -> Node:
        """Align token streams and fuse each window with a DAR backbone; gives `Fused`.

        Args:
            upstream: nodes that give `Tokens`, each of its own modality.
            sync: how they are aligned, such as `wugan.approximate("250ms")`.
            backbone: a `FusionBackbone`, a file of one, or a `module:function` that returns one; see `Fuse`.
            name: defaults to `"fuse"`.
            options: see `NodeOptions`.
        """
        modalities = None
        if backbone is None:
            try:
                modalities = {node.component.modality: node.component.dim for node in upstream}
            except AttributeError as error:
                raise PipelineError(
                    f"fuse() without a backbone must know the tokens: {error}. Give backbone=, or let each encoder "
                    "have `modality` and `dim`"
                ) from error
        component = Fuse(sync, backbone, modalities)
        return self._add(component, list(upstream), name, options, "join")

    def head(
        self, component: Head[Any], upstream: Node, *, name: str | None = None, **options: Unpack[OptionsOf]
    ) -> Node:
        """Add a head: fused states to a typed result."""
        return self._add(component, [upstream], name, options, "head")

    def agent(
        self,
        policy: Policy,
        tools: Sequence[Callable[..., Any]],
        upstream: Node,
        *,
        name: str | None = None,
        **options: Unpack[OptionsOf],
    ) -> Node:
        """Add an agent: the policy chooses actions for each result, the tools carry them out."""
        from wugan.agent import Agent

        return self._add(Agent(policy, list(tools)), [upstream], name, options, "stage")

    def sink(
        self,
        component: Sink[Any] | Callable[..., Any],
        upstream: Node,
        *,
        name: str | None = None,
        **options: Unpack[OptionsOf],
    ) -> Node:
        """Add a sink. A plain function (`print`, `results.append`) runs in this process, also on Ray.

        It is called with a `Packet`, whose `data` is what the upstream node gave.
        """
        return self._add(component, [upstream], name, options, "sink", "function", as_sink=True)

    def _add(
        self,
        component: Any,
        upstream: Sequence[Node],
        name: str | None,
        options: OptionsOf,
        *kinds: str,
        as_sink: bool = False,
    ) -> Node:
        found = ports(component)
        if found.kind not in kinds:
            raise PipelineError(
                f"{component!r} is a {found.kind}, which does not fit here: expected {' or '.join(kinds)}"
            )
        if as_sink and found.kind == "function":
            found = Ports("sink", found.takes, None)
        for node in upstream:
            if not isinstance(node, Node) or self.nodes.get(node.name) is not node:
                raise PipelineError(f"{node!r} is no node of pipeline {self.name!r}")
        chosen = name or self._free_name(component)
        if chosen in self.nodes:
            raise PipelineError(f"pipeline {self.name!r} already has a node {chosen!r}: give another name=")
        made = Node(chosen, component, [node.name for node in upstream], found, node_options(options))
        problems = self._problems(made)
        if problems:
            raise PipelineError("; ".join(problems))
        self.nodes[chosen] = made
        return made

    def _free_name(self, component: Any) -> str:
        base = _snake(getattr(component, "__name__", None) or type(component).__name__)
        name, number = base, 2
        while name in self.nodes:
            name, number = f"{base}-{number}", number + 1
        return name

    def _problems(self, node: Node) -> list[str]:
        """What is wrong with one node's ports and options."""
        problems = option_problems(node.name, node.ports.kind, node.component, node.options)
        problems += [f"node {node.name!r}: {problem}" for problem in call_problems(node.component)]
        if node.ports.kind == "sink" and (wrong := wants_bare_data(node.component)):
            problems.append(
                f"node {node.name!r}: parameter {wrong} of its function: a sink receives a Packet, so annotate "
                "Packet[…] and read packet.data"
            )
        if node.ports.kind == "source" and node.inputs:
            problems.append(f"node {node.name!r} is a source and takes no input, got {', '.join(node.inputs)}")
        elif node.ports.kind == "join" and len(node.inputs) < 1:
            problems.append(f"node {node.name!r} joins streams and has none: list them under `in`")
        elif node.ports.kind not in ("source", "join") and len(node.inputs) != 1:
            problems.append(f"node {node.name!r} is a {node.ports.kind} and takes one input, got {len(node.inputs)}")
        if isinstance(node.component, Fuse):
            streams = {name: self.nodes[name].component for name in node.inputs if name in self.nodes}
            problems += [f"node {node.name!r}: {problem}" for problem in node.component.problems(streams)]
        if len(set(node.inputs)) < len(node.inputs):
            problems.append(f"node {node.name!r} names an input twice: {', '.join(node.inputs)}")
        for upstream in node.inputs:
            if upstream not in self.nodes:
                known = ", ".join(self.nodes)
                problems.append(f"node {node.name!r}: its input {upstream!r} is no node (there are: {known})")
                continue
            giver = self.nodes[upstream]
            if giver.ports.kind == "sink":
                problems.append(f"node {node.name!r} reads {upstream!r}, which is a sink and gives nothing")
            elif node.ports.kind != "source" and not fits(giver.ports.gives, node.ports.takes):
                problems.append(
                    f"port {upstream!r} of node {node.name!r} takes {type_name(node.ports.takes)}, "
                    f"but node {upstream!r} gives {type_name(giver.ports.gives)}"
                )
        return problems

    def validate(self) -> None:
        """Check the whole graph.

        Raises:
            PipelineError: lists every problem: no source, missing or mistyped inputs, cycles, options that do not fit.
        """
        problems = [problem for node in self.nodes.values() for problem in self._problems(node)]
        if not any(node.ports.kind == "source" for node in self.nodes.values()):
            problems.append("there is no source")
        if any(node.options.batch and node.options.batch.shared for node in self.nodes.values()):
            from wugan.runtime.encoders import sharing_problems

            problems += sharing_problems(self.nodes.values())
        cycle = self._cycle()
        if cycle:
            problems.append(f"there is a cycle: {' -> '.join(cycle)}; data moves one way, so cut one of these links")
        if problems:
            raise PipelineError(f"pipeline {self.name!r}: " + "; ".join(problems))

    def _cycle(self) -> list[str] | None:
        path: list[str] = []
        done: set[str] = set()

        def visit(name: str) -> list[str] | None:
            if name in path:
                return [*path[path.index(name) :], name]
            if name in done or name not in self.nodes:
                return None
            path.append(name)
            for upstream in self.nodes[name].inputs:
                if found := visit(upstream):
                    return found
            path.pop()
            done.add(name)
            return None

        for name in self.nodes:
            if found := visit(name):
                return found[::-1]
        return None

    def readers(self, name: str) -> list[Node]:
        """The nodes that read this one."""
        return [node for node in self.nodes.values() if name in node.inputs]

    def run(
        self, runtime: Runtime | Literal["local", "ray"] = "local", *, dead_letters: str | PathLike[str] | None = None
    ) -> Running:
        """Start it; use the result as a context manager.

        Args:
            runtime: `"local"` (threads), `"ray"` (one actor per stage), or a runtime object with settings.
            dead_letters: folder for packets that a stage could not handle; made when the first comes. Default:
                `letters/NAME-TIME` in the user's state folder (`WUGAN_STATE` names another).

        Raises:
            PipelineError: `validate()` found problems.
            RuntimeFailure: a stage or source could not start.
        """
        from wugan.runtime import start

        self.validate()
        return start(self, runtime, Path(dead_letters) if dead_letters is not None else None)

    def to_spec(self) -> PipelineSpec:
        """The written form. Raises `PluginError` where a component cannot be written (a lambda)."""
        nodes = {}
        for node in self.nodes.values():
            written = config.dump(node.component, f"node {node.name!r}")
            nodes[node.name] = NodeSpec.model_validate(
                {**written, "in": node.inputs, **node.options.model_dump(exclude_defaults=True)}
            )
        return PipelineSpec(name=self.name, nodes=nodes)

    def to_yaml(self) -> str:
        """As YAML."""
        return self.to_spec().to_yaml()

    @classmethod
    def from_spec(cls, spec: PipelineSpec, where: str = "pipeline") -> Pipeline:
        """Build from the written form.

        Raises:
            PipelineError: a component's configuration or the graph is wrong; names the node and the field.
            PluginError: a component is unknown or cannot be imported.
        """
        pipeline = cls(spec.name)
        for name, node in spec.nodes.items():
            place = f"{where}: node {name!r}"
            try:
                component = config.build(node.use, node.config, place)
                found = ports(component)
            except WuganError as error:
                text = str(error)
                raise type(error)(text if text.startswith(where) else f"{place}: {text}") from error
            if found.kind == "function" and not any(name in other.upstream for other in spec.nodes.values()):
                found = Ports("sink", found.takes, None)
            pipeline.nodes[name] = Node(name, component, node.upstream, found, node.options)
        try:
            pipeline.validate()
        except PipelineError as error:
            raise PipelineError(f"{where}: {error}") from error
        return pipeline

    @classmethod
    def from_yaml(cls, source: str | PathLike[str]) -> Pipeline:
        """Build from YAML text or a YAML file; errors as in `from_spec`."""
        if isinstance(source, str) and "\n" in source:
            return cls.from_spec(PipelineSpec.read(source, "YAML"), "YAML")
        return cls.from_spec(PipelineSpec.read_file(Path(source)), str(source))

    def graph(self) -> str:
        """As a Mermaid flowchart."""
        lines = ["flowchart LR"]
        ids = {name: f"n{number}" for number, name in enumerate(self.nodes)}  # a name such as "end" means something
        for node in self.nodes.values():
            what = getattr(node.component, "__name__", None) or type(node.component).__name__
            lines.append(f'  {ids[node.name]}["{node.name}<br/>{what}"]')
            lines.extend(f"  {ids[upstream]} --> {ids[node.name]}" for upstream in node.inputs)
        return "\n".join(lines)
