"""The web page: say or type a sentence, see the model, go back and forth, take the file."""

from __future__ import annotations

import html
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.apps.voice_to_3d.readings.reader import Reader
from wugan.apps.voice_to_3d.studio import Studio, Turn
from wugan.errors import WuganError

if TYPE_CHECKING:
    import gradio as gr

EXAMPLES = (
    "a round oak table, eighty centimetres wide, with four tapered legs",
    "make the legs black",
    "twenty percent taller",
    "put a vase on it",
    "a plate 80 by 40 by 8 mm with four 5 mm holes, 6 mm from the edges",
    "undo that",
)
FORMATS = (".glb", ".stl", ".3mf", ".obj")
_STYLE = """
.w3d-turn{border-left:3px solid #2f6f8f;padding:.3rem .7rem;margin:.35rem 0;border-radius:.2rem}
.w3d-turn.undone{opacity:.45}.w3d-turn.failed{border-color:#b3412c}
.w3d-said{font-weight:600}.w3d-note{font-size:.85rem;opacity:.8}.w3d-note.bad{color:#b3412c;opacity:1}
.w3d-parts{width:100%;font-size:.9rem;border-collapse:collapse}.w3d-parts td,.w3d-parts th{padding:.15rem .4rem
!important;text-align:left;border:0!important;border-bottom:1px solid #8883!important}
.w3d-parts td.n{text-align:right;font-variant-numeric:tabular-nums}
.w3d-chip{display:inline-block;width:.9rem;height:.9rem;border-radius:.2rem;border:1px solid #0004;
vertical-align:-.1rem;margin-right:.4rem}.w3d-size{font-size:1.05rem;font-weight:600}
"""


class Session:
    """What one visitor has said and made. Its files go with it.

    Attributes:
        turns: every sentence with what became of it, also those that changed nothing.
    """

    def __init__(self) -> None:
        self.studio = Studio()
        self.turns: list[Turn] = []
        self._reader = Reader()
        self._folder = tempfile.TemporaryDirectory(prefix="wugan-voice-to-3d-")
        self._number = 0

    def say(self, sentence: str, scan: str | None = None) -> None:
        """One sentence, perhaps about a scanned thing; what cannot be done is a turn with a problem."""
        sentence = sentence.strip()
        if sentence and scan:
            from wugan.apps.voice_to_3d.readings.scan import load_scan

            self._reader.scan = load_scan(scan)
            plain = self._reader.plain(sentence)
            self.turns.append(self.studio.say(plain.sentence, sentence, plain.assumed))
        elif sentence:
            self.turns.append(self.studio.say(sentence))

    def hear(self, recording: str, scan: str | None = None) -> None:
        """Every sentence of a recording."""
        from wugan.apps.voice_to_3d.speech import sentences

        heard = sentences(Path(recording), scan=Path(scan) if scan else None)
        for one in heard:
            self.turns.append(self.studio.say(one.text, one.said, one.assumed))
        if not heard:
            problem = "no words were heard: silence or noise? Speak closer to the microphone."
            self.turns.append(Turn("(recording)", self.studio.scene, problem=problem))

    def step(self, by: int) -> None:
        """Back (negative) or forward among the versions."""
        history = self.studio.history
        if 0 <= history.cursor + by < len(history.versions):
            history.goto(history.cursor + by)
            self.studio.rebuild()

    def files(self) -> dict[str, str]:
        """The model in every format, written anew; empty while there is none."""
        from wugan.apps.voice_to_3d.geometry.export import export

        built = self.studio.built
        if built is None or not built.parts:
            return {}
        self._number += 1  # a new name each time, or the viewer would show the model that it has
        folder = Path(self._folder.name) / str(self._number)
        folder.mkdir()
        for suffix in FORMATS:
            export(built, folder / f"model{suffix}")
        self.studio.history.save(folder / "scene.json")
        for old in Path(self._folder.name).iterdir():
            if int(old.name) < self._number - 1:
                for file in old.iterdir():
                    file.unlink()
                old.rmdir()
        return {file.suffix: str(file) for file in sorted(folder.iterdir())}


