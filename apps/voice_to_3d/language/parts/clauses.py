"""What can stand at a point of a clause: idioms, distances, measures, verbs, members, patterns, phrases, places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.entities import Entities
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.parts.layouts import listed, mirrored
from wugan.apps.voice_to_3d.language.parts.measures import CENTRES, Measure, lemma_at, length_at, match
from wugan.apps.voice_to_3d.language.parts.nouns import LETTER_SHAPES, kind_of, read_np
from wugan.apps.voice_to_3d.language.parts.places import point_at
from wugan.apps.voice_to_3d.language.parts.verbs import Roles, Verbs
from wugan.apps.voice_to_3d.language.parts.vocabulary import NEW_PREPOSITIONS
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


# Talk that carries no shape, and outlines by points.

TALK = (
    "walk you through", "i will", "we will", "i'll", "explain", "tell you", "let you know", "instructions",
    "how to make it", "step by step", "operation by operation",
    "operations", "fairly specific",
)  # fmt: skip


def _outline(reader: Reader, i: int) -> int:
    """Reads "vertices at (0, 0), (50, 0), (50, 10)…": three points or more are the outline of what is in focus."""
    found = reader.tokens
    k = i
    while lemma_at(found, k) in (
        "vertex",
        "point",
        "corner",
        "with",
        "at",
        "the",
        "through",
        ":",
        "connecting",
        "profile",
        "are",
    ):
        k += 1
    points: list[tuple[float, ...]] = []
    end = k
    while (read := point_at(found, k)) is not None:
        points.append(read[0])
        end = k = read[1]
        while lemma_at(found, k) in (",", "and", "then", "to", "–", "-"):
            k += 1
    frame = reader.focus
    if frame is not None and frame.kind == "cut" and reader.mentioned is not None and len(points) > 1:
        if any(value < 0 for point in points for value in point):
            reader.centre_origin = True
        frame.spots.append(Spot("points", points=tuple(points)))
        return end
    if len(points) < 3:
        return i
    if frame is None or frame.kind != "solid" or frame.sized or reader.mentioned is None:
        if reader.base() is not None:
            return i
        frame = reader.add(Frame("solid", "profile", {"profile", "outline", "polygon"}, said="the outline by points"))
    if points[0] == points[-1]:
        points.pop()
    frame.points, frame.shape = tuple(points), "points"
    if any(token.lemma in ("revolve", "revolved", "rotate", "spin") for token in found):
        frame.flags.add("revolve")
    return end


def _talk(reader: Reader) -> bool:
    """A sentence of talk about the description itself."""
    found = reader.tokens
    if any(token.quantity and token.quantity.kind in ("length", "sizes", "angle") for token in found):
        return False
    line = " ".join(token.lemma for token in found)
    return any(phrase in line for phrase in TALK) and not any(word in line for word in ("hole", "slot", "plate with"))


def _purpose(reader: Reader, i: int) -> bool:
    """Reads "for holding round stock", "for the clamp", "to make a T shape": says what for, not how large."""
    found = reader.tokens
    end = _clause_end(reader, i)
    rest = found[i + 1 : end]
    if not rest or any(token.quantity and token.quantity.kind != "ordinal" for token in rest):
        return False
    word = found[i].lemma
    if word == "for":
        if rest[0].lemma.endswith("ing"):
            return True
        np = read_np(found, i + 1, unknown=True)
        known = np is not None and np.entity and (reader.resolve(np) if np.definite else reader.find(np.head))
        return np is not None and not known and i > 0
    if word == "to" and i and found[i - 1].lemma in ("going", "want", "need", "like", "have", "start", "begin", "used"):
        return False
    if word == "to":
        return rest[0].lemma in (
            "make",
            "form",
            "hold",
            "create",
            "give",
            "accept",
            "receive",
            "fit",
            "allow",
            "take",
            "keep",
        )
    return rest[0].lemma in ("that", "it", "the", "they")


def _clause_end(reader: Reader, i: int) -> int:
    k = i
    while k < len(reader.tokens) and reader.tokens[k].lemma not in (",", ":", "(", ")", ".", "–"):
        k += 1
    return k


# Fixed phrases: "all the way through", "evenly spaced", "not counting the head", and talk that carries no shape.

FLAGS: list[tuple[tuple[str, ...], str]] = [
    (tuple(phrase.split()), flag)
    for phrase, flag in [
        ("all the way through", "through"), ("the whole way through", "through"), ("straight through", "through"),
        ("right through", "through"),
        ("clean through", "through"), ("fully through", "through"), ("completely through", "through"),
        ("through all", "through"), ("through everything", "through"), ("through and through", "through"),
        ("open at both end", "through"), ("all the way down", "through"), ("all the way across", "full"),
        ("all the way along", "full"),
        ("all the way round", "annular"), ("all the way around", "annular"), ("all round", "annular"),
        ("all around", "annular"),
        ("evenly spaced", "even"), ("equally spaced", "even"), ("uniformly spaced", "even"), ("spaced evenly",
        "even"), ("spaced equally", "even"),
        ("evenly distributed", "even"), ("equally distributed", "even"), ("equispaced", "even"),
        ("evenly arranged", "even"), ("regularly spaced", "even"),
        ("equal spacing", "even"), ("spaced uniformly", "even"), ("evenly", "even"), ("equally", "even"),
        ("in a row", "row"), ("in a line", "row"),
        ("in line", "row"), ("half round", "semicircular"), ("full length", "full"), ("full width", "full"),
        ("full depth", "full"), ("full height", "full"),
        ("whole length", "full"), ("entire length", "full"), ("whole width", "full"), ("entire width", "full"),
        ("full thickness", "through"),
        ("whole thickness", "through"), ("entire thickness", "through"), ("end-to-end", "full"), ("full radius",
        "rounded_ends"), ("rounded end", "rounded_ends"),
        ("round end", "rounded_ends"), ("semicircular end", "rounded_ends"), ("radiused end", "rounded_ends"),
        ("square end", "square_ends"),
        ("open top", "open_top"), ("open topped", "open_top"), ("open at the top", "open_top"), ("no lid",
        "open_top"), ("without a lid", "open_top"), ("no top", "open_top"), ("without a top", "open_top"),
        ("open on top", "open_top"),
        ("open at both the top and bottom", "through"), ("no bottom", "open_bottom"), ("in opposite direction",
        "opposite"), ("on opposite side", "both_sides"),
        ("on both side", "both_sides"), ("on either side", "both_sides"), ("on each side", "both_sides"),
        ("at both end", "both_ends"), ("on both end", "both_ends"),
        ("at each end", "both_ends"), ("on each end", "both_ends"), ("at either end", "both_ends"),
        ("in each corner", "corners"), ("at each corner", "corners"),
        ("at the corner", "corners"), ("in the corner", "corners"), ("in all corner", "corners"),
        ("at all corner", "corners"), ("at its corner", "corners"), ("near each corner", "corners"),
        ("near the corner", "corners"), ("one in each corner", "corners"), ("one at each corner", "corners"),
        ("one near each corner", "corners"), ("per corner", "corners"), ("out of each corner", "corners"),
        ("from each corner", "corners"), ("off each corner", "corners"), ("out of the corner", "corners"),
        ("out of all four corner", "corners"),
        ("edge to edge", "full"), ("side to side", "full"), ("point up", "point_up"), ("pointing up", "point_up"),
        ("upside down", "inverted"),
    ]
]  # fmt: skip
FLAGS.sort(key=lambda item: -len(item[0]))
NOISE = [
    tuple(phrase.split())
    for phrase in [
        "step by step", "one by one", "in other word", "at right angle to each other",
        "at 90 degree to each other", "all in one", "in one piece",
        "all dimension", "dimension are in", "in millimetre", "in mm", "at a time", "in total", "in all",
        "that is it", "of each other", "to each other",
        "from the same", "in order to", "as well as", "as well", "at all", "anywhere", "everywhere", "in shape",
        "in dimension", "in size", "for clearance",
        "from each other", "when viewed from above", "viewed from above", "viewed from the top",
        "seen from above", "from above", "in plan", "without thread", "without the thread", "no thread",
        "i will walk you through", "not counting", "at right angle",
        "other word", "as one part", "single piece", "that is all", "one part", "1 part", "in the same plane",
        "all one part", "in this case",
    ]
]  # fmt: skip
NOISE.sort(key=lambda item: -len(item))
SHAPES = {
    "rectangular": "box", "round": "round", "circular": "round", "cylindrical": "round", "hexagonal": "hexagon",
    "octagonal": "octagon",
    "triangular": "triangle", "conical": "cone", "oval": "stadium", "elliptical": "ellipse",
    "semicircular": "semicircle",
}  # fmt: skip


def idiom(reader: Reader, i: int) -> int:
    """The index after a fixed phrase at `i`, or `i`."""
    found = reader.tokens
    if i == 0 and (_talk(reader) or _consequence(reader)):
        return len(found)
    if lemma_at(found, i) in ("the", "its", "their") and any(
        match(found, i + 1, lemmas) for lemmas, flag in FLAGS if flag in ("full", "through")
    ):
        i += 1
    if (
        lemma_at(found, i) in LETTER_SHAPES
        and lemma_at(found, i + 1) in ("shaped", "shape")
        and not _in_phrase(reader, i)
    ):
        _flag(reader, lemma_at(found, i) + "_shape")
        return i + 2
    for lemmas, flag in FLAGS:
        if match(found, i, lemmas):
            end = i + len(lemmas)
            if (
                flag == "through"
                and lemmas[-1] == "through"
                and lemma_at(found, end) in ("the", "both", "its", "it", "one", "each", "this", "all", "#number")
            ):
                return end - 1  # "right through both walls"
            if flag in ("both_ends", "both_sides") and lemma_at(found, end) == "of":
                continue
            if flag == "corners" and lemma_at(found, end) in ("of",):
                owner = reader.places.where(end + 1)
                end = owner[1] if owner else end
            _flag(reader, flag)
            return end
    for lemmas in NOISE:
        if match(found, i, lemmas):
            return i + len(lemmas)
    special = _special(reader, i)
    if special > i:
        return special
    for lemmas in CENTRES:
        if (
            match(found, i, lemmas)
            and reader.focus is not None
            and "length" in reader.focus.dims
            and "apart" not in reader.focus.dims
        ):
            reader.focus.dims["apart"] = reader.focus.dims.pop("length")
            return i + len(lemmas)
    if lemma_at(found, i) == "looking" or match(found, i, ("when", "looking")):
        return _looking(reader, i)
    word = lemma_at(found, i)
    if word == "row-along":
        _flag(reader, "along_" + lemma_at(found, i + 1))
        return i + 2
    if word in ("thick", "high", "tall", "deep", "long", "wide") and lemma_at(found, i - 1) == "#sizes":
        return i + 1  # "70 x 70 x 8 mm thick"
    if word in ("excluding", "counting", "including", "included", "include") and reader.focus is not None:
        np = read_np(found, i + 1)
        if np is not None and not np.measures and not np.bare and np.definite:
            return np.end
        if word == "included" and lemma_at(found, i + 1) == "in":
            return _clause_end(reader, i)
    if word == "through" and (
        lemma_at(found, i + 1) in ("", ",", ".", ")", "and", "with", "on", "hole", "-", "(", "at")
        or (
            i
            and found[i - 1].quantity
            and lemma_at(found, i + 1) not in ("the", "both", "its", "it", "a", "all", "one", "each")
        )
    ):
        if lemma_at(found, i + 1) == "hole":
            return i
        _flag(reader, "through")
        return i + 1
    if word in ("for", "so", "to") and _purpose(reader, i):
        return _clause_end(reader, i)
    if (
        word in SHAPES
        and lemma_at(found, i - 1) in ("is", "are", "be", ",", "and")
        and reader.focus is not None
        and reader.mentioned is reader.focus
        and not _in_phrase(reader, i)
    ):
        if not reader.focus.sized or reader.focus.shape in ("", "pocket", "cutout", "notch", "hole"):
            shape = SHAPES[word]
            if reader.focus.kind == "cut":
                shape = {"box": "pocket", "round": "hole"}.get(shape, shape)
                reader.focus.shape = (
                    shape if reader.focus.shape not in ("slot", "groove", "keyway") else reader.focus.shape
                )
            elif not reader.focus.shape:
                reader.focus.shape = "cylinder" if shape == "round" else shape
        return i + 1
    if (
        word in ("square", "flush")
        and lemma_at(found, i - 1) in ("is", "are", ",", "fitting")
        and not _in_phrase(reader, i)
        and word != "flush"
    ):
        if reader.focus is not None and word == "square":
            reader.flag("square")
        return i + 1
    if (
        not (word == "hollow" and lemma_at(found, i + 1) in ("it", "out", "the", "this"))
        and word
        in (
            "hollow",
            "solid",
            "blind",
            "open",
            "closed",
            "upright",
            "vertical",
            "horizontal",
            "flat",
            "central",
            "radial",
            "straight",
            "plain",
            "simple",
        )
        and not _in_phrase(reader, i)
    ):
        if reader.focus is not None:
            _flag(reader, word)
        return i + 1
    if word == "vertically" or word == "horizontally":
        _flag(reader, word[:-2])
        return i + 1
    return i


def _consequence(reader: Reader) -> bool:
    """Whether a sentence only tells what follows: "So the nose is 10 mm thick"."""
    found = reader.tokens
    if lemma_at(found, 0) not in ("so", "thus", "hence", "therefore") or lemma_at(found, 1) == "that":
        return False
    return any(token.lemma in ("is", "are", "be") for token in found) and reader.base() is not None


def _special(reader: Reader, i: int) -> int:
    """Reads "not with the disc", "which leaves an 8 mm crown", "the last 15 mm", "cut from 8 mm plate"."""
    found = reader.tokens
    word, after = lemma_at(found, i), lemma_at(found, i + 1)
    if word in ("along", "in") and after in ("each", "all") and _special(reader, i + 1) > i + 3:
        return _special(reader, i + 1)
    if (
        match(found, i, ("each", "of", "the"))
        and lemma_at(found, i + 4) in ("axis", "direction")
        and found[i + 3].value == 3
    ):
        _flag(reader, "three_axes")
        return i + 5
    if word in ("all", "the") and lemma_at(found, i + 2) in ("axis", "direction") and found[i + 1].value == 3:
        _flag(reader, "three_axes")
        return i + 3
    outlined = _outline(reader, i)
    if outlined > i:
        return outlined
    if word == "radially":
        _flag(reader, "radial")
        return i + 1
    if word == "through" and after in ("one", "#number", "a", "single") and lemma_at(found, i + 2) in ("wall", "side"):
        _flag(reader, "one_wall")
        _flag(reader, "radial")
        np = read_np(found, i + 4) if lemma_at(found, i + 3) == "of" else None
        host = reader.resolve(np) if np is not None and np.entity else None
        if np is not None and host is not None:
            reader.host(host)
            return np.end
        return i + 3
    if word == "through" and after in ("both", "all", "everything") and kind_of(lemma_at(found, i + 2)) == "":
        _flag(reader, "through")
        return i + 2
    if word == "not" and after in ("with", "on", "in", "to", "the", "from", "counting", "including"):
        return _clause_end(reader, i)
    if word in ("leave", "leaving") and lemma_at(found, i - 1) in ("which", "that", ",", "so", "this", ""):
        return _clause_end(reader, i)
    k = i + 1 if word == "the" else i
    if (
        lemma_at(found, k) in ("last", "first", "#ordinal", "final")
        and length_at(found, k + 1)
        and found[k + 1].lemma == "length"
    ):
        end = k + 2
        if lemma_at(found, end) == "of":
            end += 1
        if reader.mentioned is None:
            reader.leading.append(Spot("measure", Where("length"), found[k + 1].value))
        elif reader.focus is not None:
            reader.focus.dims["length"] = found[k + 1].value
        return end
    if (
        lemma_at(found, k) in ("full", "whole", "entire")
        and length_at(found, k + 1)
        and lemma_at(found, k + 2) in ("width", "length", "height", "depth", "thickness")
    ):
        _flag(reader, "full")
        return k + 3
    if word == "from" and reader.base() is None:
        k = i + 1
        while lemma_at(found, k) in ("a", "an", "the"):
            k += 1
        if length_at(found, k) and lemma_at(found, k + 1) in ("plate", "sheet", "stock", "thick", "material"):
            reader.stock = found[k].value
            k += 2
            while lemma_at(found, k) in ("plate", "sheet", "stock", "steel", "material", "aluminium"):
                k += 1
            return k
    if word == "from" and after in ("below", "underneath", "beneath"):
        _where(reader, Spot("fromface", Where("bottom")))
        return i + 2
    return i


def _where(reader: Reader, spot: Spot) -> None:
    if reader.mentioned is None or reader.focus is None:
        reader.leading.append(spot)
    else:
        reader.focus.spots.append(spot)


def _looking(reader: Reader, i: int) -> int:
    """Reads "when looking down at the plate": the usual view; the plate is not what follows is about."""
    found = reader.tokens
    k = i
    while lemma_at(found, k) in ("when", "looking", "down", "at", "on", "onto", "from", "above"):
        k += 1
    np = read_np(found, k)
    return np.end if np is not None and np.entity and np.definite else k


def _in_phrase(reader: Reader, i: int) -> bool:
    np = read_np(reader.tokens, i)
    return np is not None and np.end > i + 1


def _flag(reader: Reader, flag: str) -> None:
    """Flags what is in focus now, or what comes first in this sentence."""
    if reader.mentioned is None:
        reader.leading.append(Spot("flag", Where(flag)))
    else:
        reader.flag(flag)


# Halves: "the right half is cut down to a height of 15 mm": a step as wide as half the body.

SIDES = words("left right front back")
TALL = words("high height tall thick thickness")


def half(reader: Reader, i: int) -> int:
    """The index after a statement that a half of the body is lower than the rest, or `i`."""
    found = reader.tokens
    k = i + 1 if lemma_at(found, i) in ("the", "its", "whose") else i
    side = lemma_at(found, k)
    if side not in SIDES or found[k + 1 : k + 2] == [] or found[k + 1].text.lower() != "half":
        return i
    end = k + 2
    while end < len(found) and length_at(found, end) is None:
        if found[end].lemma in (",", ".", ":", ";"):
            return i
        end += 1
    near = {token.lemma for token in found[k:end]} | {lemma_at(found, end + 1)}
    quantity = length_at(found, end)
    if quantity is None or not near & TALL or reader.base() is None:
        return i
    frame = Frame(
        "cut", "step", {"step", "half"}, "rebate", op="cut", said=" ".join(t.text for t in found[i : end + 1])
    )
    frame.dims["rest_height"] = quantity.value
    frame.flags |= {"full", "half"}
    frame.spots.append(Spot("at", Where("end", {side})))
    reader.add(frame)
    return end + 2 if lemma_at(found, end + 1) in TALL else end + 1


COPULAS = words("is are was be been being become becomes has have = : measures")


class Clauses(Roles, Verbs):
    """Tries each reading at a place; the first that fits is taken."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.entities = Entities(reader)

    def at(self, i: int) -> int:
        """The index after what was read at `i`, or `i`."""
        for reading in (
            self._sign, self._mirror, self._idiom, self._legs, self._distance, self._measure, self._verb, self._member,
            self._pattern, self._noun,
            self._place, self._value, self._pronoun,
        ):  # fmt: skip
            end = reading(i)
            if end > i:
                return end
        return i

    def _sign(self, i: int) -> int:
        token = self.reader.tokens[i]
        listing = self.reader.mentioned is not None and self.reader.mentioned.kind == "cut"
        if token.lemma == "(" and listing and point_at(self.reader.tokens, i) is not None:
            return i
        if token.kind == "sign" or token.kind == "break":
            if token.lemma in (",", ":", "("):
                self.reader.own = self.reader.own if token.lemma == "(" else ""
            return i + 1
        return i

    def _mirror(self, i: int) -> int:
        return max(mirrored(self.reader, i), half(self.reader, i), listed(self.reader, i))

    def _idiom(self, i: int) -> int:
        found = self.reader.tokens
        if (
            i
            and lemma_at(found, i) in ("and", "while", "but")
            and lemma_at(found, i + 1) in ("in", "at", "on", "near", "from")
        ):
            ahead = [token.lemma for token in found[i + 1 : i + 14]]
            if "there" in ahead and "," not in ahead[: ahead.index("there")]:
                self.reader.mentioned = None  # "…, and in the bottom right corner there is…"
                return i + 1
        return idiom(self.reader, i)

    def _distance(self, i: int) -> int:
        reader = self.reader
        if length_at(reader.tokens, i) is None:
            return i
        if (
            reader.pending in ("height", "length", "reach")
            and lemma_at(reader.tokens, i + 1) in ("above", "below", "from", "to")
            and reader.mentioned is not None
            and reader.focus is not None
            and reader.focus.kind == "solid"
        ):
            reader.measure(Measure(reader.pending, reader.tokens[i].value))
            return i + 1
        out = [lemma_at(reader.tokens, k) for k in (i - 1, i - 2)]
        if (
            "out" in out
            and out[0] in ("out", "by", "another")
            and reader.focus is not None
            and lemma_at(reader.tokens, i + 1) not in ("from",)
        ):
            reader.measure(Measure("reach", reader.tokens[i].value))
            return i + 1
        read = self.reader.spots.distance(i)
        if read is None:
            return i
        self._take(read[0])
        return read[1]

    def _take(self, spots: list[Spot]) -> None:
        """Gives places to what is in focus, or keeps them for what comes."""
        reader = self.reader
        for spot in spots:
            where = spot.where
            if (
                reader.edge is not None
                and where is not None
                and spot.kind
                in ("at", "on", "along", "between", "from", "fromface", "under", "above", "around", "through", "to")
            ):
                reader.edge.targets.append(where)
                continue
            if reader.mentioned is None:
                reader.leading.append(spot)
                continue
            frame = reader.focus
            if frame is None:
                continue
            if (
                reader.place is not None
                and reader.place.kind in ("edge", "rim", "corner")
                and where is not None
                and spot.kind in ("at", "on")
            ):
                reader.place.which |= {*where.which, where.kind}  # "the slot edges (on both the front and the back)"
                continue
            if frame.kind == "edge" and where is not None:
                frame.targets.append(where)
            else:
                frame.spots.append(spot)
            if (
                where is not None
                and where.of is not None
                and where.of is not frame
                and spot.kind in ("into", "through", "at")
                and frame.host is None
                and where.of.kind == "solid"
                and frame.kind == "cut"
            ):
                frame.host = where.of

    def _member(self, i: int) -> int:
        return self.entities.member(i)

    def _pattern(self, i: int) -> int:
        return self.entities.pattern(i)

    def _noun(self, i: int) -> int:
        return self.entities.noun(i)

    def _place(self, i: int) -> int:
        found = self.reader.tokens
        if lemma_at(found, i) in NEW_PREPOSITIONS:
            return i
        read = self.reader.spots.statement(i)
        if read is None:
            return i
        self._take(read[0])
        self.reader.spot_end = read[1]
        return max(read[1], i)

    def _pronoun(self, i: int) -> int:
        reader, found = self.reader, self.reader.tokens
        word = lemma_at(found, i)
        if (
            word in ("it", "they", "each", "both", "this", "these", "its", "their", "all", "one")
            and reader.focus is not None
        ):
            if word == "both" and lemma_at(found, i + 1) in ("way", "direction"):
                return i + 2
            if reader.mentioned is None:
                frame = reader.focus
                while frame.group is not None and word in ("each", "they", "both", "all", "these", "their"):
                    frame = frame.group
                if frame.kind == "edge" and word in ("it", "its"):
                    frame = next((one for one in reversed(reader.frames) if one.kind != "edge"), frame)
                reader.attend(frame)
                reader.subject = frame
            elif word in ("each", "both", "they", "all") and reader.focus.group is not None:
                reader.attend(reader.focus.group)
            return i + 1
        return i
