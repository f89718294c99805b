"""Verbs that work holes, edges and hollows into things: drill, round, chamfer, hollow, add a hole."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.parts.describe import read_feature
from wugan.apps.voice_to_3d.language.talk.handler import Handler
from wugan.apps.voice_to_3d.language.talk.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_names import noun_at
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.reference_parts import roles_of
from wugan.apps.voice_to_3d.language.talk.words import FEATURE_WORDS
from wugan.apps.voice_to_3d.scene.edit import AddFeature, Edit
from wugan.apps.voice_to_3d.scene.placement import Reference


class Working(Handler):
    """Verbs of features."""

    def _sized(self, i: int, end: int, verb: str) -> int:
        """A change of size; see `sizing`."""
        raise NotImplementedError

    def _works(self, i: int, end: int) -> bool:
        """Whether a phrase is about a hole, boss or edge, and not about a thing or what its kind counts."""
        r = self.r
        owners = [one for ref in r.topic if (one := r.object(ref))] or list(r.scene.objects[-1:])
        for k in range(i, min(end, i + 12)):
            word = r.lemma(k)
            if word in FEATURE_WORDS:
                kinds = [kind_of_object(one) for one in owners]
                own = any((word,) in table for kind in kinds for table in (kind.counts, kind.flags))
                sized = any((q := r.tokens[m].quantity) and q.kind == "length" for m in range(i, end))
                if own and sized and not any(phrase[0] == word for kind in kinds for phrase in kind.numbers):
                    return bool(owners)  # the kind's own hole has no size to set
                return bool(owners) and not own and not any(word in roles_of(one) for one in owners)
            if word in ("on", "under", "beside", "inside", "to", "and") or (word == "in" and k > i):
                return False
            if r.tokens[k].quantity is None and noun_at(r.lemmas(k, min(end, k + 3))) and not r.material(k, end):
                return False
        return False

    def _drill(self, i: int, end: int) -> int:
        found = self._try(i, end)
        if found is not None and found.prop and self.r.lemma(found.end, end) in ("in", "by", "to", "down"):
            return self._sized(i, end, "decrease")  # "cut the height in half"
        return self.feature(i - 1, end, None, i)

    _round = _hollow = _drill

    def _hollow_it(self, i: int, end: int) -> int:
        return self.feature(i - 3, end, [ref for ref in self.r.topic if r_object(self.r, ref)], i)

    def _size_first(self, i: int, end: int) -> str:
        """The phrase with its only length before the hole: "a hole in the middle, 20 mm" is a 20 mm hole there."""
        r = self.r
        stop = end - r.has(end - 1, "each")
        sized = [m for m in range(i, end) if (q := r.tokens[m].quantity) is not None and q.kind == "length"]
        hole = next((m for m in range(i, end) if r.lemma(m) == "hole"), None)
        if hole is None or sized != [stop - 1] or stop - 1 <= hole or r.lemma(stop - 2) in ("of", "by", "to"):
            return r.phrase(i, end)
        rest = r.phrase(hole, stop - 1).rstrip(" ,")
        return f"{r.phrase(i, hole)} {r.phrase(stop - 1, stop)} {rest}"

    def feature(self, i: int, end: int, references: list[Reference] | None, body: int | None = None) -> int:
        """A hole, slot, edge or hollow, in what the clause names or what was spoken of last."""
        r = self.r
        targets = references
        if targets is None:
            for k in range(body or i, end):
                if r.lemma(k) in ("in", "into", "through", "of", "on", "from", "to"):
                    found = self._try(k + 1, end)
                    if found and found.references and not found.prop:
                        targets = [Reference(object=ref.object) for ref in found.references if ref.object]
                        break
            if not targets:
                found = self._try(body or i, end)
                if found and found.references and not found.references[0].feature:
                    targets = [Reference(object=ref.object) for ref in found.references if ref.object]
        targets = targets or [Reference(object=ref.object) for ref in r.topic if ref.object]
        if not targets and len(r.scene.objects) == 1:
            targets = [Reference(object=r.scene.objects[0].id)]
        if not targets:
            r.refuse(i, end, "there is nothing in the scene to work on; say what to make first")
            return end
        text = self._size_first(i, end)
        for target in list(dict.fromkeys(ref.object for ref in targets)):
            one = r.scene.object(target)
            if one is None:
                continue
            found_features, unread = read_feature(text, one)
            ref = Reference(object=target)
            edits: list[Edit] = [AddFeature(target=ref, feature=feature) for feature in found_features]
            if edits:
                r.carry(edits, i, end)
            elif not unread:
                r.refuse(i, end, "no hole, slot, edge or hollow was understood in this")
            r.unread += list(unread)
            r.focus([ref])
        r.know(i, end)
        return end


def r_object(r: Reading, ref: Reference) -> bool:
    """Whether a reference is to an object that is there."""
    return r.object(ref) is not None
