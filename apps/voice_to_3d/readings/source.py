"""`ScanFile`: a scanned thing as the one packet of a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.readings.cloud_file import Unit
from wugan.apps.voice_to_3d.readings.model import SCAN
from wugan.apps.voice_to_3d.readings.reading import ScanSize
from wugan.apps.voice_to_3d.readings.scan import Scan, load_scan
from wugan.packet import Packet
from wugan.stage import Source


@dataclass(eq=False)
class ScanFile(Source[Scan]):
    """Reads, cleans and measures a scan; its one packet, at time 0, carries the size as the attribute `scan`.

    Args:
        path: see `load_scan`.
        unit: of its coordinates; guessed, with a note, unless given.
    """

    path: str
    unit: Unit | None = None
    _scan: Scan | None = field(init=False, repr=False, default=None)

    def open(self) -> None:
        """Read the file. Raises `DataError` where it cannot be measured."""
        self._scan = load_scan(self.path, self.unit)

    def close(self) -> None:
        """Let go of the points."""
        self._scan = None

    def packets(self) -> Iterator[Packet[Scan]]:
        """The scan."""
        scan = self._scan or load_scan(self.path, self.unit)
        yield Packet(scan, 0, attrs={SCAN: ScanSize.of(scan).model_dump()})
