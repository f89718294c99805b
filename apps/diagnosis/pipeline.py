"""The case pipeline: one stream for each modality; rules that say how soon to look; a second reading beside them.

Each stream reads its part, measures it, and gives findings for the rules, and tokens that DAR fuses for the reading.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import wugan
from wugan.apps.diagnosis.case import Case
from wugan.apps.diagnosis.evidence import CtEvidence, Evidence, Seen, SlideEvidence
from wugan.apps.diagnosis.result import MODALITIES, Assessment, Finding, Modality, Remark, Stream
from wugan.apps.diagnosis.triage.head import Triage, TriageHead
from wugan.errors import DataError, IdentityError
from wugan.modalities.medical.note import Note
from wugan.packet import Packet
from wugan.stage import Encoder, Source, Stage
from wugan.sync import approximate
from wugan.tokens import Tokens

SLIDE_TILES = 512  #: tiles of a slide that are looked at, spread over its tissue
_PICTURE = 900  # pixels of a slide's overview


@dataclass(eq=False)
class CasePart(Source[str]):
    """Gives the path of one part of a case; the stage behind it reads it, where it runs.

    Args:
        path: file or folder.
    """

    path: str

    def packets(self) -> Iterator[Packet[str]]:
        """One packet."""
        yield Packet(self.path, 0, stream="part")


class _Look(Encoder[str, Seen]):
    """Reads one modality. What cannot be read is said in the stream, and the others go on; two people are refused."""

    modality: Modality

    def encode(self, batch: Sequence[Packet[str]]) -> list[Seen | None]:
        """What is in each part."""
        return [self._timed(Path(packet.data)) for packet in batch]

    def look(self, path: Path) -> Seen:
        """What is in it. Raises `DataError`."""
        raise NotImplementedError

    def _timed(self, path: Path) -> Seen:
        began = time.perf_counter()
        try:
            seen = self.look(path)
        except DataError as error:
            stream = Stream(modality=self.modality, present=False, reason=str(error))
            seen = Seen(stream, refused=str(error) if isinstance(error, IdentityError) else "")
        seconds = round(time.perf_counter() - began, 3)
        stream = seen.stream.model_copy(update={"seconds": seconds})
        return Seen(stream, seen.findings, seen.tokens, seen.identity, seen.ct, seen.slides, seen.record, seen.refused)

    def _stream(self, summary: str, tokens: int, notes: Sequence[Note]) -> Stream:
        return Stream(
            modality=self.modality,
            present=True,
            summary=summary,
            tokens=tokens,
            remarks=tuple(Remark.of(note) for note in notes),
        )


@dataclass(eq=False)
class CtLook(_Look):
    """Looks at a CT.

    Args:
        bundle: a network of the user's for the tokens; see `CtEncoder`. The fusion then has to be trained on them.
        levels: heights (LPS z, mm) of vertebrae that somebody has set; see `measures`.
    """

    bundle: str | None = None
    levels: dict[str, float] = field(default_factory=dict)
    modality = "ct"

    def look(self, path: Path) -> Seen:
        """Volume, compartments, candidates, measures."""
        from wugan.apps.diagnosis.findings import ct_findings
        from wugan.apps.diagnosis.identity import of_series
        from wugan.modalities.medical.ct.encoder import CtEncoder
        from wugan.modalities.medical.ct.measures import measures
        from wugan.modalities.medical.ct.reader import read_ct

        volume = read_ct(path)
        analysis = CtEncoder(bundle=self.bundle).analyse(volume)
        if analysis is None:
            raise DataError(f"{path}: no body in this CT; nothing in it is as dense as tissue")
        found = tuple(measures(analysis.compartments, self.levels))
        x, y, z = volume.size
        spacing = " × ".join(f"{s:.3g}" for s in volume.spacing)
        summary = f"{z} planes of {x} × {y}, {spacing} mm"
        notes = (*volume.notes, *analysis.compartments.notes)
        return Seen(
            self._stream(summary, len(analysis.tokens), notes),
            tuple(ct_findings(analysis, found)),
            analysis.tokens,
            of_series(volume.series),
            ct=CtEvidence(volume, analysis, found),
        )


@dataclass(eq=False)
class SlideLook(_Look):
    """Looks at a slide, or at all slides of a folder.

    Args:
        mpp: microns per pixel, where the files do not say or are wrong.
        max_tiles: of each slide.
    """

    mpp: float | None = None
    max_tiles: int = SLIDE_TILES
    modality = "slide"

    def look(self, path: Path) -> Seen:
        """Tiles, nuclei, figures. A slide that cannot be read is noted as long as another can."""
        from wugan.apps.diagnosis.findings import slide_findings
        from wugan.modalities.medical.pathology.encoder import SlideEncoder
        from wugan.modalities.medical.pathology.slide import ResolutionError, slide_paths

        paths, notes = slide_paths(path) if path.is_dir() else ([path], [])
        if not paths:
            raise DataError(f"{path}: holds no slide; needs SVS, NDPI, MRXS, DICOM, TIFF, PNG or JPEG files")
        encoder = SlideEncoder(max_tiles=self.max_tiles)
        findings: list[Finding] = []
        slides: list[SlideEvidence] = []
        tokens: list[Tokens] = []
        problems = []
        for number, file in enumerate(paths, 1):
            try:
                evidence = self._one(file, encoder)
            except DataError as error:
                remedy = " (`mpp: 0.25` in the case's case.yaml)" if isinstance(error, ResolutionError) else ""
                problems.append(Note("slide-not-read", f"{error}{remedy}", file.name))
                continue
            slides.append(evidence)
            notes = [*notes, *evidence.analysis.notes]
            findings += slide_findings(number, evidence.analysis, evidence.statistics)
            tokens.append(encoder.tokens(evidence.analysis))
        if not slides:
            raise DataError("; ".join(note.text for note in problems))
        summary = "; ".join(
            f"{s.statistics.stain}, {s.statistics.tissue_mm2:.3g} mm² of tissue, {s.statistics.tiles} tiles"
            for s in slides
        )
        together = _together(tokens)
        stream = self._stream(
            f"{len(slides)} slide{'s' * (len(slides) > 1)}: {summary}", len(together), [*notes, *problems]
        )
        return Seen(stream, tuple(findings), together, slides=tuple(slides))

    def _one(self, file: Path, encoder: Any) -> SlideEvidence:
        from wugan.modalities.medical.pathology.analysis import summarise
        from wugan.modalities.medical.pathology.slide import open_slide

        with open_slide(file, self.mpp) as slide:
            analysis = encoder.analyse(slide)
            width, height = slide.size_um
            size = (_PICTURE, max(1, round(_PICTURE * height / width)))
            picture = slide.region(0, 0, size, width / _PICTURE)
        return SlideEvidence(analysis, summarise(analysis), picture)


@dataclass(eq=False)
class RecordLook(_Look):
    """Looks at a record.

    Args:
        patient: id of the one wanted, where the file has several.
    """

    patient: str | None = None
    modality = "record"

    def look(self, path: Path) -> Seen:
        """Observations, conditions, tokens."""
        from wugan.apps.diagnosis.findings import record_findings
        from wugan.apps.diagnosis.identity import of_patient
        from wugan.modalities.medical.records.encoder import RecordEncoder
        from wugan.modalities.medical.records.reader import read_record

        record = read_record(path, self.patient)
        encoded = RecordEncoder().encode([Packet(record, 0, stream="record")])[0]
        assert encoded is not None
        # Calendar times would be years from the image's; the days before the newest entry are in values and positions.
        tokens = Tokens(encoded.values, np.zeros(len(encoded), np.int64), encoded.modality, positions=encoded.positions)
        events = len(record.events)
        summary = f"{len(record.observations)} observations, {events} conditions, medications and other events"
        return Seen(
            self._stream(summary, len(tokens), record.notes),
            tuple(record_findings(record)),
            tokens,
            of_patient(record.patient),
            record=record,
        )


class ToTokens(Stage[Seen, Tokens]):
    """Hands a modality's tokens to the fusion, with its findings beside them; nothing where it could not be read."""

    stateless = True

    def process(self, packet: Packet[Seen]) -> Iterator[Packet[Tokens]]:
        """The tokens."""
        if packet.data.tokens is not None:
            yield packet.replace(packet.data.tokens, findings=packet.data.findings)


