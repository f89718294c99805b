"""Roles: which dimension of what a value is: "the depth of the hole is 25mm", "two legs of 15 mm", "bore 12"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.entities import Entities
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot
from wugan.apps.voice_to_3d.language.parts.measures import (
    Measure,
    after_value,
    before_value,
    lemma_at,
    length_at,
    role_at,
)
from wugan.apps.voice_to_3d.language.parts.nouns import read_np

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


class Roles:
    """Reads measures for `Clauses`."""

    reader: Reader
    entities: Entities

    def _measure(self, i: int) -> int:
        found = self.reader.tokens
        if (
            lemma_at(found, i) in ("the", "a", "an", "its", "their", "whose")
            and role_at(found, i + 1)
            and not self._phrase(i)
        ):
            end = self._measure(i + 1)
            return end if end > i + 1 else i
        same = self._same(i)
        if same > i:
            return same
        role = role_at(found, i)
        if role and (np := read_np(found, i)) is not None and np.kind == "cut" and np.measures and np.end > i + 2:
            return i  # "Ø40 hole": the phrase takes it
        pair = found[role[1]].quantity if role and role[1] < len(found) else None
        if role and role[0] in ("pitch", "apart") and pair is not None and pair.kind == "sizes":
            for axis, value in zip("xy", pair.values, strict=False):
                self.reader.measure(Measure("pitch", value, axis))  # "spacing 25 by 30"
            return role[1] + 1
        if role:
            owner_at = role[1]
            if lemma_at(found, owner_at) in ("of", "for") and length_at(found, owner_at + 1) is None:
                np = read_np(found, owner_at + 1)
                if (
                    np is not None
                    and (np.entity or np.head in ("circle",))
                    and np.end > owner_at + 1
                    and not np.bare
                    and not np.measures
                ):
                    return self._owned_role(i, role[0], owner_at + 1, role[2])
            read = before_value(found, i)
            if read:
                self._give(read[0], read[1])
                return self._more(read[1], read[0])
        if length_at(found, i) is None:
            return i
        np = read_np(found, i)
        if np is not None and np.entity and np.end > i + 1:
            return i  # "5mm diameter hole": the phrase takes it
        read = after_value(found, i)
        if read is None:
            return i
        self._give(read[0], read[1])
        return self._more(read[1], read[0])

    def _same(self, i: int) -> int:
        """Reads "the same thickness as the disc": the value that another thing has."""
        reader, found = self.reader, self.reader.tokens
        k = i + 1 if lemma_at(found, i) == "the" else i
        if lemma_at(found, k) != "same":
            return i
        role = role_at(found, k + 1)
        if role is None:
            return i
        if reader.focus is not None and reader.focus.like is not None and lemma_at(found, role[1]) != "as":
            more = role_at(found, role[1] + 1) if lemma_at(found, role[1]) == "and" else None
            return more[1] if more else role[1]  # "another slot, the same width and depth": it is like the one before
        body = next((one for one in self.reader.frames if one.kind == "solid" and one is not self.reader.focus), None)
        if lemma_at(found, role[1]) != "as" and body is not None and reader.focus is not None and body.sized:
            value = body.get(role[0], "outer_diameter" if role[0] == "diameter" else role[0])
            if value is not None:
                reader.measure(Measure(role[0], value))
                return role[1]
        if lemma_at(found, role[1]) != "as":
            return i
        np = read_np(found, role[1] + 1)
        other = reader.resolve(np) if np is not None and np.entity else None
        if np is None or other is None or reader.focus is None:
            return i
        value = other.get(
            role[0], "thickness" if role[0] == "height" else role[0], "height" if role[0] == "thickness" else role[0]
        )
        if value is not None:
            reader.measure(Measure(role[0], value))
        return np.end

    def _phrase(self, i: int) -> bool:
        """Whether a noun phrase with a head other than a dimension starts at `i`."""
        np = read_np(self.reader.tokens, i)
        if np is not None and np.head == "angle" and before_value(self.reader.tokens, np.end - 1) is not None:
            return False  # "an angle of 90 degrees"
        return np is not None and np.kind != "dimension"

    def _give(self, measure: Measure, end: int) -> None:
        """Hands on a measure; "24 mm wide at the top" names the end of it."""
        reader, found = self.reader, self.reader.tokens
        wedge = reader.focus is not None and reader.focus.shape == "wedge"
        if (
            wedge
            and reader.focus is not None
            and measure.role in ("height", "thickness")
            and lemma_at(found, end) in ("at", "on")
        ):
            reader.focus.dims["low_end" if "high_end" in reader.focus.dims else "high_end"] = measure.value
            return
        if lemma_at(found, end) in ("at", "on", "across") and measure.role in (
            "diameter",
            "outer_diameter",
            "inner_diameter",
            "width",
            "across",
        ):
            k = end + 1
            while lemma_at(found, k) in ("the", "its", "very"):
                k += 1
            word = lemma_at(found, k)
            last = {
                "top": "top",
                "rim": "top",
                "mouth": "top",
                "upper": "top",
                "surface": "top",
                "bottom": "bottom",
                "base": "bottom",
                "lower": "bottom",
                "neck": "bottom",
                "root": "bottom",
                "outside": "top",
                "floor": "bottom",
                "tip": "top",
            }.get(word)
            wedge = reader.focus is not None and reader.focus.shape in ("wedge",)
            if last and not wedge:
                role = f"{last}_{measure.role}"
                reader.measure(Measure(role, measure.value, measure.axis))
                return
        reader.measure(measure)

    def _more(self, end: int, measure: Measure) -> int:
        """Skips the place named by "at the top" of a measure that took it."""
        found = self.reader.tokens
        if (
            lemma_at(found, end) in ("at", "on", "across")
            and self.reader.focus is not None
            and any(k.startswith(("top_", "bottom_")) for k in self.reader.focus.dims)
        ):
            k = end + 1
            while lemma_at(found, k) in ("the", "its", "very"):
                k += 1
            if lemma_at(found, k) in (
                "top",
                "rim",
                "mouth",
                "bottom",
                "base",
                "neck",
                "root",
                "surface",
                "floor",
                "outside",
                "tip",
            ):
                k += 1
                return k + 1 if lemma_at(found, k) in ("end", "diameter", "edge", "surface", "face") else k
        return end

    def _owned_role(self, i: int, role: str, np_at: int, total: bool) -> int:
        """Reads "the depth of the hole is 25mm"."""
        reader, found = self.reader, self.reader.tokens
        np = read_np(found, np_at)
        assert np is not None
        frame = self.entities.known(np)
        k = np.end
        if lemma_at(found, k) in ("in", "of") and np.head == "circle":
            owner = self.reader.places.where(k + 1)
            if owner and owner[0].of is not None:
                frame, k = owner[0].of, owner[1]
        if frame is not None:
            reader.attend(frame)
        elif np.head not in ("part", "bracket", "piece", "whole"):
            reader.attend(self.entities.make(np))
        total = total or np.head in ("part", "bracket", "piece", "whole", "assembly")
        reader.pending = "total_" + role if total else role
        start = k
        while (
            lemma_at(found, k)
            in (
                "is",
                "are",
                "be",
                "should",
                "of",
                "=",
                ":",
                "will",
                "must",
                "approximately",
                "about",
                "equal",
                "to",
                "measure",
                ",",
            )
            and k - start < 5
        ):
            k += 1
        quantity = length_at(found, k)
        if quantity is not None and reader.focus is not None:
            axis = quantity.axes[0] if quantity.axes else ""
            reader.measure(Measure(role, quantity.value, axis, total))
            return k + 1
        return np.end

    def _value(self, i: int) -> int:
        """A value alone: what was announced ("the hole diameter … is 5mm"), sizes, or an edge treatment's size."""
        reader = self.reader
        token = reader.tokens[i]
        quantity = token.quantity
        if quantity is None or reader.focus is None:
            if quantity is not None and quantity.kind == "sizes":
                self.entities.sizes(reader.add(Frame("solid", "part", {"part"})), quantity)
                return i + 1
            return i
        if quantity.kind == "sizes":
            body = next((one for one in reversed(reader.frames) if one.kind == "solid"), None)
            if reader.focus.kind == "edge" and body is not None and not body.sized and len(quantity.values) > 1:
                self.entities.sizes(body, quantity)  # "a box with rounded corners: 60 x 40 x 20 mm"
                return i + 1
            self.entities.sizes(reader.focus, quantity)
            return i + 1
        if quantity.kind == "angle":
            reader.measure(Measure("angle", quantity.value))
            return i + 1
        if quantity.kind not in ("length", "number", "range"):
            return i
        if quantity.axes and quantity.axes[0] in ("x", "y", "z") and reader.focus.kind != "edge" and not reader.pending:
            reader.measure(Measure("size", quantity.value, quantity.axes[0]))
            return i + 1  # "56mm (X), 56mm (Y) and 6mm (Z)"
        last = reader.focus.spots[-1] if reader.focus.spots else None
        if (
            reader.own in ("inner", "outer")
            and last is not None
            and last.kind == "from"
            and last.own in ("inner", "outer")
            and last.own != reader.own
        ):
            reader.focus.spots.append(Spot("from", last.where, quantity.value, last.way, reader.own))
            return i + 1  # "its inner end 20 mm from the middle and its outer end 40 mm"
        if (
            reader.focus.shape == "wedge"
            and "high_end" in reader.focus.dims
            and lemma_at(reader.tokens, i - 1) in ("to", "of", "is", "and")
        ):
            reader.focus.dims.setdefault("low_end", quantity.value)
            return i + 1
        both = [one.lemma for one in reader.tokens[i + 1 : i + 4]]
        if reader.drawn and reader.focus.kind == "solid" and "both" in both and ("direction" in both or "way" in both):
            reader.measure(Measure("height", 2 * quantity.value))
            return i + 4
        if reader.pending:
            reader.measure(Measure(reader.pending, quantity.value, quantity.axes[0] if quantity.axes else ""))
            return i + 1
        if reader.drawn and reader.focus.kind == "solid" and lemma_at(reader.tokens, i - 1) in ("to", "by", "up"):
            reader.measure(Measure("height", quantity.value))
            return i + 1
        if reader.focus.kind == "edge" and not reader.focus.sized:
            self.entities.main_size(reader.focus, quantity)
            return i + 1
        if (
            i
            and reader.tokens[i - 1].lemma in reader.focus.names
            and not reader.focus.sized
            and reader.focus.kind in ("cut", "edge")
        ):
            self.entities.main_size(reader.focus, quantity)  # "bore 12"
            return i + 1
        of = (
            i > 1
            and lemma_at(reader.tokens, i - 1) in ("of", "by", "to")
            and reader.tokens[i - 2].lemma in reader.focus.names
        )
        if of and not reader.focus.sized and reader.focus.kind in ("cut", "edge"):
            self.entities.main_size(reader.focus, quantity)  # "a hole of 8 mm"
            return i + 1
        alone = i == 0 or lemma_at(reader.tokens, i - 1) in (":", "=", "is", "are", "x", "–", "-")
        if alone and not reader.focus.sized and (quantity.unit or quantity.kind == "length"):
            self.entities.main_size(reader.focus, quantity)
            return i + 1
        return i

    def _legs(self, i: int) -> int:
        """Reads "two legs of 15mm", "sides of 20 mm and 30 mm"."""
        reader, found = self.reader, self.reader.tokens
        k = i
        while (
            lemma_at(found, k) in ("#number", "two", "both", "equal", "with", "the", "has", "have")
            and lemma_at(found, k) != ""
        ):
            k += 1
        if (
            lemma_at(found, k) not in ("leg", "side", "cathetus", "edge")
            or lemma_at(found, k + 1) not in ("of", "are", "is", "measuring", "measure", "=", ":")
            or reader.focus is None
        ):
            return i
        first = length_at(found, k + 2)
        if (
            first is None
            or found[k + 2].lemma == "sizes"
            or reader.focus.shape not in ("triangle", "corner", "gusset", "box", "", "pyramid", "hexagon", "pocket")
        ):
            return i
        role = (
            "side"
            if lemma_at(found, k) in ("side", "edge")
            and reader.focus.shape not in ("corner",)
            and not reader.focus.has("right")
            else "leg"
        )
        reader.measure(Measure(role, first.value))
        k += 3
        second = length_at(found, k + 1)
        if (
            lemma_at(found, k) in ("and", "by")
            and second is not None
            and lemma_at(found, k + 2) in ("", ".", ",", ")", "each", "and", "it", "with", "on")
        ):
            reader.measure(Measure(role + "_2", second.value))
            k += 2
        return k + 1 if lemma_at(found, k) == "each" else k
