"""What is counted of a node while it runs: `Meter`, `LinkMeter`, `Tally` of failures; and `Stalls`, which reads meters.

A meter is a row of 64-bit words over any buffer: its own, or shared memory that outlives the process that counts.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wugan.errors import RuntimeFailure

# One word each. The order is the layout in memory: append only.
COUNTERS = (
    "handled",  # packets taken from the links, or read by a source
    "emitted",  # packets sent; the next one's seq
    "emitted_acked",  # `emitted` when the last packet taken was done with: where a new process goes on
    "failed",  # packets in the dead letters
    "flushed",  # packets dropped by an interruption
    "lost",  # packets that a dead process held and nobody can give back
    "redelivered",  # packets given again to a new process
    "restarts",  # new processes, or a device's new connections
    "held",  # packets that the operator holds back now
    "beat_ns",  # when its process was last seen, by time.monotonic_ns()
    "busy_since_ns",  # since when the component works on a packet; 0: it does not
    "blocked_since_ns",  # since when it waits for room in a reader's link; 0: it does not
    "blocked_on",  # which reader, 1 for the first; 0: none
    "busy_ns",  # time spent in the component
    "state",  # an index into STATES
    "pid",
    "batches",  # calls with gathered packets
    "batched",  # packets in these calls
    "missed",  # what a device captured and nobody got: packets, of a microphone samples
)
# Where those are that are counted for every packet, which takes no look at their names.
HANDLED, EMITTED, BUSY_SINCE, BUSY = map(COUNTERS.index, ("handled", "emitted", "busy_since_ns", "busy_ns"))
STATES = ("starting", "running", "ended", "failed", "dead", "restarting", "reconnecting")

SUB = 8  # buckets per octave of a histogram: an error of 6 % at most
OCTAVES = 32  # from 1 us to an hour
BUCKETS = SUB * OCTAVES


def bucket_ms(index: int) -> float:
    """The middle of a bucket, in milliseconds."""
    if index < SUB:
        return (index + 0.5) * 1.024e-3
    shift = (index >> 3) - 1
    return ((index - (shift << 3)) + 0.5) * (1 << shift) * 1.024e-3


def quantile_ms(words: Any, share: float) -> float:
    """A quantile of a histogram (a row of `BUCKETS` counts), in milliseconds; 0 where nothing was counted."""
    counts = list(words)
    wanted = share * sum(counts)
    seen = 0
    for index, count in enumerate(counts):
        seen += count
        if count and seen >= wanted:
            return round(bucket_ms(index), 4)
    return 0.0


def bucket(ns: int) -> int:
    """The bucket of a duration."""
    us = ns >> 10
    if us < SUB:
        return us if us > 0 else 0
    shift = us.bit_length() - 4
    index = (shift << 3) + (us >> shift)
    return index if index < BUCKETS else BUCKETS - 1


class Words:
    """Named counters and histograms in a row of 64-bit words. Only one thread, or one under a lock, counts each.

    Args:
        memory: a buffer of `size(...)` bytes; default one of its own.
    """

    counters: ClassVar[tuple[str, ...]] = ()
    histograms: ClassVar[tuple[str, ...]] = ()
    index: ClassVar[dict[str, int]]
    starts: ClassVar[dict[str, int]]
    nbytes: ClassVar[int]

    def __init_subclass__(cls) -> None:
        cls.index = {name: index for index, name in enumerate(cls.counters)}
        cls.starts = {name: len(cls.counters) + index * BUCKETS for index, name in enumerate(cls.histograms)}
        cls.nbytes = 8 * (len(cls.counters) + len(cls.histograms) * BUCKETS)

    def __init__(self, memory: Any = None) -> None:
        whole = memoryview(bytearray(self.nbytes) if memory is None else memory).cast("B")
        self.words = whole[: self.nbytes].cast("Q")

    def get(self, name: str) -> int:
        """A counter's value."""
        return int(self.words[self.index[name]])

    def set(self, name: str, value: int) -> None:
        """Set a counter."""
        self.words[self.index[name]] = value

    def add(self, name: str, count: int = 1) -> None:
        """Add to a counter."""
        self.words[self.index[name]] += count

    def time(self, histogram: str, ns: int) -> None:
        """Count a duration in a histogram."""
        self.words[self.starts[histogram] + bucket(ns)] += 1

    def quantile(self, histogram: str, share: float) -> float:
        """A quantile in milliseconds."""
        start = self.starts[histogram]
        return quantile_ms(self.words[start : start + BUCKETS], share)

    def release(self) -> None:
        """Let go of the memory, so that its file can be unmapped."""
        self.words.release()


