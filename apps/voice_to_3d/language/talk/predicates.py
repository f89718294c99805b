"""What is said of a thing that is there: "black", "20 % taller", "five legs", "a desk", "upside down", "80 cm wide"."""

from __future__ import annotations

from dataclasses import replace

from wugan.apps.voice_to_3d.language.talk.amounts import MULTIPLES, aimed, comparison, resize
from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.family_sizes import Refused, as_edits, made
from wugan.apps.voice_to_3d.language.talk.kinds import Kind, head_at, kind_of, kind_of_object
from wugan.apps.voice_to_3d.language.talk.moves import pose, turn_at, turned
from wugan.apps.voice_to_3d.language.talk.objects import Objects
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, looks, reference, roles_of
from wugan.apps.voice_to_3d.language.talk.words import COPULAS, DIMENSIONS, FOLLOWERS, LINKS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.materials import DEFAULT, FINISHES, SHADES, SUBSTANCES, material
from wugan.apps.voice_to_3d.resizing import check_size, shape_of
from wugan.apps.voice_to_3d.scene.edit import Edit, Paint, Replace, Resize, SetParameter
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Placement, Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder
from wugan.errors import DataError


def sizes_now(one: Object) -> dict[str, float]:
    """The parameters of a family's object as they are: what a number without a unit is held against."""
    if not isinstance(one.shape, FamilyShape):
        return {}
    return {name: value for name, value in shape_of(one).model_dump().items() if isinstance(value, float) and value > 0}


def _round_hole(r: Reading, reference: Reference) -> bool:
    from wugan.apps.voice_to_3d.edits import features
    from wugan.apps.voice_to_3d.scene.solid import Cut, Cylinder

    one = r.object(reference)
    feature = next((f for f in features(one) if f.id == reference.feature), None) if one else None
    return isinstance(feature, Cut) and isinstance(feature.shape, Cylinder)


def _radius(r: Reading, reference: Reference, name: str) -> tuple[float, str]:
    """A radius that the thing does not have by itself is half its diameter."""
    one = r.object(reference)
    if name == "radius" and one is not None and "radius" not in kind_of_object(one).numbers.values():
        return 2.0, kind_of_object(one).numbers.get(("diameter",), "x")
    return 1.0, name


# Materials said of things that are there: a new one, or another shade or finish of the one they have.

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


