"""`unheard`: the last check of a reading: each number and each word of the text must count, or it is told.

`accounting` asks after what is in doubt, to choose between readings. This asks after all the rest, whatever the readers
think that they have understood: every span of the text that carries something is changed, and the text read again.
Where that changes nothing, the span is told: it may agree with what was made ("through" of a hole that is through
anyway), or nobody may have looked at it; either way the speaker learns that it decided nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from wugan.apps.voice_to_3d.language.accounting import larger, nonsense
from wugan.apps.voice_to_3d.language.empty import EMPTY, empty, purposes
from wugan.apps.voice_to_3d.language.lexer import Token, tokens
from wugan.apps.voice_to_3d.scene.edit import Add, Interpretation, Unread

MOST, READ = 120, 12_000
"""Spans that are tried at most, and tokens read for that."""
LISTS = frozenset([".", ")", ":", ","])
TENS = 10
"""An ordinal is tried against another so many further: "the second hole" against "the 12th hole"."""


def unheard(text: str, found: Interpretation, read: Callable[[str], str]) -> Interpretation:
    """The interpretation, with a note of every span that changes nothing.

    Args:
        text: as it was said.
        found: what came of it.
        read: reads a text in the same scene; what came of it as a string.
    """
    if not found.edits:
        return found  # nothing was made of it, and that is told
    said = tokens(text)
    spans = [span for span in _spans(said) if not _told(text, said, span, found)]
    tried = spans[: min(MOST, READ // max(1, len(said)))]
    as_said = read(text)
    names = {word for edit in found.edits if isinstance(edit, Add) for word in edit.object.name.lower().split()}
    idle = [span for span in tried if not _named(said, span, names) and read(_masked(text, said, span)) == as_said]
    forms = [span for span in idle if any(said[i].lemma == "shaped" for i in span)]
    notes = [
        f"“{phrase}” changes nothing in what was made"
        for phrase in _phrases(text, said, [span for span in idle if span not in forms])
    ]
    unread = [Unread(phrase=phrase, reason="nothing of that shape was made") for phrase in _phrases(text, said, forms)]
    if rest := spans[len(tried) :]:
        short = text[said[rest[0].start].start :][:60]
        notes.append(f"from “{short}…” on it was not checked whether every word counts; the text is long")
    told = {"assumed": (*found.assumed, *notes), "unread": (*found.unread, *unread)}
    return found.model_copy(update=told)


def _spans(said: list[Token]) -> list[range]:
    """What is changed together: a word or a number; the halves of "open-topped" and "side by side"; a purpose."""
    nothing, aims = empty(said), purposes(said)
    found: list[range] = []
    i = 0
    while i < len(said):
        aim = next((one for one in aims if one.start == i), None)
        if aim is not None:
            found.append(aim)
            i = aim.stop
            continue
        stop = i + 1
        while stop < len(said) and said[stop].glued:
            stop += 1
        if stop == i + 1 and i + 2 < len(said) and said[i].kind == "word" and said[i].lemma == said[i + 2].lemma:
            stop = i + 3
        if any(k not in nothing and _carries(said, k) for k in range(i, stop)):
            found.append(range(i, stop))
        i = stop
    return found


def _carries(said: list[Token], i: int) -> bool:
    token = said[i]
    if token.quantity is None:
        return token.kind == "word" and len(token.text) > 1
    before = said[i - 1].lemma if i else "\n"
    after = said[i + 1].lemma if i + 1 < len(said) else ""
    begins = before in ("\n", ".", ":", ";", "step", "operation")
    return not (begins and (after in LISTS or token.quantity.kind == "ordinal" or before in ("step", "operation")))


def _told(text: str, said: list[Token], span: range, found: Interpretation) -> bool:
    """Whether all of a span stands in a phrase that is listed already."""
    start, end = said[span.start].start, said[span.stop - 1].end
    notes = [phrase for note in found.assumed for phrase in re.findall("“(.+?)”", note)]
    for phrase in {*(one.phrase for one in found.unread), *notes} - {""}:
        at = text.find(phrase)
        while at >= 0:
            if at <= start and end <= at + len(phrase):
                return True
            at = text.find(phrase, at + 1)
    return False


def _named(said: list[Token], span: range, names: set[str]) -> bool:
    """Whether words stand in the name of what was made, which is no part of its shape."""
    return all(said[i].quantity is None and {said[i].lemma, said[i].text.lower()} & names for i in span)


def _masked(text: str, said: list[Token], span: range) -> str:
    for i in reversed(span):
        token = said[i]
        if token.quantity is not None or (token.kind == "word" and not {token.lemma, token.text.lower()} & EMPTY):
            text = text[: said[i].start] + _other(said, i) + text[said[i].end :]
    return text


def _other(said: list[Token], i: int) -> str:
    """Something else of the same form."""
    token = said[i]
    if token.quantity is None:
        return nonsense(token)
    if token.quantity.kind == "ordinal":
        return f"{int(token.value) + TENS}th"
    following = said[i + 1 : i + 4]
    counts = token.quantity.kind in ("number", "times") and any(one.plural for one in following)
    return larger(token, counts and token.value == int(token.value))


def _phrases(text: str, said: list[Token], spans: list[range]) -> list[str]:
    """Neighbours as one phrase."""
    joined: list[range] = []
    for span in spans:
        if joined and joined[-1].stop == span.start:
            joined[-1] = range(joined[-1].start, span.stop)
        else:
            joined.append(span)
    return [text[said[span.start].start : said[span.stop - 1].end] for span in joined]
