"""Naming: a noun phrase becomes a new thing, or says more of one that was named; "the first", "the other two"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.finding import shape_of
from wugan.apps.voice_to_3d.language.assembly.measuring import ENDS, Size
from wugan.apps.voice_to_3d.language.assembly.phrases import Phrase, kind_of
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import SIDES, WHICH
from wugan.apps.voice_to_3d.language.parts.making import SHAPES
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

WALLS = ("wall", "shell", "skin", "side_wall")
WORKED = {"countersunk": "countersink", "counterbored": "counterbore"}
TELLING = (
    "first",
    "last",
    "left",
    "right",
    "top",
    "bottom",
    "front",
    "back",
    "inner",
    "outer",
    "big",
    "small",
    "middle",
)


class Naming:
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
            while lemma_at(found, k) in ("of", "is", "are", ":", "=", "length", "the", "its", "triangle", "hexagon", "base"):
                k += 1
            if length_at(found, k) is not None and lemma_at(found, k + 1) != "from" and reader.focus is not None:
                reader.attend(reader.focus)
                reader.give(Size("side", found[k].value))
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
        triangle = next((one for one in reversed(reader.things) if one.shape == "triangle"), None)
        if np.head == "leg" and np.plural and not np.sized and triangle is not None:
            k = np.end
            while lemma_at(found, k) in ("of", "the", "triangle", "is", "are", "measure", "a", "its", ":"):
                k += 1
            if length_at(found, k) is not None:
                triangle.dims["leg"] = found[k].value
                if lemma_at(found, k + 1) == "and" and length_at(found, k + 2) is not None:
                    triangle.dims["leg_2"], k = found[k + 2].value, k + 2
                reader.attend(triangle)
                return k + 1
        gear = next((one for one in reader.things if one.shape == "gear"), None)
        if np.head == "tooth" and np.count and gear is not None:
            gear.dims["teeth"] = float(np.count)
            reader.attend(gear)
            return np.end
        if np.head in WALLS and lemma_at(found, np.end) == "thickness" and not np.sized:
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
        if np.kind == "unknown" and not self._names(np):
            return i
        if "same" in np.which and np.kind in ("cut", "body") and not np.sized and (old := reader.resolve(np)) is not None:
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
        if after in ("with", "of", "that", "which", "from", "on", "in", "at", "stands", "sits", "rises", "runs", "for", "",
                     "goes", "sticks", ","):  # fmt: skip
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
        apposed = before == "," and np.det in ("a", "an") and not thing.said_size and not thing.shape and (
            lemma_at(found, k - 1) in thing.names)  # fmt: skip
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

    def _letter(self, thing: Thing, letter: str) -> None:
        thing.letter = letter
        thing.flags.add(letter + "_shape")

    def _known(self, np: Phrase) -> Thing | None:
        """The thing a phrase names again: a definite one, or one that was only announced."""
        reader = self.reader
        if np.det in ("another",) or "another" in np.which:
            return None
        found = reader.matches(np)
        if not found:
            return None
        if np.definite or np.one_of or (np.det == "" and not np.sized and not np.count and not np.adjectives
                                        and np.start and lemma_at(reader.tokens, np.start - 1) in ("and", ",", "of", "")):  # fmt: skip
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
            if fresh and (thing.sentence < reader.number or thing.latest < reader.number) and thing.kind == (
                "cut" if np.kind == "cut" else "body"
            ):  # fmt: skip
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

    def _twin(self, old: Thing, said: str) -> Thing:
        """Another of the same: its sizes, not its place."""
        twin = Thing(old.kind, old.noun, set(old.names), old.shape, {**old.dims}, [*old.sizes])
        twin.op, twin.host, twin.said = old.op, old.host, said
        twin.flags = old.flags - {"both_ends", "corners", "through_all"}
        return self.reader.add(twin)

    def _one_more(self, group: Thing, np: Phrase) -> Thing:
        made = Thing(group.kind, group.noun, set(group.names), group.shape, count=np.count or 1, group=group)
        made.op, made.sentence, made.step = group.op, self.reader.number, self.reader.step
        made.said = self.reader.said(np)
        group.members.append(made)
        self.reader.things.append(made)
        return made

    def create(self, np: Phrase, quiet: bool = False) -> Thing:
        """A new thing from a phrase; `quiet` leaves the focus where it is."""
        reader = self.reader
        cut = (
            np.kind == "cut"
            or np.head == "step"
            and reader.op == "cut"
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
        if thing.noun == "intersection" or any(one.noun == "intersection" for one in reader.things) and not cut:
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

    def _adjectives(self, thing: Thing, np: Phrase) -> None:
        reader = self.reader
        for word in np.adjectives:
            if word in WORKED and thing.kind == "cut" and not any(one.lead is thing for one in reader.things):
                work = Thing("cut", WORKED[word], {WORKED[word]}, WORKED[word], said=word, lead=thing, op="cut")
                work.sentence, work.step = reader.number, reader.step
                reader.things.append(work)
            elif word not in SHAPES or word in ("rectangular", "truncated"):
                thing.flags.add(word)
        for word in ("vertical", "horizontal"):
            if word in np.which:
                thing.flags.add(word)

    def turn_to_cut(self, thing: Thing) -> None:
        """A body that was drawn becomes what is cut away."""
        thing.kind, thing.op = "cut", "cut"
        thing.shape = {"cylinder": "hole", "box": "pocket", "": "pocket", "tube": "hole"}.get(thing.shape, thing.shape)

    # --- parts and patterns as subjects

    def _subject_part(self, np: Phrase) -> int:
        reader, found = self.reader, self.reader.tokens
        place, end = reader.target(np.start, creating=False) or (Place("", part=np.head), np.end)
        if reader.edge is not None and reader.focus is reader.edge:
            if np.bare and not reader.edge.said_size and place.part == "edge":
                reader.edge.dims["size"] = np.bare[0].value
            else:
                place.how = "at"
                reader.edge.where.append(place)
            return end
        if reader.edge is not None and lemma_at(found, np.start - 1) in ("and", ","):
            place.how = "at"
            reader.edge.where.append(place)
            return end
        before, after = lemma_at(found, np.start - 1), lemma_at(found, end)
        owner = place.of
        if place.part in ("corner", "edge") and (
            "rounded" in np.adjectives or any(one.role == "radius" for one in np.sizes)
        ):
            edge = Thing("edge", "fillet", {"fillet"}, "fillet", said=reader.said(np))
            place.of = place.of or (reader.focus if reader.focus is not None and reader.focus.kind != "edge" else None)
            place.how, place.size = "at", None
            edge.where.append(place)
            reader.add(edge)
            reader.measures(edge, np)
            reader.edge, reader.pending = edge, "" if edge.said_size else "radius"
            return end
        sided = place.sides[0] if place.sides else ""
        shaped = after in (":",) or (after in ("is", "are") and lemma_at(found, end + 1) in ("a", "an")) or (
            after in ("is", "are") and lemma_at(found, end + 1).startswith("#")
            and lemma_at(found, end + 2) in ("long", "wide", "thick", "high", "tall", "x"))  # fmt: skip
        named = np.head in SIDES or np.head in ("end", "side", "tip", "rim", "floor")
        if named and (shaped or np.sized) and owner is None and before not in ("of", "from"):
            if np.head in SIDES or np.head in ("rim", "tip", "floor"):
                thing = Thing("body", np.head, {np.head}, said=reader.said(np), op="add")
                thing.which = {*place.sides}
                reader.add(thing)
                reader.measures(thing, np)
                return np.end
        if before in ("is", "are", "be", "at") and reader.own and reader.mentioned and reader.focus is not None:
            place.how, place.own = "at", reader.own
            reader.focus.where.append(place)
            return end
        if owner is not None:
            if owner is not reader.focus or not reader.mentioned:
                reader.attend(owner)
        elif np.det in ("its", "their", "whose") and reader.focus is not None:
            reader.mentioned = True
        if before == "and" and reader.part is not None and reader.part.part == "edge":
            return end  # "every edge and corner"
        reader.part = place
        reader.own = sided or {"axis": "centre"}.get(place.part, place.part)
        return end

    def _pattern(self, np: Phrase) -> int:
        """Reads "a 4 x 3 grid of holes", "a row of five pins", "a circle of 60 mm diameter"."""
        reader, found = self.reader, self.reader.tokens
        k = np.end
        if np.head in ("circle", "ring") and not (
            reader.focus is not None and reader.focus.count > 1 and reader.mentioned
        ):
            thing = reader.resolve(np) if np.definite else None
            if thing is not None:
                reader.attend(thing)
                return k
            np.kind = "body"
            reader.create(np)
            return k
        if np.head == "circle" and reader.focus is not None:
            for size in np.sizes:
                reader.focus.dims["circle"] = float(size.value) if isinstance(size.value, float) else 0.0
            if np.bare:
                reader.focus.dims["circle"] = np.bare[0].value
            reader.pending = "" if "circle" in reader.focus.dims else "circle"
            return k
        counts = np.boxes[0].values if np.boxes else ()
        if not counts and k < len(found) and (size := found[k].quantity) is not None and size.kind == "sizes":
            counts, k = size.values, k + 1  # "an array 3x2 of holes"
        if lemma_at(found, k) == "of":
            k += 1
            inner = reader.phrase(k)
            if inner is not None and inner.kind in ("cut", "body"):
                if inner.boxes and len(inner.boxes[0].values) == 2 and not counts:
                    counts = inner.boxes.pop(0).values  # "a pattern of 3 by 2 holes"
                thing = reader.create(inner)
                if len(counts) == 2:
                    thing.dims["columns"], thing.dims["rows"] = counts[0], counts[1]
                    thing.count, thing.counted = int(counts[0] * counts[1]), True
                elif np.head in ("row", "column", "series"):
                    thing.flags.add(np.head if np.head != "series" else "row")
                return inner.end
        focus = reader.focus
        if (
            focus is not None
            and np.head in ("row", "column", "pattern", "grid", "array")
            and (counts or np.adjectives or True)
        ):
            if len(counts) == 2:
                focus.dims["columns"], focus.dims["rows"] = counts[0], counts[1]
            focus.flags.add(np.head)
            return k
        return np.start

    # --- members

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
        elif lemma_at(found, end) not in ("with", "is", "has", "at", ",", "in", "on", "are") or np.sides:
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
