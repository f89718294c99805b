"""Sizes: of families by their parameters, of solids by their numbers, of parts and features."""

import pytest

from wugan.apps.voice_to_3d.edits import apply
from wugan.apps.voice_to_3d.measure import part_size, size
from wugan.apps.voice_to_3d.scene import edit as e
from wugan.apps.voice_to_3d.scene import solid as s
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Placement, Reference, Selector, at
from wugan.apps.voice_to_3d.scene.profile import Rectangle, Slot
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError


def one(shape, features=(), **place) -> Object:
    return Object(id="a", name="thing", shape=shape, features=features, place=at(**place))


def table(**parameters) -> Object:
    return one(FamilyShape(family="table", parameters=parameters))


def resized(thing: Object, dimension: str, parts: Selector | None = None, feature: str = "", **how: float) -> Object:
    target = Reference(object="a", parts=parts, feature=feature)
    return apply(Scene(objects=(thing,)), e.Resize(target=target, dimension=dimension, **how)).objects[0]


def test_a_taller_table_has_longer_legs_not_thicker_ones():
    before = table()
    after = resized(before, "z", times=1.2)
    assert after.shape.parameters == {"height": 900} and after.scale == (1, 1, 1)
    assert part_size(after, "leg")[2] == pytest.approx(part_size(before, "leg")[2] + 150)
    assert part_size(after, "leg")[:2] == pytest.approx(part_size(before, "leg")[:2])


def test_a_relative_change_is_about_one_size_and_an_absolute_one_lets_the_unsaid_follow():
    vase = one(FamilyShape(family="vase", parameters={}))
    assert size(resized(vase, "z", times=0.5)) == pytest.approx((120, 120, 120))
    assert size(resized(vase, "z", by=-120)) == pytest.approx((120, 120, 120))
    assert size(resized(vase, "z", to=120)) == pytest.approx((60, 60, 120))
    round_one = resized(table(shape="round", width=1000, depth=1000), "x", by=200)
    assert size(round_one) == pytest.approx((1200, 1200, 750))


def test_sizes_hold_after_a_scale():
    big = resized(table(), "all", times=2)
    assert size(big) == pytest.approx(tuple(2 * v for v in size(table())))
    assert size(resized(big, "x", to=1000))[0] == pytest.approx(1000)


def test_legs_by_parameter():
    assert resized(table(), "thickness", Selector(role="leg"), to=40).shape.parameters == {"leg_thickness": 40}
    longer = resized(table(), "z", Selector(role="leg"), by=100)
    assert longer.shape.parameters == {"height": 850}


def test_one_part_is_scaled_alone():
    after = resized(table(), "thickness", Selector(role="leg", sides=("left", "front")), times=2)
    assert after.shape.parameters == {} and after.changes[0].scale.count(2.0) == 1


@pytest.mark.parametrize(
    "shape,dimension,how,wanted",
    [
        (s.Box(size=(10, 20, 30)), "x", {"to": 50}, (50, 20, 30)),
        (s.Box(size=(100, 60, 5)), "thickness", {"by": 3}, (100, 60, 8)),
        (s.Box(size=(100, 60, 5)), "length", {"times": 2}, (200, 60, 5)),
        (s.Cylinder(diameter=40, height=60), "x", {"to": 50}, (50, 50, 60)),
        (s.Cylinder(diameter=40, height=60), "diameter", {"by": -10}, (30, 30, 60)),
        (s.Cone(bottom_diameter=40, height=60), "z", {"times": 0.5}, (40, 40, 30)),
        (s.Sphere(diameter=40), "z", {"to": 60}, (40, 40, 60)),
        (s.Sphere(diameter=40), "diameter", {"to": 60}, (60, 60, 60)),
        (s.Capsule(diameter=20, height=60), "z", {"to": 80}, (20, 20, 80)),
        (s.Torus(diameter=50, tube=10), "thickness", {"to": 12}, (62, 62, 12)),
        (s.Extrude(profile=Rectangle(width=30, depth=20), height=10), "y", {"to": 25}, (30, 25, 10)),
        (s.Extrude(profile=Slot(length=30, width=10), height=10), "x", {"to": 50}, (50, 10, 10)),
        (s.Revolve(points=((0, 0), (10, 0), (10, 20))), "z", {"times": 2}, (20, 20, 40)),
        (s.Box(size=(10, 20, 30)), "all", {"times": 3}, (30, 60, 90)),
        (s.Box(size=(10, 20, 30)), "all", {"to": 60}, (20, 40, 60)),
    ],
)
def test_solids(shape, dimension: str, how: dict[str, float], wanted: tuple[float, float, float]):
    assert size(resized(one(shape), dimension, **how)) == pytest.approx(wanted, rel=2e-3)


def test_a_thicker_plate_keeps_its_through_hole_and_its_boss():
    hole = s.Cut(id="hole-1", shape=s.Cylinder(diameter=6, height=5), through="z")
    boss = s.Join(id="boss-1", shape=s.Cylinder(diameter=20, height=10),
                  place=Placement(z=Coordinate(to="max", own="min")))  # fmt: skip
    plate = one(s.Box(size=(100, 60, 5)), (hole, boss))
    after = resized(plate, "z", to=25)
    assert after.shape.size == (100, 60, 15) and after.features == plate.features
    assert size(after)[2] == pytest.approx(25)


def test_a_turned_thing_is_measured_in_the_world():
    lying = one(s.Cylinder(diameter=20, height=100), rotate=(0, 90, 0))
    assert resized(lying, "x", to=150).shape.height == 150


def test_features():
    hole = s.Cut(id="hole-1", name="hole", shape=s.Cylinder(diameter=6, height=5), through="z",
                 pattern=Grid(counts=(2, 1, 1), steps=(40.0, 0.0, 0.0)))  # fmt: skip
    round_ = s.Fillet(id="fillet-1", radius=2)
    plate = one(s.Box(size=(100, 60, 5)), (hole, round_))
    assert resized(plate, "all", feature="hole-1", to=8).features[0].shape.diameter == 8
    assert resized(plate, "spacing", feature="hole-1", by=10).features[0].pattern.steps == (50, 0, 0)
    deep = resized(plate, "depth", feature="hole-1", to=3).features[0]
    assert deep.shape.height == 3 and deep.through is None
    assert resized(plate, "radius", feature="fillet-1", times=2).features[1].radius == 4
    with pytest.raises(DataError, match="no depth, only a radius"):
        resized(plate, "depth", feature="fillet-1", to=3)


@pytest.mark.parametrize(
    "dimension,how,reason",
    [
        ("z", {"to": 1e6}, "sizes run from"),
        ("z", {"by": -750}, "sizes run from"),
        ("z", {"to": 10, "by": 5}, "exactly one"),
        ("z", {}, "exactly one"),
        ("wingspan", {"to": 5}, "no wingspan; it has"),
        ("width", {"to": 9000}, "width"),
    ],
)
def test_what_cannot_be(dimension: str, how: dict[str, float], reason: str):
    with pytest.raises(DataError, match=reason) as error:
        resized(table(), dimension, **how)
    assert "thing" in str(error.value)  # says whose


def test_everything_with_its_gaps():
    right = Placement(x=Coordinate(to="max", own="min", offset=10), z=Coordinate(to="min", own="min"), of="a")
    other = Object(id="b", name="b", shape=s.Box(size=(10, 10, 10)), place=right)
    scene = Scene(objects=(one(s.Box(size=(10, 10, 10))), other))
    after = apply(scene, e.Resize(target=Reference(), dimension="all", times=2))
    assert after.objects[1].place.x.offset == 20 and after.objects[1].scale == (2, 2, 2)
