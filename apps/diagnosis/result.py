"""`Result`: what `wugan diagnose` found in a case, as typed data; `result.json` is this, and so is its JSON Schema."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from wugan.modalities.medical.note import Note

SCHEMA_VERSION = "1.0"
DISCLAIMER = (
    "Decision support for research. Not a medical device, not reviewed by a clinician, and not to be used to diagnose "
    "or to treat."
)
COMPOSITE = "composite, not one patient"

Modality = Literal["ct", "slide", "record"]
MODALITIES: tuple[Modality, ...] = ("ct", "slide", "record")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Urgency(StrEnum):
    """How soon a person should look, from the least to the most."""

    ROUTINE = "routine"
    PROMPT = "prompt"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """0, 1 or 2."""
        return list(Urgency).index(self)


class Code(_Model):
    """A concept of a code system.

    Attributes:
        system: URI, such as `"http://snomed.info/sct"`, `"http://loinc.org"`, `"http://radlex.org"`.
        code: in it.
        display: its name there.
    """

    system: str
    code: str
    display: str


class Measure(_Model):
    """A measured figure and its 95 % interval.

    Attributes:
        value: the figure.
        low: lower bound; `None` where nothing is known of the uncertainty.
        high: upper bound, likewise.
        unit: UCUM.
    """

    value: float
    low: float | None = None
    high: float | None = None
    unit: str = "1"


class Threshold(_Model):
    """What a measure is held against.

    Attributes:
        value: in the measure's unit.
        side: where a value means something: `"above"` or `"below"`.
        source: publication or guideline it is from.
    """

    value: float
    side: Literal["above", "below"]
    source: str


class Place(_Model):
    """Where something was seen.

    Attributes:
        label: for people: a slice's number, an organ, a date.
        position: patient coordinates (LPS, mm) on a CT, microns from the corner on a slide, days before the newest
            entry in a record.
        extent: size at that place, in mm or microns; 0 for a point.
    """

    label: str = ""
    position: tuple[float, ...] = ()
    extent: float = 0.0


class Finding(_Model):
    """One statement about one modality, with how certain it is.

    Attributes:
        id: stable name, such as `"ct.lung.emphysema"`.
        modality: what it was seen in.
        title: a few words.
        statement: a sentence with the figures.
        status: `normal`, `abnormal`, `critical`; `reported` where no accepted limit says which it is;
            `unmeasured` where it could not be looked at.
        probability: that the true value lies beyond the threshold, given the measure's uncertainty; for a condition in
            the record 1; `None` where nothing was measured.
        urgency: how soon a person should look, if it is so.
        measure: what was measured, if anything.
        threshold: what it was held against.
        places: where it was seen, the clearest first.
        reason: why it could not be looked at.
        codes: what it is called elsewhere.
    """

    id: str
    modality: Modality
    title: str
    statement: str
    status: Literal["normal", "abnormal", "critical", "reported", "unmeasured"]
    probability: float | None = Field(None, ge=0, le=1)
    urgency: Urgency = Urgency.ROUTINE
    measure: Measure | None = None
    threshold: Threshold | None = None
    places: tuple[Place, ...] = ()
    reason: str = ""
    codes: tuple[Code, ...] = ()


class Attribution(_Model):
    """What a modality added to the assessment.

    Attributes:
        modality: which.
        share: of the change that all present modalities make together, 0 to 1.
        without: probabilities by category if it had been missing.
    """

    modality: Modality
    share: float
    without: dict[str, float]


class Assessment(_Model):
    """The case as a whole: how soon a person should look at it.

    Attributes:
        category: the most probable.
        probabilities: by category, calibrated; they sum to 1.
        abstain: no category is probable enough to be named; a person decides.
        cost_of_missing: for each modality that is missing, or does not show what the rules look for (a CT without
            lungs), how many bits of entropy knowing it would be expected to take away.
        attributions: of the modalities that are present.
        reasons: findings that carry it, the weightiest first, by id.
        fusion: what the fusion network says of the tokens alone, by category: a second reading beside the rules'.
    """

    category: Urgency
    probabilities: dict[str, float]
    abstain: bool
    cost_of_missing: dict[str, float] = {}
    attributions: tuple[Attribution, ...] = ()
    reasons: tuple[str, ...] = ()
    fusion: dict[str, float] = {}


class Remark(_Model):
    """A note of a reader: what was found in the input and how it was dealt with.

    Attributes:
        code: stable name in kebab-case.
        text: a sentence.
        source: file, series or field.
    """

    code: str
    text: str
    source: str = ""

    @classmethod
    def of(cls, note: Note) -> Remark:
        """From a note."""
        return cls(code=note.code, text=note.text, source=note.source)


class Stream(_Model):
    """One modality of the case.

    Attributes:
        modality: which.
        present: whether there was anything that could be read.
        summary: what it is, in a sentence.
        reason: why it is not there, if it is not.
        tokens: how many the encoder made.
        seconds: how long reading and encoding took.
        remarks: what its reader had to say.
    """

    modality: Modality
    present: bool
    summary: str = ""
    reason: str = ""
    tokens: int = 0
    seconds: float = 0.0
    remarks: tuple[Remark, ...] = ()


class Provenance(_Model):
    """What made the result, of what.

    Attributes:
        wugan: version.
        created: UTC, ISO 8601.
        models: SHA-256 of each model's weights, by name.
        inputs: SHA-256 of each input file, by its name in the case; of a folder of slices the hash of their hashes.
        deidentified: whether identifiers were removed from what this folder holds.
    """

    wugan: str
    created: str
    models: dict[str, str] = {}
    inputs: dict[str, str] = {}
    deidentified: bool = True


class Result(_Model):
    """All that was found in a case.

    Attributes:
        schema_version: of this structure.
        case: name of the case; a stand-in where the result is de-identified.
        composite: the case is put together from several patients, as demonstrations are.
        disclaimer: what it must not be used for.
        streams: the three modalities, present or not.
        findings: in the order of their weight.
        assessment: of the case as a whole; `None` where no modality could be read.
        provenance: what made this.
        remarks: on the case as a whole: what lies beside and was not looked at, whose it could not be checked to be.
        files: what else lies beside it: what it is, by name.
    """

    schema_version: str = SCHEMA_VERSION
    case: str
    composite: bool = False
    disclaimer: str = DISCLAIMER
    streams: tuple[Stream, ...]
    findings: tuple[Finding, ...] = ()
    assessment: Assessment | None = None
    provenance: Provenance
    remarks: tuple[Remark, ...] = ()
    files: dict[str, str] = {}

    def stream(self, modality: Modality) -> Stream:
        """The stream of a modality."""
        return next(one for one in self.streams if one.modality == modality)
