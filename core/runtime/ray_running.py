"""`RayRunning`: a pipeline that runs on Ray, and the thread of the driver that watches over it."""

from __future__ import annotations

import contextlib
import logging
import pickle
import secrets
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan import clock
from wugan.errors import PipelineError, RuntimeFailure, WuganError
from wugan.runtime.actor import Reader, StageActor, Wiring
from wugan.runtime.meter import STATES
from wugan.runtime.plan import Planned, plan
from wugan.runtime.recovery import Restarts, recover
from wugan.runtime.ring import NodeFile
from wugan.runtime.running import Running, letters
from wugan.runtime.shared import Janitor, alive, run_prefix, sweep
from wugan.runtime.slots import Slots
from wugan.runtime.stalls import Stalls

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline
    from wugan.runtime.ray import RayRuntime

log = logging.getLogger(__name__)

GRACE_S = 2.0  # how long a cancelled actor may take before it is killed
CONTROL_THREADS = 8  # an actor answers stop, interrupt and stats while it works
TICK_S = 0.05


class Member:
    """One node of the run: its plan, its file, and what runs it now."""

    def __init__(self, planned: Planned, index: int, restarts: Restarts) -> None:
        self.planned = planned
        self.index = index
        self.restarts = restarts
        self.actor: Any = None  # a Ray actor's handle
        self.hosted: StageActor | None = None  # a sink that is a function, in the driver
        self.file: NodeFile
        self.wiring: Wiring
        self.pid = 0
        self.over = False
        self.error: str | None = None


