"""Contacts of simulated hands (other seeds than those that the defaults were chosen on): found, once, and when."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.haptics import Contact, ContactDetector
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.testing import run_stage

HELD_OUT = range(100, 108)


def forces(values: np.ndarray, speed: float = 0.1) -> Packet[HapticSample]:
    count = len(values)
    force = np.stack([values, np.zeros(count)], axis=1)
    still = np.tile([speed, 0.0], (count, 1))
    return Packet(HapticSample(np.arange(count) * 1_000_000, 0 * force, still, force, 1000.0), 0, stream="hand")


def test_every_contact_is_found_once_and_dated(press: Callable[..., Any]) -> None:
    onsets: list[float] = []
    ends: list[float] = []
    for seed in HELD_OUT:
        touch = press(seed)
        events: list[Contact] = [packet.data for packet in run_stage(ContactDetector(), touch.packets)]
        assert [event.phase for event in events] == ["begin", "end"] * len(touch.contacts)
        onsets += [(e.time_ns - c[0]) / 1e6 for e, c in zip(events[::2], touch.contacts, strict=True)]
        ends += [(e.time_ns - c[1]) / 1e6 for e, c in zip(events[1::2], touch.contacts, strict=True)]
        for begin, end in zip(events[::2], events[1::2], strict=True):
            assert end.seconds == pytest.approx((end.time_ns - begin.time_ns) / 1e9)
            assert abs(begin.position[2]) < 1e-3 and begin.speed > 0.005 and end.force > 0.3
    assert np.abs(onsets).max() <= 3.0
    assert np.abs(ends).max() <= 10.0  # the last tenth of a newton fades slowly


def test_noise_is_no_contact() -> None:
    rng = np.random.default_rng(100)
    assert run_stage(ContactDetector(), [forces(rng.normal(0, 0.03, 20_000))]) == []


def test_a_slow_press_is_dated_back_to_its_beginning() -> None:
    rng = np.random.default_rng(101)
    ramp = np.concatenate([np.zeros(500), np.linspace(0, 1, 500), np.ones(100), np.zeros(100)])  # 2 N/s
    begin, end = run_stage(ContactDetector(), [forces(ramp + rng.normal(0, 0.002, len(ramp)))])
    assert 500e6 <= begin.time_ns <= 520e6 or begin.time_ns == pytest.approx(550e6, abs=10e6)
    assert end.data.phase == "end" and end.time_ns == pytest.approx(1100e6, abs=2e6)


def test_an_impact_is_noticed_before_it_is_strong() -> None:
    tap = np.concatenate([np.zeros(200), np.linspace(0, 0.28, 4), np.zeros(100)])  # never reaches `on`
    assert [packet.data.phase for packet in run_stage(ContactDetector(), [forces(tap)])] == ["begin", "end"]
    assert run_stage(ContactDetector(rate=None), [forces(tap)]) == []


def test_hysteresis() -> None:
    wobble = np.concatenate([np.zeros(100), 0.2 + 0.15 * np.sin(np.arange(400) / 10), np.zeros(100)])
    wobble[100:140] = np.linspace(0, 0.4, 40)
    assert [packet.data.phase for packet in run_stage(ContactDetector(rate=None), [forces(wobble)])] == ["begin", "end"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=1, max_size=400), st.sampled_from([None, 50.0]))
def test_contacts_begin_and_end_in_turn_whatever_the_force(values: list[float], rate: float | None) -> None:
    events = [packet.data for packet in run_stage(ContactDetector(rate=rate), [forces(np.asarray(values))])]
    assert [event.phase for event in events] == ["begin", "end"] * (len(events) // 2) + ["begin"] * (len(events) % 2)
    for before, after in pairwise(events):
        assert before.time_ns <= after.time_ns
        assert after.phase == "begin" or (after.seconds >= 0 and after.force >= before.force)


def test_force_that_is_not_finite_and_wrong_settings() -> None:
    with pytest.raises(DataError, match="the force is nan"):
        run_stage(ContactDetector(), [forces(np.array([0.0, np.nan]))])
    with pytest.raises(DataError, match="below on"):
        ContactDetector(on=0.1, off=0.2)
    with pytest.raises(DataError, match="100 ms"):
        ContactDetector(hold="1s")


def test_interrupt_forgets() -> None:
    detector = ContactDetector()
    list(detector.process(forces(np.concatenate([np.zeros(100), np.ones(50)]))))
    assert detector.touching
    detector.interrupt()
    assert not detector.touching
