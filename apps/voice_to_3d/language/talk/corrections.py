"""Corrections: "no, make that ninety", "sorry, eight centimetres", "I meant the right one", "actually blue"."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.talk.clauses import Clause
from wugan.apps.voice_to_3d.language.talk.heads import head_at
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, Unresolved, reference
from wugan.apps.voice_to_3d.language.talk.sizes import extent
from wugan.apps.voice_to_3d.language.talk.words import LARGER
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.scene.edit import Add, Edit, Paint, Resize, SetParameter, Undo
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.talk.verbs import Verbs

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
