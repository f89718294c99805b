from __future__ import annotations

import logging
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.speech import AudioFile


def tone(seconds: float, rate: int, hz: float = 440.0, level: float = 0.5) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def read(path: Path, **values: object) -> NDArray[np.float32]:
    with AudioFile(path, **values) as source:  # type: ignore[arg-type]
        return np.concatenate([packet.data.samples for packet in source.packets()])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 9_000), chunk_ms=st.integers(1, 300))
def test_samples_are_conserved_and_times_are_contiguous(tmp_path: Path, count: int, chunk_ms: int) -> None:
    path = tmp_path / "noise.wav"
    samples = np.random.default_rng(count).uniform(-0.9, 0.9, count).astype(np.float32)
    soundfile.write(path, samples, 16_000, subtype="FLOAT")
    with AudioFile(path, chunk=f"{chunk_ms}ms") as source:
        packets = list(source.packets())
    assert np.array_equal(np.concatenate([packet.data.samples for packet in packets]), samples)
    position = 0
    for seq, packet in enumerate(packets):
        assert (packet.seq, packet.time_ns) == (seq, position * 1_000_000_000 // 16_000)
        assert packet is packets[-1] or len(packet.data.samples) == chunk_ms * 16
        position += len(packet.data.samples)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("chunk", ["10ms", "100ms", 0.33])
def test_other_rates_become_16_khz(tmp_path: Path, rate: int, chunk: str | float) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(1.5, rate), rate, subtype="FLOAT")
    heard = read(path, chunk=chunk)
    assert abs(len(heard) - 24_000) <= 1
    middle = slice(2_000, -2_000)  # the ends ring
    assert np.abs(heard - tone(1.5, 16_000)[: len(heard)])[middle].max() < 1e-3


def test_stereo_at_48_khz_is_averaged(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    left, right = tone(1, 48_000), tone(1, 48_000, hz=880)
    soundfile.write(path, np.stack([left, right], axis=1), 48_000, subtype="FLOAT")
    expected = (tone(1, 16_000) + tone(1, 16_000, hz=880)) / 2
    assert np.abs(read(path) - expected)[2_000:-2_000].max() < 1e-3


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_formats_read_in_chunks_equal_the_file_read_at_once(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"tone.{ending}"
    soundfile.write(path, tone(1, 16_000), 16_000)
    heard = read(path)
    assert np.abs(heard - soundfile.read(path, dtype="float32")[0]).max() < 1e-4
    assert abs(np.sqrt(np.mean(heard[4_000:12_000] ** 2)) - 0.5 / np.sqrt(2)) < 0.01


def test_spec_is_readable_before_open(tmp_path: Path) -> None:
    source = AudioFile(tmp_path / "not there yet.wav")
    assert source.spec["rate"] == 16_000
    soundfile.write(tmp_path / "not there yet.wav", tone(1, 8_000), 8_000)
    with source:
        assert source.spec["file_rate"] == 8_000


def test_bad_files_say_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("this is no sound, " * 100)
    (tmp_path / "empty.wav").touch()
    soundfile.write(tmp_path / "zero.wav", np.zeros(0, np.float32), 16_000)
    for name, message in {
        "missing.wav": "no such file",
        ".": "is a folder",
        "text.wav": "cannot be read as sound",
        "empty.wav": "0 bytes",
        "zero.wav": "0 s",
    }.items():
        with pytest.raises(DataError, match=message) as raised:
            AudioFile(tmp_path / name).open()
        assert str(tmp_path) in str(raised.value)


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3"])
def test_a_file_that_is_cut_off_gives_what_it_has_and_then_says_so(tmp_path: Path, ending: str) -> None:
    whole, half = tmp_path / f"whole.{ending}", tmp_path / f"half.{ending}"
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 64_000).astype(np.float32)
    soundfile.write(whole, noise, 16_000)
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    seconds = 0.0
    with AudioFile(half) as source, pytest.raises(DataError, match="cut off"):
        for packet in source.packets():
            seconds += packet.data.seconds
    assert 0.5 < seconds < 2.5


def test_a_wav_that_was_written_to_a_pipe_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "piped.wav"
    soundfile.write(path, tone(1, 16_000), 16_000)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert len(read(path)) == 16_000


def test_nan_is_refused(tmp_path: Path) -> None:
    samples = tone(1, 16_000)
    samples[8_000] = np.nan
    soundfile.write(tmp_path / "nan.wav", samples, 16_000, subtype="FLOAT")
    with pytest.raises(DataError, match="NaN"):
        read(tmp_path / "nan.wav")


def test_clipping_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    samples = np.concatenate([tone(1, 16_000), np.clip(tone(1, 16_000, level=2.0), -1, 1)])
    soundfile.write(tmp_path / "clipped.wav", samples, 16_000)
    with caplog.at_level(logging.WARNING), AudioFile(tmp_path / "clipped.wav") as source:
        packets = list(source.packets())
    assert not any("clipped" in packet.attrs for packet in packets[:10])
    assert all(packet.attrs["clipped"] > 0.3 for packet in packets[10:])
    assert len(caplog.records) == 1 and "clips at 1.0 s" in caplog.text


def test_close_ends_the_packets_and_is_safe_twice(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "tone.wav", tone(1, 16_000), 16_000)
    source = AudioFile(tmp_path / "tone.wav")
    packets = source.packets()
    next(packets)
    source.close()
    source.close()
    assert sum(packet.data.seconds for packet in packets) < 0.9


def test_realtime_takes_as_long_as_the_sound(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "tone.wav", tone(0.4, 16_000), 16_000)
    started = time.monotonic()
    read(tmp_path / "tone.wav", realtime=True)
    assert time.monotonic() - started >= 0.4  # sleeping longer is the system's right


def test_a_chunk_below_one_sample_is_refused() -> None:
    with pytest.raises(DataError, match="less than one sample"):
        AudioFile("any.wav", chunk="10us")
