from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.driver import EmergencyStopLatched
from wugan.devices.haptic.drivers.openffboard import ANSWER, OpenFFBoard
from wugan.devices.haptic.emulators.openffboard import EmulatedOpenFFBoard
from wugan.errors import DeviceError

Join = Callable[..., Any]


def test_handshake_leaves_one_running_effect_of_zero(handshaken: Join) -> None:
    device, driver = EmulatedOpenFFBoard(), OpenFFBoard()
    # What an older session left: an endless torque.
    device.receive(b"fxm.0.new=1;fxm.0.mag=20000?0;fxm.0.state=1?0;fxm.0.ffbstate=1;", 0.0)
    joined = handshaken(driver, device)
    assert device.output == [0.0]
    assert driver.version == "1.17.1"
    assert driver.spec == device.spec
    assert device.wheel.effects[0]["duration"] == 100 and device.wheel.settings["idlespring"] == 0
    assert joined.sent.startswith(b";sys.0.swver?;")


def test_a_period_byte_for_byte(handshaken: Join) -> None:
    device, driver = EmulatedOpenFFBoard(), OpenFFBoard()
    joined = handshaken(driver, device)
    device.sense(np.array([math.radians(90.0)]), np.array([math.radians(45.7)]))
    before = len(joined.sent)
    (state,) = joined.exchange([driver.spec.max_output[0] / 2])
    sent = bytes(joined.sent[before:])
    assert sent == b"fxm.0.mag=-16384?0;fxm.0.state=1?0;axis.0.curpos?;axis.0.curspd?;"
    assert len(sent) <= 200
    assert state.position == pytest.approx([math.radians(6553 * 900 / 65535)])
    assert state.velocity == pytest.approx([math.radians(45)])
    assert state.flags == {"armed"} and state.fault == ""


@given(st.floats(-100, 100))
def test_what_is_asked_is_what_the_shaft_gets_within_the_limits(handshaken: Join, torque: float) -> None:
    device, driver = EmulatedOpenFFBoard(full_torque=6.0), OpenFFBoard(full_torque=6.0)
    joined = handshaken(driver, device)
    most = driver.spec.max_output[0]
    joined.exchange([torque])
    assert device.output == pytest.approx([min(max(torque, -most), most)], abs=most / 32767)


@pytest.mark.parametrize("piece", [None, 1, 13])
def test_silence_ends_the_torque_and_the_next_period_restores_it(piece: int | None, handshaken: Join) -> None:
    device = EmulatedOpenFFBoard()
    joined = handshaken(OpenFFBoard(), device)
    for _ in range(300):
        joined.wait(0.001)
        (state,) = joined.exchange([0.3], piece=piece)
        assert "armed" in state.flags and device.output == pytest.approx([0.3], abs=1e-4)
    joined.wait(0.101)
    assert device.output == [0.0]
    joined.exchange([0.3])
    assert device.output == pytest.approx([0.3], abs=1e-4)


def test_the_command_refuses_what_is_not_finite() -> None:
    for wrong in ([math.nan], [math.inf], [0.1, 0.1], []):
        with pytest.raises(ValueError):
            OpenFFBoard().command(wrong)


def test_emergency_stop_latches_until_it_is_released(handshaken: Join) -> None:
    device, driver = EmulatedOpenFFBoard(), OpenFFBoard()
    joined = handshaken(driver, device)
    joined.exchange([0.3])
    joined.write(driver.emergency_stop())
    assert device.output == [0.0]
    with pytest.raises(EmergencyStopLatched, match="emergency stop is latched"):
        joined.recover()
    driver.clear_estop = True
    joined.recover()
    with pytest.raises(DeviceError, match="emergency stop is latched"):
        joined.write(driver.emergency_stop())
        joined.recover()


def test_an_emergency_stop_at_the_board_is_told(handshaken: Join) -> None:
    device, driver = EmulatedOpenFFBoard(), OpenFFBoard()
    joined = handshaken(driver, device)
    device.receive(b"main.0.estop=1;", joined.now_s)
    told = [joined.exchange([0.3])[0] for _ in range(10)][-1]
    assert told.flags == {"estop", "fault"} and told.fault == "emergency stop"


def test_force_feedback_switched_off_by_someone_else_is_told(handshaken: Join) -> None:
    device = EmulatedOpenFFBoard()
    joined = handshaken(OpenFFBoard(), device)
    device.receive(b"fxm.0.ffbstate=0;", joined.now_s)
    assert "not active" in [joined.exchange([0.3])[0] for _ in range(10)][-1].fault


@pytest.mark.parametrize("half", [b"", b"fxm.0.mag=2", b"axis.0", b"a", b"main"])
def test_stop_works_behind_half_a_command_and_leaves_no_spring(half: bytes, handshaken: Join) -> None:
    device, driver = EmulatedOpenFFBoard(), OpenFFBoard()
    joined = handshaken(driver, device)
    joined.exchange([0.3])
    device.receive(b"axis.0.idlespring=127;" + half, joined.now_s)
    device.sense(np.array([1.0]), np.zeros(1))
    joined.write(driver.stop())
    joined.wait(0.001)
    assert device.output == [0.0]


