"""Properties of things that are there: "the height … to 80 cm", "the number of legs … five", "the hole … 6 mm"."""

from __future__ import annotations

from dataclasses import replace

from wugan.apps.voice_to_3d.language.talk.amounts import MULTIPLES, comparison
from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.object_kinds import Kind, kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_said import Refused
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found
from wugan.apps.voice_to_3d.language.talk.sizes import aimed
from wugan.apps.voice_to_3d.language.talk.words import DIMENSIONS
from wugan.apps.voice_to_3d.resizing import check_size, shape_of
from wugan.apps.voice_to_3d.scene.edit import Edit, Resize, SetParameter
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object


def sizes_now(one: Object) -> dict[str, float]:
    """The parameters of a family's object as they are: what a number without a unit is held against."""
    if not isinstance(one.shape, FamilyShape):
        return {}
    return {name: value for name, value in shape_of(one).model_dump().items() if isinstance(value, float) and value > 0}


class Properties:
    """Reads what becomes of a property."""

    r: Reading

    def _looks(self, i: int, end: int, found: Found) -> int:
        """A material; see `dialogue_predicates`."""
        raise NotImplementedError

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
        for reference in found.references:
            target, name = aimed(r, reference, found.prop)
            try:
                factor, name = _radius(r, reference, name)
                edits.append(Resize(target=target, dimension=name, to=factor * self._mm(k, name, reference)))
            except Refused as refused:
                return r.refuse(i, k + 1, refused.reason)
        after = k + 1 + (r.lemma(k + 1, end) == "in" and r.lemma(k + 2, end) in DIMENSIONS)
        after += r.lemma(after, end) in DIMENSIONS  # "12 mm in diameter"
        r.carry(edits, i, after)
        return after

    def _resized(self, i: int, k: int, found: Found, times: float | None = None, by: float | None = None) -> int:
        edits: list[Edit] = []
        for reference in found.references:
            target, name = aimed(self.r, reference, found.prop)
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


def _round_hole(r: Reading, reference: Reference) -> bool:
    from wugan.apps.voice_to_3d.scene.solid import Cut, Cylinder
    from wugan.apps.voice_to_3d.worked import features

    one = r.object(reference)
    feature = next((f for f in features(one) if f.id == reference.feature), None) if one else None
    return isinstance(feature, Cut) and isinstance(feature.shape, Cylinder)


def _radius(r: Reading, reference: Reference, name: str) -> tuple[float, str]:
    """A radius that the thing does not have by itself is half its diameter."""
    one = r.object(reference)
    if name == "radius" and one is not None and "radius" not in kind_of_object(one).numbers.values():
        return 2.0, kind_of_object(one).numbers.get(("diameter",), "x")
    return 1.0, name
