from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from serial.tools import list_ports

from wugan.devices import discovery
from wugan.devices.camera import Camera
from wugan.devices.discovery import Change, Found, discover, drivers_by_usb, find, serial_ports, watch
from wugan.errors import DeviceError, PluginError


class Ours:
    spec = SimpleNamespace(usb=((0x2341, 0x003E),))


class Theirs:
    spec = SimpleNamespace(usb=((0x2341, 0x003E), (0x0483, 0x5740)))


class Broken:
    def __init__(self) -> None:
        raise RuntimeError("no")


class Radar:
    @classmethod
    def discover(cls) -> list[Found]:
        return [Found("radar", "Radar", "can0")]


class NoFinder: ...


class Failing:
    @classmethod
    def discover(cls) -> list[Found]:
        raise DeviceError("its library is missing: pip install it")


class Bug:
    @classmethod
    def discover(cls) -> list[Found]:
        raise ValueError("oops")


def plugin(name: str, target: Any) -> SimpleNamespace:
    def load() -> Any:
        if isinstance(target, Exception):
            raise target
        return target

    return SimpleNamespace(name=name, package="test", load=load)


def port(device: str, **known: Any) -> SimpleNamespace:
    nothing = dict.fromkeys(("vid", "pid", "serial_number", "product", "manufacturer"))
    return SimpleNamespace(device=device, name=device[5:], **{**nothing, "description": "n/a", **known})


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What is declared and attached; the test fills it."""
    there: dict[str, list[Any]] = {"wugan.haptic_drivers": [], "wugan.devices": [], "ports": []}
    monkeypatch.setattr(discovery, "plugins", lambda group: there[group])
    monkeypatch.setattr(list_ports, "comports", lambda: there["ports"])
    return there


def test_serial_ports_are_known_by_all_drivers_usb_ids(machine: dict[str, list[Any]]) -> None:
    machine["wugan.haptic_drivers"] = [
        plugin("ours", Ours),
        plugin("broken", Broken),
        plugin("gone", PluginError("x")),
        plugin("theirs", Theirs),
    ]
    machine["ports"] = [
        port("/dev/ttyACM0", vid=0x2341, pid=0x003E, serial_number="75A", product="Haply", manufacturer="Arduino"),
        port("/dev/ttyACM1", vid=0x0483, pid=0x5740, product="ODrive"),
        port("/dev/ttyUSB0", vid=0x1A86, pid=0x7523, description="USB Serial"),
        port("/dev/ttyS0"),
    ]
    found = list(serial_ports())
    assert [(one.kind, one.driver, one.name, one.usb) for one in found] == [
        ("haptic", "ours|theirs", "Haply", "2341:003e"),
        ("haptic", "theirs", "ODrive", "0483:5740"),
        ("serial", "", "USB Serial", "1a86:7523"),
        ("serial", "", "ttyS0", ""),
    ]
    assert found[0].serial == "75A" and found[0].detail == "Arduino" and found[0].row()["usb"] == "2341:003e"
    assert drivers_by_usb()[(0x0483, 0x5740)] == ("theirs",)


def test_one_broken_plugin_hides_nothing(machine: dict[str, list[Any]]) -> None:
    machine["wugan.devices"] = [
        plugin("radar", Radar),
        plugin("failing", Failing),
        plugin("bug", Bug),
        plugin("nothing", NoFinder),
        plugin("away", PluginError("cannot be imported")),
    ]
    machine["ports"] = [port("/dev/ttyACM0")]
    seen = discover()
    assert [one.kind for one in seen.found] == ["radar", "serial"]
    for says in ("failing: its library is missing", "bug: ValueError: oops", "'nothing'.*discover", "cannot be imp"):
        assert any(re.search(says, problem) for problem in seen.problems)
    assert [one.kind for one in discover(["radar"]).found] == ["radar"]


def test_the_watcher_tells_what_comes_and_goes() -> None:
    one, two = Found("haptic", "A", "/dev/a", serial="1"), Found("camera", "B", "/dev/b")
    again = Found("haptic", "A", "/dev/a", serial="2")  # another device on the same port between two looks
    looks = iter([[one], [one], [one, two], [again], []])
    slept: list[float] = []
    changes = list(watch(lambda: next(looks), 0.5, stop=lambda: len(slept) == 4, sleep=slept.append))
    assert changes == [
        Change(True, one),
        None,
        Change(True, two),
        Change(False, one),
        Change(False, two),
        Change(True, again),
        Change(False, again),
    ]
    assert slept == [0.5] * 4


def test_a_device_is_found_by_address_serial_driver_or_name() -> None:
    haply = Found("haptic", "Haply Pantograph", "/dev/ttyACM0", driver="haply", serial="75A")
    boards = [Found("haptic", "Board", f"/dev/ttyACM{n}", driver="wugan") for n in (1, 2)]
    devices = [haply, *boards]
    for name in ("/dev/ttyACM0", "75A", "haply", "pantograph"):
        assert find(name, devices) is haply
    with pytest.raises(DeviceError, match=r"'wugan' may be any of Board at /dev/ttyACM1, Board at /dev/ttyACM2"):
        find("wugan", devices)
    with pytest.raises(DeviceError, match="no device 'x' is attached; there are: Haply Pantograph at"):
        find("x", devices)
    with pytest.raises(DeviceError, match="there are: none"):
        find("x", [])


def test_cameras_are_read_from_sysfs(tmp_path: Path) -> None:
    for node, index, name in (("video10", "0", "Studio"), ("video2", "0", "Laptop"), ("video3", "1", "Laptop")):
        folder = tmp_path / "class" / node
        folder.mkdir(parents=True)
        (folder / "index").write_text(index + "\n")
        (folder / "name").write_text(name + "\n")
        usb = tmp_path / "usb" / node / "1-1:1.0"
        usb.mkdir(parents=True)
        (folder / "device").symlink_to(usb)
        (usb.parent / "idVendor").write_text("046d\n")
        (usb.parent / "idProduct").write_text("085e\n")
    found = list(Camera.discover(tmp_path / "class"))
    assert [(one.address, one.name, one.usb) for one in found] == [
        ("/dev/video2", "Laptop", "046d:085e"),
        ("/dev/video10", "Studio", "046d:085e"),
    ]
    assert list(Camera.discover(tmp_path / "none")) == []


def test_it_runs_on_this_machine() -> None:
    seen = discover()
    assert all(isinstance(one, Found) for one in seen.found) and all(isinstance(p, str) for p in seen.problems)
