"""`create`: a package of its own for a new plugin, with a test that passes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from string import Template

from wugan.errors import DataError, PluginError
from wugan.plugin import COMPONENT_GROUPS, plugins
from wugan.scaffold.templates import PROJECT, README, TEMPLATES, Kind

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Class names that the written modules import, or that Python keeps for itself.
_RESERVED = {"Encoder", "Source", "Sink", "Packet", "Sequence", "Iterator", "Path", "Any", "DataError"} | {
    "None",
    "True",
    "False",
}


def create(kind: Kind, name: str, parent: Path, commands: Iterable[str] = ()) -> Path:
    """Write the package `wugan-NAME` (pyproject.toml, README.md, module, test) into a new folder of that name.

    Args:
        kind: what the plugin is.
        name: its name in pipelines; for an application that of its command. Small letters, digits, single hyphens.
        parent: folder to create it in; made where it is missing.
        commands: names of commands that exist, which an application cannot take.

    Returns:
        The new folder.

    Raises:
        PluginError: the name is malformed or taken.
        DataError: the folder exists, or cannot be written.
    """
    check_name(kind, name, commands)
    module = f"wugan_{name.replace('-', '_')}"
    values = {"name": name, "module": module, "cls": class_name(name), "kind": str(kind), "before": "BEFORE"}
    folder = parent / f"wugan-{name}"
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise DataError(f"{folder} exists already, and is left as it is: choose another name or --dir") from None
    except OSError as error:
        raise DataError(f"{folder} cannot be made ({error.strerror}): choose another --dir") from error
    module_text, test_text, details = TEMPLATES[kind]
    for key, text in details.items():  # in order: a later one may speak of an earlier one
        values[key] = Template(text).substitute(values)
    files = {"pyproject.toml": PROJECT, "README.md": README, f"{module}.py": module_text}
    try:
        for file, text in {**files, f"tests/test_{module}.py": test_text}.items():
            path = folder / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(Template(text).substitute(values), encoding="utf-8")
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)  # half a package would be in the way of the next try
        raise DataError(f"{folder} cannot be written ({error.strerror}); nothing is left of it") from error
    return folder


def check_name(kind: Kind, name: str, commands: Iterable[str] = ()) -> None:
    """Refuse a name that is malformed or taken.

    Raises:
        PluginError: says why, and what a name looks like.
    """
    if not _NAME.fullmatch(name):
        raise PluginError(
            f"{name!r} is no name for a plugin: use small letters, digits and single hyphens, starting with a letter, "
            "such as thermal-camera"
        )
    if name == "wugan" or name.startswith("wugan-"):
        raise PluginError(f"{name!r}: leave 'wugan-' away; the package is called wugan-NAME by itself")
    if class_name(name) in _RESERVED:
        raise PluginError(f"{name!r}: the class {class_name(name)} would hide another; choose a more specific name")
    if kind is Kind.APP and name in commands:
        raise PluginError(f"there is a command `wugan {name}` already: choose another name")
    groups = ("wugan.apps",) if kind is Kind.APP else COMPONENT_GROUPS
    for plugin in plugins(*groups):
        if plugin.name == name:
            raise PluginError(f"{name!r} is a plugin of {plugin.package} ({plugin.target}): choose another name")


def class_name(name: str) -> str:
    """`thermal-camera` -> `ThermalCamera`."""
    return "".join(part.capitalize() for part in name.split("-"))
