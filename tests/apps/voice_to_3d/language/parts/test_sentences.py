"""Sentences, steps and bullets."""

import pytest

from wugan.apps.voice_to_3d.language.lexer import tokens
from wugan.apps.voice_to_3d.language.parts.wording import sentences


@pytest.mark.parametrize(
    ("text", "count", "steps"),
    [
        ("A plate. A hole.", 2, [0, 0]), ("1. A plate.\n2. A hole.", 2, [1, 2]), ("1: A plate\n2: A hole", 2, [1, 2]),
        ("- width: 5 mm\n- height: 3 mm", 2, [1, 2]), ("A plate; a hole", 2, [0, 0]),
        ("Step 1: a plate. Step 2: a hole.", 2, [1, 2]),
        ("It is 2.5 mm thick.", 1, [0]), ("A plate\nof steel, 5 mm thick", 1, [0]),
        ("Intro.\n\n1) First.\n\n2) Second.", 3, [0, 1, 2]),
        ("(1) A plate.\n(2) A hole.", 2, [1, 2]), ("A bar 5 ft. long with a hole", 1, [0]), ("", 0, []),
        ("20 mm. cut a hole", 2, [0, 0]),
    ],
)  # fmt: skip
def test_splits(text: str, count: int, steps: list[int]) -> None:
    found = sentences(tokens(text))
    assert len(found) == count, [[t.text for t in one.tokens] for one in found]
    assert [one.step for one in found] == steps
