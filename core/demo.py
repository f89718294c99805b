"""`Shown`: what a demonstration of `wugan demo` leaves; they are found by the entry point group `wugan.demos`."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from wugan.errors import DataError
from wugan.plugin import Plugin


@dataclass(frozen=True, slots=True)
class Shown:
    """What a demonstration leaves in its folder; a demonstration is a function `(folder, runtime) -> Shown`.

    Attributes:
        page: its HTML page.
        picture: a picture of the result for the index (PNG, JPEG or SVG).
        real: what of its input was recorded from the world; empty if nothing.
        made_up: what of its input was invented, drawn or synthesised; empty if nothing.
        figures: what was measured in this run, name to value with unit.
        problem: why the page is not whole (a model that gave nothing, packets that were lost); shown in red, and the
            command fails.
    """

    page: Path
    picture: Path
    real: str
    made_up: str
    figures: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def embedded_picture(page: Path) -> Path:
    """The first picture that lies in an HTML page as a `data:` URI, written beside it.

    Raises:
        DataError: the page holds none.
    """
    found = re.search(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/=]+)", page.read_text(encoding="utf-8"))
    if found is None:
        raise DataError(f"{page} holds no picture, though a demonstration should show one")
    picture = page.with_suffix({"png": ".png", "jpeg": ".jpg"}[found[1]])
    picture.write_bytes(base64.b64decode(found[2]))
    return picture


def missing_extras(plugin: Plugin) -> list[str]:
    """Extras that a plugin declares (`module:name [extra]`) and whose packages are not all installed here."""
    return [extra for extra in plugin.entry.extras if not _installed(plugin.package, extra)]


def _installed(package: str, extra: str) -> bool:
    asked = [Requirement(text) for text in requires(package) or ()]
    needed = [
        one.name for one in asked if one.marker and one.marker.evaluate({"extra": extra}) and not one.marker.evaluate()
    ]
    try:
        return all(version(name) for name in needed)
    except PackageNotFoundError:
        return False
