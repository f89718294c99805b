"""The command `wugan deidentify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wugan.cli.console import out, tell


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(deidentify)


def deidentify(
    source: Annotated[Path, typer.Argument(help="file or folder of DICOM files and FHIR JSON", metavar="SOURCE")],
    target: Annotated[Path, typer.Option("--out", "-o", help="new folder to write to")],
    key_file: Annotated[
        Path | None,
        typer.Option(help="secret key, made if it is missing; the same key gives the same stand-ins. Else a new one"),
    ] = None,
    keep_characteristics: Annotated[
        bool, typer.Option(help="keep sex, age up to 90, size and weight in DICOM")
    ] = False,
    audit: Annotated[Path | None, typer.Option(help="audit trail to write an entry to")] = None,
) -> None:
    """Write DICOM files and FHIR records again without what identifies the patient. Pixels are not looked at."""
    from wugan.modalities.medical.deidentify.folder import deidentify_folder
    from wugan.privacy.audit import AuditTrail
    from wugan.privacy.pseudonyms import Pseudonyms

    pseudonyms = Pseudonyms.load(key_file) if key_file else Pseudonyms()
    result = deidentify_folder(source, target, pseudonyms, keep_characteristics)
    if audit is not None:
        AuditTrail(audit).record(
            "deidentify",
            inputs={f"file-{number}": one.original for number, one in enumerate(result.written)},
            outputs={one.path: one.sha256 for one in result.written},
            skipped=result.skipped,
            kept_characteristics=keep_characteristics,
        )
    out.print(f"{target}: {len(result.written)} files written, {result.skipped} not copied", highlight=False)
    for text, count in result.notes.items():
        tell(f"note: {text} ({count} times)" if count > 1 else f"note: {text}", "yellow")
