"""`perceive`: runs the pipeline, and gives a decision also where none comes out of it."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wugan.apps.perception.decision import Limits, silent
from wugan.apps.perception.perceived import Perceived
from wugan.runtime import Running

_TICK_S = 0.01
_LOOK_S = 0.2  # how often it is looked whether the lidar has ended


@dataclass
class Report:
    """How a run went.

    Attributes:
        results: sweeps that a decision came from.
        silences: decisions that were made because no result came.
        actions: how often each action was given.
        ages_ms: age of each result when it was decided.
        drops: packets passed over, by node and stream.
    """

    results: int = 0
    silences: int = 0
    actions: dict[str, int] = field(default_factory=dict)
    ages_ms: list[float] = field(default_factory=list)
    drops: dict[str, int] = field(default_factory=dict)

    def take(self, result: Perceived) -> None:
        """Count one result."""
        if result.seq < 0:
            self.silences += 1
        else:
            self.results += 1
            self.ages_ms.append(result.age_ms)
        action = result.decision.action.value
        self.actions[action] = self.actions.get(action, 0) + 1

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        ages = [round(float(np.percentile(self.ages_ms, q)), 1) for q in (50, 99)] if self.ages_ms else [None, None]
        return {
            "results": self.results,
            "silences": self.silences,
            "actions": self.actions,
            "age_p50_ms": ages[0],
            "age_p99_ms": ages[1],
            "drops": self.drops,
        }


def perceive(
    results: queue.Queue[Perceived], running: Running, limits: Limits | None = None, patience_s: float = 0.25
) -> Iterator[Perceived]:
    """Results as they come, and a safe decision for every `patience_s` without one, until the sweeps end.

    Silence counts from the first sweep on: before it, stages warm up. A lidar that plays files ends, and with it the
    run, also where the camera would go on for ever.

    Args:
        results: where a sink of the node `decision` puts them.
        running: the pipeline that runs.
        limits: of the decision.
        patience_s: longest wait for a result.

    Raises:
        RuntimeFailure: a source failed or a stage died for good; what had come was given before.
    """
    last: Perceived | None = None
    heard = told = looked = 0.0
    ended = started = False
    while not ended or not results.empty():
        try:
            last = results.get(timeout=_TICK_S)
            heard, told, started = time.monotonic(), time.monotonic(), True
            yield last
            continue
        except queue.Empty:
            pass
        ended = ended or running.wait(0)
        now = time.monotonic()
        if now - looked > _LOOK_S:
            looked = now
            lidar = running.stats().get("lidar", {})
            started = started or lidar.get("emitted", 0) > 0
            if lidar.get("state") == "ended" and not ended:
                running.stop()
        if not started:
            heard = told = now
        elif not ended and now - told > patience_s:
            told = now
            time_ns = last.time_ns if last is not None else 0
            yield Perceived(seq=-1, time_ns=time_ns, age_ms=(now - heard) * 1e3, decision=silent(now - heard, limits))


def drops_of(running: Running) -> dict[str, int]:
    """Packets passed over by links, as `node:stream`, and by sources, as `node`.

    Pictures that no sweep used are not among them.
    """
    found: dict[str, int] = {}
    for node, stats in running.stats().items():
        if stats.get("missed"):
            found[node] = int(stats["missed"])
        for stream, link in stats.get("links", {}).items():
            if link.get("dropped"):
                found[f"{node}:{stream}"] = int(link["dropped"])
    return found
