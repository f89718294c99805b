"""New objects: "a round oak table with black legs, a vase on it and four chairs around the table"."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.arrangements import Arrangement, arrangement
from wugan.apps.voice_to_3d.language.talk.enumerating import Each, enumerated, order_said
from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.heads import PURPOSES, Head, head_at
from wugan.apps.voice_to_3d.language.talk.making import SIDED, Making, new_id, upon
from wugan.apps.voice_to_3d.language.talk.object_kinds import Kind, kind_of
from wugan.apps.voice_to_3d.language.talk.object_said import LOOKS, Refused
from wugan.apps.voice_to_3d.language.talk.placements import places
from wugan.apps.voice_to_3d.language.talk.primitives import Block
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Unresolved, reference
from wugan.apps.voice_to_3d.language.talk.relations import Relation, relation, starts
from wugan.apps.voice_to_3d.language.talk.said_next import beyond, thing_follows
from wugan.apps.voice_to_3d.language.talk.sizes import extent
from wugan.apps.voice_to_3d.language.talk.words import DIMENSION_NOUNS, DIMENSIONS, INDEFINITE, LINKS, PRONOUNS
from wugan.apps.voice_to_3d.language.talk.words import FEATURE_WORDS as WORKED
from wugan.apps.voice_to_3d.measure import size
from wugan.apps.voice_to_3d.scene.edit import Move
from wugan.apps.voice_to_3d.scene.placement import Reference


class Objects(Making):
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


def arrangement_of(head: Head) -> Arrangement | None:
    """Such as "a row of five chairs", "a stack of books"."""
    how = {
        "row": "row", "line": "row", "stack": "stack", "pile": "stack", "tower": "stack", "circle": "circle",
        "ring": "circle", "grid": "grid",
    }.get(head.group)  # fmt: skip
    return Arrangement(how, head.first) if how else None


__all__ = ["SIDED", "Objects", "new_id", "upon"]
