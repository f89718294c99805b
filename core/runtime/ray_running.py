"""`RayRunning`: a pipeline that runs on Ray, and the thread of the driver that watches over it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.errors import RuntimeFailure, WuganError
from wugan.runtime.actor import StageActor
from wugan.runtime.machines import Machines
from wugan.runtime.member import Member, died, in_driver, new_actor, new_spare
from wugan.runtime.plan import plan
from wugan.runtime.recovery import Restarts
from wugan.runtime.running import Running, letters
from wugan.runtime.shared import alive

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline
    from wugan.runtime.ray import RayRuntime

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
                asked = place.model_dump(exclude_defaults=True) if place else {}
                log.warning(
                    "%r waits for a machine of the cluster with %s; `ray status` lists what there is", name, asked
                )

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
