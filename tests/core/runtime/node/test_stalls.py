from __future__ import annotations

import logging
import time

import pytest

from wugan.runtime.node import meter as stalls
from wugan.runtime.node.meter import Meter, Stalls

SECOND = 1_000_000_000


class Time:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.now = 100 * SECOND

    def monotonic_ns(self) -> int:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


@pytest.fixture
def clock(monkeypatch) -> Time:
    made = Time()
    monkeypatch.setattr(stalls, "time", made)
    assert time.monotonic_ns() != made.now
    return made


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.WARNING)
    return lambda: [record.getMessage() for record in caplog.records]


def meter(clock: Time, busy: bool = False) -> Meter:
    made = Meter()
    made.set("beat_ns", clock.now)
    made.set("busy_since_ns", clock.now if busy else 0)
    return made


def go_on(clock: Time, found: Stalls, meters: dict[str, Meter], seconds: float, beats: bool = True) -> list[str]:
    """Let time pass in small steps, with a look at each."""
    to_kill = []
    for _ in range(round(seconds / 0.2)):
        clock.pass_s(0.2)
        for each in meters.values():
            if beats:
                each.set("beat_ns", clock.now)
        to_kill += found.look(meters)
    return to_kill


def test_a_stage_that_works_too_long_on_one_packet_is_named_once(clock, said):
    found, meters = Stalls(1.0, None), {"slow": meter(clock, busy=True), "idle": meter(clock)}
    go_on(clock, found, meters, 0.8)
    assert said() == []
    go_on(clock, found, meters, 5)
    (line,) = said()
    assert line.startswith("'slow' works on one packet for 1.2 s")


def test_the_next_packet_that_it_works_on_too_long_is_another_matter(clock, said):
    found, meters = Stalls(1.0, None), {"slow": meter(clock, busy=True)}
    go_on(clock, found, meters, 2)
    meters["slow"].set("busy_since_ns", clock.now)
    go_on(clock, found, meters, 2)
    assert len(said()) == 2


def test_a_process_that_says_nothing_is_named_as_such_and_once(clock, said):
    found, meters = Stalls(1.0, None), {"stopped": meter(clock, busy=True)}
    go_on(clock, found, meters, 5, beats=False)
    (line,) = said()
    assert line.startswith("'stopped' says nothing for 1.2 s")


def test_one_that_has_not_said_anything_yet_is_not_named(clock, said):
    found, meters = Stalls(1.0, None), {"new": Meter()}
    go_on(clock, found, meters, 5, beats=False)
    assert said() == []


def test_one_that_goes_on_after_an_interruption_is_killed_once(clock, said):
    found, meters = Stalls(5.0, 0.5), {"deaf": meter(clock, busy=True), "idle": meter(clock)}
    clock.pass_s(0.1)
    found.interrupted()
    assert go_on(clock, found, meters, 0.4) == []
    assert go_on(clock, found, meters, 3) == ["deaf"]
    assert said() == []


def test_one_that_began_after_the_interruption_is_not_to_blame(clock, said):
    found, meters = Stalls(5.0, 0.5), {"new": meter(clock)}
    found.interrupted()
    clock.pass_s(0.1)
    meters["new"].set("busy_since_ns", clock.now)
    assert go_on(clock, found, meters, 3) == []


def test_without_a_limit_one_that_does_not_heed_is_only_named_each_reason_once(clock, said):
    found, meters = Stalls(1.0, None), {"deaf": meter(clock, busy=True)}
    clock.pass_s(0.1)
    found.interrupted()
    assert go_on(clock, found, meters, 10) == []
    assert len(said()) == 2
    assert "works on one packet" in said()[0] and "at the interruption" in said()[1]


def test_it_does_not_look_at_every_call(clock, said):
    found, meters = Stalls(1.0, None), {"slow": meter(clock, busy=True)}
    found.look(meters)
    clock.pass_s(0.05)
    meters["slow"].set("busy_since_ns", clock.now - 2 * SECOND)
    found.look(meters)
    assert said() == []
    clock.pass_s(0.06)
    found.look(meters)
    assert len(said()) == 1
