"""Wires: how packets reach a link in another process of the same machine.

Large arrays go through shared-memory slots, the rest through a Unix socket. The reader's `Link` holds the policy and
the counters; under `block` the writer waits by the same rule, told by the reader which packets have been taken.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import pickle
import queue
import socket
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.runtime.link import Closed, End, Inbox, Link, LinkConfig, Message, Undelivered
from wugan.runtime.payload import decode, encode, payload_bytes
from wugan.runtime.slots import SlotPool, SlotReader, slot_folder

log = logging.getLogger(__name__)

# Whoever may open the socket file may send us pickles; the key keeps out other users of the machine.
KEY_BYTES = 32


def new_key() -> bytes:
    """A secret for the wires of one run."""
    return os.urandom(KEY_BYTES)


def _cut(connection: Connection) -> None:
    """End a connection and wake whoever waits on either end; closing it would not, and would free its number."""
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as handle:
            handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is cut already


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
                if self._closed:
                    return
                log.warning("a wire was refused: %s", error)
                time.sleep(0.05)  # what is wrong may last (no more file handles)
                continue
            self._connections.append(connection)
            threading.Thread(target=self._receive, args=(connection,), daemon=True).start()

    def _receive(self, connection: Connection) -> None:
        replies: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        replier = threading.Thread(target=self._reply, args=(connection, replies), daemon=True)
        replier.start()
        reader = SlotReader()
        link: Link | None = None
        ended = False
        try:
            link = self.inbox.links[connection.recv()]
            link.on_taken = lambda count, size: replies.put(("taken", (count, size)))
            link.on_closed = functools.partial(_cut, connection)
            if link.closed:  # before it could tell us
                raise Closed
            while True:
                message, pickled, slot, inline, size = pickle.loads(connection.recv_bytes())
                if message is None:
                    message = _unpack(pickled, reader, slot, inline, replies)
                ended = isinstance(message, End)
                link.put(message, size)
                del message, inline  # or a drained stream would keep its last packet's slot
        except (EOFError, OSError, Closed):
            pass
        finally:
            with contextlib.suppress(Closed):
                if link is not None and not ended:  # the writer was killed: what it sent is still worth draining
                    link.put(End())
            _cut(connection)
            replies.put(None)
            replier.join()
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
        for connection in list(self._connections):
            _cut(connection)
        Path(self.address).unlink(missing_ok=True)


def _unpack(
    pickled: bytes, reader: SlotReader, slot: Any, inline: list[bytes], replies: queue.SimpleQueue[Any]
) -> Packet[Any]:
    try:
        buffers: list[Any] = list(inline)
        if slot is not None:
            name, size, layout = slot
            buffers = reader.view(name, size, layout, lambda: replies.put(("released", name)))
        return decode(pickled, buffers)
    except Exception as error:  # a class that this process cannot import; the stage's dead letters will tell
        return Packet("", 0, 0, Undelivered(error))


class Wire:
    """The writer's end of a connection to one port of one inbox."""

    def __init__(self, address: str, port: str, key: bytes, link: LinkConfig, pool: SlotPool) -> None:
        self._connection: Connection = Client(address, family="AF_UNIX", authkey=key)
        self._connection.send(port)
        self._pool = pool
        self._link = link
        self._waiting = self._bytes = 0  # sent and not taken yet
        self._condition = threading.Condition()
        self._broken = False
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                kind, value = self._connection.recv()
                if kind == "released":
                    self._pool.release(value, self)
                    continue
                with self._condition:
                    self._waiting -= value[0]
                    self._bytes -= value[1]
                    self._condition.notify()
        except (EOFError, OSError):
            self.close()
            self._pool.forget(self)

    def wait_for_room(self, size: int) -> None:
        """Under the `block` policy wait until the link has room. Raises `Closed` when the wire is cut."""
        with self._condition:
            while (
                self._link.policy == "block" and self._link.full(self._waiting, self._bytes, size) and not self._broken
            ):
                self._condition.wait()
            if self._broken:
                raise Closed
            self._waiting += 1
            self._bytes += size

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
        _cut(self._connection)


class WireOutput:
    """A worker's output over wires: encodes a packet once for all its readers."""

    def __init__(self, pool: SlotPool) -> None:
        self.pool = pool
        self.wires: list[Wire] = []

    def send(self, message: Message) -> None:
        """Deliver to every reader.

        Raises:
            Closed: every reader is gone or the run was cancelled.
            DataError: the packet holds something that cannot leave this process; nobody has got it.
        """
        if not self.wires:
            return
        if not isinstance(message, Packet):
            framed = pickle.dumps((message, None, None, [], 0), protocol=5)
            self._each(lambda wire: wire.send_bytes(framed))
            return
        size = payload_bytes(message.data)
        try:
            pickled, buffers = encode(message)
        except Exception as error:
            raise DataError(
                f"{type(message.data).__name__} of stream {message.stream!r} cannot go to another process "
                f"({type(error).__name__}: {error}); give plain data"
            ) from error
        self._each(lambda wire: wire.wait_for_room(size))
        slot = self.pool.write(buffers, self.wires) if buffers else None
        inline = [] if slot else [bytes(buffer) for buffer in buffers]
        framed = pickle.dumps((None, pickled, slot, inline, size), protocol=5)
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
        for wire in list(self.wires):
            wire.close()
