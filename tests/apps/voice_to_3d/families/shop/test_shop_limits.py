"""Families of the workshop at the ends of their ranges and at random sizes: a sound solid, or a reason by name.

The parts of every end are worked out; in continuous integration only a few of each family are also built, which takes
most of the time. At a desk all are.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.families.registry import MODULES
from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

FAMILIES = [
    one
    for name in MODULES
    if name.startswith("shop.")
    for module in [import_module(f"wugan.apps.voice_to_3d.families.{name}")]
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, Family) and one.__module__ == module.__name__ and one.names
]
LIDDED = {"Enclosure", "ProjectBox", "JunctionBox", "ElectronicsEnclosure"}
IN_CI = bool(os.environ.get("CI"))
BUILT = 2 if IN_CI else 1000
"""How many of a family's ends are built."""
every = pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.__name__)


def lengths(family: type[Family]) -> list[str]:
    """Parameters that are real numbers."""
    return [name for name, one in family.model_fields.items() if isinstance(one.default, float)]


def made(family: type[Family], **parameters: Any) -> Any:
    shape = FamilyShape(family=family.names[0], parameters=parameters)
    return build(Scene(objects=(Object(id="it", name=family.names[0], shape=shape, place=at()),)))


def sound_or_told(family: type[Family], parameters: dict[str, Any]) -> bool:
    """Whether it could be built; checks what was built, or that the reason names a parameter."""
    try:
        built = made(family, **parameters)
    except DataError as error:
        assert len(str(error)) > 20
        return False
    solid = built.solid()
    assert solid.volume() > 0
    return True


def bounds(field: Any) -> list[float]:
    found = []
    for rule in field.metadata:
        for name in ("ge", "le"):
            value = getattr(rule, name, None)
            if value is not None:
                found.append(value)
    return found


@every
def test_ends_of_ranges_build_or_say_why(family: type[Family]) -> None:
    tried: list[dict[str, Any]] = []
    for name, field in family.model_fields.items():
        if isinstance(field.default, bool):
            tried.append({name: not field.default})
        elif isinstance(field.default, int | float):
            tried += [{name: end} for end in bounds(field)]
    possible = []
    for parameters in tried:
        try:
            assert family(**parameters).parts()
        except (DataError, ValidationError) as error:
            assert len(str(error)) > 20
        else:
            possible.append(parameters)
    for parameters in possible[:: -(-len(possible) // BUILT) or 1]:
        sound_or_told(family, parameters)


@every
def test_impossible_sizes_are_refused(family: type[Family]) -> None:
    for name in lengths(family):
        low = -1.0 if not name.endswith("angle") else -100.0
        for value in (low, float("nan"), float("inf"), 1e9):
            with pytest.raises((ValidationError, DataError)):
                family(**{name: value}).parts()


@every
def test_the_whole_can_be_made_of_any_size(family: type[Family]) -> None:
    names = lengths(family)
    sized = [name for name in names if family.model_fields[name].default]
    for factor in (0.5, 3.0):
        own = {name: family.model_fields[name].default * factor for name in sized if not name.endswith("angle")}
        keep = {"helix_angle", "twist", "coils", "angle"}
        parameters = {name: value for name, value in own.items() if name not in keep}
        if "size" in family.model_fields:  # the size goes with the diameter that was said
            parameters = {name: value for name, value in parameters.items() if name != "pitch"}
        assert sound_or_told(family, parameters), (factor, parameters)


def sizes(family: type[Family]) -> st.SearchStrategy[dict[str, float]]:
    """One to three parameters, each 0.4 to 2.5 times its default."""
    names = [name for name in lengths(family) if family.model_fields[name].default]
    factor = st.floats(0.4, 2.5).map(lambda one: round(one, 3))
    some = st.dictionaries(st.sampled_from(names), factor, min_size=1, max_size=3)
    return some.map(lambda chosen: {n: round(family.model_fields[n].default * f, 3) for n, f in chosen.items()})


@every
@settings(max_examples=2 if IN_CI else 6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_sizes_build_as_one_piece_or_say_why(family: type[Family], data: st.DataObject) -> None:
    parameters = data.draw(sizes(family))
    try:
        built = made(family, **parameters)
    except (DataError, ValidationError) as error:
        assert any(name in str(error) for name in family.model_fields), error
        return
    pieces = [one for one in built.solid().decompose() if one.volume() > 1e-6 * built.solid().volume()]
    assert len(pieces) <= (2 if family.__name__ in LIDDED else 1), parameters
    low, high = built.bounds()
    assert (high > low).all()
