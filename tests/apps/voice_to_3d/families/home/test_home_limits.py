"""Families of the home at the ends of their ranges and at random: one sound piece, or a reason that names a field.

The parameters of every end are worked out; in continuous integration only a few of each family are also built, which
takes most of the time. At a desk all are.
"""

from __future__ import annotations

import os
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.apps.voice_to_3d.families.base import Family, Made
from wugan.apps.voice_to_3d.families.registry import families, family
from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

FAMILIES = sorted({one for one in families().values() if issubclass(one, Made)}, key=lambda one: one.__name__)
IN_CI = bool(os.environ.get("CI"))
BUILT = 3 if IN_CI else 1000
"""How many of a family's ends are built."""
every = pytest.mark.parametrize("kind", FAMILIES, ids=lambda one: one.__name__)


def choices(field: Any) -> list[Any]:
    """Every value of a choice; both ends of a number's range."""
    if field.annotation is bool:
        return [False, True]
    if field.annotation is str:
        return ["Ab 3"]
    if options := get_args(field.annotation):
        return list(options)
    found = [getattr(rule, end) for rule in field.metadata for end in ("ge", "le") if hasattr(rule, end)]
    return [field.annotation(value) for value in found]


def made_or_told(kind: type[Family], parameters: dict[str, Any]) -> Family | None:
    """Work out its parts; or check that the reason why not names a parameter."""
    try:
        made = kind(**parameters)
        assert made.parts()
    except DataError as error:
        assert any(name in str(error) for name in kind.model_fields), error
        assert any(value.isdigit() for value in str(error)), error
        return None
    return made


def check_sound(kind: type[Family], parameters: dict[str, Any], made: Family) -> None:
    """Build it and check that it is one piece, as high as it says."""
    shape = FamilyShape(family=kind.names[0], parameters=parameters)
    built = build(Scene(objects=(Object(id="it", name=kind.names[0], shape=shape, place=at()),)))
    assert built.volume() > 0
    separate = sum(one.volume() > 0 for one in built.solid().decompose())
    assert separate == 1 or parameters.get("lid_position") == "beside"
    low, high = built.bounds()
    assert low[2] == pytest.approx(0, abs=1e-2)
    stated = made.model_dump().get("height")
    beyond = {"Bench", "Basket", "Bucket", "Pot", "NamePlate", "WallShelf", "Stairs", "Brick", "Clock", "Spiral"}
    if isinstance(stated, float | int) and kind.__name__ not in beyond:
        assert high[2] - low[2] == pytest.approx(stated, rel=1e-6, abs=5e-3)


@every
def test_ends_of_ranges_and_every_choice(kind: type[Family]) -> None:
    tried = [{name: value} for name, field in kind.model_fields.items() for value in choices(field)]
    found = [(parameters, made) for parameters in tried if (made := made_or_told(kind, parameters))]
    assert len(found) >= len(kind.model_fields) / 2, "most of what may be said alone can be made"
    for parameters, made in found[:: -(-len(found) // BUILT)]:
        check_sound(kind, parameters, made)


@every
@settings(
    max_examples=2 if IN_CI else 4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(data=st.data())
def test_any_parameters(kind: type[Family], data: st.DataObject) -> None:
    drawn: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if not data.draw(st.booleans()):
            continue
        values = choices(field)
        if field.annotation is int:
            drawn[name] = data.draw(st.integers(values[0], min(values[1], 12)))
        elif field.annotation is float:
            low, usual = values[0], field.default
            drawn[name] = data.draw(st.floats(max(low, 0.4 * usual), min(values[1], 2.5 * usual)))
        else:
            drawn[name] = data.draw(st.sampled_from(values))
    if made := made_or_told(kind, drawn):
        check_sound(kind, drawn, made)


def test_a_contradiction_names_both_sizes() -> None:
    with pytest.raises(DataError, match=r"leg_thickness \(390\).*width 900"):
        family("table")(width=900, leg_thickness=390).parts()
    with pytest.raises(DataError, match=r"wall_thickness.*diameter 30"):
        family("vase")(diameter=30, wall_thickness=20).parts()
    with pytest.raises(DataError, match="round, and yet width.*depth.*oval"):
        family("table")(shape="round", width=900, depth=500)
