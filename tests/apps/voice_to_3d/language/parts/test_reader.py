"""The reader: what is said lands in the right frame; references do not make new things; nothing is lost in silence."""

import pytest

from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.reader import Reader


def frames(text: str) -> list[Frame]:
    return Reader().read(text).frames


def only(text: str, noun: str) -> Frame:
    found = [one for one in frames(text) if one.called(noun)]
    assert len(found) == 1, [(one.noun, one.dims) for one in frames(text)]
    return found[0]


@pytest.mark.parametrize(
    ("text", "noun", "dims"),
    [
        ("A plate with a hole. The hole is 5mm in diameter.", "hole", {"diameter": 5}),
        ("A plate with a hole. The diameter of the hole is 8mm and the depth of the hole is 25mm.", "hole",
        {"diameter": 8, "depth": 25}),
        ("A nut. The hole diameter through the center of the nut is 5mm.", "hole", {"diameter": 5}),
        ("Make a shank. It is 10 mm in diameter and 40 mm long.", "shank", {"diameter": 10, "length": 40}),
        ("For the torus, the inner diameter is 20mm and the outer diameter is 30mm.", "torus",
        {"inner_diameter": 20, "outer_diameter": 30}),
        ("Chamfer the top of the shank. The chamfer edge length should be 2mm.", "chamfer", {"length": 2}),
        ("A slot that is 25mm long (center point to center point).", "slot", {"apart": 25}),
        ("A fillet of 3 mm.", "fillet", {"radius": 3}), ("A hole of 8 mm.", "hole", {"diameter": 8}),
        ("Bore: 12 mm, through", "bore", {"diameter": 12}),
        ("A right triangle with legs of 60mm and 40mm.", "triangle", {"leg": 60, "leg_2": 40}),
    ],
)  # fmt: skip
def test_dimensions_reach_their_frame(text: str, noun: str, dims: dict[str, float]) -> None:
    assert only(text, noun).dims == pytest.approx(dims)


@pytest.mark.parametrize(
    ("text", "noun", "count"),
    [
        ("A plate 20 x 30 x 5 mm with two holes of 3 mm.", "hole", 2), ("Drill four 6mm holes.", "hole", 4),
        ("6X Ø11 THRU", "hole", 6),
        ("two rows of six blind holes, 5 mm in diameter", "hole", 12), ("a pair of 5 mm holes", "hole", 2),
        ("a dozen 3 mm holes", "hole", 12),
    ],
)  # fmt: skip
def test_counts(text: str, noun: str, count: int) -> None:
    assert only(text, noun).count == count


def test_members_of_a_group() -> None:
    holes = [
        one for one in frames("Three 5 mm holes: one in the middle, the others 45 mm either side of it.") if one.group
    ]
    assert [one.count for one in holes] == [1, 2]
    assert holes[1].spots[0].kind == "either"


def test_a_counterbore_belongs_to_its_hole() -> None:
    found = frames("A hole 4 mm in diameter. The counterbore is 8mm in diameter and is cut 2mm down into the plate.")
    assert found[-1].lead is found[0]
    assert found[-1].dims == {"diameter": 8, "depth": 2}


def test_an_edge_treatment_knows_its_targets() -> None:
    chamfer = frames("A shank 5 mm in diameter and 20 mm long. Add a 1mm chamfer on the bottom edge of the shank.")[-1]
    assert chamfer.kind == "edge"
    assert any("bottom" in where.which and where.of is not None for where in chamfer.targets)


def test_what_is_not_understood_is_kept() -> None:
    assert any(
        "zorgle" in one.phrase for one in Reader().read("A plate 20 x 30 x 5 mm that zorgles frobnically.").unread
    )


def test_unknown_units_are_named() -> None:
    unread = Reader().read("A plate 5 furlongs wide.").unread
    assert any("furlong" in one.reason for one in unread)


def test_talk_is_no_shape() -> None:
    assert frames("I'll walk you through it step by step.") == []
