"""`Found`: a device that discovery has seen, without opening it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """One device that is attached now.

    Attributes:
        kind: `haptic`, `camera`, `microphone`, `speaker`, `serial` (a port that no driver knows), or a plugin's own.
        name: what the maker or the system calls it.
        address: what opens it: a port, a device file, a number.
        driver: name of the driver, or library, that speaks to it; several that share its USB ids are joined by `|`;
            empty where it is not known.
        vid: USB vendor id; `None` where it has none.
        pid: USB product id.
        serial: serial number; empty where it has none.
        detail: anything else worth reading, in words.
    """

    kind: str
    name: str
    address: str
    driver: str = ""
    vid: int | None = None
    pid: int | None = None
    serial: str = ""
    detail: str = ""

    @property
    def usb(self) -> str:
        """`2341:003e`, as lsusb writes it; empty for what is not on USB."""
        return "" if self.vid is None or self.pid is None else f"{self.vid:04x}:{self.pid:04x}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same device at two looks."""
        return self.kind, self.address, self.serial

    def row(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "usb": self.usb}
