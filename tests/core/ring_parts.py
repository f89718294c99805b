"""Rings between two ends in one process, for tests: each end has its own file handles, as two processes would."""

from __future__ import annotations

import itertools

from wugan.packet import Packet
from wugan.runtime.link import Message
from wugan.runtime.ring import NodeFile
from wugan.runtime.ring_inbox import Outlet, RingInbox, RingOutput
from wugan.runtime.shared import run_prefix, sweep
from wugan.runtime.slots import Slots

_numbers = itertools.count()


class WriterLink:
    """One port as the tests of `Link` use it: `put` at the writer's end, the rest at the reader's."""

    def __init__(self, output: RingOutput, link) -> None:
        self._output = output
        self._link = link

    def put(self, message: Message) -> None:
        self._output.send(message)

    def __getattr__(self, name: str):
        return getattr(self._link, name)


class Rings:
    """A `RingInbox`, with a writer for each of its ports."""

    def __init__(self, links) -> None:
        self.prefix = run_prefix(f"test{next(_numbers)}")
        reader_index, nodes = len(links), len(links) + 1
        for index in range(len(links)):
            NodeFile.make(self.prefix, index, {})
        NodeFile.make(self.prefix, reader_index, links)
        self.node = NodeFile(self.prefix, reader_index, links)
        self.slots = Slots(self.prefix, reader_index, nodes, self.node.lock)
        self.inbox = RingInbox(self.node, self.slots)
        self.outputs = {}
        for index, port in enumerate(links):
            own = NodeFile(self.prefix, index, {})
            slots = Slots(self.prefix, index, nodes, own.lock)
            outlet = Outlet(NodeFile(self.prefix, reader_index, links), port, 1)
            self.outputs[port] = RingOutput(own, slots, {"reader": outlet})
        self.links = {port: WriterLink(self.outputs[port], link) for port, link in self.inbox.links.items()}

    def __getattr__(self, name: str):
        return getattr(self.inbox, name)

    def remove(self) -> None:
        sweep(self.prefix)


def numbered(seq: int, data) -> Packet:
    return Packet("in", seq, seq, data)
