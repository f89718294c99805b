from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from wugan.apps.diagnosis.app import register
from wugan.apps.diagnosis.demo import record


def test_the_command_writes_and_says(tmp_path: Path) -> None:
    cli = typer.Typer()
    cli.callback()(lambda: None)
    register(cli)
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "record.json").write_text(json.dumps(record()))
    (tmp_path / "case" / "letter.docx").write_text("")
    command = ["diagnose", str(tmp_path / "case"), "-o", str(tmp_path / "out")]
    env = {"COLUMNS": "200", "NO_COLOR": "1"}
    ran = CliRunner().invoke(cli, command, catch_exceptions=False, env=env)
    assert ran.exit_code == 0
    assert "note: the case's folder also holds letter.docx" in ran.stderr
    assert "CT        missing: not in the case" in ran.output and "Potassium" in ran.output
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"result.json", "report.html", "report.pdf"}
    printed = CliRunner().invoke(cli, [*command, "--json"], catch_exceptions=False, env=env).stdout
    assert json.loads(printed[printed.index("{") :]) == json.loads((tmp_path / "out" / "result.json").read_text())
