"""Plugin packages of third parties, installed into an environment of their own, are found and run.

The environment sees everything that the running one has (wugan too) and adds `tests/plugins/wugan_echo`, which works,
and `tests/plugins/wugan_broken`, which raises when it is imported. Nothing is fetched.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parent / "plugins"
PIPELINE = """
wugan: 1
name: echo
nodes:
  numbers: {use: count, with: {count: 4}}
  words: {use: echo, with: {times: 3}, in: numbers}
  file: {use: lines, with: {path: said.txt}, in: words}
"""
SAID = ["0 0 0 0", "100000000 1 1 1", "200000000 2 2 2", "300000000 3 3 3"]

Wugan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with both packages; gives its Python."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (own / "parent.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    # A build leaves files beside the source, so it works on a copy.
    sources = [str(shutil.copytree(PLUGINS / name, folder / name)) for name in ("wugan_echo", "wugan_broken")]
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", *offline, *sources]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return python


@pytest.fixture
def wugan(environment: Path, tmp_path: Path) -> Wugan:
    """Runs the `wugan` command of that environment in an empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(environment), "-m", "wugan", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    return run


def test_both_packages_are_listed_and_the_broken_one_with_its_cause(wugan: Wugan) -> None:
    done = wugan("plugins", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    found = {(row["group"], row["name"]): row for row in rows if row["package"].startswith("wugan-")}
    assert set(found) == {
        ("wugan.sources", "count"),
        ("wugan.encoders", "echo"),
        ("wugan.encoders", "broken"),
        ("wugan.sinks", "lines"),
    }
    assert found["wugan.sinks", "lines"]["about"] == "Writes one line for each packet."
    assert found["wugan.sinks", "lines"]["error"] is None
    assert "libdriver.so.7" in found["wugan.encoders", "broken"]["error"]
    assert {row["package"] for row in rows} >= {"wugan", "wugan-echo", "wugan-broken"}
    assert done.returncode == 1  # something that is installed does not work


@pytest.mark.parametrize("runtime", ["local", pytest.param("ray", marks=pytest.mark.slow)])
def test_a_pipeline_of_third_party_plugins_runs(wugan: Wugan, tmp_path: Path, runtime: str) -> None:
    (tmp_path / "echo.yaml").write_text(PIPELINE)
    done = wugan("run", "echo.yaml", "--runtime", runtime)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "said.txt").read_text().splitlines() == SAID
    assert sorted(path.name for path in tmp_path.iterdir()) == ["echo.yaml", "said.txt"]


def test_a_pipeline_that_needs_the_broken_plugin_says_so(wugan: Wugan, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(PIPELINE.replace("use: echo, with: {times: 3}", "use: broken"))
    done = wugan("validate", "broken.yaml")
    assert done.returncode == 1
    message = " ".join(done.stderr.split())
    for part in ("broken.yaml", "'words'", "wugan-broken", "libdriver.so.7"):
        assert part in message
    assert "Traceback" not in message


def test_ports_of_third_party_plugins_are_checked(wugan: Wugan, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(PIPELINE.replace("in: words", "in: numbers"))
    done = wugan("validate", "wrong.yaml")
    assert done.returncode == 1
    message = " ".join(done.stderr.split())
    for part in ("'numbers'", "'file'", "takes str", "gives int"):
        assert part in message
