"""The web page: let a scripted operator train in virtual time, and see each trial as it is done."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.apps.teleop.operator import SKILLS
from wugan.errors import WuganError

if TYPE_CHECKING:
    import gradio as gr

    from wugan.apps.teleop.score import Score
    from wugan.apps.teleop.trial import Trial

_STYLE = """
.wtp{width:100%;border-collapse:collapse;font-size:.92rem}.wtp td,.wtp th{padding:.2rem .5rem!important;text-align:left;
border:0!important;border-bottom:1px solid #8883!important}.wtp td.n,.wtp.numbers th
{text-align:right!important;font-variant-numeric:tabular-nums}
.wtp-big{font-size:1.7rem;font-weight:650}.wtp-bad{color:#b3412c}
"""


def page() -> gr.Blocks:
    """Teleoperation training: a scripted operator practises, guidance fades, scores explain themselves."""
    import gradio as gr

    with gr.Blocks(title="wugan: teleoperation", analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(f"<style>{_STYLE}</style>", padding=False)
        gr.Markdown(
            "## Training of teleoperation\nA scripted operator trains in virtual time at an emulated device. At a real "
            "one: `wugan teleop train --driver NAME --port PATH`."
        )
        with gr.Row():
            with gr.Column(scale=1, min_width=260):
                task = gr.Radio(
                    [("Peg in hole", "peg"), ("Deburring a rim", "deburring")],
                    value="deburring",
                    label="Task",
                    elem_id="task",
                )
                skill = gr.Radio(list(SKILLS), value="novice", label="Operator begins as", elem_id="skill")
                trials = gr.Slider(1, 8, value=4, step=1, label="Trials")
                level = gr.Slider(0, 1, value=1, step=0.05, label="Guidance at the start")
                fixed = gr.Checkbox(False, label="Keep the guidance")
                seed = gr.Number(1, precision=0, minimum=0, maximum=9999, label="Workpiece")
                start = gr.Button("Train", variant="primary", elem_id="start")
                report = gr.DownloadButton("Report", interactive=False, elem_id="report")
            with gr.Column(scale=3, min_width=480):
                table = gr.HTML(elem_id="table")
                # Without labels, which would lie on the plots.
                progress = gr.Image(
                    interactive=False, type="filepath", show_label=False, visible=False, elem_id="progress"
                )
                where = gr.Image(interactive=False, type="filepath", show_label=False, elem_id="where")
                over = gr.Image(interactive=False, type="filepath", show_label=False, elem_id="over")
        start.click(_train, [task, skill, trials, level, fixed, seed], [table, progress, where, over, report])
    return blocks


def _train(task: str, skill: str, trials: float, level: float, fixed: bool, seed: float | None) -> Iterator[list[Any]]:
    """What is shown, after each trial, in the order of the outputs."""
    import gradio as gr

    from wugan.apps.teleop import report
    from wugan.apps.teleop.practise import virtual_session
    from wugan.apps.teleop.report import write_report
    from wugan.apps.teleop.score import contact, score

    folder = Path(tempfile.mkdtemp(prefix="wugan-teleop-"))
    done: list[Trial] = []
    scores: list[Score] = []
    try:
        for trial in virtual_session(task, int(seed or 0), skill, int(trials), level, fixed, None):
            known = trial.task
            pressed = contact(trial, known)
            done.append(trial)
            scores.append(score(trial, known, pressed))
            pictures = {
                "where": report.where(trial, known, scores[-1]),
                "over": report.over_time(trial, known, scores[-1], pressed),
                "progress": report.progress(done, scores),
            }
            files = {}
            for name, data in pictures.items():
                files[name] = folder / f"{name}-{len(done)}.png"
                files[name].write_bytes(data)
            many = len(done) > 1
            yield [
                _table(done, scores),
                gr.Image(value=str(files["progress"]), visible=many) if many else gr.Image(visible=False),
                str(files["where"]),
                str(files["over"]),
                gr.DownloadButton(interactive=False),
            ]
        command = (
            f"wugan teleop train --virtual --task {task} --skill {skill} --trials {int(trials)} --seed {int(seed or 0)}"
        )
        write_report(done, folder / "report.html", command, ["In virtual time."], scores)
        yield [gr.skip()] * 4 + [gr.DownloadButton(value=str(folder / "report.html"), interactive=True)]
    except WuganError as error:
        raise gr.Error(str(error)) from error


def _table(done: list[Trial], scores: list[Score]) -> str:
    last = scores[-1]
    rows = "".join(
        f'<tr><td class="n">{trial.info.number}</td><td class="n"><b>{one.total:.0f}</b></td>'
        f'<td class="n">{100 * one.completed:.0f} %</td><td class="n">{one.seconds:.1f} s</td>'
        f'<td class="n">{one.path_mm:.2f} mm</td><td class="n">{one.force_n:.1f} N</td>'
        f'<td class="n{" wtp-bad" if one.violations else ""}">{len(one.violations)}</td>'
        f'<td class="n">{100 * trial.level.mean():.0f} %</td></tr>'
        for trial, one in zip(done, scores, strict=True)
    )
    why = "".join(
        f'<tr><td>{part.name}</td><td class="n">{part.points:.1f} of {100 * part.weight:.0f}</td>'
        f"<td>{html.escape(part.explanation)}</td></tr>"
        for part in last.parts
    )
    bad = "".join(f'<div class="wtp-bad">{one.start_s:.1f} s: {html.escape(one.text)}</div>' for one in last.violations)
    return (
        f'<div class="wtp-big">{last.total:.0f} points</div>'
        '<table class="wtp numbers"><tr><th>trial</th><th>points</th>'
        "<th>done</th><th>time</th><th>off the path</th><th>contact</th><th>violations</th><th>guidance</th></tr>"
        f'{rows}</table><h4>Last trial</h4><table class="wtp">{why}</table>{bad}'
    )
