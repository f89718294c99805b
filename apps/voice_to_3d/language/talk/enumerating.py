"""What is said of each of several things in turn: "ten, fifteen and twenty cm tall", "in red, green and blue"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.sizes import aimed
from wugan.apps.voice_to_3d.language.talk.words import DIMENSIONS
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.scene.edit import Edit, Paint, Resize
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Reference

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
