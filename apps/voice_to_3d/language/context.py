"""`Context`: what a conversation remembers from sentence to sentence, so that "it" and "no, ninety" mean something."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from wugan.apps.voice_to_3d.scene.edit import Edit
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import Object, Scene


class Context(BaseModel):
    """What was spoken of lately; `interpret` brings it up to date in place. Serialisable.

    Attributes:
        focus: what "it" or "them" means now: several where a sentence made or named several.
        mentioned: ids of objects, the latest first.
        edits: of the last sentence that changed something; a correction is made to them.
        before: the scene before that sentence.
        unit: the last unit of length that was said ("cm"), for a bare number after it.
        group: ids of the objects that the last sentence made together ("them").
        gone: objects that were taken away, or lost a part, as they were before; the latest first.
    """

    model_config = ConfigDict(extra="forbid")

    focus: list[Reference] = []
    mentioned: list[str] = []
    edits: list[Edit] = []
    before: Scene | None = None
    unit: str = ""
    group: list[str] = []
    gone: list[Object] = []
