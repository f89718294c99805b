"""Questions about the scene: "how tall is it?", "how many legs has the table?", "what colour is the lamp?"."""

from __future__ import annotations

from collections import Counter

from wugan.apps.voice_to_3d.language.talk.clauses import Clause
from wugan.apps.voice_to_3d.language.talk.looks import current
from wugan.apps.voice_to_3d.language.talk.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_names import lemmas, role_named
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.reference_parts import roles_of
from wugan.apps.voice_to_3d.language.talk.reference_things import objects_called
from wugan.apps.voice_to_3d.language.talk.references import Unresolved, everything, reference
from wugan.apps.voice_to_3d.language.talk.sizes import extent
from wugan.apps.voice_to_3d.language.talk.words import DIMENSIONS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.measure import bounds, part_boxes
from wugan.apps.voice_to_3d.scene.placement import Reference

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
        return _size(r, k + 2, end, DIMENSIONS.get(following, "all"))
    if word in ("what", "which"):
        said = {r.lemma(j) for j in range(k, end)}
        if said & {"colour", "material"} or r.lemma(end - 1) == "of":
            return _looks(r, k, end)
        for j in range(k + 1, end):
            if r.lemma(j) in DIMENSIONS and (r.lemma(j) in ("size",) or r.lemma(j - 1) in ("the", "its", "what")):
                return _size(r, j + 1, end, DIMENSIONS[r.lemma(j)])
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


def _size(r: Reading, k: int, end: int, word: str) -> str:
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
            from wugan.apps.voice_to_3d.language.talk.counts import current as counted

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
