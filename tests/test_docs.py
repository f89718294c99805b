"""The documentation as a reader meets it: its code runs, its links lead somewhere, its commands exist.

A Python block runs (in an empty folder, in a process of its own) if the line above it is `<!-- run -->`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from wugan.pipeline import Pipeline

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"(?P<run>^<!-- run -->\n+)?^```(?P<language>\w+)[^\n]*\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *languages: str) -> list[tuple[str, str, bool]]:
    """Place, code and whether it is marked to run, of the page's fenced blocks in these languages."""
    text = read(page)
    found = [match for match in BLOCK.finditer(text) if match["language"] in languages]
    lines = [text.count("\n", 0, match.start("code")) + 1 for match in found]
    return [
        (f"{page.relative_to(ROOT)}:{line}", match["code"], bool(match["run"]))
        for line, match in zip(lines, found, strict=True)
    ]


PYTHON = [block for page in PAGES if page.exists() for block in blocks(page, "python")]
RUNNABLE = [(place, code) for place, code, run in PYTHON if run]
PIPELINES = [
    block[:2] for page in PAGES if page.exists() for block in blocks(page, "yaml") if block[1].startswith("wugan:")
]


@pytest.mark.parametrize(("place", "code"), RUNNABLE, ids=[place for place, _ in RUNNABLE])
def test_a_marked_block_runs(place: str, code: str, tmp_path: Path) -> None:
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
        if "the link is lost" not in done.stderr:
            break  # an emulator that a busy machine keeps waiting for 100 ms is lost, as it should be
    assert done.returncode == 0, f"{place}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(("place", "code"), [block[:2] for block in PYTHON], ids=[block[0] for block in PYTHON])
def test_every_python_block_is_python(place: str, code: str) -> None:
    ast.parse(code, filename=place)


@pytest.mark.parametrize(("place", "code"), PIPELINES, ids=[place for place, _ in PIPELINES])
def test_every_pipeline_file_is_valid(place: str, code: str) -> None:
    Pipeline.from_yaml(code).validate()


def test_every_mark_to_run_marks_a_block() -> None:
    marks = sum(read(page).count("<!-- run -->\n") for page in PAGES)
    assert marks == len(RUNNABLE) > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_resolve(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    targets = [found["target"].partition("#")[0] for found in LINK.finditer(text)]
    local = [target for target in targets if target and not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_continuous_integration_runs_the_readme_s_commands() -> None:
    shown = [line for _, code, _ in blocks(ROOT / "README.md", "bash", "sh", "shell") for line in code.splitlines()]
    commands = [line.partition("#")[0].strip() for line in shown if line.startswith("make ")]
    script = read(ROOT / ".ci" / "run")
    run = [line.partition(" 2>")[0].strip() for line in script.splitlines() if line.startswith("make ")]
    assert run == ["make test", "make slow", "make demo", "make cold"]  # test-all is test and slow
    assert {"make test", "make demo"} <= set(commands)


def test_every_make_target_that_the_pages_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    mention = re.compile(r"(?:^|`)(?:\w+=\S+ )?make ([a-z-]+)", re.MULTILINE)
    named = {name for page in PAGES for name in mention.findall(read(page))}
    assert {"test", "demo"} <= named <= targets
