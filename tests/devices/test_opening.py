from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wugan.devices import Camera, Microphone, discovery
from wugan.devices.discovery import Discovery, Found, choose, choose_driver
from wugan.devices.haptic.device import HapticDevice
from wugan.errors import DataError, DeviceError, PluginError

ATTACHED = (
    Found("haptic", "Board", "/dev/ttyACM0", driver="wugan", serial="75A"),
    Found("haptic", "Arduino", "/dev/ttyACM1", driver="wugan|haply", serial="75B"),
    Found("serial", "USB Serial", "/dev/ttyUSB0"),
    Found("camera", "Laptop", "/dev/video0", driver="v4l2"),
    Found("microphone", "Headset", "3", driver="portaudio"),
    Found("speaker", "Headphones", "4", driver="portaudio"),
)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def discover(kinds: Any = None) -> Discovery:
        return Discovery(tuple(one for one in ATTACHED if kinds is None or one.kind in kinds))

    monkeypatch.setattr(discovery, "discover", discover)


def test_a_haptic_device_by_its_usb_ids_or_by_the_driver_named() -> None:
    by_id = choose("75A").device
    assert isinstance(by_id, HapticDevice) and by_id.port == "/dev/ttyACM0" and by_id.spec["protocol"] == "wugan"
    assert choose("75B", "haply").device.spec["protocol"] == "haply"
    assert choose("/dev/ttyUSB0", "odrive").device.spec["protocol"] == "odrive"
    assert choose_driver("75A").spec.protocol == choose_driver("anything", "wugan").spec.protocol == "wugan"


def test_a_port_in_no_list_with_the_driver_s_parameters(tmp_path: Path) -> None:
    chosen = choose(str(tmp_path / "board"), "wugan", ["axes=2", "space=joint"])
    assert chosen.device.spec["axes"] == 2 and chosen.device.spec["space"] == "joint"


def test_other_kinds() -> None:
    camera, microphone = choose("laptop").device, choose("headset").device
    assert isinstance(camera, Camera) and camera.device == "/dev/video0"
    assert isinstance(microphone, Microphone) and microphone.device == 3


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (("75B",), DeviceError, "USB ids fit wugan, haply; name it with --driver"),
        (("/dev/ttyUSB0",), DeviceError, "nothing tells which of .*wugan.*--driver"),
        (("laptop", "wugan"), DeviceError, "is a camera: --driver and --set are for haptic"),
        (("headphones",), DeviceError, "is a speaker"),
        (("nothing",), DeviceError, "no device 'nothing' is attached"),
        (("75A", "wugan", ["axes"]), DataError, "write NAME=VALUE"),
        (("75A", "wugan", ["axis=2"]), DataError, "takes no axis"),
        (("75A", "wugan", ["axes={"]), DataError, "is no value"),
        (("75A", "wugun"), PluginError, "no driver is called 'wugun'"),
    ],
)
def test_what_cannot_be_chosen(arguments: tuple[Any, ...], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        choose(*arguments)
