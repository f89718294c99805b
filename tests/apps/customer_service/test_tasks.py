"""`wugan predict` as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def predict(*arguments: str | Path, cwd: Path) -> tuple[list[dict[str, Any]], int, str]:
    command = [sys.executable, "-m", "wugan", "predict", *map(str, arguments), "--json"]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr


def check(row: dict[str, Any]) -> None:
    assert row["label"] == max(row["probs"], key=row["probs"].get)
    assert sum(row["probs"].values()) == pytest.approx(1, abs=1e-4)
    assert row["seconds"] > 0


def test_emotion_of_recordings(spoken_call: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    rows, code, _ = predict("emotion", spoken_call, "bad.wav", spoken_call, cwd=tmp_path)
    assert code == 1
    assert [row["file"] for row in rows] == [str(spoken_call), "bad.wav", str(spoken_call)]
    assert "error" in rows[1]
    for row in (rows[0], rows[2]):
        check(row)
        assert set(row["probs"]) == {"anger", "happiness", "neutral", "sadness"}
    assert rows[0]["probs"] == rows[2]["probs"]


def test_intent_of_texts_tables_and_recordings(spoken_call: Path, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Where is my new card?\n")
    (tmp_path / "two.csv").write_text('category,text\nx,"My card was stolen, help"\nx,How do I change my PIN?\n')
    rows, code, error = predict("intent", "one.txt", "two.csv", spoken_call, cwd=tmp_path)
    assert code == 0, error
    assert [row["label"] for row in rows[:3]] == ["card_arrival", "lost_or_stolen_card", "change_pin"]
    assert "item" not in rows[0] and [row["item"] for row in rows[1:3]] == [1, 2]
    for row in rows:
        check(row)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("empty.txt", "", "is empty"), ("t.csv", "a,b\n1,2\n", "column `text`"), ("blank.txt", "...\n", "blank.txt")],
)
def test_bad_text_files(name: str, content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    rows, code, _ = predict("intent", name, cwd=tmp_path)
    assert code in (0, 1) if name == "blank.txt" else code == 1
    assert message in json.dumps(rows)


def test_unknown_task_and_weights(tmp_path: Path) -> None:
    _, code, error = predict("emotoin", "x.wav", cwd=tmp_path)
    assert code == 1 and "emotion" in error
    (tmp_path / "one.txt").write_text("hello")
    _, code, error = predict("intent", "one.txt", "--weights", "nothing", cwd=tmp_path)
    assert code == 1 and "nothing" in error and "Traceback" not in error
