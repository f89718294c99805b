"""`converse`: sentences about a scene, clause by clause, become edits."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.describe import describe
from wugan.apps.voice_to_3d.language.talk.amounts import comparison, count_change, extent
from wugan.apps.voice_to_3d.language.talk.clauses import Clause, clauses
from wugan.apps.voice_to_3d.language.talk.kinds import STOPS, head_at, kind_of_object, lemmas, role_named
from wugan.apps.voice_to_3d.language.talk.moves import NEARER, SMALL, WAYS
from wugan.apps.voice_to_3d.language.talk.objects import new_id
from wugan.apps.voice_to_3d.language.talk.placements import free_place, relation, starts
from wugan.apps.voice_to_3d.language.talk.predicates import current
from wugan.apps.voice_to_3d.language.talk.reading import GRAMMAR, Reading
from wugan.apps.voice_to_3d.language.talk.references import (
    Found,
    Unresolved,
    everything,
    objects_called,
    reference,
    roles_of,
)
from wugan.apps.voice_to_3d.language.talk.verbs import Verbs, gone
from wugan.apps.voice_to_3d.language.talk.words import (
    COPULAS,
    DIMENSIONS,
    DRAWN,
    FEATURE_WORDS,
    INDEFINITE,
    LARGER,
    LINKS,
    PRONOUNS,
)
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.measure import bounds, part_boxes
from wugan.apps.voice_to_3d.scene.edit import Add, Edit, Move, Paint, Redo, Resize, SetParameter, Turn, Undo
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.talk.verbs import Verbs


# What is said without a verb of its own: "the legs black", "another one in blue", "on it stands a vase".

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


# Corrections: "no, make that ninety", "sorry, eight centimetres", "I meant the right one", "actually blue".

MARKERS = (
    ("no", "wait"), ("no", "sorry"), ("no", "i", "mean"),
    ("no", "i", "meant"), ("i", "meant"), ("i", "mean"), ("oh", "no"),
    ("no", "make", "that"), ("make", "that"),
    ("no", "make", "it"), ("sorry", "make", "that"), ("actually", "make", "that"),
    ("i", "said"), ("i", "meant", "to", "say"),
    ("no",), ("sorry",), ("actually",), ("wait",), ("rather",), ("or", "rather"), ("correction",), ("oops",), ("nope",),
    ("not", "that", "one"),
)  # fmt: skip


def corrected(r: Reading, verbs: Verbs, clause: Clause) -> int:
    """Where a clause corrects what was said before, carries that out; returns the index from which to read on."""
    k, marked = clause.start, False
    while k < clause.end:
        n = r.one_of(k, MARKERS)
        if n:
            if (
                r.lemma(k) == "no"
                and n == 1
                and r.lemma(k + 1, clause.end)
                not in (",", "the", "i", "a", "it", "that", "this", "undo", "make", *LARGER)
                and not _value(r, k + 1, clause.end)
            ):
                break  # "no drawers"
            marked, k = True, k + n
        elif (r.lemma(k) in (",", "uh", "that", "but", "well", "oh", "hmm") and marked) or (
            r.lemma(k) in ("uh", "oh", "hmm", "well") and not marked
        ):
            k += 1
        else:
            break
    if not marked or k >= clause.end or clause.start != _sentence(r, clause):
        return clause.start
    edits = r.context.edits
    if not edits:
        return clause.start
    for reader in (_not_that, _size, _count, _material, _target, _noun):
        n = reader(r, verbs, k, clause.end, edits)
        if n > k:
            r.know(clause.start, n)
            return n
    if clause.verb and clause.body > k:
        return clause.start
    r.know(clause.start, k)
    return k if not clause.verb else clause.start


def _sentence(r: Reading, clause: Clause) -> int:
    return clause.start


def _value(r: Reading, k: int, end: int) -> bool:
    return k < end and (r.tokens[k].quantity is not None or r.material(k, end) is not None)


def _size(r: Reading, verbs: Verbs, k: int, end: int, edits: list[Edit]) -> int:
    """A bare length in the place of the last one."""
    token = r.tokens[k]
    quantity = token.quantity
    if quantity is not None and quantity.kind == "percent":
        return _percent(r, k, edits)
    if quantity is None or quantity.kind not in ("length", "number") or quantity.fraction:
        return k
    if k + 1 < end and r.lemma(k + 1) not in (",", "instead", "please", "not", "then"):
        return k
    last = next((edit for edit in reversed(edits) if isinstance(edit, Resize) and edit.to is not None), None)
    stop = k + 1 + (r.lemma(k + 1, end) in ("instead", "please"))
    value = token.value
    if quantity.kind == "number" and r.context.unit:
        value *= UNITS[{"in": "inch", "ft": "foot"}.get(r.context.unit, r.context.unit)].factor
    if last is not None:
        alike = [
            edit
            for edit in edits
            if isinstance(edit, Resize) and edit.dimension == last.dimension and edit.to == last.to
        ]
        r.carry([edit.model_copy(update={"to": value}) for edit in alike], k, stop)
        return stop
    by = next((edit for edit in reversed(edits) if isinstance(edit, Resize) and edit.by is not None), None)
    if by is not None and by.by is not None:
        now = extent(r, by.target, {"x": "width", "y": "depth", "z": "height"}.get(by.dimension, by.dimension))
        if abs(log(value / now)) < abs(log(value / abs(by.by))):  # as large as the thing, not as the step
            r.carry([by.model_copy(update={"by": None, "to": value})], k, stop)
            return stop
        undone = by.model_copy(update={"by": (value if by.by > 0 else -value) - by.by})
        r.carry([undone], k, stop)
        return stop
    count = next((edit for edit in reversed(edits) if isinstance(edit, SetParameter) and type(edit.value) is int), None)
    if count is not None and quantity.kind == "number":
        r.carry([count.model_copy(update={"value": int(token.value)})], k, stop)
        return stop
    added = next((edit.object for edit in reversed(edits) if isinstance(edit, Add)), None)
    if added is not None and isinstance(added.shape, FamilyShape):
        lengths = [n for n, v in added.shape.parameters.items() if isinstance(v, float)]
        if lengths:
            r.carry([Resize(target=Reference(object=added.id), dimension=lengths[-1], to=value)], k, stop)
            return stop
    return k


def _not_that(r: Reading, verbs: Verbs, k: int, end: int, edits: list[Edit]) -> int:
    """Such as "25, not 20", "30 cm instead of 20": the size that was said is replaced by another."""
    new, j = r.tokens[k].quantity, k + 1
    while r.lemma(j, end) in (",", "and", "not", "instead", "of", "rather", "than"):
        j += 1
    old = r.tokens[j].quantity if k + 1 < j < end else None
    if new is None or old is None or not {new.kind, old.kind} <= {"length", "number"}:
        return k
    unit = UNITS[{"in": "inch", "ft": "foot"}.get(r.context.unit, r.context.unit)].factor if r.context.unit else 1.0
    was, now = (q.value * (unit if q.kind == "number" else 1.0) for q in (old, new))
    for edit in reversed(edits):
        if isinstance(edit, Resize) and edit.to is not None and abs(edit.to - was) < 1e-6:
            r.carry([edit.model_copy(update={"to": now})], k, j + 1)
            return j + 1
        if isinstance(edit, Add) and isinstance(edit.object.shape, FamilyShape):
            said = edit.object.shape.parameters.items()
            name = next((one for one, value in said if isinstance(value, float) and abs(value - was) < 1e-6), None)
            if name is not None:
                r.carry([Resize(target=Reference(object=edit.object.id), dimension=name, to=now)], k, j + 1)
                return j + 1
    return k


def _percent(r: Reading, k: int, edits: list[Edit]) -> int:
    """Such as "no, thirty percent": the last factor replaced."""
    last = next((edit for edit in reversed(edits) if isinstance(edit, Resize) and edit.times is not None), None)
    if last is None or last.times is None:
        return k
    share = r.tokens[k].value
    factor = 1 + share if last.times > 1 else 1 - share
    r.carry([last.model_copy(update={"times": factor / last.times})], k, k + 1)
    return k + 1


def _count(r: Reading, verbs: Verbs, k: int, end: int, edits: list[Edit]) -> int:
    """Such as "actually five pegs" is read as any sentence is."""
    return k


def _material(r: Reading, verbs: Verbs, k: int, end: int, edits: list[Edit]) -> int:
    """A bare colour in the place of the last one."""
    found = r.material(k, end)
    if found is None or (found[1] < end and r.lemma(found[1]) not in (",", "instead", "please", "not", "then")):
        return k
    paints = [edit for edit in edits if isinstance(edit, Paint)]
    added = [edit.object.id for edit in edits if isinstance(edit, Add)]
    new: list[Edit] = [edit.model_copy(update={"material": found[0]}) for edit in paints]
    if not new:
        targets = [Reference(object=id) for id in added] or [ref for ref in r.topic if r.there(ref)]
        new = [Paint(target=ref, material=found[0]) for ref in targets]
    if not new:
        return k
    r.carry(new, k, found[1])
    stop = found[1]
    while r.lemma(stop, end) in (",", "not", "instead", "please"):
        not_that = r.material(stop + 1, end) if r.lemma(stop) == "not" else None
        stop = not_that[1] if not_that else stop + 1
    return r.know(k, stop)


def _target(r: Reading, verbs: Verbs, k: int, end: int, edits: list[Edit]) -> int:
    """Such as "I meant the right leg": the last sentence taken back, and done to another thing."""
    try:
        found = reference(r, k, end)
    except Unresolved:
        return k
    if found is None or found.prop or found.end < end or r.context.before is None:
        return k
    if any(isinstance(edit, Add) for edit in edits) or not all(hasattr(edit, "target") for edit in edits):
        return k
    r.step(Undo(), k, found.end)
    again: list[Edit] = [edit.model_copy(update={"target": ref}) for edit in edits[:1] for ref in found.references]
    r.carry(again, k, found.end)
    r.focus(found.references)
    return found.end


def _noun(r: Reading, verbs: Verbs, k: int, end: int, edits: list[Edit]) -> int:
    """Such as "I meant a desk": another object in the place of the last one."""
    added = [edit.object.id for edit in edits if isinstance(edit, Add)]
    if not added or r.lemma(k) not in ("a", "an") or head_at(r, k, end, bare=False) is None:
        return k
    there = [Reference(object=id) for id in added if r.scene.object(id)]
    return verbs.predicates.replace(k, end, Found(there, k)) if there else k


# Questions about the scene: "how tall is it?", "how many legs has the table?", "what colour is the lamp?".

ASKING = words("how what which where who when why")
AUXILIARIES = words("is are does do did has have was were")
SUBJECTS = words("the it there this that these those they any its we you i my")
BEFORE = words("and so but then tell me say us show well now also can could you please ,")
SHAPES = words("big large long tall high wide deep thick broad short small low narrow thin")
UNKNOWN = "such questions cannot be answered; ask how large, how many, where, or of what colour something is"


def answered(r: Reading, clause: Clause) -> bool:
    """Whether a clause is a question; then its answer is in the reading, or that there is none."""
    k = clause.start
    while k < clause.end and r.lemma(k) in BEFORE:
        k += 1
    word, following = r.lemma(k, clause.end), r.lemma(k + 1, clause.end)
    end = len(r.tokens)
    stop = next((j for j in range(k, end) if r.lemma(j) in (".", "?", "!", ";", "\n")), end)
    if word in AUXILIARIES:
        if following not in SUBJECTS or r.lemma(stop) != "?":
            return False
    elif word not in ASKING or (word == "which" and k > clause.start):
        return False
    clause.end = max(clause.end, stop)
    try:
        answer = _answer(r, k, clause.end)
    except Unresolved as missing:
        r.refuse(clause.start, clause.end, missing.reason)
        return True
    if answer:
        r.answers.append(answer)
        r.know(clause.start, clause.end)
    else:
        r.refuse(clause.start, clause.end, UNKNOWN)
    return True


def _answer(r: Reading, k: int, end: int) -> str:
    word, following = r.lemma(k), r.lemma(k + 1, end)
    if word == "how" and following == "many":
        return _number(r, k + 2, end)
    if word == "how" and following in SHAPES:
        return _size_asked(r, k + 2, end, DIMENSIONS.get(following, "all"))
    if word in ("what", "which"):
        said = {r.lemma(j) for j in range(k, end)}
        if said & {"colour", "material"} or r.lemma(end - 1) == "of":
            return _looks(r, k, end)
        for j in range(k + 1, end):
            if r.lemma(j) in DIMENSIONS and (r.lemma(j) in ("size",) or r.lemma(j - 1) in ("the", "its", "what")):
                return _size_asked(r, j + 1, end, DIMENSIONS[r.lemma(j)])
        if said & {"there", "scene", "have", "see", "made", "part", "object", "everything", "it", "this", "that"}:
            return _listed(r, k, end)
    if word == "where":
        return _where(r, k + 1, end)
    return ""


def _about(r: Reading, k: int, end: int) -> list[Reference]:
    """What a question is about: what it names, else what was spoken of."""
    for j in range(k, end):
        found = reference(r, j, end)
        if found is not None and found.references and not (found.prop and not found.references):
            return found.references
    topic = [ref for ref in r.topic if r.there(ref)]
    if not topic and not r.scene.objects:
        raise Unresolved("there is nothing in the scene yet; say what to make first", end)
    return topic or everything(r)[-1:]


def _name(r: Reading, ref: Reference) -> str:
    one = r.object(ref)
    name = one.name if one else "model"
    return f"the {ref.parts.role} of the {name}" if ref.parts is not None and ref.parts.role else f"the {name}"


def _mm(value: float) -> str:
    return f"{value:.4g} mm" if value < 100 else f"{value:.0f} mm"


def _size_asked(r: Reading, k: int, end: int, word: str) -> str:
    said = []
    for ref in _about(r, k, end)[:6]:
        if word in ("all", "size"):
            sizes = [extent(r, ref, one) for one in ("width", "depth", "height")]
            said.append(f"{_name(r, ref)} is {' by '.join(f'{value:.0f}' for value in sizes)} mm")
        else:
            noun = {"thickness": "thick", "width": "wide", "depth": "deep", "height": "tall", "length": "long",
                    "diameter": "in diameter", "across": "across"}.get(word, word)  # fmt: skip
            said.append(f"{_name(r, ref)} is {_mm(extent(r, ref, word))} {noun}")
    return "; ".join(dict.fromkeys(said))


def _number(r: Reading, k: int, end: int) -> str:
    words_said = r.lemmas(k, min(end, k + 3))
    for n in range(len(words_said), 0, -1):
        if called := objects_called(r, words_said[:n]):
            return f"there are {len(called)} of {called[0].name}" if len(called) > 1 else f"there is 1 {called[0].name}"
    about = [one for ref in _about(r, k + 1, end) if (one := r.object(ref))]
    rest = [one for one in reversed(r.scene.objects) if one not in about]
    for one in [*about, *rest]:
        count = next((kind_of_object(one).counts.get(tuple(words_said[:n])) for n in (2, 1)
                      if tuple(words_said[:n]) in kind_of_object(one).counts), None)  # fmt: skip
        role = role_named(words_said, roles_of(one))
        if role:
            there = sum(box.role == role[0] for box in part_boxes(r.scene, one.id))
            return f"the {one.name} has {there} of {role[0]}"
        if count:
            from wugan.apps.voice_to_3d.language.talk.amounts import current as counted

            return f"the {one.name} has {counted(one, count) or 0} of {' '.join(lemmas(count))}"
    if words_said[:1] in (["object"], ["thing"]):
        return f"there are {len(r.scene.objects)} objects"
    return ""


def _looks(r: Reading, k: int, end: int) -> str:
    said = [f"{_name(r, ref)} is {current(r, ref).name}" for ref in _about(r, k + 1, end)[:6]]
    return "; ".join(dict.fromkeys(said))


def _listed(r: Reading, k: int, end: int) -> str:
    counts = Counter(one.name for one in r.scene.objects)
    if not counts:
        return "the scene is empty"
    return "there is: " + ", ".join(f"{n} of {name}" if n > 1 else name for name, n in counts.items())


def _where(r: Reading, k: int, end: int) -> str:
    said = []
    for ref in _about(r, k, end)[:6]:
        one = r.object(ref)
        box = bounds(r.scene, [ref.object]).get(ref.object)
        if one is None or box is None:
            continue
        middle = [(box[0][i] + box[1][i]) / 2 for i in range(2)]
        held = r.scene.object(one.place.of) if one.place.of else None
        by = f"{one.place.relation or 'by'} the {held.name}, " if held else ""
        said.append(f"{_name(r, ref)} is {by}its middle at x {middle[0]:.0f}, y {middle[1]:.0f} mm")
    return "; ".join(said)


OPENERS = (LINKS - PRONOUNS - {"its"}) | words(
    "is are then so also now please well okay just maybe could can should would like"
)
"""Words that a clause may begin with before it says anything."""
AGAIN = words("again and once more one time please the same do it that now yet ,")


def converse(r: Reading) -> None:
    """Reads the whole text; edits and leftovers end up in the reading."""
    verbs = Verbs(r)
    asked = 0
    for clause in clauses(r):
        if clause.start < asked:
            continue  # behind the verb of a question
        if answered(r, clause):
            asked = clause.end
        else:
            _clause(r, verbs, clause)
    r.leftovers()
    remember(r)


def _clause(r: Reading, verbs: Verbs, clause: Clause) -> None:
    """One clause, and what is left of it after its first act."""
    i = clause.start
    if _more(r, verbs, clause) or _left_alone(r, clause):
        return
    k = corrected(r, verbs, clause)
    rounds = 0
    while k < clause.end:
        rounds += 1
        if r.known[k] and rounds > 1:
            k += 1
            continue
        before = k
        try:
            k = _part(r, verbs, clause, k, first=k == i)
        except Unresolved as missing:
            if k == i and clause.verb:
                r.know(clause.start, clause.body)
            k = _missed(r, clause, k if k > i else max(i, min(clause.body, clause.end - 1)), missing)
        if k <= before and r.lemma(before) in ("without", "no") and before + 1 < clause.end:
            stop = before + 1
            while stop < clause.end and r.lemma(stop) not in (",", "and", "but", "with"):
                stop += 1
            k = r.refuse(before, stop, "there is nothing of that kind to leave out")
        if k <= before:
            k = _skip(r, before, clause.end)


def _more(r: Reading, verbs: Verbs, clause: Clause) -> bool:
    """Such as "a bit more", "even more": the last change of size or place once more."""
    said = {r.lemma(j) for j in range(clause.start, clause.end)}
    if "again" in said and said <= AGAIN and not clause.verb and r.context.edits:
        n = verbs._again(clause.start + 1, clause.end)
        r.know(clause.start, max(n, clause.end))
        return True
    if "more" not in said or not said <= {
        "a",
        "bit",
        "little",
        "even",
        "more",
        "some",
        "still",
        "please",
        "make",
        "it",
        ",",
    }:
        return False
    again: list[Edit] = [
        edit for edit in r.context.edits
        if (isinstance(edit, Resize) and edit.to is None) or (isinstance(edit, Move) and edit.place is None)
        or isinstance(edit, Turn)
    ]  # fmt: skip
    if not again:
        return False
    r.carry(again, clause.start, clause.end)
    return True


def _left_alone(r: Reading, clause: Clause) -> bool:
    """Such as "leave everything else alone", "do not change anything else": nothing is to be done."""
    said = [r.lemma(j) for j in range(clause.start, clause.end)]
    kept = clause.verb == "keep" and set(said) & {"alone", "unchanged", "untouched", "same", "as", "rest", "else"}
    negative = any(said[n : n + 2] == ["do", "not"] for n in range(3)) and set(said) & {"change", "touch", "alter"}
    if not (kept or negative) or any(r.tokens[j].quantity for j in range(clause.start, clause.end)):
        return False
    r.know(clause.start, clause.end)
    r.assumed.append(f"“{r.phrase(clause.start, clause.end)}”: it stays as it is")
    return True


def _missed(r: Reading, clause: Clause, k: int, missing: Unresolved) -> int:
    """Lists a reference to what is not there, with what was said of it."""
    stop = max(missing.end, k + 1)
    while stop < clause.end and r.lemma(stop) not in (",", "and", "but"):
        stop += 1
    return r.refuse(k, stop, missing.reason)


def _skip(r: Reading, k: int, end: int) -> int:
    """Over a word that begins nothing; it stays among the leftovers unless it is grammar."""
    if r.lemma(k) in GRAMMAR and r.tokens[k].quantity is None:
        r.know(k, k + 1)
    return k + 1


def _part(r: Reading, verbs: Verbs, clause: Clause, k: int, first: bool) -> int:
    end = clause.end
    if first and clause.verb:
        n = verbs.carry(clause)
        if n > clause.start:
            return n
        k = clause.body
    j = k
    while j < end and r.lemma(j) in OPENERS:
        j += 1
    for start in dict.fromkeys((j, k)):
        n = verbless(r, verbs, start, end, clause.sentence and first)
        if n > start:
            r.know(k, start)
            if first and clause.verb:
                r.know(clause.start, clause.body)
            return n
    return k


def remember(r: Reading) -> None:
    """Brings the context up to date for the next sentence."""
    context = r.context
    for token in r.tokens:
        if token.quantity is not None and token.quantity.kind in ("length", "sizes") and token.quantity.unit:
            context.unit = token.quantity.unit
    context.focus = list(r.topic)
    changing: list[Edit] = [edit for edit in r.edits if not isinstance(edit, Undo | Redo)]
    if changing:
        context.edits = changing
        if r.before is not None and not r.stepped:
            context.gone = gone(r.before, r.scene, context.gone)
        if not r.stepped:
            context.before = r.before
    elif r.stepped:
        context.edits = []
        context.before = None
