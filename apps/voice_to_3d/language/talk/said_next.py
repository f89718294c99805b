"""What follows in the description of a new object: a second side, or another thing."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.making import SIDED
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.relations import Relation


def beyond(first: Relation, second: Relation) -> bool:
    """Whether two sides of one thing are said, across each other: "to the left of it, behind it"."""
    axes = [0 if one.how in ("left", "right") else 1 for one in (first, second) if one.how in SIDED]
    same = {ref.object for ref in first.targets} == {ref.object for ref in second.targets}
    return len(axes) == 2 and axes[0] != axes[1] and same


def thing_follows(r: Reading, j: int, end: int) -> bool:
    """Such as "and two apples": a thing of its own, though it has no name here."""
    token = r.tokens[j]
    if token.quantity is not None:
        following = r.tokens[j + 1] if j + 1 < end else None
        return token.quantity.kind == "number" and following is not None and following.plural
    return r.lemma(j) in ("a", "an") and r.lemma(j - 1) in ("and", "with", "plus")
