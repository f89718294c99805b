"""The commands `wugan diagnose` and `wugan deidentify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wugan.cli import RuntimeOption, out, tell
from wugan.demo import Shown, embedded_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wugan.apps.diagnosis.result import Remark, Result


_DICOM = "DICOM network"
_SHOWN = 5


def register(cli: typer.Typer) -> None:
    """Diagnosis: CT, slides and record of one patient to a report. Commands `diagnose`, `deidentify`. Research only."""
    cli.command()(diagnose)
    cli.command()(deidentify)


def diagnose(
    folder: Annotated[
        Path | None, typer.Argument(help="any of ct/, slides/, record.json, case.yaml in it", metavar="CASE")
    ] = None,
    target: Annotated[Path, typer.Option("--out", "-o", help="result folder")] = Path("results/diagnosis"),
    runtime: RuntimeOption = "local",
    identified: Annotated[bool, typer.Option("--identified", help="keep the patient's identifiers")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="refuse a case of which a part cannot be read")] = False,
    key_file: Annotated[Path | None, typer.Option(help="secret key of stand-ins; made if it is missing")] = None,
    audit: Annotated[Path | None, typer.Option(help="audit trail to write an entry to")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print result.json instead of a summary")] = False,
    listen: Annotated[
        bool, typer.Option("--listen", help="receive CT studies over DICOM, send SR and SEG", rich_help_panel=_DICOM)
    ] = False,
    host: Annotated[
        str, typer.Option(help="address to listen at; 0.0.0.0 for all of them", rich_help_panel=_DICOM)
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="to listen at", rich_help_panel=_DICOM)] = 11112,
    title: Annotated[str, typer.Option("--ae", help="own AE title", rich_help_panel=_DICOM)] = "WUGAN",
    send_to: Annotated[
        list[str] | None,
        typer.Option(help="whom SR and SEG go to; repeatable", metavar="AE@HOST:PORT", rich_help_panel=_DICOM),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="AE title that may send; repeatable. Else all", rich_help_panel=_DICOM)
    ] = None,
    quiet: Annotated[
        float,
        typer.Option(min=0.1, help="seconds without a new image after which a study is whole", rich_help_panel=_DICOM),
    ] = 10.0,
) -> None:
    """Look at a case: findings, how soon a person should look, a report. Research only, not a medical device.

    With --listen, take CT studies from scanners and archives instead, until it is stopped.
    """
    if listen:
        from wugan.apps.diagnosis.dicom.service import serve

        if folder is not None:
            raise typer.BadParameter("give CASE or --listen, not both")
        serve(target, title, host, port, send_to or (), allow or (), quiet, audit)
        return
    if folder is None:
        raise typer.BadParameter("give CASE, a folder with any of ct/, slides/, record.json; or --listen")
    from wugan.apps.diagnosis.case import open_case
    from wugan.apps.diagnosis.diagnose import diagnose as look
    from wugan.apps.diagnosis.diagnose import refuse, to_json
    from wugan.errors import DataError

    case = open_case(folder)
    try:
        with out.status(f"Looking at {case.name} ({runtime})"):
            result = look(
                case,
                target,
                runtime=runtime,  # type: ignore[arg-type]
                identified=identified,
                strict=strict,
                audit=audit,
                key_file=key_file,
            )
    except DataError as error:
        if audit is not None:
            refuse(case, audit, type(error).__name__)
        raise
    if as_json:
        typer.echo(to_json(result), nl=False)
    else:
        _tell(result, target)


def _tell(result: Result, target: Path) -> None:
    from wugan.apps.diagnosis.report.content import LEAST_SHARE, NAMES, headline
    from wugan.apps.diagnosis.result import COMPOSITE

    if result.composite:
        tell(COMPOSITE, "yellow")
    for stream in result.streams:
        name = f"{NAMES[stream.modality]:9}"
        if stream.present:
            out.print(f"  {name} {stream.summary} [dim]({stream.seconds:.1f} s)[/]", highlight=False, soft_wrap=True)
        else:
            out.print(f"  {name} [yellow]missing: {stream.reason}[/]", highlight=False, soft_wrap=True)
        _remarks(stream.remarks)
    _remarks(result.remarks)
    out.print(f"\n[bold]{headline(result)}[/]", highlight=False, soft_wrap=True)
    by_id = {finding.id: finding for finding in result.findings}
    for name in result.assessment.reasons if result.assessment else ():
        out.print(f"  - {by_id[name].statement}", markup=False, highlight=False, soft_wrap=True)
    for one in result.assessment.attributions if result.assessment else ():
        if one.share < LEAST_SHARE:
            text = f"  {NAMES[one.modality]} is unused: the assessment is the same without it"
            out.print(text, markup=False, highlight=False, soft_wrap=True)
    out.print(f"[dim]{result.disclaimer}[/]", highlight=False, soft_wrap=True)
    out.print(f"See {target / 'report.html'}", style="green", highlight=False)


def _remarks(remarks: Sequence[Remark]) -> None:
    """How what is odd in the input was dealt with: the first few, for the report has all."""
    for remark in remarks[:_SHOWN]:
        tell(f"  note: {remark.text}", "yellow")
    if len(remarks) > _SHOWN:
        tell(f"  and {len(remarks) - _SHOWN} more notes in the report", "yellow")


def demo(folder: Path, runtime: str) -> Shown:
    """Diagnosis: a case composed of made-up parts, with its report."""
    from wugan.apps.diagnosis.demo import write_case
    from wugan.apps.diagnosis.diagnose import diagnose as look

    with out.status("Drawing the made-up case"):
        case = write_case(folder / "case")
    with out.status(f"Looking at it ({runtime})"):
        result = look(case, folder, runtime=runtime, audit=folder / "audit.jsonl")  # type: ignore[arg-type]
    _tell(result, folder)
    page = folder / "report.html"
    missing = [stream.modality for stream in result.streams if not stream.present]
    figures = {
        "findings": str(len(result.findings)),
        "longest stream": f"{max(stream.seconds for stream in result.streams):.1f} s",
    }
    problem = f"Streams without a result: {', '.join(missing)}" if missing else ""
    made_up = "the scan and the slide (drawn) and the record (invented)"
    return Shown(page, embedded_picture(page), "", made_up, figures, problem)


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
