"""Values: numbers that stand alone, and dimensions that were announced ("the depth of the hole is 25 mm")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.measuring import Size
from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader


class Values:
    """Reads values for the reader."""

    reader: Reader

    def _value(self, i: int) -> int:
        """A value alone."""
        found, token = self.reader.tokens, self.reader.tokens[i]
        quantity = token.quantity
        if token.kind == "factor" and self.reader.pending:
            read = self.reader.ratio_at(i, self.reader.pending)
            if read is not None:
                self.reader.give(Size(self.reader.pending, read[0]))
                return read[1]
        if quantity is None:
            return i
        if quantity.kind == "sizes":
            if self.reader.focus is None:
                self.reader.add(Thing("body", "part", {"part"}, said=token.text))
            assert self.reader.focus is not None
            if self.reader.pending in ("diameter", "outer_diameter", "side", "radius") or (
                self.reader.pending == "height"
                and len(quantity.values) == 2
                and not any(quantity.axes)
                and self.reader.focus.said_size
            ):
                self.reader.give(Size(self.reader.pending, quantity.values[0], rest=quantity.values[1:]))
            else:
                self.reader.box(self.reader._sizes_owner(), quantity)
            return i + 1
        if (
            quantity.kind == "thread"
            and self.reader.focus is not None
            and self.reader.focus.kind == "body"
            and not self.reader.focus.said_size
        ):
            return i + 1  # "cap screw, M6 x 30": its name; threads are never modelled
        if quantity.kind == "angle" and self.reader.focus is not None:
            if (
                lemma_at(found, i - 1) in ("by", "x")
                or self.reader.edge is not None
                or self.reader.pending == "angle"
                or (self.reader.focus.kind == "body")
            ):
                self.reader.give(Size("angle", quantity.value))
                return i + 1
            return i
        if quantity.kind not in ("length", "number", "range") or self.reader.focus is None:
            return i
        before = lemma_at(found, i - 1)
        if (
            quantity.axes
            and quantity.axes[0] in ("x", "y", "z")
            and not self.reader.pending
            and self.reader.focus.kind != "edge"
        ):
            self.reader.give(Size("size", quantity.value, quantity.axes[0]))
            return i + 1
        if before == "out" and self.reader.focus.kind == "body" and lemma_at(found, i + 1) not in ("from", "of"):
            self.reader.give(Size("reach", quantity.value))
            return i + 1
        if (
            self.reader.last_role.endswith("diameter")
            and lemma_at(found, i + 1) in ("at", "on")
            and self.reader.focus.shape == "cone"
        ):
            ended, end = self.reader._at_end(Size("diameter", quantity.value), i + 1)
            if ended.role != "diameter":
                self.reader.give(ended)
                return end
        if self.reader.pending and not (
            self.reader.pending == "height" and self.reader.drawn and before in ("from", "at")
        ):
            self.reader.give(Size(self.reader.pending, quantity.value))
            return i + 1
        if (
            self.reader.drawn
            and self.reader.focus.kind == "body"
            and before in ("to", "by", "up", "it", "of", *tuple(self.reader.focus.names))
        ):
            self.reader.give(Size("height", quantity.value))
            return i + 1
        if self.reader.focus.kind == "edge" and not self.reader.focus.said_size:
            self.reader.main_size(self.reader.focus, quantity)
            return i + 1
        named = before in self.reader.focus.names or (
            before in ("of", "by", ":", "=", "is", "are", ",")
            and (lemma_at(found, i - 2) in self.reader.focus.names or i < 2)
        )
        if named and not self.reader.focus.said_size and quantity.kind != "range":
            self.reader.main_size(self.reader.focus, quantity)
            return i + 1
        if (
            self.reader.focus.group is not None
            and self.reader.last_role
            and (before == "one" or found[i - 1].text.lower() == "one")
        ):
            self.reader.give(Size(self.reader.last_role, quantity.value))
            return i + 1
        return i

    def _sizes_owner(self) -> Thing:
        """Whose sizes "40 x 30 x 20" are: the body's where an edge treatment was named last."""
        assert self.reader.focus is not None
        if self.reader.focus.kind != "edge":
            return self.reader.focus
        body = next((one for one in reversed(self.reader.things) if one.kind == "body"), None)
        return body if body is not None and not body.sizes else self.reader.focus

    def _owned(self, i: int) -> int:
        """Reads "the depth of the hole is 25 mm", "the hole diameter is 5", "shank length 40", "its length"."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in ("the", "a", "its", "their", "whose"):
            k += 1
        role = self.reader._role(k)
        if role is None:
            return i
        name, end, total = role
        if lemma_at(found, end) == "of" and length_at(found, end + 1) is None and lemma_at(found, end + 1) != "factor":
            np = self.reader.phrase(end + 1)
            if np is None or np.kind in ("part", "pattern") or np.sized:
                if lemma_at(found, end + 1) in ("it", "each", "them") and self.reader.focus is not None:
                    self.reader.pending, self.reader.mentioned = name, True
                    return end + 2
                return i
            if self.reader.whole(np):
                self.reader.pending = "total_" + name
                return np.end
            thing = self.reader.resolve(np)
            if thing is None:
                thing = self.reader.create(np)
            self.reader.attend(thing)
            self.reader.pending = ("total_" if total else "") + name
            return np.end
        if (
            k > i
            and lemma_at(found, end) in ("is", "are", "should", "must", ",", "will")
            and self.reader.focus is not None
        ):
            if self.reader.size_at(i) is None:
                self.reader.pending = ("total_" if total else "") + name
                if lemma_at(found, i) in ("its", "their"):
                    self.reader.mentioned = True
                return end
        return i
