"""SimpleFOC packets: the driver on the emulated board, in both forms, and each trap."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.simplefoc_packets import SimpleFocPackets
from wugan.devices.haptic.emulators.simplefoc_packets import EmulatedSimpleFocPackets
from wugan.errors import DeviceError

Connect = Callable[..., Any]
FORMS: list[dict[str, bool]] = [{"binary": False}, {"binary": True}, {"binary": True, "flushes": True}]
form = pytest.mark.parametrize("form", FORMS, ids=["text", "binary", "flushed"])


@form
def test_spec_before_opening(form: dict[str, bool]) -> None:
    """No watchdog; the angle can be read alone; velocity comes with the binary form."""
    spec = pickle.loads(pickle.dumps(SimpleFocPackets(**form))).spec
    assert (spec.space, spec.axes, spec.watchdog_s, spec.reads_without_commanding) == ("joint", 1, None, True)
    assert spec.measures_velocity == form["binary"]
    assert spec.max_output == pytest.approx((0.048,))


@form
@pytest.mark.parametrize("echo", [False, True])
@pytest.mark.parametrize("torque_by", ["voltage", "foc-current"])
@pytest.mark.parametrize("piece", [1, 7, None])
def test_exchange(handshaken: Connect, form: dict[str, bool], echo: bool, torque_by: str, piece: int | None) -> None:
    """Whether writes are echoed is found out; torque and angle arrive, again and again."""
    values = {**form, "torque_by": torque_by, "limit": 1.0}
    line = handshaken(SimpleFocPackets(**values), EmulatedSimpleFocPackets(**values, echo=echo))
    assert line.device.motors[0].voltage_limit == line.driver.motor.volts
    for index in range(12):
        line.device.sense(np.array([index - 3.0]), np.array([0.5]))
        (state,) = line.exchange((0.001 * index,), piece=piece)
        assert state.position == pytest.approx((index - 3.0,), abs=1e-3)
        assert state.velocity == (pytest.approx((0.5,)) if form["binary"] else None)
        assert line.device.output.tolist() == pytest.approx([0.001 * index], abs=1e-5)


def test_lines_of_the_handshake(handshaken: Connect) -> None:
    """Off before the controller is set, target 0 and limit before on."""
    line = handshaken(SimpleFocPackets(), EmulatedSimpleFocPackets(echo=True))
    lines = [part for part in bytes(line.sent).split(b"\n") if part]
    begin = [b"R112", b"R4=0", b"R4"]
    assert lines == [*begin, b"R127=0", b"R4=0", b"R5=0", b"R6=0", b"R1=0.0000", b"R80=3.0000", b"R4=1"]
    assert line.driver.command((0.004,)) == b"R1=0.2500\nR9\n"


def test_two_motors(handshaken: Connect) -> None:
    """Each by its address; one that the board does not have needs a hand."""
    line = handshaken(SimpleFocPackets(motors=2), EmulatedSimpleFocPackets(motors=2))
    line.device.sense(np.array([1.0, -2.0]), np.zeros(2))
    (state,) = line.exchange((0.01, -0.02))
    assert state.position == pytest.approx((1.0, -2.0), abs=1e-3)
    assert line.device.output.tolist() == pytest.approx([0.01, -0.02], abs=1e-5)
    with pytest.raises(DeviceError, match="1 motors"):
        handshaken(SimpleFocPackets(motors=2), EmulatedSimpleFocPackets())


@form
def test_read_leaves_the_target_alone(handshaken: Connect, form: dict[str, bool]) -> None:
    """And gives the angle; command and read take turns."""
    line = handshaken(SimpleFocPackets(**form), EmulatedSimpleFocPackets(**form))
    line.device.sense(np.array([1.0]), np.zeros(1))
    for _ in range(5):
        line.exchange((0.02,))
        (state,) = line.driver.feed(line.write(line.driver.read()))
        assert state.position == pytest.approx((1.0,), abs=1e-3)
        assert line.device.output.tolist() == pytest.approx([0.02], abs=1e-5)


@pytest.mark.parametrize("output", [(math.nan,), (math.inf,), (1.0, 2.0)])
def test_what_is_no_torque(output: tuple[float, ...]) -> None:
    """The board stores NaN."""
    with pytest.raises(ValueError, match="finite"):
        SimpleFocPackets().command(output)


@pytest.mark.parametrize("values", [{"motors": 0}, {"motors": 3}, {"motors": 2, "binary": True}])
def test_what_cannot_be_constructed(values: dict[str, Any]) -> None:
    """Said at once."""
    with pytest.raises(ValueError, match="motors"):
        SimpleFocPackets(**values)


@form
def test_silence_is_a_timeout(line: Connect, form: dict[str, bool]) -> None:
    """Nobody there: the servo tries again later."""
    device = EmulatedSimpleFocPackets(**form)
    device.faults.silent = True
    with pytest.raises(TimeoutError):
        line(SimpleFocPackets(**form), device).handshake()


@form
def test_repeated_answers(handshaken: Connect, form: dict[str, bool]) -> None:
    """Twice the same: no state, and in step again after one handshake."""
    line = handshaken(SimpleFocPackets(**form), EmulatedSimpleFocPackets(**form))
    line.device.faults.repeat = True
    assert line.exchange((0.01,)) == []
    line.device.faults.repeat = False
    line.recover()
    assert len(line.exchange((0.01,))) == 1


@form
def test_a_command_that_was_not_sent(handshaken: Connect, form: dict[str, bool]) -> None:
    """The line took nothing: after `reset()` the next exchange is well, without a handshake."""
    line = handshaken(SimpleFocPackets(**form), EmulatedSimpleFocPackets(**form))
    for _ in range(3):
        line.driver.command((0.01,))
        line.driver.reset()
        assert len(line.exchange((0.01,))) == 1


def test_a_board_that_started_anew(handshaken: Connect) -> None:
    """It held other bytes back: no state, and in step after one handshake."""
    line = handshaken(SimpleFocPackets(binary=True), EmulatedSimpleFocPackets(binary=True))
    line.device.power_cycle()
    assert line.exchange((0.01,)) == []
    line.recover()
    assert len(line.exchange((0.01,))) == 1


PACKETS = st.lists(st.sampled_from([0xA5, 0, 1, 2, 3, 4, 6, 0x52, 0x53, 0x7F, 255]), max_size=40).map(bytes)
GARBAGE = st.binary(max_size=60) | PACKETS | st.text("R0123456789=.-S\n", max_size=60).map(str.encode)


@given(st.sampled_from(FORMS), GARBAGE, st.integers(0, 60))
@settings(max_examples=80, deadline=None)
def test_stop_from_any_state(handshaken: Connect, form: dict[str, bool], garbage: bytes, cut: int) -> None:
    """The driver chip is off whatever the board has read and waits for."""
    line = handshaken(SimpleFocPackets(**form), EmulatedSimpleFocPackets(**form))
    line.write(line.driver.command((0.04,))[:cut] + garbage)
    line.write(line.driver.stop())
    line.wait(1.1)
    assert line.device.output.tolist() == [0.0]


@given(st.sampled_from(FORMS), GARBAGE, st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_in_step_after_garbage(handshaken: Connect, form: dict[str, bool], garbage: bytes, piece: int) -> None:
    """Garbage to the device and garbage from it: all well after one handshake."""
    line = handshaken(SimpleFocPackets(**form), EmulatedSimpleFocPackets(**form))
    line.driver.command((0.04,))
    for begin in range(0, len(garbage), piece):
        line.driver.feed(garbage[begin : begin + piece])
    line.write(garbage)
    line.recover()
    assert len(line.exchange((0.01,))) == 1
    assert line.device.output.tolist() == pytest.approx([0.01], abs=1e-5)


@given(st.sampled_from(FORMS), st.lists(GARBAGE, max_size=8), st.booleans())
@settings(max_examples=60)
def test_feed_never_raises(form: dict[str, bool], pieces: list[bytes], asked: bool) -> None:
    """Any bytes, any pieces."""
    driver = SimpleFocPackets(**form)
    driver._form.begin()
    for piece in pieces:
        if asked:
            driver.command((0.0,))
        for state in driver.feed(piece):
            assert abs(state.position[0]) <= 1e4


@pytest.mark.parametrize("binary", [False, True])
def test_on_a_port(on_a_port: Connect, binary: bool) -> None:
    """The servo's link, a pseudo-terminal and a stall; the stop switches the motor off."""
    board = EmulatedSimpleFocPackets(binary=binary)
    on_a_port(SimpleFocPackets(binary=binary, boot_s=0.0), board, (0.001,))
    assert not board.motors[0].enabled
