"""What may be said of an object follows from its family's fields, or from its solid's numbers."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Family, Part, said
from wugan.apps.voice_to_3d.families.registry import families
from wugan.apps.voice_to_3d.language.talk.kinds import kind_of, kind_of_solid, noun_at, nouns, role_named
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder


class Kiosk(Family):
    """A made-up thing with every sort of field."""

    names: ClassVar = ("kiosk",)
    width: Annotated[float, said("frontage"), Field(ge=10, le=500)] = 100.0
    height: float = 200.0
    post_thickness: float = Field(10.0, gt=0)
    posts: int = Field(4, ge=2, le=8)
    roof: Literal["flat", "gable"] = "flat"
    awning: bool = False
    size: str = "M6"

    def parts(self) -> list[Part]:
        found = [
            Part("post", Box(size=(self.post_thickness, 10, 10)), at()),
            Part("roof panel", Box(size=(9, 9, 9)), at()),
        ]
        return [*found, Part("awning", Box(size=(1, 1, 1)), at())] if self.awning else found


def test_every_sort_of_field():
    kind = kind_of(Kiosk)
    assert kind.numbers[("frontage",)] == "width" and kind.numbers[("post", "thickness")] == "post_thickness"
    assert kind.counts == {("post",): "posts"} and kind.flags == {("awning",): "awning"}
    assert kind.choice(("gable",)) == ("roof", "gable") and kind.texts == {("size",): "size"}
    assert kind.roles == ("post", "roof panel", "awning")  # those it may have are known too
    assert kind.fits("width", 500) and not kind.fits("width", 501) and not kind.fits("posts", 1)
    assert kind.number("post", "diameter") == "post_thickness" and kind.number("", "length") == "width"
    assert kind.number("post", "length") is None  # a post's thickness is not its length


def test_solids_have_their_numbers():
    kind = kind_of_solid("bar", Cylinder(diameter=10, height=50))
    assert kind.number("", "diameter") == "diameter" and kind.number("", "length") == "length" and not kind.roles


def test_all_families_can_be_spoken_of():
    for name, family in families().items():
        kind = kind_of(family)
        assert kind.parameters() <= set(family.model_fields), name
        assert set(family.model_fields) <= kind.parameters(), name


def test_the_longest_name_wins():
    table = nouns()
    assert len(table) > 300
    assert noun_at(["coffee", "table", "leg"])[1] == 2
    assert noun_at(["hexagonal", "nut"])[0] is families()["hex nut"]
    assert noun_at(["flurb"]) is None


def test_roles_by_part_of_their_name():
    roles = ["drawer front", "top", "leg"]
    assert role_named(["drawer"], roles) == ("drawer front", 1)
    assert role_named(["tabletop"], roles) == ("top", 1)
    assert role_named(["wing"], roles) is None


def test_a_rack_has_a_height_besides_its_width() -> None:
    rack = kind_of(families()["gear rack"])
    assert rack.numbers[("height",)] == "height" and rack.numbers[("width",)] == "width"
    assert kind_of(families()["gear"]).numbers[("height",)] == "width"
