"""`RingInbox` and `RingOutput`: what `Inbox` and `Link` are between threads, between processes of one machine."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.runtime.links.memory import Closed, End, Message, Watermark
from wugan.runtime.links.payload import pack, unpack
from wugan.runtime.links.ring import (
    BYTES,
    CLOSED,
    ENDED,
    FLUSHES,
    NEXT_SEQ,
    PART,
    READ,
    READER_WAITS,
    TAIL,
    WRITER_WAITS,
    Cell,
    NodeFile,
    Packed,
    Ring,
)
from wugan.runtime.links.slots import ALIGN, EXTRA, Slots

SPILLED = 0x80  # in a cell's kind: the cell had no room for head and layout, which are the first buffer


def to_packet(cell: Cell, buffers: Sequence[Any]) -> Packet[Any]:
    """The packet of a cell, whose arrays are views of these buffers: byte arrays, or `bytes`."""
    head = cell.head
    if cell.kind & SPILLED:
        whole = buffers[1:]
        head, sizes = pickle.loads(buffers[0].data)
        buffers, start = [], 0
        for size in sizes:
            buffers.append(whole[0][start : start + size])
            start += -(-size // ALIGN) * ALIGN
    packet = unpack(cell.kind & ~SPILLED, head, buffers)
    packet.entered_ns = cell.entered_ns
    return packet


def _copy(buffer: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    copy = buffer.copy()
    copy.flags.writeable = False
    return copy


class RingLink:
    """One port of a `RingInbox`, with the names that `Link` has."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.config = ring.config
        self.ended = False

    @property
    def waiting(self) -> int:
        """Packets that wait (after a flush, some of them may be void)."""
        return self.ring.words[TAIL] - self.ring.words[READ]

    @property
    def bytes(self) -> int:
        """Payload bytes that wait."""
        return self.ring.words[BYTES]

    def stats(self) -> dict[str, Any]:
        """See `LinkMeter.stats`."""
        return self.ring.stats()


class RingInbox:
    """The rings into one stage, read fairly by one thread. See `Inbox`, whose methods these are."""

    def __init__(self, node: NodeFile, slots: Slots) -> None:
        self.node = node
        self.slots = slots
        self.links = {port: RingLink(ring) for port, ring in node.rings.items()}
        self._ports = list(self.links)
        self._turn = 0
        self._open = len(self.links)
        self._flushes_at_get = 0
        self._taken: list[Any] = []  # what keeps the slots of packets in hand
        self._dealt: list[Any] = []  # likewise, until it is acknowledged

    def get(
        self, timeout: float | None, wants: Callable[[str], bool] = lambda port: True
    ) -> tuple[str, Message] | None:
        """See `Inbox.get`."""
        node, count = self.node, len(self._ports)
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            room: list[str] = []
            with node.lock:
                if self._dealt:
                    room = self._acknowledge()
                self.slots.settle()
                if node.words[CLOSED]:
                    raise Closed
                for step in range(count):
                    port = self._ports[(self._turn + step) % count]
                    link = self.links[port]
                    if link.ended:
                        continue
                    cell = link.ring.take(wants(port))
                    if cell is not None:
                        self._turn = (self._turn + step + 1) % count
                        self._flushes_at_get = node.words[FLUSHES]
                        if link.ring.words[WRITER_WAITS]:
                            link.ring.words[WRITER_WAITS] = 0
                            room.append(port)
                        break
                else:
                    cell = None
                    node.words[READER_WAITS] = 1
                    # Void cells, which have just been passed over, may have taken what a writer waits for.
                    room += [port for port, link in self.links.items() if link.ring.words[WRITER_WAITS]]
            for freed in room:
                node.room_bells[freed].ring()
            if cell is not None:
                return port, self._message(port, cell)
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                return None
            node.bell.wait(remaining)

    def _message(self, port: str, cell: Cell) -> Message:
        if cell.end:
            self.links[port].ended = True
            self._open -= 1
            return End()
        if cell.mark is not None:
            return Watermark(cell.mark)
        if cell.owner >= 0:
            buffers = self.slots.view(cell.owner, cell.slot, cell.layout)
            self._taken.append(buffers)  # the slot's bytes must stay, should the packet have to be given again
            if cell.slot & EXTRA:
                buffers = [_copy(buffer) for buffer in buffers]
        else:
            self._taken.append(cell)
            return to_packet(cell, cell.buffers)
        return to_packet(cell, buffers)

    def done(self) -> None:
        """See `Inbox.done`. The rings learn of it with the next `get`, which spares them a turn of the lock."""
        self._dealt += self._taken
        self._taken.clear()

    def _acknowledge(self) -> list[str]:
        """Let the rings forget what was dealt with; returns the ports whose writers wait for room."""
        self._dealt.clear()
        wake = []
        for port, link in self.links.items():
            link.ring.done()
            if link.ring.words[WRITER_WAITS]:
                link.ring.words[WRITER_WAITS] = 0
                wake.append(port)
        # In this order, so that whoever finds the packets dealt with need not know this number.
        meter = self.node.meter
        meter.set("emitted_acked", meter.get("emitted"))
        return wake

    @property
    def stale(self) -> bool:
        """See `Inbox.stale`."""
        return bool(self.node.words[FLUSHES] != self._flushes_at_get)

    def flush(self) -> int:
        """See `Inbox.flush`."""
        return self.node.flush(self.slots)

    def wake(self) -> None:
        """See `Inbox.wake`."""
        self.node.bell.ring()

    def close(self) -> None:
        """See `Inbox.close`."""
        self.node.close()

    @property
    def ended(self) -> bool:
        """See `Inbox.ended`."""
        return not self._open

    def stats(self) -> dict[str, dict[str, Any]]:
        """Counters of every link, by port."""
        return {port: link.stats() for port, link in self.links.items()}