class RayRunning(Running):
    """A pipeline that runs on Ray."""

    def __init__(self, pipeline: Pipeline, dead_letters: Path, runtime: RayRuntime) -> None:
        super().__init__(pipeline, dead_letters)
        sweep()  # what runs left behind whose driver was killed
        self._runtime = runtime
        self._prefix = run_prefix(secrets.token_hex(3))
        self._janitor = Janitor(self._prefix)
        self._letters = letters(dead_letters)
        self._members: dict[str, Member] = {}
        self._pending: dict[Any, str] = {}
        self._stats: dict[str, dict[str, Any]] = {}
        self._stalls = Stalls(runtime.stall_after_s, runtime.kill_after_s)
        self._changed = threading.Condition()  # guards `_pending`, `over` and `error` of members
        self._over = self._cancelled = False
        self._torn_down = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="wugan-supervisor", daemon=True)
        try:
            self._build()
        except BaseException:
            self.cancel()
            raise

    def _build(self) -> None:
        planned = plan(self.pipeline)
        for index, item in enumerate(planned):
            policy = item.node.options.restart or self._runtime.restart
            member = self._members[item.name] = Member(item, index, Restarts(policy))
            try:
                NodeFile.make(self._prefix, index, item.inputs)
            except OSError as error:
                raise RuntimeFailure(
                    f"pipeline {self.pipeline.name!r}: no shared memory for the links of {item.name!r} ({error}): "
                    "lower their `capacity`, or give /dev/shm more room"
                ) from error
            member.file = NodeFile(self._prefix, index, item.inputs)
        passes = 1 + sum(item.role == "coordinator" for item in planned)
        for member in self._members.values():
            member.wiring = self._wiring(member, passes)
            if _in_driver(member.planned):
                member.hosted = StageActor(member.planned, self._letters.folder)
            else:
                member.actor = self._new_actor(member.planned)
        self._slots = Slots(self._prefix, len(planned), len(planned), next(iter(self._members.values())).file.lock)
        contacts = self._ask("contact")
        for name, (_, pid) in contacts.items():
            self._members[name].pid = pid
        for member in self._members.values():
            if member.hosted:
                member.hosted.connect(member.wiring)
        self._ask("connect", lambda member: (member.wiring,))
        self._warm_up()
        sources_last = sorted(self._members.values(), key=lambda member: not member.planned.inputs)
        for member in sources_last:
            if member.hosted:
                member.hosted.start()
        import ray

        for member in sources_last:
            if member.actor is not None:
                ray.get(member.actor.start.remote())
                self._pending[member.actor.wait.remote()] = member.planned.name
        self._watcher.start()

    def _wiring(self, member: Member, passes: int) -> Wiring:
        readers = []
        for name in member.planned.readers:
            reader = self._members[name]
            readers.append(Reader(name, reader.index, member.planned.name, reader.planned.inputs))
        inputs = member.planned.inputs
        return Wiring(self._prefix, member.index, len(self._members), passes, inputs, tuple(readers))

    def _new_actor(self, planned: Planned) -> Any:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        options: dict[str, Any] = {"num_cpus": 0, "max_concurrency": CONTROL_THREADS, "scheduling_strategy": here}
        try:
            return ray.remote(StageActor).options(**options).remote(planned, self._letters.folder, clock.offset_ns())
        except (TypeError, pickle.PicklingError) as error:
            raise PipelineError(
                f"node {planned.name!r} cannot go to a Ray actor: {str(error).splitlines()[0]} "
                "Keep what cannot be pickled (locks, sockets, models) out of __init__; warm_up() may make it"
            ) from error

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
                raise RuntimeFailure(f"pipeline {self.pipeline.name!r}: {_died(name, error)}") from error
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
            for call in ready:
                with self._changed:
                    member = self._members[self._pending.pop(call)]
                try:
                    self._finished(member, ray.get(call))
                except ray.exceptions.RayError as error:
                    if not self._cancelled:
                        self._lost(member, _died(member.planned.name, error))
            with self._changed:
                for member in self._members.values():
                    if member.hosted and member.hosted.worker.done.is_set():
                        member.over, member.error = True, member.hosted.worker.error
                self._changed.notify_all()
            for name in self._stalls.look({name: m.file.meter for name, m in self._members.items() if not m.over}):
                self._kill(name)

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
            member.file.meter.set("state", STATES.index("dead"))
            self._finished(member, what)
            threading.Thread(target=self.cancel, daemon=True).start()  # its readers and writers can only wait for it
            return
        log.warning("%s; it is started again", what)
        threading.Thread(target=self._restart, args=(member, pause), daemon=True).start()

    def _restart(self, member: Member, pause: float) -> None:
        import ray

        planned = member.planned
        written = [
            self._members[name].file.rings[planned.name] for name in planned.readers if name not in planned.private
        ]
        live = bool(getattr(planned.node.component, "live", False))
        found = recover(member.file, written, self._slots, self._letters, planned.name, live)
        if found.lost or found.buried:
            log.warning("%r: %d packets are lost, %d in the dead letters", planned.name, found.lost, found.buried)
        time.sleep(pause)
        try:
            actor = self._new_actor(planned)
            _, pid = ray.get(actor.contact.remote())
            ray.get(actor.connect.remote(member.wiring))
            error = ray.get(actor.warm_up.remote())
            if error:
                raise RuntimeFailure(error)
            if self._cancelled:
                ray.kill(actor)
                return
            ray.get(actor.start.remote())
        except (ray.exceptions.RayError, WuganError) as error:
            if not self._cancelled:
                text = str(error) if isinstance(error, WuganError) else _died(planned.name, error)
                self._lost(member, text)
            return
        with self._changed:
            member.actor, member.pid = actor, pid
            self._pending[actor.wait.remote()] = planned.name

    def _kill(self, name: str) -> None:
        """End a stage that does not heed an interruption; the packet that it holds is dropped."""
        import ray

        member = self._members[name]
        if member.actor is None:
            return
        log.warning("%r did not heed an interruption and is killed", name)

        def drop() -> None:
            for ring in member.file.rings.values():
                ring.done()
            member.file.meter.add("flushed")

        with contextlib.suppress(ray.exceptions.RayError):
            ray.kill(member.actor)
        member.file.change(drop)

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

    def _tell(self, method: str) -> None:
        for member in self._members.values():
            if member.actor is not None:
                getattr(member.actor, method).remote()
            elif member.hosted:
                getattr(member.hosted, method)()

    def stop(self) -> None:
        self._tell("stop")

    def interrupt(self) -> None:
        # What waits is dropped from here, since a busy process may be slow to answer.
        for member in self._members.values():
            member.file.flush(self._slots)
        self._stalls.interrupted()
        self._tell("interrupt")

    def cancel(self) -> None:
        import ray

        with self._changed:
            first, self._cancelled = not self._cancelled, True
        if self._over or not first:
            self._torn_down.wait(3 * GRACE_S)
            return
        for member in self._members.values():
            if hasattr(member, "file"):
                member.file.close()
        self._tell_cancel()
        with self._changed:
            pending = list(self._pending)
        with contextlib.suppress(ray.exceptions.RayError):
            ray.wait(pending, num_returns=len(pending), timeout=GRACE_S) if pending else None
        self._tear_down()

    def _tell_cancel(self) -> None:
        import ray

        calls = []
        for member in self._members.values():
            if member.actor is not None and hasattr(member, "wiring"):
                calls.append(member.actor.cancel.remote())
            elif member.hosted and hasattr(member.hosted, "worker"):
                member.hosted.cancel()
        with contextlib.suppress(ray.exceptions.RayError):
            ray.wait(calls, num_returns=len(calls), timeout=GRACE_S) if calls else None

    def stats(self) -> dict[str, dict[str, Any]]:
        if not self._over:
            self._collect()
        return dict(self._stats)

    def _collect(self) -> None:
        import ray

        calls = {name: m.actor.stats.remote() for name, m in self._members.items() if m.actor is not None}
        for name, member in self._members.items():
            stats = self._stats.get(name, {})
            if member.hosted and hasattr(member.hosted, "worker"):
                stats = member.hosted.stats()
            elif name in calls:
                with contextlib.suppress(ray.exceptions.RayError):
                    stats = ray.get(calls[name], timeout=GRACE_S)
            # What the process knows may be out of date, and it may be dead; the counters in shared memory are not.
            stats = {**stats, **member.file.stats()} if hasattr(member, "file") else stats
            on = stats.get("blocked_on", 0) or member.file.meter.get("blocked_on")
            readers = member.planned.readers
            stats["blocked_on"] = readers[on - 1] if isinstance(on, int) and 0 < on <= len(readers) else None
            self._stats[name] = stats

    def _tear_down(self) -> None:
        """Keep the counters, end every process and remove every shared file of this run."""
        import ray

        with self._changed:
            first, self._over, self._cancelled = not self._over, True, True
        if not first:
            self._torn_down.wait(3 * GRACE_S)
            return
        self._collect()
        for member in self._members.values():
            if member.actor is not None:
                ray.kill(member.actor)
            if member.hosted:
                member.hosted.close()
        deadline = time.monotonic() + GRACE_S
        pids = [member.pid for member in self._members.values() if member.pid]
        while any(map(alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.01)  # one that still runs might make another file
        sweep(self._prefix)
        self._janitor.dismiss()
        self._torn_down.set()
        with self._changed:
            self._changed.notify_all()


def _in_driver(planned: Planned) -> bool:
    return planned.node.ports.kind == "sink" and not hasattr(planned.node.component, "write")


def _died(name: str, error: Exception) -> str:
    """What Ray says about an actor's end, without what only Ray's developers can read."""
    text = str(error).strip()
    if "creation task" in text:
        return f"{name!r} could not be made in its actor: {text.splitlines()[-1].strip()}"
    detail = " ".join(text.partition("Worker exit detail:")[2].split()) or type(error).__name__
    return f"{name!r}: its process died (killed, out of memory, or a crash of native code; Ray says: {detail[:200]})"
