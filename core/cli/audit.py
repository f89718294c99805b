"""The command `wugan audit`: check and read audit trails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wugan.cli.console import out
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.privacy.audit import Head

audit = typer.Typer(help="Check and read audit trails.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="the trail", metavar="FILE")]
KeyFile = Annotated[Path | None, typer.Option(help="file with the trail's key, if it has one")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(audit, name="audit")


@audit.command()
def verify(
    file: File,
    head: Annotated[str | None, typer.Option(help="ENTRIES:HASH as it was noted; else FILE.head is read")] = None,
    key_file: KeyFile = None,
) -> None:
    """Say whether a trail is as it was written; exit code 1 and the line where it is not."""
    from wugan.privacy.audit import verify as check

    found = check(file, _head(head), _key(key_file))
    noted = f"{found.entries}:{found.hash}"
    out.print(
        f"{file}: {found.entries} entries, unchanged. To note elsewhere: {noted}", soft_wrap=True, highlight=False
    )


@audit.command()
def show(
    file: File,
    last: Annotated[int, typer.Option(help="how many entries, from the end; 0 is all", min=0)] = 20,
    json: Annotated[bool, typer.Option("--json", help="as they stand in the file")] = False,
) -> None:
    """Print entries, the newest last. What they say is not checked: `verify` does that."""
    from wugan.privacy.audit import read

    for entry in list(read(file))[-last:]:
        if json:
            out.print(entry.model_dump_json(), soft_wrap=True, highlight=False, markup=False)
            continue
        out.print(f"{entry.seq:5} {entry.time[:19]}Z {entry.who}: {entry.action}", highlight=False, markup=False)
        for kind in ("models", "inputs", "outputs"):
            for one in getattr(entry, kind):
                out.print(f"      {kind[:-1]} {one.name} {one.sha256[:12]}", highlight=False, markup=False)
        for name, value in entry.detail.items():
            out.print(f"      {name}: {value}", highlight=False, markup=False)


def _head(text: str | None) -> Head | None:
    from wugan.privacy.audit import Head

    if text is None:
        return None
    entries, _, hashed = text.partition(":")
    try:
        return Head(entries=int(entries), hash=hashed)
    except ValueError as error:
        raise DataError(f"--head {text!r}: give ENTRIES:HASH as `wugan audit verify` printed it") from error


def _key(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise DataError(f"--key-file {path}: {error.strerror}") from error
    if not key:
        raise DataError(f"--key-file {path}: is empty")
    return key
