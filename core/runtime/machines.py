"""`Machines`: the hosts of a run, one for each machine that its nodes run on, and the links within and between them."""

from __future__ import annotations

import contextlib
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wugan.runtime.actor import Reader, Wiring
from wugan.runtime.bridge import halves
from wugan.runtime.host import FileSpec, Host, RemoteHost
from wugan.runtime.plan import Planned

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
