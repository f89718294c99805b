from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import cast

import pytest

from wugan.devices.haptic.log import SafetyLog
from wugan.devices.haptic.safety.events import Code, SafetyEvent
from wugan.devices.haptic.servo.memory import EVENT_BYTES, Ring, pack_event
from wugan.errors import DeviceError
from wugan.privacy.audit import AuditTrail, verify


def ring(*events: SafetyEvent, slots: int = 8) -> Ring:
    made = Ring(memoryview(bytearray(Ring.bytes_for(slots, EVENT_BYTES))), slots, EVENT_BYTES)
    for event in events:
        made.append(pack_event(event))
    return made


def test_each_event_is_kept_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    heard: list[SafetyEvent] = []
    log = SafetyLog("hand", tmp_path / "sub" / "events.jsonl", heard.append)
    log.check()
    events = ring(SafetyEvent(Code.CONNECTED, 1_000), SafetyEvent(Code.ESTOP, 2_000, "by the device"))
    assert len(log.drain(events)) == 2
    assert log.drain(events) == []
    events.append(pack_event(SafetyEvent(Code.RELEASED, 3_000)))
    log.drain(events)
    lines = [json.loads(line) for line in (tmp_path / "sub" / "events.jsonl").read_text().splitlines()]
    assert [line["code"] for line in lines] == ["connected", "estop", "released"] == [e.code.reason for e in heard]
    assert lines[1]["detail"] == "by the device"
    assert all(line["device"] == "hand" and line["time"].endswith("+00:00") for line in lines)
    assert [(record.levelname, record.message) for record in caplog.records][1] == (
        "WARNING",
        "hand: estop: by the device",
    )


def test_an_event_that_comes_while_it_reads_is_told_once() -> None:
    events = ring(SafetyEvent(Code.CONNECTED, 1))

    class Late:
        @property
        def head(self) -> int:
            before = events.head
            events.append(pack_event(SafetyEvent(Code.ESTOP, 2)))
            return before

        after = staticmethod(events.after)

    log = SafetyLog("hand")
    late = cast(Ring, Late())
    told = log.drain(late) + log.drain(late)
    events.append(pack_event(SafetyEvent(Code.RELEASED, 3)))
    told += log.drain(late)
    numbers = [event.time_ns for event in told]
    assert numbers == sorted(set(numbers)) and numbers[-1] == 3


def test_what_the_ring_has_lost_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    log = SafetyLog("hand")
    log.drain(ring(*[SafetyEvent(Code.BRAKED, number) for number in range(12)]))
    assert log.missed == 4
    assert "4 safety events were overwritten" in caplog.text


def test_events_go_to_an_audit_trail(tmp_path: Path) -> None:
    trail = AuditTrail(tmp_path / "trail.jsonl")
    log = SafetyLog("hand", callback=lambda e: trail.record(f"haptic-{e.code.reason}", detail=e.detail))
    log.drain(ring(SafetyEvent(Code.ESTOP, 1, "button"), SafetyEvent(Code.LOST, 2)))
    assert verify(trail.path).entries == 2


def test_a_file_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DeviceError, match="cannot be kept"):
        SafetyLog("hand", tmp_path / "file" / "events.jsonl").check()
    SafetyLog("hand", tmp_path / "gone" / "events.jsonl").drain(ring(SafetyEvent(Code.ESTOP, 1)))
    assert "could not be written" in caplog.text


def test_a_callback_that_fails_does_not_stop_the_device(caplog: pytest.LogCaptureFixture) -> None:
    log = SafetyLog("hand", callback=lambda event: 1 // 0)
    assert len(log.drain(ring(SafetyEvent(Code.ESTOP, 1), SafetyEvent(Code.LOST, 2)))) == 2
    assert caplog.text.count("could not be handed on") == 2
