from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from wugan.apps.diagnosis.cohort.app import register
from wugan.apps.diagnosis.cohort.train import fit
from wugan.apps.diagnosis.cohort.train.fit import Settings
from wugan.errors import DataError


@pytest.fixture
def cli() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    return app


def test_predict_gives_one_object_a_patient(cli: typer.Typer, cohort_folder: Path) -> None:
    result = CliRunner().invoke(cli, ["cohort", "predict", str(cohort_folder), "--json"], catch_exceptions=False)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["patient_id"] for line in lines] == [f"{i:03}" for i in range(240)]
    assert {"risk", "survival", "recurrence", "present", "missing", "note"} <= lines[0].keys()
    assert 0 < lines[0]["survival"]["alive"]["3y"]["probability"] < 1


def test_predict_for_people_to_read(cli: typer.Typer, fresh_folder: Path) -> None:
    (fresh_folder / "icd_codes.csv").unlink()
    result = CliRunner().invoke(cli, ["cohort", "predict", str(fresh_folder)], catch_exceptions=False)
    assert len(result.stdout.splitlines()) == 20
    assert "lacks icd" in result.stdout and "everybody lacks icd" in result.stderr


def test_the_column_that_leaks_is_left_aside_and_told(cli: typer.Typer, fresh_folder: Path) -> None:
    command = ["cohort", "predict", str(fresh_folder), "--json"]
    before = CliRunner().invoke(cli, command, catch_exceptions=False)
    table = fresh_folder / "clinical.csv"
    first, *rows = table.read_text().splitlines()
    table.write_text("\n".join([f"{first},primarily_metastasis", *(f"{row},1" for row in rows)]) + "\n")
    after = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert after.stdout == before.stdout and len(after.stdout.splitlines()) == 20
    assert "tell of what came later: primarily_metastasis" in " ".join(after.stderr.split())


def test_train_writes_weights_that_predict(
    cli: typer.Typer, cohort_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "Settings", partial(Settings, dim=16, steps=8, batch=64))
    file = tmp_path / "new" / "own.safetensors"
    CliRunner().invoke(
        cli, ["cohort", "train", str(cohort_folder), "-o", str(file), "--folds", "2"], catch_exceptions=False
    )
    result = CliRunner().invoke(
        cli, ["cohort", "predict", str(cohort_folder), "--json", "--weights", str(file)], catch_exceptions=False
    )
    assert len(result.stdout.splitlines()) == 240


def test_training_without_outcomes_is_refused(cli: typer.Typer, fresh_folder: Path) -> None:
    (fresh_folder / "targets.csv").unlink()
    with pytest.raises(DataError, match="no outcomes"):
        CliRunner().invoke(cli, ["cohort", "train", str(fresh_folder)], catch_exceptions=False)
