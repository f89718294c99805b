"""New objects: "a round oak table with black legs, a vase on it and four chairs around the table"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from wugan.apps.voice_to_3d.edits import apply
from wugan.apps.voice_to_3d.language.parts.describe import describe, read_feature
from wugan.apps.voice_to_3d.language.talk.amounts import aimed, extent
from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.family_sizes import LOOKS, Refused, made, part_size_edits
from wugan.apps.voice_to_3d.language.talk.kinds import PURPOSES, Block, Head, Kind, Primitive, head_at, kind_of
from wugan.apps.voice_to_3d.language.talk.placements import (
    Arrangement,
    Relation,
    arrangement,
    following,
    free_place,
    gap_for,
    places,
    relation,
    row,
    starts,
)
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Unresolved, reference
from wugan.apps.voice_to_3d.language.talk.words import DIMENSION_NOUNS, DIMENSIONS, INDEFINITE, LINKS, PRONOUNS
from wugan.apps.voice_to_3d.language.talk.words import FEATURE_WORDS as WORKED
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.measure import bounds, size
from wugan.apps.voice_to_3d.scene.edit import Add, AddFeature, Edit, Move, Paint, Resize
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement, Reference, Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.errors import DataError

# What is said of each of several things in turn: "ten, fifteen and twenty cm tall", "in red, green and blue".

ORDERS = (
    ("respectively",), ("in", "that", "order"), ("in", "this", "order"), ("from", "bottom", "to", "top"),
    ("from", "the", "bottom", "up"), ("from", "left", "to", "right"), ("from", "the", "bottom", "to", "the", "top"),
    ("from", "the", "left", "to", "the", "right"),
)  # fmt: skip
"""How things are counted anyway."""


@dataclass
class Each:
    """What each of several new things has, in order: sizes (mm) in one dimension, or materials."""

    word: str = ""
    sizes: list[float] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)

    def edits(self, r: Reading, references: list[Reference]) -> list[Edit]:
        """For each thing its own; nothing where there are not as many."""
        found: list[Edit] = []
        if len(self.sizes) == len(references):
            for ref, value in zip(references, self.sizes, strict=True):
                target, name = aimed(r, ref, self.word)
                found.append(Resize(target=target, dimension=name, to=value))
        if len(self.materials) == len(references):
            found += [Paint(target=ref, material=one) for ref, one in zip(references, self.materials, strict=True)]
        return found


def enumerated(r: Reading, j: int, end: int, count: int, each: Each) -> int:
    """Notes a list of `count` sizes or materials at `j`; the index after it, or of its last size; `j` for none.

    The last size stays to be read: it is of all of them until each gets its own.
    """
    if count < 2:
        return j
    found: list[int] = []
    k = j
    while k < end and len(found) < count and r.tokens[k].quantity is not None:
        found.append(k)
        k += 1
        while r.lemma(k, end) in (",", "and"):
            k += 1
    last = r.tokens[found[-1]].quantity if len(found) == count else None
    if last is not None and last.kind in ("length", "number"):
        unit = UNITS[{"in": "inch", "ft": "foot"}.get(last.unit, last.unit)].factor if last.unit else 1.0
        values = []
        for n in found:
            quantity = r.tokens[n].quantity
            if quantity is None or quantity.kind not in ("length", "number"):
                return j
            values.append(quantity.value if quantity.kind == "length" else quantity.value * unit)
            if quantity.kind == "number" and last.kind == "length":
                r.tokens[n] = replace(
                    r.tokens[n], quantity=replace(quantity.scaled(unit), kind="length", unit=last.unit)
                )
        after = found[-1] + 1 + (r.lemma(found[-1] + 1, end) in ("in", "of"))
        word = DIMENSIONS.get(r.lemma(after, end), "")
        if word and last.kind == "length":
            each.word, each.sizes = word, values
            return r.know(j, found[-1])
    return _materials(r, j, end, count, each)


def _materials(r: Reading, j: int, end: int, count: int, each: Each) -> int:
    k = j + (r.lemma(j, end) in ("in", ":"))
    materials: list[Material] = []
    while k < end and len(materials) < count and (one := r.material(k, end)):
        materials.append(one[0])
        k = one[1]
        while r.lemma(k, end) in (",", "and") and r.material(k + 1 + (r.lemma(k + 1, end) == "and"), end):
            k += 1
    if len(materials) != count:
        return j
    each.materials = materials
    return r.know(j, k)


def order_said(r: Reading, k: int, end: int) -> int:
    """The index after "from bottom to top", "respectively": the order in which they are counted anyway."""
    return k + r.one_of(k, ORDERS) if k < end else k


MOST = 60  # objects of one phrase: more are a pattern nobody has asked for yet
CONTAINERS = ("bowl", "box", "basket", "vase", "crate", "bucket", "jar", "drawer", "tray", "bin", "aquarium")
SIDED = ("left", "right", "front", "behind")
SITTERS = ("chair", "stool", "armchair", "bar stool", "bench")


def new_id(r: Reading, name: str, ahead: int = 0) -> str:
    """An id that no object has had in this scene: `table-1`."""
    stem = "-".join(name.split())
    taken = {one.id for one in r.scene.objects}
    free = (f"{stem}-{n}" for n in range(1, 10_000) if f"{stem}-{n}" not in taken)
    for _ in range(ahead):
        next(free)
    return next(free)


def upon(id: str) -> Placement:
    """The place on top of an object, over its middle."""
    return Placement(z=Coordinate(to="max", own="min"), of=id, relation="on")


def alike(old: Object, one: Object) -> bool:
    """Whether two objects are of one kind: of a family, or of a name."""
    if isinstance(old.shape, FamilyShape) and isinstance(one.shape, FamilyShape):
        return old.shape.family == one.shape.family
    return old.name == one.name


def like_another(r: Reading, one: Object, reader: Describer) -> Object:
    """Such as "another chair" is like the one that is there, but for what was said."""
    same = [old for old in r.scene.objects if type(old.shape) is type(one.shape) and alike(old, one)]
    if not same:
        return one
    model = same[-1]
    shape = model.shape
    if isinstance(shape, FamilyShape) and isinstance(one.shape, FamilyShape):
        if shape.family != one.shape.family:
            return one
        shape = FamilyShape(family=shape.family, parameters={**shape.parameters, **one.shape.parameters})
    elif reader.said.parameters:
        shape = one.shape
    return model.model_copy(
        update={"id": one.id, "shape": shape, "material": one.material or model.material,
                "changes": (*model.changes, *one.changes), "pattern": None}
    )  # fmt: skip


# What follows in the description of a new object: a second side, or another thing.


def beyond(first: Relation, second: Relation) -> bool:
    """Whether two sides of one thing are said, across each other: "to the left of it, behind it"."""
    axes = [0 if one.how in ("left", "right") else 1 for one in (first, second) if one.how in SIDED]
    same = {ref.object for ref in first.targets} == {ref.object for ref in second.targets}
    return len(axes) == 2 and axes[0] != axes[1] and same


def thing_follows(r: Reading, j: int, end: int) -> bool:
    """Such as "and two apples": a thing of its own, though it has no name here."""
    token = r.tokens[j]
    if token.quantity is not None:
        following = r.tokens[j + 1] if j + 1 < end else None
        return token.quantity.kind == "number" and following is not None and following.plural
    return r.lemma(j) in ("a", "an") and r.lemma(j - 1) in ("and", "with", "plus")


class Objects:
    """Reads phrases that add objects.

    Args:
        reading: the text.
    """

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.made: list[Reference] = []
        self.depth = 0
        self.like: Reference | None = None
        self.relation: Relation | None = None
        self.each = Each()
        self.count = 1

    def group(self, i: int, end: int, bare: bool = True, put: bool = False) -> int:
        """Reads one object and those that are listed with it; returns the index after them, `i` where there is none.

        Args:
            i: where to begin.
            end: where to stop.
            bare: whether a noun without an article counts.
            put: whether they are put somewhere: a place that is said last is that of all of them.
        """
        r = self.r
        before, self.relation = list(r.topic), None
        first = self.one(i, end, bare)
        if first is None:
            return i
        references, k = first
        loose = list(references) if self.relation is None and put and before else []
        everything = list(references)
        main = list(references)
        if main:
            r.focus(main)
        while k < end:
            j = k
            joined = ""
            while j < end and r.lemma(j) in LINKS:
                joined = r.lemma(j) if r.lemma(j) in ("with", "having", "has", "including", "plus") else joined
                j += 1
            if j == k or head_at(r, j, end, bare=bool(joined) or r.tokens[j : j + 1] != []) is None:
                break
            if r.lemma(j) in PRONOUNS or r.lemma(j) == "the":
                break
            same = put and before and "it" in r.lemmas(i, k) and "it" in r.lemmas(j, end)
            if (loose or same) and not joined:
                r.topic, self.relation = list(before), None  # "put a bowl and a vase on it": on what was there before
            following = self.one(j, end, True, main if joined == "with" else None)
            if following is None or following[1] <= j:
                break
            if loose and not joined and following[0]:
                loose += following[0]
                if self.relation is not None:
                    self._together(loose, self.relation, before, (i, following[1]))
                    loose = []
            everything += following[0]
            k = following[1]
            if main:
                r.topic = list(main)
        if everything and not main:
            main = everything
        if main:
            r.focus(main)
        r.context.group = [ref.object for ref in everything]
        self.made += everything
        return k

    def _together(self, made: list[Reference], where: Relation, before: list[Reference], span: tuple[int, int]) -> None:
        """Puts all that was made where the last of it is, side by side; only by things that were there before."""
        ids = {ref.object for ref in made}
        objects = [one for ref in made if (one := self.r.object(ref))]
        if len(objects) < 2 or not where.targets or ids & {ref.object for ref in where.targets}:
            return
        widest = max(objects, key=lambda one: size(one)[0])
        spots = places(self.r.scene, where, widest, len(objects), None)
        self.r.carry([Move(target=Reference(object=one.id), place=spot.model_copy(update={"rotate": one.place.rotate}))
                      for one, spot in zip(objects, spots, strict=True)], *span, known=False)  # fmt: skip

    def one(
        self,
        i: int,
        end: int,
        bare: bool = True,
        holder: list[Reference] | None = None,
        given: Relation | None = None,
    ) -> tuple[list[Reference], int] | None:
        """Reads one noun phrase with what is said of it and where it is; makes the objects.

        Returns:
            What was made (nothing where it was refused) and the index after it; `None` where no object is named.
        """
        r = self.r
        head = head_at(r, i, end, bare)
        if head is None:
            return None
        topic = list(r.topic)
        if r.lemma(head.end, end) == ":" and (listed := self._listed(head, end)):
            return listed
        kind = kind_of(head.kind)
        reader = Describer(r, kind)
        if reader.capacity() < 3 and self._boxed(head.start, end):
            kind = kind_of(Block)  # "a pillar 3 by 3 by 9": a block, whatever it is called
            reader = Describer(r, kind)
        related: list[Relation] = [given] if given else []
        arranged = arrangement_of(head)
        k = end
        self.each, self.count = Each(), head.count
        try:
            self._before(reader, head)
            k = r.know(head.noun, head.end)
            r.know(head.start, head.first)
            while True:
                k = self._after(reader, kind, k, end)
                found = self._where(k, end, topic, related, arranged)
                if found is None:
                    break
                k, arranged = found
        except Refused as refused:
            if r.lemma(head.end, end) == ":" and (listed := self._listed(head, end, whole=False)):
                return listed
            r.refuse(i, max(k if k < end else 0, self._stretch(refused.span[1], end)), refused.reason)
            return [], max(k if k < end else 0, self._stretch(refused.span[1], end))
        except Unresolved as missing:
            r.refuse(i, max(missing.end, head.end), missing.reason)
            return [], max(missing.end, head.end)
        self.relation = related[-1] if related else None
        if head.several and head.count == 1:
            r.assumed.append(f"“{r.phrase(head.noun, head.end)}”: one, as no number was said")
        return self._make(head, kind, reader, related, arranged, holder, (i, k)), k

    def _listed(self, head: Head, end: int, whole: bool = True) -> tuple[list[Reference], int] | None:
        """Such as "a bridge: two pillars…, and a beam…": the things after the colon, if they are no parts of it."""
        r, j = self.r, head.end + 1
        first = head_at(r, j, end, bare=False)
        if first is None:
            return None
        reader = Describer(r, kind_of(head.kind))
        try:
            if whole and reader.part(j, end) > j:
                return None
        except Refused:
            return None
        r.know(head.start, j)
        r.assumed.append(f"“{head.name}” is made of the things that follow")
        before = len(self.made)
        k = self.group(j, end)
        return self.made[before:], k

    def _boxed(self, i: int, end: int) -> bool:
        """Whether three sizes are said before the sentence ends or another thing begins."""
        r = self.r
        for k in range(i, min(end, i + 14)):
            quantity = r.tokens[k].quantity
            if quantity is not None and quantity.kind == "sizes" and len(quantity.values) == 3:
                return True
            if r.lemma(k) in (".", ";", "and", "with", ":"):
                return False
        return False

    def _stretch(self, start: int, end: int) -> int:
        """To the end of the description that was refused: what else it says is about an object that is not made."""
        k = start
        while k < end and self.r.lemma(k) not in (".", ";", "!", "?", "\n"):
            k += 1
        return k

    def _before(self, reader: Describer, head: Head) -> None:
        """The adjectives."""
        r, k = self.r, head.first
        if r.lemma(head.start) == "around" and (found := reader.kind.choice(("round",))):
            reader.set(*found, (head.start, head.first))
        while k < head.noun:
            second = r.material(k + 1, head.noun) if r.lemma(k) == "and" and r.material(k - 1, k) else None
            if second is not None:
                k = r.refuse(k + 1, second[1], "a thing has one colour; say which part of it shall have this one")
                continue
            if r.lemma(k) in ("and", ","):
                k += 1
                continue
            n = reader.item(k, head.noun)
            if n > k:
                k = r.know(k, n)
                continue
            if r.lemma(k) in LOOKS:
                reader.said.looks.append(("", r.lemma(k), k))
            if r.lemma(k) in PURPOSES | LOOKS:
                r.know(k, k + 1)
            k += 1

    def _after(self, reader: Describer, kind: Kind, k: int, end: int) -> int:
        """What follows the noun and is about it."""
        r = self.r
        while k < end:
            j = reader.linked(k, end)
            if j >= end or r.lemma(j) in (".", ";", "!", "?"):
                return k
            if (n := enumerated(r, j, end, self.count, self.each)) > j or (n := order_said(r, j, end)) > j:
                k = r.know(k, n)
                continue
            if r.lemma(j) in ("on", "under", "inside") and r.lemma(j + 1, end) in ("a", "an", "it", "another"):
                if starts(r, j, end):
                    return k  # "a box on a box": where it is, not where its lid is
            if j > k and r.lemma(j) in INDEFINITE and r.lemma(j - 1) in ("and", ",", "plus"):
                again = head_at(r, j, end, bare=False)
                if again is not None and kind_of(again.kind).name == kind.name:
                    return k  # "a small vase and a big vase": two of them
            at = j + (r.lemma(j) in ("a", "an", "the"))
            own = reader.own_number(at + 1, end) if at < end and r.tokens[at].quantity is not None else 0
            if r.tokens[j].quantity is not None and not own and (starts(r, j, end) or arrangement(r, j, end)):
                return k
            if feature := self._feature(reader, j, end):
                reader.said.features.append((j, feature))
                k = r.know(k, feature)
                continue
            if (n := self._people(j, end)) > j:
                k = r.know(k, n)
                continue
            if (n := self._same(reader, j, end)) > j:
                k = r.know(k, n)
                continue
            n = reader.part(j, end)
            if n == j and (own or r.tokens[j].quantity is None):
                n = reader.measure(j, end) if own else reader.named_size(j, end)
            if n == j and j > k and head_at(r, j, end, bare=False) is not None:
                return k
            if n == j:
                n = reader.item(j, end)
            if n > j:
                k = r.know(k, n)
                continue
            if j > k and thing_follows(r, j, end):
                return k
            if starts(r, k, end) or starts(r, j, end) or arrangement(r, k, end) or arrangement(r, j, end):
                return k
            if r.lemma(j) in PRONOUNS or r.lemma(j) in ("the", "make", "put", "add"):
                return k
            if j > k and head_at(r, j, end) is not None:
                return k
            if r.tokens[j].kind == "word" and j == k and head_at(r, j, end) is None:
                k = j + 1  # an unknown word: it stays in the list of what was not understood
                continue
            if head_at(r, j, end) is not None:
                return k
            k = j + 1
        return k

    def _people(self, i: int, end: int) -> int:
        """Such as "for six", "for four people": whom it is for sets no size of its own."""
        r = self.r
        if r.lemma(i) != "for" or i + 1 >= end or r.tokens[i + 1].quantity is None:
            return i
        if r.tokens[i + 1].quantity.kind != "number":  # type: ignore[union-attr]
            return i
        k = i + 2 + (r.lemma(i + 2, end) in ("people", "person", "guest", "child", "adult", "seat"))
        if k < end and r.tokens[k].kind == "word" and r.tokens[k].lemma not in LINKS:
            return i
        r.assumed.append(f"“{r.phrase(i, k)}” sets no size; say one, or how many chairs")
        return k

    def _same(self, reader: Describer, i: int, end: int) -> int:
        """Such as "the same diameter", "of the same length and depth as the table"."""
        r, k = self.r, i
        while r.lemma(k, end) in ("of", "with", "at", "the", "having"):
            k += 1
        if r.lemma(k, end) != "same" or r.lemma(k + 1, end) not in DIMENSION_NOUNS - {"size"}:
            return i
        words_said, k = [DIMENSIONS[r.lemma(k + 1)]], k + 2
        while r.lemma(k, end) in ("and", ",") and r.lemma(k + 1, end) in DIMENSION_NOUNS:
            words_said.append(DIMENSIONS[r.lemma(k + 1)])
            k += 2
        like = self.like or next((ref for ref in r.topic if r.there(ref)), None)
        if r.lemma(k, end) in ("as", "like"):
            found = reference(r, k + 1, end, bare=True)
            if found and found.references:
                like, k = found.references[0], found.end
        if like is None:
            return i
        for word in words_said:
            name, factor = reader.dimension(word)
            if name is None:
                return i
            reader.set(name, round(extent(r, like, word) / factor, 4), (i, k), word)
        return k

    def _feature(self, reader: Describer, j: int, end: int) -> int:
        """The end of a phrase about a hole or slot that starts at `j`; 0 for none, or where the kind counts it."""
        r = self.r
        for k in range(j, min(end, j + 10)):
            word = r.lemma(k)
            if word in WORKED:
                own = reader.kind
                if any((word,) == phrase[:1] for table in (own.counts, own.flags, own.numbers) for phrase in table):
                    return 0
                if word in reader.roles or ("edge" in word and reader.kind.choice((word,))):
                    return 0
                stop = k + 1
                while stop < end and r.lemma(stop) not in (".", ";", "!", "?", "\n"):
                    if r.lemma(stop) in (",", "and") and head_at(r, stop + 1, end, bare=False):
                        break
                    stop += 1
                return stop
            if word in (",", "and", "on", "under", "beside", "with", ".", ";") or (
                k > j and word in ("in", "at", "of")
            ):
                return 0
            if DIMENSIONS.get(word) and r.tokens[k - 1].quantity is not None and word not in ("deep", "wide", "long"):
                return 0
        return 0

    def _where(
        self, k: int, end: int, topic: list[Reference], related: list[Relation], arranged: Arrangement | None
    ) -> tuple[int, Arrangement | None] | None:
        r = self.r
        j = k
        while r.lemma(j, end) in (",", "and", "all", "both", "each", "with"):
            j += 1
        for start in (k, j):
            found = arrangement(r, start, end)
            if found:
                if arranged is not None and found.how == "row" and arranged.how != "row":
                    found.how = arranged.how
                return r.know(k, found.end), found
        for start in (k, j):
            if not starts(r, start, end):
                continue
            self.depth += 1
            spoken = r.topic
            if related and related[-1].targets:
                r.topic = list(related[-1].targets)  # "to the left of the sofa, behind it": behind the sofa
            where = relation(r, start, end, topic, self._nested if self.depth < 4 else None)
            r.topic, self.depth = spoken, self.depth - 1
            if where is not None:
                if related and where.how == "floor" and where.lift:
                    related[-1].lift, related[-1].end = where.lift, where.end
                elif related and beyond(related[-1], where):
                    at = "back" if where.how == "behind" else where.how  # "to the left of it, a bit behind it"
                    related[-1].where, related[-1].end = (*related[-1].where, at), where.end
                elif related and related[-1].how in ("beside", "against") and where.how in SIDED:
                    related[-1].how, related[-1].end = where.how, where.end  # "next to the bench, on the left"
                elif (
                    related
                    and related[-1].how == "on"
                    and where.how in SIDED
                    and "of" not in r.lemmas(start, where.end)
                ):
                    at = "back" if where.how == "behind" else where.how  # "on it, on the right": one place
                    related[-1].where, related[-1].end = (*related[-1].where, at), where.end
                else:
                    related.append(where)
                return r.know(k, where.end), arranged
        return None

    def _nested(self, i: int, end: int) -> tuple[list[Reference], int] | None:
        """A new object that a relation mentions."""
        found = self.one(i, end, bare=False)
        if found is None:
            return None
        if not found[0]:
            raise Unresolved("what it shall stand by could not be made", found[1])
        self.made += found[0]
        return found

    # What was read of a phrase becomes objects: copies, places, edits.
    def _make(
        self, head: Head, kind: Kind, reader: Describer, related: list[Relation], arranged: Arrangement | None,
        holder: list[Reference] | None, span: tuple[int, int],
    ) -> list[Reference]:  # fmt: skip
        r = self.r
        if head.count > MOST:
            r.refuse(*span, f"{head.count} objects at once are too many; say {MOST} or fewer, or a pattern")
            return []
        assumed: list[str] = []
        self._two_colours(reader, span)
        try:
            one = made(new_id(r, head.name), kind, reader.said, span, assumed)
            one = self._described(one, kind, reader, head, assumed)
        except Refused as refused:
            r.refuse(*span, refused.reason)
            return []
        one = one.model_copy(update={"name": head.name})
        if head.more:
            one = like_another(r, one, reader)
        count = head.count
        relation_said = related[-1] if related else self._held(holder, head)
        if holder and related and related[-1].how in SIDED and {"on", "side"} <= set(r.lemmas(*span)):
            side = "back" if related[-1].how == "behind" else related[-1].how
            relation_said = Relation(
                "on", list(holder), related[-1].end, None, (side,)
            )  # "with a lamp on the left side"
        if relation_said and relation_said.how in ("sides", "corners") and count == 1:
            count = 2 if relation_said.how == "sides" else 4
        try:
            edits, references = self._edits(one, count, relation_said, arranged, reader)
        except DataError as error:
            r.refuse(*span, str(error))
            return []
        if not r.carry(edits, *span, known=False):
            return []
        r.assumed += assumed
        r.unknown(reader.said.unknown)
        for start, stop in reader.said.features:
            self.work(references, start, stop)
        return references

    def _two_colours(self, reader: Describer, span: tuple[int, int]) -> None:
        """Such as "red and white" of the whole: which part has which was not said, so neither is taken."""
        r = self.r
        whole = [paint for paint in reader.said.paints if paint[0] == Selector()]
        if len({paint[1].name for paint in whole}) < 2:
            return
        for m in range(*span):
            first = r.material(m, span[1])
            if first is None or r.lemma(first[1], span[1]) != "and":
                continue
            second = r.material(first[1] + 1, span[1])
            if second is not None and {first[0].name, second[0].name} <= {paint[1].name for paint in whole}:
                reader.said.paints = [paint for paint in reader.said.paints if paint not in whole]
                r.refuse(m, second[1], "which part shall have which of the two was not said; say it of each part")
                return

    def _described(self, one: Object, kind: Kind, reader: Describer, head: Head, assumed: list[str]) -> Object:
        """A plain body with holes, slots or edges: read as a part from the same words, where all of them are read."""
        if not reader.said.features or kind.family is None or not issubclass(kind.family, Primitive):
            return one
        found = describe(self.r.phrase(head.start, reader.said.features[-1][1]))
        if found.object is None or found.unread:
            return one
        reader.said.features.clear()
        assumed += found.assumed
        return one.model_copy(update={"shape": found.object.shape, "features": found.object.features})

    def _held(self, holder: list[Reference] | None, head: Head) -> Relation | None:
        """Such as "a desk with a lamp": on it; "a table with four chairs": around it; "a bowl with an apple": in it."""
        one = self.r.object(holder[0]) if holder else None
        if one is None:
            return None
        name = head.kind.names[0]
        how = "around" if name in SITTERS else "in" if one.name in CONTAINERS else "on"
        self.r.assumed.append(f"the {head.name} goes {how} the {one.name}")
        return Relation(how, list(holder or []), 0)

    def _edits(
        self, one: Object, count: int, where: Relation | None, arranged: Arrangement | None, reader: Describer
    ) -> tuple[list[Edit], list[Reference]]:
        r = self.r
        edits: list[Edit] = []
        if where is not None and where.how == "under" and where.targets and self.solid_below(where):
            start = free_place(r.scene)
            held = r.scene.object(where.targets[0].object)
            if held is not None and held.place.relation not in ("on", "in", "above"):
                start = held.place
            spots = row(one, count, arranged, start)
            lifted = Move(target=Reference(object=where.targets[0].object), place=upon(one.id))
        else:
            lifted = None
            scene = r.scene
            if where is not None and where.how == "between" and len(where.targets) > 1:
                edits += self._make_room(one, where, count)
                for edit in edits:
                    scene = apply(scene, edit)
            spots = (
                [
                    spot
                    for to in where.targets
                    for spot in places(scene, replace(where, targets=[to]), one, count, arranged)
                ]
                if where is not None and where.each
                else places(scene, where, one, count, arranged)
                if where is not None
                else following(one, count, arranged, free_place(scene))
            )
        if self.each.sizes and count > 1:
            spots = self._one_by_one(one, spots, arranged)
        references = []
        for n, spot in enumerate(spots):
            copy = one.model_copy(update={"id": one.id if n == 0 else new_id(r, one.name, n), "place": spot})
            edits.append(Add(object=copy))
            edits += part_size_edits(copy, reader.said)
            references.append(Reference(object=copy.id))
        scene = r.scene
        for edit in edits:
            scene = apply(scene, edit)
        r.scene, before = scene, r.scene
        edits += self.each.edits(r, references)
        r.scene = before
        if lifted is not None:
            edits.append(lifted)
        return edits, references

    def _one_by_one(self, one: Object, spots: list[Placement], arranged: Arrangement | None) -> list[Placement]:
        """Places of things of different sizes: each on the one before or beside it, whatever its size."""
        gap = arranged.apart if arranged and arranged.apart is not None else gap_for(max(size(one)[:2]))
        made = spots[:1]
        for n in range(1, len(spots)):
            before = one.id if n == 1 else new_id(self.r, one.name, n - 1)
            if arranged is not None and arranged.how == "stack":
                made.append(upon(before))
            else:
                beside = Coordinate(to="max", own="min", offset=gap)
                made.append(Placement(x=beside, z=Coordinate(to="min", own="min"), of=before, relation="right"))
        return made

    def _make_room(self, one: Object, where: Relation, count: int) -> list[Edit]:
        """Moves the second of two things away where what shall be between them does not fit."""
        ids = [where.targets[0].object, where.targets[-1].object]
        boxes = bounds(self.r.scene, ids)
        (low, high), (low2, high2) = boxes[ids[0]], boxes[ids[1]]
        gaps = [max(low2[i] - high[i], low[i] - high2[i]) for i in range(2)]
        axis = gaps.index(max(gaps))
        need = count * size(one)[axis] * 1.2 - gaps[axis]
        if need <= 0:
            return []
        sign = 1.0 if low2[axis] >= low[axis] else -1.0
        by = (sign * need, 0.0, 0.0) if axis == 0 else (0.0, sign * need, 0.0)
        return [Move(target=Reference(object=ids[1]), by=by)]

    def solid_below(self, where: Relation) -> bool:
        """Whether nothing can stand under the target: it has no legs to stand between."""
        one = self.r.scene.object(where.targets[0].object)
        if one is None or one.place.relation in ("on", "above"):
            return False
        from wugan.apps.voice_to_3d.language.talk.references import roles_of

        return not {"leg", "post", "trestle", "pedestal", "shelf", "side panel", "pole"} & set(roles_of(one))

    def work(self, references: list[Reference], start: int, stop: int) -> None:
        """Works a hole, slot or edge, said from `start` to `stop`, into objects."""
        r = self.r
        for ref in references:
            one = r.object(ref)
            if one is None:
                continue
            found, unread = read_feature(r.phrase(start, stop), one)
            edits: list[Edit] = [AddFeature(target=ref, feature=feature) for feature in found]
            if edits:
                r.carry(edits, start, stop)
            r.unread += list(unread)
            if not edits and not unread:
                r.refuse(start, stop, "no hole, slot or edge was understood in this")
        r.know(start, stop)


def arrangement_of(head: Head) -> Arrangement | None:
    """Such as "a row of five chairs", "a stack of books"."""
    how = {
        "row": "row", "line": "row", "stack": "stack", "pile": "stack", "tower": "stack", "circle": "circle",
        "ring": "circle", "grid": "grid",
    }.get(head.group)  # fmt: skip
    return Arrangement(how, head.first) if how else None


__all__ = ["SIDED", "Objects", "new_id", "upon"]
