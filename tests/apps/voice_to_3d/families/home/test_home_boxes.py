"""Families of the home as they are by default: sound, one piece, of the size that the parameters say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wugan.apps.voice_to_3d.families.base import Family, Made, said
from wugan.apps.voice_to_3d.families.registry import families
from wugan.apps.voice_to_3d.geometry.build import Built, build
from wugan.apps.voice_to_3d.geometry.sound import touching
from wugan.apps.voice_to_3d.materials import material
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene

FAMILIES = sorted({one for one in families().values() if issubclass(one, Made)}, key=lambda one: one.__name__)
every = pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.__name__)
SIDES = {"left", "right", "front", "back", "top", "bottom", "middle"}
Size = tuple[float | None, float | None, float | None]
WIDER: dict[str, Callable[[Any], Size]] = {
    # What reaches beyond the sizes that are named after the body, or has no size of its own (None).
    "Bench": lambda f: (f.width, f.depth, f.height + f.backrest * f.backrest_height),
    "Basket": lambda f: (f.diameter, f.diameter, f.height + f.handle * f.handle_height),
    "Bucket": lambda f: (f.diameter, f.diameter, f.height + f.handle * f.handle_height),
    "Mug": lambda f: (f.diameter + f.handle * f.handle_reach, f.diameter, f.height),
    "Cup": lambda f: (f.diameter + f.handle * f.handle_reach, f.diameter, f.height),
    "Jug": lambda f: (f.diameter + f.handle * f.handle_reach + f.spout * f.spout_reach, f.diameter, f.height),
    "Teapot": lambda f: (f.diameter + f.handle_reach + f.spout_reach, f.diameter, f.height),
    "WineGlass": lambda f: (*2 * (max(f.diameter, f.foot_diameter),), f.height),
    "FloorLamp": lambda f: (*2 * (max(f.shade_diameter, f.base_diameter),), f.height),
    "TableLamp": lambda f: (*2 * (max(f.shade_diameter, f.base_diameter),), f.height),
    "DeskLamp": lambda f: (f.width, max(f.base_diameter, f.shade_diameter), f.height),
    "Candlestick": lambda f: (f.width, None, f.height),
    "Spoon": lambda f: (f.length, f.width, f.bowl_depth),
    "Knife": lambda f: (f.length, f.width, f.handle_thickness),
    "RollingPin": lambda f: (f.length, f.diameter, f.diameter),
    "Pan": lambda f: (f.diameter + f.handle_length, f.diameter, f.height),
    "Pot": lambda f: (f.diameter + 2 * f.handle_length, f.diameter, f.height + f.lid * f.lid_height),
    "Clock": lambda f: (f.width, f.depth, f.width),
    "Hanger": lambda f: (f.width, f.thickness, f.height),
    "NamePlate": lambda f: (f.width, f.height, f.thickness + f.letter_thickness),
    "WallShelf": lambda f: (f.width, f.depth, f.height if f.brackets else None),
    "Stairs": lambda f: (f.width, f.depth, f.height + f.railing * f.railing_height),
    "Well": lambda f: (f.width, None, f.height),
    "Igloo": lambda f: (f.diameter, f.diameter * (1.33 if f.entrance else 1), f.diameter / 2),
    "Rocket": lambda f: (None, None, f.height),
    "Brick": lambda f: (f.studs * f.pitch, f.rows * f.pitch, f.height + 0.21 * f.pitch),
    "YoYo": lambda f: (f.width, f.diameter, f.diameter),
    "Snowman": lambda f: (None, None, f.height),
    "TeddyBear": lambda f: (None, None, f.height),
    "Dice": lambda f: (f.size, f.size, f.size),
    "PuzzlePiece": lambda f: (1.2 * f.size, 1.2 * f.size, f.thickness),
    "Arrow": lambda f: (f.length, f.width, f.thickness),
    "Spiral": lambda f: (None, None, f.thickness) if f.style == "flat" else (None, None, f.height),
    "Ring": lambda f: (None, None, None) if f.stone else (*2 * (f.inner_diameter + 2 * f.thickness,), f.width),
    "Bead": lambda f: (f.diameter, f.diameter, None),
    "Trophy": lambda f: (f.width, None, f.height),
    "Medal": lambda f: (f.diameter, None, f.thickness),
    "StreetLamp": lambda f: (f.width, None, f.height),
    "Signpost": lambda f: (f.width, None, f.height),
    "Tree": lambda f: (f.width if f.style == "conical" else None, None, f.height),
    "Cactus": lambda f: (f.width if f.arms == 2 else None, None, f.height),
    "Flower": lambda f: (f.diameter if f.petals % 2 == 0 else None, None, f.height),
    "Lantern": lambda f: (f.width, f.width, f.height),
    "TrafficCone": lambda f: (f.width, f.width, f.height),
    "HatStand": lambda f: (f.foot_diameter, f.foot_diameter, f.height),
    "Crystal": lambda f: (f.diameter if f.facets % 2 == 0 else None, None, f.height),
}
FLAT = {"Star", "Heart", "Crescent", "Cross", "Lightning", "Cloud"}


def size_of(family: Any) -> Size:
    """The box that a family's parameters state; `None` where they state none."""
    name = type(family).__name__
    if name in WIDER:
        return WIDER[name](family)
    if name in FLAT:
        lying = (family.width, family.length, family.thickness)
        return lying if family.position == "lying" else (lying[0], lying[2], lying[1])
    values = family.model_dump()
    across = next(values[key] for key in ("length", "width", "diameter", "size") if key in values)
    along = values["width"] if "length" in values else values.get("depth", values.get("diameter"))
    return across, along, values.get("height", values.get("thickness"))


