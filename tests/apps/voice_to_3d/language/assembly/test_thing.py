"""Sizes said by others."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.assembly.thing import Ratio, Thing, extent_of, worth


def test_half_the_diameter_of_another() -> None:
    disc = Thing("body", "disc", shape="cylinder", dims={"radius": 25.0, "thickness": 12.0})
    boss = Thing(
        "body", "boss", ratios={"diameter": Ratio(0.5, "diameter", disc), "height": Ratio(2.0, "height", disc)}
    )
    boss.settle()
    assert boss.dims == {"diameter": 25.0, "height": 24.0}
    assert not boss.ratios


def test_a_size_by_its_own_that_was_said_later() -> None:
    box = Thing(
        "body", "box", dims={"width": 30.0}, ratios={"length": Ratio(2.0, "width"), "height": Ratio(0.5, "length")}
    )
    box.settle()
    box.settle()
    assert (box.dims["length"], box.dims["height"]) == (60.0, 30.0)


def test_two_that_refer_to_each_other_have_no_size() -> None:
    one, other = Thing("body", "one"), Thing("body", "other")
    one.ratios["length"], other.ratios["length"] = Ratio(2.0, "length", other), Ratio(0.5, "length", one)
    one.settle()
    assert one.ratios
    assert "length" not in one.dims


def test_extents_of_a_box_without_names() -> None:
    plate = Thing("body", "plate", sizes=[(80.0, ""), (50.0, ""), (5.0, "")])
    assert (extent_of(plate, "length"), extent_of(plate, "width"), extent_of(plate, "thickness")) == (80.0, 50.0, 5.0)
    assert worth(Ratio(1.0, "width", plate, plus=-10.0), plate) == 40.0
