"""`interpret`: the door of the language: a sentence and a scene become edits, and what was not understood."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.context import Context
from wugan.apps.voice_to_3d.scene.edit import Interpretation, Unread
from wugan.apps.voice_to_3d.scene.scene import Scene

__all__ = ["Context", "interpret"]


def interpret(text: str, scene: Scene, context: Context | None = None) -> Interpretation:
    """Reads a sentence, or several.

    Args:
        text: as typed or heard.
        scene: what there is.
        context: what was said before; brought up to date in place.
    """
    return Interpretation(unread=(Unread(phrase=text[:500], reason="sentences are not read yet"),))
