import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.drivers import dynamixel as wire
from wugan.devices.haptic.drivers.dynamixel import BROADCAST, Instruction, Register, StatusError
from wugan.devices.haptic.emulators.dynamixel import EmulatedDynamixel
from wugan.devices.haptic.emulators.pty import PtyEmulator


class Bus:
    """Servos and the packets that a host could send them, in virtual time."""

    def __init__(self, **options: Any) -> None:
        self.device = EmulatedDynamixel(**options)
        self.now = 0.0

    def ask(self, servo: int, instruction: int, parameters: bytes = b"") -> list[wire.Packet]:
        received = self.device.receive(wire.build(servo, instruction, parameters), self.now)
        return wire.Parser().feed(received + self.wait(0.005))

    def wait(self, seconds: float) -> bytes:
        received = b""
        for _ in range(round(seconds / 0.001)):
            self.now += 0.001
            received += self.device.tick(self.now)
        return received

    def write(self, register: int, value: int, size: int = 1, servo: int = 1) -> int:
        """The error of a write."""
        data = value.to_bytes(size, "little", signed=value < 0)
        (status,) = self.ask(servo, Instruction.WRITE, register.to_bytes(2, "little") + data)
        return status.parameters[0]

    def read(self, register: int, size: int, servo: int = 1) -> int:
        (status,) = self.ask(servo, Instruction.READ, struct.pack("<HH", register, size))
        assert status.parameters[0] == 0
        return int.from_bytes(status.parameters[1:], "little", signed=True)

    def pushing(self) -> "Bus":
        for register, value, size in ((Register.MODE, 0, 1), (Register.TORQUE_ENABLE, 1, 1)):
            assert self.write(register, value, size) == 0
        assert self.write(Register.GOAL_CURRENT, 100, 2) == 0
        assert self.device.output[0] == pytest.approx(100 * 2.69e-3 * 4.1 / 2.3)
        return self


def test_factory_settings() -> None:
    bus = Bus()
    wanted = {Register.MODEL: 1020, Register.CURRENT_LIMIT: 1193}
    assert {register: bus.read(register, 2) for register in wanted} == wanted
    single = {Register.ID: 1, Register.MODE: 3, Register.WATCHDOG: 0, Register.STATUS_LEVEL: 2}
    assert {register: bus.read(register, 1) for register in single} == single
    assert bus.device.servos[0].registers[Register.RETURN_DELAY] == 250


def test_the_published_ping() -> None:
    bus = Bus()
    bus.device.receive(bytes.fromhex("ff ff fd 00 01 03 00 01 19 4e"), 0.0)
    assert bus.wait(0.001) == bytes.fromhex("ff ff fd 00 01 07 00 55 00 fc 03 2f 18 c3")


def test_the_answer_waits_for_the_return_delay() -> None:
    bus = Bus()
    ping = wire.build(1, Instruction.PING)
    assert bus.device.receive(ping, 0.0) == b""
    assert bus.device.tick(0.000_49) == b""
    assert bus.device.tick(0.000_51) != b""
    bus.write(Register.RETURN_DELAY, 0)
    assert bus.device.receive(ping, bus.now) != b""


def test_with_factory_settings_it_keeps_its_torque_for_ever() -> None:
    bus = Bus().pushing()
    bus.wait(5.0)
    assert bus.device.output.any()


def test_the_watchdog_trips_and_makes_goals_read_only() -> None:
    bus = Bus().pushing()
    assert bus.write(Register.WATCHDOG, 5) == 0
    bus.wait(0.095 - 0.005)
    assert bus.device.output.any()
    bus.wait(0.02)
    assert not bus.device.output.any()
    assert bus.read(Register.WATCHDOG, 1) == -1
    for register, size in ((Register.GOAL_CURRENT, 2), (Register.GOAL_VELOCITY, 4), (Register.GOAL_POSITION, 4)):
        assert bus.write(register, 0, size) == StatusError.RANGE
    assert bus.write(Register.WATCHDOG, 0) == 0
    assert bus.write(Register.GOAL_CURRENT, 0, 2) == 0


def test_the_watchdog_sleeps_while_torque_is_off() -> None:
    bus = Bus()
    bus.write(Register.WATCHDOG, 1)
    bus.wait(1.0)
    assert bus.read(Register.WATCHDOG, 1) == 1


def test_pulling_the_adapter_does_not_switch_the_servos_off() -> None:
    bus = Bus().pushing()
    bus.device.unplugged(bus.now)
    bus.wait(1.0)
    assert bus.device.output.any()
    assert bus.write(Register.WATCHDOG, 5) == 0
    bus.device.unplugged(bus.now)
    bus.wait(0.11)
    assert not bus.device.output.any()