class Outlet:
    """The writer's end of one ring.

    Args:
        node: the reader's file.
        port: which of its ports.
        number: the reader's place among the writer's, from 1.
    """

    def __init__(self, node: NodeFile, port: str, number: int) -> None:
        self.node = node
        self.number = number
        self.ring = node.rings[port]
        self.bell = node.room_bells[port]


class RingOutput:
    """A worker's output into the rings of its readers; a packet is packed, and its arrays are copied, once for all.

    Args:
        own: the writer's own file, whose meter says when it waits for room and for whom.
        slots: the writer's slots.
        outlets: the readers' ends by name, in order.
        private: readers that only get packets that are sent `to` them.
    """

    def __init__(self, own: NodeFile, slots: Slots, outlets: dict[str, Outlet], private: Sequence[str] = ()) -> None:
        self.own = own
        self.slots = slots
        self.outlets = outlets
        self._public = [name for name in outlets if name not in private]  # who gets what is sent to nobody by name
        self._needed = bool(self._public)
        self._closed = False

    def send(self, message: Message, to: str | None = None) -> None:
        """See `Output.send`."""
        if not self.outlets:
            return
        if not isinstance(message, Packet):
            names = list(self.outlets) if to is None else [to]
            self._each(names, self._tell, message)
            return
        names = self._public if to is None else [to]
        try:
            kind, head, buffers, size = pack(message)
        except Exception as error:
            raise DataError(
                f"{type(message.data).__name__} of stream {message.stream!r} cannot go to another process "
                f"({type(error).__name__}: {error}); give plain data"
            ) from error
        self.deliver(kind, head, buffers, size, message.seq, message.entered_ns, names)

    def deliver(
        self,
        kind: int,
        head: bytes,
        buffers: Sequence[memoryview],
        size: int,
        seq: int,
        entered_ns: int,
        names: Sequence[str] | None = None,
    ) -> None:
        """Deliver a packed packet (see `Packed`) to readers by name; to all of them unless told otherwise.

        Raises:
            Closed: as `send`.
            DataError: there is no room for its bytes; nobody has got it.
        """
        # What a process before ours has sent already is not sent again; `_try` makes sure of it under the lock.
        rings, pending = [], []
        for name in self._public if names is None else names:
            outlet = self.outlets.get(name)
            if outlet is not None and seq >= outlet.ring.words[NEXT_SEQ]:
                rings.append(outlet.ring)
                pending.append(name)
        if not pending:
            return
        inline = 0
        for buffer in buffers:
            inline += buffer.nbytes
        packed = Packed(kind, head, (), (), None, size, seq, entered_ns)
        taken = len(head) + PART.size * len(buffers)  # of a cell
        room = rings[0].room if len(rings) == 1 else min([ring.room for ring in rings])
        if taken + inline <= room:
            packed.buffers, packed.layout = buffers, [(0, buffer.nbytes) for buffer in buffers]
            self._each(pending, self._put, packed)
            return
        if not kind & SPILLED and taken > room:
            spilled = pickle.dumps((head, [buffer.nbytes for buffer in buffers]), protocol=5)
            slot, layout = self.slots.write([memoryview(spilled), *buffers])
            packed.kind, packed.head, packed.layout = kind | SPILLED, b"", [layout[0]]
            if buffers:  # as one, since a cell has no room for the places of very many
                packed.layout.append((layout[1][0], sum(layout[-1]) - layout[1][0]))
        else:
            slot, packed.layout = self.slots.find(buffers) or self.slots.write(buffers)
        packed.slot = slot.owner, slot.number
        try:
            self._each(pending, self._put, packed)
        finally:
            self.slots.unhold(slot)

    def _each(self, names: Sequence[str], act: Callable[[Outlet, Any], None], what: Any) -> None:
        for name in names:
            try:
                if name in self.outlets:
                    act(self.outlets[name], what)
            except Closed:
                del self.outlets[name]
                self._public = [name for name in self._public if name in self.outlets]
        if not self.outlets or (self._needed and not self._public):
            raise Closed

    def _tell(self, outlet: Outlet, message: Message) -> None:
        node = outlet.node
        with node.lock:
            if node.words[CLOSED]:
                raise Closed
            if isinstance(message, End):
                outlet.ring.words[ENDED] = 1
            elif isinstance(message, Watermark):
                outlet.ring.mark(message.time_ns)
            wake, node.words[READER_WAITS] = node.words[READER_WAITS], 0
        if wake:
            node.bell.ring()

    def _put(self, outlet: Outlet, packed: Packed) -> None:
        flushes = outlet.node.words[FLUSHES]
        if self._try(outlet, packed, flushes):
            return
        meter = self.own.meter
        meter.set("blocked_on", outlet.number)
        meter.set("blocked_since_ns", time.monotonic_ns())
        try:
            while not self._try(outlet, packed, flushes):
                outlet.bell.wait(None)
        finally:
            meter.set("blocked_since_ns", 0)
            meter.set("blocked_on", 0)

    def _try(self, outlet: Outlet, packed: Packed, flushes: int) -> bool:
        """Put a packet, unless the ring is full and blocks; the reader rings our bell when there is room.

        A packet that an interruption has found waiting for room is dropped as those are that it found in the ring.
        """
        node, ring = outlet.node, outlet.ring
        with node.lock:
            if node.words[CLOSED] or self._closed:
                raise Closed
            if packed.seq < ring.words[NEXT_SEQ]:
                return True  # sent already, before our process was killed
            if node.words[FLUSHES] != flushes:
                ring.refuse(packed.seq)
                return True
            while ring.full(packed.size):
                if ring.blocks:
                    ring.words[WRITER_WAITS] = 1
                    return False
                ring.drop_oldest(self.slots, node.index)
            ring.put(packed, None if packed.slot is None else self.slots.slot(*packed.slot))
            wake, node.words[READER_WAITS] = node.words[READER_WAITS], 0
        if wake:
            node.bell.ring()
        return True

    def next_seq(self) -> int:
        """See `Output.next_seq`."""
        return max((outlet.ring.words[NEXT_SEQ] for outlet in self.outlets.values()), default=0)

    def close(self) -> None:
        """See `Output.close`."""
        self._closed = True
        for outlet in list(self.outlets.values()):
            outlet.bell.ring()
