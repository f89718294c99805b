"""Naming: a noun phrase becomes a new thing, or says more of one that was named; "the first", "the other two"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.finding import shape_of
from wugan.apps.voice_to_3d.language.assembly.grouping import Grouping
from wugan.apps.voice_to_3d.language.assembly.measuring import ENDS, EXTRA, Size
from wugan.apps.voice_to_3d.language.assembly.phrases import Phrase, kind_of
from wugan.apps.voice_to_3d.language.assembly.qualifying import Qualifying
from wugan.apps.voice_to_3d.language.assembly.subjects import SubjectParts
from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.parts.making import SHAPES
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

WALLS = ("wall", "shell", "skin", "side_wall")


class Naming(Qualifying, SubjectParts, Grouping):
    """Makes and finds things for the reader."""

    reader: Reader

    def noun(self, i: int) -> int:
        """Reads the noun phrase at `i`."""
        reader, found = self.reader, self.reader.tokens
        if lemma_at(found, i) in ("x", "by", "of", "in", "on", "with", "to"):
            return i
        if length_at(found, i) is not None and lemma_at(found, i + 1) in ("from", "above", "below"):
            return i
        if lemma_at(found, i) in ("same", "factor") or (
            lemma_at(found, i) in ("the", "a") and lemma_at(found, i + 1) in ("same", "factor")
        ):
            if reader.size_at(i) is not None:
                return i
        np = reader.phrase(i)
        if np is None or np.end <= i:
            return i
        if np.kind == "part" and np.head in ("side", "edge") and not np.sides and reader.edge is None:
            if np.bare and np.det in ("", "a", "an") and reader.focus is not None:
                reader.give(Size("side", np.bare[0].value))  # "with 40 mm outer side"
                return np.end
            k = np.end
            while lemma_at(found, k) in (
                "of",
                "is",
                "are",
                ":",
                "=",
                "length",
                "the",
                "its",
                "triangle",
                "hexagon",
                "base",
            ):
                k += 1
            said = found[k].quantity if k < len(found) else None
            plain = said is not None and said.kind in ("length", "number", "sizes") and reader.focus is not None
            if plain and said is not None and lemma_at(found, k + 1) != "from" and reader.focus is not None:
                reader.attend(reader.focus)
                reader.give(Size("side", said.value, rest=said.values[1:] if said.kind == "sizes" else ()))
                return k + 1
        if (
            np.head in ENDS
            and lemma_at(found, np.end) not in ("of",)
            and (role := reader.size_at(np.end - 1)) is not None
            and role[1] > np.end
        ):
            if reader.focus is not None and role[0].role.split("_")[0] in (
                "top",
                "bottom",
                "base",
                "small",
                "large",
                "tip",
            ):
                reader.give(role[0])
                return role[1]
        if np.kind == "part":
            return self._subject_part(np)
        triangle = next((one for one in reversed(reader.things) if one.shape == "triangle" or one.letter == "l"), None)
        if np.head == "leg" and np.plural and not np.sized and triangle is not None:
            k = np.end
            while lemma_at(found, k) in ("of", "the", "triangle", "is", "are", "measure", "a", "its", ":"):
                k += 1
            if length_at(found, k) is not None:
                triangle.dims["leg"] = found[k].value
                if lemma_at(found, k + 1) == "and" and length_at(found, k + 2) is not None:
                    triangle.dims["leg_2"], k = found[k + 2].value, k + 2
                reader.attend(triangle)
                return k + 1 + (lemma_at(found, k + 1) in ("long", "each"))
        gear = next((one for one in reader.things if one.shape == "gear"), None)
        if np.head == "tooth" and np.count and gear is not None:
            gear.dims["teeth"] = float(np.count)
            reader.attend(gear)
            return np.end
        if np.head in ("material", "metal", "stock") and not np.sized and np.definite and reader.focus is not None:
            return np.end  # what it is made of: its thickness is the body's
        if np.head in WALLS and lemma_at(found, np.end) == "thickness":
            return i
        if np.kind == "pattern":
            return self._pattern(np)
        if np.head == "cut" and not np.sized and np.det in ("", "the", "this"):
            return i if np.det == "" else np.end
        if np.det in ("no",) or lemma_at(found, i - 1) in ("no", "without", "not"):
            return np.end
        if np.kind == "edge":
            reader.edge_noun(np)
            return np.end
        if reader.whole(np) and not np.count and any(one.kind == "body" and one.said_size for one in reader.things):
            if np.det not in ("a", "an", "another") or np.head in ("part", "piece"):
                if reader.base() is not None and np.det in ("the", "this") and not reader.mentioned:
                    reader.attend(reader.base())  # type: ignore[arg-type]
                return np.end
        if np.kind == "unknown" and (EXTRA.get(np.head) or not self._names(np)):
            return i
        if (
            "same" in np.which
            and np.kind in ("cut", "body")
            and not np.sized
            and (old := reader.resolve(np)) is not None
        ):
            self._twin(old, reader.said(np))
            return np.end
        merged = self._complement(np)
        if merged is not None:
            return np.end
        thing = self._known(np)
        if thing is None:
            reader.create(np)
        else:
            reader.attend(thing)
            known = {*thing.dims.values(), *(value for value, _ in thing.sizes)}
            if not (np.definite and np.bare and {one.value for one in np.bare} <= known):
                reader.measures(thing, np)
            self._adjectives(thing, np)
        return np.end

    def _names(self, np: Phrase) -> bool:
        """Whether an unknown noun names something here: it has a size, a label's colon, or a shape follows it."""
        reader, found = self.reader, self.reader.tokens
        if np.sized or reader.matches(np):
            return True
        after = lemma_at(found, np.end)
        if after in (":", "is", "are", "has", "have") or (after == "," and length_at(found, np.end + 1) is not None):
            return True
        if after in (
            "with",
            "of",
            "that",
            "which",
            "from",
            "on",
            "in",
            "at",
            "stands",
            "sits",
            "rises",
            "runs",
            "for",
            "",
            "goes",
            "sticks",
            ",",
        ):
            return np.det in ("a", "an", "another") or bool(np.count) or not reader.things
        return False

    def _complement(self, np: Phrase) -> Thing | None:
        """The thing that this phrase says the shape of: "the shank is a cylinder", "Head: cylinder, Ø10"."""
        reader, found = self.reader, self.reader.tokens
        if np.kind not in ("body", "unknown", "cut") or np.definite or np.count:
            return None
        k = np.start - 1
        while lemma_at(found, k) in (
            "also",
            "just",
            "simply",
            "basically",
            "essentially",
            "now",
            "like",
            "as",
            "made",
            "again",
        ):
            k -= 1
        before = lemma_at(found, k)
        thing = reader.focus if reader.mentioned else None
        if thing is None or thing.kind == "edge":
            pronoun = lemma_at(found, k - 1) in ("it", "this", "that", "each", "they", "which", "these")
            thing = reader.focus if pronoun and reader.focus is not None and not reader.focus.said_size else None
            if thing is None or before not in ("is", "are"):
                return None
        shaped = bool(shape_of(np.head)) or any(word in SHAPES for word in np.adjectives)
        label = before == ":" and not thing.said_size and np.kind == thing.kind and shaped
        apposed = (
            before == ","
            and np.det in ("a", "an")
            and not thing.said_size
            and not thing.shape
            and (lemma_at(found, k - 1) in thing.names)
        )
        copular = before in ("is", "are", "be", "=") and np.det in ("a", "an", "") and reader.subject is thing
        copular = copular and lemma_at(found, k - 1) not in ("there", "here") and not self._part_before(k)
        if not (label or apposed or copular):
            return None
        if copular and thing.said_size and thing.shape and thing.shape != shape_of(np.head):
            return None
        if np.kind == "cut" and thing.kind == "body":
            return None
        own = shape_of(np.head)
        based = next((SHAPES[word] for word in np.adjectives if word in SHAPES), "")
        if own in ("ring", "tube", "pyramid") and based in ("box", "hexagon", "octagon", "pentagon", "triangle"):
            thing.shape = own
            thing.flags.add(based + "_base")
            np.adjectives = [word for word in np.adjectives if SHAPES.get(word) != based]
        shape = next((SHAPES[word] for word in np.adjectives if word in SHAPES), "") or shape_of(np.head)
        thing.names |= {np.head, *np.names}
        if shape and (thing.kind == "body" or np.kind == "cut"):
            thing.shape = "cylinder" if shape == "round" else shape
        elif shape:
            thing.shape = {"cylinder": "hole", "box": "pocket", "round": "hole"}.get(shape, shape)
        if np.letter:
            self._letter(thing, np.letter)
        reader.attend(thing)
        reader.measures(thing, np)
        self._adjectives(thing, np)
        return thing

    def _part_before(self, k: int) -> bool:
        return self.reader.part is not None

    def _known(self, np: Phrase) -> Thing | None:
        """The thing a phrase names again: a definite one, or one that was only announced."""
        reader = self.reader
        if np.det in ("another",) or "another" in np.which:
            return None
        found = reader.matches(np)
        if not found:
            return None
        if (
            np.definite
            or np.one_of
            or (
                np.det == ""
                and not np.sized
                and not np.count
                and not np.adjectives
                and np.start
                and lemma_at(reader.tokens, np.start - 1) in ("and", ",", "of", "")
            )
        ):
            thing = reader.resolve(np)
            if (
                thing is not None
                and np.ordinal
                and thing.ordinal != np.ordinal
                and thing.count == 1
                and thing.group is None
            ):
                if thing.said_size and np.sized:
                    return None  # "the second cylinder" after one cylinder
            return thing
        for thing in found:
            fresh = not thing.said_size and thing.group is None and not thing.points and thing.lead is None
            if (
                fresh
                and (thing.sentence < reader.number or thing.latest < reader.number)
                and thing.kind == ("cut" if np.kind == "cut" else "body")
            ):
                if thing.counted and thing.count > 1 and (np.count or 1) < thing.count:
                    return reader.member_of(thing, np) if np.ordinal or np.sides else self._one_more(thing, np)
                if thing.where and np.det in ("a", "an"):
                    continue
                if np.count:
                    thing.count, thing.counted = np.count, True
                thing.sentence = reader.number
                reader.things.remove(thing)
                reader.things.append(thing)
                return thing
        for thing in found:
            group = thing if thing.count > 1 else thing.group
            if (
                isinstance(group, Thing)
                and not group.said_size
                and group.sentence < reader.number
                and np.kind == group.kind
            ):
                if sum(one.count for one in group.members) < group.count:
                    return self._one_more(group, np)
        return None

    def create(self, np: Phrase, quiet: bool = False) -> Thing:
        """A new thing from a phrase; `quiet` leaves the focus where it is."""
        reader = self.reader
        cut = (
            np.kind == "cut"
            or (np.head == "step" and reader.op == "cut")
            or (reader.op in ("cut",) and np.kind in ("body",) and np.head not in ("plate", "block"))
        )
        kind = "cut" if cut else "body"
        shape = next((SHAPES.get(word, "") for word in np.adjectives if word in SHAPES), "") or shape_of(np.head)
        own = shape_of(np.head)
        if "hollow" in np.adjectives and own in ("cylinder",):
            own = shape = "cylinder"
        if shape == "round":
            shape = (
                own if own in ("tube", "torus", "sphere", "hole", "slot", "groove") else "hole" if cut else "cylinder"
            )
        if own in ("pyramid", "cone", "ring", "gear", "wedge", "tube", "groove", "slot", "keyway", "counterbore") and (
            shape in ("box", "hexagon", "octagon", "pentagon", "triangle") and shape != own
        ):
            reader_flag = shape
            shape = own if own != "tube" or shape == "box" else shape
        else:
            reader_flag = ""
        for name in np.names:
            inner = shape_of(name)
            if not own and inner and kind_of(name) == "body" and not shape:
                shape = inner
            if inner in ("hexagon", "octagon", "pentagon", "triangle") and own in ("box", "hole", "pocket", ""):
                shape = inner
        if cut:
            shape = {"cylinder": "hole", "box": "pocket", "round": "hole", "tube": "hole"}.get(shape, shape)
        thing = Thing(kind, np.head, {np.head, *np.names}, shape, said=reader.said(np), op="cut" if cut else "add")
        if thing.noun == "intersection" or (any(one.noun == "intersection" for one in reader.things) and not cut):
            reader.op = "common"
        if reader.op == "common" and not cut and thing.noun != "intersection":
            thing.op = "common" if any("shared" in one.flags for one in reader.things) else "add"
            if thing.op == "add":
                thing.flags.add("shared")
        if reader_flag:
            thing.flags.add(reader_flag + "_base")
        thing.count, thing.counted = np.count or 1, np.count is not None or np.plural
        if np.plural and np.count is None:
            thing.flags.add("uncounted")
        if "free" in np.which and kind == "body":
            thing.flags.add("open_top")
        thing.ordinal = np.ordinal
        thing.which = {*np.sides, *np.which} - {"each", "same", "one", "another", "both"}
        thing.sentence, thing.step, thing.start = reader.number, reader.step, reader.tokens[np.start].start
        if np.letter:
            self._letter(thing, np.letter)
        if np.head == "channel":
            self._letter(thing, np.letter or "u")
        if np.head == "angle" and kind == "body":
            self._letter(thing, "l")
        if thing.shape in ("counterbore", "countersink"):
            cuts = [
                one for one in reader.things if one.kind == "cut" and one.lead is None and one.shape in ("hole", "slot")
            ]
            thing.lead = cuts[-1] if cuts else None
        subject = reader.subject
        if kind == "cut" and thing.lead is None and subject is not None and subject.kind == "body" and reader.mentioned:
            thing.host = subject
        if quiet:
            reader.things.append(thing)
            reader.measures(thing, np)
            self._adjectives(thing, np)
            thing.latest = reader.number
        else:
            reader.add(thing)
            reader.measures(thing, np)
            self._adjectives(thing, np)
        return thing

    # --- parts and patterns as subjects

    # --- members
