"""`talk`: a dialogue with the interpreter, without geometry beyond what it needs itself."""

from __future__ import annotations

from typing import Any

import pytest

from wugan.apps.voice_to_3d.language.context import Context
from wugan.apps.voice_to_3d.language.interpreter import interpret
from wugan.apps.voice_to_3d.scene.edit import Interpretation
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.apps.voice_to_3d.studio import History


class Talk:
    """Sentences said one after the other."""

    def __init__(self) -> None:
        self.history = History()
        self.context = Context()
        self.last = Interpretation()

    def __call__(self, *sentences: str) -> Talk:
        for text in sentences:
            self.last = interpret(text, self.scene, self.context)
            self.history.commit(text, self.last)
        return self

    @property
    def scene(self) -> Scene:
        return self.history.scene

    @property
    def only(self) -> Object:
        (one,) = self.scene.objects
        return one

    @property
    def unread(self) -> list[str]:
        return [one.phrase for one in self.last.unread]

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.scene.objects]

    def one(self, name: str) -> Object:
        return next(one for one in self.scene.objects if one.name == name or one.id == name)

    def parameters(self, name: str = "") -> dict[str, Any]:
        one = self.one(name) if name else self.only
        assert isinstance(one.shape, FamilyShape)
        return one.shape.parameters

    def edits(self) -> list[dict[str, Any]]:
        return [edit.model_dump() for edit in self.last.edits]


@pytest.fixture
def talk() -> Talk:
    return Talk()
