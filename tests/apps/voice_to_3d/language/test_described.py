"""Of two readings the one that leaves less unread holds."""

from __future__ import annotations

import pytest

from wugan.apps.voice_to_3d.language import described as door
from wugan.apps.voice_to_3d.language.parts.describe import Description
from wugan.apps.voice_to_3d.scene.edit import Unread
from wugan.apps.voice_to_3d.scene.scene import Object
from wugan.apps.voice_to_3d.scene.solid import Box, Join


def reading(name: str, *left: str, made: bool = True, bodies: int = 1) -> Description:
    """A reading that lost these phrases."""
    joined = tuple(Join(id=f"boss-{k}", name="boss", shape=Box(size=(1, 1, 1))) for k in range(bodies - 1))
    one = Object(id=name, name=name, shape=Box(size=(1, 1, 1)), features=joined) if made else None
    return Description(one, tuple(Unread(phrase=phrase, reason="not understood") for phrase in left))


@pytest.mark.parametrize(
    ("assembly", "frames", "kept"),
    [
        (reading("a"), reading("f"), "f"),
        (reading("a", bodies=2), reading("f", bodies=2), "a"),
        (reading("a", "hub"), reading("f"), "f"),
        (reading("a", "hub"), reading("f", "flange"), "a"),
        (reading("a", "hub"), reading("f", "rim"), "f"),
        (reading("a", made=False), reading("f", "everything"), "f"),
        (reading("a", "everything"), reading("f", made=False), "a"),
    ],
)
def test_the_one_that_leaves_less(
    monkeypatch: pytest.MonkeyPatch, assembly: Description, frames: Description, kept: str
) -> None:
    monkeypatch.setattr(door, "assembled", lambda text: assembly)
    monkeypatch.setattr(door, "framed", lambda text: frames)
    monkeypatch.setattr(door, "accounted", lambda found, *_: found)
    found = door.described("whatever")
    assert found.object is not None
    assert found.object.id == kept
