"""Idioms: fixed phrases that flag a thing ("open at the top"), pieces of a body ("cut in half"), outlines by points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.outlining import Outlining
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import SIDES
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

FLAGS = {
    "bent at a rightangle": "bent",
    "bent by # degree": "bent",
    "folded at a rightangle": "bent",
    "bent": "bent",
    "folded": "bent",
    "bent at #": "bent",
    "along each of the # axis": "three_axes",
    "along all # axis": "three_axes",
    "through all # axis": "three_axes",
    "through each of the # axis": "three_axes",
    "through each axis": "three_axes",
    "along each axis": "three_axes",
    "in each of the # direction": "three_axes",
    "in all # direction": "three_axes",
    "at the origin": "at_origin",
    "on the origin": "at_origin",
    "about the origin": "at_origin",
    "the origin": "at_origin",
    "origin": "at_origin",
    "through everything": "through_all",
    "through both": "through_all",
    "through them": "through_all",
    "through the lot": "through_all",
    "through it all": "through_all",
    "open at the top": "open_top",
    "open topped": "open_top",
    "open face": "open_top",
    "open top": "open_top",
    "open ontop": "open_top",
    "open upward": "open_top",
    "open at both end": "open_both",
    "open at the bottom": "open_bottom",
    "no lid": "open_top",
    "no top": "open_top",
    "without a lid": "open_top",
    "without a top": "open_top",
    "open on the top": "open_top",
    "removing the top face": "open_top",
    "remove the top face": "open_top",
    "with the top face open": "open_top",
    "top face removed": "open_top",
    "opening upward": "inverted",
    "opening upwards": "inverted",
    "open side up": "inverted",
    "upside down": "inverted",
    "point down": "inverted",
    "pointing down": "inverted",
    "tip down": "inverted",
    "rounded end": "rounded_ends",
    "round end": "rounded_ends",
    "fully rounded": "full_round",
    "full radius": "full_round",
    "even": "even",
    "inline": "row",
    "full": "full",
    "stacked": "stacked",
    "flatbottomed": "blind",
    "blind": "blind",
    "in each corner": "corners",
    "at each corner": "corners",
    "near each corner": "corners",
    "in the corner": "corners",
    "at the corner": "corners",
    "near the corner": "corners",
    "in all corner": "corners",
    "under each corner": "corners",
    "in the # corner": "corners",
    "at the # corner": "corners",
    "one in each corner": "corners",
    "in every corner": "corners",
    "one at each corner": "corners",
    "one near each corner": "corners",
    "in every one of the corner": "corners",
    "around the circumference": "annular",
    "all around": "annular",
    "all round": "annular",
    "around it": "around",
    "on both side": "both_sides",
    "on either side": "both_sides",
    "on each side": "both_sides",
    "at both end": "both_ends",
    "at each end": "both_ends",
    "on both end": "both_ends",
    "on each end": "both_ends",
    "at either end": "both_ends",
    "in each end": "both_ends",
    "in both end": "both_ends",
    "from both end": "both_ends",
    "at # end": "both_ends",
    "lying down": "lying",
    "lying flat": "flat",
    "in both direction": "both_ways",
    "both way": "both_ways",
    "symmetrically": "both_ways",
    "crossing": "crossing",
    "cross": "crossing",
    "joined at their tip": "tips",
    "tip to tip": "tips",
    "in total": "total",
    "besides": "besides",
    "radially": "radial",
    "with the tip cut off": "truncated",
    "with the top cut off": "truncated",
    "tip cut off": "truncated",
    "sharp corner": "sharp",
    "square corner": "sharp",
    "truncated": "truncated",
}
"""Lemmas ("#" is a number) -> flag."""
PHRASES = sorted(((tuple(key.split()), flag) for key, flag in FLAGS.items()), key=lambda one: -len(one[0]))
SILENT_OUTSIDE = (
    "in # step",
    "in # operation",
    "with # operation",
    "in # easy step",
    "in # simple step",
    "with # simple operation",
    "# operation",
    "in a few step",
    "in several step",
    "with a few operation",
    "in order of operation",
    "on the outside",
    "outside to outside",
    "over the outside",
    "measured outside",
    "in outside size",
)
SILENT = [tuple(one.split()) for one in SILENT_OUTSIDE] + [
    tuple(one.split())
    for one in (
        "one by one",
        "step by step",
        "in other word",
        "all in one",
        "in one piece",
        "one part",
        "it all one part",
        "in mm",
        "in millimetre",
        "all dimension",
        "as one part",
        "as one piece",
        "as a single part",
        "as one solid",
        "one solid part",
        "dimension in",
        "unit mm",
        "all in mm",
        "a single part",
        "no thread",
        "no fillet",
        "without thread",
        "without a thread",
        "unthreaded",
        "without the thread",
        "not solid",
        "it solid",
        "not counting",
        "xy plane",
        "on the xy plane",
    )
]
"""What carries nothing that is modelled: units are millimetres, threads are never modelled."""


class Idioms(Outlining):
    """Reads fixed phrases for the reader."""

    reader: Reader

    def idiom(self, i: int) -> int:
        """The index after a fixed phrase at `i`, or `i`."""
        found = self.reader.tokens
        for phrase in SILENT:
            if self._match(i, phrase):
                return i + len(phrase)
        for reading in (self._half, self._trim, self._between, self._outline, self._stock):
            end = reading(i)
            if end > i:
                return end
        for phrase, flag in PHRASES:
            if self._match(i, phrase) and not (len(phrase) == 1 and self.reader.phrase(i) is not None):
                end = i + len(phrase)
                self.reader.flag(flag, i, end)
                if flag == "besides":  # "in addition to the 80 mm"
                    j = end + (lemma_at(found, end) == "the")
                    end = j + 1 if length_at(found, j) is not None else end
                if flag in ("corners", "both_ends", "both_sides") and lemma_at(found, end) == "of":
                    end = self._sides_of(end)
                return end
        if lemma_at(found, i) == "for" and self._purpose(i):
            return self._clause_end(i)
        return i

    def _sides_of(self, end: int) -> int:
        """Reads on after "at each end": "of the core"."""
        reader = self.reader
        known = reader.thing_at(end + 1)
        if known is None:
            return end
        if not reader.mentioned or reader.leading_flags:
            reader.leading.append(Place("at", of=known[0]))
        elif reader.focus is not None and reader.focus is not known[0]:
            reader.focus.where.append(Place("at", of=known[0]))
        return known[1]

    def _match(self, i: int, phrase: tuple[str, ...]) -> bool:
        found = self.reader.tokens
        return all(
            lemma_at(found, i + k) == word
            or (word == "#" and lemma_at(found, i + k).startswith("#") and found[i + k].value != 1)
            for k, word in enumerate(phrase)
        )

    def _clause_end(self, i: int) -> int:
        found = self.reader.tokens
        k = i
        while k < len(found) and found[k].lemma not in (",", ":", "(", ")", ".", "–", ";"):
            k += 1
        return k

    def _purpose(self, i: int) -> bool:
        """Reads "for a radio", "for holding pipes": says what for, not how large."""
        found = self.reader.tokens
        rest = found[i + 1 : self._clause_end(i)]
        if not rest or any(one.quantity for one in rest):
            return False
        from wugan.apps.voice_to_3d.language.assembly.words import GRAMMAR

        named = [one.lemma for one in rest if one.lemma not in GRAMMAR]
        return not any(self.reader.find(word) for word in named)

    def _stock(self, i: int) -> int:
        """Reads "from 3 mm sheet", "out of 6 mm plate": how thick everything is."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in ("made", "bent", "cut", "formed", "folded", "of", "from", "out", "a", "in"):
            k += 1
        if k == i or lemma_at(found, k - 1) not in ("of", "from", "a") or length_at(found, k) is None:
            return i
        j = k + 1
        if lemma_at(found, j) == "thick":
            j += 1
        while lemma_at(found, j) in ("steel", "aluminium", "metal", "brass", "thick"):
            j += 1
        if lemma_at(found, j) in ("sheet", "plate", "strip", "stock", "material", "sheetmetal"):
            self.reader.stock = found[k].value
            return j + 1 + (lemma_at(found, j + 1) in ("metal", "stock"))
        return i

    # --- pieces

    def _half(self, i: int) -> int:
        """Reads "cut it in half and keep one half", "a quarter of a disc", "half of a ring"."""
        reader, found = self.reader, self.reader.tokens
        k = i
        if lemma_at(found, k) in ("cut", "cutting", "split", "slice", "sliced") and lemma_at(found, k + 1) in (
            "it",
            "in",
            "this",
        ):
            k += 1 if lemma_at(found, k + 1) == "in" else 2
            if lemma_at(found, k) == "in" and self._is_half(k + 1) and reader.focus is not None:
                reader.focus.flags.add("half")
                k += 2
                if lemma_at(found, k) == "and" and lemma_at(found, k + 1) in ("keep", "leave", "take"):
                    k += 2
                    while lemma_at(found, k) in ("one", "of", "the", "only", "half", "them", "#number", "it", "a"):
                        k += 1
                return k
            return i
        k = i + (lemma_at(found, i) in ("a", "one"))
        name = self._is_half(k)
        if name and lemma_at(found, k + 1) == "of" and lemma_at(found, k + 2) in ("a", "an"):
            np = reader.phrase(k + 2)
            if np is not None and np.kind in ("body", "unknown"):
                thing = reader.create(np)
                thing.flags.add(name)
                return np.end
        return i

    def _is_half(self, k: int) -> str:
        token = self.reader.tokens[k] if k < len(self.reader.tokens) else None
        if token is None:
            return ""
        if token.lemma in ("half", "factor") and (token.lemma == "half" or token.text == "0.5"):
            return "half"
        if token.quantity is not None and token.quantity.kind == "number" and token.quantity.fraction:
            return {0.5: "half", 0.25: "quarter"}.get(token.value, "")
        return "quarter" if token.lemma == "quarter" else ""

    def _trim(self, i: int) -> int:
        """Reads "the upper half of which is cut away", "the lowest 10 mm are cut off", "the right half is 20 high"."""
        reader, found = self.reader, self.reader.tokens
        k = i + 1 if lemma_at(found, i) == "the" else i
        if lemma_at(found, k) not in SIDES:
            return i
        side = SIDES[lemma_at(found, k)]
        k += 1
        share, mm = 0.0, 0.0
        if self._is_half(k) == "half" or lemma_at(found, k) == "half":
            share = 0.5
        elif lemma_at(found, k) == "factor":
            share = float(found[k].text)
        elif length_at(found, k) is not None:
            mm = found[k].value
        else:
            return i
        k += 1
        if lemma_at(found, k) == "of":
            k += 1
            if lemma_at(found, k) == "the" and (known := reader.thing_at(k)):
                k = known[1]
            elif lemma_at(found, k) in ("it", "which", "this", "them"):
                k += 1
            else:
                return i
        verb = k
        if lemma_at(found, k) in ("is", "are", "be"):
            k += 1
            while lemma_at(found, k) in ("then", "now", "only", "just"):
                k += 1
        body = reader.focus if reader.focus is not None and reader.focus.kind == "body" else reader.base()
        if body is None:
            return i
        cut = Thing("cut", "trim", {"trim"}, "trim", said=" ".join(one.text for one in found[i:k]), op="cut", host=body)
        cut.which = {side}
        if share:
            cut.dims["share"] = share
        else:
            cut.dims["length"] = mm
        if lemma_at(found, k) in ("cut", "removed", "cutaway", "sliced", "taken", "sawn", "remove", "chopped"):
            k += 1
            while lemma_at(found, k) in ("off", "away"):
                k += 1
        elif k > verb and length_at(found, k) is not None and lemma_at(found, k + 1) in ("high", "tall", "thick"):
            cut.dims["height"] = found[k].value
            k += 2
        else:
            return i
        focus = reader.focus
        reader.add(cut)
        reader.focus = focus
        return k
