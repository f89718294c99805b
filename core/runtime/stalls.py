"""`Stalls`: finds stages that hold a run up, by their counters alone, and names them once."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping

from wugan.runtime.meter import Meter

log = logging.getLogger(__name__)

LOOK_S = 0.1


class Stalls:
    """Looks at meters now and then.

    Args:
        after_s: how long a stage may work on one packet, or its process say nothing, before it is named.
        kill_after_s: how long it may go on after an interruption with what it had in hand; `None`: as long as it likes.
    """

    def __init__(self, after_s: float, kill_after_s: float | None = None) -> None:
        self._after_ns = int(after_s * 1e9)
        self._kill_after_ns = None if kill_after_s is None else int(kill_after_s * 1e9)
        self._named: set[tuple[str, int]] = set()  # and since when
        self._interrupted_ns = 0
        self._interrupted_alone_ns: dict[str, int] = {}
        self._next_ns = 0

    def interrupted(self, names: Collection[str] | None = None) -> None:
        """The run, or the workers named, were interrupted just now."""
        now = time.monotonic_ns()
        if names is None:
            self._interrupted_ns = now
        else:
            self._interrupted_alone_ns.update(dict.fromkeys(names, now))

    def look(self, meters: Mapping[str, Meter]) -> list[str]:
        """Name stages that have stalled since the last look; returns those that are to be killed."""
        now = time.monotonic_ns()
        if now < self._next_ns:
            return []
        self._next_ns = now + int(LOOK_S * 1e9)
        unheeding = []
        for name, meter in meters.items():
            busy, beat = meter.get("busy_since_ns"), meter.get("beat_ns")
            if beat and now - beat > self._after_ns:
                self._name(
                    name, beat, f"says nothing for {(now - beat) / 1e9:.1f} s: it is stopped, or native code holds it"
                )
            elif busy and now - busy > self._after_ns:
                self._name(
                    name, busy, f"works on one packet for {(now - busy) / 1e9:.1f} s, and holds up what waits for it"
                )
            interrupted = max(self._interrupted_ns, self._interrupted_alone_ns.get(name, 0))
            if not busy or busy >= interrupted:
                continue
            since = now - interrupted
            if self._kill_after_ns is not None and since > self._kill_after_ns:
                unheeding.append(name)
                meter.set("busy_since_ns", 0)  # once
            elif since > self._after_ns:
                self._name(name, interrupted, "goes on with what it had in hand at the interruption")
        return unheeding

    def _name(self, name: str, since: int, what: str) -> None:
        if (name, since) not in self._named:
            self._named.add((name, since))
            log.warning("%r %s", name, what)
