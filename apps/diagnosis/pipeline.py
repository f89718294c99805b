"""The case pipeline: one stream for each modality; tokens fused by DAR; a head that says how soon to look."""

from __future__ import annotations

import wugan
from wugan.apps.diagnosis.case import Case
from wugan.apps.diagnosis.evidence import Evidence, Seen
from wugan.apps.diagnosis.look import LOOKS, CasePart, SlideLook, ToTokens
from wugan.apps.diagnosis.result import MODALITIES, Assessment, Modality
from wugan.apps.diagnosis.triage.head import Triage, TriageHead
from wugan.packet import Packet
from wugan.sync import approximate

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
