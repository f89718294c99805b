from __future__ import annotations

import pickle
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wugan.devices.speaker import Speaker
from wugan.errors import DeviceError
from wugan.packet import Packet
from wugan.signals import Audio


class FakeStream:
    """Keeps what is played; `on_write` is the test's hook."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.active = False
        self.played: list[np.ndarray] = []
        self.calls: list[str] = []
        self.on_write: Callable[[], None] = lambda: None

    def start(self) -> None:
        self.active = True

    def stop(self) -> None:
        self.active = False
        self.calls.append("stop")

    def abort(self) -> None:
        self.active = False
        self.calls.append("abort")

    def close(self) -> None:
        self.calls.append("close")

    def write(self, sound: np.ndarray) -> None:
        assert self.active
        self.played.append(sound.copy())
        self.on_write()


class FakeSoundDevice:
    """Stands in for the module sounddevice: one speaker."""

    PortAudioError = type("PortAudioError", (Exception,), {})

    def __init__(self, rates: tuple[int, ...] = (16_000, 24_000), channels: tuple[int, ...] = (1, 2)) -> None:
        self.rates, self.channels = rates, channels
        self.streams: list[FakeStream] = []

    def query_devices(self, device: object = None, direction: object = None) -> Any:
        found = {"name": "Fake speaker", "index": 0, "default_samplerate": 48_000.0, "max_input_channels": 0}
        found["max_output_channels"] = 2
        return found if direction else [found]

    def OutputStream(self, **settings: Any) -> FakeStream:
        if settings["samplerate"] not in self.rates or settings["channels"] not in self.channels:
            raise self.PortAudioError("Invalid sample rate")
        self.streams.append(FakeStream(**settings))
        return self.streams[-1]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSoundDevice:
    module = FakeSoundDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


def packet(count: int, rate: int = 24_000) -> Packet[Audio]:
    samples = np.random.default_rng(count).uniform(-0.5, 0.5, count).astype(np.float32)
    return Packet(Audio(samples, rate), 0, stream="voice")


def test_plays_everything_in_order(fake: FakeSoundDevice) -> None:
    speaker = Speaker()
    speaker.warm_up()
    first, second = packet(24_000), packet(1_000)
    speaker.write(first)
    speaker.write(second)
    (stream,) = fake.streams  # one stream: no gap between the packets
    played = np.concatenate(stream.played)[:, 0]
    assert np.array_equal(played, np.concatenate([first.data.samples, second.data.samples]))
    speaker.close()
    speaker.close()
    assert stream.calls == ["stop", "close"]


def test_interrupt_stops_in_the_middle_and_the_next_packet_plays(fake: FakeSoundDevice) -> None:
    speaker = Speaker()
    speaker.write(packet(100))
    stream = fake.streams[0]

    def talk_over() -> None:
        if len(stream.played) == 4:
            other = threading.Thread(target=speaker.interrupt)
            other.start()
            other.join()

    stream.on_write = talk_over
    speaker.write(packet(24_000))
    assert len(stream.played) == 4 and stream.calls == ["abort"]
    speaker.write(packet(2_400))
    assert len(stream.played) == 6


def test_an_interrupt_while_nothing_plays_loses_nothing(fake: FakeSoundDevice) -> None:
    speaker = Speaker()
    speaker.interrupt()
    speaker.write(packet(2_400))
    assert sum(map(len, fake.streams[0].played)) == 2_400


def test_another_rate_opens_the_device_anew(fake: FakeSoundDevice) -> None:
    speaker = Speaker()
    speaker.write(packet(240))
    speaker.write(packet(160, rate=16_000))
    assert [stream.settings["samplerate"] for stream in fake.streams] == [24_000, 16_000]
    assert fake.streams[0].calls == ["stop", "close"]


def test_a_device_at_48_khz_stereo_is_given_that(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeSoundDevice(rates=(48_000,), channels=(2,))
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    speaker = Speaker()
    speaker.write(packet(24_000))
    played = np.concatenate(fake.streams[0].played)
    assert played.shape == (48_000, 2) and np.array_equal(played[:, 0], played[:, 1])


def test_too_loud_sound_is_limited(fake: FakeSoundDevice) -> None:
    Speaker().write(Packet(Audio(np.full(100, 3.0, np.float32), 24_000), 0, stream="voice"))
    assert fake.streams[0].played[0].max() == 1.0


def test_a_device_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", FakeSoundDevice(rates=()))
    with pytest.raises(DeviceError, match="Fake speaker"):
        Speaker().write(packet(100))
    assert pickle.loads(pickle.dumps(Speaker(device="x"))).device == "x"


def test_real_playing_through_portaudio(with_alsa: Callable[[str], str]) -> None:
    out = with_alsa(
        """
import sys, numpy as np
from wugan.devices import Speaker
from wugan.packet import Packet
from wugan.signals import Audio
sound = np.random.default_rng(0).uniform(-0.5, 0.5, 24_000).astype(np.float32)
speaker = Speaker(device="said")
speaker.warm_up()
speaker.write(Packet(Audio(sound, 24_000), 0))
speaker.close()
said = np.fromfile(sys.argv[1] + "/said.raw", np.float32)
print(np.array_equal(said[: len(sound)], sound))
try:
    Speaker(device="nothing of the kind").warm_up()
except Exception as error:
    print(type(error).__name__, error)
"""
    )
    assert out.startswith("True\nDeviceError There is no sound device 'nothing of the kind'")
    assert "said" in out


def test_discovery_lists_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", FakeSoundDevice())
    (found,) = Speaker.discover()
    assert (found.kind, found.name, found.address) == ("speaker", "Fake speaker", "0") and "2 channels" in found.detail
