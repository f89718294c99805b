"""What a result was made of and by: hashes of inputs and weights."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from wugan.apps.diagnosis.case import Case
from wugan.apps.diagnosis.pipeline import parts
from wugan.apps.diagnosis.result import Provenance
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
