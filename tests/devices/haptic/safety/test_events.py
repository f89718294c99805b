"""Safety events: one line each, a bounded ring, every period counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.safety import Code, Events, SafetyEvent
from wugan.devices.haptic.safety.events import CAPACITY, QUIET_NS
from wugan.errors import DataError

DOCS = Path(__file__).resolve().parents[4] / "docs" / "senses" / "haptics-safety.md"


@settings(max_examples=30)
@given(st.sampled_from(Code), st.integers(0, 2**63), st.text(max_size=50))
def test_json_gives_the_same_event_in_one_line(code: Code, time_ns: int, detail: str) -> None:
    event = SafetyEvent(code, time_ns, detail)
    line = event.to_json()
    assert "\n" not in line and SafetyEvent.from_json(line) == event
    assert json.loads(line)["number"] == int(code) and json.loads(line)["code"] == code.reason


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", "3", '{"code": "nonsense", "time_ns": 1}', '{"code": "lost", "time_ns": "x"}']
)
def test_other_lines_are_refused(line: str) -> None:
    with pytest.raises(DataError, match="safety event"):
        SafetyEvent.from_json(line)


def test_the_ring_keeps_the_newest_and_counts_what_it_dropped() -> None:
    events = Events(capacity=3)
    for number in range(5):
        events.add(Code.LOST, number)
    assert [event.time_ns for event in events] == [2, 3, 4]
    assert (events.total, events.dropped, len(events)) == (5, 2, 3)
    assert events.counts == {Code.LOST: 5}


def test_a_reader_gets_each_event_once() -> None:
    events = Events(capacity=3)
    events.add(Code.CONNECTED, 1)
    events.add(Code.READY, 2)
    seen = events.total
    assert [event.code for event in events.since(0)] == [Code.CONNECTED, Code.READY]
    assert events.since(seen) == []
    events.add(Code.LOST, 3)
    assert [event.code for event in events.since(seen)] == [Code.LOST]


def test_a_condition_that_lasts_does_not_wash_others_out() -> None:
    events = Events()
    events.add(Code.ESTOP, 0)
    for period in range(20_000):
        if events.begins(Code.CAPPED, period * 1_000_000):
            events.add(Code.CAPPED, period * 1_000_000)
    assert [event.code for event in events] == [Code.ESTOP, Code.CAPPED]
    assert events.counts[Code.CAPPED] == 20_000
    assert events.begins(Code.CAPPED, 20_000 * 1_000_000 + QUIET_NS)
    assert len(events) < CAPACITY


def test_numbers_are_as_they_were_written_to_logs() -> None:
    expected = {
        "CONNECTED": 1,
        "LOST": 3,
        "EXPIRED": 5,
        "ESTOP": 6,
        "STATE_NON_FINITE": 21,
        "CAPPED": 40,
        "HARD_STOP": 44,
    }
    assert {name: int(Code[name]) for name in expected} == expected
    assert len({int(code) for code in Code}) == len(Code)


def test_every_code_is_explained_in_the_documentation() -> None:
    page = DOCS.read_text(encoding="utf-8")
    missing = [code.reason for code in Code if f"| {int(code)} | `{code.reason}` |" not in page]
    assert not missing
