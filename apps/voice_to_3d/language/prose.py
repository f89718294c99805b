"""When a text is the description of one part in the prose of drawings, and what `describe` makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.voice_to_3d.language.describe import Description, describe
from wugan.apps.voice_to_3d.language.dialogue_heads import head_at
from wugan.apps.voice_to_3d.language.dialogue_objects import new_id
from wugan.apps.voice_to_3d.language.dialogue_reading import Reading
from wugan.apps.voice_to_3d.language.placements import free_place
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene.edit import Add
from wugan.apps.voice_to_3d.scene.placement import Reference

MARKS = words(
    "extrude extruded extrusion sketch workplane chamfer chamfered fillet filleted counterbore counterbored countersink "
    "countersunk bolt-circle boss pocket revolve revolved loft sweep shell through concentric centred coaxial symmetric "
    "blind rectangular circular profile plate bracket flange block cylinder step hole slot bore axis origin thickness "
    "diameter radius deep depth vertex face mm"
)
OPENINGS = words(
    "create design model make build draw generate a an the produce start construct i given this step begin"
)


@dataclass
class Prose:
    """A part that was described as a whole."""

    description: Description

    def carry(self, r: Reading) -> None:
        """Adds the part to the scene of the reading."""
        found = self.description
        end = len(r.tokens)
        if found.object is not None:
            one = found.object
            one = one.model_copy(update={"id": new_id(r, one.name or "part"), "place": free_place(r.scene)})
            if r.carry([Add(object=one)], 0, end):
                r.focus([Reference(object=one.id)])
                r.context.group = [one.id]
                r.context.edits, r.context.before, r.context.focus = list(r.edits), r.before, list(r.topic)
        r.unread += list(found.unread)
        r.assumed += list(found.assumed)


def read_prose(r: Reading) -> Prose | None:
    """The part that a text describes in the prose of drawings; `None` where it is talk about a scene.

    A text counts as prose that is long, has the words of drawings in it, and begins a part rather than an edit.
    """
    if not prosaic(r):
        return None
    found = describe(r.text)
    return Prose(found) if found.object is not None else None


def prosaic(r: Reading) -> bool:
    """Whether a text reads like the description of one part."""
    said = [one.lemma for one in r.tokens if one.kind == "word"]
    sizes = sum(one.quantity is not None for one in r.tokens)
    marks = sum(word in MARKS for word in said)
    if len(said) < 8 or not said or said[0] not in OPENINGS:
        return False
    if said[0] in ("make", "the") and said[1:2] and said[1] not in ("a", "an", "part", "base", "body", "plate"):
        return False
    head = head_at(r, 0, len(r.tokens))
    if len(said) > 40:
        return marks >= 4 and sizes >= 3
    return head is None and marks >= 3 and sizes >= 2
