"""The command `wugan call`, and what `wugan demo` shows of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wugan import clock
from wugan.cli import RuntimeOption, out, tell
from wugan.demo import Shown
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.customer_service.call import CallReport, Turn


def register(cli: typer.Typer) -> None:
    """Customer service: words and mood of a caller, fused, answered. Command `call`."""
    cli.command()(call)


def call(
    file: Annotated[Path | None, typer.Argument(help="recording of a call (any sound file)")] = None,
    microphone: Annotated[bool, typer.Option("--microphone", help="listen to the microphone until Ctrl-C")] = False,
    play: Annotated[bool, typer.Option("--play", help="speak the replies through the loudspeaker")] = False,
    folder: Annotated[Path, typer.Option("--out", "-o", help="result folder")] = Path("results/call"),
    runtime: RuntimeOption = "local",
    knowledge: Annotated[str | None, typer.Option(help="knowledge base (YAML) instead of the packaged one")] = None,
) -> None:
    """Answer a call: a recording, or live from the microphone. Leaves a result folder with index.html."""
    from wugan.apps.customer_service.call import write_page

    if (file is None) == (not microphone):
        raise typer.BadParameter("give a FILE, or --microphone (one of them)")
    title = "Your call" if microphone else str(file)
    origin = "From the microphone." if microphone else f"From {file}."
    report = _answer(file, title, origin, "call", runtime, play, knowledge)
    command = f"wugan call {'--microphone' if microphone else file}"
    out.print(f"See {write_page([report], folder, command)}", style="green", highlight=False)


def demo(folder: Path, runtime: str) -> Shown:
    """Customer service: a recorded and a synthesised call, answered aloud."""
    from wugan.apps.customer_service.call import draw_call, lacks, write_page
    from wugan.apps.customer_service.demo import RECORDING, demo_calls

    with out.status("Speaking the invented customer's lines"):
        calls = demo_calls(folder)
    if len(calls) == 1:
        tell(f"Left out: the real recording, {RECORDING} (apt-get install pocketsphinx-testdata)", "yellow")
    reports = [
        _answer(part.path, part.title, part.origin, f"call-{number}", runtime, False, None)
        for number, part in enumerate(calls, 1)
    ]
    page = write_page(reports, folder, f"wugan demo customer-service --runtime {runtime}")
    picture = folder / "call.svg"
    picture.write_text(draw_call(reports[0]), encoding="utf-8")
    figures = {
        report.title: f"{report.seconds:.1f} s answered in {report.wall_s:.1f} s, turns: {len(report.log.turns)}"
        for report in reports
    }
    real = "a person reading a novel aloud (LibriVox), who is no customer" if len(reports) > 1 else ""
    problem = "; ".join(lack for report in reports for lack in lacks(report))
    return Shown(page, picture, real, "the customer's call, spoken by a machine", figures, problem)


def _answer(
    file: Path | None, title: str, origin: str, folder: str, runtime: str, play: bool, knowledge: str | None
) -> CallReport:
    """Run one call through the pipeline, telling each turn as it comes."""
    from wugan.apps.customer_service.call import CallLog, CallReport
    from wugan.apps.customer_service.pipeline import call_pipeline

    source, seconds = _source(file)
    log = CallLog(on_turn=_tell)
    pipeline = call_pipeline(source, log, knowledge)
    speaker = _speaker(pipeline) if play else None
    out.print(f"\n[bold]{title}[/] [dim]{origin}[/]", highlight=False, soft_wrap=True)
    began = time.perf_counter()
    with out.status(f"Starting {len(pipeline.nodes)} stages ({runtime}) and loading their models"):
        running = pipeline.run(runtime)  # type: ignore[arg-type]
    started = time.perf_counter()
    if file is None:
        log.origin_ns = clock.now_ns()  # live sound bears the time of day
    with running, out.status("Listening") as status:

        def heard(turn: Turn) -> None:
            if speaker is not None:
                speaker.interrupt()  # whoever calls is not talked over
            status.update(f"Listening, {turn.start_s:.0f} s" + (f" of {seconds:.0f} s" if seconds else ""))

        log.on_speech = heard
        try:
            running.wait()
        except KeyboardInterrupt:
            if file is not None:
                raise
            running.stop()  # the end of a live call: let what was said be answered
            running.wait(timeout=20)
    wall = time.perf_counter() - started
    if speaker is not None:
        speaker.close()
    out.print(f"[dim]{wall:.1f} s, after {started - began:.1f} s of starting up[/]", highlight=False)
    letters = running.dead_letters if running.dead_letters.exists() else None
    duration = seconds or wall
    stats = running.stats()
    return CallReport(title, origin, folder, log, duration, wall, started - began, runtime, stats, letters)


def _source(file: Path | None) -> tuple[Any, float | None]:
    """The source and how long it lasts, if that is known. Raises `DataError` for a file that cannot be used."""
    if file is None:
        from wugan.devices.microphone import Microphone

        return Microphone(), None
    from wugan.modalities.speech.file import AudioFile

    source = AudioFile(str(file.absolute()))
    with source:  # a bad file is told at once, not by an actor
        import soundfile

        seconds = soundfile.info(str(file)).duration
    if seconds <= 0:
        raise DataError(f"{file}: holds no sound")
    return source, seconds


def _speaker(pipeline: Any) -> Any:
    """A loudspeaker in this process that plays the replies."""
    from wugan.devices.speaker import Speaker

    speaker = Speaker()
    speaker.warm_up()
    pipeline.sink(speaker.write, pipeline.nodes["said"], name="play")
    return speaker


def _tell(turn: Turn) -> None:
    said = turn.words.text if turn.words else "(no words)"
    out.print(f"  [dim]{turn.start_s:6.1f} s[/]  caller  {said}", highlight=False, soft_wrap=True)
    if turn.result:
        parts = []
        for name, estimate in turn.result.estimates().items():
            unsure = "?" if estimate.abstain else ""
            parts.append(f"{name} {estimate.label.replace('_', ' ')}{unsure} {estimate.probs[estimate.label]:.0%}")
        out.print(f"            [dim]{', '.join(parts)}[/]", highlight=False, soft_wrap=True)
    if turn.action:
        arguments = turn.action.action.arguments
        reason = f" ({arguments['reason']})" if "reason" in arguments else ""
        out.print(
            f"            desk    {turn.action.action.tool.replace('_', ' ')}{reason}: {arguments['text']}",
            highlight=False,
            soft_wrap=True,
        )
