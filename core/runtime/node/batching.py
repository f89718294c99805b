"""Dynamic batching: the packets that wait in front of an encoder go into one call of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.runtime.links.memory import Inbox, Message
from wugan.stage import Encoder

if TYPE_CHECKING:
    from wugan.runtime.links.inbox import RingInbox

LOOK_S = 0.01  # how often a gathering that waits looks whether it was interrupted


class CalledOff(Exception):
    """A batch was not begun, since an interruption came first."""


@dataclass(slots=True)
class Gathered:
    """What came of a gathering.

    Attributes:
        packets: the batch; empty if an interruption took all of it.
        flushed: packets that an interruption took.
        after: what ended the gathering, to be handled after the batch: a watermark or the end.
    """

    packets: list[Packet[Any]] = field(default_factory=list)
    flushed: int = 0
    after: tuple[str, Message] | None = None


def gather(
    inbox: Inbox | RingInbox, first: Packet[Any], max_size: int, max_wait_s: float, interrupted: Callable[[], bool]
) -> Gathered:
    """Take packets from the inbox until the batch is full, the time is up, or something else than a packet comes.

    Args:
        inbox: where the first packet came from.
        first: the packet that the batch begins with.
        max_size: packets in the batch at most.
        max_wait_s: seconds to wait for others at most; 0 takes what is there.
        interrupted: whether there was an interruption since it was last asked. A flush of the inbox must be one step
            with it: what was taken before is void, what comes after is not.
    """
    found = Gathered([first])
    deadline = time.monotonic() + max_wait_s
    while len(found.packets) < max_size:
        wait = max(0.0, deadline - time.monotonic())
        got = inbox.get(min(wait, LOOK_S))
        if interrupted():
            found.flushed += len(found.packets)
            found.packets.clear()
        if got is None:
            if wait > LOOK_S and found.packets:
                continue
            break
        port, message = got
        if not isinstance(message, Packet):
            found.after = port, message
            break
        if inbox.stale:
            found.flushed += 1
            continue
        if not found.packets:
            deadline = time.monotonic() + max_wait_s
        found.packets.append(message)
    if found.packets and interrupted():
        found.flushed += len(found.packets)
        found.packets.clear()
    return found


def encode(where: str, component: Encoder[Any, Any], packets: Sequence[Packet[Any]]) -> Any:
    """Encode packets in one call.

    Returns:
        What the encoder gave: a sequence with an output, or `None`, for each packet.

    Raises:
        DataError: it gave something else; names `where`.
    """
    outputs: Any = component.encode(packets)
    if not hasattr(outputs, "__len__") or not hasattr(outputs, "__getitem__"):
        raise DataError(
            f"{where} must give a list with one output for each packet on its output port, got {type(outputs).__name__}"
        )
    if len(outputs) != len(packets):
        many = "packet" if len(packets) == 1 else "packets"
        raise DataError(f"{where} got {len(packets)} {many} and gave {len(outputs)} outputs on its output port")
    return outputs
