"""Noun phrases of new objects: where they begin, how many, and what their noun is."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.language.talk.object_names import noun_at
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.words import COPULAS, DIMENSIONS, VERBS
from wugan.apps.voice_to_3d.language.wordlist import words

STOPS = words(
    "in on under beside behind above below beneath underneath between around against inside into near next with "
    "without "
    "of to from at by it them they this that these those which who where and or the its his her their my "
    "every each all "
    "as than then instead so because if not no . ; ! ? : \n than up over"
)
PURPOSES = words(
    "kitchen garden office home house outdoor indoor room living bed dining children kid family guest modern classic "
    "rustic vintage industrial elegant antique contemporary traditional scandinavian style old-fashioned new complete "
    "single matching identical similar same different generic little plain ordinary typical usual other more"
)
"""Such as "a kitchen table": what it is for changes no shape."""
GROUPS = words("tower set row pair group line couple bunch stack pile circle ring grid collection number")


@dataclass
class Head:
    """A noun phrase that names an object.

    Attributes:
        kind: its family or plain body.
        start, noun, end: indices of its first token, of its noun, and after it.
        first: index of the first adjective.
        count: how many.
        group: "row", "stack"… where that was said ("a row of five").
        name: the noun as it was said.
        more: whether it is to be like one that is there ("another chair").
        several: whether it was said in the plural without a number ("wheels").
    """

    kind: type[Family]
    start: int
    first: int
    noun: int
    end: int
    count: int = 1
    group: str = ""
    name: str = ""
    more: bool = False
    several: bool = False


def head_at(r: Reading, i: int, end: int, bare: bool = True) -> Head | None:
    """The noun phrase of a new object at `i`; `None` where none starts.

    Args:
        r: the text.
        i: where to begin.
        end: where to stop.
        bare: whether it may go without "a" ("table, two metres long").
    """
    j, count, group, determined, more = i, 0, "", False, False
    while j < end:
        token, word = r.tokens[j], r.lemma(j)
        if word in ("a", "an", "some", "another", "around") and token.quantity is None:
            if word == "around" and (determined or j != i or noun_after_around(r, j, end) is None):
                break  # "around oak table": what speech recognition makes of "a round oak table"
            determined, more = True, more or word == "another"
            j += 1
            if word == "around":
                break
        elif word in GROUPS and r.lemma(j + 1, end) == "of":
            group, determined, j = word, True, j + 2
        elif token.quantity is not None and noun_at(_said(r, j, end)):
            break
        elif token.quantity is not None and token.quantity.kind == "ordinal" and determined and j == i + 1:
            more, j = True, j + 1  # "a second chair"
        elif token.quantity is not None and token.quantity.kind in ("number", "times") and not count:
            value = token.value
            following = r.lemma(j + 1, end)
            if value != int(value) or not 1 <= value <= 500 or DIMENSIONS.get(following) or following in ("by", "x"):
                break
            if r.tokens[j + 1 : j + 2] and r.lemma(j + 1) in PARTS_COUNTED:
                break
            count, determined, j = int(value), True, j + 1
            more = more or r.lemma(j, end) in ("more", "additional", "further")
            j += r.lemma(j, end) in ("more", "additional", "further", "identical", "of")
        else:
            break
    if not determined and (not bare or r.lemma(i - 1) in ("the", "this", "that", "its", "their", "these", "those")):
        return None
    first = j
    found = _noun(r, j, end)
    if found is None:
        return None
    kind, noun, stop = found
    if r.lemma(stop - 1) == "base" and r.lemma(i - 1) in ("with", "having", "has", "have", "of", "on", "for", "the"):
        return None  # a part of something, and no thing of its own
    if group in ("pair", "couple") and not count:
        count = 2
    plural = r.tokens[stop - 1].plural
    return Head(kind, i, first, noun, stop, max(count, 1) if count or not (plural and group) else 3, group,
                r.phrase(noun, stop).lower() if not plural else _singular(r, noun, stop), more,
                plural and not count and not group and r.lemma(stop - 1) not in PAIRED)  # fmt: skip


PAIRED = words("stair scissor plier tong tweezer step shear headphone binocular")
"""One thing, though it is said in the plural."""
PARTS_COUNTED = words("legged sided armed pointed toothed drawered doored seater tier tiered storey story step bladed")


def noun_after_around(r: Reading, j: int, end: int) -> tuple[type[Family], int, int] | None:
    """The object after "around", where no "the" stands between ("Around Oak Table")."""
    if j > 0 and r.lemma(j - 1) not in (".", ",", "and", "make", "add", "put", "create", "want", "\n"):
        return None
    return _noun(r, j + 1, end)


def _singular(r: Reading, noun: int, stop: int) -> str:
    words_said = [one.text.lower() for one in r.tokens[noun : stop - 1]]
    return " ".join([*words_said, r.lemma(stop - 1)])


def _noun(r: Reading, j: int, end: int) -> tuple[type[Family], int, int] | None:
    """The first object noun from `j` on with only adjectives before it: its kind, its index, the index after it."""
    for k in range(j, min(end, j + 16)):
        token, word = r.tokens[k], r.lemma(k)
        if token.kind == "word" or (token.quantity is not None and token.quantity.kind == "number"):
            found = noun_at(_said(r, k, end))
            if found:
                kind, n = found
                later = _later(r, k, n, end)
                return later or (kind, k, k + n)
        if word == "and" and k > j and r.material(k - 1, k) and r.material(k + 1, end):
            continue  # "a red and white box"
        if word in STOPS or word in COPULAS or token.kind == "break" or (word == "about" and k > j):
            return None
        if token.kind == "sign" and word != ",":
            return None
        if word == "," and not _adjective_follows(r, k + 1, end):
            return None
        if VERBS.get(word) and k > j and word not in ("round", "model", "design", "level", "stack", "mirror", "shell"):
            return None
    return None


def _said(r: Reading, k: int, end: int) -> list[str]:
    """The words from `k` as names are written; a number as its word ("four-way fitting")."""
    said = []
    for token in r.tokens[k : min(end, k + 5)]:
        if token.quantity is not None and token.quantity.kind != "number":
            break
        said.append(token.lemma if token.quantity is None else token.text.lower())
    return said


def _later(r: Reading, k: int, n: int, end: int) -> tuple[type[Family], int, int] | None:
    """A noun right behind one that is also a material or stands alone as an adjective ("glass table", "box shelf")."""
    after = k + n
    if after >= end or r.tokens[after].quantity is not None:
        return None
    if r.tokens[after - 1].plural:
        return None
    skip = after
    if r.material(k, end) and (found := r.material(after, end)) and found[1] == after + 1:
        skip = after + 1
    following = noun_at(_said(r, skip, end))
    if following is None:
        return None
    kind, length = following
    return _later(r, skip, length, end) or (kind, skip, skip + length)


def _adjective_follows(r: Reading, k: int, end: int) -> bool:
    from wugan.apps.voice_to_3d.language.talk.words import RELATIVE

    if k >= end or r.tokens[k].quantity is not None:
        return False
    word = r.lemma(k)
    if word in ("a", "an", "the", "and"):
        return False
    return word in RELATIVE or r.material(k, end) is not None or word in ("round", "square", "rectangular", "oval")
