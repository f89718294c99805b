"""The reference firmware in C and the emulated board in Python: the same answers to whatever a host may send."""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.drivers import wugan_frames as wire
from wugan.devices.haptic.drivers.wugan_frames import Type
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "haptics"
# A little more than a millisecond, so that a time which is exactly over is over by floating point, too.
TICK_S = 0.001_000_001
WHOLE = {Type.ERROR: 8, Type.STATE: 4}  # bytes of the payload that have to agree; what follows is measured

numbers = st.sampled_from([0.0, 0.1, -0.2, 0.25, 5.0, -1e30, math.nan, math.inf])
sequences = st.one_of(st.integers(0, 40), st.sampled_from([0x7FFF, 0x8000, 0xFFFF]))
nonces = st.sampled_from([1, 1, 1, 2])
requests = st.one_of(
    st.builds(
        lambda low, high, n: (Type.HELLO, wire.HELLO.pack(low, high, 0, n)),
        st.integers(0, 2),
        st.integers(0, 2),
        nonces,
    ),
    st.builds(
        lambda *values: (Type.ARM, wire.ARM.pack(*values)),
        nonces,
        st.sampled_from([0, 5, 20, 500, 501]),
        st.sampled_from([0, 10, 300]),
        numbers,
        st.sampled_from([1.0, 100.0, 1e6, 0.0, math.nan]),
    ),
    st.builds(
        lambda one, two: (Type.COMMAND, wire.COMMAND.pack(2, 2, 0) + struct.pack("<2f", one, two)), numbers, numbers
    ),
    st.builds(lambda mode, n: (Type.COMMAND, wire.COMMAND.pack(mode, n, 0)), st.integers(0, 3), st.integers(0, 3)),
    st.builds(lambda n: (Type.CLEAR, wire.NONCE.pack(n)), nonces),
    st.builds(lambda kind, payload: (kind, payload), st.integers(0, 255), st.binary(max_size=4)),
)
steps = st.lists(st.tuples(requests, sequences, st.integers(1, 30)), min_size=1, max_size=25)
# Most sequences of random requests stay without a session, so each begins with one.
BEGIN = [
    ((Type.HELLO, wire.HELLO.pack(1, 1, 0, 1)), 0, 1),
    ((Type.ARM, wire.ARM.pack(1, 50, 10, 0.2, 100.0)), 1, 1),
]


@pytest.fixture(scope="module")
def firmware() -> Iterator[Any]:
    sys.path.insert(0, str(FOLDER))
    try:
        import firmware
    finally:
        sys.path.remove(str(FOLDER))
    if firmware.compiler() is None:
        pytest.skip("no gcc or clang to build the firmware with")
    yield firmware.WuganFirmware()
    sys.modules.pop("firmware", None)


def frames(data: bytes) -> list[tuple[int, int, bytes]]:
    got = [wire.unpack(part) for part in wire.Splitter().feed(data)]
    assert all(isinstance(frame, wire.Frame) for frame in got)
    return [(f.type, f.seq, f.payload[: WHOLE.get(Type(f.type), 2)]) for f in got if isinstance(f, wire.Frame)]


@given(steps)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_same_answers_and_the_same_output(firmware: Any, script: list[Any]) -> None:
    firmware._lib.wugan_init()
    twin = EmulatedWuganBoard(axes=2, space="joint", max_output=0.25, workspace=1.5708)
    twin.sense(np.zeros(2), np.zeros(2))
    ticks = 0
    for (kind, payload), seq, wait in BEGIN + script:
        request = wire.pack(kind, seq, payload)
        expected = frames(twin.receive(request, ticks * TICK_S))
        answers, duty = firmware.send(request)
        assert frames(answers) == expected
        for left in reversed(range(wait)):
            ticks += 1
            twin.tick(ticks * TICK_S)
            np.testing.assert_allclose(duty, twin.output / 0.25 * 30_000, atol=20, err_msg=f"after {ticks} ms")
            if left:
                _, duty = firmware.send(b"")
