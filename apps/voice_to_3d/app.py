"""The command `wugan make3d`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wugan.cli import RuntimeOption, out, tell
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.studio import Studio, Turn


def register(cli: typer.Typer) -> None:
    """Voice to 3D: sentences become a printable model. Command `make3d`."""
    cli.command()(make3d)


def make3d(
    text: Annotated[list[str] | None, typer.Option("--text", "-t", help="a sentence; repeat it for edits")] = None,
    text_file: Annotated[Path | None, typer.Option(help="a description in a text file, read as a whole")] = None,
    audio: Annotated[Path | None, typer.Option(help="a recording of sentences (any sound file)")] = None,
    scene: Annotated[Path | None, typer.Option(help="scene file to go on from")] = None,
    scan: Annotated[
        Path | None, typer.Option(help="scanned thing that “this” may mean: .ply .pcd .xyz .stl .obj .glb")
    ] = None,
    outputs: Annotated[
        list[Path] | None, typer.Option("--output", "-o", help="model to write: .glb .stl .3mf .obj .step; repeatable")
    ] = None,
    png: Annotated[bool, typer.Option("--png", help="also write a picture beside the first output")] = False,
    save: Annotated[
        Path | None, typer.Option(help="write the scene file, which holds every sentence and replays")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="fail if any phrase was not understood")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a sentence")] = False,
    show_families: Annotated[bool, typer.Option("--list", help="list what can be named, with its parameters")] = False,
    llm: Annotated[
        str | None, typer.Option(metavar="URL", help="read by an OpenAI-compatible endpoint; WUGAN_LLM_KEY is its key")
    ] = None,
    model: Annotated[str, typer.Option(help="model of that endpoint")] = "default",
    runtime: RuntimeOption = "local",
) -> None:
    """Make a 3D model from sentences: typed, in a file, or spoken in a recording."""
    if show_families:
        _list(as_json)
        return
    given = [one for one in (text, text_file, audio) if one]
    if len(given) > 1 or not (given or scene):
        raise typer.BadParameter("give --text, --text-file or --audio (one of them), or --scene to write it again")
    if not (outputs or save):
        raise typer.BadParameter("give -o FILE (or --save FILE): where should the model go?")
    for path in outputs or []:
        _check(path)
    studio = _studio(scene, llm, model)
    failed = incomplete = False
    for turn in _turns(studio, text, text_file, audio, scan, runtime):
        failed = bool(turn.problem)
        incomplete = incomplete or failed or bool(turn.unread)
        _tell(turn, as_json)
    _write(studio, outputs or [], png, save)
    if failed or (strict and incomplete):
        raise typer.Exit(1)


def _check(path: Path) -> None:
    """What can be known of an output before the work is done."""
    from wugan.apps.voice_to_3d.geometry.export import SUFFIXES

    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"{path}: cannot write {path.suffix or 'a file without a suffix'}; use {', '.join(SUFFIXES)}")
    if not path.absolute().parent.is_dir():
        raise DataError(f"{path}: the folder {path.absolute().parent} does not exist")


def _studio(scene: Path | None, llm: str | None, model: str) -> Studio:
    from wugan.apps.voice_to_3d.language.interpreter import interpret
    from wugan.apps.voice_to_3d.studio import History, Interpreter, Studio

    reader: Interpreter = interpret
    if llm:
        from wugan.apps.voice_to_3d.language.llm import LanguageModel

        reader = LanguageModel(llm, model, os.environ.get("WUGAN_LLM_KEY"))
    studio = Studio(reader, History.load(scene) if scene else None)
    studio.rebuild()
    return studio


def _turns(
    studio: Studio, text: list[str] | None, text_file: Path | None, audio: Path | None, scan: Path | None, runtime: str
) -> Iterator[Turn]:
    from wugan.apps.voice_to_3d.speech import Sentence, sentences

    if audio:
        heard = sentences(audio, runtime, scan)
        if not heard:
            raise DataError(f"{audio}: no words were heard in it (silence or noise?)")
    else:
        if text_file:
            try:
                text = [text_file.read_text(encoding="utf-8")]
            except (OSError, UnicodeDecodeError) as error:
                raise DataError(f"{text_file}: cannot be read as text ({error})") from error
        heard = [Sentence(one, one) for one in text or []]
        if scan:
            from wugan.apps.voice_to_3d.readings.reader import Reader
            from wugan.apps.voice_to_3d.readings.scan import load_scan

            reader = Reader(load_scan(scan))
            plain = [reader.plain(one.said) for one in heard]
            heard = [Sentence(one.said, p.sentence, p.assumed) for one, p in zip(heard, plain, strict=True)]
    for one in heard:
        yield studio.say(one.text, one.said, one.assumed)


def _tell(turn: Turn, as_json: bool) -> None:
    if as_json:
        size = None
        if turn.built and turn.built.parts:
            low, high = turn.built.bounds()
            size = [round(float(value), 3) for value in high - low]
        row = {
            "said": turn.said,
            "changed": turn.changed,
            "problem": turn.problem or None,
            "unread": [one.model_dump() for one in turn.unread],
            "assumed": list(turn.assumed),
            "notes": list(turn.notes),
            "size_mm": size,
            "seconds": {step: round(seconds, 4) for step, seconds in turn.seconds.items()},
        }
        print(json.dumps(row, ensure_ascii=False))
        return
    short = " ".join(turn.said.split())
    out.print(f"“{short[:117]}…”" if len(short) > 120 else f"“{short}”", style="bold", highlight=False, markup=False)
    for message in turn.messages():
        tell(f"  {message}", "red" if message == turn.problem else "yellow")


def _write(studio: Studio, outputs: list[Path], png: bool, save: Path | None) -> None:
    from wugan.apps.voice_to_3d.geometry.export import export

    if save:
        studio.history.save(save)
    if not outputs:
        return
    built = studio.built
    if built is None or not built.parts:
        raise DataError("there is no model to write: nothing of what was said could be built")
    for path in outputs:
        for note in export(built, path):
            tell(f"{path}: {note}", "yellow")
    if png:
        from wugan.apps.voice_to_3d.geometry.render import render

        outputs = [*outputs, outputs[0].with_suffix(".png")]
        render(built, outputs[-1])
    low, high = built.bounds()
    width, depth, height = (high - low).tolist()
    parts = "1 part" if len(built.parts) == 1 else f"{len(built.parts)} parts"
    out.print(
        f"{parts}, {width:.4g} × {depth:.4g} × {height:.4g} mm: {', '.join(map(str, outputs))}",
        style="green",
        highlight=False,
        soft_wrap=True,
    )


def _list(as_json: bool) -> None:
    from wugan.apps.voice_to_3d.families.registry import families

    kinds = dict.fromkeys(families().values())
    for kind in kinds:
        fields = {name: field.default for name, field in kind.model_fields.items()}
        about = (kind.__doc__ or "").strip().partition("\n")[0]
        if as_json:
            print(json.dumps({"names": kind.names, "about": about, "parameters": fields}))
        else:
            out.print(f"[bold]{', '.join(kind.names)}[/]  {about}", highlight=False)
            out.print(
                "   [dim]" + ", ".join(f"{name}={value}" for name, value in fields.items()) + "[/]", highlight=False
            )
