"""`build`: places, families, changes, copies, materials, errors by name, what is kept, and what stops it."""

from __future__ import annotations

import pickle
from itertools import count

import numpy as np
import pytest

from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Mirror, Placement, Polar, Selector, Spread
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, PartChange, Scene, Shape
from wugan.errors import DataError

pytest.importorskip("manifold3d")

from wugan.apps.voice_to_3d.geometry.build import Built, build
from wugan.apps.voice_to_3d.geometry.features import Step, Work
from wugan.apps.voice_to_3d.geometry.memo import Cancelled

BOX = solids.Box(size=(10, 20, 30))
RED = Material(name="red", colour="#ff0000")
ON_TOP = Coordinate(to="max", own="min")
GROUND = Coordinate(to="origin", own="min")


def thing(id: str, shape: Shape = BOX, **more: object) -> Object:
    return Object(id=id, name=id.rsplit("-", 1)[0], shape=shape, **more)  # type: ignore[arg-type]


def made(*objects: Object) -> Built:
    return build(Scene(objects=objects))


def box(built: Built, object: str) -> list[float]:
    boxes = np.array([part.solid.bounding_box() for part in built.parts if part.object == object])
    return [round(float(value), 6) for value in (*boxes[:, :3].min(0), *boxes[:, 3:].max(0))]


def table(**parameters: float | str) -> Object:
    return thing("table-1", FamilyShape(family="table", parameters=parameters), place=Placement(z=GROUND))


def test_an_empty_scene_is_nothing() -> None:
    built = build(Scene())
    assert built.parts == [] and built.volume() == 0 and built.bounds()[1].tolist() == [0, 0, 0]


def test_one_thing_on_another_whichever_was_said_first() -> None:
    on = Placement(of="a-1", z=ON_TOP)
    lower = thing("a-1", place=Placement(x=Coordinate(to="origin", offset=100), z=GROUND))
    for objects in ((lower, thing("b-1", place=on)), (thing("b-1", place=on), lower)):
        built = made(*objects)
        assert [part.object for part in built.parts] == [one.id for one in objects]
        assert box(built, "b-1") == [95, -10, 30, 105, 10, 60]


def test_turned_before_it_is_placed() -> None:
    turned = thing("a-1", place=Placement(z=Coordinate(to="origin", own="min"), rotate=(0, 90, 0)))
    assert box(made(turned), "a-1") == [-15, -10, 0, 15, 10, 10]


def test_scale_then_turn() -> None:
    one = thing("a-1", scale=(2.0, 1.0, 1.0), place=Placement(z=Coordinate(to="origin", own="min"), rotate=(0, 0, 90)))
    assert box(made(one), "a-1") == [-10, -10, 0, 10, 10, 30]


def test_things_that_stand_on_each_other_in_a_circle() -> None:
    circle = [thing("a-1", place=Placement(of="b-1")), thing("b-1", place=Placement(of="a-1"))]
    with pytest.raises(DataError, match="a-1 is placed by b-1 is placed by a-1"):
        made(*circle)
    with pytest.raises(DataError, match="a-1 is placed by 'c-9', which is not in the scene"):
        made(thing("a-1", place=Placement(of="c-9")))
    with pytest.raises(DataError, match="two objects have the id 'a-1'"):
        made(thing("a-1"), thing("a-1"))


def test_copies_of_an_object() -> None:
    row = made(thing("a-1", pattern=Grid(counts=(3, 1, 1), steps=(20, 0, 0))))
    assert len(row.parts) == 3 and [part.index for part in row.parts] == [0, 1, 2]
    assert box(row, "a-1")[0::3] == [-25, 25]
    round_table = thing("a-1", pattern=Polar(count=4, diameter=100), place=Placement(of="b-1"))
    assert box(made(round_table, thing("b-1")), "a-1")[:2] == [-55, -55]
    spread = thing("a-1", pattern=Spread(count=2, margin=5), place=Placement(of="b-1", z=ON_TOP))
    assert box(made(spread, thing("b-1", solids.Box(size=(100, 20, 5)))), "a-1")[0::3] == [-50, 50]
    mirrored = thing("a-1", pattern=Mirror(), place=Placement(x=Coordinate(to="origin", offset=30)))
    assert box(made(mirrored), "a-1")[0::3] == [-35, 35]
    with pytest.raises(DataError, match="a-1 is to be spread evenly, but not along anything"):
        made(thing("a-1", pattern=Spread(count=2)))


