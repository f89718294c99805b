"""Whatever a reader skips, the last check tells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.apps.voice_to_3d.language.context import Context
from wugan.apps.voice_to_3d.language.interpreter import interpret
from wugan.apps.voice_to_3d.language.unheard import MOST, unheard
from wugan.apps.voice_to_3d.scene.edit import Add, Interpretation, Unread
from wugan.apps.voice_to_3d.scene.scene import Object, Scene
from wugan.apps.voice_to_3d.scene.solid import Box

PLATE = Object(id="plate-1", name="plate", shape=Box(size=(80, 40, 6)))


def notes(text: str, looked_at: tuple[str, ...] = (), *told: str) -> list[str]:
    """Of a reading that looks at some words only, and has listed some phrases."""
    unread = tuple(Unread(phrase=phrase, reason="not understood") for phrase in told)
    found = Interpretation(edits=(Add(object=PLATE),), unread=unread)
    checked = unheard(text, found, lambda said: str([word in said for word in looked_at]))
    assert checked.edits == found.edits and checked.unread == unread
    return [note.partition("”")[0].removeprefix("“") for note in checked.assumed]


def test_every_number_and_word_that_changes_nothing_is_told() -> None:
    assert notes("a plate 80 x 40 x 6 mm, milled twice", ("80 x 40 x 6 mm",)) == ["milled twice"]
    assert notes("a plate 80 x 40 x 6 mm") == ["80 x 40 x 6 mm"]


def test_what_counts_what_is_listed_and_the_name_are_not_told() -> None:
    assert notes("a round plate with two legs", ("round", "two", "legs")) == []
    assert notes("a plate made to sing", (), "made to sing") == []


def test_a_part_of_a_listed_word_is_no_listing() -> None:
    assert notes("a thin plate with an inn", ("inn",), "thinner") == ["thin"]


def test_halves_of_a_word_and_purposes_are_tried_as_a_whole() -> None:
    assert notes("an open-topped plate", ("topped",)) == []
    assert notes("a plate for holding round stock, painted", ("painted",)) == ["for holding round stock"]


def test_numbers_of_steps_and_the_order_of_sentences_are_no_content() -> None:
    assert notes("1. First, a plate. 2. Second, a plate. Step 3: a plate.") == []
    assert notes("a plate with the second leg out", ("leg", "out")) == ["second"]


def test_a_text_too_long_to_try_says_from_where_on() -> None:
    told = notes(" ".join(f"blue{chr(97 + n % 26)}{chr(97 + n // 26)}x" for n in range(2 * MOST)))
    assert len(told) == 2 and told[1].startswith("from “blue")


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        (
            "a plate 80 by 40 by 8 mm with four 5 mm through holes, one in each corner, 6 mm from the edges",
            "through",
        ),
        ("a plate 80 by 40 by 8 mm used for holding round stock in blue", "in blue"),
    ],
)
def test_in_a_real_reading(said: str, phrase: str) -> None:
    found = interpret(said, Scene(), Context())
    assert found.edits and not found.unread
    assert any(phrase in note for note in found.assumed)


@settings(max_examples=15)
@given(
    st.sampled_from(["a table 80 cm wide", "a plate 80 x 40 x 6 mm with a 10 mm hole", "a red cube of 5 cm", "a vase"]),
    st.sampled_from(["{} with 7 {}s", "{}, {} twelve times", "{} of {}", "a {1} thing: {0}", "{}. It is {}."]),
    st.text("bdfgklmnprtvz", min_size=3, max_size=6).map(lambda word: f"{word[0]}o{word[1:]}v"),
)
def test_a_word_that_nobody_knows_is_never_dropped(thing: str, frame: str, word: str) -> None:
    said = frame.format(thing, word)
    found = interpret(said, Scene(), Context())
    told = " ".join([*(one.phrase for one in found.unread), *found.assumed]).lower()
    assert word in told or any(word in str(edit.model_dump()) for edit in found.edits) or not found.edits
