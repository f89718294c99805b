from __future__ import annotations

from wugan.devices.discovery import Found


def test_usb_ids_as_lsusb_writes_them() -> None:
    assert Found("haptic", "A", "/dev/a", vid=0x2341, pid=0x3E).usb == "2341:003e"
    assert Found("haptic", "A", "/dev/a", vid=0x2341).usb == Found("camera", "A", "/dev/a").usb == ""


def test_a_row_for_json_and_the_key_of_two_looks() -> None:
    one = Found("haptic", "A", "/dev/a", vid=1, pid=2, serial="7")
    assert one.row()["usb"] == "0001:0002" and one.row()["name"] == "A"
    assert one.key == Found("haptic", "renamed", "/dev/a", serial="7").key
    assert one.key != Found("haptic", "A", "/dev/a", serial="8").key
