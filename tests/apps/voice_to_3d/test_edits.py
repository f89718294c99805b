"""`apply`: each edit of a scene, and what it refuses."""

import pytest

from wugan.apps.voice_to_3d.edits import apply, composed
from wugan.apps.voice_to_3d.materials import material
from wugan.apps.voice_to_3d.measure import bounds
from wugan.apps.voice_to_3d.scene import edit as e
from wugan.apps.voice_to_3d.scene import solid as s
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Placement, Reference, Selector, at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError


def table(**parameters) -> Object:
    return Object(id="table-1", name="table", shape=FamilyShape(family="table", parameters=parameters), place=at())


def cube(id: str = "cube-1", of: str | None = None, relation: str = "") -> Object:
    place = Placement(z=Coordinate(to="max", own="min"), of=of, relation=relation) if of else at()
    return Object(id=id, name="cube", shape=s.Box(size=(50, 50, 50)), place=place)


def scene(*objects: Object) -> Scene:
    made = Scene()
    for one in objects:
        made = apply(made, e.Add(object=one))
    return made


def ref(id: str, role: str = "", **more) -> Reference:
    return Reference(object=id, parts=Selector(role=role, **more) if role else None)


def test_add_checks_ids_families_and_places():
    made = scene(table())
    with pytest.raises(DataError, match="already an object"):
        apply(made, e.Add(object=cube("table-1")))
    with pytest.raises(DataError, match="no object 'shelf-1'"):
        apply(made, e.Add(object=cube(of="shelf-1")))
    with pytest.raises(DataError, match="called 'tabel'"):
        apply(made, e.Add(object=Object(id="x", name="x", shape=FamilyShape(family="tabel"))))
    with pytest.raises(DataError, match="legs cannot be 90"):
        apply(Scene(), e.Add(object=table(legs=90)))


def test_apply_is_pure():
    before = scene(table())
    kept = before.model_copy(deep=True)
    apply(before, e.Paint(target=ref("table-1"), material=material("red")))
    apply(before, e.Resize(target=ref("table-1"), dimension="z", times=2))
    assert before == kept


def test_replace_keeps_id_place_and_material():
    made = apply(scene(cube(), cube("cube-2", of="cube-1")), e.Paint(target=ref("cube-2"), material=material("red")))
    new = Object(id="other", name="ball", shape=s.Sphere(diameter=20))
    made = apply(made, e.Replace(target=ref("cube-2"), object=new))
    one = made.object("cube-2")
    assert (one.name, one.material.name, one.place.of) == ("ball", "red", "cube-1")


def test_remove_brings_what_stood_on_it_down():
    made = apply(scene(cube(), cube("cube-2", of="cube-1", relation="on")), e.Remove(target=ref("cube-1")))
    assert [one.id for one in made.objects] == ["cube-2"]
    assert bounds(made, ["cube-2"])["cube-2"][0][2] == pytest.approx(0)


def test_remove_parts_by_parameter_or_by_leaving_them_out():
    made = scene(table(shelf=True))
    without = apply(made, e.Remove(target=ref("table-1", "shelf"))).objects[0]
    assert without.shape.parameters["shelf"] is False and not without.changes
    without = apply(made, e.Remove(target=ref("table-1", "leg", sides=("left",)))).objects[0]
    assert without.changes[0].remove and without.changes[0].parts.sides == ("left",)
    with pytest.raises(DataError, match="no wheel; its parts"):
        apply(made, e.Remove(target=ref("table-1", "wheel")))


def test_paint_the_whole_after_its_parts():
    made = apply(scene(table()), e.Paint(target=ref("table-1", "leg"), material=material("black")))
    made = apply(made, e.Paint(target=ref("table-1"), material=material("red")))
    assert made.objects[0].material.name == "red" and not made.objects[0].changes


def test_paint_everything():
    made = apply(scene(cube(), cube("cube-2", of="cube-1")), e.Paint(target=Reference(), material=material("red")))
    assert {one.material.name for one in made.objects} == {"red"}
    with pytest.raises(DataError, match="nothing in the scene yet"):
        apply(Scene(), e.Paint(target=Reference(), material=material("red")))


def test_set_parameter():
    made = apply(scene(table()), e.SetParameter(target=ref("table-1"), parameter="legs", value=3))
    assert made.objects[0].shape.parameters == {"legs": 3}
    with pytest.raises(DataError, match="has no wings"):
        apply(made, e.SetParameter(target=ref("table-1"), parameter="wings", value=2))
    with pytest.raises(DataError, match="plain solid"):
        apply(scene(cube()), e.SetParameter(target=ref("cube-1"), parameter="legs", value=2))


