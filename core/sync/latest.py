"""`latest`: each packet of the first stream with the newest of every other one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wugan.duration import to_ns
from wugan.packet import Packet
from wugan.sync.base import Arrival, Synchronizer, Window


class LatestSynchronizer(Synchronizer):
    """See `Latest`."""

    def __init__(self, streams: Sequence[str], policy: Latest) -> None:
        super().__init__(streams, arrival=policy)
        self.max_age = to_ns(policy.max_age)
        self.newest: dict[str, Packet[Any]] = {}
        self.used: set[str] = set()

    def wants(self, stream: str) -> bool:
        return True

    def push(self, stream: str, packet: Packet[Any]) -> list[Window]:
        if not self._admit(stream, packet):
            return []
        self.advance(stream, packet.time_ns)
        if stream != self.streams[0]:
            old = self.newest.get(stream)
            if old is not None and old.time_ns > packet.time_ns:
                self._drop(stream, packet, "late")
                return []
            if old is not None and stream not in self.used:
                self._drop(stream, old, "superseded")
            self.newest[stream] = packet
            self.used.discard(stream)
            return []
        fresh = {name: held for name, held in self.newest.items() if abs(packet.time_ns - held.time_ns) <= self.max_age}
        self.used.update(fresh)
        packets = {stream: packet, **{name: fresh[name] for name in self.streams if name in fresh}}
        return [Window(packet.time_ns, packets)]

    def low_watermark(self) -> float:
        return self.watermarks[self.streams[0]]

    def _late(self, stream: str, time_ns: int) -> bool:
        return stream == self.streams[0] and super()._late(stream, time_ns)

    def _ready(self) -> list[Window]:
        return []


@dataclass
class Latest(Arrival):
    """Each packet of the first stream triggers a window with the newest packet of every other stream.

    A packet may be used in several windows, and is left out once it is older than `max_age`. Nothing waits.

    Attributes:
        max_age: oldest packet that may still be used, such as `"1s"`, counted from the trigger's time.
    """

    max_age: str | float

    def __post_init__(self) -> None:
        super().__post_init__()
        to_ns(self.max_age)

    def synchronizer(self, streams: Sequence[str]) -> Synchronizer:
        """The state machine of this policy over these streams; the first is the trigger."""
        return LatestSynchronizer(streams, self)