def _together(tokens: Sequence[Tokens]) -> Tokens:
    """Tokens of several slides as one sequence. Each keeps its own microns."""
    if len(tokens) == 1:
        return tokens[0]
    positions = [of.positions for of in tokens if of.positions is not None]
    return Tokens(
        np.concatenate([of.values for of in tokens]),
        np.concatenate([of.time_ns for of in tokens]),
        tokens[0].modality,
        positions=np.concatenate(positions),
    )


LOOKS: dict[Modality, Callable[[], _Look]] = {"ct": CtLook, "slide": SlideLook, "record": RecordLook}


BACKBONE = "wugan.apps.diagnosis.triage.network:backbone"


class Gathered:
    """Takes what the pipeline gives, in this process.

    Attributes:
        evidence: of each modality.
        assessment: of the case; `None` until there is one.
    """

    def __init__(self) -> None:
        self.evidence = Evidence()
        self.assessment: Assessment | None = None

    def take_seen(self, packet: Packet[Seen]) -> None:
        """One modality."""
        self.evidence.seen[packet.data.stream.modality] = packet.data

    def take_triage(self, packet: Packet[Triage]) -> None:
        """The assessment."""
        self.assessment = packet.data.assessment
        self.evidence.relevance = {m: r for m in MODALITIES if (r := packet.data.relevance.get(m)) is not None}


def parts(case: Case) -> dict[Modality, str]:
    """Where each modality of a case lies; those that it does not hold are left out."""
    held = {"ct": case.ct, "slide": case.slides, "record": case.record}
    return {name: str(path.absolute()) for name, path in held.items() if path is not None}  # type: ignore[misc]


def diagnosis_pipeline(case: Case, gathered: Gathered) -> wugan.Pipeline:
    """Compose the pipeline of one case.

    Args:
        case: any subset of modalities.
        gathered: takes evidence and assessment, in this process.
    """
    p = wugan.Pipeline("diagnosis")
    tokens = []
    for modality, path in parts(case).items():
        part = p.source(CasePart(path), name=f"{modality}-part")
        look = SlideLook(mpp=case.mpp) if modality == "slide" else LOOKS[modality]()
        seen = p.stage(look, part, name=f"{modality}-look")
        p.sink(gathered.take_seen, seen, name=f"take-{modality}")
        tokens.append(p.stage(ToTokens(), seen, name=modality))
    fused = p.fuse(*tokens, sync=approximate("1s"), backbone=BACKBONE, name="fused")
    p.sink(gathered.take_triage, p.head(TriageHead(), fused, name="triage"), name="take-triage")
    return p
