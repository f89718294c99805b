"""The cohort folder: its files, their columns, and what a cell may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

STAINS = ("HE", "CD3", "CD8", "CD56", "CD68", "CD163", "MHC1", "PDL1")
"""Stains of the tissue microarray, each with a file `tma_STAIN.npz`."""
EMBEDDING = 512
"""Length of a tile embedding."""
MODALITIES = ("clinical", "pathology", "blood", "icd", "density", "tma")
"""Everything that a patient may bring; any of them may be missing."""
ICD_CATEGORIES = (
    *(f"c{n:02}" for n in range(1, 15)),
    *("c30", "c31", "c32", "c76", "c77", "c78", "c79", "c80", "d00", "d02", "d37", "d38", "r59"),
)
"""Categories of ICD-10 that have a feature: tumours of the head and neck, their metastases, enlarged nodes."""
ICD_COLUMN = re.compile(r"^[a-z]\d{2,4}$")
TARGETS = "targets.csv"
RANGES = "blood_reference_ranges.csv"


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: as in the file's first line.
        low: smallest value that can be meant.
        high: greatest.
        codes: whether only whole numbers are meant.
        may_lack: whether a cell may be empty.
        unit: of the values, if they have one.
        meaning: of the codes, or of the number.
    """

    name: str
    low: float
    high: float
    codes: bool = True
    may_lack: bool = False
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """One CSV file with a row for each patient.

    Attributes:
        modality: what the file brings.
        file: its name.
        columns: that it must have; empty if it may have any that `extra` admits.
        extra: pattern of further columns that mean something.
    """

    modality: str
    file: str
    columns: tuple[Column, ...] = ()
    extra: re.Pattern[str] | None = None


def _code(name: str, high: int, meaning: str, may_lack: bool = False) -> Column:
    return Column(name, 0, high, True, may_lack, "", meaning)


def _number(name: str, low: float, high: float, unit: str, may_lack: bool = True) -> Column:
    return Column(name, low, high, False, may_lack, unit)


# Codes as the data set's published feature extraction numbers them: alphabetically. Those with "?" are read off the
# counts of the data and the order of the alphabet, since the extracted files do not carry the words.
CLINICAL = Table(
    "clinical",
    "clinical.csv",
    (
        _code("sex", 1, "0 male, 1 female"),
        _code("smoking_status", 3, "0 former, 1 never, 2 smoker, 3 unknown"),
        _number("age_at_initial_diagnosis", 0, 120, "years", may_lack=False),
    ),
)
PATHOLOGY = Table(
    "pathology",
    "pathological.csv",
    (
        _code("perinodal_invasion", 1, "0 no, 1 yes", may_lack=True),
        _code("lymphovascular_invasion_L", 1, "0 no, 1 yes"),
        _code("vascular_invasion_V", 1, "0 no, 1 yes"),
        _code("perineural_invasion_Pn", 1, "0 no, 1 yes"),
        _code("carcinoma_in_situ", 1, "0 absent, 1 present"),
        _code("primary_tumor_site", 4, "0 unknown primary, 1 hypopharynx, 2 larynx, 3 oral cavity, 4 oropharynx"),
        _code("grading", 3, "0 G1, 1 G2, 2 G3, 3 not graded since HPV-associated"),
        _code("hpv_association_p16", 2, "0 negative, 1 not tested, 2 positive"),
        _code("resection_status", 3, "0 R0, 1 R1, 2 R2, 3 RX"),
        _code("resection_status_carcinoma_in_situ", 9, "0 no carcinoma in situ, 1 removed, 2 not or unknown (?)"),
        _code("histologic_type", 20, "3 keratinising, 4 non-keratinising squamous cell carcinoma, others (?)"),
        Column("number_of_positive_lymph_nodes", 0, 200, True, True, "nodes"),
        _number("infiltration_depth_in_mm", 0, 200, "mm"),
        _code("pT_stage", 8, "0 Tis, 1 TX, 2 T1, 3 T1a, 4 T1b, 5 T2, 6 T3, 7 T4a, 8 T4b"),
        _code("pN_stage", 9, "0 NX, 1 N0, 2 N1, 3 N1 (sub), 4 N2, 5 N2a, 6 N2b, 7 N2c, 8 N3, 9 N3b"),
    ),
)
DENSITY = Table(
    "density",
    "tma_cell_density.csv",
    tuple(_number(name, 0, 1e6, "cells/mm²") for name in ("cd3_z", "cd3_inv", "cd8_z", "cd8_inv")),
)
ICD = Table("icd", "icd_codes.csv", (), ICD_COLUMN)

OUTCOME_WORDS = (
    "surviv",
    "recurr",
    "days_to",
    "death",
    "deceased",
    "rfs",
    "progress",
    "follow",
    "adjuvant",
    "last_info",
    "primarily_metastasis",  # filled in, for most, when metastases came later: see the model card
)
"""Parts of names of columns that tell what came later; never read as features, whichever file they stand in."""
