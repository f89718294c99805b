"""`Machines`: the hosts of a run, one for each machine that its nodes run on, and the links within and between them.

A `Host` has the shared files of a run on one machine. The driver has one for its own; other machines' are Ray actors.
"""

from __future__ import annotations

import contextlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wugan.errors import RuntimeFailure
from wugan.options import LinkConfig
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.bridge import Gate, Landing, halves
from wugan.runtime.links.ring import NodeFile
from wugan.runtime.links.shared import Janitor, alive, run_prefix, sweep
from wugan.runtime.links.slots import Slots
from wugan.runtime.node.meter import STATES, Stalls
from wugan.runtime.plan import Planned
from wugan.runtime.ray.actor import Reader, Wiring
from wugan.runtime.ray.recovery import Recovered, recover


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A node's file: its number in the run, whose it is, and the configuration of its ports."""

    index: int
    name: str
    links: Mapping[str, LinkConfig]


class Host:
    """Makes, watches and removes the shared files of a run on this machine.

    Args:
        run: name of the run.
        dead_letters: folder for packets that kill their stage.
        stall_after_s: see `Stalls`.
        kill_after_s: see `Stalls`.
    """

    def __init__(self, run: str, dead_letters: Path, stall_after_s: float, kill_after_s: float | None) -> None:
        sweep()  # what runs left behind whose owner was killed
        self.prefix = run_prefix(run)
        self._letters = DeadLetters(dead_letters)
        self._janitor = Janitor(self.prefix)
        self._stalls = Stalls(stall_after_s, kill_after_s)
        self._files: dict[str, NodeFile] = {}
        self._over: set[str] = set()
        self._gates: dict[str, Gate] = {}
        self._landings: list[Landing] = []
        self._passes = 1
        self._nodes = 0

    def make(self, files: Sequence[FileSpec], nodes: int, passes: int) -> str:
        """Make the files of the nodes that run here; returns the prefix of their names.

        Args:
            files: what to make.
            nodes: how many files the run has on all machines.
            passes: see `Slots`.

        Raises:
            RuntimeFailure: shared memory has no room for one.
        """
        self._nodes, self._passes = nodes, passes
        for spec in files:
            try:
                NodeFile.make(self.prefix, spec.index, spec.links)
            except OSError as error:
                raise RuntimeFailure(
                    f"no shared memory for the links of {spec.name!r} ({error}): lower their `capacity`, or give "
                    "/dev/shm more room"
                ) from error
            self._files[spec.name] = NodeFile(self.prefix, spec.index, spec.links)
        return self.prefix

    def _slots(self) -> Slots:
        """A view of the run's slots that writes none of its own."""
        lock = next(iter(self._files.values())).lock
        return Slots(self.prefix, self._nodes, self._nodes, lock)

    def gate(self, name: str) -> None:
        """Open the ring `name`, made before, to a reader on another machine."""
        file = self._files[name]
        self._gates[name] = Gate(file, Slots(self.prefix, file.index, self._nodes, file.lock, self._passes))

    def take(self, gate: str, timeout: float) -> list[Any]:
        """See `Gate.take`."""
        return self._gates[gate].take(timeout)

    def land(self, name: str, reader: str, port: str, origin: Any, gate: str) -> None:
        """Carry what comes through another machine's gate into a port of a node that runs here.

        Args:
            name: the file, made before, that counts what is carried.
            reader: the node.
            port: its port.
            origin: the other machine's `Host`, a Ray actor.
            gate: which of its gates.
        """
        own, file = self._files[name], self._files[reader]
        slots = Slots(self.prefix, own.index, self._nodes, own.lock, self._passes)
        outlet = NodeFile(self.prefix, file.index, {p: ring.config for p, ring in file.rings.items()})
        self._landings.append(Landing(own, slots, outlet, reader, port, origin, gate))

    def look(self, over: Sequence[str]) -> tuple[list[str], list[str]]:
        """Nodes that do not heed an interruption (see `Stalls.look`), and those whose process is gone.

        Args:
            over: nodes that need no looking after any more.
        """
        self._over.update(over)
        meters = {name: file.meter for name, file in self._files.items() if name not in self._over}
        pids = {name: meter.get("pid") for name, meter in meters.items()}
        return self._stalls.look(meters), [name for name, pid in pids.items() if pid and not alive(pid)]

    def recover(
        self, name: str, written: Sequence[tuple[str, str]], private: Sequence[tuple[str, str]], live: bool
    ) -> Recovered:
        """See `recover`; `written` and `private` name the rings that it wrote, as (file, port)."""
        public, others = ([self._files[file].rings[port] for file, port in rings] for rings in (written, private))
        return recover(self._files[name], public, self._slots(), self._letters, name, live, others)

    def drop_in_hand(self, name: str) -> None:
        """Forget what a killed node had taken, so that a new process is not given it again."""
        file = self._files[name]

        def drop() -> None:
            for ring in file.rings.values():
                ring.done()
            file.meter.add("flushed")

        file.change(drop)

    def dead(self, name: str) -> None:
        """Note that a node will not be started again."""
        self._files[name].meter.set("state", STATES.index("dead"))

    def interrupt(self, names: Collection[str] | None = None) -> None:
        """Drop all that waits on this machine, or what waits in front of the workers named."""
        slots = self._slots()
        for name, file in self._files.items():
            if names is None or name in names:
                file.flush(slots)
        self._stalls.interrupted(names)

    def close(self) -> None:
        """Wake whatever waits on this machine, for good."""
        for file in self._files.values():
            file.close()

    def stats(self) -> dict[str, dict[str, Any]]:
        """The counters of every file."""
        return {
            name: {**file.stats(), "blocked_on": file.meter.get("blocked_on")} for name, file in self._files.items()
        }

    def end(self) -> None:
        """Remove every file of the run from this machine."""
        for landing in self._landings:
            landing.join()
        sweep(self.prefix)
        self._janitor.dismiss()