def test_other_boards_are_told_with_what_to_do(handshaken: Join) -> None:
    with pytest.raises(DeviceError, match=r"main class is 1.*sys.0.main=3"):
        handshaken(OpenFFBoard(), EmulatedOpenFFBoard(main=1))
    device = EmulatedOpenFFBoard()
    device.receive(b"axis.0.power=0;", 0.0)
    with pytest.raises(DeviceError, match="give no force"):
        handshaken(OpenFFBoard(), device)
    device.receive = lambda data, now_s: b"1.25 0.5*14\r\n"  # type: ignore[method-assign]
    with pytest.raises(TimeoutError, match="no answer to sys.0.swver"):
        handshaken(OpenFFBoard(), device)


def test_late_and_unasked_answers_are_dropped_and_counted() -> None:
    driver = OpenFFBoard()
    late = b"[fxm.0.mag=-100?0|OK]\n[fxm.0.state=1?0|OK]\n[axis.0.curpos?|5]\n[axis.0.curspd?|0]\n"
    assert driver.feed(late) == []
    driver.command([0.0])
    assert driver.feed(late) == []  # the last period's: its magnitude is another
    now = late.replace(b"-100", b"0")
    (state,) = driver.feed(b"[sys.0.errors?|10:crit:Undervoltage\n11:info:x]\n" + now)
    assert state.position == pytest.approx([math.radians(5 * 900 / 65535)])
    assert state.fault == "Undervoltage (code 10)" and "fault" in state.flags
    driver.command([0.0])
    assert driver.feed(now.replace(b"curpos?|5", b"curpos?|99999")) == []
    driver.command([0.0])
    assert driver.feed(now.replace(b"curpos?|5", b"curpos?|ERR")) == []
    assert driver.feed(b"x" * 5000) == []
    assert driver.dropped == {"late": 9, "unexpected": 2, "length": 1}


def test_the_published_pattern_reads_negative_operands() -> None:
    found = ANSWER.fullmatch(b"[fxm.0.mag=-8000?0|OK]\n")
    assert found is not None
    assert found.groups() == (b"fxm", b"0", b"mag", b"=", b"-8000", b"0", b"OK")


def test_what_cannot_be_is_refused() -> None:
    wrong: list[dict[str, Any]] = [
        {"full_torque": 0.0},
        {"direction": 0},
        {"duration_ms": 0},
        {"duration_ms": 65535},
        {"check_every": 0},
        {"max_velocity": math.inf},
    ]
    for values in wrong:
        with pytest.raises(ValueError):
            OpenFFBoard(**values)


answers = st.sampled_from(
    [
        b"[fxm.0.mag=0?0|OK]\n",
        b"[fxm.0.state=1?0|OK]\n",
        b"[axis.0.curpos?|5]\n",
        b"[axis.0.curspd?|0]\n",
        b"[",
        b"|",
        b"]\n",
    ]
)


@given(st.lists(st.one_of(st.binary(max_size=40), answers), max_size=30))
def test_feed_never_raises_and_states_are_finite(parts: list[bytes]) -> None:
    driver = OpenFFBoard()
    for number, part in enumerate(parts):
        if number % 5 == 0:
            driver.command([0.0])
        for state in driver.feed(part):
            assert state.velocity is not None and all(map(math.isfinite, state.position + state.velocity))


fragments = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.text("fxmais.0?=-12;\n|!", max_size=20).map(str.encode),
        st.sampled_from([b"fxm.0.mag=", b"20000?0;", b"fxm.0.state=1?0;", b"axis.0.cpr", b"y" * 1100, b"fxm.0.new=1;"]),
    ),
    max_size=5,
).map(b"".join)


def let_it_reset(joined: Any) -> None:
    """A parser that hangs is deaf until its chip resets itself."""
    joined.now_s += 2.1
    joined.device.tick(joined.now_s)


@settings(max_examples=60)
@given(fragments, st.integers(0, 70))
def test_stop_from_any_state(handshaken: Join, garbage: bytes, cut: int) -> None:
    joined = handshaken(OpenFFBoard(), EmulatedOpenFFBoard())
    joined.exchange([0.3])
    joined.write(joined.driver.command([0.3])[:cut] + garbage)
    joined.write(joined.driver.stop())
    if joined.device.hangs:
        # Nothing is heard; the torque ends when the chip resets, and the effect with it.
        let_it_reset(joined)
    joined.wait(0.002)
    assert joined.device.output == [0.0]


@settings(max_examples=60)
@given(fragments, st.integers(1, 9))
def test_in_step_after_garbage_within_one_handshake(handshaken: Join, garbage: bytes, piece: int) -> None:
    joined = handshaken(OpenFFBoard(), EmulatedOpenFFBoard())
    joined.driver.command([0.1])
    for begin in range(0, len(garbage), piece):
        joined.driver.feed(garbage[begin : begin + piece])
    joined.write(garbage)
    let_it_reset(joined)
    try:
        joined.recover()
    except DeviceError:  # the garbage was an emergency stop, or another setting that needs a hand
        assert joined.device.output == [0.0]
        return
    assert joined.device.output == [0.0]
    assert len(joined.exchange([0.1])) == 1
    assert joined.device.output == pytest.approx(
        [0.1 * joined.device.spec.max_output[0] / joined.driver.spec.max_output[0]], abs=1e-3
    )
