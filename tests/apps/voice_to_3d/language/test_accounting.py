"""What a reading dropped is listed."""

from __future__ import annotations

import pytest

from wugan.apps.voice_to_3d.language.accounting import Accounting, larger, nonsense
from wugan.apps.voice_to_3d.language.context import Context
from wugan.apps.voice_to_3d.language.interpreter import interpret
from wugan.apps.voice_to_3d.language.lexer import tokens
from wugan.apps.voice_to_3d.scene.edit import Add, Interpretation
from wugan.apps.voice_to_3d.scene.scene import Object, Scene
from wugan.apps.voice_to_3d.scene.solid import Box

PLATE = Object(id="plate-1", name="plate", shape=Box(size=(80, 40, 6)))


def lost(text: str, looked_at: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
    """Of a reading that makes the plate whatever is said, but looks at some words."""
    found = Interpretation(edits=(Add(object=PLATE),))
    accounting = Accounting(text, tokens(text), found, Scene(objects=(PLATE,)), every=False)
    unread, names = accounting.lost(lambda said: str([word in said for word in looked_at]))
    return [one.phrase for one in unread], names


def test_numbers_of_the_result_are_not_doubted() -> None:
    assert lost("a plate 80 x 40 x 6 mm") == ([], [])


def test_a_number_that_nobody_looked_at_is_lost() -> None:
    assert lost("a plate 80 x 40 x 6 mm with a hole of 9 mm")[0] == ["9 mm"]


def test_a_number_that_changes_the_result_is_held() -> None:
    assert lost("a plate 80 x 40 x 6 mm, 9 mm above the floor", ("9 mm",))[0] == []


def test_a_count_is_compared_with_the_copies_of_its_noun() -> None:
    assert lost("a plate 80 x 40 x 6 mm with six holes")[0] == ["six"]


def test_the_count_of_places_every_body_has_is_not_doubted() -> None:
    assert lost("a plate 80 x 40 x 6 mm, its four corners")[0] == []
    assert lost("a plate 80 x 40 x 6 mm, its seven corners")[0] == ["seven"]


def test_a_number_of_a_list_is_not_doubted() -> None:
    assert lost("1. A plate 80 x 40 x 6 mm.\n2. It is plain.\n11. That is all.")[0] == []


def test_unknown_words_are_listed_together() -> None:
    assert lost("a plate 80 x 40 x 6 mm. It is frobbed slunkwise.")[0] == ["frobbed slunkwise"]


def test_an_unknown_noun_before_a_noun_is_part_of_a_name() -> None:
    phrases, names = lost("a plate 80 x 40 x 6 mm with a wrist hole")
    assert phrases == []
    assert "wrist" in names[0]


def test_an_unknown_participle_is_no_name() -> None:
    assert lost("a frobbed plate 80 x 40 x 6 mm")[0] == ["frobbed"]


def test_a_size_that_follows_from_others_is_told_as_such() -> None:
    phrases, notes = lost("a plate 80 x 40 x 6 mm, so that 28 mm are left between two rims of 6 mm")
    assert "28 mm" not in phrases
    assert any("28 mm" in one and "follows" in one for one in notes)


def test_masks_keep_the_form() -> None:
    holes, ribbed = tokens("four 5.5 mm ribbed")[1], tokens("ribbed")[0]
    assert larger(holes) == "7.535 mm"
    assert larger(tokens("four")[0], counted=True) == "6"
    assert nonsense(ribbed).endswith("ed")


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("a frobbed plate 80 x 40 x 6 mm with a 10 mm hole in the middle", "frobbed"),
        ("a plate 80 x 40 x 6 mm with a 10 mm hole in the middle, glorped twelve times", "glorped"),
        ("a table 80 cm wide with florped legs", "florped"),
    ],
)
def test_nothing_is_dropped_in_silence(said: str, phrase: str) -> None:
    assert any(phrase in one.phrase for one in interpret(said, Scene(), Context()).unread)


@pytest.mark.parametrize(
    "said",
    [
        "a plate 80 x 40 x 6 mm with four 5 mm holes, one in each corner, 8 mm from both edges",
        "a cylinder 40 mm in diameter and 60 mm high with a 10 mm hole through the middle",
        "a round oak table, eighty centimetres wide, with four black legs",
        "a red cube of 5 cm and a blue sphere on it",
    ],
)
def test_what_is_read_whole_is_not_complained_of(said: str) -> None:
    found = interpret(said, Scene(), Context())
    assert found.edits
    assert found.unread == ()


@pytest.mark.parametrize(
    ("said", "of"),
    [
        (
            "a steel cylinder with an outer diameter of 67 mm, an inner diameter of 47.6 mm and a height of 238 mm",
            "steel",
        ),
        ("a tube of 40 mm outer diameter, 2 mm wall and 90 mm length, made of brass", "brass"),
    ],
)
def test_a_material_said_of_a_part_is_its_own(said: str, of: str) -> None:
    found = interpret(said, Scene(), Context())
    assert found.unread == ()
    (edit,) = found.edits
    assert isinstance(edit, Add)
    assert edit.object.material is not None
    assert edit.object.material.name == of
