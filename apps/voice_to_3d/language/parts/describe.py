"""`describe`: the description of a part in plain English becomes one typed object with its features.

This is the door to the reading of parts. Sentences are split (`sentences`), read into frames (`reader`, `clauses`,
`entities`, `nouns`, `measures`, `places`, `spots`), and frames are grounded to a body and features (`grounding`,
`bodies`, `joining`, `cutting`, `carving`, `edging`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.language.parts.grounding import Ground
from wugan.apps.voice_to_3d.language.parts.reader import Reader
from wugan.apps.voice_to_3d.scene.edit import Unread
from wugan.apps.voice_to_3d.scene.scene import Object
from wugan.apps.voice_to_3d.scene.solid import Feature, Solid
from wugan.errors import DataError, WuganError

LONGEST = 20_000


@dataclass(frozen=True)
class Description:
    """What a text about one part came to.

    Attributes:
        object: the part; `None` where no shape could be read.
        unread: phrases with a meaning that nothing holds, or that were refused, with the reason.
        assumed: what was decided for the speaker.
        read: reads another text in the same way; what came of it as a string.
    """

    object: Object | None
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()
    read: Callable[[str], str] | None = field(default=None, compare=False, repr=False)


def describe(text: str) -> Description:
    """Reads one part from one or many sentences."""
    if len(text) > LONGEST:
        return Description(
            None, (Unread(phrase=text[:300], reason=f"longer than {LONGEST} characters; describe one part"),)
        )
    reader = Reader().read(text)
    ground = Ground(reader).run()
    unread = (*reader.unread, *ground.unread)
    assumed = (*reader.assumed, *ground.assumed)
    if ground.solid is None:
        return Description(
            None, unread or (Unread(phrase=text[:300] or "(nothing)", reason="no shape was found in it"),), assumed
        )
    try:
        features, dropped = verified(ground.solid, tuple(ground.features))
    except DataError as error:  # the solid itself cannot be
        refused = Unread(phrase=text[:300], reason=str(error).splitlines()[0][:300])
        return Description(None, (*unread, refused), assumed)
    unread = (*unread, *dropped)
    name = reader.title() or (ground.base.noun if ground.base is not None else "part")
    made = Object(id=f"{name.replace(' ', '-')}-1"[:80], name=name[:80], shape=ground.solid, features=features)
    return Description(made, unread, assumed)


def verified(shape: Solid, features: tuple[Feature, ...]) -> tuple[tuple[Feature, ...], tuple[Unread, ...]]:
    """The features that can be worked into a solid, and those that cannot with the reason."""
    from wugan.apps.voice_to_3d.geometry.features import Piece, Work

    kept: list[Feature] = []
    refused: list[Unread] = []
    work = Work([Piece(shape)], "part")
    for feature in features:
        try:
            work.apply(feature)
            kept.append(feature)
        except (WuganError, ValueError) as error:
            refused.append(Unread(phrase=feature.name or feature.kind, reason=str(error).splitlines()[0][:300]))
            work = Work([Piece(shape)], "part")
            for one in kept:
                work.apply(one)
    return tuple(kept), tuple(refused)


def read_feature(text: str, object: Object) -> tuple[tuple[Feature, ...], tuple[Unread, ...]]:
    """Reads what a sentence adds to a part that exists: "add two 5 mm holes in the top".

    The features' ids do not clash with those of the object.
    """
    from wugan.apps.voice_to_3d.language.parts.object_frames import known

    if len(text) > LONGEST:
        return (), (Unread(phrase=text[:300], reason=f"longer than {LONGEST} characters; say one change"),)
    reader = Reader()
    try:
        ground = known(reader, object)
    except WuganError as error:
        return (), (Unread(phrase=text[:300], reason=str(error)[:300]),)
    before = len(reader.frames)
    reader.number = 1
    reader.read(text)
    ground.extend(reader.frames[before:])
    unread = (*reader.unread, *ground.unread)
    if not ground.features and not unread:
        unread = (Unread(phrase=text[:300], reason="no feature was found in it"),)
    return tuple(ground.features), unread
