from __future__ import annotations

import builtins
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soxr

from wugan import Pipeline
from wugan.clock import now_ns
from wugan.devices.microphone import Microphone
from wugan.errors import DataError, DeviceError, PluginError
from wugan.packet import Packet
from wugan.runtime.node import source as source_worker
from wugan.signals import Audio


class FakeStream:
    """What sounddevice gives; the test plays the part of the hardware through `deliver`."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.callback = settings["callback"]
        self.active = self.closed = False

    def start(self) -> None:
        self.active = True

    def close(self) -> None:
        self.active, self.closed = False, True

    def deliver(self, samples: np.ndarray, late: float = 0.02, adc: float = 5.0, overflow: bool = False) -> None:
        sound = np.repeat(np.asarray(samples, np.float32)[:, None], self.settings["channels"], axis=1)
        clock = SimpleNamespace(inputBufferAdcTime=adc, currentTime=adc + late)
        self.callback(sound, len(samples), clock, SimpleNamespace(input_overflow=overflow))


class FakeSoundDevice:
    """Stands in for the module sounddevice: one microphone that takes only some rates and channels."""

    PortAudioError = type("PortAudioError", (Exception,), {})

    def __init__(self, rates: tuple[int, ...] = (16_000,), channels: tuple[int, ...] = (1, 2)) -> None:
        self.rates, self.channels = rates, channels
        self.streams: list[FakeStream] = []
        self._initialized = 1
        self.looked = 0

    def _terminate(self) -> None:
        assert all(stream.closed for stream in self.streams), "it would end a stream that is open"
        self._initialized -= 1

    def _initialize(self) -> None:
        self._initialized += 1
        self.looked += 1

    def query_devices(self, device: object = None, direction: object = None) -> Any:
        found = {"name": "Fake mic", "index": 0, "default_samplerate": 48_000.0, "max_input_channels": 2}
        found["max_output_channels"] = 0
        return found if direction else [found]

    def InputStream(self, **settings: Any) -> FakeStream:
        if settings["samplerate"] not in self.rates or settings["channels"] not in self.channels:
            raise self.PortAudioError("Invalid sample rate")
        self.streams.append(FakeStream(**settings))
        return self.streams[-1]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSoundDevice:
    module = FakeSoundDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(count).uniform(-0.5, 0.5, count).astype(np.float32)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The monotonic clock as the microphone reads it: the only item, in ns."""
    now = [time.monotonic_ns()]
    monkeypatch.setattr("wugan.clock.time.monotonic_ns", lambda: now[0])
    return now


def closing(microphone: Microphone) -> Iterator[Packet[Audio]]:
    """Packets of an open microphone, which is closed while they are read."""
    threading.Timer(0.2, microphone.close).start()
    return microphone.packets()


def test_samples_in_chunks_with_capture_times(fake: FakeSoundDevice, clock: list[int]) -> None:
    microphone = Microphone(chunk="100ms")
    microphone.open()
    sound = noise(8_000)
    before = now_ns()  # by the clock that stands still here
    for number in range(10):
        fake.streams[0].deliver(sound[number * 800 : (number + 1) * 800], late=0.02)
        clock[0] += 50_000_000
    packets = list(closing(microphone))
    assert np.array_equal(np.concatenate([packet.data.samples for packet in packets]), sound)
    assert [len(packet.data.samples) for packet in packets] == [1_600] * 5
    assert [packet.seq for packet in packets] == list(range(5))
    assert abs(packets[0].time_ns - (before - 20_000_000)) < 1_000  # the converter's time, not the callback's


def test_jitter_of_the_stamps_is_smoothed(fake: FakeSoundDevice, clock: list[int]) -> None:
    microphone = Microphone(chunk="50ms")
    microphone.open()
    for number in range(40):
        fake.streams[0].deliver(noise(800), late=0.03 + 0.02 * (number % 2))
        clock[0] += 50_000_000
    steps = np.diff([packet.time_ns for packet in closing(microphone)])
    assert len(steps) == 39 and np.abs(steps - 50_000_000).max() < 1_000_000


def test_a_driver_without_converter_time(fake: FakeSoundDevice) -> None:
    microphone = Microphone()
    microphone.open()
    now = time.time_ns()
    fake.streams[0].deliver(noise(1_600), late=0.0, adc=0.0)
    (packet,) = closing(microphone)
    assert abs(packet.time_ns - (now - 100_000_000)) < 50_000_000


