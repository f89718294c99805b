"""`RayRuntime`: every node in a Ray actor. Ray places and watches; packets go over wires (see `wire.py`)."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import secrets
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.errors import PipelineError, RuntimeFailure
from wugan.runtime.actor import StageActor
from wugan.runtime.link import Inbox, LinkConfig
from wugan.runtime.operators import operator
from wugan.runtime.running import Running, letters
from wugan.runtime.slots import SlotPool, alive, run_prefix, sweep
from wugan.runtime.stage_worker import StageWorker
from wugan.runtime.wire import Dock, WireOutput, new_key

if TYPE_CHECKING:
    from wugan.pipeline import Node, Pipeline

log = logging.getLogger(__name__)

GRACE_S = 2.0  # how long a cancelled actor may take before it is killed
CONTROL_THREADS = 8  # an actor answers stop, interrupt and stats while it works


def settle_environment() -> None:
    """Settings of Ray's that must be made before it is imported; what the user has set stays."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_worker_niceness", "0")  # Ray's 15 would let any other program delay a live stream
    os.environ.setdefault("RAY_TQDM_PATCH_PRINT", "0")  # or `print` would be another function, with another name


def ensure_ray(address: str | None = None) -> None:
    """Connect to the cluster of `address` or `RAY_ADDRESS`, or start Ray on this machine."""
    settle_environment()
    import ray

    if ray.is_initialized():
        return
    where = address or os.environ.get("RAY_ADDRESS")
    options: dict[str, Any] = {"address": where} if where else {"include_dashboard": False}
    ray.init(logging_level=logging.ERROR, log_to_driver=True, **options)


class RayRuntime:
    """Executes a pipeline on Ray, one actor per node; plain functions used as sinks run in the driver.

    All actors are placed on the driver's machine, since wires use its shared memory.

    Args:
        address: a cluster's address; default `RAY_ADDRESS`, else a Ray of our own on this machine.
    """

    def __init__(self, address: str | None = None) -> None:
        self.address = address

    def start(self, pipeline: Pipeline, dead_letters: Path) -> RayRunning:
        """See `Runtime.start`."""
        ensure_ray(self.address)
        return RayRunning(pipeline, dead_letters)


def _in_driver(node: Node) -> bool:
    return node.ports.kind == "sink" and not hasattr(node.component, "write")


