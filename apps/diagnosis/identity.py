"""Whose the parts of a case are, and a result without what tells it.

Dates of birth and sexes that contradict each other say that the parts are of two people. `masked` takes out names,
numbers, dates, and the names of files that may hold them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from wugan.apps.diagnosis.case import Case
from wugan.apps.diagnosis.evidence import Evidence, Identity
from wugan.apps.diagnosis.pipeline import parts
from wugan.apps.diagnosis.result import Provenance, Result
from wugan.errors import IdentityError
from wugan.modalities.medical.ct.volume import Series
from wugan.modalities.medical.note import Note
from wugan.modalities.medical.records.observations import Patient
from wugan.modalities.medical.records.values import to_text
from wugan.privacy.pseudonyms import Pseudonyms
from wugan.privacy.text import TextMask

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


def stand_in(case: Case, made: Provenance) -> str:
    """Name of a case that only who has its files can make again; the same files give the same one."""
    key = "".join(made.inputs[name] for name in sorted(made.inputs)).encode()
    return f"case-{Pseudonyms(key).label('case', case.name)}"


def masked(result: Result, case: Case, evidence: Evidence) -> Result:
    """The same result with stand-ins for the case's name, paths, and what headers and record say of the person.

    Findings hold no dates but days before the newest entry. Remarks are the readers' sentences and may name files.
    """
    replace = _replacer(result, case, evidence)

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return replace(value)
        if isinstance(value, dict):
            return {name: walk(one) for name, one in value.items()}
        return [walk(one) for one in value] if isinstance(value, (list, tuple)) else value

    data = result.model_dump(mode="json")
    for part in ("streams", "findings", "remarks"):
        data[part] = walk(data[part])
    data["case"] = stand_in(case, result.provenance)
    data["provenance"]["deidentified"] = True
    return Result.model_validate(data)


def _replacer(result: Result, case: Case, evidence: Evidence) -> Callable[[str], str]:
    identities = [seen.identity for seen in evidence.seen.values()]
    mask = TextMask(
        names=[one.name for one in identities if one.name],
        known=[
            *(("id", one.patient_id) for one in identities if one.patient_id),
            *(("date", one.birth) for one in identities if one.birth),
        ],
    )
    paths: dict[str, str] = {path: name for name, path in parts(case).items()}
    paths |= {str(case.folder): "the case", str(case.folder.absolute()): "the case"}
    files = {slide.statistics.slide: f"slide {n}" for n, slide in enumerate(evidence.slides, 1)}
    words = sorted({**paths, **files}.items(), key=lambda pair: -len(pair[0]))

    def replace(text: str) -> str:
        for word, instead in words:
            text = text.replace(word, instead)
        text = re.sub(r"[^\s'\"(,;]+\.(?:dcm|svs|ndpi|mrxs|tiff?|nii(?:\.gz)?|json|png|jpe?g)\b", "[FILE]", text)
        return mask.mask_known(text)

    return replace