def test_eeprom_is_locked_while_torque_is_on() -> None:
    bus = Bus().pushing()
    assert bus.write(Register.MODE, 3) == StatusError.ACCESS
    assert bus.write(Register.TORQUE_ENABLE, 0) == 0
    assert bus.write(Register.MODE, 3) == 0


@pytest.mark.parametrize(
    ("register", "value", "size", "error"),
    [
        (Register.GOAL_CURRENT, 1194, 2, StatusError.LIMIT),
        (Register.GOAL_CURRENT, -1194, 2, StatusError.LIMIT),
        (Register.CURRENT_LIMIT, 1194, 2, StatusError.RANGE),
        (Register.MODE, 2, 1, StatusError.RANGE),
        (Register.WATCHDOG, 128, 1, StatusError.RANGE),
        (Register.MODEL, 1, 2, StatusError.ACCESS),
        (Register.CURRENT, 1, 2, StatusError.ACCESS),
        (Register.GOAL_CURRENT, 1, 1, StatusError.LENGTH),
    ],
)
def test_wrong_writes_are_refused_and_change_nothing(register: int, value: int, size: int, error: StatusError) -> None:
    bus = Bus()
    before = bytes(bus.device.servos[0].registers)
    assert bus.write(register, value, size) == error
    assert bytes(bus.device.servos[0].registers) == before


@pytest.mark.parametrize(("level", "answers"), [(0, [1, 0, 0]), (1, [1, 1, 0]), (2, [1, 1, 1])])
def test_status_level(level: int, answers: list[int]) -> None:
    bus = Bus()
    bus.write(Register.STATUS_LEVEL, level)
    asked = [
        (Instruction.PING, b""),
        (Instruction.READ, struct.pack("<HH", 0, 2)),
        (Instruction.WRITE, struct.pack("<HB", Register.TORQUE_ENABLE, 0)),
    ]
    assert [len(bus.ask(1, *one)) for one in asked] == answers


def test_broadcast_is_answered_only_to_a_ping() -> None:
    bus = Bus(ids=(1, 2, 3))
    assert [status.id for status in bus.ask(BROADCAST, Instruction.PING)] == [1, 2, 3]
    assert bus.ask(BROADCAST, Instruction.WRITE, struct.pack("<HB", Register.TORQUE_ENABLE, 1)) == []
    assert all(servo.registers[Register.TORQUE_ENABLE] for servo in bus.device.servos)


def test_registered_writes_wait_for_the_action() -> None:
    bus = Bus()
    (status,) = bus.ask(1, Instruction.REG_WRITE, struct.pack("<HB", 65, 1))
    assert status.parameters == b"\0" and bus.read(65, 1) == 0
    bus.ask(BROADCAST, Instruction.ACTION)
    assert bus.read(65, 1) == 1


def test_bulk_and_sync() -> None:
    bus = Bus(ids=(1, 2))
    bus.ask(BROADCAST, Instruction.BULK_WRITE, struct.pack("<BHHBBHHH", 1, 65, 1, 1, 2, 80, 2, 77))
    assert (bus.read(65, 1), bus.read(80, 2, servo=2)) == (1, 77)
    answers = bus.ask(BROADCAST, Instruction.BULK_READ, struct.pack("<BHHBHH", 1, 65, 1, 2, 80, 2))
    assert [(status.id, status.parameters) for status in answers] == [(1, b"\0\1"), (2, b"\0\x4d\0")]
    assert len(bus.ask(BROADCAST, Instruction.SYNC_READ, struct.pack("<HHBBB", 0, 2, 2, 9, 1))) == 2


def test_shutdown_errors_need_a_reboot() -> None:
    bus = Bus().pushing()
    bus.device.fail(0, 1 << 5)
    assert not bus.device.output.any()
    assert bus.write(Register.TORQUE_ENABLE, 1) == wire.ALERT
    assert not bus.device.output.any()
    bus.ask(1, Instruction.REBOOT)
    assert bus.write(Register.TORQUE_ENABLE, 1) == 0


def test_what_switching_off_forgets_and_what_it_keeps() -> None:
    bus = Bus().pushing()
    bus.device.sense(np.array([2 * np.pi * 3]), np.zeros(1))
    bus.write(Register.WATCHDOG, 5)
    assert bus.read(Register.POSITION, 4) == 2048 + 3 * 4096
    bus.device.power_cycle()
    assert not bus.device.output.any()
    assert bus.read(Register.MODE, 1) == 0  # EEPROM
    assert bus.read(Register.WATCHDOG, 1) == 0
    assert bus.read(Register.POSITION, 4) == 2048  # turns are forgotten


