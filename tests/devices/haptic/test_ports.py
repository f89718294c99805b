from __future__ import annotations

from pathlib import Path

import pytest

from wugan.devices import discovery
from wugan.devices.discovery import Found
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.servo import port
from wugan.errors import DeviceError

SPEC = WuganBoard(usb=((0x1209, 0x0001),)).spec


def attached(monkeypatch: pytest.MonkeyPatch, *found: Found) -> None:
    monkeypatch.setattr(discovery, "serial_ports", lambda: iter(found))


def board(address: str) -> Found:
    return Found("haptic", "board", address, vid=0x1209, pid=1)


def test_the_one_that_is_attached_by_its_lasting_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    attached(monkeypatch, Found("serial", "other", "/dev/ttyS0"), board(str(tmp_path / "ttyACM0")))
    monkeypatch.setattr(port, "BY_ID", tmp_path / "by-id")
    assert port.find_port(SPEC) == str(tmp_path / "ttyACM0")
    (tmp_path / "by-id").mkdir()
    (tmp_path / "by-id" / "usb-board").symlink_to(tmp_path / "ttyACM0")
    assert port.find_port(SPEC) == str(tmp_path / "by-id" / "usb-board")


def test_none_or_several(monkeypatch: pytest.MonkeyPatch) -> None:
    attached(monkeypatch)
    with pytest.raises(DeviceError, match="USB ids: none"):
        port.find_port(SPEC)
    attached(monkeypatch, board("/dev/ttyACM0"), board("/dev/ttyACM1"))
    with pytest.raises(DeviceError, match="ttyACM0, board at /dev/ttyACM1"):
        port.find_port(SPEC)
    with pytest.raises(DeviceError, match="name its port"):
        port.find_port(WuganBoard().spec)
