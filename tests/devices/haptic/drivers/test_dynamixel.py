import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.drivers import dynamixel as wire
from wugan.devices.haptic.drivers.dynamixel import Dynamixel, Instruction, Register
from wugan.devices.haptic.emulators.dynamixel import EmulatedDynamixel
from wugan.errors import DeviceError

Join = Callable[[Dynamixel, EmulatedDynamixel], Any]
UNIT = 2.69e-3 * 4.1 / 2.3  # N·m of one unit of current, XM430-W350


def packets(data: bytes) -> list[wire.Packet]:
    return wire.Parser().feed(data)


@pytest.mark.parametrize("ids", [(1,), (3, 7), (0, 252, 5)])
def test_the_handshake_arms_and_the_spec_is_the_servos(handshaken: Join, ids: tuple[int, ...]) -> None:
    driver, device = Dynamixel(ids=ids), EmulatedDynamixel(ids=ids)
    line = handshaken(driver, device)
    assert driver.spec == device.spec
    for servo in device.servos:
        assert servo.registers[Register.TORQUE_ENABLE] == 1
        assert servo.registers[Register.WATCHDOG] == 5
        assert servo.registers[Register.RETURN_DELAY] == 0
        assert servo.registers[Register.MODE] == wire.CURRENT_MODE
    torques = tuple(0.5 * (axis + 1) for axis in range(len(ids)))
    (state,) = line.exchange(torques)
    np.testing.assert_allclose(device.output, torques, atol=UNIT / 2)
    assert state.output == pytest.approx(tuple(device.output))
    assert state.flags == {"armed"}


@pytest.mark.parametrize("piece", [1, 5, None])
def test_units(handshaken: Join, piece: int | None) -> None:
    device = EmulatedDynamixel(ids=(1, 2))
    line = handshaken(Dynamixel(ids=(1, 2)), device)
    device.sense(np.array([0.5, -7.0]), np.array([1.0, -1.0]))
    (state,) = line.exchange((0.0, 0.0), piece=piece)
    assert state.position == pytest.approx((0.5, -7.0), abs=math.pi / 4096)
    assert state.velocity == pytest.approx((1.0, -1.0), abs=0.012)


def test_one_write_carries_command_and_question(handshaken: Join) -> None:
    driver = Dynamixel(ids=(1, 2))
    handshaken(driver, EmulatedDynamixel(ids=(1, 2)))
    write, read = packets(driver.command((50 * UNIT, -50 * UNIT)))
    assert wire.build(write.id, write.instruction, write.parameters) == bytes.fromhex(
        "ff ff fd 00 fe 0d 00 83 66 00 02 00 01 32 00 02 ce ff 77 2f"
    )
    assert (read.id, read.instruction) == (wire.BROADCAST, Instruction.SYNC_READ)


@settings(max_examples=30)
@given(st.floats(allow_nan=True, allow_infinity=True))
def test_only_finite_outputs_within_the_limit_are_sent(value: float) -> None:
    driver = Dynamixel(current_limit=1.0)
    if not math.isfinite(value):
        with pytest.raises(ValueError, match="not finite"):
            driver.command((value,))
        return
    write = packets(driver.command((value,)))[0]
    sent = int.from_bytes(write.parameters[5:7], "little", signed=True)
    assert abs(sent) <= round(1.0 / 2.69e-3)


def test_a_lower_current_limit_is_written_once(handshaken: Join) -> None:
    device = EmulatedDynamixel()
    driver = Dynamixel(current_limit=0.5)
    line = handshaken(driver, device)
    assert device.servos[0].get(Register.CURRENT_LIMIT, 2) == 186
    assert driver.spec.max_output == pytest.approx((186 * UNIT,))
    line.sent.clear()
    line.recover()
    written = [p for p in packets(bytes(line.sent)) if p.instruction == Instruction.WRITE and p.parameters[0] < 64]
    assert not any(p.parameters[1] == 0 for p in written)  # EEPROM wears out


def test_the_watchdog_stops_the_servo_and_the_driver_sees_it(handshaken: Join) -> None:
    driver, device = Dynamixel(watchdog_ms=100), EmulatedDynamixel()
    line = handshaken(driver, device)
    line.exchange((1.0,))
    line.wait(0.1)
    assert device.output.any()
    line.wait(0.002)
    assert not device.output.any()
    # The goal is read-only now and a sync write is refused in silence: the servo's own clock tells.
    for _ in range(3):
        assert line.exchange((1.0,)) == []
    assert not device.output.any()
    assert driver.dropped == {"watchdog": 3}
    line.recover()
    assert len(line.exchange((1.0,))) == 1 and device.output.any()


