"""What is said without a verb of its own: "the legs black", "another one in blue", "on it stands a vase"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.describe import describe
from wugan.apps.voice_to_3d.language.talk.amounts import comparison
from wugan.apps.voice_to_3d.language.talk.counts import count_change
from wugan.apps.voice_to_3d.language.talk.heads import STOPS, head_at
from wugan.apps.voice_to_3d.language.talk.moves import NEARER, SMALL, WAYS
from wugan.apps.voice_to_3d.language.talk.objects import new_id
from wugan.apps.voice_to_3d.language.talk.placements import free_place
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, Unresolved, reference
from wugan.apps.voice_to_3d.language.talk.relations import relation, starts
from wugan.apps.voice_to_3d.language.talk.words import COPULAS, DRAWN, FEATURE_WORDS, INDEFINITE
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene.edit import Add, Paint, SetParameter
from wugan.apps.voice_to_3d.scene.placement import Reference

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.talk.verbs import Verbs

NUMBERED = words("one two three four five second third fourth fifth sixth")


def verbless(r: Reading, verbs: Verbs, k: int, end: int, sentence: bool) -> int:
    """Such as "the legs black", "twenty percent taller", "four tapered legs", "a red cube on a blue cylinder"."""
    if k >= end:
        return k
    seen = r.material(k, end)
    if seen and seen[1] - k > 1 and topic_there(r) and r.lemma(seen[1], end) in ("", ",", "please", "instead"):
        n = verbs.predicates.read(k, end, Found(topic_there(r), k))  # "green glass" is no drinking glass
        if n > k:
            return n
    if (n := turned_about(r, verbs, k, end)) > k or (n := verbs.exchanged(k, end)) > k:
        return n
    found = reference(r, k, end)
    if found is not None:
        n = _of_reference(r, verbs, found, k, end)
        if n == k and r.lemma(k) == "the" and found.references and r.lemma(found.end, end) in ("too", "also", "as"):
            return _too(r, found, k, end)
        return n
    if (n := _inverted(r, verbs, k, end)) > k or (n := another(r, verbs, k, end)) > k:
        return n
    topic = Found([one for one in r.topic if r.there(one)], k)
    whole = Found([Reference(object=ref.object) for ref in topic.references if ref.object][:1], k)
    if topic.references and (n := count_change(r, k, end)) > k:
        return n
    if topic.references and (head_at(r, k, end) is None or not verbs._new(k, end)):
        order = [topic]
        if topic.references[0].parts or topic.references[0].feature:
            thin = {r.lemma(m) for m in range(k, end)} & {"thick", "thin", "thicker", "thinner"}
            thin = thin if topic.references[0].parts else set()
            order = [whole, topic] if sentence and not thin else [topic, whole]
        aside = k + 1
        while r.lemma(aside, end) in ("further", "more", "farther", "to", "the"):
            aside += 1
        shifted = r.lemma(aside, end) in WAYS or r.lemma(aside, end) in NEARER
        if (
            r.tokens[k].quantity is not None
            and (starts(r, k, end) or shifted)
            and (n := verbs.moves.move(whole, k, end)) > k
        ):
            return n  # "10 cm to the right" is a place, not a width
        for about in order:
            n = verbs.predicates.read(k, end, about)
            if n > k:
                return verbs.more(n, end)
        bare = _bare(r, verbs, k, end)
        if bare > k:
            return bare
        if (n := verbs.moves.put(topic, k, end)) > k:
            return n
        if _aimed(r, k, end) and (n := verbs.moves.move(topic, k, end)) > k:
            return n  # "a bit to the left"; a lone "up" is no move
    if topic.references and r.tokens[k].quantity is None and r.lemma(k) not in INDEFINITE:
        bare = _bare(r, verbs, k, end)  # "tray silver, bottle dark green": things that are there
        if bare > k:
            return bare
    if sentence and (n := _made_of(r, verbs, k, end)) > k:
        return n
    n = verbs.objects.group(k, end)
    if n > k:
        return n
    if topic.references and any(r.lemma(m) in FEATURE_WORDS for m in range(k, end)):
        return verbs.feature(k, end, None, k)
    n = _bare(r, verbs, k, end)
    return n if n > k else _nameless(r, verbs, k, end, sentence)


def topic_there(r: Reading) -> list[Reference]:
    """What was spoken of and is still there."""
    return [one for one in r.topic if r.there(one)]


def turned_about(r: Reading, verbs: Verbs, k: int, end: int) -> int:
    """Such as "cherry for the body and maple for the lid", "2 cm thicker legs": what becomes of it, then of what."""
    done = k
    amount = comparison(r, k, end) if k < end else None
    if amount is not None and amount.same and r.lemma(amount.end, end) == "for":
        found = reference(r, amount.end + 1, end)  # "the same height for both"
        if found is not None and verbs.predicates.read(k, amount.end, found) == amount.end:
            return r.know(k, found.end)
    if amount is not None and amount.like is None and r.tokens[amount.end : amount.end + 1]:
        try:
            found = reference(r, amount.end, end, bare=True)
        except Unresolved:
            found = None
        if found is not None and not found.prop and r.lemma(amount.end) not in ("it", "them", "this", "that"):
            if verbs.predicates.read(k, amount.end, found) == amount.end:
                r.focus(found.references)
                return r.know(k, found.end)
    while True:
        j = done
        while r.lemma(j, end) in ("and", ",", "but", "use", "with", "have", "some", "a", "an", "make", "it"):
            j += 1
        at = next((m for m in range(j + 1, min(end, j + 7)) if r.lemma(m) in ("for", "on")), 0)
        if not at or any(r.lemma(m) in (",", "and") for m in range(j, at)):
            return done
        try:
            found = reference(r, at + 1, end, bare=r.lemma(at) == "for")
        except Unresolved:
            return done
        look_said = r.material(j, at)
        if found is None or found.prop or not found.references:
            return done
        if r.lemma(at) == "on" and (look_said is None or look_said[1] != at):
            return done
        kept = list(r.edits), list(r.unread), r.scene, list(r.known)
        if verbs.predicates.read(j, at, found) != at:
            r.edits[:], r.unread[:], r.scene = kept[0], kept[1], kept[2]
            r.known[:] = kept[3]
            return done
        done = r.know(done, found.end)
        r.focus(found.references)


def _too(r: Reading, found: Found, k: int, end: int) -> int:
    """Such as "the second shelf too": the colour that was given last; another change is told, and nothing is made."""
    last = next((edit for edit in reversed([*r.context.edits, *r.edits]) if isinstance(edit, Paint)), None)
    n = found.end + (2 if r.has(found.end, "as", "well") else 1)
    if last is None or n > end:
        return r.refuse(k, n, "what shall become of it was not understood; say the change once more")
    r.carry([Paint(target=ref, material=last.material) for ref in found.references], k, n)
    r.focus(found.references)
    return n


def _aimed(r: Reading, k: int, end: int) -> bool:
    """Whether a distance is said, or "a bit"."""
    return any(r.tokens[m].quantity is not None or r.lemma(m) in SMALL for m in range(k, end))


def _inverted(r: Reading, verbs: Verbs, k: int, end: int) -> int:
    """Such as "on it stands a small white vase", "next to the table there is a chair"."""
    if not r.topic or not starts(r, k, end):
        return k
    try:
        where = relation(r, k, end, list(r.topic))
    except Unresolved:
        return k
    j = where.end if where else k
    while r.lemma(j, end) in ("stand", "stands", "sit", "sits", "lie", "lies", "there", "is", "are", "goes", "go", ",",
                              "put", "place", "we", "have", "i", "want", "add"):  # fmt: skip
        j += 1
    if where is None or j == where.end or head_at(r, j, end, bare=False) is None:
        return k
    made = verbs.objects.one(j, end, False, None, where)
    if made is None:
        return k
    r.know(k, j)
    r.focus(made[0])
    return made[1]


def another(r: Reading, verbs: Verbs, k: int, end: int) -> int:
    """Such as "another one in blue", "two more of them": copies of what was spoken of, and what is said of them."""
    token = r.tokens[k]
    count, j = 1, k + 1
    if token.quantity is not None and token.quantity.kind == "number" and 1 <= token.value == int(token.value):
        count = int(token.value)
        if r.lemma(j, end) != "more":
            return k
        j += 1
    elif r.lemma(k) in ("another", "a") and j < end and r.tokens[j].text.lower() in NUMBERED:
        count, j = (int(r.tokens[j].value) if r.lemma(k) == "another" else 0) or 1, j + 1
        j += r.lemma(k) == "a" and r.said_one(j)  # "a second one"
    elif r.said_one(k) and r.lemma(j, end) == "more":
        j += 1
    elif token.quantity is not None and token.quantity.fraction and r.said_one(j):
        j += 1  # "a third one"
    elif not (r.lemma(k) == "the" and r.has(k, "the", "same", "again")):
        return k
    else:
        j = k + 3
    if r.lemma(j, end) == "of" and r.lemma(j + 1, end) in ("them", "it", "those", "these"):
        j += 2
    if j < end and r.tokens[j].kind == "word" and r.lemma(j) not in STOPS:
        return k
    last = r.context.edits[-1] if r.context.edits else None
    bare = j >= end - r.has(end - 1, "please")
    if bare and isinstance(last, SetParameter) and type(last.value) is int:
        return k  # "four legs", "two more": legs
    whole = [Reference(object=ref.object) for ref in r.topic[:1] if r.object(ref)]
    if not whole or not 1 <= count <= 60:
        return k
    n = verbs.moves.copy(Found(whole, j), k, j, count, end)
    made = list(r.topic)
    return verbs.predicates.read(n, end, Found(made, n, count > 1)) if n < end else n


def _made_of(r: Reading, verbs: Verbs, k: int, end: int) -> int:
    """Such as "a Greek temple, very simple: a base slab…, and eight columns on it": the things behind the colon."""
    colon = next((m for m in range(k, min(end, k + 10)) if r.lemma(m) == ":"), None)
    if colon is None or r.lemma(k) not in ("a", "an", "the", "my", "our") or head_at(r, colon + 1, end, False) is None:
        return k
    own = head_at(r, k, colon)
    if any(r.tokens[m].quantity for m in range(k, colon)) or (own is not None and own.end == colon):
        return k
    n = verbs.objects.group(colon + 1, end)
    if n == colon + 1:
        return k
    r.know(k, colon + 1)
    r.assumed.append(f"“{r.phrase(k, colon)}” is made of the things that follow")
    return n


def _nameless(r: Reading, verbs: Verbs, k: int, end: int, sentence: bool) -> int:
    """A new thing without a name here ("a hat stand, with…"): described as a part, or refused with all said of it."""
    number = r.tokens[k].quantity
    if r.lemma(k) not in ("a", "an", "some") and (number is None or number.kind != "number"):
        return k
    if number is not None and not (k + 1 < end and r.tokens[k + 1].plural):
        return k
    j = k + 1
    while j < end and r.tokens[j].kind == "word" and r.lemma(j) not in STOPS:
        j += 1
    if j == k + 1:
        return k
    if not sentence:
        while j < end and r.lemma(j) not in (",", "and"):
            j += 1
        return r.refuse(k, j, f"no object is called “{r.phrase(k + 1, j)}” here")
    found = describe(r.phrase(k, end))
    if found.object is not None and not found.unread and set(r.lemmas(k, end)) & DRAWN:
        one = found.object
        one = one.model_copy(update={"id": new_id(r, one.name or "part"), "place": free_place(r.scene)})
        if r.carry([Add(object=one)], k, end):
            r.focus([Reference(object=one.id)])
            r.assumed += list(found.assumed)
        return end
    return r.refuse(k, end, f"no object is called “{r.phrase(k + 1, j)}” here")


def _bare(r: Reading, verbs: Verbs, k: int, end: int) -> int:
    """Such as "fins red, cone red": a noun without "the" and what becomes of it."""
    found = reference(r, k, end, bare=True)
    if found is None:
        return k
    n = verbs.predicates.read(found.end, end, found)
    if n == found.end:
        return k
    r.know(k, n)
    r.focus(found.references)
    return verbs.more(n, end)


def _of_reference(r: Reading, verbs: Verbs, found: Found, k: int, end: int) -> int:
    """Such as "the legs should be black", "each door gets a handle", "the table is two metres long"."""
    j = found.end
    if found.count and (n := verbs.moves.repeat(found, j, end)) > j:  # "three of them in a row"
        return r.know(k, n)
    while r.lemma(j, end) in COPULAS or r.lemma(j, end) in (
        "to",
        "need",
        "have",
        "has",
        "get",
        "gets",
        "go",
        "with",
        ",",
    ):
        j += 1
    if (n := verbs.passive(found, j, end)) > j:
        r.know(k, n)
        return n
    n = verbs._attach(found, j, end) if r.lemma(j - 1) in ("get", "have", "has", "gets") else j
    if n == j:
        n = verbs.predicates.read(j, end, found)
    if n == j and (put := verbs.moves.put(found, j, end)) > j:
        n = put
    if n == j and _aimed(r, j, end):
        n = verbs.moves.move(found, j, end)
    if n == j:
        return k
    r.know(k, n)
    if not found.scene:
        r.focus(found.references)
    return verbs.more(n, end)
