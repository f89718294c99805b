"""Questions are answered, and change nothing."""

import pytest


@pytest.mark.parametrize(
    "text,answer",
    [
        ("how tall is it?", "2000 mm tall"),
        ("what's the width of the wardrobe", "1200 mm wide"),
        ("how many doors does it have", "3 of door"),
        ("what is it made of?", "oak"),
        ("and what is in the scene", "wardrobe"),
        ("how big is the wardrobe", "1200 by 600 by 2000 mm"),
    ],
)
def test_answers(talk, text: str, answer: str):
    before = talk("a wardrobe 2 m tall, 120 cm wide, 60 cm deep with three doors").scene
    assert talk(text).scene == before and not talk.last.edits
    assert any(answer in one for one in talk.last.answers) and not talk.unread


def test_what_cannot_be_answered_is_told(talk):
    before = talk("a table", "why is it brown?").scene
    assert talk.unread and not talk.last.answers and len(before.objects) == 1


def test_a_request_is_no_question(talk):
    talk("a table", "can you make it red?")
    assert talk.only.material.name == "red" and not talk.last.answers
