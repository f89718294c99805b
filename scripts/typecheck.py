"""Runs mypy on wugan as it is installed: `core/` is the package, the other folders are its subpackages.

mypy does not follow the import hook of an editable install, so the package is laid out with links in `build/mypy`
(from pyproject.toml's own `package-dir`), checked there, and what mypy says is given in the repository's file names.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYOUT = ROOT / "build" / "mypy"


def lay_out(package_dir: dict[str, str]) -> None:
    """Make `build/mypy` hold every mapped package: the root package's own entries as links, and the others beside."""
    shutil.rmtree(LAYOUT, ignore_errors=True)
    for package, folder in sorted(package_dir.items()):  # a package comes before its subpackages
        target = LAYOUT.joinpath(*package.split("."))
        if "." in package:
            target.symlink_to(ROOT / folder)
            continue
        target.mkdir(parents=True)
        for entry in (ROOT / folder).iterdir():
            if entry.name != "__pycache__":
                (target / entry.name).symlink_to(entry)


def main() -> int:
    """Check every package; the exit code is mypy's."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        package_dir = tomllib.load(file)["tool"]["setuptools"]["package-dir"]
    lay_out(package_dir)
    roots = [name for name in package_dir if "." not in name]
    command = [sys.executable, "-m", "mypy", *(word for name in roots for word in ("-p", name)), *sys.argv[1:]]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    text = done.stdout
    for package, folder in sorted(package_dir.items(), reverse=True):
        text = text.replace(f"build/mypy/{package.replace('.', '/')}/", f"{folder}/")
    print(text, end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
