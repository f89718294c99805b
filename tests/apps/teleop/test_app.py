"""`wugan teleop` as its user runs it, in virtual time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from wugan.apps.teleop.app import register

cli = typer.Typer()
register(cli)


def test_the_commands(tmp_path: Path) -> None:
    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["teleop", *words])

    done = run("train", "--virtual", "--task", "peg", "--skill", "expert", "-o", str(tmp_path))
    assert done.exit_code == 0, done.output
    scores = json.loads((tmp_path / "scores.json").read_text())
    again = run("replay", str(tmp_path / "trial-001.mcap"), "--json")
    assert json.loads(again.output) == scores[0]
    (tmp_path / "report.html").unlink()
    assert run("report", str(tmp_path)).exit_code == 0 and (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "--virtual", "--task", "welding"], "welding"),
        (["train", "--virtual", "--skill", "wizard"], "wizard"),
        (["train", "--virtual", "--port", "/dev/ttyACM0"], "not both"),
        (["train", "--port", "x", "--set", "axes"], "KEY=VALUE"),
        (["train", "--delay", "100ms"], "needs --virtual"),
        (["report", "."], "no trial"),
    ],
)
def test_what_a_user_gets_wrong(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["teleop", *arguments])
    assert done.exit_code != 0 and says in done.output + str(done.exception)