def made(family: type[Family], **parameters: Any) -> Built:
    shape = FamilyShape(family=family.names[0], parameters=parameters)
    return build(Scene(objects=(Object(id="it", name=family.names[0], shape=shape, place=at()),)))


def pieces(built: Built) -> int:
    """How many separate pieces are printed; a closed hollow inside one is none."""
    return sum(one.volume() > 0 for one in built.solid().decompose())


@every
def test_default_is_sound_and_of_the_size_it_says(family: type[Family]) -> None:
    built = made(family)
    solid = built.solid()
    vertices, faces = built.parts[0].solid.to_mesh().vert_properties[:, :3], solid.to_mesh().tri_verts
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all(), "an edge without two faces"
    assert touching(np.ascontiguousarray(vertices, np.float32)) == 0
    assert solid.volume() > 0
    assert pieces(built) == 1
    low, high = built.bounds()
    assert low[2] == pytest.approx(0, abs=1e-3)
    for axis, (found, stated) in enumerate(zip(high - low, size_of(family()), strict=True)):
        if stated is not None:
            assert found == pytest.approx(stated, rel=1e-6, abs=0.02 if family.__name__ == "Spiral" else 2e-3), "xyz"[
                axis
            ]


@every
def test_parts_are_named_and_coloured(family: type[Family]) -> None:
    for part in family().parts():
        assert part.role == part.role.lower().strip()
        assert not part.role.endswith("s") or part.role in {"glass", "cross", "mattress", "chassis"}
        assert set(part.sides) <= SIDES
        assert len(set(part.sides)) == len(part.sides)
        material(part.material)


@every
def test_names_and_description(family: type[Family]) -> None:
    first = (family.__doc__ or "").strip().splitlines()[0]
    assert len(first) > 10
    assert first.endswith(".")
    for name in family.names:
        assert name == name.lower().strip()


def test_sixty_families_and_no_name_twice() -> None:
    names = [name for family in FAMILIES for name in family.names]
    assert len(FAMILIES) >= 60
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "parameters", "size"),
    [
        ("table", {"shape": "round", "width": 800}, (800, 800, 750)),
        ("table", {"shape": "round", "depth": 900}, (900, 900, 750)),
        ("side table", {"width": 300, "shape": "square"}, (300, 300, 550)),
        ("chair", {"height": 85.0}, (45, 48, 85)),
        ("mirror", {"shape": "round", "width": 700}, (700, 25, 700)),
        ("vase", {"height": 300}, (120, 120, 300)),
        ("plate", {"diameter": 135}, (135, 135, 12.5)),
        ("coaster", {"shape": "hexagonal", "width": 100}, (100, 50 * 3**0.5, 6)),
    ],
)
def test_sizes_that_were_not_said_follow(name: str, parameters: dict[str, Any], size: tuple[float, ...]) -> None:
    shape = FamilyShape(family=name, parameters=parameters)
    low, high = build(Scene(objects=(Object(id="it", name=name, shape=shape, place=at()),))).bounds()
    assert high - low == pytest.approx(size, abs=2e-3)


@pytest.mark.parametrize(
    ("name", "parameters", "volume"),
    [
        # Volumes by hand, in mm³: a solid block in place of a hollow one would be several times as much.
        ("box", {"width": 100, "depth": 80, "height": 50, "wall_thickness": 5}, 100 * 80 * 50 - 90 * 70 * 45),
        ("wall", {"style": "plain", "width": 1000, "depth": 200, "height": 500}, 1000 * 200 * 500),
        ("vase", {"style": "cylindrical", "diameter": 100, "height": 200, "wall_thickness": 4},
         np.pi * (50**2 * 200 - 46**2 * 196)),
        ("glass", {"diameter": 80, "height": 120, "taper": 1.0, "wall_thickness": 3, "bottom_thickness": 10},
         np.pi * (40**2 * 120 - 37**2 * 110)),
    ],
)  # fmt: skip
def test_hollow_things_have_their_walls(name: str, parameters: dict[str, Any], volume: float) -> None:
    shape = FamilyShape(family=name, parameters=parameters)
    built = build(Scene(objects=(Object(id="it", name=name, shape=shape, place=at()),)))
    assert built.volume() == pytest.approx(volume, rel=4e-3)


@every
def test_a_word_means_one_parameter(family: type[Family]) -> None:
    words = [name.replace("_", " ") for name in family.model_fields]
    for one in family.model_fields.values():
        words += [word for rule in one.metadata if isinstance(rule, said) for word in rule.words]
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)
