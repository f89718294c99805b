"""`RayRunning`: a pipeline that runs on Ray, a `Member` for each node, and the thread that watches over them."""

from __future__ import annotations

import contextlib
import logging
import pickle
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan import clock
from wugan.errors import PipelineError, RuntimeFailure, WuganError
from wugan.observe import tracing
from wugan.runtime.links.shared import alive
from wugan.runtime.plan import Planned, plan
from wugan.runtime.ray.actor import StageActor, Wiring
from wugan.runtime.ray.machines import Machines
from wugan.runtime.ray.recovery import Restarts
from wugan.runtime.running import Running, letters

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline
    from wugan.runtime.ray import RayRuntime

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


log = logging.getLogger(__name__)

GRACE_S = 2.0  # how long a cancelled actor may take before it is killed
TICK_S = 0.05
PLACE_S = 20.0  # how long a node may wait for a machine before the log says so, again and again


class RayRunning(Running):
    """A pipeline that runs on Ray."""

    def __init__(self, pipeline: Pipeline, dead_letters: Path, runtime: RayRuntime) -> None:
        super().__init__(pipeline, dead_letters)
        self._runtime = runtime
        self._letters = letters(dead_letters)
        self._members: dict[str, Member] = {}
        self._machines = Machines(self._letters.folder, runtime.stall_after_s, runtime.kill_after_s)
        self._pending: dict[Any, str] = {}
        self._stats: dict[str, dict[str, Any]] = {}
        self._changed = threading.Condition()  # guards `_pending`, `over` and `error` of members
        self._collecting = threading.Lock()
        self._over = self._cancelled = self._stopped = False
        self._torn_down = threading.Event()
        self._restarting: list[threading.Thread] = []
        self._spares: dict[str, Any] = {}
        self._watcher = threading.Thread(target=self._watch, name="wugan-supervisor", daemon=True)
        try:
            self._build()
        except BaseException:
            self.cancel()
            raise

    def _build(self) -> None:
        import ray

        for item in plan(self.pipeline):
            member = self._members[item.name] = Member(
                item, Restarts(item.node.options.restart or self._runtime.restart)
            )
            if in_driver(item):
                member.hosted = StageActor(item, self._letters.folder)
                member.machine = ray.get_runtime_context().get_node_id()
            else:
                member.actor = new_actor(item, self._letters.folder)
        self._await_places()
        for name, (machine, pid) in self._ask("contact").items():
            self._members[name].machine, self._members[name].pid = machine, pid
        places = {name: member.machine for name, member in self._members.items()}
        wirings = self._machines.connect([member.planned for member in self._members.values()], places)
        for name, member in self._members.items():
            member.wiring = wirings[name]
            if member.hosted:
                member.hosted.connect(wirings[name])
        self._ask("connect", lambda member: (member.wiring,))
        self._warm_up()
        sources_last = sorted(self._members.values(), key=lambda member: not member.planned.inputs)
        for member in sources_last:
            if member.hosted:
                member.hosted.start()
        for member in sources_last:
            if member.actor is not None:
                ray.get(member.actor.start.remote())
                self._pending[member.actor.wait.remote()] = member.planned.name
        self._watcher.start()
        self._prepare(ray.get_runtime_context().get_node_id())

    def _prepare(self, machine: str) -> None:
        """Have a spare process on a machine, where that is wanted."""
        if self._runtime.spare and not self._cancelled:
            self._spares[machine] = new_spare(self._letters.folder, machine)

    def _successor(self, member: Member) -> Any:
        """An actor in the place of one whose process has died."""
        import ray

        planned = member.planned
        spare = None if planned.node.options.place else self._spares.pop(member.machine, None)
        if spare is None:
            return new_actor(planned, self._letters.folder, member.machine)
        ray.get(spare.become.remote(planned))
        return spare

    def _await_places(self) -> None:
        """Wait until every actor is placed, and say which are not: the cluster may never have what they ask for."""
        import ray

        waiting = {member.actor.contact.remote(): name for name, member in self._members.items() if member.actor}
        while waiting:
            placed, _ = ray.wait(list(waiting), num_returns=len(waiting), timeout=PLACE_S)
            for call in placed:
                del waiting[call]
            for name in waiting.values():
                place = self._members[name].planned.node.options.place
                asked = f"for a machine of the cluster with {place.model_dump(exclude_defaults=True)}" if place else ""
                log.warning("%r waits %s; `ray status` lists what there is", name, asked or "for its process to start")

    def _warm_up(self) -> None:
        hosted = [member.hosted for member in self._members.values() if member.hosted]
        warm = [threading.Thread(target=actor.warm_up) for actor in hosted]
        for thread in warm:
            thread.start()
        failed = [error for error in self._ask("warm_up").values() if error]
        for thread in warm:
            thread.join()
        failed += [actor.worker.error for actor in hosted if actor.worker.error]
        if failed:
            raise RuntimeFailure(f"pipeline {self.pipeline.name!r}: " + "; ".join(failed))

    def _ask(self, method: str, arguments: Any = lambda member: ()) -> dict[str, Any]:
        """Call a method of every actor at once. Raises `RuntimeFailure` naming an actor that died."""
        import ray

        calls = {
            name: getattr(member.actor, method).remote(*arguments(member))
            for name, member in self._members.items()
            if member.actor is not None
        }
        answers = {}
        for name, call in calls.items():
            try:
                answers[name] = ray.get(call)
            except ray.exceptions.RayError as error:
                raise RuntimeFailure(f"pipeline {self.pipeline.name!r}: {died(name, error)}") from error
        return answers

    # The supervisor's thread.

    def _watch(self) -> None:
        import ray

        while not self._over:
            with self._changed:
                pending = list(self._pending)
            ready: list[Any] = []
            if pending:
                ready, _ = ray.wait(pending, num_returns=1, timeout=TICK_S)
            else:
                time.sleep(TICK_S)
            pending = []
            for call in ready:
                with self._changed:
                    member = self._members[self._pending.pop(call)]
                try:
                    self._finished(member, ray.get(call))
                except ray.exceptions.RayError as error:
                    if not self._cancelled:
                        self._lost(member, died(member.planned.name, error))
            with self._changed:
                for member in self._members.values():
                    if member.hosted and member.hosted.worker.done.is_set():
                        member.over, member.error = True, member.hosted.worker.error
                self._changed.notify_all()
            if not self._stopped and any(member.error and member.planned.inputs for member in self._members.values()):
                self.stop()  # a stage cannot go on, and the sources need not end by themselves
            self._look()

    def _look(self) -> None:
        """Look after processes by what they leave in shared memory: Ray takes a second to tell of a death."""
        unheeding, gone = self._machines.look([name for name, member in self._members.items() if member.over])
        for name in unheeding:
            self._kill(name)
        for name in gone:
            with self._changed:
                calls = [call for call, waited in self._pending.items() if waited == name]
                for call in calls:
                    del self._pending[call]
            if calls and not self._cancelled:
                self._lost(self._members[name], died(name))

    def _finished(self, member: Member, error: str | None) -> None:
        with self._changed:
            member.over, member.error = True, error
            self._changed.notify_all()

    def _lost(self, member: Member, what: str) -> None:
        """A node's process is gone: start another, or give up."""
        pause = member.restarts.pause(time.monotonic())
        if pause is None:
            policy = member.restarts.policy
            if policy.max_restarts:
                what += f"; it was restarted {policy.max_restarts} times within {policy.window} already"
            with contextlib.suppress(Exception):  # its machine may be gone with it
                self._machines.of(member.machine).dead(member.planned.name)
            self._give_up(member, what)
            return
        log.warning("%s; it is started again", what)
        thread = threading.Thread(target=self._restart, args=(member, pause), daemon=True)
        self._restarting = [*(other for other in self._restarting if other.is_alive()), thread]
        thread.start()

    def _give_up(self, member: Member, what: str) -> None:
        self._finished(member, what)
        threading.Thread(target=self.cancel, daemon=True).start()  # its readers and writers can only wait for it

    def _restart(self, member: Member, pause: float) -> None:
        import ray

        planned = member.planned
        live = planned.role == "coordinator" or bool(getattr(planned.node.component, "live", False))
        try:
            host = self._machines.of(member.machine)
            found = host.recover(planned.name, *self._machines.written(planned), live)
        except ray.exceptions.RayError as gone:
            self._give_up(member, f"{planned.name!r}: its machine is gone ({type(gone).__name__})")
            return
        if found.lost or found.buried:
            log.warning("%r: %d packets are lost, %d in the dead letters", planned.name, found.lost, found.buried)
        self._torn_down.wait(pause)
        if self._cancelled:
            return
        try:
            actor = self._successor(member)
            _, pid = ray.get(actor.contact.remote())
            ray.get(actor.connect.remote(member.wiring))
            if failed := ray.get(actor.warm_up.remote()):
                raise RuntimeFailure(failed)
            if self._cancelled:
                ray.kill(actor)
                return
            ray.get(actor.start.remote())
        except (ray.exceptions.RayError, WuganError) as error:
            if not self._cancelled:
                text = str(error) if isinstance(error, WuganError) else died(planned.name, error)
                self._lost(member, text)
            return
        with self._changed:
            member.actor, member.pid = actor, pid
            self._pending[actor.wait.remote()] = planned.name
        if self._stopped:  # what told the old process came too late for this one
            actor.stop.remote()
        if member.machine not in self._spares:
            self._prepare(member.machine)

    def _kill(self, name: str) -> None:
        """End a stage that does not heed an interruption; the packet that it holds is dropped."""
        import ray

        member = self._members[name]
        if member.actor is None:
            return
        log.warning("%r did not heed an interruption and is killed", name)

        with contextlib.suppress(ray.exceptions.RayError):
            ray.kill(member.actor)
        self._machines.of(member.machine).drop_in_hand(name)

    # The user's side.

    def _ended(self, timeout: float) -> bool:
        def all_over() -> bool:
            return self._torn_down.is_set() or all(member.over for member in self._members.values())

        with self._changed:
            return self._changed.wait_for(all_over, timeout)

    def _finish(self) -> None:
        self._tear_down()

    def errors(self) -> list[str]:
        return [member.error for member in self._members.values() if member.error]

    def _tell(self, method: str, names: Collection[str] | None = None) -> None:
        for name, member in self._members.items():
            if names is not None and name not in names:
                continue
            if member.actor is not None:
                getattr(member.actor, method).remote()
            elif member.hosted:
                getattr(member.hosted, method)()

    def stop(self) -> None:
        self._stopped = True
        self._tell("stop")

    def interrupt(self, *nodes: str) -> None:
        names = self._workers(nodes)
        # What waits is dropped from here, since a busy process may be slow to answer.
        self._machines.each("interrupt", names)
        self._tell("interrupt", names)

    def cancel(self) -> None:
        self.withdraw()
        with self._changed:
            first, self._cancelled = not self._cancelled, True
        if self._over or not first:
            self._torn_down.wait(3 * GRACE_S)
            return
        self._machines.each("close")
        self._tell_cancel()
        self._await_ends()
        self._tear_down()

    def _await_ends(self) -> None:
        import ray

        with self._changed:
            pending = list(self._pending)
        with contextlib.suppress(ray.exceptions.RayError):
            ray.wait(pending, num_returns=len(pending), timeout=GRACE_S) if pending else None

    def _tell_cancel(self) -> None:
        import ray

        calls = []
        for member in self._members.values():
            if member.actor is not None and member.wiring is not None:
                calls.append(member.actor.cancel.remote())
            elif member.hosted and hasattr(member.hosted, "worker"):
                member.hosted.cancel()
        with contextlib.suppress(ray.exceptions.RayError):
            ray.wait(calls, num_returns=len(calls), timeout=GRACE_S) if calls else None

    def stats(self) -> dict[str, dict[str, Any]]:
        with self._collecting:
            if not self._over:
                self._collect()
            return dict(self._stats)

    def _collect(self) -> None:
        import ray

        calls = {name: m.actor.stats.remote() for name, m in self._members.items() if m.actor is not None}
        counted = self._machines.stats()
        for name, member in self._members.items():
            stats = self._stats.get(name, {})
            if member.hosted and member.wiring is not None:
                stats = member.hosted.stats()
            elif name in calls:
                with contextlib.suppress(ray.exceptions.RayError):
                    stats = ray.get(calls[name], timeout=GRACE_S)
            # What the process knows may be out of date, and it may be dead; the counters in shared memory are not.
            stats = {**stats, **counted.get(name, {})}
            stats["blocked_on"] = self._blocked_on(member, stats.get("blocked_on"))
            self._stats[name] = stats

    @staticmethod
    def _blocked_on(member: Member, number: int | None) -> str | None:
        readers = member.planned.readers
        return readers[number - 1] if number and number <= len(readers) else None

    def _tear_down(self) -> None:
        """Keep the counters, end every process and remove every shared file of this run."""
        import ray

        with self._changed:
            first, self._over, self._cancelled = not self._over, True, True
        if not first:
            self._torn_down.wait(3 * GRACE_S)
            return
        # Ray ends the whole process when a thread turns to it, or drops one of its objects, after `ray.shutdown()`: so
        # when this returns, no thread of ours may do so any more.
        for thread in (self._watcher, *self._restarting):
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(5 * GRACE_S)
        with self._collecting, contextlib.suppress(ray.exceptions.RayError):
            self._collect()
        self._pending.clear()
        for member in self._members.values():
            if member.actor is not None:
                ray.kill(member.actor)
                member.actor = None
            if member.hosted:
                member.hosted.close()
        for spare in self._spares.values():
            ray.kill(spare)
        self._spares.clear()
        deadline = time.monotonic() + GRACE_S
        pids = [member.pid for member in self._members.values() if member.pid]
        while any(map(alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.01)  # one that still runs might make another file
        self._machines.end()
        self._torn_down.set()
        with self._changed:
            self._changed.notify_all()
