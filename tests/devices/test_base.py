"""`Device`: what is read is what was captured, in every way of reading; and what happens when it goes away."""

from __future__ import annotations

import pickle
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from wugan import Pipeline, clock
from wugan.devices import base
from wugan.devices.base import Device
from wugan.devices.calibration import Calibration, load
from wugan.errors import DataError, DeviceError
from wugan.packet import Packet
from wugan.ports import ports
from wugan.runtime.node import source as source_worker
from wugan.testing import run_stage


class Offset(Calibration):
    kind: ClassVar[str] = "offset"

    offset: float


@dataclass(eq=False)
class Sensor(Device[int]):
    """Gives what the test puts in; an exception is raised, `None` ends the data."""

    silent_s: ClassVar[float | None] = 0.3

    missing: bool = False
    log: list[str] = field(default_factory=list)

    name = "sensor 7"
    serial = "SN7"

    def _open(self) -> None:
        self.log.append("open")
        self.wire: queue.Queue[Any] = queue.Queue()
        if self.missing:
            raise DeviceError("sensor 7 is not plugged in")

    def _capture(self) -> Iterator[Packet[int] | None]:
        while not self.closing:
            try:
                item = self.wire.get(timeout=0.02)
            except queue.Empty:
                yield None
                continue
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield Packet(item, clock.now_ns())

    def _close(self) -> None:
        self.log.append("close")

    def _calibrate(self) -> Offset:
        return Offset(device=self.serial, offset=float(self.read().data))


class Tape(Sensor):
    live: ClassVar[bool] = False


def given(sensor: Sensor, *items: object) -> None:
    for item in items:
        sensor.wire.put(item)
    until = time.monotonic() + 10
    while not sensor.wire.empty() and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(0.01)


def later(sensor: Sensor, *items: object, after: float = 0.05) -> None:
    threading.Timer(after, lambda: [sensor.wire.put(item) for item in items]).start()


def test_a_stream_gives_everything_in_order_with_its_time() -> None:
    with Sensor() as sensor:
        given(sensor, 1, 2, 3, None)
        packets = list(sensor.packets())
    assert [(packet.stream, packet.seq, packet.data) for packet in packets] == [
        ("sensor 7", n, n + 1) for n in range(3)
    ]
    assert 0 <= clock.now_ns() - packets[0].time_ns < 60_000_000_000
    assert sensor.log == ["open", "close"]


def test_its_port_is_that_of_its_base() -> None:
    assert ports(Sensor()).gives is int


def test_a_slow_reader_loses_the_oldest_and_is_told() -> None:
    with Sensor() as sensor:
        given(sensor, *range(20), None)
        packets = list(sensor.packets())
    assert [packet.data for packet in packets] == list(range(12, 20))
    assert packets[0].attrs == {"lost": 12} and packets[1].attrs == {} and sensor.lost == 12


def test_a_file_waits_for_its_reader_and_loses_nothing() -> None:
    with Tape() as tape:
        for number in range(50):
            tape.wire.put(number)
        tape.wire.put(None)
        assert tape.read().data == 0 and tape.async_read().data == 1
        assert [packet.data for packet in tape.packets()] == list(range(2, 50))
        with pytest.raises(DeviceError, match="sensor 7: its data has ended"):
            tape.read()
        assert tape.health.state == "ended" and tape.lost == 0


def test_read_gives_what_comes_after_the_call() -> None:
    with Sensor() as sensor:
        given(sensor, 1, 2)
        later(sensor, 3)
        assert sensor.read().data == 3


def test_async_read_gives_the_newest_that_was_not_read_once() -> None:
    with Sensor() as sensor:
        given(sensor, 1, 2)
        assert sensor.async_read("10ms").data == 2
        with pytest.raises(DeviceError, match=r"sensor 7 gave nothing within 0\.01 s: its last packet came 0\.\d+ s"):
            sensor.async_read("10ms")
        later(sensor, 3)
        assert sensor.async_read("10s").data == 3
        assert sensor.lost == 0  # who asks for the newest has not lost the others


def test_read_latest_never_waits_and_never_gives_what_is_old() -> None:
    with Sensor() as sensor:
        with pytest.raises(DeviceError, match="captured nothing yet"):
            sensor.read_latest()
        given(sensor, 1, 2)
        assert [sensor.read_latest("60s").data for _ in range(2)] == [2, 2]
        time.sleep(0.02)
        with pytest.raises(DeviceError, match=r"newest item is 0\.\d+ s old, more than max_age '10ms'"):
            sensor.read_latest("10ms")


def test_reading_the_newest_and_then_the_stream() -> None:
    with Sensor() as sensor:
        given(sensor, 1, 2)
        sensor.read_latest("60s")
        given(sensor, *range(20))
        stream = sensor.packets()
        later(sensor, 33, None)
        assert [packet.data for packet in stream] == [33]
        assert sensor.lost == 0


@pytest.mark.parametrize("read", [Sensor.read, Sensor.async_read, Sensor.read_latest, Sensor.calibrate])
def test_what_is_not_open_says_so(read: Callable[[Sensor], object]) -> None:
    with pytest.raises(DeviceError, match=r"sensor 7 is not open: call open\(\)"):
        read(Sensor())
    with Sensor() as sensor:
        pass
    with pytest.raises(DeviceError, match="not open"):
        read(sensor)


