"""Finding: what a phrase means: a thing that was named before, one of a group, or something new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.phrases import MORE_CUTS, Phrase
from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.assembly.words import WHOLE
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at
from wugan.apps.voice_to_3d.language.parts.vocabulary import CUTS, EDGE_WORKS, SOLIDS

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

TELLING = {
    "left",
    "right",
    "front",
    "back",
    "top",
    "bottom",
    "horizontal",
    "vertical",
    "inner",
    "outer",
    "middle",
    "big",
    "small",
}
PRONOUNS = ("it", "them", "they", "this", "that", "these", "those", "itself", "which")


def shape_of(word: str) -> str:
    """The usual shape of a noun, or ""."""
    return SOLIDS.get(word) or CUTS.get(word) or MORE_CUTS.get(word) or EDGE_WORKS.get(word) or ""


class Finding:
    """Resolves phrases for the reader."""

    reader: Reader

    def matches(self, np: Phrase) -> list[Thing]:
        """The things that a phrase can mean, best first."""
        shape = shape_of(np.head)
        kinds = {"cut": ("cut",), "edge": ("edge",)}.get(
            np.kind, ("body", "cut") if np.kind == "pattern" else ("body",)
        )
        scored: list[tuple[float, int, Thing]] = []
        for order, thing in enumerate(self.reader.things):
            if thing.kind not in kinds and not (np.kind == "body" and thing.called(np.head)):
                continue
            score = 0.0
            if np.head == thing.noun or np.head in thing.names:
                score = 3.0
            elif shape and thing.shape == shape and not (np.kind == "cut" and thing.lead is not None):
                score = 2.0
            elif (
                np.head in ("circle", "cylinder")
                and thing.shape in ("cylinder", "tube", "hole")
                and np.kind == thing.kind
                and np.definite
            ):
                score = 1.0
            if not score:
                continue
            words = {*np.sides, *np.which} - {"each", "same", "one", "other", "both"}
            if words & TELLING and thing.which & TELLING and not words & thing.which and thing.count == 1:
                continue
            score += 1.5 * len(words & thing.which) - 1.0 * len(words - thing.which)
            score += sum(name in thing.names for name in np.names) - 0.8 * sum(
                name not in thing.names for name in np.names
            )
            if np.ordinal:
                score += 2.0 if thing.ordinal == np.ordinal else (0.0 if thing.count > 1 else -1.0)
            values = {one.value for one in np.bare}
            known = {*thing.dims.values(), *(value for value, _ in thing.sizes)}
            if values:
                score += 1.5 if values <= known else -1.5
            if thing.group is not None and (np.plural or "each" in np.which):
                score -= 0.3
            if not thing.said_size and thing.group is None:
                score -= 0.4
            scored.append((score, order, thing))
        scored.sort(key=lambda item: (-item[0], -item[1]))
        return [thing for score, _, thing in scored if score > 0.4]

    def resolve(self, np: Phrase) -> Thing | None:
        """The thing a phrase points to; one of a group where it says which."""
        found = self.matches(np)
        if not found:
            return None
        best = found[0]
        if ("each" in np.which or np.plural) and isinstance(best.group, Thing) and not np.ordinal and not np.sides:
            return best.group
        if "big" in np.which or "small" in np.which:
            sized = [one for one in found if one.size("diameter", "width", "length")]
            if len(sized) > 1:
                pick = max if "big" in np.which else min
                return pick(sized, key=lambda one: one.size("diameter", "width", "length") or 0)
        telling = (
            np.ordinal
            or np.sides
            or {"horizontal", "vertical", "inner", "outer", "big", "small", "middle", "other", "last"} & {*np.which}
        )
        if best.count > 1 and telling and not np.plural:
            return self.member_of(best, np)
        return best

    def member_of(self, group: Thing, np: Phrase) -> Thing:
        """One of a group, told apart by an ordinal or a side."""
        which = {*np.sides, *({"horizontal", "vertical", "inner", "outer", "big", "small", "middle"} & {*np.which})}
        for one in group.members:
            assert isinstance(one, Thing)
            if (np.ordinal and one.ordinal == np.ordinal) or (which and which <= one.which):
                return one
        made = Thing(group.kind, group.noun, set(group.names), group.shape, count=np.count or 1, group=group)
        made.ordinal, made.which, made.op = np.ordinal, which, group.op
        made.sentence, made.step, made.said = self.reader.number, self.reader.step, group.said
        made.host = group.host
        group.members.append(made)
        self.reader.things.append(made)
        return made

    def whole(self, np: Phrase) -> bool:
        """Whether a phrase means all of the part."""
        if np.head not in WHOLE or np.kind not in ("body", "unknown", "") or np.sized or np.sides:
            return False
        return not any(np.head == one.noun and one.said_size for one in self.reader.things)

    def thing_at(self, i: int) -> tuple[Thing, int] | None:
        """The known thing that stands at `i` and the index after it."""
        found = self.reader.tokens
        word = lemma_at(found, i)
        if word in PRONOUNS and (self.reader.phrase(i) is None or word in ("it", "them", "itself")):
            thing = self.reader.before() if word not in ("them", "they", "these", "those") else self.reader.focus
            return (thing, i + 1) if thing is not None else None
        np = self.reader.phrase(i)
        if np is None or np.kind in ("part", "pattern"):
            return None
        if np.sized and not np.definite:
            return None
        thing = self.resolve(np)
        if thing is None:
            known = np.head in {name for one in self.reader.things for name in one.names}
            if not known and not self.whole(np):
                return None
            thing = self.reader.base()
        return (thing, np.end) if thing is not None else None
