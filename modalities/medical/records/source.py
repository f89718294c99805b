"""`RecordSource`: records of a file or folder as a stream of packets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wugan.errors import DataError
from wugan.modalities.medical.records.observations import Record
from wugan.packet import Packet
from wugan.stage import Source


@dataclass(eq=False)
class RecordSource(Source[Record]):
    """Reads patients' records: one packet each, with its notes as `attrs["notes"]` (text).

    A packet's time is 0: the times inside a record are calendar times, those of a pipeline's streams are not, so that a
    record joins whatever else there is of the patient.

    Args:
        path: a FHIR file, a folder of them (together one export), or a table.
        patient: id of the one wanted, where there are several.
        every: give each patient of the file as a packet, instead of refusing several.

    Raises:
        DataError: from `open`: it cannot be read, or holds several patients and neither is said.
    """

    path: str | Path
    patient: str | None = None
    every: bool = False
    _records: list[Record] | None = field(init=False, repr=False, default=None)

    @property
    def spec(self) -> dict[str, Any]:
        """What it gives; once open also the number of patients."""
        spec: dict[str, Any] = {"kind": "record", "standard": "HL7 FHIR R4"}
        return spec if self._records is None else {**spec, "patients": len(self._records)}

    def open(self) -> None:
        """Read the file."""
        from wugan.modalities.medical.records.reader import read_record, read_records

        if self.every and self.patient is not None:
            raise DataError("RecordSource: give patient= or every=True, not both")
        self._records = read_records(self.path) if self.every else [read_record(self.path, self.patient)]

    def close(self) -> None:
        """Forget the records."""
        self._records = None

    def packets(self) -> Iterator[Packet[Record]]:
        """A packet for each patient."""
        if self._records is None:
            self.open()
        for seq, record in enumerate(self._records or ()):
            yield Packet(
                record, 0, stream=Path(self.path).name, seq=seq, attrs={"notes": [str(note) for note in record.notes]}
            )