def test_a_family_has_its_parts_by_role_side_and_number() -> None:
    built = made(table())
    legs = built.select("table-1", Selector(role="leg"))
    assert [leg.index for leg in legs] == [0, 1, 2, 3]
    assert built.select("table-1", Selector(role="leg", index=-1)) == legs[-1:]
    assert built.select("table-1", Selector(role="leg", index=7)) == []
    left = built.select(parts=Selector(role="leg", sides=("left",)))
    assert len(left) == 2 and all(leg.solid.bounding_box()[3] < 0 for leg in left)
    assert len(built.solid().decompose()) == 1


def test_changes_of_parts() -> None:
    before = made(table())
    changes = (
        PartChange(parts=Selector(role="leg", index=0), remove=True),
        PartChange(parts=Selector(role="leg", index=1), material=RED),
        PartChange(parts=Selector(role="top"), scale=(1.5, 1.0, 1.0), shift=(0.0, 0.0, 5.0)),
    )
    after = made(table().model_copy(update={"changes": changes}))
    legs = after.select(parts=Selector(role="leg"))
    assert [leg.index for leg in legs] == [1, 2, 3] and [leg.material == RED for leg in legs] == [True, False, False]
    old, new = (np.array(one.select(parts=Selector(role="top"))[0].solid.bounding_box()) for one in (before, after))
    assert np.allclose(new - old, [old[0] * 0.5, 0, 5, old[3] * 0.5, 0, 5])


def test_a_feature_in_one_part_and_one_in_all_together() -> None:
    hole = solids.Cut(name="hole", shape=solids.Cylinder(diameter=8, height=1), through="z")
    in_top = PartChange(parts=Selector(role="top"), features=(hole,))
    bare, one = made(table()), made(table().model_copy(update={"changes": (in_top,)}))
    thick = np.ptp(np.array(bare.select(parts=Selector(role="top"))[0].solid.bounding_box())[2::3])
    assert bare.volume() - one.volume() == pytest.approx(16 * np.pi * thick, rel=0.01)
    whole = made(table().model_copy(update={"features": (hole,)}))
    assert whole.volume() == pytest.approx(one.volume(), rel=1e-6)
    hook = solids.Join(name="hook", shape=BOX, place=Placement(x=Coordinate(to="max", own="min")))
    hooked = made(table().model_copy(update={"features": (hook,)}))
    assert [part.role for part in hooked.parts if part.role == "hook"] == ["hook"]


def test_materials_come_from_the_family_the_object_and_the_part() -> None:
    own = {part.material.name for part in made(table()).parts}
    assert own and RED.name not in own
    assert {part.material for part in made(table().model_copy(update={"material": RED})).parts} == {RED}


def with_feature(shape: solids.Solid, kind: type = solids.Cut, name: str = "hole", **more: object) -> Object:
    return thing("plate-1", features=(kind(name=name, shape=shape, **more),))


PIN = solids.Cylinder(diameter=2, height=5)
FAR = Placement(x=Coordinate(to="max", offset=5))
ERRORS = [
    (with_feature(PIN, place=FAR), "hole lies outside plate-1"),
    (with_feature(PIN, through="z", pattern=Grid(counts=(3, 1, 1), steps=(8, 0, 0))), "hole 1 of plate-1 lies outside"),
    (with_feature(solids.Box(size=(50, 50, 50)), name="pocket"), "pocket takes all of plate-1"),
    (with_feature(BOX, solids.Common, "overlap", place=Placement(x=ON_TOP)), "overlap leaves nothing of plate-1"),
    (with_feature(solids.Torus(diameter=5, tube=9)), "hole of plate-1: a ring's tube"),
    (thing("plate-1", features=(solids.Fillet(radius=6, edges=("vertical",)),)), "the fillet of plate-1.*5 mm is the"),
    (thing("plate-1", solids.Cylinder(diameter=5, height=5, inner_diameter=6)), "plate-1: the inner diameter"),
    (thing("plate-1", FamilyShape(family="no such thing")), "no family of objects is called"),
    (thing("plate-1", FamilyShape(family="table", parameters={"wings": 2})), "wings"),
    (thing("plate-1", changes=(PartChange(parts=Selector(role="leg"), remove=True),)), "plate-1 is one solid"),
]


