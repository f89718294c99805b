"""Whether the parts of a case are of one person: dates of birth and sexes that contradict each other say no."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wugan.apps.diagnosis.evidence import Identity
from wugan.errors import IdentityError
from wugan.modalities.medical.ct.volume import Series
from wugan.modalities.medical.note import Note
from wugan.modalities.medical.records.observations import Patient
from wugan.modalities.medical.records.times import to_text

_SEXES = {"F": "female", "M": "male"}


def of_series(series: Series) -> Identity:
    """What the header of a series' first image says; a NIfTI file says nothing."""
    if not series.instances:
        return Identity()
    from dataclasses import replace

    from wugan.modalities.medical.ct.reader import source_headers

    header = source_headers(replace(series, instances=series.instances[:1]))[0]
    birth = str(header.get("PatientBirthDate") or "")
    return Identity(
        patient_id=str(header.get("PatientID") or ""),
        name=str(header.get("PatientName") or ""),
        sex=_SEXES.get(str(header.get("PatientSex") or "").strip().upper(), ""),
        birth=f"{birth[:4]}-{birth[4:6]}-{birth[6:8]}" if re.fullmatch(r"\d{8}", birth) else "",
    )


def of_patient(patient: Patient) -> Identity:
    """What a record says."""
    sex = patient.sex if patient.sex in _SEXES.values() else ""
    return Identity(patient.id, "", sex, to_text(patient.birth_ns) if patient.birth_ns is not None else "")


def check_identity(known: Mapping[str, Identity], composite: bool) -> list[Note]:
    """Notes on what could not be compared.

    Args:
        known: by modality, of those that were read.
        composite: the case says that its parts are of several people; then nothing is compared.

    Raises:
        IdentityError: two parts contradict each other. Names are not compared: they are written in too many ways.
    """
    if composite or len(known) < 2:
        return []
    for what, text in (("birth", "date of birth"), ("sex", "sex")):
        said = {name: value for name, of in known.items() if (value := getattr(of, what))}
        if len(set(said.values())) > 1:
            raise IdentityError(
                f"the case mixes patients: the {text} differs between {' and '.join(sorted(said))}. Keep each "
                "patient's data in a folder of its own; if it is put together on purpose, write composite: true to "
                "case.yaml"
            )
    silent = sorted(name for name, of in known.items() if not (of.birth or of.sex))
    if silent:
        text = f"{', '.join(silent)}: says neither date of birth nor sex, so that it could not be compared whose it is"
        return [Note("identity-not-checked", text)]
    return []