@pytest.mark.parametrize("read", [Sensor.read, Sensor.async_read, Sensor.read_latest])
def test_a_device_that_vanishes_is_reported_by_every_read(read: Callable[[Sensor], object]) -> None:
    with Sensor() as sensor:
        given(sensor, 1, DeviceError("sensor 7 was unplugged"))
        stream = sensor.packets()
        assert next(stream).data == 1
        with pytest.raises(DeviceError, match="unplugged"):
            next(stream)
        with pytest.raises(DeviceError, match="unplugged"):
            read(sensor)
            read(sensor)
        assert sensor.health.state == "lost" and sensor.health.error == "sensor 7 was unplugged"
        assert sensor.log == ["open", "close"]  # released, though nobody called close()


def test_a_device_that_falls_silent_has_vanished() -> None:
    with Sensor() as sensor:
        given(sensor, 1)
        stream = sensor.packets()
        next(stream)
        with pytest.raises(DeviceError, match="has given nothing for"):
            next(stream)
        with pytest.raises(DeviceError, match="has given nothing for"):
            sensor.read()


def test_another_error_comes_as_it_is() -> None:
    with Tape() as tape:
        given(tape, 1, DataError("record 2 is cut off"))
        stream = tape.packets()
        next(stream)
        with pytest.raises(DataError, match="cut off"):
            next(stream)


def test_a_pipeline_opens_it_again(monkeypatch: pytest.MonkeyPatch, eventually: Callable[..., None]) -> None:
    monkeypatch.setattr(source_worker, "FIRST_PAUSE_S", 0.01)
    seen: list[Packet[int]] = []

    def keep(packet: Packet[int]) -> None:
        seen.append(packet)

    sensor = Sensor()
    p = Pipeline("bench")
    p.sink(keep, p.source(sensor, name="sensor"))
    with p.run("local") as running:
        sensor.wire.put(1)
        eventually(lambda: len(seen) == 1)
        first = sensor.wire
        sensor.wire.put(DeviceError("unplugged"))
        eventually(lambda: sensor.wire is not first)
        sensor.wire.put(2)
        eventually(lambda: len(seen) == 2)
        running.stop()
        assert running.wait(timeout=30)
    assert [(packet.seq, packet.data) for packet in seen] == [(0, 1), (1, 2)]


def test_closing_gives_what_was_captured_and_releases_once() -> None:
    sensor = Sensor().connect()
    given(sensor, 1, 2)
    stream = sensor.packets()
    assert next(stream).data == 1
    sensor.close()
    sensor.close()
    assert [packet.data for packet in stream] == [2]
    assert sensor.log == ["open", "close"] and sensor.health.state == "closed" and sensor.health.captured == 2


def test_closing_wakes_a_reader() -> None:
    sensor = Sensor().connect()
    threading.Timer(0.05, sensor.close).start()
    with pytest.raises(DeviceError, match="sensor 7: it is closed"):
        sensor.read()


def test_a_device_that_is_not_there_is_released_as_well() -> None:
    sensor = Sensor(missing=True)
    with pytest.raises(DeviceError, match="not plugged in"), sensor.connect():
        pass
    assert sensor.log == ["open", "close"] and not sensor.is_open


def test_opening_again_begins_anew() -> None:
    with Sensor() as sensor:
        given(sensor, 1)
        sensor.open()
        given(sensor, 2, None)
        assert [(packet.seq, packet.data) for packet in sensor.packets()] == [(0, 2)]
    assert sensor.log == ["open", "close"] * 2


def test_connect_in_a_with_block_opens_once() -> None:
    with Sensor().connect() as sensor:
        assert sensor.is_open
    assert sensor.log == ["open", "close"]


def test_it_travels_to_another_process_closed() -> None:
    sensor = Sensor(log=["mine"])
    sensor.log.append("kept")
    copied = pickle.loads(pickle.dumps(sensor))
    assert copied.log == ["mine", "kept"] and copied.health.state == "closed"


def test_health_tells_rate_and_jitter() -> None:
    with Sensor() as sensor:
        for number in range(6):
            given(sensor, number)
        health = sensor.health
    assert health.state == "open" and health.captured == 6 and 5 < health.rate_hz < 110 and health.age_s is not None


def test_calibration_is_kept(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGAN_HOME", str(tmp_path))
    with Sensor() as sensor:
        later(sensor, 42)
        assert sensor.calibrate() == load(Offset, "SN7", max_age="1h")


def test_what_cannot_be_calibrated_says_so() -> None:
    class Plain(Device[int]):
        def _capture(self) -> Iterator[None]:
            while not self.closing:
                time.sleep(0.01)
                yield None

    with Plain() as plain, pytest.raises(DeviceError, match="plain: this kind of device has nothing to calibrate"):
        plain.calibrate()


def test_a_capture_that_never_looks_up_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_GRACE_S", 0.05)

    class Restless(Device[int]):
        def _capture(self) -> Iterator[Packet[int]]:
            while True:
                time.sleep(0.001)
                yield Packet(1, clock.now_ns())

    with Restless() as device:
        device.read()
    assert device._thread is not None and not device._thread.is_alive()


class Three(Device[int]):
    live: ClassVar[bool] = False

    def _capture(self) -> Iterator[Packet[int]]:
        for number in range(3):
            yield Packet(number, number * 10)


def test_a_device_keeps_the_contracts_of_a_source() -> None:
    assert [packet.data for packet in run_stage(Three(), expect=[0, 1, 2])] == [0, 1, 2]
