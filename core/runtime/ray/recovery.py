"""What follows the death of a node's process: its references are counted anew, what it had taken is given again."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wugan.duration import to_ns
from wugan.errors import RuntimeFailure
from wugan.options import RestartPolicy
from wugan.packet import Packet
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.inbox import to_packet
from wugan.runtime.links.ring import ATTEMPTS, NEXT_SEQ, NodeFile, Ring
from wugan.runtime.links.shared import disk_folder, open_file, slot_folder
from wugan.runtime.links.slots import PAGE, Slots
from wugan.runtime.node.meter import STATES

MAX_ATTEMPTS = 2  # how often a packet is given again to a new process before it is held to be what kills it
LONGEST_PAUSE_S = 30.0


class Restarts:
    """Counts a node's restarts against its policy."""

    def __init__(self, policy: RestartPolicy) -> None:
        self.policy = policy
        self._times: deque[float] = deque()

    def pause(self, now: float) -> float | None:
        """Seconds to wait before a restart at this time; `None` where the policy allows no more."""
        window = to_ns(self.policy.window) / 1e9
        while self._times and now - self._times[0] > window:
            self._times.popleft()
        if len(self._times) >= self.policy.max_restarts:
            return None
        pause = to_ns(self.policy.backoff) / 1e9 * 2 ** len(self._times)
        self._times.append(now)
        return min(pause, LONGEST_PAUSE_S)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found after a death.

    Attributes:
        again: packets that the new process will be given again.
        lost: packets that nobody can give again: taken from a link that does not block, or held back by a join.
        buried: packets in the dead letters, since a process died each time it had taken them.
    """

    again: int
    lost: int
    buried: int


def recover(
    node: NodeFile,
    written: Sequence[Ring],
    slots: Slots,
    letters: DeadLetters,
    name: str,
    live: bool,
    private: Sequence[Ring] = (),
) -> Recovered:
    """Put a dead node's shared state in order, so that a new process can go on.

    Args:
        node: its file.
        written: the rings that it wrote; the caller holds none of their locks.
        slots: the caller's view of the run's slots.
        letters: where packets go that kill their stage.
        name: the node's, for the letters.
        live: whether what comes out happens once, and is not made again in the same order: of a live source (see
            `Source.live`), and of a coordinator, whose replicas were in the midst of it.
        private: those that it wrote of readers that get only what is sent to them by name.
    """
    again = lost = buried = 0

    def mend() -> None:
        nonlocal again, lost, buried
        references: Counter[tuple[int, int]] = Counter()
        for port, ring in node.rings.items():
            ring.repair()
            given, gone = ring.rewind()
            if given and ring.words[ATTEMPTS] > MAX_ATTEMPTS:
                buried += _bury(ring, given, port, slots, letters, name)
                given = 0
            again += given
            lost += gone
            references.update(ring.references())
        _recount(slots.prefix, node.index, slots.nodes, references)

    # `change` rings all bells: the dead may have been about to wake somebody, and nobody else would.
    node.change(mend)
    for ring in (*written, *private):
        ring.file.change(ring.repair)
    meter = node.meter
    sent = [ring.words[NEXT_SEQ] for ring in written]
    if lost and max(sent, default=0) > meter.get("emitted_acked"):
        lost -= 1  # what came of one of them has been sent
    lost += meter.get("held")
    if node.rings:
        # What is made again of a packet gets the numbers that it had, and readers leave out what they have. Nothing is
        # made again of what a join held, so that its numbers must go on.
        same = again and not meter.get("held") and not live
        resumed = meter.get("emitted_acked") if same else max(sent, default=None)
    else:
        resumed = max(sent, default=None) if live else None  # others begin again, see `SourceWorker`
    if resumed is not None:
        meter.set("emitted", resumed)
    for counter in ("held", "beat_ns", "busy_since_ns", "blocked_since_ns", "blocked_on"):
        meter.set(counter, 0)
    meter.add("redelivered", again)
    meter.add("lost", lost)
    meter.add("failed", buried)
    meter.add("restarts")
    meter.set("state", STATES.index("restarting"))
    return Recovered(again, lost, buried)


def _bury(ring: Ring, count: int, port: str, slots: Slots, letters: DeadLetters, name: str) -> int:
    """Put the packets in flight into the dead letters; returns how many there were."""
    for _ in range(count):
        cell = ring.take(wanted=True)
        if cell is None or cell.end or cell.mark is not None:
            break
        parts: list[Any] = list(cell.buffers)
        if cell.owner >= 0:
            whole = open_file(slots.path(cell.owner, cell.slot), writable=False)
            parts = [whole[PAGE + offset : PAGE + offset + length] for offset, length in cell.layout]
        packet: Packet[Any] = to_packet(cell, [np.frombuffer(part, np.uint8) for part in parts])
        killed = RuntimeFailure(f"{name!r} died {MAX_ATTEMPTS + 1} times with this packet in hand")
        letters.write(name, port, packet, killed)
    ring.done()
    return count


def _recount(prefix: str, index: int, nodes: int, references: Counter[tuple[int, int]]) -> None:
    """Set a node's word in every slot to the references that wait in front of it; all others died with it."""
    for folder in {slot_folder(), disk_folder()}:
        for path in folder.glob(f"{prefix}-*-s*"):
            owner, number = path.name.removeprefix(f"{prefix}-").split("-s")
            try:
                page = open_file(path, PAGE)
            except (OSError, ValueError):
                continue  # its owner has just removed it, or has not given it its room yet
            words = memoryview(page)[: nodes * 8].cast("Q")
            words[index] = references[int(owner), int(number)]
            words.release()
            page.close()
