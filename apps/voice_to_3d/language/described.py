"""Which of two readings of a part's description holds: the one that leaves less of it unread.

`parts.describe` fills frames sentence by sentence, for one body and what is worked into it; `assembly.describe` reads
named bodies that are placed against one another. What either drops in silence is found by `accounting` and counted as
unread, so the share that is left tells which of them a description is for.
"""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.accounting import accounted, of_assembly, of_frames
from wugan.apps.voice_to_3d.language.assembly.describe import describe as assembled
from wugan.apps.voice_to_3d.language.parts.describe import Description
from wugan.apps.voice_to_3d.language.parts.describe import describe as framed


def described(text: str) -> Description:
    """Reads one part both ways; the assembly's reading is taken where it leaves no more unread."""
    raw_one, raw_other = assembled(text), framed(text)
    one, other = accounted(raw_one, text, of_assembly), accounted(raw_other, text, of_frames)
    if one.object is None or other.object is None:
        return other if one.object is None else one
    features = other.object.features
    single = len(features) >= len(one.object.features) and not any(feature.kind == "join" for feature in features)
    hollow = any(feature.name in ("cavity", "shell") for feature in one.object.features)
    if left(one) == left(other) == 0 and single and not hollow:
        return other  # one body with cuts and edges: the frames know more ways to say where those are
    if left(one) == left(other) > 0:
        return one if left(raw_one) == 0 else other
    return one if left(one) <= left(other) else other


def left(found: Description) -> int:
    """How many characters of the text a reading did not understand."""
    return sum(len(one.phrase) for one in found.unread)
