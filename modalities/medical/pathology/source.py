"""`SlideSource`: the slides of a patient as a stream of packets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wugan.errors import DataError
from wugan.modalities.medical.pathology.folder import slide_paths
from wugan.modalities.medical.pathology.slide import Slide, open_slide
from wugan.packet import Packet
from wugan.stage import Source

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class SlideSource(Source[Slide]):
    """Gives a slide, or each slide of a folder by name, one packet a slide; all times are 0.

    What travels is the slide's path and `mpp`, and it opens again where it arrives, so that a stage on another machine
    needs the same path. `attrs["notes"]` are sentences on what was assumed; files of the folder that are no slides are
    named in the first packet's.

    Args:
        path: a file, or a folder of slides.
        mpp: microns per pixel, of every slide, where the files do not say or are wrong.

    Raises:
        DataError: from `open`: no such file or folder, or no slide in it. From `packets`: a slide that cannot be read,
            by name; those before it have been given.
    """

    path: str | Path
    mpp: float | tuple[float, float] | None = None
    _open: list[Slide] = field(init=False, repr=False, default_factory=list)

    @property
    def spec(self) -> dict[str, Any]:
        """Kind and path."""
        return {"kind": "slide", "path": str(self.path), "unit": "µm"}

    def open(self) -> None:
        """Look for the slides."""
        self._find()

    def close(self) -> None:
        """Close the slides that were opened here."""
        while self._open:
            self._open.pop().close()

    def packets(self) -> Iterator[Packet[Slide]]:
        """One packet a slide."""
        paths, notes = self._find()
        for seq, path in enumerate(paths):
            slide = open_slide(path, self.mpp)
            self._open.append(slide)
            said = [str(note) for note in (*notes, *slide.notes)]
            for sentence in said:
                logger.warning("%s", sentence)
            notes = []
            yield Packet(slide, 0, stream=slide.name, seq=seq, attrs={"notes": said} if said else {})

    def _find(self) -> tuple[list[Path], list[Any]]:
        path = Path(self.path)
        if not path.is_dir():
            if not path.exists():
                raise DataError(f"{path}: no such slide or folder")
            return [path], []
        paths, notes = slide_paths(path)
        if not paths:
            raise DataError(f"{path} holds no slide; needs SVS, NDPI, MRXS, DICOM, TIFF, PNG or JPEG files")
        return paths, notes
