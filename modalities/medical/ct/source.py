"""`CtSource`: CT volumes as a stream of packets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from wugan.errors import DataError
from wugan.modalities.medical.ct.reader import read_ct
from wugan.modalities.medical.ct.volume import Volume
from wugan.packet import Packet
from wugan.stage import Source

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class CtSource(Source[Volume]):
    """Gives the CT volume of a folder, zip or file, or one for each study below a folder.

    Each packet's `attrs["study"]` is the name of what it was read from. In the stream, studies are a second apart.

    Args:
        path: what `read_ct` reads; with `studies`, a folder of such things.
        series: key of the series to read (see `list_series`); not with `studies`.
        studies: read every folder, zip and NIfTI file that lies directly in `path`, in the order of their names.
        on_error: `"raise"`, or `"skip"` to log what cannot be read and go on with the next study.

    Raises:
        DataError: from `open`: nothing there, no study in the folder. From `packets`: what `read_ct` raises.
    """

    path: str | Path
    series: str | None = None
    studies: bool = False
    on_error: Literal["raise", "skip"] = "raise"
    _open: bool = field(init=False, repr=False, default=False)

    def __post_init__(self) -> None:
        if self.studies and self.series is not None:
            raise DataError("CtSource: series= names one series; it cannot be had with studies=True")

    @property
    def spec(self) -> dict[str, Any]:
        """Kind, type, unit and coordinates."""
        return {"kind": "ct", "dtype": "float32", "unit": "HU", "axes": "ZYX", "coordinates": "LPS mm"}

    def open(self) -> None:
        """Look that there is something to read."""
        self._places()
        self._open = True

    def close(self) -> None:
        """Stop before the next study."""
        self._open = False

    def packets(self) -> Iterator[Packet[Volume]]:
        """One packet for each study."""
        if not self._open:
            self.open()
        seq = 0
        for place in self._places():
            if not self._open:
                return
            try:
                volume = read_ct(place, self.series)
            except DataError as error:
                if self.on_error == "raise":
                    raise
                logger.warning("%s is left out: %s", place, error)
                continue
            yield Packet(volume, seq * 1_000_000_000, stream="ct", seq=seq, attrs={"study": place.name})
            seq += 1

    def _places(self) -> list[Path]:
        path = Path(self.path)
        if not path.exists():
            raise DataError(f"{path}: no such file or folder")
        if not self.studies:
            return [path]
        if not path.is_dir():
            raise DataError(f"{path} is no folder; with studies=True give the folder that the studies lie in")
        endings = (".zip", ".nii", ".nii.gz")
        found = [item for item in sorted(path.iterdir()) if item.is_dir() or item.name.lower().endswith(endings)]
        if not found:
            raise DataError(f"{path} holds no folder, zip or NIfTI file, so no study")
        return found
