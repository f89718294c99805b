"""`Hold`: what was said and heard at one moment, with the last scan so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wugan.packet import Packet
from wugan.sync import Interpolate
from wugan.sync.base import Synchronizer
from wugan.sync.interpolate import InterpolateSynchronizer


def earlier(a: Any, b: Any, weight: float) -> Any:
    """What was there first; for streams that do not mix."""
    return a


class HoldSynchronizer(InterpolateSynchronizer):
    """See `Hold`."""

    def __init__(self, streams: Sequence[str], policy: Hold) -> None:
        super().__init__(streams, policy)
        self.held = frozenset(policy.held)

    def _certain(self, stream: str, time_ns: int) -> bool:
        before, _ = self._neighbours(stream, time_ns)
        there = stream not in self.held and before is not None and before.time_ns == time_ns
        return there or self.watermarks[stream] > time_ns

    def _at(self, stream: str, time_ns: int) -> Packet[Any] | None:
        before, _ = self._neighbours(stream, time_ns)
        if before is None or (stream not in self.held and before.time_ns != time_ns):
            return None
        self.used.add(id(before))
        return before


@dataclass
class Hold(Interpolate):
    """Each packet of the reference stream with those of the same moment, and with the last so far of the held streams.

    It waits until no packet can come any more that would change the window, so that a recording gives the same windows
    on every runtime.

    Attributes:
        held: names of the streams of which the last packet counts, however old it is.
    """

    max_gap: str | float = "0ms"
    held: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.mix = earlier
        super().__post_init__()

    def synchronizer(self, streams: Sequence[str]) -> Synchronizer:
        """The state machine of this policy over these streams."""
        return HoldSynchronizer(streams, self)
