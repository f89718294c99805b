"""Which of two readings of a part's description holds: the one that leaves less of it unread.

`parts.describe` fills frames sentence by sentence, for one body and what is worked into it; `assembly.describe` reads
named bodies that are placed against one another. Neither hides what it did not understand, so the share that is left
tells which of them a description is for.
"""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.assembly.describe import describe as assembled
from wugan.apps.voice_to_3d.language.parts.describe import Description
from wugan.apps.voice_to_3d.language.parts.describe import describe as framed


def described(text: str) -> Description:
    """Reads one part both ways; the assembly's reading is taken where it leaves no more unread."""
    one, other = assembled(text), framed(text)
    if one.object is None or other.object is None:
        return other if one.object is None else one
    if left(one) == left(other) > 0:
        return other
    return one if left(one) <= left(other) else other


def left(found: Description) -> int:
    """How many characters of the text a reading did not understand."""
    return sum(len(one.phrase) for one in found.unread)