def test_unknown_and_damaged_packets() -> None:
    bus = Bus()
    (status,) = bus.ask(1, 0x77)
    assert status.parameters[0] == StatusError.INSTRUCTION
    damaged = bytearray(wire.build(1, Instruction.PING))
    damaged[-1] ^= 1
    assert bus.device.receive(bytes(damaged), bus.now) + bus.wait(0.01) == b""
    assert bus.device.dropped == {"crc": 1, "garbage": 6}


@given(
    st.lists(st.tuples(st.sampled_from(list(Instruction)), st.binary(max_size=12)), max_size=8), st.binary(max_size=40)
)
def test_no_packets_crash_it(asked: list[tuple[Instruction, bytes]], noise: bytes) -> None:
    bus = Bus(ids=(1, 2))
    for instruction, parameters in asked:
        bus.ask(1, instruction, parameters)
        bus.ask(BROADCAST, instruction, parameters)
        bus.device.receive(noise, bus.now)
    assert np.isfinite(bus.device.output).all()


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any, Any, EmulatedDynamixel]]:
    """The maker's own client, its port open on the emulated servos, with patience for a busy computer."""
    sdk = pytest.importorskip("dynamixel_sdk", reason="pip install dynamixel-sdk")
    monkeypatch.setattr("dynamixel_sdk.port_handler.LATENCY_TIMER", 2_000)  # ms
    device = EmulatedDynamixel(ids=(1, 2))
    with PtyEmulator(device) as emulator:
        port = sdk.PortHandler(emulator.port)
        assert port.openPort() and port.setBaudRate(1_000_000)
        yield sdk, port, sdk.PacketHandler(2.0), device
        port.closePort()


def test_the_makers_client_understands_it(vendor: tuple[Any, Any, Any, EmulatedDynamixel]) -> None:
    sdk, port, client, device = vendor
    assert client.ping(port, 1) == (1020, sdk.COMM_SUCCESS, 0)
    assert client.ping(port, 2) == (1020, sdk.COMM_SUCCESS, 0)
    assert client.write1ByteTxRx(port, 1, Register.MODE, 0) == (sdk.COMM_SUCCESS, 0)
    assert client.write1ByteTxRx(port, 1, Register.TORQUE_ENABLE, 1) == (sdk.COMM_SUCCESS, 0)
    assert client.write1ByteTxRx(port, 1, Register.MODE, 3) == (sdk.COMM_SUCCESS, StatusError.ACCESS)
    assert client.write2ByteTxRx(port, 1, Register.GOAL_CURRENT, 2000) == (sdk.COMM_SUCCESS, StatusError.LIMIT)
    assert client.write2ByteTxRx(port, 1, Register.GOAL_CURRENT, 100) == (sdk.COMM_SUCCESS, 0)
    assert client.read2ByteTxRx(port, 1, Register.CURRENT) == (100, sdk.COMM_SUCCESS, 0)
    both = sdk.GroupSyncRead(port, client, Register.POSITION, 4)
    assert both.addParam(1) and both.addParam(2)
    assert both.txRxPacket() == sdk.COMM_SUCCESS
    assert both.isAvailable(1, Register.POSITION, 4) and both.isAvailable(2, Register.POSITION, 4)
    goals = sdk.GroupSyncWrite(port, client, 65, 1)
    assert goals.addParam(1, [1]) and goals.addParam(2, [1])
    assert goals.txPacket() == sdk.COMM_SUCCESS
    assert client.read1ByteTxRx(port, 2, 65) == (1, sdk.COMM_SUCCESS, 0)
    device.fail(0, 1 << 5)
    error = client.read1ByteTxRx(port, 1, Register.HARDWARE_ERROR)
    assert error == (1 << 5, sdk.COMM_SUCCESS, wire.ALERT)
    assert client.reboot(port, 1) == (sdk.COMM_SUCCESS, wire.ALERT)
    assert client.read1ByteTxRx(port, 1, Register.TORQUE_ENABLE) == (0, sdk.COMM_SUCCESS, 0)


def test_the_makers_client_reads_stuffed_answers(vendor: tuple[Any, Any, Any, EmulatedDynamixel]) -> None:
    sdk, port, client, device = vendor
    # One pattern only: with a second one it eats a byte, because it unstuffs in place.
    device.servos[0].registers[224:228] = b"\xff\xff\xfd\x00"
    assert client.read4ByteTxRx(port, 1, 224) == (0x00FDFFFF, sdk.COMM_SUCCESS, 0)
