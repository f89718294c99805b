"""Silence becomes a safe decision; the report counts."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any, cast

from wugan.apps.perception.decision import Action, Decision
from wugan.apps.perception.perceiver import Perceived, PerceivedObject
from wugan.apps.perception.pipeline import Report, contributions, drops_of, perceive
from wugan.runtime import Running


class Fake:
    """A run that lasts for so long; its lidar sends from the start."""

    def __init__(self, seconds: float, emitted: int = 1) -> None:
        self.end = time.monotonic() + seconds
        self.emitted = emitted

    def wait(self, timeout: float | None = None) -> bool:
        return time.monotonic() >= self.end

    def stats(self) -> dict[str, Any]:
        links = {"lidar": {"dropped": 3}, "camera": {"dropped": 0}}
        return {"lidar": {"emitted": self.emitted}, "proposals": {"links": links}}


def result(seq: int) -> Perceived:
    return Perceived(seq=seq, time_ns=seq * 100, age_ms=10.0 * seq, decision=Decision(action=Action.PROCEED))


def run(fake: Fake, *results: Perceived) -> list[Perceived]:
    lines: queue.Queue[Perceived] = queue.Queue()
    for one in results:
        lines.put(one)
    return list(perceive(lines, cast(Running, fake), patience_s=0.15))


def test_results_and_then_silence() -> None:
    seen = run(Fake(0.8), result(0), result(1))
    assert [one.seq for one in seen[:2]] == [0, 1]
    silent = seen[2:]
    assert len(silent) >= 2 and all(one.seq == -1 and one.decision.degraded for one in silent)
    assert silent[0].decision.action is Action.SLOW and silent[-1].decision.action is Action.STOP
    assert silent[0].time_ns == 100


def test_sweeps_of_which_none_becomes_a_result_are_silence_too() -> None:
    assert run(Fake(0.4))[0].decision.degraded
    assert run(Fake(0.4, emitted=0)) == []  # still warming up


def test_a_lidar_that_has_ended_ends_the_run() -> None:
    class Endless(Fake):
        """Its camera is live."""

        def stats(self) -> dict[str, Any]:
            return {"lidar": {"emitted": 2, "state": "ended"}}

        def stop(self) -> None:
            self.end = time.monotonic()

    assert [one.seq for one in run(Endless(3600), result(0), result(1))] == [0, 1]


def test_what_comes_in_time_is_given_as_it_is() -> None:
    lines: queue.Queue[Perceived] = queue.Queue()

    def send() -> None:
        for number in range(6):
            lines.put(result(number))
            time.sleep(0.02)

    thread = threading.Thread(target=send)
    thread.start()
    seen = list(perceive(lines, cast(Running, Fake(0.3)), patience_s=5))
    thread.join()
    assert [one.seq for one in seen] == list(range(6))


def test_the_report_counts() -> None:
    report = Report()
    for one in (*map(result, range(11)), result(3).model_copy(update={"seq": -1})):
        report.take(one)
    report.drops = drops_of(cast(Running, Fake(0)))
    assert report.plain() == {
        "results": 11,
        "silences": 1,
        "actions": {"proceed": 12},
        "age_p50_ms": 50.0,
        "age_p99_ms": 99.0,
        "drops": {"proposals:lidar": 3},
        "contributed": {"lidar": 1.0, "camera": 0.0, "ego-motion": 0.0},
    }


def test_a_sense_that_contributed_nothing_is_said_to_be_unused(thing: Callable[..., PerceivedObject]) -> None:
    report = Report()
    blind = thing(1, 9, 1).model_copy(update={"camera": 0.0})
    report.take(result(0).model_copy(update={"objects": (blind,)}))
    assert contributions(report.shares) == "lidar 100%, camera unused (0%), ego-motion unused (0%)"
    seen = blind.model_copy(update={"camera": 0.4})
    report.take(result(1).model_copy(update={"objects": (seen, thing(2, 9, 1, stage="tentative"))}))
    assert contributions(report.shares) == "lidar 100%, camera 50%, ego-motion unused (0%)"
    assert contributions({"camera": 0.001}) == "camera less than 1%"
