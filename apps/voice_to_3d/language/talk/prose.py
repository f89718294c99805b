"""Which of two readings a text gets: talk about a scene, or the description of one part in the prose of drawings."""

from __future__ import annotations

import re

from wugan.apps.voice_to_3d.language.accounting import described
from wugan.apps.voice_to_3d.language.parts.describe import Description
from wugan.apps.voice_to_3d.language.talk.clauses import clauses
from wugan.apps.voice_to_3d.language.talk.kinds import Primitive, head_at
from wugan.apps.voice_to_3d.language.talk.objects import new_id
from wugan.apps.voice_to_3d.language.talk.placements import free_place
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.words import DRAWN, MARKS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene.edit import Add, Unread
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape

STEPS = re.compile(
    r"(?:^|\n)\s*(?:step\s+)?\d+\s*[.):]\s.*(?:\n\s*(?:step\s+)?\d+\s*[.):]\s)", re.IGNORECASE | re.DOTALL
)
"""Numbered steps, two at least."""
LETTERED = re.compile(r"\b[CHILTUZ][- ](?:shaped|profile|section|channel|bracket|beam)", re.IGNORECASE)
"""Sections named by a letter, which no family knows."""
RATIOS = words("half twice double third thrice")
SHORT = 40
"""Words: a longer text is not how one speaks of a piece of furniture."""
MAKING = ("", "make", "create", "want")
SPEAKING = words("it them they this that these those its their everything")

WORKED = words("chamfer chamfered fillet filleted hole slot pocket bore counterbore boss extrude")
HOLLOW = words("hollow lid lidded walled container storage")


def eligible(r: Reading) -> bool:
    """Whether a text may be the description of a part: it has sizes and begins a thing rather than an edit."""
    sizes = sum(len(one.quantity.values) or 1 for one in r.tokens if one.quantity)
    sizes += sum(one.lemma in RATIOS for one in r.tokens)
    said = [one.lemma for one in r.tokens if one.kind == "word"]
    presented = said[:2] in (["this", "is"], ["it", "is"], ["here", "is"])
    figures = [len(one.quantity.values) for one in r.tokens if one.quantity and one.text[0].isdigit()]
    compared = len(figures) > 0 and bool(set(said) & RATIOS)
    drawn = bool(set(said) & MARKS) or (not r.scene.objects and (sum(figures) > 1 or compared))
    if sizes < 2 or len(said) < 3 or not drawn or (said[0] in SPEAKING and not presented):
        return False
    first = next(iter(clauses(r)), None)
    if first is None or first.verb in ("undo", "redo", "clear", "again"):
        return False
    if not r.scene.objects:
        return True
    opening = r.lemmas(first.body if first.verb else first.start, first.end)[:1]
    if (first.verb and opening == ["the"]) or opening == [""]:
        return False  # "the legs 5 cm thick", "1200 long, 200 wide": of what is there
    return first.verb in MAKING and (presented or opening[0] not in SPEAKING)


def stepped(text: str) -> bool:
    """Whether a text has numbered operations, as no talk about a scene has."""
    return STEPS.search(text) is not None


def part(text: str) -> Description | None:
    """The part that a text describes; `None` where no shape is found in it."""
    found = described(text)
    return found if found.object is not None else None


def lost(unread: tuple[Unread, ...] | list[Unread]) -> int:
    """How many characters of a text a reading did not understand."""
    return sum(len(one.phrase) for one in unread)


def better(spoken: Reading, described: Description) -> bool:
    """Whether the description of a part holds more of the text than talk about a scene does.

    Where both hold all of it, a family's object is kept: it can be spoken of by its parameters.
    """
    invented = any("as usual" in one or "in centimetres" in one for one in spoken.assumed)
    nameless = invented and not _named(spoken)
    if not described.unread and (spoken.unread or nameless or LETTERED.search(spoken.text)):
        return True
    said = [one.lemma for one in spoken.tokens if one.kind == "word"]
    things = sum(isinstance(edit, Add) for edit in spoken.edits)
    listed = any(one.endswith("made of the things that follow") for one in spoken.assumed)
    if listed and things > 1 and not stepped(spoken.text) and not set(said) & DRAWN:
        return lost(spoken.unread) > 0.5 * len(spoken.text)  # "a rocket: a cylinder …, and a cone on top"
    if things > 1 and not spoken.unread and not stepped(spoken.text) and not set(said) & (DRAWN | WORKED):
        return False  # "a cube of 6 cm and a ball of 4 cm", "five cylinders in a row": several things, all of it read
    added = [edit.object for edit in spoken.edits if isinstance(edit, Add)]
    boxed = any(isinstance(one.shape, FamilyShape) and one.shape.family == "box" for one in added)
    worked = set(said) & WORKED and not set(said) & HOLLOW
    if boxed and worked and lost(described.unread) <= lost(spoken.unread):
        return True  # "a box 40x30x20 with all edges filleted" is a block
    if _named(spoken) and not spoken.unread and not set(said) & DRAWN and not stepped(spoken.text):
        return False  # a thing with a name, all of it read
    if stepped(spoken.text) or (not described.unread and (spoken.unread or invented)):
        return True  # numbered operations, or every word held against sizes that were not said
    if invented and lost(described.unread) < lost(spoken.unread):
        return True  # sizes that nobody said, and more of the text lost besides
    if len(said) < SHORT and len(set(said) & DRAWN) < 2:
        nameless = any(spoken.text.find(one.phrase) < 25 for one in described.unread)
        if nameless or (_named(spoken) and lost(spoken.unread) < 0.4 * len(spoken.text)):
            return False  # a thing that has no name here, or "a staircase with ten steps, each 18 cm high"
    if lost(described.unread) != lost(spoken.unread):
        return lost(described.unread) < lost(spoken.unread)
    apart = len(added) > 1 and any(one.place.relation for one in added)  # "a cylinder with a cone on it" is two things
    return not (apart or (added and all(isinstance(one.shape, FamilyShape) or one.features for one in added)))


def _named(r: Reading) -> bool:
    """Whether a text begins with an object of a family."""
    head = head_at(r, 0, len(r.tokens))
    return head is not None and not issubclass(head.kind, Primitive)


def carry(r: Reading, found: Description) -> None:
    """Adds the described part to the scene of a reading."""
    one = found.object
    assert one is not None
    one = one.model_copy(update={"id": new_id(r, one.name or "part"), "place": free_place(r.scene)})
    if r.carry([Add(object=one)], 0, len(r.tokens)):
        r.focus([Reference(object=one.id)])
        r.context.group = [one.id]
        units = [q.unit for one in r.tokens if (q := one.quantity) and q.kind in ("length", "sizes") and q.unit]
        r.context.unit = units[-1] if units else r.context.unit
        r.context.edits, r.context.before, r.context.focus = list(r.edits), r.before, list(r.topic)
    r.unread += list(found.unread)
    r.assumed += list(found.assumed)
