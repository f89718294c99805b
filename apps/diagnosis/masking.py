"""A result without what identifies the patient: names, numbers, dates, and the names of files that may hold them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from wugan.apps.diagnosis.case import Case
from wugan.apps.diagnosis.evidence import Evidence
from wugan.apps.diagnosis.pipeline import parts
from wugan.apps.diagnosis.result import Provenance, Result
from wugan.privacy.pseudonyms import Pseudonyms
from wugan.privacy.text import TextMask


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