def test_a_slow_reader_loses_the_oldest_sound_and_is_told(
    fake: FakeSoundDevice, eventually: Callable[..., None]
) -> None:
    microphone = Microphone(chunk="100ms", max_queued="1s")
    microphone.open()
    sound = noise(48_000)
    for number in range(30):
        fake.streams[0].deliver(sound[number * 1_600 : (number + 1) * 1_600])
    eventually(lambda: microphone.health.captured == 30)
    packets = list(closing(microphone))
    assert np.array_equal(np.concatenate([packet.data.samples for packet in packets]), sound[32_000:])
    assert packets[0].attrs["lost"] == microphone.lost == 32_000
    assert not any("lost" in packet.attrs for packet in packets[1:])


def test_a_gap_ends_the_chunk_and_the_next_has_its_own_time(fake: FakeSoundDevice, clock: list[int]) -> None:
    microphone = Microphone()
    microphone.open()
    fake.streams[0].deliver(noise(800))
    clock[0] += 2_000_000_000
    fake.streams[0].deliver(noise(1_600))
    first, second = closing(microphone)
    assert len(first.data.samples) == 800 and second.time_ns - first.time_ns == 2_000_000_000


def test_overflow_in_the_system_is_reported(fake: FakeSoundDevice) -> None:
    microphone = Microphone()
    microphone.open()
    fake.streams[0].deliver(noise(800))
    fake.streams[0].deliver(noise(1_600), overflow=True)
    first, second = closing(microphone)
    assert len(first.data.samples) == 800 and second.attrs["overflow"] and microphone.overflows == 1


def test_a_device_at_48_khz_stereo_is_converted(monkeypatch: pytest.MonkeyPatch, clock: list[int]) -> None:
    fake = FakeSoundDevice(rates=(48_000,), channels=(2,))
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    microphone = Microphone(rate=16_000)
    microphone.open()
    assert microphone.spec["device_rate"] == 48_000 and microphone.spec["device_channels"] == 2
    sound = noise(48_000)
    for number in range(10):
        fake.streams[0].deliver(sound[number * 4_800 : (number + 1) * 4_800])
        clock[0] += 100_000_000
    packets = list(closing(microphone))
    samples = np.concatenate([packet.data.samples for packet in packets])
    assert abs(len(samples) - 16_000) <= 1 and {packet.data.rate for packet in packets} == {16_000}
    expected = soxr.resample(sound, 48_000, 16_000)
    assert np.abs(samples[:15_900] - expected[:15_900]).max() < 1e-3


def test_clipping_is_reported(fake: FakeSoundDevice) -> None:
    microphone = Microphone()
    microphone.open()
    fake.streams[0].deliver(np.ones(1_600))
    (packet,) = closing(microphone)
    assert packet.attrs["clipped"] == 1.0


def test_a_device_that_vanishes(fake: FakeSoundDevice) -> None:
    microphone = Microphone()
    microphone.open()
    fake.streams[0].deliver(noise(1_600))
    packets = microphone.packets()
    assert next(packets).data.seconds == 0.1
    fake.streams[0].deliver(noise(800))
    fake.streams[0].active = False
    assert next(packets).data.seconds == 0.05  # what came before it went
    with pytest.raises(DeviceError, match="plugged in"):
        next(packets)
    microphone.close()
    microphone.close()


def test_it_can_be_read_one_by_one(fake: FakeSoundDevice) -> None:
    with Microphone() as microphone:
        fake.streams[0].deliver(noise(4_800))
        assert microphone.async_read("10s").data.seconds == 0.1
        threading.Timer(0.05, fake.streams[0].deliver, [noise(1_600)]).start()
        assert np.array_equal(microphone.read().data.samples, noise(1_600))
        fake.streams[0].active = False
        with pytest.raises(DeviceError, match="plugged in"):
            microphone.async_read("10s")
    assert fake.streams[0].closed and microphone.lost == 0


def test_discovery_lists_inputs(fake: FakeSoundDevice) -> None:
    (found,) = Microphone.discover()
    assert (found.kind, found.name, found.address) == ("microphone", "Fake mic", "0") and "2 channels" in found.detail


