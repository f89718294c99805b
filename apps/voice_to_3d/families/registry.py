"""The families by name. A module that is listed here contributes every `Family` it defines."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from wugan.apps.voice_to_3d.families.base import Family
from wugan.errors import DataError

MODULES: tuple[str, ...] = (
    # shop: fasteners, brackets, gears, pipes, tools
    *(f"shop.{noun}" for noun in (
        "fasteners", "hardware", "plates", "brackets", "wheels", "shafts", "pipes", "sections", "enclosures", "handles",
        "tools", "workholding",
    )),
    # home: furniture, vessels, kitchen, building, toys
    *(f"home.{noun}" for noun in (
        "furniture", "storage", "vessels", "lighting", "kitchen", "household", "buildings", "vehicles", "toys",
        "shapes", "keepsakes", "outdoors",
    )),
)  # fmt: skip


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
