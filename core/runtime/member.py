"""`Member`: one node of a run on Ray, and the actor that runs it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan import clock
from wugan.errors import PipelineError
from wugan.observe import tracing
from wugan.runtime.actor import StageActor, Wiring
from wugan.runtime.plan import Planned
from wugan.runtime.recovery import Restarts

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline

CONTROL_THREADS = 8  # an actor answers stop, interrupt and stats while it works


class Member:
    """One node of the run: its plan, where it runs, and what runs it now."""

    def __init__(self, planned: Planned, restarts: Restarts) -> None:
        self.planned = planned
        self.restarts = restarts
        self.actor: Any = None  # a Ray actor's handle
        self.hosted: StageActor | None = None  # a sink that is a function, in the driver
        self.machine = ""
        self.wiring: Wiring | None = None
        self.pid = 0
        self.over = False
        self.error: str | None = None


def new_actor(planned: Planned, dead_letters: Path, machine: str | None = None) -> Any:
    """An actor for a node: on a machine, or where its placement says, or beside the driver.

    Raises:
        PipelineError: its component cannot be pickled.
    """
    import ray

    place = planned.node.options.place
    options: dict[str, Any] = {"num_cpus": 0}
    if place is not None:
        options |= {"num_cpus": place.num_cpus, "num_gpus": place.num_gpus, "resources": dict(place.resources)}
    if machine or place is None or not (place.labels or place.resources):
        soft = machine is None and place is not None  # beside the driver if there is room
        options |= _on(machine or ray.get_runtime_context().get_node_id(), soft)
    elif place.labels:
        options["label_selector"] = dict(place.labels)
    try:
        return _actor(planned, dead_letters, options)
    except (TypeError, pickle.PicklingError) as error:
        raise PipelineError(
            f"node {planned.name!r} cannot go to a Ray actor: {str(error).splitlines()[0]} "
            "Keep what cannot be pickled (locks, sockets, models) out of __init__; warm_up() may make it"
        ) from error


def check_places(pipeline: Pipeline) -> None:
    """Refuse what no machine of the cluster has. Labels are waited for, since machines may join.

    Raises:
        PipelineError: names the node, the field and the most that there is.
    """
    import ray

    machines = [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]
    for node in pipeline.nodes.values():
        place = node.options.place
        if place is None:
            continue
        asked = {"num_cpus": ("CPU", place.num_cpus), "num_gpus": ("GPU", place.num_gpus)}
        asked |= {f"resources[{name!r}]": (name, count) for name, count in place.resources.items()}
        for field, (resource, count) in asked.items():
            most = max((machine.get(resource, 0) for machine in machines), default=0)
            if count > most:
                raise PipelineError(
                    f"node {node.name!r}: place.{field}={count:g}, but no machine of the cluster has more than "
                    f"{most:g}: ask for less, or start a machine that has it (`ray start`) first"
                )


def new_spare(dead_letters: Path, machine: str) -> Any:
    """An actor without a node, whose process has started and has imported what takes time."""
    return _actor(None, dead_letters, {"num_cpus": 0, **_on(machine, soft=False)})


def _on(machine: str, soft: bool) -> dict[str, Any]:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return {"scheduling_strategy": NodeAffinitySchedulingStrategy(machine, soft=soft)}


def _actor(planned: Planned | None, dead_letters: Path, options: dict[str, Any]) -> Any:
    import ray

    settings = (clock.offset_ns(), clock.machine(), tracing.environment())
    remote = ray.remote(StageActor).options(max_concurrency=CONTROL_THREADS, **options)
    return remote.remote(planned, dead_letters, settings)


def in_driver(planned: Planned) -> bool:
    """Whether a node runs in the driver: a plain function used as a sink, whose closure lives there."""
    return planned.node.ports.kind == "sink" and not hasattr(planned.node.component, "write")


def died(name: str, error: Exception | None = None) -> str:
    """What Ray says about an actor's end, if it has said it yet, without what only Ray's developers can read."""
    text = str(error or "").strip()
    if "creation task" in text:
        return f"{name!r} could not be made in its actor: {text.splitlines()[-1].strip()}"
    detail = " ".join(text.partition("Worker exit detail:")[2].split()).partition(" Some common causes")[0][:200]
    says = f"; Ray says: {detail}" if detail else ""
    return f"{name!r}: its process died (killed, out of memory, or a crash of native code{says})"