def test_it_is_live_and_a_pipeline_opens_it_again(
    fake: FakeSoundDevice, monkeypatch: pytest.MonkeyPatch, eventually: Callable[..., None]
) -> None:
    monkeypatch.setattr(source_worker, "FIRST_PAUSE_S", 0.01)
    heard: list[Packet[Audio]] = []

    def keep(packet: Packet[Audio]) -> None:
        heard.append(packet)

    p = Pipeline("desk")
    p.sink(keep, p.source(Microphone(), name="microphone"))
    with p.run("local") as running:
        fake.streams[0].deliver(noise(1_600))
        eventually(lambda: len(heard) == 1)
        fake.streams[0].active = False  # pulled out
        eventually(lambda: len(fake.streams) == 2)
        fake.streams[1].deliver(noise(1_600))
        eventually(lambda: len(heard) == 2)
        assert running.stats()["microphone"]["restarts"] == 1
        assert fake.looked == 1  # PortAudio has looked for what was plugged in
        running.stop()
        assert running.wait(timeout=30)
    assert [packet.seq for packet in heard] == [0, 1] and heard[0].time_ns < heard[1].time_ns


def test_stamps_are_of_the_pipelines_clock(fake: FakeSoundDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wugan.clock._offset_ns", 7_000_000_000 - time.monotonic_ns())
    microphone = Microphone()
    microphone.open()
    fake.streams[0].deliver(noise(1_600), late=2.0)
    (packet,) = closing(microphone)
    assert 5_000_000_000 <= packet.time_ns < 3_600_000_000_000


def test_no_device_refuses_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", FakeSoundDevice(rates=()))
    with pytest.raises(DeviceError, match="another program may hold it.*Fake mic"):
        Microphone().open()


def test_a_machine_without_sound(fake: FakeSoundDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(device: object = None, direction: object = None) -> list[object]:
        if direction:
            raise fake.PortAudioError("Error querying device -1")
        return []

    monkeypatch.setattr(fake, "query_devices", nothing)
    with pytest.raises(DeviceError, match=r"no default sound input.*This machine has no sound input\."):
        Microphone().open()


def test_library_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def importer(error: Exception) -> Callable[..., Any]:
        def refuse(name: str, *rest: Any, **more: Any) -> Any:
            if name == "sounddevice":
                raise error
            return original(name, *rest, **more)

        return refuse

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", importer(OSError("PortAudio library not found")))
    with pytest.raises(DeviceError, match="apt-get install libportaudio2"):
        Microphone().open()
    monkeypatch.setattr(builtins, "__import__", importer(ImportError("no module")))
    with pytest.raises(PluginError, match="pip install"):
        Microphone().open()


def test_settings_and_travel() -> None:
    with pytest.raises(DataError, match="max_queued"):
        Microphone(chunk="1s", max_queued="100ms")
    assert pickle.loads(pickle.dumps(Microphone(rate=8_000))).spec["rate"] == 8_000


def test_a_real_capture_through_portaudio(with_alsa: Callable[[str], str]) -> None:
    out = with_alsa(
        """
import sys, numpy as np
from wugan.devices import Microphone
from wugan.devices.portaudio import look_again
sound = np.random.default_rng(0).uniform(-0.5, 0.5, 160_000).astype(np.float32)
sound.tofile(sys.argv[1] + "/heard.raw")
with Microphone(device="heard") as microphone:
    packets = microphone.packets()
    first = next(packets).data.samples
    print(look_again())
# Nothing paces this device, so on a busy machine its first seconds may be dropped before the reader comes.
windows = np.lib.stride_tricks.sliding_window_view(sound, 4)  # of 160,000 samples several are equal
start = int(np.flatnonzero((windows == first[:4]).all(1))[0])
print(np.array_equal(first, sound[start : start + len(first)]), len(first) > 0)
print(look_again())
microphone.open()
print(len(next(microphone.packets()).data.samples) > 0)
microphone.close()
try:
    Microphone(device="nothing of the kind").open()
except Exception as error:
    print(type(error).__name__, error)
"""
    )
    assert out.startswith("False\nTrue True\nTrue\nTrue\nDeviceError There is no sound device 'nothing of the kind'")
    assert "0: heard" in out