def test_a_hardware_error_is_told_in_words_and_needs_a_reboot(handshaken: Join) -> None:
    driver, device = Dynamixel(ids=(1, 2)), EmulatedDynamixel(ids=(1, 2))
    line = handshaken(driver, device)
    line.exchange((1.0, 1.0))
    device.fail(1, 1 << 5)
    (alert,) = line.exchange((1.0, 1.0))
    (words,) = line.exchange((1.0, 1.0))
    assert alert.fault == "servo 2: hardware error"
    assert words.fault == "servo 2: overload"
    assert device.output[1] == 0.0
    with pytest.raises(DeviceError, match=r"servo 2 .* overload.*reboot=True"):
        line.recover()
    driver.reboot = True
    line.recover()
    assert driver.reboot is False
    (state,) = line.exchange((1.0, 1.0))
    assert state.fault == "" and device.output.all()


def test_stop_takes_the_torque_even_after_half_a_packet(handshaken: Join) -> None:
    driver, device = Dynamixel(ids=(1, 2)), EmulatedDynamixel(ids=(1, 2))
    line = handshaken(driver, device)
    for cut in range(len(driver.command((1.0, 1.0)))):
        line.recover()
        line.exchange((1.0, 1.0))
        assert device.output.all()
        line.write(driver.command((1.0, 1.0))[:cut])
        line.write(driver.stop())
        assert not device.output.any(), cut


def test_answers_that_nobody_asked_for_are_dropped(handshaken: Join) -> None:
    driver, device = Dynamixel(ids=(1, 2)), EmulatedDynamixel(ids=(1, 2))
    line = handshaken(driver, device)
    command = driver.command((0.0, 0.0))
    answer = line.write(command)
    first = answer[: len(answer) // 2]
    stranger = wire.build(9, Instruction.STATUS, bytes(17))
    short = wire.build(2, Instruction.STATUS, bytes(5))
    refused = wire.build(2, Instruction.STATUS, b"\x04" + bytes(16))
    # Its own echo, one servo twice, another's, a wrong length, an error; then the other servo's.
    states = driver.feed(command + first + first + stranger + short + refused + answer[len(first) :])
    assert len(states) == 1
    assert driver.dropped == {"echo": 2, "duplicate": 1, "unasked": 1, "length": 1, "error": 1}
    assert driver.feed(answer) == []


def test_a_missing_servo_gives_no_state(handshaken: Join) -> None:
    driver, device = Dynamixel(ids=(1, 2)), EmulatedDynamixel(ids=(1, 2))
    line = handshaken(driver, device)
    device.servos.pop()
    assert line.exchange((0.0, 0.0)) == []


def test_quiet_servos_answer_after_the_handshake(handshaken: Join) -> None:
    device = EmulatedDynamixel()
    device.servos[0].registers[Register.STATUS_LEVEL] = 0
    line = handshaken(Dynamixel(), device)
    assert len(line.exchange((0.0,))) == 1


def test_the_device_clock_goes_on_over_its_wrap(handshaken: Join) -> None:
    line = handshaken(Dynamixel(), EmulatedDynamixel())
    line.now_s = 32.7
    line.recover()
    times = []
    for _ in range(10):
        line.wait(0.02)
        (state,) = line.exchange((0.0,))
        times.append(state.device_time_s)
    assert np.diff(times) == pytest.approx([0.02] * 9, abs=0.0011)


@pytest.mark.parametrize(
    ("device", "message"),
    [
        (EmulatedDynamixel(firmware=37), "no bus watchdog"),
        (EmulatedDynamixel(model="XL330-M288"), None),
    ],
)
def test_models_and_firmware(handshaken: Join, device: EmulatedDynamixel, message: str | None) -> None:
    driver = Dynamixel()
    if message is None:
        handshaken(driver, device)
        assert driver.spec.model == "XL330-M288"
        assert driver.spec.max_output == device.spec.max_output
    else:
        with pytest.raises(DeviceError, match=message):
            handshaken(driver, device)


def test_an_unknown_model_is_not_written_to(line: Join) -> None:
    device = EmulatedDynamixel()
    device.servos[0].registers[0:2] = (54024).to_bytes(2, "little")  # a PRO, whose registers lie elsewhere
    joined = line(Dynamixel(), device)
    with pytest.raises(DeviceError, match="54024 is not known"):
        joined.handshake()
    assert {packet.instruction for packet in packets(bytes(joined.sent))} == {Instruction.PING}


@pytest.mark.parametrize(
    "wrong",
    [{"ids": ()}, {"ids": (1, 1)}, {"ids": (254,)}, {"watchdog_ms": 0}, {"watchdog_ms": 50}, {"current_limit": -1.0}],
)
def test_values_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Dynamixel(**wrong)
    with pytest.raises(ValueError, match="known are XM430-W350"):
        Dynamixel(model="AX-12")
