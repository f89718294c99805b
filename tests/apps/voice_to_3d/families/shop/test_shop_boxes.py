"""Every family of the workshop: its defaults build, are watertight and one piece, and their box is what was said."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from math import pi, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.families.registry import MODULES
from wugan.apps.voice_to_3d.geometry.build import Built, build
from wugan.apps.voice_to_3d.geometry.solids import solid
from wugan.apps.voice_to_3d.materials import material
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
LIDDED = {"Enclosure", "ProjectBox", "JunctionBox", "ElectronicsEnclosure"}  # body and lid are two pieces
# Wires of many straight pieces are a little wider at their joints.
ROUGH = {"SpringWasher": 5e-3, "CompressionSpring": 5e-3, "ExtensionSpring": 5e-3, "CupHook": 5e-4}
CORNER = 2 / sqrt(3)  # a hexagon's width across corners, over its width across flats
Box = Callable[[Any], tuple[float | None, float | None, float | None]]


def disc(diameter: str, height: str) -> Box:
    return lambda f: (getattr(f, diameter), getattr(f, diameter), getattr(f, height))


def block(*names: str) -> Box:
    return lambda f: tuple(getattr(f, name) for name in names)  # type: ignore[return-value]


def headed(head: str = "head_diameter", height: str = "head_height") -> Box:
    return lambda f: (getattr(f, head), getattr(f, head), f.length + getattr(f, height))


def gear(f: Any) -> tuple[None, None, float]:
    return (None, None, f.width + (f.hub_height if f.hub_diameter else 0.0))


BOXES: dict[str, Box] = {
    "HexNut": lambda f: (f.across_flats * CORNER, f.across_flats, f.thickness),
    "CouplingNut": lambda f: (f.across_flats * CORNER, f.across_flats, f.thickness),
    "SquareNut": block("width", "width", "thickness"),
    "CapNut": lambda f: (f.across_flats * CORNER, f.across_flats, f.height),
    "FlangeNut": disc("flange_diameter", "height"),
    "WingNut": block("width", "boss_diameter", "height"),
    "TNut": block("width", "length", "height"),
    "ThreadedInsert": disc("outer_diameter", "length"),
    "HexBolt": lambda f: (f.across_flats * CORNER, f.across_flats, f.length + f.head_height),
    "SocketHeadCapScrew": headed(),
    "CountersunkScrew": disc("head_diameter", "length"),
    "ButtonHeadScrew": headed(),
    "PanHeadScrew": headed(),
    "ThumbScrew": lambda f: (f.head_diameter, None, f.length + f.head_height),
    "SetScrew": disc("diameter", "length"),
    "ThreadedRod": disc("diameter", "length"),
    "Stud": disc("diameter", "length"),
    "Washer": disc("outer_diameter", "thickness"),
    "FenderWasher": disc("outer_diameter", "thickness"),
    "SpringWasher": lambda f: (f.outer_diameter, f.outer_diameter, 1.97 * f.thickness),
    "Spacer": disc("outer_diameter", "length"),
    "Standoff": lambda f: (f.across_flats * CORNER, f.across_flats, f.length),
    "EyeBolt": lambda f: (
        f.ring_outer_diameter,
        max(f.collar_diameter, (f.ring_outer_diameter - f.ring_inner_diameter) / 2),
        f.shank_length + f.ring_outer_diameter + 0.125 * (f.ring_outer_diameter - f.ring_inner_diameter),
    ),
    "UBolt": lambda f: (f.inner_width + 2 * f.diameter, f.diameter, f.height),
    "Rivet": headed(),
    "DowelPin": disc("diameter", "length"),
    "ClevisPin": headed(),
    "Nail": disc("head_diameter", "length"),
    "WoodScrew": disc("head_diameter", "length"),
    "MountingPlate": block("width", "depth", "thickness"),
    "SlottedPlate": block("width", "depth", "thickness"),
    "PerforatedPlate": block("width", "depth", "thickness"),
    "Strip": block("length", "width", "thickness"),
    "GussetPlate": block("width", "depth", "thickness"),
    "AdapterPlate": disc("diameter", "thickness"),
    "MotorMount": block("width", "depth", "thickness"),
    "VesaPlate": block("width", "depth", "thickness"),
    "Flange": lambda f: (f.diameter, f.diameter, f.thickness + f.hub_height),
    "BlindFlange": disc("diameter", "thickness"),
    "WeldNeckFlange": disc("diameter", "height"),
    "ShaftHub": disc("diameter", "height"),
    "LBracket": block("width", "depth", "height"),
    "GussetBracket": block("width", "depth", "height"),
    "UBracket": block("width", "depth", "height"),
    "ZBracket": block("width", "depth", "height"),
    "TBracket": block("width", "height", "thickness"),
    "ShelfBracket": block("width", "depth", "height"),
    "CornerBrace": block("width", "depth", "thickness"),
    "PillowBlock": lambda f: (f.width, f.depth, f.shaft_height + f.housing_diameter / 2),
    "PipeClamp": lambda f: (f.width, f.depth, f.pipe_diameter + f.thickness),
    "Clevis": block("width", "depth", "height"),
    "Yoke": block("width", "depth", "height"),
    "Hinge": lambda f: (f.width, f.height, f.pin_diameter + 2 * f.thickness),
    "RodEnd": lambda f: (f.eye_diameter, max(f.thickness, f.shank_diameter), f.length),
    "FlangeBearingHousing": lambda f: (f.width, f.boss_diameter, f.height),
    "SpurGear": gear,
    "HelicalGear": gear,
    "BevelGear": gear,
    "RingGear": disc("outer_diameter", "width"),
    "Rack": lambda f: (pi * f.module * f.teeth, f.width, f.height),
    "Sprocket": gear,
    "Ratchet": block("diameter", "diameter", "width"),
    "VPulley": disc("diameter", "width"),
    "TimingPulley": lambda f: (None, None, f.width),
    "FlatPulley": disc("diameter", "width"),
    "RopePulley": disc("diameter", "width"),
    "Wheel": disc("diameter", "width"),
    "Cam": lambda f: (f.base_diameter + f.lift, f.base_diameter, f.width),
    "Eccentric": disc("diameter", "width"),
    "CrankArm": lambda f: (
        f.length + (f.big_diameter + f.small_diameter) / 2,
        max(f.big_diameter, f.small_diameter),
        f.thickness,
    ),
    "Propeller": lambda f: (None, None, f.height),
    "Fan": lambda f: (None, None, f.height),
    "Impeller": disc("diameter", "height"),
    "SteppedShaft": lambda f: (
        *(max(f.diameter_1, f.diameter_2, f.diameter_3),) * 2,
        f.length_1 + f.length_2 + f.length_3,
    ),
    "Shaft": disc("diameter", "length"),
    "Coupling": disc("outer_diameter", "length"),
    "Bushing": lambda f: disc("flange_diameter" if f.flange else "outer_diameter", "length")(f),
    "FlangedBushing": disc("flange_diameter", "length"),
    "Bearing": disc("outer_diameter", "width"),
    "ShaftCollar": disc("outer_diameter", "width"),
    "Tube": disc("outer_diameter", "length"),
    "Elbow": lambda f: (*(f.bend_radius + f.outer_diameter / 2 if f.angle == 90 else None,) * 2, f.outer_diameter),
    "UBend": lambda f: (
        2 * f.bend_radius + f.outer_diameter,
        f.leg_length + f.bend_radius + f.outer_diameter / 2,
        f.outer_diameter,
    ),
    "Tee": lambda f: (f.length, f.outer_diameter, f.branch_length + f.outer_diameter / 2),
    "Cross": lambda f: (f.length, f.outer_diameter, 2 * f.branch_length),
    "Reducer": lambda f: (*(max(f.large_diameter, f.small_diameter),) * 2, f.length),
    "PipeCap": lambda f: (f.inner_diameter + 2 * f.wall_thickness, f.inner_diameter + 2 * f.wall_thickness, f.height),
    "HoseBarb": lambda f: (f.collar_diameter, f.collar_diameter, f.spigot_length + f.collar_thickness + f.length),
    "Nozzle": disc("outer_diameter", "length"),
    "Manifold": block("length", "width", "height"),
    "AngleBar": block("length", "width", "height"),
    "Channel": block("length", "width", "height"),
    "IBeam": block("length", "flange_width", "height"),
    "TBar": block("length", "flange_width", "height"),
    "SquareTube": block("length", "width", "height"),
    "SquareBar": block("length", "width", "height"),
    "HexBar": lambda f: (f.length, f.across_flats * CORNER, f.across_flats),
    "TSlotExtrusion": lambda f: (f.length, 20.0, 20.0),
    "Rail": block("length", "width", "height"),
    "DinRail": block("length", "width", "height"),
    "CompressionSpring": disc("outer_diameter", "length"),
    "ExtensionSpring": disc("outer_diameter", "length"),
    "Enclosure": block("width", "depth", "height"),
    "ElectronicsEnclosure": block("width", "depth", "height"),
    "ProjectBox": block("width", "depth", "height"),
    "JunctionBox": block("width", "depth", "height"),
    "BatteryHolder": lambda f: (  # of AA cells, 14.5 by 50.5 mm
        4 * (14.5 + f.clearance + f.wall_thickness) + f.wall_thickness,
        50.5 + f.clearance + 2 * f.wall_thickness,
        f.wall_thickness + 0.75 * (14.5 + f.clearance),
    ),
    "TestTubeRack": lambda f: (f.holes * f.spacing + 2 * f.thickness, f.rows * f.spacing, f.height),
    "Knob": disc("diameter", "height"),
    "StarKnob": lambda f: (None, None, f.height + f.hub_height),
    "BallKnob": lambda f: (f.diameter, f.diameter, 0.9 * f.diameter),
    "THandle": lambda f: (f.width, max(f.diameter, f.shank_diameter), f.height),
    "Lever": lambda f: (
        f.length + (f.hub_diameter + f.ball_diameter) / 2,
        max(f.hub_diameter, f.ball_diameter),
        max(f.hub_height, f.ball_diameter, (f.hub_height + f.ball_diameter) / 2),
    ),
    "Handwheel": disc("diameter", "height"),
    "DHandle": lambda f: (f.hole_spacing + f.diameter, f.diameter, f.height),
    "PullHandle": block("length", "diameter", "height"),
    "CrankHandle": lambda f: (
        f.length + f.hub_diameter / 2 + 0.55 * f.grip_diameter,
        max(f.hub_diameter, 1.1 * f.grip_diameter),
        f.arm_thickness + f.grip_length,
    ),
    "SHook": lambda f: (2 * f.opening + 3 * f.wire_diameter, f.wire_diameter, f.length),
    "JHook": lambda f: (f.width, f.opening + 2 * f.thickness, f.height),
    "CupHook": lambda f: (f.opening + 2 * f.wire_diameter, f.collar_diameter, f.length),
    "Peg": disc("head_diameter", "length"),
    "CableClip": lambda f: (f.cable_diameter + 2 * f.thickness + f.foot_length, f.width, None),
    "Grommet": disc("outer_diameter", "height"),
    "Wedge": block("width", "length", "height"),
    "Ramp": block("width", "length", "height"),
    "Foot": lambda f: (*(max(f.diameter, f.top_diameter),) * 2, f.height),
    "Caster": lambda f: (max(f.plate_width, f.wheel_diameter), f.plate_width, f.height),
    "HeatSink": block("width", "depth", "height"),
    "Hammer": lambda f: (f.head_length, max(f.handle_diameter, f.head_diameter), f.length),
    "Mallet": block("head_length", "head_width", "length"),
    "Wrench": lambda f: (f.length, 2.2 * f.size, f.thickness),
    "Screwdriver": lambda f: (f.handle_diameter, None, f.length),
    "HexKey": lambda f: (f.length, f.size * CORNER, f.short_length),
    "Chisel": lambda f: (max(f.width, f.handle_diameter), f.handle_diameter, f.length),
    "Scraper": block("length", "width", "handle_height"),
    "Trowel": lambda f: (f.length, f.width, f.rise + f.handle_diameter / 2),
    "Punch": disc("diameter", "length"),
    "CClamp": lambda f: (None, None, f.thickness),
    "ViseJaw": block("width", "depth", "height"),
    "Vise": lambda f: (f.jaw_width, None, f.base_height + f.jaw_height),
    "VBlock": block("length", "width", "height"),
    "AnglePlate": block("length", "width", "height"),
    "Parallel": block("length", "width", "height"),
    "SineBar": lambda f: (f.length + f.roller_diameter, f.width, 0.75 * f.roller_diameter + f.thickness),
    "DrillJig": lambda f: (f.width, f.depth, f.thickness + f.fence_height),
    "Ruler": block("length", "width", "thickness"),
    "PinFinSink": lambda f: (f.width, f.depth, f.base_thickness + f.pin_height),
    "Piston": disc("diameter", "height"),
    "WrenchSocket": disc("diameter", "length"),
    "ORing": lambda f: (f.inner_diameter + 2 * f.cord_diameter,) * 2 + (f.cord_diameter,),
    "Gasket": disc("outer_diameter", "thickness"),
    "TrySquare": block("length", "stock_length", "stock_thickness"),
}


@cache
def made(family: type[Family]) -> Built:
    shape = FamilyShape(family=family.names[0], parameters={})
    return build(Scene(objects=(Object(id="it", name=family.names[0], shape=shape, place=at()),)))


every = pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.__name__)


def test_at_least_sixty_families() -> None:
    assert len(FAMILIES) >= 140
    assert {one.__name__ for one in FAMILIES} == set(BOXES)


@every
def test_defaults_are_watertight_and_one_piece(family: type[Family]) -> None:
    whole = made(family).solid()
    assert whole.volume() > 0
    pieces = [one for one in whole.decompose() if one.volume() > 1e-6]
    assert len(pieces) <= (2 if family.__name__ in LIDDED else 1)
    assert made(family).notes == []


@every
def test_box_is_what_the_parameters_say(family: type[Family]) -> None:
    low, high = made(family).bounds()
    expected = BOXES[family.__name__](family())
    for name, side, want in zip("xyz", high - low, expected, strict=True):
        if want is not None:
            assert side == pytest.approx(want, rel=ROUGH.get(family.__name__, 1e-4)), name
    assert low[2] == pytest.approx(0, abs=1e-6)
    if None not in expected:
        assert (low + high)[:2] == pytest.approx((0, 0), abs=1e-3 * float(np.max(high - low)))


@every
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_box_at_random_sizes(family: type[Family], data: st.DataObject) -> None:
    """One to three sizes, each half to twice its default: the box is that of the sizes, or a reason is given."""
    usual = {n: one.default for n, one in family.model_fields.items() if isinstance(one.default, float) and one.default}
    factor = st.floats(0.5, 2).map(lambda one: round(one, 2))
    chosen = data.draw(st.dictionaries(st.sampled_from(sorted(usual)), factor, min_size=1, max_size=3))
    parameters = {name: round(usual[name] * one, 3) for name, one in chosen.items()}
    shape = FamilyShape(family=family.names[0], parameters=dict(parameters))
    try:
        built = build(Scene(objects=(Object(id="it", name=family.names[0], shape=shape, place=at()),)))
    except DataError as error:
        assert any(name in str(error) for name in family.model_fields), error
        return
    low, high = built.bounds()
    for side, want in zip(high - low, BOXES[family.__name__](family(**parameters)), strict=True):  # type: ignore[arg-type]
        if want is not None:
            assert side == pytest.approx(want, rel=ROUGH.get(family.__name__, 1e-3), abs=1e-3), parameters


@every
def test_parts_have_known_materials_and_features_distinct_ids(family: type[Family]) -> None:
    for part in family().parts():
        material(part.material)
        ids = [one.id for one in getattr(part.shape, "features", ())]
        assert all(ids) and len(ids) == len(set(ids)), ids


@every
def test_documented_and_named_in_lower_case(family: type[Family]) -> None:
    assert family.__doc__ and all(name == name.lower() for name in family.names)
    assert all(field.default is not None for field in family.model_fields.values())


@pytest.mark.parametrize("name", ["SpurGear", "HelicalGear", "BevelGear"])
def test_gears_reach_their_tip_circle(name: str) -> None:
    family = next(one for one in FAMILIES if one.__name__ == name)
    low, high = made(family).bounds()
    gear = family()
    tip = gear.module * (gear.teeth + 2)  # type: ignore[attr-defined]
    assert max(high[:2] - low[:2]) == pytest.approx(tip, rel=1e-3)


def test_bladed_wheels_reach_their_diameter_and_no_further() -> None:
    for name in ("Propeller", "Fan"):
        family = next(one for one in FAMILIES if one.__name__ == name)()
        # In its own frame, whose z axis is the wheel's: in the scene the box of three blades is centred instead.
        vertices = solid(family.parts()[0].shape).to_mesh().vert_properties
        reach = 2 * float(np.hypot(vertices[:, 0], vertices[:, 1]).max())
        assert reach == pytest.approx(family.diameter, rel=2e-3)  # type: ignore[attr-defined]
