"""What is said of a thing that is there: "black", "20 % taller", "five legs", "a desk", "upside down", "80 cm wide"."""

from __future__ import annotations

from dataclasses import replace

from wugan.apps.voice_to_3d.language.talk.amounts import comparison
from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.heads import head_at
from wugan.apps.voice_to_3d.language.talk.looks import current, look
from wugan.apps.voice_to_3d.language.talk.object_kinds import Kind, kind_of, kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_said import Refused, as_edits, made
from wugan.apps.voice_to_3d.language.talk.objects import Objects
from wugan.apps.voice_to_3d.language.talk.poses import pose, turn_at, turned
from wugan.apps.voice_to_3d.language.talk.properties import Properties, sizes_now
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.reference_parts import roles_of
from wugan.apps.voice_to_3d.language.talk.references import Found
from wugan.apps.voice_to_3d.language.talk.sizes import aimed, resize
from wugan.apps.voice_to_3d.language.talk.words import COPULAS, LINKS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.edit import Edit, Paint, Replace, Resize
from wugan.apps.voice_to_3d.scene.placement import Placement, Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder
from wugan.errors import DataError

SKIPPED = words(
    "to be become look have has a of in into with get got only please being like say maybe and out only just also"
)


def _other_section(shape: object, square: bool) -> Box | Cylinder | None:
    """A bar with the other section, as wide and as high; `None` where it has that section already, or is no bar."""
    if square and isinstance(shape, Cylinder) and not shape.inner_diameter:
        return Box(size=(shape.diameter, shape.diameter, shape.height))
    if not square and isinstance(shape, Box):
        return Cylinder(diameter=max(shape.size[:2]), height=shape.size[2])
    return None