@pytest.mark.parametrize(("one", "words"), ERRORS)
def test_errors_name_the_object_and_the_feature(one: Object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        made(one)


def test_what_touches_nothing_is_told() -> None:
    apart = solids.Join(name="boss", shape=BOX, place=Placement(x=Coordinate(to="max", offset=50)))
    built = made(thing("a-1", features=(apart,)))
    assert len(built.notes) == 1 and "boss of a-1" in built.notes[0]
    bridge = solids.Join(
        name="bridge", shape=solids.Box(size=(100, 5, 5)), place=Placement(x=Coordinate(to="min", own="min"))
    )
    assert made(thing("a-1", features=(apart, bridge))).notes == []


def test_an_edit_builds_only_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = thing("a-1", solids.Box(size=(11, 22, 33))), thing("b-1", solids.Box(size=(12, 23, 34)))
    before = made(first, second)
    built: list[str] = []
    original = Work.__init__
    monkeypatch.setattr(
        Work, "__init__", lambda self, pieces, name: (built.append(name), original(self, pieces, name))[1]
    )
    after = made(first.model_copy(update={"material": RED}), second)
    assert built == [] and after.parts[0].material == RED
    assert [a.solid is b.solid for a, b in zip(before.parts, after.parts, strict=True)] == [True, True]
    moved = made(first, second.model_copy(update={"place": Placement(x=Coordinate(to="origin", offset=9))}))
    assert built == [] and moved.parts[0].solid is before.parts[0].solid
    made(first, thing("b-1", solids.Box(size=(12, 23, 35))))
    assert built == ["b-1"]


def test_a_build_that_nobody_waits_for_stops() -> None:
    asked = count()
    objects = tuple(thing(f"a-{i}", solids.Box(size=(1 + i, 7, 9))) for i in range(50))
    with pytest.raises(Cancelled):
        build(Scene(objects=objects), cancelled=lambda: next(asked) > 20)
    assert next(asked) < 30
    assert len(build(Scene(objects=objects)).parts) == 50


def test_what_was_built_crosses_to_another_process() -> None:
    built = made(table())
    built.solid()
    again: Built = pickle.loads(pickle.dumps(built))
    assert [part.role for part in again.parts] == [part.role for part in built.parts]
    assert again.volume() == pytest.approx(built.volume(), rel=1e-9)
    for one, other in zip(built.parts, again.parts, strict=True):
        assert np.array_equal(built.mesh(one)[0], again.mesh(other)[0])


def test_steps_do_not_share_what_they_change() -> None:
    """A second build of the same object with one feature more starts from the first one's memory unchanged."""
    bare = thing("a-1", solids.Box(size=(13, 24, 35)))
    volume = made(bare).volume()
    made(bare.model_copy(update={"features": (solids.Fillet(radius=2),)}))
    assert made(bare).volume() == volume
    assert isinstance(Step.__dataclass_fields__["flares"].default, tuple)


@pytest.mark.parametrize("rotate", [(0.0, 0.0, 0.0), (0.0, 0.0, 33.0)])
def test_faces_that_meet_by_different_sums_do_meet(rotate: tuple[float, float, float]) -> None:
    """0.1 + 0.2 is not 0.3 in floating point: the wall on the plate is one piece with it all the same."""
    for base, high in ((0.3, 0.1 + 0.2), (0.1 + 0.2 + 0.6, 0.9), (1 / 3 + 1 / 3, 2 / 3), (0.7 + 0.1, 0.8)):
        wall = solids.Join(
            shape=solids.Extrude(profile=flat.RegularPolygon(sides=5, across_flats=3), height=4),
            place=Placement(z=Coordinate(to="origin", offset=high, own="min"), rotate=rotate),
        )
        built = made(thing("a-1", solids.Box(size=(9, 9, base)), features=(wall,)))
        assert built.notes == [] and len(built.solid().decompose()) == 1
        on = Placement(z=Coordinate(to="origin", offset=high, own="min"), rotate=rotate)
        two = made(thing("a-1", solids.Box(size=(9, 9, base)), place=Placement(z=GROUND)), thing("b-1", place=on))
        assert len(two.solid().decompose()) == 1