class Meter(Words):
    """The words of one node; see `COUNTERS`."""

    counters = COUNTERS
    histograms = ("latency", "age")  # time in the component; age of a packet when it was done with

    def stats(self) -> dict[str, Any]:
        """Counters and timings, as `Running.stats()` gives them for a node."""
        now = time.monotonic_ns()
        busy, blocked = self.get("busy_since_ns"), self.get("blocked_since_ns")
        return {
            "state": STATES[self.get("state")],
            **{name: self.get(name) for name in COUNTERS[:9] if name != "emitted_acked"},
            "missed": self.get("missed"),
            "busy_s": round(self.get("busy_ns") / 1e9, 4),
            "busy_now_s": round((now - busy) / 1e9, 3) if busy else 0.0,
            "blocked_now_s": round((now - blocked) / 1e9, 3) if blocked else 0.0,
            "batches": (batches := self.get("batches")),
            "batch_mean": round(self.get("batched") / batches, 2) if batches else 0.0,
            "p50_ms": self.quantile("latency", 0.5),
            "p99_ms": self.quantile("latency", 0.99),
            "age_p50_ms": self.quantile("age", 0.5),
            "age_p99_ms": self.quantile("age", 0.99),
            "pid": self.get("pid"),
        }


class LinkMeter(Words):
    """The words of one link."""

    counters = ("in", "out", "dropped", "waiting", "bytes")
    histograms = ("wait", "age")  # time in the queue; age of a packet when it was taken

    def took(self, wait_ns: int, age_ns: int) -> None:
        """Count a packet that was taken."""
        words, first = self.words, len(LinkMeter.counters)  # not by name: this is done for every packet
        words[1] += 1
        words[first + bucket(wait_ns)] += 1
        words[first + BUCKETS + bucket(age_ns)] += 1

    def stats(self) -> dict[str, Any]:
        """Packets in, out, dropped and waiting, bytes waiting, and how long packets waited and how old they were."""
        return {
            **{name: self.get(name) for name in self.counters},
            "wait_p50_ms": self.quantile("wait", 0.5),
            "wait_p99_ms": self.quantile("wait", 0.99),
            "age_p50_ms": self.quantile("age", 0.5),
            "age_p99_ms": self.quantile("age", 0.99),
        }


JUDGED_AFTER = 20  # packets; before that, one bad packet would be a large share


@dataclass(slots=True)
class Tally:
    """What became of the packets of one node, its replicas' together.

    Attributes:
        tried: packets (of a join: windows) given to the component.
        failed: those of them that are in the dead letters.
        first: the first error.
    """

    tried: int = 0
    failed: int = 0
    first: str = ""

    def fail(self, error: str) -> None:
        """Count a failure."""
        self.failed += 1
        self.first = self.first or error

    def judge(self, share: float, ended: bool) -> None:
        """Say whether the node may go on.

        Args:
            share: see `NodeOptions.max_failed_share`; 0 lets none fail.
            ended: its stream has ended.

        Raises:
            RuntimeFailure: too many have failed; names how many and the first error.
        """
        if not self.failed or share >= 1:
            return
        if self.failed >= self.tried and (ended or self.tried >= JUDGED_AFTER):
            raise RuntimeFailure(f"all {self.tried or 1} packets failed, the first with {self.first}")
        if self.tried >= (JUDGED_AFTER if share else 1) and self.failed > share * self.tried:
            raise RuntimeFailure(
                f"{self.failed} of {self.tried} packets failed, which is more than max_failed_share={share:g} allows, "
                f"the first with {self.first}"
            )


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
