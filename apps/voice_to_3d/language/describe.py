"""`describe`: the description of a part in plain English becomes one typed object with its features.

This is the door to the reading of parts; the steps behind it are `sentences`, `phrases`, `frames` and `grounding`.
"""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.voice_to_3d.scene.edit import Unread
from wugan.apps.voice_to_3d.scene.scene import Object
from wugan.apps.voice_to_3d.scene.solid import Feature


@dataclass(frozen=True)
class Description:
    """What a text about one part came to.

    Attributes:
        object: the part; `None` where no shape could be read.
        unread: phrases with a meaning that nothing holds, or that were refused, with the reason.
        assumed: what was decided for the speaker.
    """

    object: Object | None
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()


def describe(text: str) -> Description:
    """Reads one part from one or many sentences."""
    return Description(None, (Unread(phrase=text[:500], reason="descriptions of parts are not read yet"),))


def read_feature(text: str, object: Object) -> tuple[tuple[Feature, ...], tuple[Unread, ...]]:
    """Reads what a sentence adds to a part that exists: "add two 5 mm holes in the top"."""
    return (), (Unread(phrase=text[:500], reason="features are not read yet"),)
