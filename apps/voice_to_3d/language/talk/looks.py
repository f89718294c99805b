"""Materials said of things that are there: a new one, or another shade or finish of the one they have."""

from __future__ import annotations

from wugan.apps.voice_to_3d.catalogue import FINISHES, SHADES
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.reference_things import looks
from wugan.apps.voice_to_3d.language.talk.references import reference
from wugan.apps.voice_to_3d.language.talk.words import FOLLOWERS
from wugan.apps.voice_to_3d.materials import DEFAULT, SUBSTANCES, material
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.edit import Paint
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape
from wugan.errors import DataError

BEFORE = (
    ("made", "out", "of"), ("made", "of"), ("made", "from"), ("out", "of"), ("of",), ("in",), ("from",), ("painted",),
    ("coloured",), ("a",), ("to",), ("into",), ("a", "shade", "of"), ("in", "a"), ("a", "nice"), ("some",), ("all",),
)  # fmt: skip
AFTER = frozenset(["colour", "coloured", "finish", "paint", "material", "again", "please", "instead"])


def look(r: Reading, i: int, end: int, references: list[Reference]) -> tuple[list[Paint], int] | None:
    """The paints that the words at `i` ask for and the index after them; `None` where they name no look."""
    start = i + r.one_of(i, BEFORE)
    same = _same_as(r, i, end, references)
    if same:
        return same
    for j in dict.fromkeys((start, i)):
        found = r.material(j, end)
        if found is None:
            continue
        k = found[1]
        while r.lemma(k, end) in AFTER:
            k += 1
        if (
            r.lemma(k, end) in ("and", "&")
            and (second := r.material(k + 1, end))
            and r.lemma(second[1], end) == "striped"
        ):
            return None
        new = found[0]
        follower = r.tokens[k] if k < end else None
        if follower is not None and follower.kind == "word" and follower.lemma not in FOLLOWERS:
            continue  # "black handles": what is black has a name of its own
        if r.lemma(k, end) == "," and (more := r.material(k + 1, end)):  # "ceramic, light blue"
            pair = sorted((new, more[0]), key=lambda one: not set(one.name.split()) & set(SUBSTANCES))
            if set(pair[0].name.split()) & set(SUBSTANCES) and not set(pair[1].name.split()) & set(SUBSTANCES):
                new, k = material(f"{pair[1].name} {pair[0].name}"), more[1]
        chosen = [Paint(target=reference, material=_over(r, reference, new)) for reference in references]
        return chosen, k
    word = r.lemma(start, end)
    if word in FINISHES or word in ("darker", "lighter", "brighter", "shinier", "glossier", "paler"):
        k = start + 1
        return [Paint(target=ref, material=_finished(r, ref, word)) for ref in references], k
    return None


def _same_as(r: Reading, i: int, end: int, references: list[Reference]) -> tuple[list[Paint], int] | None:
    """Such as "the same colour as the chair", "like the chair"."""
    k = i + (r.lemma(i, end) == "the")
    if not (r.has(k, "same", "colour", "as") or r.has(k, "same", "material", "as")):
        return None
    found = reference(r, k + 3, end, bare=True)
    if found is None or not found.references:
        return None
    like = current(r, found.references[0])
    return [Paint(target=ref, material=like) for ref in references], found.end


def current(r: Reading, ref: Reference) -> Material:
    """The material that a thing shows now."""
    one = r.object(ref)
    if one is None:
        return DEFAULT
    if ref.parts is not None and ref.parts.role:
        for change in reversed(one.changes):
            if (
                change.material
                and change.parts.role == ref.parts.role
                and set(change.parts.sides) <= set(ref.parts.sides)
            ):
                return change.material
        if one.material:
            return one.material
        if isinstance(one.shape, FamilyShape):
            try:
                named = next((p.material for p in shape_of(one).parts() if p.role == ref.parts.role), "grey")
                return material(named)
            except DataError:
                return DEFAULT
    seen = looks(one)
    return seen[0] if seen else DEFAULT


def _over(r: Reading, ref: Reference, new: Material) -> Material:
    """Such as "clear", "transparent" alone keep the colour that is there."""
    if new.name in FINISHES:
        return _finished(r, ref, new.name)
    return new


def _finished(r: Reading, ref: Reference, word: str) -> Material:
    old = current(r, ref)
    towards = {"darker": "#000000", "lighter": "#ffffff", "brighter": "#ffffff", "paler": "#ffffff"}.get(word)
    name = f"{word} {old.name}" if not old.name.startswith(word) else old.name
    if towards or word in SHADES:
        mixed = "#" + "".join(
            f"{round(int(old.colour[n : n + 2], 16) * 0.75 + int((towards or '#808080')[n : n + 2], 16) * 0.25):02x}"
            for n in (1, 3, 5)
        )
        return old.model_copy(update={"colour": mixed, "name": name[:80]})
    rough, metal, opacity = FINISHES.get({"shinier": "shiny", "glossier": "glossy"}.get(word, word), (0.12, 0.0, 1.0))
    return old.model_copy(
        update={"roughness": old.roughness if rough < 0 else rough, "metallic": max(old.metallic, metal),
                "opacity": opacity if opacity < 1 or word == "opaque" else old.opacity, "name": name[:80]}
    )  # fmt: skip