def page() -> gr.Blocks:
    """Voice to 3D: say it, see it, print it."""
    import gradio as gr

    with gr.Blocks(title="wugan: voice to 3D", analytics_enabled=False, fill_width=True) as blocks:
        session = gr.State(None, time_to_live=3600)
        gr.HTML(f"<style>{_STYLE}</style>", padding=False)
        gr.Markdown(
            "## Voice to 3D\nSay or type what you want. Each sentence changes the model; every one can be undone."
        )
        with gr.Row():
            with gr.Column(scale=2, min_width=320):
                sentence = gr.Textbox(
                    label="Sentence", placeholder=EXAMPLES[0], submit_btn=True, autofocus=True, elem_id="sentence"
                )
                recording = gr.Audio(
                    sources=["microphone", "upload"], type="filepath", label="Or speak", format="wav", elem_id="voice"
                )
                with gr.Accordion("“About this size”: a scanned thing", open=False):
                    scan = gr.File(
                        label="Point cloud or mesh (.ply .pcd .xyz .stl .obj .glb)",
                        file_types=[".ply", ".pcd", ".xyz", ".npy", ".stl", ".obj", ".glb"],
                        height=120,
                        elem_id="scan",
                    )
                with gr.Row():
                    undo = gr.Button("↶ Undo", size="sm", elem_id="undo")
                    redo = gr.Button("↷ Redo", size="sm", elem_id="redo")
                    new = gr.Button("New", size="sm", elem_id="new")
                history = gr.HTML(label="History", elem_id="history")
                gr.Examples([[one] for one in EXAMPLES], sentence, label="Try")
            with gr.Column(scale=3, min_width=420):
                viewer = gr.Model3D(
                    label="Model",
                    height=480,
                    clear_color=(0.96, 0.97, 0.98, 1.0),
                    camera_position=(60, 65, None),
                    interactive=False,
                    elem_id="viewer",
                )
                facts = gr.HTML(elem_id="facts")
                with gr.Row():
                    downloads = [
                        gr.DownloadButton(
                            name, size="sm", min_width=60, interactive=False, elem_id=f"get-{name.lower()}"
                        )
                        for name in ("GLB", "STL", "3MF", "OBJ", "Scene")
                    ]
        shown = [session, sentence, viewer, facts, history, *downloads]

        def act(what: str, given: str | None, thing: str | None, kept: Session | None) -> list[Any]:
            kept = Session() if kept is None or what == "new" else kept
            try:
                if what == "say":
                    kept.say(given or "", thing)
                elif what == "hear" and given:
                    kept.hear(given, thing)
                elif what in ("undo", "redo"):
                    kept.step(-1 if what == "undo" else 1)
            except WuganError as error:
                raise gr.Error(str(error)) from error
            return _show(kept)

        sentence.submit(lambda *given: act("say", *given), [sentence, scan, session], shown)
        for event in (recording.stop_recording, recording.upload):
            event(lambda *given: act("hear", *given), [recording, scan, session], shown)
        for button, what in ((undo, "undo"), (redo, "redo"), (new, "new")):
            button.click(lambda kept, what=what: act(what, None, None, kept), [session], shown)
    return blocks


def _show(kept: Session) -> list[Any]:
    """The values of everything that is shown, in the order of `shown`."""
    import gradio as gr

    files = kept.files()
    buttons = [gr.DownloadButton(value=files.get(suffix), interactive=bool(files)) for suffix in (*FORMATS, ".json")]
    return [kept, "", files.get(".glb"), _facts(kept), _history(kept), *buttons]


def _history(kept: Session) -> str:
    """Every sentence with its messages; those that are undone are dim."""
    said = kept.studio.history.said()
    lines = []
    for turn in kept.turns:
        live = not turn.changed
        if turn.changed and turn.said in said:
            said = list(said)
            said.remove(turn.said)
            live = True
        kind = "failed" if turn.problem else "" if live else "undone"
        notes = "".join(
            f'<div class="w3d-note{" bad" if note == turn.problem else ""}">{html.escape(note)}</div>'
            for note in turn.messages()
        )
        lines.append(f'<div class="w3d-turn {kind}"><div class="w3d-said">{html.escape(turn.said)}</div>{notes}</div>')
    return "".join(lines)


def _facts(kept: Session) -> str:
    """Size, volume and the list of parts with their colours."""
    built = kept.studio.built
    if built is None or not built.parts:
        return ""
    low, high = built.bounds()
    width, depth, height = (high - low).tolist()
    rows = []
    counts: dict[tuple[str, str, str], int] = {}
    for part in built.parts:
        key = (part.object, part.role, part.material.name + "|" + part.material.colour)
        counts[key] = counts.get(key, 0) + 1
    for (thing, role, look), count in counts.items():
        name, colour = look.rsplit("|", 1)
        rows.append(
            f'<tr><td>{html.escape(thing)}</td><td>{html.escape(role or "body")}</td><td class="n">{count}</td>'
            f'<td><span class="w3d-chip" style="background:{colour}"></span>{html.escape(name)}</td></tr>'
        )
    return (
        f'<div class="w3d-size">{width:.4g} × {depth:.4g} × {height:.4g} mm</div>'
        f"<div>width × depth × height; {built.volume() / 1000:.4g} cm³</div>"
        f'<table class="w3d-parts"><tr><th>object</th><th>part</th><th>count</th><th>material</th></tr>'
        f"{''.join(rows)}</table>"
    )