class RayRunning(Running):
    """A pipeline that runs on Ray."""

    def __init__(self, pipeline: Pipeline, dead_letters: Path) -> None:
        super().__init__(pipeline, dead_letters)
        sweep()  # what runs left behind whose driver was killed
        self._run = run_prefix(secrets.token_hex(3))
        self._key = new_key()
        self._letters = letters(dead_letters)
        self._actors: dict[str, Any] = {}
        self._workers: dict[str, StageWorker] = {}
        self._docks: dict[str, Dock] = {}
        self._pids: list[int] = []
        self._pending: dict[Any, str] = {}
        self._errors: dict[str, str] = {}
        self._stats: dict[str, dict[str, Any]] = {}
        self._over = False
        try:
            self._build()
        except BaseException:
            self.cancel()
            raise

    def _build(self) -> None:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        remote = ray.remote(StageActor)
        for index, node in enumerate(self.pipeline.nodes.values()):
            links = dict.fromkeys(node.inputs, node.link)
            if _in_driver(node):
                self._host(node, links, index)
                continue
            options = remote.options(num_cpus=0, max_concurrency=CONTROL_THREADS, scheduling_strategy=here)
            try:
                self._actors[node.name] = options.remote(
                    node.name, node.component, links, self._run, index, self._key, self._letters.folder
                )
            except (TypeError, pickle.PicklingError) as error:
                raise PipelineError(
                    f"node {node.name!r} cannot go to a Ray actor: {str(error).splitlines()[0]} "
                    "Keep what cannot be pickled (locks, sockets, models) out of __init__; warm_up() may make it"
                ) from error
        contacts = self._ask("contact")
        self._pids = [pid for _, pid in contacts.values()]
        addresses = {name: address for name, (address, _) in contacts.items()}
        addresses.update({name: dock.address for name, dock in self._docks.items()})
        warm = [threading.Thread(target=worker.warm_up) for worker in self._workers.values()]
        for thread in warm:
            thread.start()
        failed = {name: error for name, error in self._ask("warm_up").items() if error}
        for thread in warm:
            thread.join()
        failed.update({name: worker.error for name, worker in self._workers.items() if worker.error})
        if failed:
            raise RuntimeFailure(f"pipeline {self.pipeline.name!r}: " + "; ".join(failed.values()))
        self._lay_wires(addresses)
        order = sorted(self._actors, key=lambda name: self.pipeline.nodes[name].ports.kind == "source")
        for worker in self._workers.values():
            worker.start()
        for name in order:
            ray.get(self._actors[name].start.remote())
        self._pending = {actor.wait.remote(): name for name, actor in self._actors.items()}

    def _host(self, node: Node, links: dict[str, LinkConfig], index: int) -> None:
        """Run a function sink here, where its closure lives."""
        name = f"{self._run}-{index}"
        inbox = Inbox(links)
        self._docks[node.name] = Dock(inbox, name, self._key)
        made = operator(node.name, node.component, node.inputs)
        self._workers[node.name] = StageWorker(node.name, made, inbox, WireOutput(SlotPool(name)), self._letters)

    def _lay_wires(self, addresses: dict[str, Any]) -> None:
        import ray

        calls = []
        for name, actor in self._actors.items():
            readers = [(addresses[node.name], name, node.link) for node in self.pipeline.readers(name)]
            calls.append(actor.connect.remote(readers))
        ray.get(calls)

    def _ask(self, method: str) -> dict[str, Any]:
        """Call a method of every actor at once. Raises `RuntimeFailure` naming an actor that died."""
        import ray

        calls = {name: getattr(actor, method).remote() for name, actor in self._actors.items()}
        answers = {}
        for name, call in calls.items():
            try:
                answers[name] = ray.get(call)
            except ray.exceptions.RayError as error:
                raise RuntimeFailure(f"pipeline {self.pipeline.name!r}: {_died(name, error)}") from error
        return answers

    def _ended(self, timeout: float) -> bool:
        import ray

        if self._over:
            return True
        ready, _ = ray.wait(list(self._pending), num_returns=len(self._pending), timeout=timeout)
        for call in ready:
            name = self._pending.pop(call)
            try:
                error = ray.get(call)
            except ray.exceptions.RayError as death:
                self._errors[name] = _died(name, death)
                self.cancel()  # its readers and writers can only wait for it
                return True
            if error:
                self._errors[name] = error
        return not self._pending and all(worker.done.wait(timeout) for worker in self._workers.values())

    def _finish(self) -> None:
        self._tear_down()

    def errors(self) -> list[str]:
        hosted = [worker.error for worker in self._workers.values() if worker.error]
        return [*self._errors.values(), *hosted]

    def _tell(self, method: str) -> None:
        for actor in self._actors.values():
            getattr(actor, method).remote()
        for worker in self._workers.values():
            getattr(worker, method)()

    def stop(self) -> None:
        self._tell("stop")

    def interrupt(self) -> None:
        self._tell("interrupt")

    def cancel(self) -> None:
        import ray

        if self._over:
            return
        calls = [actor.cancel.remote() for actor in self._actors.values()]
        for worker in self._workers.values():
            worker.cancel()
        for waited in (calls, list(self._pending)):
            with contextlib.suppress(ray.exceptions.RayError):
                ray.wait(waited, num_returns=len(waited), timeout=GRACE_S)
        self._tear_down()

    def stats(self) -> dict[str, dict[str, Any]]:
        if not self._over:
            self._collect()
        return {name: self._stats[name] for name in self.pipeline.nodes if name in self._stats}

    def _collect(self) -> None:
        import ray

        calls = {name: actor.stats.remote() for name, actor in self._actors.items()}
        for name, call in calls.items():
            with contextlib.suppress(ray.exceptions.RayError):
                self._stats[name] = ray.get(call, timeout=GRACE_S)
        self._stats.update({name: worker.stats() for name, worker in self._workers.items()})

    def _tear_down(self) -> None:
        """Keep the counters, end every process and remove every shared file of this run."""
        import ray

        if self._over:
            return
        self._over = True
        self._collect()
        for actor in self._actors.values():
            ray.kill(actor)
        for dock in self._docks.values():
            dock.close()
        deadline = time.monotonic() + GRACE_S
        while any(map(alive, self._pids)) and time.monotonic() < deadline:
            time.sleep(0.01)  # one that still runs might make another file
        sweep(self._run)


def _died(name: str, error: Exception) -> str:
    """What Ray says about an actor's end, without what only Ray's developers can read."""
    text = str(error).strip()
    if "creation task" in text:
        return f"{name!r} could not be made in its actor: {text.splitlines()[-1].strip()}"
    detail = " ".join(text.partition("Worker exit detail:")[2].split()) or type(error).__name__
    return f"{name!r}: its process died (killed, out of memory, or a crash of native code; Ray says: {detail[:200]})"