class RemoteHost:
    """A `Host` on another machine, with the same methods."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor

    def __getattr__(self, name: str) -> Any:
        import ray

        method = getattr(self.actor, name)
        return lambda *arguments: ray.get(method.remote(*arguments))


HOST_THREADS = 64  # a host answers the driver while gates wait for packets


class Machines:
    """Makes a run's files on every machine and connects its nodes.

    Args:
        dead_letters: folder for packets that kill their stage.
        stall_after_s: see `Stalls`.
        kill_after_s: see `Stalls`.
    """

    def __init__(self, dead_letters: Path, stall_after_s: float, kill_after_s: float | None) -> None:
        self._settings = (dead_letters, stall_after_s, kill_after_s)
        self._run = secrets.token_hex(3)
        self._hosts: dict[str, Host | RemoteHost] = {}
        self._written: dict[str, dict[str, tuple[str, str]]] = {}
        self._far: dict[str, dict[str, str]] = defaultdict(dict)  # reader, port: the gate that the port is fed from

    def connect(self, planned: Sequence[Planned], places: Mapping[str, str]) -> dict[str, Wiring]:
        """Make all files; returns what each node must know.

        Args:
            planned: the run's nodes, in order.
            places: the machine of each.
        """
        links = {item.name: dict(item.inputs) for item in planned}
        files: dict[str, list[FileSpec]] = defaultdict(list)
        crossings = []
        for item in planned:
            for name in item.readers:
                if places[name] != places[item.name]:
                    gate = f"{item.name} to {name}"
                    at_gate, links[name][item.name] = halves(links[name][item.name])
                    self._far[name][item.name] = gate
                    crossings.append((item.name, name, gate, at_gate))
        for index, item in enumerate(planned):
            files[places[item.name]].append(FileSpec(index, item.name, links[item.name]))
        index = len(planned)
        gates: dict[tuple[str, str], Reader] = {}
        for writer, reader, gate, at_gate in crossings:
            files[places[writer]].append(FileSpec(index, gate, {writer: at_gate}))
            files[places[reader]].append(FileSpec(index + 1, f"{gate}, landing", {}))
            gates[writer, reader] = Reader(reader, index, writer, {writer: at_gate})
            index += 2
        passes = 1 + sum(item.role == "coordinator" for item in planned)
        numbers = {item.name: number for number, item in enumerate(planned)}
        prefixes = {}
        for machine, specs in files.items():
            self._hosts[machine] = self._host(machine, remote=len(files) > 1)
            prefixes[machine] = self._hosts[machine].make(specs, index, passes)
        for writer, _, gate, _ in crossings:
            self._hosts[places[writer]].gate(gate)
        for writer, reader, gate, _ in crossings:
            origin = self._hosts[places[writer]]
            assert isinstance(origin, RemoteHost)
            self._hosts[places[reader]].land(f"{gate}, landing", reader, writer, origin.actor, gate)
        wirings = {}
        for item in planned:
            readers = tuple(
                gates.get((item.name, name)) or Reader(name, numbers[name], item.name, links[name])
                for name in item.readers
            )
            machine = places[item.name]
            wirings[item.name] = Wiring(prefixes[machine], numbers[item.name], index, passes, links[item.name], readers)
            self._written[item.name] = {
                name: (self._far[name].get(item.name, name), item.name) for name in item.readers
            }
        return wirings

    def _host(self, machine: str, remote: bool) -> Host | RemoteHost:
        """The driver holds the files of a run on one machine itself; of several, an actor on each does."""
        if not remote:
            return Host(self._run, *self._settings)
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(machine, soft=False)
        options = {"num_cpus": 0, "max_concurrency": HOST_THREADS, "scheduling_strategy": there}
        return RemoteHost(ray.remote(Host).options(**options).remote(self._run, *self._settings))

    def of(self, machine: str) -> Any:
        """The host of a machine."""
        return self._hosts[machine]

    def written(self, planned: Planned) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The rings that a node writes, as (file, port) on its own machine; those of private readers apart."""
        rings = self._written[planned.name]
        return (
            [ring for name, ring in rings.items() if name not in planned.private],
            [ring for name, ring in rings.items() if name in planned.private],
        )

    def each(self, method: str, *arguments: Any) -> None:
        """Call a method of every host; one that is gone has nothing left to do."""
        for host in self._hosts.values():
            with contextlib.suppress(*_gone()):
                getattr(host, method)(*arguments)

    def look(self, over: Sequence[str]) -> tuple[list[str], list[str]]:
        """See `Host.look`, of all machines."""
        unheeding: list[str] = []
        gone: list[str] = []
        for host in self._hosts.values():
            with contextlib.suppress(*_gone()):
                found = host.look(over)
                unheeding += found[0]
                gone += found[1]
        return unheeding, gone

    def stats(self) -> dict[str, dict[str, Any]]:
        """The counters of every node, those of a link between machines from both its ends."""
        found: dict[str, dict[str, Any]] = {}
        for host in self._hosts.values():
            with contextlib.suppress(*_gone()):
                found |= host.stats()
        for reader, ports in self._far.items():
            for port, gate in ports.items():
                if reader in found and gate in found:
                    near, far = found[reader]["links"][port], found[gate]["links"][port]
                    near["in"] = far["in"]
                    for counter in ("dropped", "waiting", "bytes"):
                        near[counter] += far[counter]
        return found

    def end(self) -> None:
        """Remove every file of the run from every machine."""
        import ray

        self.each("end")
        for host in self._hosts.values():
            if isinstance(host, RemoteHost):
                ray.kill(host.actor)
        self._hosts.clear()


def _gone() -> tuple[type[BaseException], ...]:
    import ray

    return (ray.exceptions.RayError,)
