"""SimpleFOC Commander: the driver on the emulated board, and each trap of its text form."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.simplefoc import SimpleFoc
from wugan.devices.haptic.emulators.simplefoc import EmulatedSimpleFoc
from wugan.errors import DeviceError

Connect = Callable[..., Any]


@pytest.fixture
def attached(handshaken: Connect) -> Any:
    """A driver after its handshake with an emulated board, on their line."""
    return handshaken(SimpleFoc(), EmulatedSimpleFoc())


def test_spec_before_opening() -> None:
    """No watchdog; the angle can be read alone; N·m from the motor's constant."""
    spec = SimpleFoc(letters="AB", kt_nm_per_a=0.1, resistance_ohm=2.0, limit=1.0).spec
    assert (spec.space, spec.axes, spec.watchdog_s, spec.reads_without_commanding) == ("joint", 2, None, True)
    assert spec.max_output == pytest.approx((0.05, 0.05))
    assert spec.max_rate_hz == pytest.approx(115_200 / 460)
    driver = pickle.loads(pickle.dumps(SimpleFoc(baud=1_000_000, boot_s=0.0)))
    assert (driver.baud, driver.waits_s, driver.spec.max_rate_hz) == (1_000_000, 0.0, 1000.0)


def test_lines_of_the_handshake(attached: Any) -> None:
    """Off before the controller is set, target 0 and limit before on; nothing longer than the board's buffer."""
    lines = [line for line in bytes(attached.sent).split(b"\n") if line]
    assert lines == [b"@3", b"#4", b"?", b"ME0", b"MC0", b"MT0", b"M0.0000", b"MLU3.0000", b"ME1"]
    assert max(map(len, lines)) <= 18
    assert attached.device.motors[0].enabled
    assert attached.device.motors[0].voltage_limit == 3.0


def test_frames(attached: Any) -> None:
    """Target and angle; the angle alone; off."""
    assert attached.driver.command((0.004,)) == b"M0.2500\nMMG6\n"
    attached.driver.reset()
    assert attached.driver.command((-1.0,)) == b"M-3.0000\nMMG6\n"
    attached.driver.reset()
    assert attached.driver.read() == b"MMG6\n"
    assert attached.driver.stop() == b"\nME0\nM0.0000\n" * 2


def test_read_leaves_the_target_alone(attached: Any) -> None:
    """And gives the angle."""
    attached.exchange((0.02,))
    attached.device.sense(np.array([1.0]), np.zeros(1))
    (state,) = attached.driver.feed(attached.write(attached.driver.read()))
    assert state.position == pytest.approx((1.0,), abs=1e-3)
    assert attached.device.output.tolist() == pytest.approx([0.02], abs=1e-5)


@pytest.mark.parametrize("torque_by", ["voltage", "dc-current", "foc-current", "estimated-current"])
@pytest.mark.parametrize("piece", [1, 5, None])
def test_three_motors(handshaken: Connect, torque_by: str, piece: int | None) -> None:
    """Each letter an axis, in their order; torque arrives whatever the board controls it by."""
    values = {"letters": "MAx", "torque_by": torque_by, "limit": 1.0}
    line = handshaken(SimpleFoc(**values), EmulatedSimpleFoc(**values))
    line.device.sense(np.array([1.0, -2.0, 30.0]), np.zeros(3))
    (state,) = line.exchange((0.01, -0.005, 0.0), piece=piece)
    assert state.position == pytest.approx((1.0, -2.0, 30.0), abs=1e-3)
    assert line.device.output.tolist() == pytest.approx([0.01, -0.005, 0.0], abs=1e-5)


@pytest.mark.parametrize("output", [(math.nan,), (-math.inf,), (), (1.0, 2.0)])
def test_what_is_no_torque(output: tuple[float, ...]) -> None:
    """`M-nan` would set NaN on the board."""
    with pytest.raises(ValueError, match="finite"):
        SimpleFoc().command(output)


@pytest.mark.parametrize(
    "values", [{"letters": ""}, {"letters": "M@"}, {"letters": "MM"}, {"letters": "ABCDE"}, {"workspace_rad": [(1, 0)]}]
)
def test_what_cannot_be_constructed(values: dict[str, Any]) -> None:
    """Said at once, with the name of the value."""
    with pytest.raises(ValueError, match=next(iter(values))):
        SimpleFoc(**values)


def test_another_sketch(line: Connect) -> None:
    """A letter that it does not have, and which it has."""
    with pytest.raises(DeviceError, match="no motor X.*has M"):
        line(SimpleFoc(letters="X"), EmulatedSimpleFoc()).handshake()


