"""`interpret`: the door of the language: a text and a scene become edits, and what was not understood.

    context = Context()
    interpret("a round oak table with four black legs", Scene(), context)   # -> Interpretation(edits=(Add(...),), ...)

Descriptions of one part in the prose of drawings go to `describe` as a whole; everything else is read clause by clause
by `dialogue`. Deterministic: the same text, scene and context give the same edits.
"""

from __future__ import annotations

from collections.abc import Callable

from wugan.apps.voice_to_3d.language.accounting import Accounting, of_talk
from wugan.apps.voice_to_3d.language.context import Context
from wugan.apps.voice_to_3d.language.foreign import foreign
from wugan.apps.voice_to_3d.language.talk import prose
from wugan.apps.voice_to_3d.language.talk.clauses import prepared
from wugan.apps.voice_to_3d.language.talk.dialogue import converse
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.unheard import unheard
from wugan.apps.voice_to_3d.scene.edit import Interpretation, Unread
from wugan.apps.voice_to_3d.scene.scene import Scene
from wugan.errors import DataError

__all__ = ["Context", "interpret", "warm_up"]
MOST_WORDS = 2000


def interpret(text: str, scene: Scene, context: Context | None = None) -> Interpretation:
    """Reads a sentence, or several.

    Args:
        text: as typed or heard.
        scene: what there is.
        context: what was said before; brought up to date in place.

    Returns:
        Edits that `edits.apply` carries out on `scene` in order, and every phrase that no edit holds, with the reason.
    """
    context = Context() if context is None else context
    if problem := _unreadable(text):
        return Interpretation(unread=(problem,))
    try:
        return _read(text, scene, context)
    except DataError:
        raise
    except Exception as error:  # a mistake in the reading must not take the design with it
        short = f"{type(error).__name__}: {error}"
        raise DataError(
            f"“{text[:200]}” broke the reading ({short}); nothing changed, please say it otherwise"
        ) from error


def _read(text: str, scene: Scene, context: Context) -> Interpretation:
    """The reading that holds more of the text: talk about the scene, or a part in the prose of drawings."""
    tokens = prepared(text)
    reading = Reading(text, tokens, scene, context.model_copy(deep=True))
    steps = prose.stepped(text)
    part = prose.part(text) if steps or prose.eligible(Reading(text, tokens, scene, context)) else None
    described = part is not None and steps
    again = of_talk(scene, context.model_copy(deep=True))
    if not described:
        try:
            converse(reading)
            _account(reading, again, every=part is None)
            described = part is not None and prose.better(reading, part)
        except DataError:  # as talk it cannot be built; as the description of a part it may
            if part is None:
                raise
            described = True
    if described and part is not None:
        reading = Reading(text, tokens, scene, context.model_copy(deep=True))
        prose.carry(reading, part)
        again = part.read or again
    for name in Context.model_fields:
        setattr(context, name, getattr(reading.context, name))
    return unheard(text, reading.result(), again)


def _account(reading: Reading, again: Callable[[str], str], every: bool) -> None:
    """Lists what talk dropped in silence; descriptions of parts are accounted for where they are read."""
    if reading.edits:
        accounting = Accounting(reading.text, reading.tokens, reading.result(), reading.scene, every)
        lost, names = accounting.lost(again)
        reading.unread += lost
        reading.assumed += names


def warm_up() -> None:
    """Loads the names of all families, so that the first sentence is read as fast as the others."""
    interpret("a table", Scene())


def _unreadable(text: str) -> Unread | None:
    words = text.split()
    if not words:
        return Unread(phrase="", reason="nothing was said")
    if len(words) > MOST_WORDS:
        short = " ".join(words[:12]) + " …"
        return Unread(phrase=short, reason=f"{len(words)} words at once are too many; say {MOST_WORDS} or fewer")
    if language := foreign(text):
        return Unread(phrase=text[:500], reason=f"this seems to be {language}; only English is read so far")
    if not any(letter.isalnum() for letter in text):
        return Unread(phrase=text[:500], reason="no word was said")
    return None