def test_move_by_and_to():
    made = apply(
        scene(cube(), cube("cube-2", of="cube-1", relation="on")), e.Move(target=ref("cube-1"), by=(100, 0, 0))
    )
    boxes = bounds(made, ["cube-1", "cube-2"])
    assert boxes["cube-1"][0][0] == pytest.approx(75) and boxes["cube-2"][0][0] == pytest.approx(75)  # it goes along
    made = apply(made, e.Move(target=ref("cube-2"), place=at(-200)))
    assert bounds(made, ["cube-2"])["cube-2"][0] == pytest.approx((-225, -25, 0))


def test_what_stands_beside_stays_when_its_neighbour_moves():
    beside = Placement(x=Coordinate(to="max", own="min", offset=10), z=Coordinate(to="min", own="min"), of="cube-1",
                       relation="right")  # fmt: skip
    made = scene(cube(), cube("cube-2").model_copy(update={"place": beside}))
    made = apply(made, e.Move(target=ref("cube-1"), by=(0, 200, 0)))
    boxes = bounds(made, ["cube-1", "cube-2"])
    assert boxes["cube-1"][0][1] == pytest.approx(175) and boxes["cube-2"][0][1] == pytest.approx(-25)


def test_two_things_never_stand_on_each_other():
    made = scene(cube(), cube("cube-2", of="cube-1", relation="on"))
    on = Placement(z=Coordinate(to="max", own="min"), of="cube-2", relation="on")
    made = apply(made, e.Move(target=ref("cube-1"), place=on))
    boxes = bounds(made, ["cube-1", "cube-2"])
    assert boxes["cube-2"][0][2] == pytest.approx(0) and boxes["cube-1"][0][2] == pytest.approx(50)
    with pytest.raises(DataError, match="stand on itself"):
        apply(made, e.Move(target=ref("cube-1"), place=on.model_copy(update={"of": "cube-1"})))


def test_turns_compose():
    made = scene(cube())
    for axis, degrees in (("z", 30), ("x", 180), ("x", 180), ("z", -30)):
        made = apply(made, e.Turn(target=ref("cube-1"), axis=axis, degrees=degrees))
    assert made.objects[0].place.rotate == pytest.approx((0, 0, 0), abs=1e-6)
    assert composed((90, 0, 0), "z", 90) == pytest.approx((90, 0, 90))
    with pytest.raises(DataError, match="cannot be turned alone"):
        apply(scene(table()), e.Turn(target=ref("table-1", "leg"), degrees=10))


def test_features_get_ids_and_are_found_again():
    hole = s.Cut(shape=s.Cylinder(diameter=10, height=10), through="z")
    made = apply(scene(cube()), e.AddFeature(target=ref("cube-1"), feature=hole))
    made = apply(made, e.AddFeature(target=ref("cube-1"), feature=hole))
    assert [f.id for f in made.objects[0].features] == ["hole-1", "hole-2"]
    wider = e.Resize(target=Reference(object="cube-1", feature="hole-2"), dimension="diameter", to=12)
    made = apply(made, wider)
    assert [f.shape.diameter for f in made.objects[0].features] == [10, 12]
    made = apply(made, e.Remove(target=Reference(object="cube-1", feature="hole-1")))
    assert [f.id for f in made.objects[0].features] == ["hole-2"]
    with pytest.raises(DataError, match="no feature 'hole-1'; its features: hole-2"):
        apply(made, e.Remove(target=Reference(object="cube-1", feature="hole-1")))
    with pytest.raises(DataError, match="no feature 'boss'"):
        apply(made, e.AddFeature(target=ref("cube-1"), feature=s.Fillet(radius=1, of="boss")))


def test_repeat():
    row = Grid(counts=(3, 1, 1), steps=(60.0, 0.0, 0.0))
    made = apply(scene(cube()), e.Repeat(target=ref("cube-1"), pattern=row))
    made = apply(made, e.Repeat(target=ref("cube-1"), pattern=Grid(counts=(1, 2, 1), steps=(0.0, 70.0, 0.0))))
    assert made.objects[0].pattern.counts == (3, 2, 1) and made.objects[0].pattern.steps == (60, 70, 0)


def test_rename_clear_and_the_history():
    made = apply(scene(cube()), e.Rename(target=ref("cube-1"), name="otto"))
    assert made.objects[0].name == "otto" and made.objects[0].id == "cube-1"
    assert apply(made, e.Clear()) == Scene()
    with pytest.raises(DataError, match="History.undo"):
        apply(made, e.Undo())


def test_errors_name_what_is_there():
    with pytest.raises(DataError, match=r"no object 'lamp-1' in the scene; there is: table \(table-1\)"):
        apply(scene(table()), e.Remove(target=ref("lamp-1")))