def test_an_old_firmware(line: Connect) -> None:
    """It does not know the torque controller, and stays with another."""

    class Old(EmulatedSimpleFoc):
        def _command(self, motor: Any, letter: str, text: str) -> None:
            super()._command(motor, letter, "T" if text.startswith("T3") else text)

    with pytest.raises(DeviceError, match="estimated-current"):
        line(SimpleFoc(torque_by="estimated-current"), Old()).handshake()


def test_silence_is_a_timeout(line: Connect) -> None:
    """Nobody there: the servo tries again later."""
    device = EmulatedSimpleFoc()
    device.faults.silent = True
    with pytest.raises(TimeoutError):
        line(SimpleFoc(), device).handshake()


def test_chatter_is_skipped(handshaken: Connect) -> None:
    """What a sketch prints besides."""
    device = EmulatedSimpleFoc()
    device.faults.chatter = b"0.1\t0.2\r\n"
    line = handshaken(SimpleFoc(), device)
    assert len(line.exchange((0.01,))) == 1


def test_a_lost_point_is_seen(attached: Any) -> None:
    """The target would be 2500 V: the board's limit holds, and the echo tells."""
    frame = attached.driver.command((0.004,)).replace(b".", b"")
    assert attached.driver.feed(attached.write(frame)) == []
    assert attached.driver.dropped["echo"] == 1
    assert abs(attached.device.output[0]) <= attached.driver.spec.max_output[0] + 1e-12


def test_a_board_that_started_anew(attached: Any) -> None:
    """It answers for people again: no state, and in step after one handshake."""
    attached.device.power_cycle()
    assert attached.exchange((0.01,)) == []
    attached.recover()
    assert len(attached.exchange((0.01,))) == 1


def test_repeated_answers(attached: Any) -> None:
    """Twice the same, at once: from then on every answer could be the one before."""
    attached.device.faults.repeat = True
    assert attached.exchange((0.01,)) == []
    attached.device.faults.repeat = False
    attached.recover()
    assert len(attached.exchange((0.01,))) == 1


GARBAGE = st.binary(max_size=60) | st.text("M0123456789.-+ECTLUG@#?\n\r", max_size=60).map(str.encode)


@given(GARBAGE, st.integers(0, 13))
@settings(max_examples=80, deadline=None)
def test_stop_from_any_state(handshaken: Connect, garbage: bytes, cut: int) -> None:
    """Driver off and target zero whatever it has read, and however long a line has begun."""
    line = handshaken(SimpleFoc(), EmulatedSimpleFoc())
    line.write(line.driver.command((0.04,))[:cut] + garbage)
    line.write(line.driver.stop())
    assert line.device.output.tolist() == [0.0]
    assert not line.device.motors[0].enabled
    assert line.device.motors[0].target == 0.0


@given(GARBAGE, st.integers(1, 9))
@settings(max_examples=80, deadline=None)
def test_in_step_after_garbage_within_one_handshake(handshaken: Connect, garbage: bytes, piece: int) -> None:
    """Garbage to the device and garbage from it."""
    line = handshaken(SimpleFoc(), EmulatedSimpleFoc())
    line.driver.command((0.04,))
    for begin in range(0, len(garbage), piece):
        line.driver.feed(garbage[begin : begin + piece])
    line.write(garbage)
    line.recover()
    assert len(line.exchange((0.01,))) == 1
    assert line.device.output.tolist() == pytest.approx([0.01], abs=1e-5)


@settings(max_examples=30)
@given(st.lists(GARBAGE, max_size=8), st.booleans())
def test_feed_never_raises(pieces: list[bytes], asked: bool) -> None:
    """Any bytes, any pieces."""
    driver = SimpleFoc()
    driver._replies.begin()
    for piece in pieces:
        if asked:
            driver.command((0.0,))
        for state in driver.feed(piece):
            assert abs(state.position[0]) <= 1e4


@given(st.floats(-0.048, 0.048), st.floats(-1000, 1000))
@settings(max_examples=40, deadline=None)
def test_torque_arrives(handshaken: Connect, torque: float, angle: float) -> None:
    """In N·m as commanded, to the last of four decimals of a volt; the angle comes back."""
    line = handshaken(SimpleFoc(), EmulatedSimpleFoc())
    line.device.sense(np.array([angle]), np.zeros(1))
    (state,) = line.exchange((torque,))
    assert line.device.output[0] == pytest.approx(torque, abs=2e-6)
    assert state.position[0] == pytest.approx(angle, abs=5e-4)


def test_on_a_port(on_a_port: Connect) -> None:
    """The servo's link, a pseudo-terminal and a stall; the stop switches the motor off."""
    board = EmulatedSimpleFoc()
    on_a_port(SimpleFoc(boot_s=0.0), board, (0.001,))
    assert not board.motors[0].enabled
