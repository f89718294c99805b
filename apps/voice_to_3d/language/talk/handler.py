"""What the handlers of all verbs share: references, their predicates, and further ones."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.moves import Moves
from wugan.apps.voice_to_3d.language.talk.objects import Objects
from wugan.apps.voice_to_3d.language.talk.predicates import Predicates
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, Unresolved, reference, spare

BROKEN_OFF = frozenset({"a", "bit", "little", "to", "be", ",", "–", "…"})


class Handler:
    """Carries parts of clauses out.

    Args:
        reading: the text.
    """

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.objects = Objects(reading)
        self.predicates = Predicates(reading, self.objects)
        self.moves = Moves(reading, self.objects)

    def _about(self, found: Found, i: int, end: int) -> int:
        """Predicates of a reference, then of further ones ("the legs black and the top white")."""
        r = self.r
        end = self._spared(found, end)
        k = self.predicates.read(found.end, end, found)
        while k == found.end and self._join(found, end):
            k = self.predicates.read(found.end, end, found)
        if k == found.end and (moved := self.moves.put(found, k, end)) > k:
            k = moved
        if k == found.end < end and {r.lemma(m) for m in range(k, end)} <= {
            "a",
            "bit",
            "little",
            "",
            "to",
            "be",
            ",",
            "–",
        }:
            r.focus(found.references)  # "make the base a bit… no, make it 40 cm": what follows says it
            return r.know(i, end)
        if k == found.end:
            r.refuse(i, end, "what shall become of it was not understood")
            return end
        if not found.scene:
            r.focus(found.references)
        r.know(i, found.end)
        return self.more(k, end)

    def _join(self, found: Found, end: int) -> bool:
        """Such as "the cube and the cone": takes a further reference in; False where none follows."""
        r, k = self.r, found.end
        while r.lemma(k, end) in ("and", ","):
            k += 1
        more = self._reference(k, end, bare=True) if k > found.end else None
        if more is None or more.prop:
            return False
        found.references = [*found.references, *(ref for ref in more.references if ref not in found.references)]
        found.end, found.plural = more.end, True
        return True

    def _spared(self, found: Found, end: int) -> int:
        """Such as "… except the ball": takes it out of the reference; returns where the rest of the clause ends."""
        for k in range(found.end, end):
            try:
                if spare(self.r, found, k, end):
                    return k
            except Unresolved:
                continue
        return end

    def more(self, k: int, end: int) -> int:
        """Such as "… and the top white": further references with their predicates, the verb understood."""
        r = self.r
        while k < end:
            j = k
            while r.lemma(j, end) in ("and", ",", "but", "with"):
                j += 1
            if j >= end:
                break
            found = self._reference(j, end, bare=True)
            if found is None or found.end >= end:
                break
            n = self.predicates.read(found.end, end, found)
            if n == found.end:
                break
            r.know(k, n)
            r.focus(found.references)
            k = n
        return k

    def _reference(self, i: int, end: int, bare: bool = False) -> Found | None:
        if i >= end:
            return None
        return reference(self.r, i, end, bare)

    def _try(self, k: int, end: int) -> Found | None:
        try:
            return self._reference(k, end)
        except Unresolved:
            return None
