"""Grouping: "the first", "one", "the other two", "another": one or some of several alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.phrases import Phrase, kind_of
from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.assembly.words import SIDES, WHICH
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader


class Grouping:
    """Reads members of groups for the reader."""

    reader: Reader

    def member(self, i: int) -> int:
        """Reads "the first (one)", "one", "the other two", "the bottom one" of a group."""
        reader, found = self.reader, self.reader.tokens
        group = self._group()
        focus = reader.focus
        if (
            found[i].text.lower() == "another"
            and focus is not None
            and focus.kind != "edge"
            and (group is None or group.count < 2)
        ):
            if reader.phrase(i) is None and lemma_at(found, i - 1) in ("and", ",", "", "plus"):
                self._twin(focus, "another")
                return i + 1
        if group is None:
            return i
        k, token = i, found[i]
        if lemma_at(found, k) == "the":
            k += 1
        if k >= len(found):
            return i
        token = found[k]
        word = lemma_at(found, k)
        np = Phrase(i, k)
        if token.quantity is not None and token.quantity.kind == "ordinal":
            np.ordinal = int(token.value)
        elif word == "last":
            np.ordinal = -1
        elif word in SIDES:
            np.sides = [SIDES[word]]
        elif word in WHICH and WHICH[word] in ("inner", "outer", "big", "small", "middle", "other", "remaining"):
            np.which = [WHICH[word]]
        elif (
            k == i
            and token.text.lower() in ("one", "another")
            and lemma_at(found, k + 1) not in ("of", "side", "end", "edge")
        ):
            if kind_of(lemma_at(found, k + 1)) or lemma_at(found, i - 1) in ("is", "are", "with"):
                return i
            left = group.count - sum(one.count for one in group.members)
            if left < 1 and group.count > 1:
                return i
            ahead = [one.lemma for one in found[k + 1 : k + 4]]
            if group.count > 2 and ("each" in ahead or "every" in ahead or "per" in ahead):
                reader.attend(group)
                return k + 1  # "four bosses, one in each corner"
            reader.attend(self._one_more(group, np))
            return k + 1
        else:
            return i
        end = k + 1
        one = found[end].text.lower() in ("one", "ones") if end < len(found) else False
        number = found[end].quantity if end < len(found) else None
        if one:
            end += 1
        elif np.which and np.which[0] in ("other", "remaining") and number is not None and number.kind == "number":
            np.count = int(number.value)
            end += 1
        elif lemma_at(found, end) not in ("with", "is", "has", "at", ",", "in", "on", "are") or (
            np.sides and (group.said_size or group.kind != "body")
        ):
            return i
        if kind_of(lemma_at(found, end)) and not one:
            return i
        if np.which and np.which[0] in ("other", "remaining"):
            left = max(1, group.count - sum(one.count for one in group.members))
            np.count = np.count or left
            reader.attend(self._one_more(group, np))
            return end
        reader.attend(reader.member_of(group, np))
        return end

    def _group(self) -> Thing | None:
        focus = self.reader.focus
        if focus is None:
            return None
        if isinstance(focus.group, Thing):
            return focus.group
        if focus.count > 1 or focus.counted:
            return focus
        return next((one for one in reversed(self.reader.things) if one.count > 1 and one.kind != "edge"), None)

    def _one_more(self, group: Thing, np: Phrase) -> Thing:
        made = Thing(group.kind, group.noun, set(group.names), group.shape, count=np.count or 1, group=group)
        made.op, made.sentence, made.step = group.op, self.reader.number, self.reader.step
        made.said = self.reader.said(np)
        group.members.append(made)
        self.reader.things.append(made)
        return made

    def _twin(self, old: Thing, said: str) -> Thing:
        """Another of the same: its sizes, not its place."""
        twin = Thing(old.kind, old.noun, set(old.names), old.shape, {**old.dims}, [*old.sizes])
        twin.op, twin.host, twin.said = old.op, old.host, said
        twin.flags = old.flags - {"both_ends", "corners", "through_all"}
        return self.reader.add(twin)
