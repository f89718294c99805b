"""The parts of FHIR R4 resources that a record is read from, checked as they are read.

Only what is used is declared; the rest of a resource is skipped. These are Pydantic dataclasses over the parsed JSON:
`benchmarks/medical/records.py` times them beside the complete models of fhir.resources. Source of the names and types:
HL7 FHIR Release 4 (hl7.org/fhir/R4).
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass

_CONFIG = ConfigDict(alias_generator=to_camel, extra="ignore", allow_inf_nan=False)
Decimal = StrictInt | StrictFloat | str
"""A number; text is let through here and read by `read_number`, so that it can be noted."""


@dataclass(config=_CONFIG, slots=True)
class Coding:
    """A code of a code system."""

    system: str = ""
    code: str = ""
    display: str = ""


@dataclass(config=_CONFIG, slots=True)
class CodeableConcept:
    """A concept, by codes, by text, or both."""

    coding: list[Coding] = Field(default_factory=list)
    text: str = ""


@dataclass(config=_CONFIG, slots=True)
class Reference:
    """A pointer to another resource."""

    reference: str = ""
    display: str = ""
    identifier: dict[str, Any] | None = None


@dataclass(config=_CONFIG, slots=True)
class Quantity:
    """A number with its unit."""

    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


@dataclass(config=_CONFIG, slots=True)
class Period:
    """From and to."""

    start: str = ""
    end: str = ""


@dataclass(config=_CONFIG, slots=True)
class Ends:
    """A range of quantities (FHIR's `Range`)."""

    low: Quantity | None = None
    high: Quantity | None = None


@dataclass(config=_CONFIG, slots=True)
class Ratio:
    """One quantity to another."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


@dataclass(config=_CONFIG, slots=True)
class ReferenceRange:
    """What is normal, as the laboratory has it."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    applies_to: list[CodeableConcept] = Field(default_factory=list)
    age: Ends | None = None
    text: str = ""


@dataclass(config=_CONFIG, slots=True)
class Valued:
    """A code with a value: an observation, or a component of one."""

    code: CodeableConcept
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_boolean: StrictBool | None = None
    value_integer: StrictInt | None = None
    value_range: Ends | None = None
    value_ratio: Ratio | None = None
    value_time: str | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    value_sampled_data: dict[str, Any] | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: list[CodeableConcept] = Field(default_factory=list)
    reference_range: list[ReferenceRange] = Field(default_factory=list)


@dataclass(config=_CONFIG, slots=True)
class Annotation:
    """A remark."""

    text: str = ""
    time: str = ""


@dataclass(config=_CONFIG, slots=True)
class Observation(Valued):
    """Something measured or asked."""

    status: str = ""
    category: list[CodeableConcept] = Field(default_factory=list)
    subject: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_instant: str = ""
    issued: str = ""
    component: list[Valued] = Field(default_factory=list)
    has_member: list[Reference] = Field(default_factory=list)
    note: list[Annotation] = Field(default_factory=list)


@dataclass(config=_CONFIG, slots=True)
class Patient:
    """Whose record it is."""

    gender: str = ""
    birth_date: str = ""
    deceased_date_time: str = ""


@dataclass(config=_CONFIG, slots=True)
class Event:
    """A condition, medication (as `Medication*` but `Medication`), allergy, procedure or immunisation.

    Each type has a few of these fields; none means something else in another.
    """

    status: str = ""
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    code: CodeableConcept | None = None
    vaccine_code: CodeableConcept | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    patient: Reference | None = None
    onset_date_time: str = ""
    performed_date_time: str = ""
    occurrence_date_time: str = ""
    effective_date_time: str = ""
    authored_on: str = ""
    when_handed_over: str = ""
    recorded_date: str = ""
    abatement_date_time: str = ""
    onset_period: Period | None = None
    performed_period: Period | None = None
    effective_period: Period | None = None
    abatement_period: Period | None = None


@dataclass(config=_CONFIG, slots=True)
class Encounter(Event):
    """A visit or stay."""

    class_: Coding | None = Field(default=None, alias="class")
    type: list[CodeableConcept] = Field(default_factory=list)
    period: Period | None = None


@dataclass(config=_CONFIG, slots=True)
class Medication:
    """A drug as such, referred to by others."""

    code: CodeableConcept | None = None


@dataclass(config=_CONFIG, slots=True)
class Attachment:
    """A document, inside or elsewhere."""

    content_type: str = ""
    data: str = ""
    url: str = ""
    title: str = ""


@dataclass(config=_CONFIG, slots=True)
class Content:
    """One form of a document."""

    attachment: Attachment | None = None


@dataclass(config=_CONFIG, slots=True)
class DocumentReference:
    """A document."""

    status: str = ""
    type: CodeableConcept | None = None
    subject: Reference | None = None
    date: str = ""
    content: list[Content] = Field(default_factory=list)


@dataclass(config=_CONFIG, slots=True)
class DiagnosticReport:
    """A report on observations, images or tissue."""

    status: str = ""
    code: CodeableConcept | None = None
    subject: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    issued: str = ""
    conclusion: str = ""
    presented_form: list[Attachment] = Field(default_factory=list)


CLASSES: dict[str, type] = {
    "Patient": Patient,
    "Observation": Observation,
    "Condition": Event,
    "Medication": Medication,
    "MedicationRequest": Event,
    "MedicationStatement": Event,
    "MedicationAdministration": Event,
    "MedicationDispense": Event,
    "AllergyIntolerance": Event,
    "Procedure": Event,
    "Immunization": Event,
    "Encounter": Encounter,
    "DocumentReference": DocumentReference,
    "DiagnosticReport": DiagnosticReport,
}
"""The resource types that are read."""
RESOURCES: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in CLASSES.items()}
"""How each is checked."""
