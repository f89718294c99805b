"""Measuring: sizes with a role ("10 mm wide", "a diameter of 8") and sizes said by others ("half its height")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.thing import Ratio, Thing
from wugan.apps.voice_to_3d.language.parts.measures import (
    after_value,
    axis_after,
    lemma_at,
    length_at,
    role_at,
)
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

LINKS = words("of is are be = : at being should will must to with has having equal equals measure measures measuring")
ENDS = {
    "top": "top",
    "bottom": "bottom",
    "base": "bottom",
    "tip": "top",
    "upper": "top",
    "lower": "bottom",
    "foot": "bottom",
    "mouth": "top",
    "rim": "top",
    "neck": "top",
    "root": "bottom",
    "small": "small",
    "large": "large",
    "big": "large",
    "narrow": "small",
    "wide": "large",
    "thin": "small",
    "thick": "large",
    "smaller": "small",
    "larger": "large",
    "bigger": "large",
}
MORE = words("more larger bigger longer wider taller higher thicker deeper greater")
LESS = words("less smaller shorter narrower lower thinner shallower")
EXTRA = {
    "circumradius": "radius",
    "circumdiameter": "across_corners",
    "bore": "inner_diameter",
    "perimeter": "",
    "floor": "floor",
    "rim": "",
}


@dataclass
class Size:
    """A size that was said: its role, mm or a ratio, the axis said with it, whether of the whole."""

    role: str
    value: float | Ratio
    axis: str = ""
    total: bool = False
    rest: tuple[float, ...] = ()  # further values of "30 mm by 50 mm"
    also: tuple[float, ...] = ()  # values of "diameters 30 and 20"


class Measuring:
    """Reads sizes for the reader."""

    reader: Reader

    def size_at(self, i: int) -> tuple[Size, int] | None:
        """The size that starts at `i` and the index after it."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in ("a", "an", "the", "its", "their", "and", "whose") and k - i < 2:
            k += 1
        read = self._factor_first(k) or self._same(k) or self._role_first(k) or self._ended_role(k)
        if read is None and k == i:
            read = self._value_first(i)
        if read is None:
            return None
        if lemma_at(found, read[1]) in ("overall", "total", "altogether") and read[0].role in (
            "length",
            "height",
            "width",
        ):
            read[0].total, read = True, (read[0], read[1] + 1)
        return self._at_end(*read)

    def _value_first(self, i: int) -> tuple[Size, int] | None:
        found = self.reader.tokens
        quantity = length_at(found, i)
        if quantity is None:
            return None
        value = quantity.value
        k = i + 1
        if lemma_at(found, k) in MORE | LESS and lemma_at(found, k + 1) == "than":
            return None
        word = lemma_at(found, k)
        if word in ("outside", "outer", "inside", "inner", "internal", "external") and not role_at(found, k):
            side = "outer_diameter" if word in ("outside", "outer", "external") else "inner_diameter"
            focus = self.reader.focus
            if focus is not None and focus.flags & {"square", "box_base"} and side == "outer_diameter":
                return Size("side", value), k + 1
            if focus is not None and focus.shape in ("tube", "ring", "torus", "cylinder"):
                return Size(side, value), k + 1
            return None
        if (
            word in ("square",)
            and lemma_at(found, k + 1) not in ("x",)
            and not (quantity.kind == "number" and self.reader.noun_like(k + 1))
        ):
            return Size("side", value, axis="square"), k + 1
        read = after_value(found, i)
        if read is None:
            if word in ("bore", "id") and lemma_at(found, i - 1) not in ("a", "an", "the"):
                return Size("inner_diameter", value), k + 1
            return None
        measure, end = read
        if measure.role == "apart" and lemma_at(found, end) in ("from",):
            return None
        return Size(measure.role, value, measure.axis, measure.total), end

    def _role_first(self, i: int) -> tuple[Size, int] | None:
        found = self.reader.tokens
        role = self._role(i)
        if role is None:
            return None
        name, k, total = role
        axis, k = axis_after(found, k)
        if lemma_at(found, k) == "(" and found[k + 1 : k + 2] and found[k + 1].lemma in ("x", "y", "z"):
            axis, k = found[k + 1].lemma, k + 3
        start = k
        while lemma_at(found, k) in LINKS or (
            k > start and lemma_at(found, k) in ("about", "exactly", "approximately")
        ):
            k += 1
        if lemma_at(found, k) == "," and length_at(found, k + 1) and k == start:
            k += 1
        token = found[k] if k < len(found) else None
        if token is None:
            return None
        if token.quantity is not None and token.quantity.kind == "angle":
            return (Size("angle", token.value), k + 1) if name in ("angle", "size") else None
        if token.quantity is not None and token.quantity.kind == "sizes" and name not in ("size",):
            values = token.quantity.values
            return Size(name, values[0], axis, total, rest=values[1:]), k + 1
        if token.quantity is not None and token.quantity.kind in ("length", "number", "range"):
            if found[role[1] - 1].plural and lemma_at(found, k + 1) in ("and", ",") and length_at(found, k + 2):
                after_it = after_value(found, k + 2)
                if after_it is None:
                    return Size(name, token.value, axis, total, also=(found[k + 2].value,)), k + 3
            if k == start and k > i and found[k - 1].plural and not token.text[0].isdigit():
                return None
            other = after_value(found, k)
            if other is not None and other[0].role in ("wall", "thickness") and name in ("wall", "floor"):
                return Size(name, token.value, axis, total), other[1]
            if other is not None and k == start and other[0].role not in (name, "size"):
                return None  # "the height, 10 mm wide"
            axis = token.quantity.axes[0] if token.quantity.axes and token.quantity.axes[0] else axis
            axis, end = axis_after(found, k + 1, axis)
            return Size(name, token.value, axis, total), end
        if k == start:
            return None
        ratio = self.ratio_at(k, name)
        return (Size(name, ratio[0], axis, total), ratio[1]) if ratio else None

    def _role(self, i: int) -> tuple[str, int, bool] | None:
        found = self.reader.tokens
        k, total = i, False
        while lemma_at(found, k) in ("total", "overall", "full", "finished"):
            total, k = True, k + 1
        word = lemma_at(found, k)
        if word in EXTRA and EXTRA[word] and lemma_at(found, k + 1) in (*LINKS, "#length", "#number"):
            if word in ("bore", "floor") and lemma_at(found, k + 1) not in ("#length", "#number", "of", ":"):
                return None
            if word == "bore" and lemma_at(found, k + 1) in ("#length", "#number") and k and self.reader.focus is None:
                return None
            return EXTRA[word], k + 1, total
        if word in ("across",) and lemma_at(found, k + 1) in ("flat", "corner"):
            return "across_" + lemma_at(found, k + 1) + "s", k + 2, total
        role = role_at(found, k)
        if role is None or not role[0] or role[0] in ("size",):
            return None
        return role[0], role[1], total or role[2]

    def _ended_role(self, i: int) -> tuple[Size, int] | None:
        """Reads "base radius 20", "the top 40 x 25", "the large end 8 mm in diameter"."""
        found = self.reader.tokens
        word = lemma_at(found, i)
        if word not in ENDS:
            return None
        k = i + 1
        if lemma_at(found, k) == "end":
            k += 1
        read = self._role_first(k)
        if read is not None and k < read[1]:
            return Size(f"{ENDS[word]}_{read[0].role}", read[0].value, read[0].axis), read[1]
        return None

    def _factor_first(self, i: int) -> tuple[Size, int] | None:
        """Reads "half the diameter", "twice as tall as the block", "as wide as the foot"."""
        found = self.reader.tokens
        read = self.ratio_at(i, "")
        if read is None or not read[2]:
            return None
        if lemma_at(found, i) not in ("factor", "as"):
            return None
        return Size(read[2], read[0]), read[1]

    def _same(self, i: int) -> tuple[Size, int] | None:
        """Reads "the same diameter as the run", "same height"."""
        found = self.reader.tokens
        if lemma_at(found, i) != "same":
            return None
        role = self._role(i + 1)
        base = lemma_at(found, i + 1) in ENDS and self._role(i + 2)
        if role is None and base:
            role = (base[0], base[1], False)
        if role is None:
            return None
        k = role[1]
        owner: Thing | None = None
        if lemma_at(found, k) == "as":
            read = self.reader.thing_at(k + 1)
            if read is not None:
                owner, k = read
        if owner is None:
            owner = self.reader.before()
        if owner is None:
            return None
        return Size(role[0], Ratio(1.0, role[0], owner)), k

    def ratio_at(self, i: int, role: str) -> tuple[Ratio, int, str] | None:
        """A size said by another at `i`: the ratio, the index after it and the role that it names itself."""
        found = self.reader.tokens
        k, factor = i, 1.0
        if lemma_at(found, k) == "factor":
            factor, k = float(found[k].text), k + 1
        elif length_at(found, k) is not None and lemma_at(found, k + 1) in MORE | LESS:
            if lemma_at(found, k + 2) != "than":
                return None
            sign = 1 if lemma_at(found, k + 1) in MORE else -1
            inner = self.ratio_at(k + 3, role)
            if inner is None:
                return None
            return Ratio(inner[0].factor, inner[0].role, inner[0].of, sign * found[k].value), inner[1], inner[2]
        if lemma_at(found, k) == "as":
            named = self._role(k + 1)
            if named is None:
                return None
            if lemma_at(found, named[1]) != "as":  # "half as wide": as what was there before
                earlier = self.reader.before() if factor != 1.0 else None
                return (Ratio(factor, named[0], earlier), named[1], named[0]) if earlier is not None else None
            k = named[1] + 1
            if lemma_at(found, k) in ("it", "they") and lemma_at(found, k + 1) in ("is", "are"):
                other = self._role(k + 2)
                if other is None:
                    return None
                return Ratio(factor, other[0], None), other[1], named[0]
            owner = self.reader.thing_at(k)
            if owner is None:
                return None
            return Ratio(factor, named[0], owner[0]), owner[1], named[0]
        if lemma_at(found, k) == "of":
            k += 1
        if lemma_at(found, k) in ("the", "its", "that", "their", "this"):
            own = lemma_at(found, k) in ("its", "their")
            if lemma_at(found, k) == "that" and lemma_at(found, k + 1) == "of":
                owner = self.reader.thing_at(k + 2)
                return (Ratio(factor, role, owner[0]), owner[1], role) if owner and role else None
            named = self._role(k + 1)
            if named is not None:
                end, of = named[1], None
                if lemma_at(found, end) == "of" and (owner := self.reader.thing_at(end + 1)):
                    of, end = owner
                elif not own:
                    ahead = self._owner_ahead(end)
                    of = ahead or self.reader.before()
                if own and self.reader.subject is not None and self.reader.subject is not self.reader.focus:
                    of = self.reader.subject
                return Ratio(factor, named[0], of), end, named[0]
            owner = self.reader.thing_at(k)
            if owner is not None and lemma_at(found, owner[1]) == "'s":
                named = self._role(owner[1] + 1)
                if named is not None:
                    return Ratio(factor, named[0], owner[0]), named[1], named[0]
                if role:
                    return Ratio(factor, role, owner[0]), owner[1] + 1, role
            if owner is not None and role and factor != 1.0:
                return Ratio(factor, role, owner[0]), owner[1], role
        return None

    def _owner_ahead(self, k: int) -> Thing | None:
        """Of "half the diameter and twice the height of the disc": the disc, for the first of them too."""
        found = self.reader.tokens
        if lemma_at(found, k) != "and" or lemma_at(found, k + 1) != "factor":
            return None
        for j in range(k + 2, min(k + 7, len(found))):
            if lemma_at(found, j) == "of" and (owner := self.reader.thing_at(j + 1)):
                return owner[0]
        return None

    def _at_end(self, size: Size, end: int) -> tuple[Size, int]:
        """Reads "at the top", "on the outside" after a size: the end of a body that it is of."""
        found = self.reader.tokens
        if lemma_at(found, end) not in ("at", "on", "across") or size.role not in (
            "diameter",
            "radius",
            "width",
            "across",
            "side",
            "outer_diameter",
            "inner_diameter",
        ):
            return size, end
        k = end + 1
        while lemma_at(found, k) in ("the", "its", "very", "one", "other"):
            k += 1
        word = lemma_at(found, k)
        if k == end + 1:
            return size, end
        if word not in ENDS or (
            word in ("small", "large", "big", "narrow", "wide", "thick", "thin") and lemma_at(found, k + 1) != "end"
        ):
            return size, end
        focus = self.reader.focus
        if focus is None or (focus.kind == "body" and focus.shape in ("box",)):
            return size, end
        k += 1
        while lemma_at(found, k) in ("end", "diameter"):
            k += 1
        role = "diameter" if size.role == "across" else size.role
        return Size(f"{ENDS[word]}_{role}", size.value, size.axis), k