class Predicates:
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
        for ref in found.references:
            target, name = aimed(r, ref, dimension)
            try:
                edits.append(Resize(target=target, dimension=name, to=self._mm(j, name, ref)))
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
        for ref in found.references:
            one = self.r.object(ref)
            shape = _other_section(one.shape, word in ("square", "rectangular")) if one and not ref.parts else None
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
            for ref in found.references:
                new = made(ref.object, kind, reader.said, (i, k), assumed).model_copy(update={"name": head.name})
                old = r.object(ref)
                if old is not None and isinstance(old.shape, FamilyShape) and isinstance(new.shape, FamilyShape):
                    new = new.model_copy(update={"shape": self._kept(old.shape, new.shape, kind)})
                edits.append(
                    Replace(target=Reference(object=ref.object), object=new.model_copy(update={"place": Placement()}))
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
            for target_ref in found.references:
                one = r.object(target_ref)
                if one is None:
                    continue
                kind, scope = kind_of_object(one), ""
                if target_ref.feature:
                    kind = Kind(one.name)
                elif target_ref.parts is not None:
                    scope = target_ref.parts.role
                    if target_ref.parts.sides or target_ref.parts.index is not None:
                        kind = replace(kind, numbers={}, choices={}, counts={}, flags={})
                kind = replace(kind, defaults={**kind.defaults, **sizes_now(one)})
                reader = Describer(r, kind, roles_of(one), fresh=False)
                reader.across = self.across
                if target_ref.feature:
                    n, made_edits = self._feature_size(i, end, target_ref)
                else:
                    n = reader.item(i, end, scope)
                    if n > i and scope and reader.said.parameters and target_ref.parts is not None:
                        pass
                    made_edits = self._scoped(one, kind, reader, target_ref) if n > i else []
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

    # Properties of things that are there: "the height … to 80 cm", "the number of legs … five", "the hole … 6 mm".
    def _mm(self, j: int, name: str, reference: Reference) -> float:
        """The length at `j` for a dimension of a thing."""
        r = self.r
        quantity = r.tokens[j].quantity
        assert quantity is not None
        one = r.object(reference)
        kind = kind_of_object(one) if one else Kind("")
        if one is not None:
            kind = replace(kind, defaults={**kind.defaults, **sizes_now(one)})
        describer = Describer(r, kind, fresh=False)
        return round(
            describer.length(quantity, {"x": "width", "y": "depth", "z": "height"}.get(name, name), (j, j + 1)), 6
        )

    def _feature_size(self, i: int, end: int, reference: Reference) -> tuple[int, list[Edit]]:
        """Such as "6 mm", "10 mm deep", "a radius of 3 mm" of a feature."""
        r, k, word = self.r, i, "all"
        if DIMENSIONS.get(r.lemma(k, end)):
            word, k = DIMENSIONS[r.lemma(k)], k + 1
            k += r.lemma(k, end) in ("of", "to", "is")
        token = r.tokens[k] if k < end else None
        if token is None or token.quantity is None or token.quantity.kind not in ("length", "number"):
            return i, []
        value = token.value
        check_size(value, f"“{r.phrase(k, k + 1)}”")
        k += 1
        k += r.lemma(k, end) == "in" and DIMENSIONS.get(r.lemma(k + 1, end), "") != ""
        if DIMENSIONS.get(r.lemma(k, end)):
            word, k = DIMENSIONS[r.lemma(k)], k + 1
        target, name = aimed(r, reference, word)
        if word == "radius" and name == "radius" and _round_hole(r, reference):
            name, value = "diameter", 2 * value
        return k, [Resize(target=target, dimension=name, to=value)]

    def _property(self, i: int, end: int, found: Found) -> int:
        r = self.r
        k = i
        while r.lemma(k, end) in ("to", "by", "of", "at", "a", "into", "=", ":", "is", "be", "should"):
            k += 1
        relative = "by" in [r.lemma(j) for j in range(i, k)]
        if found.prop == "colour":
            return self._looks(k, end, found)
        token = r.tokens[k] if k < end else None
        if found.prop.startswith("number:"):
            if token is None or token.quantity is None:
                return i
            name = found.prop.split(":")[1]
            edits: list[Edit] = [
                SetParameter(target=ref, parameter=name, value=int(token.value)) for ref in found.references
            ]
            r.carry(edits, i, k + 1)
            return k + 1
        if r.lemma(k, end) in MULTIPLES:
            return self._resized(i, k + 1, found, times=MULTIPLES[r.lemma(k)])
        amount = comparison(r, k, end)
        if amount is not None and amount.dimension:
            return self._resized(i, amount.end, found, times=amount.times, by=amount.by)
        if token is None or token.quantity is None or relative:
            return i
        if token.quantity.kind not in ("length", "number", "angle"):
            return i
        edits = []
        for target_ref in found.references:
            target, name = aimed(r, target_ref, found.prop)
            try:
                factor, name = _radius(r, target_ref, name)
                edits.append(Resize(target=target, dimension=name, to=factor * self._mm(k, name, target_ref)))
            except Refused as refused:
                return r.refuse(i, k + 1, refused.reason)
        after = k + 1 + (r.lemma(k + 1, end) == "in" and r.lemma(k + 2, end) in DIMENSIONS)
        after += r.lemma(after, end) in DIMENSIONS  # "12 mm in diameter"
        r.carry(edits, i, after)
        return after

    def _resized(self, i: int, k: int, found: Found, times: float | None = None, by: float | None = None) -> int:
        edits: list[Edit] = []
        for ref in found.references:
            target, name = aimed(self.r, ref, found.prop)
            edits.append(Resize(target=target, dimension=name, times=times, by=by))
        self.r.carry(edits, i, k)
        return k

    def by(self, i: int, end: int, found: Found, sign: int) -> int:
        """Such as "… by 10 cm", "… by 20 percent", "… to 80 cm" behind "increase the height"."""
        r, k = self.r, i
        if r.lemma(k, end) == "to":
            return self._property(i, end, found)
        k += r.lemma(k, end) == "by"
        token = r.tokens[k] if k < end else None
        if token is None or token.quantity is None:
            return i
        quantity = token.quantity
        if quantity.kind == "percent" or quantity.fraction:
            return self._resized(i, k + 1, found, times=1 + sign * quantity.value)
        if quantity.kind == "length":
            return self._resized(i, k + 1, found, by=sign * quantity.value)
        return i
