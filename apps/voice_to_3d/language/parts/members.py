"""Members of a group: "one in the middle, the others 45 mm either side", "the second one", "the last is…"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.nouns import read_np
from wugan.apps.voice_to_3d.language.parts.vocabulary import WHICH
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

QUALIFIERS = words(
    "vertical horizontal left right top bottom front back middle first last second third big small inner outer other"
)


class Members:
    """Reads members for `Entities`."""

    reader: Reader

    def group(self) -> Frame | None:
        """The group that "one", "the other" and "the first one" are of."""
        reader = self.reader
        frame = reader.focus
        if frame is None:
            return None
        if frame.group is not None:
            return frame.group
        return (
            frame
            if frame.count > 1 or frame.counted
            else next((one for one in reversed(reader.frames) if one.count > 1 and one.kind in ("cut", "solid")), None)
        )

    def member(self, i: int) -> int:
        """Reads "one in the middle", "the others 45 mm either side", "two in the crossbar", "the second one"."""
        reader, found = self.reader, self.reader.tokens
        token, word = found[i], lemma_at(found, i)
        if word == "the" and (sequel := self._sequel(i)) > i:
            return sequel
        focus = reader.focus
        if (
            found[i].text.lower() in ("one", "another")
            and lemma_at(found, i - 1) == "and"
            and focus is not None
            and focus.kind == "cut"
            and focus.count == 1
            and focus.group is None
            and (same := self._same_size(i + 1))
            and length_at(found, same)
            and lemma_at(found, same + 1) in ("from", "to", "above", "below", "in")
        ):
            first = reader.member(focus, 1)
            first.spots = [spot for spot in focus.spots if spot.value is not None]
            focus.spots = [spot for spot in focus.spots if spot.value is None]
            focus.count, focus.counted = 2, True
            reader.attend(reader.member(focus, 1))
            return same
        if (
            word == "another"
            and focus is not None
            and focus.kind == "cut"
            and (reader.mentioned is None or lemma_at(found, i - 1) == "and")
        ):
            same, np = self._same_size(i + 1), read_np(found, i)
            if np is None or not np.entity or np.end <= same:  # "another one of the same size 15 mm from…"
                made = Frame("cut", focus.noun, set(focus.names), focus.shape, like=focus, op="cut", said="another")
                reader.add(made)
                return same
        group = self.group()
        if group is None:
            return i
        k = i
        left = max(1, group.count - sum(one.count for one in group.members))
        if (
            token.quantity
            and token.quantity.kind == "number"
            and token.value == int(token.value)
            and 0 < token.value < group.count
            and not token.text[0].isdigit()
        ):
            following = lemma_at(found, i + 1)
            value_in = length_at(found, i + 1) is not None and (
                lemma_at(found, i + 2) in ("in", "from", "to", "above", "below", "on", "further")
            )
            if following in ("in", "at", "on", "near", "is", "are", "along", "from", "to") or value_in:
                reader.attend(reader.member(group, int(token.value)))
                return i + 1
            return i
        if word != "the":
            return i
        k = i + 1
        inner = found[k] if k < len(found) else None
        if inner is None:
            return i
        if inner.lemma in ("other", "rest", "remaining") and lemma_at(found, i - 1) == "to":
            return i
        if inner.lemma in ("rest", "remaining") and found[k + 1 : k + 2] and found[k + 1].kind == "word":
            named = read_np(found, i)
            goes = ("is", "are", "has", "have", "at", "in", "on", "one", "ones", "lie", "go", "of")
            if found[k + 1].lemma not in goes and (named is None or not named.entity):
                return i  # "in the remaining area"
        if inner.lemma in ("other", "rest", "remaining"):
            np = read_np(found, i)
            if np is not None and np.entity and np.end > k + 1 and not group.called(np.head):
                return i
            end = np.end if np is not None and np.entity and group.called(np.head) else k + 1
            if lemma_at(found, end) in ("one", "#number"):
                end += 1
            if lemma_at(found, k + 1) in ("side", "end", "direction", "face", "edge"):
                return i
            count = left if found[k].plural or (np is not None and np.plural) else 1
            reader.attend(reader.member(group, count))
            return end
        ordinal = (
            int(inner.value)
            if inner.quantity and inner.quantity.kind == "ordinal"
            else -1
            if inner.lemma == "last"
            else 0
        )
        which = WHICH.get(inner.lemma, "") if not inner.quantity else ""
        one_follows = lemma_at(found, k + 1) == "one" or (
            k + 1 < len(found) and found[k + 1].text.lower() in ("one", "ones")
        )
        if (
            ordinal
            or which in ("left", "right", "top", "bottom", "front", "back", "big", "small", "middle", "inner", "outer")
        ) and (one_follows or (ordinal and lemma_at(found, k + 1) in ("is", "at", "in", "on"))):
            known = [one for one in group.members if one.ordinal == ordinal and ordinal] or [
                one for one in group.members if which and which in one.names
            ]
            several = k + 1 < len(found) and found[k + 1].text.lower() == "ones"
            frame = known[0] if known else reader.member(group, left if several else 1, ordinal)
            if which:
                frame.names.add(which)
                if not known and not ordinal:
                    frame.ordinal = 0
            reader.attend(frame)
            return k + 2 if one_follows else k + 1
        return i

    def _same_size(self, k: int) -> int:
        """The index after "of the same size", "the same size,", "just like it": nothing new."""
        found = self.reader.tokens
        fill = ("of", "the", "same", "size", "diameter", "identical", "like", "it", ",", "kind", "one", "just")
        while lemma_at(found, k) in fill or (k < len(found) and found[k].text.lower() == "one"):
            k += 1
        return k

    def _sequel(self, i: int) -> int:
        """Reads "the last is 15 mm…" after "the first section…": the next of a row of things."""
        reader, found = self.reader, self.reader.tokens
        frame, inner = reader.focus, found[i + 1] if i + 1 < len(found) else None
        if (
            frame is None
            or inner is None
            or frame.count > 1
            or frame.kind != "solid"
            or not (frame.ordinal or frame.names & QUALIFIERS)
        ):
            return i
        ordinal = (
            int(inner.value)
            if inner.quantity and inner.quantity.kind == "ordinal"
            else -1
            if inner.lemma == "last"
            else 0
        )
        which = WHICH.get(inner.lemma, "") if not inner.quantity else ""
        k = i + 2
        if k < len(found) and found[k].text.lower() == "one":
            k += 1
        if not (ordinal or which in QUALIFIERS) or lemma_at(found, k) not in ("is", "has", ",", ":", "measures"):
            return i
        made = Frame(
            "solid",
            frame.noun,
            {frame.noun, *([which] if which else [])},
            "",
            ordinal=ordinal,
            op=frame.op,
            said=f"the {inner.text} {frame.noun}",
        )
        reader.add(made)
        reader.subject = made
        return k
