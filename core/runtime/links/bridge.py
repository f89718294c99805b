"""A link between machines: a gate where packets leave one, a landing where they enter another.

The writer puts into a ring of its own machine, the gate, and the reader takes from its usual ring. Between them packets
travel packed, through Ray's object store. A gate gives a packet up only once it has landed, so that under `block` none
is lost with a process; policies that drop do so at both ends, wherever there is no room.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wugan import clock
from wugan.options import LinkConfig
from wugan.runtime.links.inbox import Outlet, RingInbox, RingOutput
from wugan.runtime.links.memory import Closed, End
from wugan.runtime.links.ring import Cell, NodeFile
from wugan.runtime.links.slots import Slots

log = logging.getLogger(__name__)

AT_ONCE = 16  # packets in one transfer at most
BYTES_AT_ONCE = 16 * 1024 * 1024  # likewise, of payload
POLL_S = 0.5  # how long a transfer waits for its first packet


@dataclass(slots=True)
class Parcel:
    """A packed packet on its way; see `Packed`."""

    kind: int
    head: bytes
    buffers: Sequence[np.ndarray[Any, Any]]
    size: int
    seq: int
    entered_ns: int


def halves(link: LinkConfig) -> tuple[LinkConfig, LinkConfig]:
    """The configuration of gate and landing that together bound a link as it is to be bounded."""
    if link.policy != "block":
        return link, link
    gate = {"capacity": max(1, link.capacity // 2), "max_bytes": max(1, link.max_bytes // 2)}
    landing = {"capacity": max(1, link.capacity - gate["capacity"]), "max_bytes": gate["max_bytes"]}
    return link.model_copy(update=gate), link.model_copy(update=landing)


class _Parcels(RingInbox):
    """An inbox that leaves packets packed."""

    def _message(self, port: str, cell: Cell) -> Any:
        if cell.end or cell.mark is not None:
            return super()._message(port, cell)
        if cell.owner >= 0:
            buffers = self.slots.view(cell.owner, cell.slot, cell.layout)
        else:
            buffers = [np.frombuffer(part, np.uint8) for part in cell.buffers]
        # Monotonic times mean nothing on another machine, so that the time goes as one of the day.
        entered = cell.entered_ns + clock.offset_ns() if cell.entered_ns else 0
        parcel: Any = Parcel(cell.kind, cell.head, buffers, cell.size, cell.seq, entered)
        self._taken.append(parcel)
        return parcel


class Gate:
    """Where packets leave a machine.

    Args:
        file: the gate's own, with one port.
        slots: the gate's view of the machine's slots.
    """

    def __init__(self, file: NodeFile, slots: Slots) -> None:
        self._inbox = _Parcels(file, slots)
        self._lock = threading.Lock()

    def take(self, timeout: float) -> list[Any]:
        """What waits: parcels, words on time, the end. What the last call gave is taken to have landed.

        Args:
            timeout: seconds to wait for the first.

        Raises:
            Closed: the run was cancelled.
        """
        with self._lock:
            self._inbox.done()
            given: list[Any] = []
            size = 0
            while len(given) < AT_ONCE and size < BYTES_AT_ONCE and not self._inbox.ended:
                got = self._inbox.get(0 if given else timeout)
                if got is None:
                    break
                given.append(got[1])
                size += got[1].size if isinstance(got[1], Parcel) else 0
            return given


class Landing:
    """Where packets enter a machine: a thread that fetches them.

    Args:
        own: a file of its own, which counts.
        slots: where it puts payloads.
        outlet: the reader's file.
        reader: the reader's name.
        port: which of its ports.
        origin: the `Host` of the writer's machine, a Ray actor.
        gate: which of its gates.
    """

    def __init__(
        self, own: NodeFile, slots: Slots, outlet: NodeFile, reader: str, port: str, origin: Any, gate: str
    ) -> None:
        self._output = RingOutput(own, slots, {reader: Outlet(outlet, port, 1)})
        self._origin = origin
        self._gate = gate
        self._thread = threading.Thread(target=self._carry, name=f"wugan-{gate}", daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        import ray

        try:
            while True:
                for message in ray.get(self._origin.take.remote(self._gate, POLL_S)):
                    if isinstance(message, Parcel):
                        entered = message.entered_ns - clock.offset_ns() if message.entered_ns else 0
                        self._output.deliver(
                            message.kind,
                            message.head,
                            [buffer.data for buffer in message.buffers],
                            message.size,
                            message.seq,
                            entered,
                        )
                    else:
                        self._output.send(message)
                        if isinstance(message, End):
                            return
        except Closed:
            pass
        except ray.exceptions.RayTaskError as error:
            if not isinstance(error.cause, Closed):
                log.error("what comes from %r is cut off: %s", self._gate, error)
                self._end()
        except ray.exceptions.RayError as error:
            log.error("the machine that %r comes from is gone: %s", self._gate, error)
            self._end()

    def _end(self) -> None:
        """Let the reader drain what it has."""
        try:
            self._output.send(End())
        except Closed:
            pass

    def join(self) -> None:
        """Wait for the thread, whose rings have been closed."""
        self._thread.join(2 * POLL_S)
