"""`converse`: sentences about a scene, clause by clause, become edits."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.clauses import Clause, clauses
from wugan.apps.voice_to_3d.language.talk.corrections import corrected
from wugan.apps.voice_to_3d.language.talk.questions import answered
from wugan.apps.voice_to_3d.language.talk.reading import GRAMMAR, Reading
from wugan.apps.voice_to_3d.language.talk.references import Unresolved
from wugan.apps.voice_to_3d.language.talk.restoring import gone
from wugan.apps.voice_to_3d.language.talk.verbless import verbless
from wugan.apps.voice_to_3d.language.talk.verbs import Verbs
from wugan.apps.voice_to_3d.language.talk.words import LINKS, PRONOUNS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene.edit import Edit, Move, Redo, Resize, Turn, Undo

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
