"""`diagnose`: a case's folder to a result with its report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Literal

from wugan.apps.diagnosis.case import Case, open_case
from wugan.apps.diagnosis.evidence import Evidence
from wugan.apps.diagnosis.identity import check_identity, masked, stand_in
from wugan.apps.diagnosis.pipeline import Gathered, diagnosis_pipeline, parts
from wugan.apps.diagnosis.result import MODALITIES, Finding, Provenance, Remark, Result, Stream
from wugan.errors import DataError, IdentityError
from wugan.privacy.pseudonyms import Pseudonyms
from wugan.runtime import Runtime
from wugan.weights import weight_file


def provenance(case: Case, identified: bool) -> Provenance:
    """Of a case as it lies there now."""
    weights = weight_file("wugan.apps.diagnosis.triage", "default")
    return Provenance(
        wugan=version("wugan"),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        models={"triage": _file(weights)},
        inputs={name: content_hash(Path(path)) for name, path in parts(case).items()},
        deidentified=not identified,
    )


def content_hash(path: Path) -> str:
    """SHA-256 of a file; of a folder, of the sorted hashes of its files, so that names and order change nothing."""
    if path.is_file():
        return _file(path)
    hashes = sorted(_file(file) for file in path.rglob("*") if file.is_file())
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


Exporter = Callable[[Result, Evidence, Path], dict[str, str]]
"""Writes files beside the result and says what each is, by name. It gets the result as it will be written."""

_RANK = {"critical": 0, "abnormal": 1, "reported": 2, "normal": 3, "unmeasured": 4}


@dataclass(frozen=True, slots=True)
class Examination:
    """A case, looked at; nothing is written yet.

    Attributes:
        result: identified, without files.
        evidence: what it rests on.
    """

    result: Result
    evidence: Evidence


def examine(case: Case, *, runtime: Runtime | Literal["local", "ray"] = "local", strict: bool = False) -> Examination:
    """Look at a case.

    A modality that cannot be read counts as missing, and its stream says why.

    Args:
        case: from `open_case`.
        runtime: `"local"` (threads), `"ray"` (an actor for each stage), or one with settings.
        strict: refuse the case instead, if something in it cannot be read.

    Raises:
        IdentityError: it holds the data of two people, and is not said to be composite.
        DataError: nothing in it can be read.
    """
    gathered = Gathered()
    with diagnosis_pipeline(case, gathered).run(runtime) as running:
        running.wait()
    seen = gathered.evidence.seen
    if refused := [one.refused for one in seen.values() if one.refused]:
        raise IdentityError(refused[0])
    failed = {name: one.stream.reason for name, one in seen.items() if not one.stream.present}
    if failed and (strict or len(failed) == len(seen)):
        raise DataError("; ".join(f"{name}: {reason}" for name, reason in failed.items()))
    present = {name: one for name, one in seen.items() if one.stream.present}
    notes = check_identity({name: one.identity for name, one in present.items()}, case.composite)
    if gathered.assessment is None:
        raise DataError(f"{case.folder}: the fusion gave no assessment: {'; '.join(running.errors())}")
    result = Result(
        case=case.name,
        composite=case.composite,
        streams=tuple(
            seen[m].stream if m in seen else Stream(modality=m, present=False, reason="not in the case")
            for m in MODALITIES
        ),
        findings=tuple(sorted((f for one in present.values() for f in one.findings), key=_weight)),
        assessment=gathered.assessment,
        provenance=provenance(case, identified=True),
        remarks=tuple(Remark.of(note) for note in (*case.notes, *notes)),
    )
    return Examination(result, gathered.evidence)


def diagnose(
    case: Case | str | PathLike[str],
    out: str | PathLike[str],
    *,
    runtime: Runtime | Literal["local", "ray"] = "local",
    identified: bool = False,
    strict: bool = False,
    audit: str | PathLike[str] | None = None,
    exporters: Sequence[Exporter] | None = None,
    key_file: str | PathLike[str] | None = None,
) -> Result:
    """Look at a case and write `result.json` and what the exporters give: reports, DICOM SEG and SR, FHIR.

    Args:
        case: a case, or its folder.
        out: folder to write to; made where it is missing.
        runtime: see `examine`.
        identified: keep names, numbers and file names of the patient's in what is written.
        strict: see `examine`.
        audit: audit trail to append an entry to.
        exporters: instead of `pages(key_file)`.
        key_file: see `pages`.

    Raises:
        DataError: as `examine`; or `out` cannot be written to.
    """
    case = case if isinstance(case, Case) else open_case(case)
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{out}: cannot be made: {error.strerror}; give a folder that can be written to") from error
    found = examine(case, runtime=runtime, strict=strict)
    result = found.result
    if not identified:
        result = masked(result, case, found.evidence)
    files = {"result.json": "this result as JSON"}
    for export in pages(key_file) if exporters is None else exporters:
        files |= export(result, found.evidence, out)
    result = result.model_copy(update={"files": files})
    (out / "result.json").write_text(to_json(result), encoding="utf-8")
    if audit is not None:
        _record(audit, case, result, out, identified)
    return result


def pages(key_file: str | PathLike[str] | None = None) -> tuple[Exporter, ...]:
    """What is written unless other exporters are given: the report, and SEG, SR and FHIR (`standards`).

    Args:
        key_file: of stand-ins for identifiers, made where it is missing; a new key for each case unless given.
    """
    from wugan.apps.diagnosis.report.html import write_html
    from wugan.apps.diagnosis.report.pdf import write_pdf
    from wugan.apps.diagnosis.standards import write_standards

    pseudonyms = None if key_file is None else Pseudonyms.load(key_file)
    return write_html, write_pdf, partial(write_standards, pseudonyms=pseudonyms)


def to_json(result: Result) -> str:
    """The result as `result.json` holds it: the same result gives the same bytes."""
    return json.dumps(result.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _weight(finding: Finding) -> tuple[int, int, float, str]:
    chance = finding.probability or 0.0
    urgent = finding.urgency.rank if chance >= 0.5 else 0
    return -urgent, _RANK[finding.status], -chance, finding.id


def _record(audit: str | PathLike[str], case: Case, result: Result, out: Path, identified: bool) -> None:
    from wugan.privacy.audit import AuditTrail

    assessment = result.assessment
    AuditTrail(audit).record(
        "diagnose",
        models=result.provenance.models,
        inputs=result.provenance.inputs,
        outputs={name: content_hash(out / name) for name in result.files},
        case=stand_in(case, result.provenance),
        identified=identified,
        composite=case.composite,
        category=assessment.category.value if assessment and not assessment.abstain else None,
    )


def refuse(case: Case, audit: str | PathLike[str], reason: str) -> None:
    """Write to the audit trail that a case was refused."""
    from wugan.privacy.audit import AuditTrail

    AuditTrail(audit).record("diagnose-refused", reason=reason, composite=case.composite)
