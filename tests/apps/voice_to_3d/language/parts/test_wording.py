"""Paraphrases become one wording; what is written stays quotable."""

import pytest

from wugan.apps.voice_to_3d.language.lexer import tokens
from wugan.apps.voice_to_3d.language.parts.describe import describe
from wugan.apps.voice_to_3d.language.parts.wording import canonical

SAME = [
    ("40 mm apart", "40 mm apart (center to center)"),
    ("40 mm apart", "with a center-to-center distance of 40 mm"),
    ("40 mm apart", "with a distance of 40 mm between the centres of neighbouring holes"),
    ("40 mm apart", "at a 40 mm spacing"),
    ("through the plate", "through the rest of the plate"),
    ("a semicircular channel", "a half-circle channel"),
    ("start with a ring", "start from a ring"),
    ("parallel to x", "runs along the X axis"),
]


def lemmas(text: str) -> list[str]:
    return [token.lemma for token in canonical(tokens(text))]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_paraphrases_become_one(one: str, other: str) -> None:
    assert lemmas(other) == lemmas(one)


def test_what_is_not_a_paraphrase_stays() -> None:
    text = "a 16 mm hole, 10 mm from the centre of the disc, leaving 5 mm of metal"
    assert lemmas(text) == [token.lemma for token in tokens(text)]


def test_what_was_added_has_the_place_of_what_it_replaces() -> None:
    text = "two holes with a center-to-center distance of 40 mm"
    found = canonical(tokens(text))
    assert text[found[-1].start : found[-1].end] == text[len("two holes ") :]


def test_what_stays_as_it_is_is_no_loss() -> None:
    made = describe("A block 40 x 30 x 20. Chamfer the two long top edges by 2 mm. The short ones stay as they are.")
    assert made.unread == ()
