"""Coded concepts: what segments and measures are called in SNOMED CT, DICOM, LOINC and UCUM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wugan.modalities.medical.ct.compartments import Compartment

#: For what no published code was found for. Designators that begin with 99 are private (PS3.16 section 8.2).
PRIVATE = "99WUGAN"

Triple = tuple[str, str, str]  # code, scheme, meaning

ANATOMY: Triple = ("91723000", "SCT", "Anatomical Structure")
TISSUE: Triple = ("85756007", "SCT", "Tissue")
SUBSTANCE: Triple = ("91720002", "SCT", "Body Substance")
ABNORMAL_STRUCTURE: Triple = ("49755003", "SCT", "Morphologically Abnormal Structure")
LUNG: Triple = ("39607008", "SCT", "Lung")
NODULE: Triple = ("27925004", "SCT", "Nodule")
FAT: Triple = ("55603005", "SCT", "Adipose tissue")
UNDER_SKIN: Triple = ("71966008", "SCT", "Subcutaneous tissue")
BELLY: Triple = ("113345001", "SCT", "Abdomen")
MUSCLE: Triple = ("127954009", "SCT", "Skeletal muscle")
VERTEBRA: Triple = ("51282000", "SCT", "Vertebra")
CALCIFIED: Triple = ("18115005", "SCT", "Pathologic calcification, calcified structure")
VOLUME: Triple = ("118565006", "SCT", "Volume")
AREA: Triple = ("42798000", "SCT", "Area")
DIAMETER: Triple = ("81827009", "SCT", "Diameter")
ATTENUATION: Triple = ("112031", "DCM", "Attenuation Coefficient")
MEAN: Triple = ("373098007", "SCT", "Mean")
CERTAINTY: Triple = ("111012", "DCM", "Certainty of Finding")
NORMAL: Triple = ("17621005", "SCT", "Normal")
ABNORMAL: Triple = ("263654008", "SCT", "Abnormal")


@dataclass(frozen=True, slots=True)
class Segment:
    """How a compartment is called.

    Attributes:
        label: for people.
        category: what sort of thing it is.
        kind: what it is.
        site: where, if the kind does not say.
        color: red, green, blue from 0 to 255, as a viewer may show it.
    """

    label: str
    category: Triple
    kind: Triple
    color: tuple[int, int, int]
    site: Triple | None = None


#: The compartments that go into a SEG. Soft tissue is the rest, and outside is none.
SEGMENTS: dict[Compartment, Segment] = {
    Compartment.RIGHT_LUNG: Segment("Right lung", ANATOMY, ("3341006", "SCT", "Right lung"), (120, 170, 230)),
    Compartment.LEFT_LUNG: Segment("Left lung", ANATOMY, ("44029006", "SCT", "Left lung"), (90, 130, 210)),
    Compartment.AIRWAY: Segment("Airways", ANATOMY, ("89187006", "SCT", "Airway structure"), (0, 200, 200)),
    Compartment.BONE: Segment("Bone", ANATOMY, ("272673000", "SCT", "Bone"), (240, 225, 180)),
    Compartment.MUSCLE: Segment("Muscle of the body wall", TISSUE, MUSCLE, (190, 80, 70)),
    Compartment.SUBCUTANEOUS_FAT: Segment("Fat under the skin", TISSUE, FAT, (250, 200, 60), UNDER_SKIN),
    Compartment.VISCERAL_FAT: Segment("Fat within the body wall", TISSUE, FAT, (240, 140, 30), BELLY),
    Compartment.GAS: Segment("Gas outside of the lungs", SUBSTANCE, ("74947009", "SCT", "Gas"), (150, 110, 200)),
    Compartment.CALCIFICATION: Segment("Calcification candidates", ABNORMAL_STRUCTURE, CALCIFIED, (230, 30, 200)),
}
NODULE_COLOR = (255, 40, 40)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a measure is called.

    Attributes:
        name: of the quantity.
        site: of the body.
        mean: whether the value is a mean over the site.
    """

    name: Triple
    site: Triple
    mean: bool = False


#: By the id of its finding.
QUANTITIES: dict[str, Quantity] = {
    "ct.lung-volume": Quantity(VOLUME, LUNG),
    "ct.right-lung-volume": Quantity(VOLUME, ("3341006", "SCT", "Right lung")),
    "ct.left-lung-volume": Quantity(VOLUME, ("44029006", "SCT", "Left lung")),
    "ct.mean-lung-density": Quantity(ATTENUATION, LUNG, mean=True),
    "ct.emphysema-share": Quantity(("emphysema-share", PRIVATE, "Share of the lungs below -950 HU"), LUNG),
    "ct.vertebral-trabecular-density": Quantity(ATTENUATION, VERTEBRA, mean=True),
    "ct.visceral-fat-area": Quantity(AREA, FAT),
    "ct.subcutaneous-fat-area": Quantity(AREA, UNDER_SKIN),
    "ct.wall-muscle-area": Quantity(AREA, MUSCLE),
    "ct.wall-muscle-density": Quantity(ATTENUATION, MUSCLE, mean=True),
    "ct.calcification-volume": Quantity(VOLUME, CALCIFIED),
}
NODULE_SIZE = Quantity(DIAMETER, LUNG)
#: Names of UCUM units, as DICOM wants them beside the code.
UNITS = {"mL": "mL", "cm2": "square centimeter", "mm": "millimeter", "%": "percent", "[hnsf'U]": "Hounsfield unit"}


def concept(triple: Triple) -> Any:
    """As highdicom takes it."""
    from highdicom.sr import CodedConcept

    value, scheme, meaning = triple
    return CodedConcept(value=value, scheme_designator=scheme, meaning=meaning)


def unit(ucum: str) -> Any:
    """A UCUM unit as highdicom takes it."""
    return concept((ucum, "UCUM", UNITS.get(ucum, ucum)))
