"""Plugins: classes and functions that installed packages declare as entry points.

The built-in ones are declared in pyproject.toml in the same way as a third party's. A plugin that fails to import
is listed with its error and breaks nothing else.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from wugan.errors import PluginError

COMPONENT_GROUPS = ("wugan.sources", "wugan.stages", "wugan.encoders", "wugan.heads", "wugan.sinks", "wugan.syncs")
HAPTIC_GROUPS = ("wugan.haptic_drivers", "wugan.haptic_emulators")
GROUPS = (*COMPONENT_GROUPS, "wugan.devices", *HAPTIC_GROUPS, "wugan.apps", "wugan.tasks", "wugan.pages", "wugan.demos")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One declared plugin; nothing is imported before `load()`."""

    group: str
    name: str
    target: str
    package: str
    entry: EntryPoint

    def load(self) -> Any:
        """Import it.

        Raises:
            PluginError: its module or object cannot be imported; names the plugin, its package and the cause.
        """
        try:
            return self.entry.load()
        except Exception as error:
            raise PluginError(
                f"plugin {self.name!r} of package {self.package} ({self.target}) cannot be imported: "
                f"{type(error).__name__}: {error}. Reinstall or update {self.package}."
            ) from error


@cache
def plugins(*groups: str) -> tuple[Plugin, ...]:
    """All declared plugins of the groups (all of wugan's groups if none is named), by group and name."""
    found = {
        (entry.group, entry.name, entry.value): Plugin(
            entry.group, entry.name, entry.value, entry.dist.name if entry.dist else "?", entry
        )
        for group in groups or GROUPS
        for entry in entry_points(group=group)
    }
    return tuple(found[key] for key in sorted(found))


def find(name: str, *groups: str) -> Plugin:
    """The plugin of that name.

    Raises:
        PluginError: none, or more than one package declares it.
    """
    matches = [plugin for plugin in plugins(*groups) if plugin.name == name]
    if len(matches) == 1:
        return matches[0]
    if matches:
        packages = ", ".join(sorted(f"{plugin.package} ({plugin.target})" for plugin in matches))
        raise PluginError(f"plugin {name!r} is declared more than once: by {packages}. Uninstall all but one.")
    known = sorted({plugin.name for plugin in plugins(*groups)})
    near = _near(name, known)
    hint = f" Did you mean {near!r}?" if near else ""
    raise PluginError(f"no plugin is called {name!r}.{hint} `wugan plugins` lists them: {', '.join(known)}.")


def _near(name: str, known: list[str]) -> str | None:
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    return close[0] if close else None


def resolve(reference: str) -> Any:
    """The object behind a component plugin's name or a `module:attribute` path.

    Raises:
        PluginError: it does not exist or cannot be imported.
    """
    if ":" not in reference:
        return find(reference, *COMPONENT_GROUPS).load()
    module_name, _, attribute = reference.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:
        hint = " What a script defines has no name elsewhere: move it to a module." if module_name == "__main__" else ""
        raise PluginError(f"{reference!r} cannot be imported: {type(error).__name__}: {error}.{hint}") from error
    return found


def reference(target: type | Callable[..., Any]) -> str:
    """The shortest text that `resolve` takes back to this class or function.

    Raises:
        PluginError: it is a lambda or a local function, which no text can name.
    """
    module, name = getattr(target, "__module__", None), getattr(target, "__qualname__", None)
    if module is None or name is None or "<" in name:
        raise PluginError(f"{target!r} cannot be written to YAML: define it at the top level of a module")
    path = f"{module}:{name}"
    for plugin in plugins(*COMPONENT_GROUPS):
        if plugin.target == path:
            return plugin.name
    # A plugin's entry point may name the package that re-exports the class.
    for plugin in plugins(*COMPONENT_GROUPS):
        package, _, attribute = plugin.target.partition(":")
        if attribute == name and module.startswith(f"{package}.") and plugin.load() is target:
            return plugin.name
    return path
