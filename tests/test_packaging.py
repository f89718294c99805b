"""The package as it is declared, laid out and built."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from wugan import plugin
from wugan.weights import RESEARCH

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]
FOLDERS = {"core": "wugan", **{folder: f"wugan.{folder}" for folder in ("modalities", "devices", "apps")}}
# What each folder may import of wugan's other folders: apps -> modalities, devices -> core.
MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "modalities": {"core"},
    "devices": {"core"},
    "apps": {"core", "modalities", "devices"},
}
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
OTHERS = sorted(
    path for folder in ("tests", "examples", "benchmarks", "scripts") for path in (ROOT / folder).rglob("*.py")
)
# Distributions of the extras whose import name differs.
DISTRIBUTIONS = {
    "OCP": "build123d",  # which brings it
    "cv2": "opencv-python",
    "fhir": "fhir.resources",
    "open3d": "open3d-cpu",
    "openslide": "openslide-python",
    "rerun": "rerun-sdk",
    "serial": "pyserial",
    "triton": "torch",  # which brings it on Linux; where it is missing the backend says so
}
# Files of core that only those use who have installed an extra.
OPTIONAL = {ROOT / "core" / name for name in ("learn/direct.py", "observe/rerun.py", "web.py")}
HEAVY = ("torch", "ray", "open3d", "rerun", "gradio", "fastapi", "pydicom", "faster_whisper", "transformers", "mujoco")


def name_of(path: Path) -> str:
    """`modalities/speech/vad.py` -> `wugan.modalities.speech.vad`."""
    folder, *rest = path.relative_to(ROOT).with_suffix("").parts
    return ".".join([FOLDERS[folder], *(part for part in rest if part != "__init__")])


def folder_of(module: str) -> str:
    """The folder that an imported `wugan…` module lies in."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FOLDERS else "core"


def imported(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file, also for type checking only."""
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *([base] if base else [])])
            # `from wugan import apps` imports a subpackage through its parent.
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def own(path: Path) -> set[str]:
    """The wugan modules among what a file imports."""
    return {name for name in imported(path) if name.partition(".")[0] == "wugan"}


def libraries(path: Path) -> set[str]:
    """Top-level names of the other libraries among what a file imports."""
    return {name.partition(".")[0] for name in imported(path)} - {"wugan"} - sys.stdlib_module_names


def test_every_folder_with_code_is_a_package() -> None:
    assert all((path.parent / "__init__.py").exists() for path in SOURCES), "a folder of modules lacks __init__.py"


def test_the_links_lay_the_folders_out_as_the_package() -> None:
    # Editors, pyright and mypy follow them; setuptools finds the packages through them.
    assert {name: (ROOT / "src" / name.replace(".", "/")).resolve() for name in FOLDERS.values()} == {
        name: ROOT / folder for folder, name in FOLDERS.items()
    }


def test_everything_is_installed_below_wugan() -> None:
    # From a folder without the checkout, only the installed package can be found.
    code = f"import importlib.util as u; print([n for n in {sorted(FOLDERS)} if u.find_spec(n)])"
    done = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_imports_point_one_way(folder: str) -> None:
    allowed = MAY_IMPORT[folder] | {folder}
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in SOURCES
        if path.is_relative_to(ROOT / folder)
        for module in sorted(own(path))
        if folder_of(module) not in allowed
    ]
    assert not wrong


def test_the_import_check_sees_every_kind_of_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    path = tmp_path / "devices" / "haptic" / "servo.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "def f():\n    from wugan import apps\n    import wugan.modalities.text as t\n    from ..camera import x"
    )
    assert {folder_of(module) for module in own(path)} == {"core", "apps", "modalities", "devices"}


def test_importing_wugan_imports_nothing_heavy() -> None:
    code = f"import sys, wugan; print([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_entry_point_names_something_that_is_there() -> None:
    files = {name_of(path): path for path in SOURCES}
    for group, entries in PYPROJECT["project"]["entry-points"].items():
        assert group in plugin.GROUPS
        for target in entries.values():
            module, _, name = target.partition(" [")[0].partition(":")
            if module.partition(".")[0] == "wugan":
                assert module in files, f"{target}: there is no such module"
                top = {getattr(node, "name", None) for node in ast.parse(files[module].read_text()).body}
                assert name in top, f"{target}: {files[module].relative_to(ROOT)} defines no {name}"
            else:
                assert module in sys.stdlib_module_names, f"{target} lies neither in wugan nor in Python"


def test_every_imported_library_is_declared() -> None:
    project = PYPROJECT["project"]
    base = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    extras = {canonicalize_name(Requirement(text).name) for some in EXTRAS.values() for text in some}
    owners = packages_distributions()
    undeclared = []
    for path in SOURCES:
        # core works without any extra, save for what is named after the library that it needs.
        needs_no_extra = path.is_relative_to(ROOT / "core") and path not in OPTIONAL
        declared = base if needs_no_extra else base | extras
        for name in sorted(libraries(path)):
            # What is not installed here (another extra) is looked up by its own name or its known distribution.
            known = [DISTRIBUTIONS[name]] if name in DISTRIBUTIONS else owners.get(name, [name])
            owner = {canonicalize_name(distribution) for distribution in known}
            if not owner & declared:
                undeclared.append(f"{path.relative_to(ROOT)} imports {name}, of {', '.join(sorted(owner))}")
    assert not undeclared, "declare them in pyproject.toml"


def test_all_is_every_extra_that_a_user_may_want() -> None:
    (everything,) = EXTRAS["all"]
    named = re.fullmatch(r"wugan\[(.*)\]", everything)
    assert named and set(named[1].split(",")) == set(EXTRAS) - {"all", "dev"}


def built(tmp_path: Path, folder: str = "") -> tuple[zipfile.ZipFile, list[str]]:
    """The wheel of the checkout, or of a distribution in one of its folders; and the files that git has."""
    # Without isolation the build needs no network; a copy keeps its by-products out of the checkout.
    source = tmp_path / "source"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("needs the git repository, to know which files belong to it")
    files = [name for name in tracked.stdout.split("\0") if name and os.path.lexists(ROOT / name)]
    for name in files:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_symlink():
            (source / name).symlink_to((ROOT / name).readlink())
        else:
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    done = subprocess.run([*command, str(source / folder)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    return zipfile.ZipFile(wheel), files


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    archive, files = built(tmp_path)
    with archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = {Path(name).name for name in archive.namelist() if ".dist-info/licenses/" in name}
    expected = {
        FOLDERS[folder].replace(".", "/") + "/" + rest
        for folder, _, rest in (name.partition("/") for name in files)
        if folder in FOLDERS and not (ROOT / folder / rest).is_symlink()
    }
    assert held == expected
    assert "wugan/py.typed" in held
    assert licences == {"LICENSE", "NOTICE"}
    assert not [name for name in held if any(research in name for research in RESEARCH)]


def test_weights_that_are_not_free_are_a_distribution_of_their_own(tmp_path: Path) -> None:
    archive, _ = built(tmp_path, "research-weights")
    with archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        (licence,) = (name for name in archive.namelist() if name.endswith("licenses/LICENSE"))
        terms = archive.read(licence).decode()
    files = {f"wugan_research_weights/{name}.safetensors" for name in RESEARCH}
    assert held == {"wugan_research_weights/__init__.py", *files}
    assert "CC BY-NC-SA 4.0" in terms and "Princeton" in terms and "academic research only" in terms
    assert "wugan-research-weights" in EXTRAS["dev"]
    assert not [name for name, some in EXTRAS.items() if name != "dev" and "wugan-research-weights" in some]
