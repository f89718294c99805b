"""PortAudio through sounddevice: what the microphone and the speaker share."""

from __future__ import annotations

import weakref
from types import ModuleType
from typing import Any

from wugan.errors import DeviceError, PluginError

_streams: weakref.WeakSet[Any] = weakref.WeakSet()  # opened here


def portaudio() -> ModuleType:
    """The module sounddevice.

    Raises:
        PluginError: it is not installed.
        DeviceError: the system's PortAudio library is missing.
    """
    try:
        import sounddevice
    except ImportError as error:
        raise PluginError("Sound devices need sounddevice: pip install 'wugan[speech]'") from error
    except OSError as error:
        raise DeviceError(
            "Sound devices need the PortAudio library: apt-get install libportaudio2 (Debian, Ubuntu), "
            "brew install portaudio (macOS)"
        ) from error
    return sounddevice


def choose(device: int | str | None, direction: str) -> dict[str, Any]:
    """PortAudio's description of a device (`name`, `index`, `default_samplerate`, …).

    Args:
        device: its number, a part of its name, or `None` for the system's default.
        direction: `"input"` or `"output"`.

    Raises:
        DeviceError: there is none, or the name fits several; lists those that there are.
    """
    sounddevice = portaudio()
    try:
        found = dict(sounddevice.query_devices(device, direction))
    except (ValueError, sounddevice.PortAudioError) as error:
        named = "no default sound" if device is None else f"no sound device {device!r} for"
        raise DeviceError(f"There is {named} {direction} ({error}). {listing(direction)}") from error
    if found[f"max_{direction}_channels"] < 1:
        raise DeviceError(f"Sound device {found['name']!r} has no {direction}. {listing(direction)}")
    return found


def open_stream(device: int | str | None, direction: str, rate: int, **settings: Any) -> tuple[Any, int, int]:
    """Open (and do not start) a stream of float32 samples.

    A device that refuses the rate gets its own, and one that refuses mono gets stereo: the caller converts.

    Returns:
        The stream, its rate (Hz), its channels.

    Raises:
        DeviceError: there is no such device, or it is busy, or refuses everything.
    """
    sounddevice = portaudio()
    found = choose(device, direction)
    kind = sounddevice.InputStream if direction == "input" else sounddevice.OutputStream
    for hz in dict.fromkeys((rate, round(found["default_samplerate"]))):
        for channels in (1, 2):
            try:
                stream = kind(samplerate=hz, channels=channels, dtype="float32", device=found["index"], **settings)
            except sounddevice.PortAudioError as error:
                refusal = error
            else:
                _streams.add(stream)
                return stream, hz, channels
    raise DeviceError(
        f"Sound device {found['name']!r} cannot be opened for {direction} ({refusal}); another program may hold it. "
        f"{listing(direction)}"
    ) from refusal


def look_again() -> bool:
    """Let PortAudio see what has been plugged in since it looked at the devices, which it does only at its start.

    Returns:
        Whether it did. It cannot while a stream is open in this process, since that would end it.
    """
    sounddevice = portaudio()
    if not all(stream.closed for stream in _streams):
        return False
    while sounddevice._initialized:
        sounddevice._terminate()
    sounddevice._initialize()
    return True


def sound_devices(direction: str) -> list[tuple[int, dict[str, Any]]]:
    """PortAudio's numbers and descriptions of the devices of one direction. Raises as `portaudio` does."""
    found = portaudio().query_devices()
    return [(number, dict(one)) for number, one in enumerate(found) if one[f"max_{direction}_channels"] > 0]


def listing(direction: str) -> str:
    """A sentence that names the devices of one direction."""
    devices = [f"{number}: {device['name']}" for number, device in sound_devices(direction)]
    return f"Devices for {direction}: {', '.join(devices)}." if devices else f"This machine has no sound {direction}."
