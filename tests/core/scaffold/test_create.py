"""`wugan new`: each kind is written, its own test passes, and the installed package is found by wugan."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.errors import DataError, PluginError
from wugan.scaffold.create import check_name, create
from wugan.scaffold.templates import Kind

PIPELINE = """\
name: new
nodes:
  source: {use: new-source, with: {count: 3}}
  sink: {use: new-sink, with: {path: out.txt}, in: source}
  arrays: {use: core_parts:Endless}
  encoder: {use: new-encoder, with: {gain: 2.0}, in: arrays}
"""
BREAKS = {
    Kind.ENCODER: ("* self.gain", "+ self.gain"),
    Kind.SOURCE: ("float(number)", "0.0"),
    Kind.SINK: ("{packet.time_ns} ", ""),
    Kind.APP: (".split()", ""),
}


def python(*arguments: str, cwd: Path, path: Path | str | None = None) -> subprocess.CompletedProcess[str]:
    places = os.pathsep.join(map(str, filter(None, [path, Path(__file__).parent.parent])))
    environment = {
        **os.environ,
        "PYTHONPATH": places,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "NO_COLOR": "1",
    }
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package of each kind: `wugan-new-encoder`, and so on."""
    parent = tmp_path_factory.mktemp("made") / "here"
    for kind in Kind:
        assert create(kind, f"new-{kind}", parent) == parent / f"wugan-new-{kind}"
    return parent


@pytest.fixture
def installed(made: Path, tmp_path: Path) -> Path:
    """A place of installed packages with all of them: their modules, and the metadata that an installer writes."""
    site = tmp_path / "site"
    for kind in Kind:
        project = tomllib.loads((made / f"wugan-new-{kind}" / "pyproject.toml").read_text())
        (module,) = project["tool"]["setuptools"]["py-modules"]
        info = site / f"{module}-0.1.0.dist-info"
        info.mkdir(parents=True)
        name = project["project"]["name"]
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
        for group, entries in project["project"]["entry-points"].items():
            lines = "".join(f"{entry} = {target}\n" for entry, target in entries.items())
            (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")
        (site / f"{module}.py").write_text((made / f"wugan-new-{kind}" / f"{module}.py").read_text())
    return site


def own_tests(folders: Path) -> subprocess.CompletedProcess[str]:
    """Runs the tests of all packages in one process, with the packages on the path."""
    path = os.pathsep.join(str(folders / f"wugan-new-{kind}") for kind in Kind)
    return python("pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", cwd=folders, path=path)


def test_their_own_tests_pass_and_can_fail(made: Path, tmp_path: Path) -> None:
    folders = Path(shutil.copytree(made, tmp_path / "copy"))
    done = own_tests(folders)
    assert done.returncode == 0, done.stdout + done.stderr
    for kind in Kind:
        assert "run_stage(" in (folders / f"wugan-new-{kind}" / "tests" / f"test_wugan_new_{kind}.py").read_text()
        module = folders / f"wugan-new-{kind}" / f"wugan_new_{kind}.py"
        broken = module.read_text().replace(*BREAKS[kind])
        assert broken != module.read_text()
        module.write_text(broken)
    done = own_tests(folders)
    assert done.returncode == 1
    assert all(f"FAILED wugan-new-{kind}/tests/" in done.stdout for kind in Kind), done.stdout


def test_its_own_test_runs_before_it_is_installed(made: Path) -> None:
    done = python("pytest", "-q", "-p", "no:cacheprovider", cwd=made / "wugan-new-source")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_installed_they_are_found_and_fit_a_pipeline(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(PIPELINE)
    done = python("wugan", "validate", "new.yaml", cwd=tmp_path, path=installed)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_installed_application_adds_its_command(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("a rose\n\nis\n")
    done = python("wugan", "new-app", "text.txt", cwd=tmp_path, path=installed)
    assert (done.returncode, done.stdout) == (0, "2\n1\n"), done.stderr
    done = python("wugan", "new-app", "none.txt", cwd=tmp_path, path=installed)
    assert (done.returncode, done.stderr) == (1, "error: none.txt is no file\n")


def test_what_is_written(made: Path) -> None:
    for kind in Kind:
        folder, module = made / f"wugan-new-{kind}", f"wugan_new_{kind}"
        files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert files == {"pyproject.toml", "README.md", f"{module}.py", f"tests/test_{module}.py"}
        assert "$" not in "".join((folder / file).read_text() for file in files)
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        assert project["name"] == f"wugan-new-{kind}"
        assert list(project["entry-points"]) == [f"wugan.{kind}s"]
        assert list(project["entry-points"][f"wugan.{kind}s"]) == [f"new-{kind}"]
        done = python("ruff", "check", "--isolated", "--line-length", "120", "--select", "E,F,I,UP,B", cwd=folder)
        assert done.returncode == 0, done.stdout
    done = python("ruff", "format", "--isolated", "--line-length", "120", "--check", ".", cwd=made)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        (Kind.ENCODER, "Thermal", "small letters"),
        (Kind.ENCODER, "../up", "small letters"),
        (Kind.ENCODER, "", "small letters"),
        (Kind.ENCODER, "a--b", "small letters"),
        (Kind.ENCODER, "a\n", "small letters"),
        (Kind.SINK, "wugan-lines", "leave 'wugan-' away"),
        (Kind.SINK, "sink", "the class Sink would hide another"),
        (Kind.SOURCE, "print", "is a plugin of wugan .*choose another name"),
        (Kind.APP, "customer-service", "is a plugin of wugan"),
        (Kind.APP, "run", "there is a command `wugan run` already"),
    ],
)
def test_a_name_that_will_not_do_is_refused(tmp_path: Path, kind: Kind, name: str, words: str) -> None:
    with pytest.raises(PluginError, match=words):
        create(kind, name, tmp_path, commands=["run"])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    folder = create(Kind.SINK, "lines", tmp_path)
    (folder / "wugan_lines.py").write_text("mine")
    with pytest.raises(DataError, match="wugan-lines exists already"):
        create(Kind.SINK, "lines", tmp_path)
    assert (folder / "wugan_lines.py").read_text() == "mine"
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be made .*choose another --dir"):
        create(Kind.SINK, "lines", tmp_path / "file")


def test_half_a_package_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_text

    def full(path: Path, *arguments: object, **named: object) -> int:
        if path.name == "README.md":
            raise OSError(28, "No space left on device")
        return write(path, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(DataError, match="No space left"):
        create(Kind.SINK, "lines", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_and_refuses_without_a_traceback(tmp_path: Path) -> None:
    done = python("wugan", "new", "app", "validate", cwd=tmp_path)
    assert done.returncode == 1 and "there is a command `wugan validate` already" in done.stderr
    assert "Traceback" not in done.stderr
    assert python("wugan", "new", "camera", "x", cwd=tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []
    done = python("wugan", "new", "sink", "lines", "--dir", "here", cwd=tmp_path)
    assert done.returncode == 0 and "here/wugan-lines is made" in done.stdout
    assert (tmp_path / "here" / "wugan-lines" / "pyproject.toml").is_file()


@given(st.text(max_size=8) | st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True))
def test_an_accepted_name_is_fit_for_a_module_and_a_folder(name: str) -> None:
    try:
        check_name(Kind.ENCODER, name)
    except PluginError:
        return
    assert f"wugan_{name.replace('-', '_')}".isidentifier() and name.isascii() and name == name.lower().strip()