class Predicates(Properties):
    """Reads what is said of references.

    Args:
        reading: the text.
        objects: makes new objects ("make it a desk").
    """

    def __init__(self, reading: Reading, objects: Objects) -> None:
        self.r = reading
        self.objects = objects
        self.replacing = False
        self.across = False
        self.turning = False

    def read(self, i: int, end: int, found: Found) -> int:
        """Reads all that follows about a reference and carries it out; returns the index after it, `i` for nothing."""
        r = self.r
        spared: list[Edit] = [Paint(target=ref, material=current(r, ref)) for ref in found.spared]
        before = len(r.edits)
        k = self._read(i, end, found)
        if spared and any(isinstance(edit, Paint) for edit in r.edits[before:]):
            r.carry(spared, i, k)  # "everything white except the legs": those stay as they were
        return k

    def _read(self, i: int, end: int, found: Found) -> int:
        r = self.r
        k, painted = i, False
        said = {r.lemma(j + 1, end) for j in range(i, end) if r.tokens[j].quantity is not None}
        self.across = {"long", "wide"} <= said
        while k < end:
            j = k
            while r.lemma(j, end) in LINKS or r.lemma(j, end) in COPULAS:
                j += 1
            if painted and r.lemma(j, end) == "on" and r.material(j + 1, end):
                j += 1  # "a black top on white legs"
            if k > i and r.lemma(j, end) in ("the", "its", "their", "all", "each", "every", "both"):
                if r.lemma(j + 1, end) != "same":
                    break  # another thing
            about = found
            if k > i and painted and (amount := comparison(r, j, end)) is not None:
                if amount.dimension in ("height", "width", "length", "depth", "all", "short"):
                    about = self._whole(found)  # "the legs black, twenty percent taller": the table
            n = self.one(j, end, about)
            if n == j:
                break
            painted = isinstance(r.edits[-1] if r.edits else None, Paint)
            r.know(k, n)
            k = n
        return k

    @staticmethod
    def _whole(found: Found) -> Found:
        """The things that the parts of a reference belong to."""
        ids = dict.fromkeys(ref.object for ref in found.references if ref.object)
        return Found([Reference(object=id) for id in ids], found.end, len(ids) > 1)

    def one(self, i: int, end: int, found: Found) -> int:
        """One predicate; `i` where there is none."""
        if i >= end:
            return i
        if found.prop:
            return self._property(i, end, found)
        for reader in (
            self._turned,
            self._compared,
            self._reshaped,
            self._parts,
            self._looks,
            self._replaced,
            self._said,
        ):
            for start in self._starts(i, end):
                k = reader(start, end, found)
                if k > start:
                    return k
        return i

    def _starts(self, i: int, end: int) -> list[int]:
        k = i
        while k < end and self.r.lemma(k) in SKIPPED and self.r.tokens[k].quantity is None:
            k += 1
        return [i, k] if k > i else [i]

    def _compared(self, i: int, end: int, found: Found) -> int:
        r = self.r
        amount = comparison(r, i, end)
        if amount is None:
            return i
        if amount.same:
            if len(found.references) < 2:
                return i
            amount.like, amount.like_dimension = found.references[0], amount.dimension
        if r.lemma(amount.end, end) in (",", "or") or r.lemma(amount.end, end) == "say":
            exact = self._exact(amount.end, end, amount.dimension, found)
            if exact:
                return exact
        if amount.dimension == "round":
            return i
        if r.has(amount.end, ",", "only", "taller") or r.has(amount.end, "only", "taller"):
            amount.end += 3 if r.lemma(amount.end) == "," else 2
        itself = amount.like_dimension != amount.dimension  # "as wide as it is long"
        same = [one for one in found.references if one != amount.like or itself]
        try:
            edits: list[Edit] = [resize(r, reference, amount) for reference in same]
        except (DataError, ValueError) as error:
            return r.refuse(i, amount.end, str(error))
        edits = list(dict.fromkeys(edits))
        if found.scene and amount.dimension in ("all",):
            edits = [Resize(target=Reference(), dimension="all", times=amount.times, by=amount.by)]
        if r.carry(edits, i, amount.end) and amount.vague:
            share = round(abs((amount.times or 1) - 1) * 100)
            r.assumed.append(f"“{r.phrase(i, amount.end)}”: by {share} percent")
        return amount.end

    def _exact(self, k: int, end: int, dimension: str, found: Found) -> int:
        """Such as "a little lower, say eighty five": the number counts."""
        r, j = self.r, k
        while r.lemma(j, end) in (",", "say", "or", "like", "maybe", "about", "to"):
            j += 1
        token = r.tokens[j] if j < end else None
        if token is None or token.quantity is None or token.quantity.kind not in ("length", "number") or j == k:
            return 0
        if r.lemma(j - 1) not in ("say", "to", "like", "maybe", "about"):
            return 0
        edits: list[Edit] = []
        for reference in found.references:
            target, name = aimed(r, reference, dimension)
            try:
                edits.append(Resize(target=target, dimension=name, to=self._mm(j, name, reference)))
            except Refused as refused:
                return r.refuse(k, j + 1, refused.reason)
        r.carry(edits, k, j + 1)
        return j + 1

    def _looks(self, i: int, end: int, found: Found) -> int:
        """Materials, and finishes or shades of the material that is there."""
        r = self.r
        seen = look(r, i, end, found.references)
        if seen is None:
            return i
        paints, k = seen
        edits: list[Edit] = list(paints)
        if found.scene and len({one.material for one in paints}) == 1:
            edits = [Paint(target=Reference(), material=paints[0].material)]
        r.carry(edits, i, k)
        return k

    def _turned(self, i: int, end: int, found: Found) -> int:
        said = turn_at(self.r, i, end)
        if said is None or (self.r.lemma(i) in ("round", "around", "flat") and not self.turning):
            return i  # "make it round" is a shape
        axis, degrees, k = said
        if axis in ("up", "flat", "edge"):
            return pose(self.r, found, i, k, axis)
        self.r.carry(turned(self.r, found.references, axis, degrees), i, k)
        return k

    def _reshaped(self, i: int, end: int, found: Found) -> int:
        """Such as "square instead of round" of a plain round body: a block of the same size, and the other way."""
        word = self.r.lemma(i, end)
        if word not in ("square", "rectangular", "round", "circular", "cylindrical"):
            return i
        edits: list[Edit] = []
        for reference in found.references:
            one = self.r.object(reference)
            shape = (
                _other_section(one.shape, word in ("square", "rectangular")) if one and not reference.parts else None
            )
            if one is not None and shape is not None:
                new = one.model_copy(update={"shape": shape, "place": Placement()})
                edits.append(Replace(target=Reference(object=one.id), object=new))
        if not edits:
            return i
        k = self._instead(i + 1, end)
        self.r.carry(edits, i, k)
        return k

    def _replaced(self, i: int, end: int, found: Found) -> int:
        """Such as "a desk", "into a round table": another object in the place of the one."""
        r = self.r
        i += r.lemma(i, end) in ("into", "to")
        if (
            not self.replacing
            or r.lemma(i, end) not in ("a", "an")
            or any(ref.parts or ref.feature for ref in found.references)
        ):
            return i
        head = head_at(r, i, end, bare=False)
        one = r.object(found.references[0]) if found.references else None
        if head is None or one is None or head.count > 1:
            return i
        describer = Describer(r, kind_of_object(one), roles_of(one), fresh=False)
        if describer.part(i, end) > i:
            return i
        return self.replace(head.start, end, found)

    def replace(self, i: int, end: int, found: Found) -> int:
        """Reads the description of what stands in the place of the references from now on."""
        r = self.r
        head = head_at(r, i, end)
        if head is None:
            return i
        kind = kind_of(head.kind)
        reader = Describer(r, kind)
        k = head.end
        try:
            self.objects.like = found.references[0]
            self.objects._before(reader, head)
            k = self.objects._after(reader, kind, head.end, end)
            assumed: list[str] = []
            edits: list[Edit] = []
            for reference in found.references:
                new = made(reference.object, kind, reader.said, (i, k), assumed).model_copy(update={"name": head.name})
                old = r.object(reference)
                if old is not None and isinstance(old.shape, FamilyShape) and isinstance(new.shape, FamilyShape):
                    new = new.model_copy(update={"shape": self._kept(old.shape, new.shape, kind)})
                edits.append(
                    Replace(
                        target=Reference(object=reference.object), object=new.model_copy(update={"place": Placement()})
                    )
                )
        except Refused as refused:
            return r.refuse(i, max(k, refused.span[1]), refused.reason)
        finally:
            self.objects.like = None
        r.carry(edits, i, k)
        r.know(i, k)
        return k

    @staticmethod
    def _kept(old: FamilyShape, new: FamilyShape, kind: Kind) -> FamilyShape:
        """The sizes that were said of the old object, where the new one can have them."""
        kept = {
            name: value for name, value in old.parameters.items()
            if name in ("width", "depth", "height", "shape") and name in kind.parameters() and kind.family is not None
            and (not isinstance(value, float | int) or kind.fits(name, float(value)))
        }  # fmt: skip
        return new if old.family == new.family else FamilyShape(
            family=new.family, parameters={**kept, **new.parameters} if old.family in new.family else new.parameters
        )  # fmt: skip

    def _parts(self, i: int, end: int, found: Found) -> int:
        """Such as "black handles", "five legs": parts of the whole, before "black" is taken for its colour."""
        if not found.references or found.references[0].parts or found.references[0].feature:
            return i
        one = self.r.object(found.references[0])
        if one is None:
            return i
        try:
            reader = Describer(self.r, kind_of_object(one), roles_of(one), fresh=False)
            if reader.part(i, end) == i:
                return i
        except Refused:
            pass
        return self._said(i, end, found)

    def _said(self, i: int, end: int, found: Found) -> int:
        """What a family's parameters, or a solid's sizes, hold of what is said."""
        r = self.r
        edits: list[Edit] = []
        k = i
        if found.references and not found.references[0].object:
            return i
        if not any(r.object(ref) for ref in found.references):
            return i
        try:
            for reference in found.references:
                one = r.object(reference)
                if one is None:
                    continue
                kind, scope = kind_of_object(one), ""
                if reference.feature:
                    kind = Kind(one.name)
                elif reference.parts is not None:
                    scope = reference.parts.role
                    if reference.parts.sides or reference.parts.index is not None:
                        kind = replace(kind, numbers={}, choices={}, counts={}, flags={})
                kind = replace(kind, defaults={**kind.defaults, **sizes_now(one)})
                reader = Describer(r, kind, roles_of(one), fresh=False)
                reader.across = self.across
                if reference.feature:
                    n, made_edits = self._feature_size(i, end, reference)
                else:
                    n = reader.item(i, end, scope)
                    if n > i and scope and reader.said.parameters and reference.parts is not None:
                        pass
                    made_edits = self._scoped(one, kind, reader, reference) if n > i else []
                if n == i:
                    return i
                k = n
                edits += made_edits
        except Refused as refused:
            return r.refuse(i, max(refused.span[1], i + 1), refused.reason)
        except DataError as error:
            return r.refuse(i, max(k, i + 1), str(error))
        if not edits:
            return self._counted(i, k, found, reader) if reader.said.counted else i
        edits = [edit for n, edit in enumerate(edits) if edit not in edits[:n]]
        k = self._instead(k, end)
        r.carry(edits, i, k)
        r.unknown(reader.said.unknown)
        return k

    def _counted(self, i: int, k: int, found: Found, reader: Describer) -> int:
        """Such as "two side panels" of a thing whose panels no parameter counts: there are as many, or not."""
        r = self.r
        one = r.object(found.references[0])
        role, count, _ = reader.said.counted[-1]
        if one is None or not isinstance(one.shape, FamilyShape):
            return i
        there = sum(part.role == role for part in shape_of(one).parts())
        if there != count:
            return r.refuse(i, k, f"the {one.name} has {there} of {role}, and that cannot be chosen")
        r.assumed.append(f"the {one.name} has {count} of {role} already")
        return r.know(i, k)

    def _instead(self, k: int, end: int) -> int:
        """Such as "instead", "instead of six", "not six" behind a value: grammar."""
        r = self.r
        if r.lemma(k, end) in ("instead", "rather") or r.has(k, ",", "not"):
            j = k + (2 if r.lemma(k) == "," else 1)
            if r.lemma(j, end) in ("of", "than"):
                j += 1
                while j < end and r.lemma(j) not in (",", ".", "and", ";"):
                    j += 1
            elif r.lemma(k) == ",":
                j += 1
            return j
        return k

    def _scoped(self, one: object, kind: Kind, reader: Describer, reference: Reference) -> list[Edit]:
        said = reader.said
        parts = reference.parts
        if parts is not None:
            said.paints = [(parts, material) for _, material in said.paints]
            said.part_sizes = [replace(size, parts=parts) for size in said.part_sizes]
        return as_edits(one, kind, said, Reference(object=reference.object))  # type: ignore[arg-type]
