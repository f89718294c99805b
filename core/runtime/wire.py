"""Wires: how packets reach a link in another process of the same machine.

Large arrays go through shared-memory slots, the rest through a Unix socket. The reader's `Link` holds the policy and
the counters; under `block` the writer spends one credit for each packet and gets it back when the packet is taken.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import threading
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from wugan.packet import Packet
from wugan.runtime.link import Closed, Inbox, Message
from wugan.runtime.payload import decode, encode
from wugan.runtime.slots import SlotPool, SlotReader, slot_folder

log = logging.getLogger(__name__)

# Whoever may open the socket file may send us pickles; the key keeps out other users of the machine.
KEY_BYTES = 32


def new_key() -> bytes:
    """A secret for the wires of one run."""
    return os.urandom(KEY_BYTES)


class Dock:
    """Where wires arrive for one inbox.

    Args:
        inbox: the links that messages are put into.
        name: file name of the socket, unique on the machine.
        key: the run's secret.
    """

    def __init__(self, inbox: Inbox, name: str, key: bytes) -> None:
        self.inbox = inbox
        self.address = str(slot_folder() / f"{name}.sock")
        Path(self.address).unlink(missing_ok=True)
        self._listener = Listener(self.address, family="AF_UNIX", authkey=key)
        self._connections: list[Connection] = []
        self._closed = False
        threading.Thread(target=self._accept, name=f"dock-{name}", daemon=True).start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection = self._listener.accept()
            except Exception as error:  # a wrong key, or the listener was closed
                if not self._closed:
                    log.warning("a wire was refused: %s", error)
                    continue
                return
            self._connections.append(connection)
            threading.Thread(target=self._receive, args=(connection,), daemon=True).start()

    def _receive(self, connection: Connection) -> None:
        replies: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        threading.Thread(target=self._reply, args=(connection, replies), daemon=True).start()
        reader = SlotReader()
        try:
            port = connection.recv()
            link = self.inbox.links[port]
            link.on_taken = lambda count: replies.put(("taken", count))
            while True:
                message, pickled, slot, inline = pickle.loads(connection.recv_bytes())
                if message is None:
                    message = decode(pickled, _buffers(reader, slot, inline, replies))
                link.put(message)
                del message  # or a drained stream would keep its last packet's slot
        except (EOFError, OSError, Closed):
            pass
        finally:
            replies.put(None)
            connection.close()

    @staticmethod
    def _reply(connection: Connection, replies: queue.SimpleQueue[tuple[str, Any] | None]) -> None:
        # A thread of its own, because slots are given back from garbage collection, where no lock may be taken.
        try:
            while (reply := replies.get()) is not None:
                connection.send(reply)
        except (OSError, ValueError):
            pass

    def close(self) -> None:
        """Refuse new wires and cut those that stand."""
        self._closed = True
        try:  # closing a socket does not wake accept(); a last visitor does
            Client(self.address, family="AF_UNIX").close()
        except Exception:  # the handshake may fail; the visit is what counts
            pass
        self._listener.close()
        for connection in self._connections:
            connection.close()
        Path(self.address).unlink(missing_ok=True)


def _buffers(reader: SlotReader, slot: Any, inline: list[bytes], replies: queue.SimpleQueue[Any]) -> list[Any]:
    if slot is None:
        return inline
    name, size, layout = slot
    return list(reader.view(name, size, layout, lambda: replies.put(("released", name))))


class Wire:
    """The writer's end of a connection to one port of one inbox."""

    def __init__(self, address: str, port: str, key: bytes, credits: int | None, pool: SlotPool) -> None:
        self._connection: Connection = Client(address, family="AF_UNIX", authkey=key)
        self._connection.send(port)
        self._pool = pool
        self._credits = credits
        self._condition = threading.Condition()
        self._broken = False
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                kind, value = self._connection.recv()
                if kind == "released":
                    self._pool.release(value, self)
                elif self._credits is not None:
                    with self._condition:
                        self._credits += value
                        self._condition.notify()
        except (EOFError, OSError, TypeError):
            self.close()
            self._pool.forget(self)

    def wait_for_room(self) -> None:
        """Spend one credit, waiting for it under the `block` policy. Raises `Closed` when the wire is cut."""
        with self._condition:
            while self._credits == 0 and not self._broken:
                self._condition.wait()
            if self._broken:
                raise Closed
            if self._credits is not None:
                self._credits -= 1

    def send_bytes(self, message: bytes) -> None:
        """Send one framed message. Raises `Closed` when the wire is cut."""
        try:
            self._connection.send_bytes(message)
        except (OSError, ValueError) as error:
            raise Closed from error

    def close(self) -> None:
        """Cut the wire and wake whoever waits on it."""
        with self._condition:
            self._broken = True
            self._condition.notify_all()
        try:
            self._connection.close()
        except OSError:
            pass


class WireOutput:
    """A worker's output over wires: encodes a packet once for all its readers."""

    def __init__(self, pool: SlotPool) -> None:
        self.pool = pool
        self.wires: list[Wire] = []

    def send(self, message: Message) -> None:
        """Deliver to every reader; raises `Closed` once every one is gone or the run was cancelled."""
        if not self.wires:
            return
        if not isinstance(message, Packet):
            framed = pickle.dumps((message, None, None, []), protocol=5)
            self._each(lambda wire: wire.send_bytes(framed))
            return
        self._each(Wire.wait_for_room)
        pickled, buffers = encode(message)
        slot = self.pool.write(buffers, self.wires) if buffers else None
        inline = [] if slot else [bytes(buffer) for buffer in buffers]
        framed = pickle.dumps((None, pickled, slot, inline), protocol=5)
        self._each(lambda wire: wire.send_bytes(framed))

    def _each(self, act: Callable[[Wire], None]) -> None:
        for wire in list(self.wires):
            try:
                act(wire)
            except Closed:
                self.wires.remove(wire)
                self.pool.forget(wire)
        if not self.wires:
            raise Closed

    def close(self) -> None:
        """Cut all wires; the slots go when the run ends."""
        for wire in self.wires:
            wire.close()
