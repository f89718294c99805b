"""Places: what a preposition or a distance points to ("the short (18mm) side", "the middle of its width")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.parts.frames import Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import CENTRES, after_value, axis_after, lemma_at, length_at, match
from wugan.apps.voice_to_3d.language.parts.nouns import NP, read_np
from wugan.apps.voice_to_3d.language.parts.vocabulary import PLACES, WHICH
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


SIDES = words("left right top bottom front back")


class Places:
    """Reads places for a reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def where(self, i: int) -> tuple[Where, int] | None:
        """The place that starts at `i` and the index after it."""
        found = self.reader.tokens
        axis = self._axis(i)
        if axis:
            return axis
        word = lemma_at(found, i)
        if word in ("it", "them", "itself", "themselves", "this", "that") and not self._noun_follows(i):
            if word == "that":  # "on the end of that": what was named last
                last = [one for one in self.reader.frames if one.kind == "solid" and one is not self.reader.focus]
                return Where(of=last[-1] if last else None), i + 1
            return Where(of=self.reader.other()), i + 1
        if word in ("one", "each", "either", "both") and lemma_at(found, i + 1) in ("another", "other"):
            return Where(of=self.reader.focus), i + 2
        if word == "where":
            return None
        while (
            lemma_at(found, i)
            in (
                "roughly",
                "approximately",
                "about",
                "exactly",
                "right",
                "directly",
                "near",
                "around",
                "just",
                "precisely",
                "only",
            )
            and read_np(found, i + 1) is not None
            and (lemma_at(found, i) != "right" or lemma_at(found, i + 1) in ("the", "at", "in"))
        ):
            i += 1
        word = lemma_at(found, i)
        np = read_np(found, i)
        if np is None or (np.end == i):
            if word in SIDES:
                return Where(kind=word), i + 1
            return None
        return self.from_np(np)

    def _noun_follows(self, i: int) -> bool:
        np = read_np(self.reader.tokens, i)
        return np is not None and np.end > i + 1

    def _axis(self, i: int) -> tuple[Where, int] | None:
        """Reads "X", "the Y axis", "the XY plane", "X = 0", "the length"."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in ("the", "its", "part", "global", "positive", "negative", "long", "same"):
            if lemma_at(found, k) in ("long", "part", "same") and lemma_at(found, k + 1) not in ("axis",):
                break
            k += 1
        word = lemma_at(found, k)
        if lemma_at(found, k - 1) == "long" and word == "axis":
            return Where("dimension", axis="length"), k + 1
        if word in ("x", "y", "z") and (
            k == i
            or lemma_at(found, k + 1) in ("axis", "direction", "dimension", "centreline", "axi", "plane")
            or lemma_at(found, k - 1) != "the"
        ):
            equals = lemma_at(found, k + 1) == "=" or (lemma_at(found, k + 1) == ":" and lemma_at(found, i - 1) == "at")
            if equals and length_at(found, k + 2):
                value = found[k + 2].value
                return Where("coordinate", axis=word, size=value), k + 3
            kind = "axis"
            k += 1
            if lemma_at(found, k) == "centreline":
                kind = "centreline"
            while lemma_at(found, k) in ("axis", "direction", "dimension", "centreline", "axi"):
                k += 1
            return Where(kind, axis=word), k
        if word in ("xy", "xz", "yz", "yx", "zx", "zy"):
            k += 1
            if lemma_at(found, k) == "plane":
                k += 1
            return Where("plane", axis="".join(sorted(word))), k
        dimension = {
            "length": "length",
            "width": "width",
            "height": "height",
            "thickness": "thickness",
            "depth": "depth",
            "diameter": "diameter",
        }.get(word)
        if dimension and lemma_at(found, k + 1) not in ("of",):
            return Where("dimension", axis=dimension), k + 1
        if dimension and lemma_at(found, k + 1) == "of":
            owner = self.where(k + 2)
            if owner:
                return Where("dimension", axis=dimension, of=owner[0].of), owner[1]
        return None

    def from_np(self, np: NP) -> tuple[Where, int]:
        """The place that a noun phrase names."""
        reader, found = self.reader, self.reader.tokens
        end = np.end
        if (
            np.kind == "place"
            and np.head in SIDES
            and lemma_at(found, end) == "and"
            and lemma_at(found, end + (2 if lemma_at(found, end + 1) == "the" else 1)) in SIDES
        ):
            second = read_np(found, end + 1)
            if second is not None and second.kind == "place":
                where, end = self.from_np(second)  # "the left and right edges"
                where.which.add(np.head)
                return where, end
        if np.kind == "place":
            where = Where(PLACES.get(np.head, np.head), set(np.which))
            if np.det in ("each", "both", "all", "every", "either"):
                where.which.add(np.det)
            for noun in np.nouns:
                if noun in WHICH:
                    where.which.add(WHICH[noun])
                elif noun in PLACES:
                    where.which.add(PLACES[noun])
                elif noun not in ("cut", "off"):
                    where.of = where.of or reader.find(noun)
            if np.partitive:
                np.plural = False
            where.count = np.count or (2 if np.plural or np.det == "both" else 1)
            if np.plural and not np.count and np.det in ("", "the", "all", "every", "each"):
                where.which.add("all" if np.head == "corner" else "each" if np.det == "each" else "plural")
            sizes = [one.value for one in np.bare] + [one.value for one in np.measures]
            where.size = sizes[0] if sizes else None
            if np.det == "its" or np.det == "their" or np.det == "whose":
                where.of = where.of or reader.owner(np if np.det != "whose" else None)
            # "the short (18mm) side": the parenthesis lies inside, "(18mm side)" follows
            where, end = self._parenthesis(where, end)
            if lemma_at(found, end) == "of" or (
                lemma_at(found, end) in ("on", "in") and where.of is None and self._owner_follows(end)
            ):
                owner = self.where(end + 1)
                if owner:
                    where, end = self._owned(where, owner[0]), owner[1]
            return self._tail(where, end)
        frame = reader.resolve(np)
        described = np.sizes or len(np.measures) + len(np.bare) > 1
        first = not any(one.kind == "solid" for one in reader.frames)
        if frame is None and np.det in ("a", "an") and np.kind == "solid" and first and not described:
            if lemma_at(found, np.end) in ("measuring", "with", "of", "that", "which", "(", ","):
                op, reader.op = reader.op, ""  # "from the centre of a box measuring 40 x 40 x 30"
                frame, reader.op = reader.add(reader.clauses.entities.make(np)), op
        if frame is None and np.det in ("a", "an") and np.kind in ("solid", "generic") and described:
            kept, op = reader.focus, reader.op
            reader.op = ""  # "in a 100 x 50 x 10 plate cut two slots": the plate is made there
            frame, reader.op = reader.add(reader.clauses.entities.make(np)), op
            reader.mentioned = kept
            reader.focus = kept or frame
        where = Where("", set(np.which), frame)
        if np.head in ("circle",) and np.bare:
            where.size = np.bare[0].value
        if np.head == "leg" and (frame is None or frame.shape == "triangle"):
            where = Where("edge", {*where.which, "leg"}, frame)  # of a right triangle
        if lemma_at(found, end) == "of" and np.head in ("circle", "hole", "cylinder", "section", "part", "wall"):
            owner = self.where(end + 1)
            if owner and owner[0].of:
                where.of, end = owner[0].of, owner[1]
        where, end = self._parenthesis(where, end)
        return self._tail(where, end)

    def _owner_follows(self, end: int) -> bool:
        return False

    def _owned(self, where: Where, owner: Where) -> Where:
        """Reads "edge of the circle", "middle of its width", "corner of the top"."""
        where.of = owner.of
        if owner.kind == "" and owner.of is not None and owner.of.shape == "slot" and where.kind == "centre":
            where.which |= {f"circle-{side}" for side in owner.which & SIDES}  # "the centre of its left circle"
        where.near, where.far = where.near or owner.near, where.far or owner.far
        if owner.kind == "dimension":
            where.axis = owner.axis
        elif owner.kind in SIDES | {"side", "end", "face", "edge"}:
            where.which |= owner.which
            if owner.kind in SIDES:
                where.which.add(owner.kind)
            if where.kind in ("centre", "edge", "corner") and where.kind != owner.kind:
                where.which.add("on_" + owner.kind)
            where.size = where.size or owner.size
        return where

    def _parenthesis(self, where: Where, end: int) -> tuple[Where, int]:
        found = self.reader.tokens
        if lemma_at(found, end) != "(":
            return where, end
        close = next((k for k in range(end + 1, min(end + 6, len(found))) if lemma_at(found, k) == ")"), None)
        if close is None:
            return where, end
        inner = list(found[end + 1 : close])
        sizes = [token for token in inner if token.quantity and token.quantity.kind in ("length", "number")]
        rest = [
            token
            for token in inner
            if not token.quantity
            and token.lemma not in ("the", "side", "edge", "dimension", "end", "long", "short", "axis")
        ]
        letters = [token.lemma for token in rest if token.lemma in ("x", "y", "z")]
        if len(sizes) == 1 and not rest:
            where.size = sizes[0].value
            return where, close + 1
        if letters and len(letters) == len(rest):
            where.axis = letters[0]
            return where, close + 1
        return where, end

    def _tail(self, where: Where, end: int) -> tuple[Where, int]:
        """Reads "that has the cut corners", "with the hole", "opposite the hole", "next to the head"."""
        reader, found = self.reader, self.reader.tokens
        k = end + 1 if lemma_at(found, end) == "," else end
        word, after = lemma_at(found, k), lemma_at(found, k + 1)
        kind = ""
        if where.kind in ("end", "side", "edge", "face", "") and k == end:
            if word in ("that", "which") and after in ("has", "have", "contain", "contains"):
                kind, k = "near", k + 2
            elif word in ("with", "having", "containing") and after in ("the", "its"):
                kind, k = "near", k + 1
            elif word in ("nearest", "closest") or (word == "next" and after == "to"):
                kind, k = "near", k + 2 if word == "next" or after == "to" else k + 1
            elif word in ("without", "opposite"):
                kind, k = "far", k + 1
        if not kind and where.kind in ("end", "side", "edge", "face"):
            if word == "away" and after == "from":
                kind, k = "far", k + 2
                while lemma_at(found, k) == "from":
                    k += 1
            elif word == "opposite" and after in ("to", "from", "the"):
                kind, k = "far", k + 1 if after == "the" else k + 2
            elif word == "from" and "other" in where.which and after == "the":
                kind, k = "far", k + 1
        if not kind:
            return where, end
        np = read_np(found, k)
        frame = reader.resolve(np) if np and np.kind in ("cut", "solid", "generic", "edge") else None
        if np is None or np.head in ("centre", "middle", "centreline"):
            return where, end  # "through the plate with its centre at…"
        end = np.end
        cut_corners = next(
            (one for one in reversed(reader.frames) if one.kind == "cut" and one.has("corners", "edges")), None
        )
        if (
            np.kind == "place"
            and np.head in ("corner", "edge")
            and cut_corners is not None
            and {"cut", "off", "clipped", "chamfered", "angled"} & {*np.adjectives, *np.nouns}
        ):
            where.near, where.far = (cut_corners, None) if kind == "near" else (None, cut_corners)
            return where, np.end
        if np.kind == "place":
            inner = self.from_np(np)
            if inner[0].of is None:
                owner = next((one for one in reversed(reader.frames) if one.kind == "cut" and one.has("corners")), None)
                if "cut" in np.adjectives and owner:
                    where.near = owner
                    return where, inner[1]
                return where, end
            frame, end = inner[0].of, inner[1]
        if frame is not None:
            if kind == "near":
                where.near = frame
            else:
                where.far = frame
        return where, end


WAYS = words(
    "in inward inwards inboard inside away up down back out outward outwards over further farther more offset "
    "upward upwards downward downwards on"
)
ABOVE = {
    "above": "above",
    "below": "below",
    "beneath": "below",
    "under": "below",
    "underneath": "below",
    "behind": "back",
    "over": "above",
}


def point_at(found: list[Token], k: int) -> tuple[tuple[float, ...], int] | None:
    """The numbers of "(20, -15)" at `k` and the index after it."""
    if lemma_at(found, k) not in ("(", "["):
        return None
    close = next((j for j in range(k, min(k + 10, len(found))) if lemma_at(found, j) in (")", "]")), None)
    if close is None:
        return None
    inner = found[k + 1 : close]
    values = tuple(one.value for one in inner if one.quantity)
    plain = all(one.quantity or one.lemma in (",", "x", "y", "z", "=", ":") for one in inner)
    return (values, close + 1) if plain and len(values) in (2, 3) else None


# Spots: "5mm from each edge", "centred on the flange", "on top of the head", "20 mm further to the left".

AT = {
    "in": "at", "at": "at", "on": "at", "near": "at", "within": "at", "onto": "on", "against": "beside",
    "along": "along", "inside": "at",
    "above": "above", "over": "on", "below": "under", "under": "under", "underneath": "under", "beneath": "under",
    "beside": "beside",
    "around": "around", "about": "around", "through": "through", "into": "into", "from": "fromface",
    "across": "across", "behind": "behind",
    "between": "between", "throughout": "through", "toward": "toward", "towards": "toward", "past": "past",
    "beyond": "past", "to": "to", "off": "at",
}  # fmt: skip


class Spots:
    """Reads statements of place for a reader."""

    def __init__(self, reader: Reader, places: Places) -> None:
        self.reader = reader
        self.places = places

    def statement(self, i: int) -> tuple[list[Spot], int] | None:
        """A place given without a distance: "centred", "on top of", "in the four corners", "through the hub"."""
        found = self.reader.tokens
        word = lemma_at(found, i)
        if word in ("centred", "centrally", "central") or (
            word == "symmetric" or word == "symmetrical" or word == "symmetrically"
        ):
            return self._centred(i)
        if word in ("concentric", "coaxial", "aligned", "concentrically", "centering"):
            k = i + 1
            while lemma_at(found, k) in ("with", "to", "on", "and", "coaxial", "about", "around"):
                k += 1
            where = self.places.where(k) if k > i + 1 else None
            if (
                word == "aligned"
                and where is not None
                and where[0].kind in ("edge", "side", "face", "end", "left", "right")
            ):
                return [Spot("flush", where[0])], where[1]
            if word == "aligned" and (where is None or where[0].of is None):
                return None
            return [Spot("around", where[0] if where else Where("centre"))], where[1] if where else k
        if word == "flush":
            k = i + 1
            if lemma_at(found, k) in ("with", "to", "on", "at", "against"):
                where = self.places.where(k + 1)
                if where:
                    return [Spot("flush", where[0])], where[1]
            return [Spot("flush")], k
        if word in (
            "parallel",
            "perpendicular",
            "orthogonal",
            "orthogonally",
            "normal",
            "perpendicularly",
            "square",
            "lengthwise",
            "crosswise",
            "widthwise",
        ):
            kind = "parallel" if word in ("parallel", "lengthwise") else "perpendicular"
            if word == "lengthwise":
                return [Spot("parallel", Where("dimension", axis="length"))], i + 1
            if word == "widthwise":
                return [Spot("parallel", Where("dimension", axis="width"))], i + 1
            if word == "crosswise":
                self.reader.flag("radial")
                return [], i + 1
            k = i + 1
            if lemma_at(found, k) in ("to", "with"):
                where = self.places.where(k + 1)
                if where:
                    return [Spot(kind, where[0])], where[1]
            return None
        if word == "halfway":
            return self._halfway(i)
        if word == "on" and lemma_at(found, i + 1) == "top":
            k = i + 2
            if lemma_at(found, k) == "of":
                where = self.places.where(k + 1)
                if where:
                    return [Spot("on", where[0])], where[1]
            return [Spot("on")], k
        if word in ("underneath", "below", "beneath") and lemma_at(found, i + 1) in (",", "", ".", "there"):
            return [Spot("under")], i + 1
        if word == "next" and lemma_at(found, i + 1) == "to":
            where = self.places.where(i + 2)
            return ([Spot("beside", where[0])], where[1]) if where else None
        if word == "opposite" and lemma_at(found, i + 1) != "side":
            where = self.places.where(i + 1)
            return ([Spot("opposite", where[0])], where[1]) if where else None
        if word in ("at", "on") and lemma_at(found, i + 1) in ("(", "[", "x", "y", "z", "position", "coordinate"):
            coordinates = self._coordinates(i + 1)
            if coordinates:
                return coordinates
        if word in AT:
            return self._preposition(i, word)
        return None

    def _preposition(self, i: int, word: str) -> tuple[list[Spot], int] | None:
        found, reader = self.reader.tokens, self.reader
        sweep = self._sweep(i)
        if sweep:
            return sweep
        where = self.places.where(i + 1)
        if where is None:
            if (
                word in ("in", "at", "on", "from")
                and lemma_at(found, i + 1) in PLACES
                and lemma_at(found, i + 1) in SIDES
            ):
                return [Spot(AT[word], Where(found[i + 1].lemma))], i + 2
            return None
        place, end = where
        kind = AT[word]
        if kind == "to" and place.kind == "bottom" and place.of is not None and place.of.kind == "cut":
            return [Spot("to_floor", place)], end
        if kind == "to":
            adding = reader.op == "add" and reader.focus is not None and reader.focus.kind == "solid"
            if not adding or not (
                place.kind in ("side", "end", "top", "bottom", "face", "left", "right", "front", "back")
                or (place.kind == "" and place.of is not None)
            ):
                return None
            kind = "at"
        if place.kind in ("plane",) and kind == "at":
            return [], end
        if (
            kind == "fromface"
            and lemma_at(found, end) == "to"
            and lemma_at(found, end + 1) not in ("a", "an")
            and length_at(found, end + 1) is None
        ):
            other = self.places.where(end + 1)
            if other:
                last = reader.last_distance()
                if last is not None and reader.measured(i):
                    last.own = other[0].kind if other[0].kind in ("edge", "centre", "side", "end") else last.own
                    return [], other[1]
                return [Spot("span", place), Spot("span_to", other[0])], other[1]
        if kind == "fromface" and reader.measured(i):
            last = reader.last_distance()
            if last is not None and last.where is not None and last.where.kind in ("", "centre"):
                last.where = place
            return [], end
        if (
            kind == "fromface"
            and lemma_at(found, end) == ","
            and length_at(found, end + 1)
            and (
                (lemma_at(found, end + 2) == "in" and lemma_at(found, end + 3) in ("", ",", "and", ")", "from"))
                or found[end + 1].text.endswith(" in")
            )
        ):
            inward = found[end + 1]  # the lexer takes "7 in" for inches
            value = inward.value / 25.4 if inward.text.endswith(" in") else inward.value
            return [Spot("from", place, value)], end + (
                2 if inward.text.endswith(" in") else 3
            )  # "from the right end, 7 in,"
        if kind == "at" and place.kind == "axis" and len(place.axis) == 1:
            last = (
                reader.focus.spots[-1]
                if reader.mentioned is not None and reader.focus is not None and reader.focus.spots
                else None
            )
            positioned = any(token.lemma in ("position", "positioned", "locate") for token in found[max(0, i - 5) : i])
            if (
                not positioned
                and reader.spot_end == i
                and last is not None
                and last.where is not None
                and last.kind not in ("through", "into")
                and (last.kind == "centred" or last.where.kind in ("centreline", "centre"))
                and lemma_at(found, i - 1) not in (",", "cut")
            ):
                last.kind, last.where = "centred", Where("axis", axis=place.axis, of=last.where.of)
                return [], end
            if any(
                token.lemma
                in (
                    "position",
                    "positioned",
                    "locate",
                    "located",
                    "offset",
                    "distance",
                    "column",
                    "row",
                    "long",
                    "wide",
                )
                for token in found[max(0, i - 5) : i]
            ):
                return [], end
            return [Spot("axis_is", place)], end
        if kind == "at" and place.kind == "dimension" and word in ("in",):
            return [Spot("axis_is", place)], end
        if kind == "through" and lemma_at(found, end) in ("and", "&"):
            np = read_np(found, end + 1)
            if np is not None and np.entity and (np.definite or not np.det) and not np.bare and not np.measures:
                reader.flag("through")
                return [Spot(kind, place)], np.end
        if kind == "between" and lemma_at(found, end) == "and":
            other = self.places.where(end + 1)
            if other:
                return [Spot("between", place), Spot("between", other[0])], other[1]
        if (
            kind == "across"
            and reader.focus is not None
            and reader.focus.kind == "cut"
            and reader.focus.shape == "hole"
        ):
            reader.flag("radial")
            if place.of is not None and place.of.kind == "solid":
                reader.host(place.of)
            return [], end
        if kind == "across" and reader.mentioned is not None:
            reader.flag("full")
        own = reader.own if kind == "at" and reader.own == "tip" else ""
        return [Spot(kind, place, own=own)], end

    # Distances: "5mm from each edge", "20 mm further to the left", "10 mm above the base".
    def distance(self, i: int) -> tuple[list[Spot], int] | None:
        """A place given by a distance, starting with its value."""
        found = self.reader.tokens
        quantity = length_at(found, i)
        if quantity is None or ((after := after_value(found, i)) and after[0].role in ("apart",)):
            return None
        value, axis = quantity.value, quantity.axes[0] if quantity.axes else ""
        k, ways = i + 1, []
        while lemma_at(found, k) in WAYS and not (
            lemma_at(found, k) in ("in", "on", "over", "inside")
            and lemma_at(found, k + 1) not in ("from", "toward", ",", ".", "")
        ):
            ways.append(lemma_at(found, k))
            k += 1
        word = lemma_at(found, k)
        own = self.reader.own
        focus = self.reader.focus
        if lemma_at(found, i - 1) == "down" and word == "from" and focus is not None and focus.kind == "cut":
            where = self.places.where(k + 1)
            if where and (where[0].kind == "top" or "top" in where[0].which):
                self.reader.set_measure("depth", value)  # "goes down 30mm from the top face"
                return [], where[1]
        if word in ("from", "off") and not any(match(found, k, one) for one in CENTRES):
            if word == "off" and lemma_at(found, k + 1) in ("centre", "axis"):
                return [Spot("from", Where("centre"), value, "", own, axis)], k + 2
            where = self.places.where(k + 1)
            if where:
                axis, sign, end = self._towards(where[1], axis)
                return [Spot("from", where[0], sign * value, self._way(ways), own, axis)], end
            return None
        if word in ABOVE and not (word in ("over", "under") and lemma_at(found, k + 1) in ("", ".", ",")):
            where = self.places.where(k + 1)
            if where:
                return [Spot("from", where[0], value, ABOVE[word], own, axis)], where[1]
        j = k
        while lemma_at(found, j) in ("to", "the", "toward", "on"):
            j += 1
        side = lemma_at(found, j)
        if (
            after is not None
            and after[0].role == "side"
            and focus is not None
            and focus.kind == "solid"
            and not focus.sized
        ):
            return None  # "a cube that is 50 mm on each side"
        if self.reader.edge is not None and side in ("both", "each", "either"):
            return None  # "chamfer the hole by 1 mm on both sides"
        if (side in ("either", "each", "both") and j > i + 1) or (
            side in ("either", "each", "both") and lemma_at(found, j + 1) == "side"
        ):
            if lemma_at(found, j + 1) == "side" and lemma_at(found, j + 2) == "of":
                where = self.places.where(j + 3)
                if where:
                    return [Spot("either", where[0], value, "", own, axis)], where[1]
            if lemma_at(found, j + 1) == "side":
                axis, end = axis_after(found, j + 2, axis)
                return [Spot("either", Where("centre"), value, "", own, axis)], end
        if side in SIDES and (j > k or lemma_at(found, j + 1) == "of"):
            if lemma_at(found, j + 1) == "of":
                where = self.places.where(j + 2)
                if where:
                    return [Spot("from", where[0], value, side, own, axis)], where[1]
            other = lemma_at(found, j + 2) if lemma_at(found, j + 1) in ("and", "or") else ""
            if {side, other} in ({"left", "right"}, {"front", "back"}, {"top", "bottom"}):
                axis = {"left": "x", "right": "x", "front": "y", "back": "y"}.get(side, "z")
                where = self.places.where(j + 4) if lemma_at(found, j + 3) == "of" else None
                place = where[0] if where is not None and where[0].of is not None else Where("centre")
                return [Spot("either", place, value, "", own, axis)], where[1] if where else j + 3
            return [Spot("further", None, value, side, own, axis)], j + 1
        if word == "into":
            where = self.places.where(k + 1)
            self.reader.set_measure("depth", value)
            if where and where[0].of is not None:
                self.reader.host(where[0].of)
            return [], where[1] if where else k + 1
        if ways and (word in ("", ".", ",", ";", ")", "and") or word in ("to", "leaving", "so", "with")):
            if (
                ways[-1] in ("down", "in", "inward", "inwards", "downward", "downwards")
                and self.reader.focus
                and self.reader.focus.kind == "cut"
            ):
                last = self.reader.leading[-1:] or []
                if ways[-1] == "in" and last and last[0].kind == "fromface" and last[0].value is None:
                    last[0].kind, last[0].value = "from", value
                    return [], k
                self.reader.set_measure("depth", value)
                return [], k
            if ways[-1] == "in" and self.reader.leading and self.reader.leading[-1].kind == "fromface":
                self.reader.leading[-1].kind, self.reader.leading[-1].value = "from", value
                return [], k
            if ways[-1] in ("up", "out", "outward", "outwards", "upward", "upwards"):
                self.reader.set_measure("reach", value)
                return [], k
            if ways[-1] in ("more", "further", "farther"):
                self.reader.set_measure("length", value)
                return [], k
        return None

    def _towards(self, k: int, axis: str) -> tuple[str, int, int]:
        """Reads "in the negative X direction" after a distance: the axis, its sign and the index after it."""
        found, start, sign = self.reader.tokens, k, 1
        if lemma_at(found, k) not in ("in", "along"):
            return axis, 1, start
        k += 1
        while lemma_at(found, k) in ("the", "positive", "negative", "+", "-", "−", "plus", "minus"):
            sign = -1 if lemma_at(found, k) in ("negative", "-", "−", "minus") else sign
            k += 1
        letter = lemma_at(found, k)
        if letter not in ("x", "y", "z") or lemma_at(found, k + 1) in ("=", ":", "and"):
            return axis, 1, start
        k += 1
        while lemma_at(found, k) in ("axis", "direction", "dimension"):
            k += 1
        return letter, sign, k

    def _way(self, ways: list[str]) -> str:
        for way in reversed(ways):
            if way in ("in", "inward", "inwards", "inboard", "inside"):
                return "in"
            if way in ("up", "upward", "upwards"):
                return "above"
            if way in ("down", "downward", "downwards"):
                return "below"
            if way in ("out", "outward", "outwards"):
                return "out"
        return ""

    # Centring: "centred in Y", "halfway between", "at (10, 20)", "from one side to the other".
    def _centred(self, i: int) -> tuple[list[Spot], int] | None:
        found = self.reader.tokens
        k = i + 1
        spots: list[Spot] = []
        while lemma_at(found, k) in (
            "in",
            "on",
            "along",
            "about",
            "at",
            "within",
            "around",
            "over",
            "across",
            "from",
            "to",
            "with",
            "both",
            "between",
            "under",
            "inside",
        ):
            if lemma_at(found, k) == "on" and lemma_at(found, k + 1) == "top":
                over = self.reader.spots.statement(k)
                assert over is not None
                return [Spot("centred"), *over[0]], over[1]
            if lemma_at(found, k) == "both":
                k += 1
                while lemma_at(found, k) in ("way", "direction", "dimension", "axis"):
                    k += 1
                return [Spot("centred")], k
            j = k + 1
            where = self.places.where(j)
            if where is None:
                break
            spots.append(Spot("centred", where[0]))
            k = where[1]
            if (
                where[0].kind not in ("axis", "dimension")
                and lemma_at(found, k) in ("in", "along", "on")
                and (more := self.places.where(k + 1))
                and more[0].kind in ("axis", "dimension")
            ):
                spots[-1] = Spot("centred", Where(more[0].kind, axis=more[0].axis, of=where[0].of))
                k = more[1]
                while (
                    lemma_at(found, k) == "and"
                    and (also := self.places.where(k + 1))
                    and also[0].kind in ("axis", "dimension")
                ):
                    spots.append(Spot("centred", Where(also[0].kind, axis=also[0].axis, of=where[0].of)))
                    k = also[1]
            if where[0].kind in ("axis", "dimension") and lemma_at(found, k) == "and":
                more = self.places.where(k + 1)
                if more and more[0].kind in ("axis", "dimension"):
                    spots.append(Spot("centred", more[0]))
                    k = more[1]
            break
        return spots or [Spot("centred")], k

    def _halfway(self, i: int) -> tuple[list[Spot], int] | None:
        found = self.reader.tokens
        k = i + 1
        if lemma_at(found, k) == "between":
            first = self.places.where(k + 1)
            if first and lemma_at(found, first[1]) == "and":
                second = self.places.where(first[1] + 1)
                if second:
                    return [Spot("between", first[0]), Spot("between", second[0])], second[1]
            return ([Spot("centred", first[0])], first[1]) if first else None
        if lemma_at(found, k) in ("along", "up", "down", "across", "in", "through"):
            word = lemma_at(found, k)
            where = self.places.where(k + 1)
            if where:
                axis = where[0].kind in ("dimension", "axis")
                return [
                    Spot(
                        "centred",
                        where[0]
                        if axis
                        else Where("dimension", axis="height" if word in ("up", "down") else "length", of=where[0].of),
                    )
                ], where[1]
            return [Spot("centred", Where("dimension", axis="height" if word in ("up", "down") else "length"))], k + 1
        return [Spot("centred")], k

    def _coordinates(self, i: int) -> tuple[list[Spot], int] | None:
        """Reads "(10, 20)", "x = 10, y = 20", "X10 Y20"."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in ("position", "coordinate", "the", "point"):
            k += 1
        if lemma_at(found, k) in ("(", "["):
            points: list[tuple[float, ...]] = []
            while (read := point_at(found, k)) is not None:
                points.append(read[0])
                end = k = read[1]
                while lemma_at(found, k) in (",", "and", "also", "at"):
                    k += 1
            if not points:
                return None
            if any(value < 0 for point in points for value in point):
                self.reader.centre_origin = True
            if len(points) > 1:
                return [Spot("points", points=tuple(points))], end
            names = zip("xyz", points[0], strict=False)
            return [Spot("from", Where("coordinate", axis=a, size=0.0), v) for a, v in names], end
        spots = []
        while lemma_at(found, k) in ("x", "y", "z"):
            axis, j = found[k].lemma, k + 1
            if lemma_at(found, j) in ("=", ":"):
                j += 1
            if length_at(found, j) is None:
                break
            spots.append(Spot("from", Where("coordinate", axis=axis, size=0.0), found[j].value))
            k = j + 1
            if lemma_at(found, k) in (",", "and") and (
                lemma_at(found, k + 1) in ("x", "y", "z") or lemma_at(found, k + 2) in ("x", "y", "z")
            ):
                k += 1 if lemma_at(found, k + 1) in ("x", "y", "z") else 2
        return (spots, k) if spots else None

    def _sweep(self, i: int) -> tuple[list[Spot], int] | None:
        """Reads "from one side to the other", "from front to back", "from end to end"."""
        found = self.reader.tokens
        k = i + 1 if lemma_at(found, i) in ("from",) else i
        if lemma_at(found, i) != "from":
            return None
        pair = (lemma_at(found, k), lemma_at(found, k + 2)) if lemma_at(found, k + 1) == "to" else ("", "")
        axis = {
            ("front", "back"): "y",
            ("back", "front"): "y",
            ("left", "right"): "x",
            ("right", "left"): "x",
            ("top", "bottom"): "z",
            ("bottom", "top"): "z",
        }.get(pair)
        if axis:
            self.reader.flag("through")
            return [Spot("through", Where("axis", axis=axis))], k + 3
        if pair in (("side", "side"), ("end", "end")):
            self.reader.flag("through")
            return [Spot("through", Where("sweep", {pair[0]}))], k + 3
        if (
            lemma_at(found, k) in ("one", "#number")
            and lemma_at(found, k + 1) in ("side", "end", "face")
            and lemma_at(found, k + 2) == "to"
            and lemma_at(found, k + 4) == "other"
        ):
            self.reader.flag("through")
            kind = lemma_at(found, k + 1)
            end = k + 5
            if lemma_at(found, end) in ("side", "end", "face", "one"):
                end += 1
            return [Spot("through", Where("sweep", {kind}))], end
        return None
