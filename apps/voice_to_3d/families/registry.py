"""The families by name. A module that is listed here contributes every `Family` it defines."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from wugan.apps.voice_to_3d.families.base import Family
from wugan.errors import DataError

MODULES: tuple[str, ...] = (
    # shop: fasteners, brackets, gears, pipes, tools
    "shop.nuts",
    "shop.screws",
    "shop.hardware",
    "shop.pins",
    "shop.plates",
    "shop.interfaces",
    "shop.flanges",
    "shop.brackets",
    "shop.mounts",
    "shop.gears",
    "shop.pulleys",
    "shop.blades",
    "shop.shafts",
    "shop.pipes",
    "shop.sections",
    "shop.springs",
    "shop.enclosures",
    "shop.knobs",
    "shop.handles",
    "shop.hooks",
    "shop.fittings",
    "shop.handtools",
    "shop.edgetools",
    "shop.workholding",
    "shop.gauges",
    "shop.engine",
    # home: furniture, vessels, kitchen, building, toys
    "home.tables",
    "home.seating",
    "home.storage",
    "home.beds",
    "home.containers",
    "home.vessels",
    "home.drinking",
    "home.lighting",
    "home.kitchen",
    "home.cutlery",
    "home.cookware",
    "home.household",
    "home.desktop",
    "home.openings",
    "home.buildings",
    "home.masonry",
    "home.vehicles",
    "home.craft",
    "home.toys",
    "home.games",
    "home.shapes",
    "home.keepsakes",
    "home.plants",
    "home.outdoors",
    "home.livingroom",
    "home.utility",
    "home.stands",
)


@cache
def families() -> dict[str, type[Family]]:
    """Every family by each of its names, lower case, singular."""
    found: dict[str, type[Family]] = {}
    for name in MODULES:
        module = import_module(f"wugan.apps.voice_to_3d.families.{name}")
        for family in vars(module).values():
            if isinstance(family, type) and issubclass(family, Family) and family.__module__ == module.__name__:
                for word in family.names:
                    if found.setdefault(word, family) is not family:
                        raise ValueError(f"{word!r} names both {found[word].__name__} and {family.__name__}")
    return found


def family(name: str) -> type[Family]:
    """The family called `name`. Raises `DataError` where there is none."""
    try:
        return families()[name]
    except KeyError:
        raise DataError(f"no family of objects is called {name!r}; `wugan make3d --list` shows all") from None
