"""What `wugan demo` shows of voice to 3D: a designer's sentences, spoken by a machine, and a model after each."""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np

from wugan import Packet
from wugan.apps.voice_to_3d.pipeline import ModelFile, Preview, design_pipeline
from wugan.apps.voice_to_3d.studio import Turn
from wugan.cli import out
from wugan.demo import Shown
from wugan.errors import DataError
from wugan.modalities.speech.file import AudioFile

#: What the designer says, with which prosody.
SENTENCES = (
    ("A round oak table, eighty centimetres wide, with four tapered legs.", "neutral"),
    ("Make the legs black.", "calm"),
    ("Make it twenty percent taller.", "neutral"),
    ("Put a blue vase on it.", "neutral"),
    ("Undo that.", "urgent"),
    ("Add two wooden stools beside the table.", "neutral"),
)
PAUSE_S = 1.5  # between the sentences

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Voice to 3D</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b2430}}
.turn{{display:flex;gap:1.5rem;align-items:center;border-top:1px solid #d5dbe3;padding:1rem 0;flex-wrap:wrap}}
.turn img{{width:26rem;max-width:100%;border-radius:.5rem}}.turn div{{flex:1;min-width:16rem}}b{{font-size:1.15rem}}
.note{{color:#4b5968}}.bad{{color:#a3341f}}code{{background:#eef1f5;padding:.1rem .3rem;border-radius:.2rem}}</style>
<h1>Voice to 3D</h1><p>Synthesised: an invented designer, spoken by hibari-tts. Heard, read, built and drawn by the
pipeline <code>voice-to-3d</code> on the {runtime} runtime. <audio controls src="{sound}"></audio></p>{turns}
<p>Try it: <code>wugan web voice-to-3d</code>, or
<code>wugan make3d --text "a round oak table" -o table.glb --png</code></p></html>"""


def demo(folder: Path, runtime: str) -> Shown:
    """Voice to 3D: a table designed in six spoken sentences."""
    folder.mkdir(parents=True, exist_ok=True)
    sound = folder / "designer.wav"
    with out.status("Speaking the invented designer's sentences"):
        speak(sound)
    turns: list[Turn] = []
    pictures: dict[str, bytes] = {}
    files: dict[str, bytes] = {}

    def picture(packet: Packet[Preview]) -> None:
        pictures[packet.data.said] = packet.data.png

    def file(packet: Packet[ModelFile]) -> None:
        files[packet.data.said] = packet.data.data

    p = design_pipeline(AudioFile(str(sound.absolute())))
    p.sink(lambda packet: turns.append(packet.data), p.nodes["model"], name="take-turn")
    p.sink(picture, p.nodes["preview"], name="take-picture")
    p.sink(file, p.nodes["file"], name="take-file")
    with out.status(f"Starting {len(p.nodes)} stages ({runtime}) and loading their models"):
        running = p.run(runtime)  # type: ignore[arg-type]
    with running, out.status("Listening and building"):
        running.wait()
    for turn in turns:
        out.print(f"  [bold]{turn.said}[/]", highlight=False)
        for message in turn.messages():
            out.print(
                f"      {message}", style="red" if message == turn.problem else "dim", highlight=False, markup=False
            )
    page = folder / "index.html"
    entries = [_entry(folder, number, turn, pictures, files) for number, turn in enumerate(turns, 1)]
    page.write_text(_PAGE.format(runtime=escape(runtime), sound=sound.name, turns="".join(entries)), encoding="utf-8")
    built = [number for number, turn in enumerate(turns, 1) if turn.said in pictures]
    if not built:
        raise DataError("no sentence became a model, though the designer spoke six: see the messages above")
    problems = [turn.said for turn in turns if turn.problem]
    figures = {
        "sentences spoken, heard, built": f"{len(SENTENCES)}, {len(turns)}, {len(built)}",
        "a sentence to its model, longest": f"{1000 * max(sum(turn.seconds.values()) for turn in turns):.0f} ms",
    }
    problem = f"Not understood: {'; '.join(problems)}" if problems else ""
    last = folder / f"step-{built[-1]}.png"
    return Shown(page, last, "", "the designer's six sentences, spoken by a machine", figures, problem)


def speak(path: Path) -> None:
    """Write the designer's sentences as a WAV file."""
    import soundfile

    from wugan.modalities.speech.synthesis import Synthesizer

    voice = Synthesizer()
    parts, rate = [], 24_000
    for text, style in SENTENCES:
        audio = voice.synthesize(text, style=style)
        rate = audio.rate
        parts += [audio.samples, np.zeros(round(PAUSE_S * rate), np.float32)]
    soundfile.write(path, np.concatenate(parts), rate)


def _entry(folder: Path, number: int, turn: Turn, pictures: dict[str, bytes], files: dict[str, bytes]) -> str:
    """One sentence on the page, its picture and its file beside it."""
    shown = ""
    if turn.said in pictures:
        (folder / f"step-{number}.png").write_bytes(pictures[turn.said])
        shown = f'<img src="step-{number}.png" alt="the model after this sentence">'
    take = ""
    if turn.said in files:
        (folder / f"step-{number}.glb").write_bytes(files[turn.said])
        take = f'<p><a href="step-{number}.glb">step-{number}.glb</a></p>'
    notes = "".join(
        f'<p class="note{" bad" if note == turn.problem else ""}">{escape(note)}</p>' for note in turn.messages()
    )
    steps = ", ".join(f"{step} {1000 * seconds:.0f} ms" for step, seconds in turn.seconds.items())
    return (
        f'<section class="turn">{shown}<div><b>“{escape(turn.said)}”</b>{notes}<p class="note">{steps}</p>{take}'
        "</div></section>"
    )
