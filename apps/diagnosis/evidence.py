"""`Evidence`: what the findings were read from, kept in memory for pictures, SR, SEG and FHIR."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wugan.apps.diagnosis.result import Finding, Modality, Stream
from wugan.tokens import Tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wugan.apps.diagnosis.report.pictures import Picture
    from wugan.modalities.medical.ct.encoder import CtAnalysis
    from wugan.modalities.medical.ct.measures import Measurement
    from wugan.modalities.medical.ct.volume import Volume
    from wugan.modalities.medical.pathology.analysis import SlideAnalysis, SlideStatistics
    from wugan.modalities.medical.records.observations import Record


@dataclass(frozen=True, slots=True)
class Identity:
    """What one modality says of whose it is; empty where it does not say.

    Attributes:
        patient_id: number or id.
        name: as written there.
        sex: `"female"`, `"male"` or `""`.
        birth: `YYYY-MM-DD` or `""`.
    """

    patient_id: str = ""
    name: str = ""
    sex: str = ""
    birth: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CtEvidence:
    """Of a CT.

    Attributes:
        volume: on the source grid.
        analysis: compartments, candidates, cubes and tokens.
        measurements: of the compartments.
    """

    volume: Volume
    analysis: CtAnalysis
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SlideEvidence:
    """Of one slide.

    Attributes:
        analysis: tiles and their features.
        statistics: what a report says of it.
        picture: overview, uint8 `[H, W, 3]`.
    """

    analysis: SlideAnalysis
    statistics: SlideStatistics
    picture: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One modality of a case, looked at.

    Attributes:
        stream: what the result says of it.
        findings: in it.
        tokens: for the fusion; `None` where it could not be read.
        identity: whose it says it is.
        ct: evidence, where it is a CT.
        slides: evidence of each slide.
        record: evidence, where it is a record.
        refused: why the whole case must be refused; empty as a rule.
    """

    stream: Stream
    findings: tuple[Finding, ...] = ()
    tokens: Tokens | None = None
    identity: Identity = Identity()
    ct: CtEvidence | None = None
    slides: tuple[SlideEvidence, ...] = ()
    record: Record | None = None
    refused: str = ""


@dataclass(slots=True, eq=False)
class Evidence:
    """All that was looked at in a case.

    Attributes:
        seen: each modality that the case holds.
        relevance: for each modality, how much each token counted in the fusion, float `[T]`, 0 to 1.
        drawn: pictures of it, once a report has drawn them.
    """

    seen: dict[Modality, Seen] = field(default_factory=dict)
    relevance: dict[Modality, NDArray[np.float32]] = field(default_factory=dict)
    drawn: tuple[Picture, ...] | None = None

    @property
    def ct(self) -> CtEvidence | None:
        """The CT, if one was read."""
        return self.seen["ct"].ct if "ct" in self.seen else None

    @property
    def slides(self) -> tuple[SlideEvidence, ...]:
        """The slides that were read."""
        return self.seen["slide"].slides if "slide" in self.seen else ()

    @property
    def record(self) -> Record | None:
        """The record, if one was read."""
        return self.seen["record"].record if "record" in self.seen else None
