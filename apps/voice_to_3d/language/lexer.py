"""The lexer: a text becomes tokens with their place in it; numbers with units, and sizes, are one token."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from wugan.apps.voice_to_3d.language.numbers import DIGITS, Raw
from wugan.apps.voice_to_3d.language.quantity import Quantity, read_quantity
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.language.wordlist import words

# abbreviations of drawings and speech, as the words they stand for
SHORT = {
    "od": "outside diameter", "o.d": "outside diameter", "id": "inside diameter", "i.d": "inside diameter",
    "dia": "diameter", "ø": "diameter", "⌀": "diameter", "φ": "diameter", "diam": "diameter", "rad": "radius",
    "thk": "thick", "thru": "through", "bc": "bolt-circle", "b.c": "bolt-circle", "b.c.d": "bolt-circle",
    "bcd": "bolt-circle", "pcd": "bolt-circle", "p.c.d": "bolt-circle", "w/": "with", "cbore": "counterbore",
    "c'bore": "counterbore", "csk": "countersink", "c'sink": "countersink", "csink": "countersink", "lg": "long",
    "dp": "deep", "sq": "square", "qty": "quantity", "approx": "approximately", "&": "and", "max": "maximum",
    "min": "minimum", "e.g": "example", "i.e": "namely", "typ": "typical", "ctr": "centre", "equi": "equally",
    "ctrs": "centre", "@": "at", "wd": "wide", "eq": "equally", "rect": "rectangular", "cyl": "cylinder",
    "horiz": "horizontal", "vert": "vertical", "hex": "hexagonal", "c/c": "centre to centre", "c-c": "centre to centre",
    "ctc": "centre to centre", "ln": "long", "crs": "centre", "incl": "including", "⌴": "counterbore",
    "⌵": "countersink", "↧": "deep",
}  # fmt: skip
CONTRACTED = {
    "it's": "it is", "that's": "that is", "there's": "there is", "we're": "we are", "they're": "they are",
    "i'm": "i am", "let's": "let us", "we've": "we have", "i've": "i have", "i'll": "i will", "we'll": "we will",
    "it'll": "it will", "don't": "do not", "doesn't": "does not", "isn't": "is not", "i'd": "i would",
    "who's": "who is",
    "what's": "what is", "here's": "here is", "can't": "can not", "won't": "will not", "aren't": "are not",
    "they've": "they have", "you're": "you are", "we'd": "we would", "you'll": "you will", "shouldn't": "should not",
}  # fmt: skip
SPELLING = {
    "center": "centre", "centers": "centre", "centered": "centred", "centering": "centring", "colour": "colour",
    "color": "colour", "colors": "colour", "gray": "grey", "meter": "metre", "mould": "mold", "aluminum": "aluminium",
    "centerline": "centreline", "centerlines": "centreline", "centerpoint": "centrepoint", "midway": "halfway",
    "axes": "axis", "goes": "go", "does": "do", "radii": "radius", "vertices": "vertex", "feet": "foot",
    "teeth": "tooth", "halves": "half",
    "shelves": "shelf", "knives": "knife", "indices": "index", "tori": "torus", "apices": "apex",
    "fibre": "fiber", "grooving": "groove", "loaves": "loaf", "wolves": "wolf", "hooves": "hoof", "mice": "mouse",
}  # fmt: skip
COMPOUND = {  # words written apart or with a hyphen, as one
    ("counter", "bore"): "counterbore", ("counter", "bored"): "counterbored", ("counter", "bores"): "counterbores",
    ("counter", "sink"): "countersink", ("counter", "sunk"): "countersunk", ("counter", "sinks"): "countersinks",
    ("spot", "face"): "spotface", ("key", "way"): "keyway", ("center", "line"): "centreline",
    ("centre", "line"): "centreline", ("center", "lines"): "centreline", ("centre", "point"): "centrepoint",
    ("centre", "lines"): "centreline", ("centre", "points"): "centrepoint", ("center", "points"): "centrepoint",
    ("center", "point"): "centrepoint", ("cut", "out"): "cutout", ("cut", "outs"): "cutouts",
    ("key", "ways"): "keyways", ("mid", "point"): "midpoint", ("mid", "plane"): "midplane", ("half", "way"): "halfway",
    ("bolt", "circle"): "bolt-circle", ("pitch", "circle"): "bolt-circle", ("cross", "section"): "section",
    ("in", "between"): "between", ("end", "to", "end"): "end-to-end", ("through", "hole"): "through hole",
    ("through", "out"): "throughout", ("back", "plate"): "backplate", ("base", "plate"): "baseplate",
}  # fmt: skip
POINTS = re.compile(r"[(\[]\s*[-+−]?\d+(?:\.\d+)?(?:\s*mm)?(?:\s*,\s*[-+−]?\d+(?:\.\d+)?(?:\s*mm)?)+\s*[)\]]")
EQUALS = {"d": "diameter", "r": "radius", "h": "height", "l": "length", "w": "width", "t": "thickness"}
PLURALS = words("teeth feet halves radii vertices axes indices tori apices mice")
KEEP = words("this is has was as its his us plus thus across axis always gas bus lens brass glass chassis "
    "canvas previous series less towards besides perhaps overalls sometimes does yes ones news "
    "isosceles mass press dress")  # fmt: skip
SIGNS = re.compile(
    r"(?P<newline>\n)|(?P<dotted>(?<![A-Za-z])(?i:b\.c\.(?:d\.)?|p\.c\.d\.?|o\.d\.?|i\.d\.?"
    r"|e\.g\.|i\.e\.|c/c|w/|c'bore|c'sink|C'BORE|C'SINK))|(?P<number>" + DIGITS.pattern + r")"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)|(?P<sign>''|\S)"
)  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A word, a quantity or a sign.

    Attributes:
        text, start, end: as written, and where (characters of the text).
        kind: "word", "quantity", "sign" or "break" (a new line).
        lemma: lower case, singular, one spelling ("centre"), abbreviations written out; the sign itself; for a
            quantity its kind ("length").
        quantity: of a quantity.
        glued: a hyphen joined it to the token before ("quarter-turn", "L-shaped").
    """

    text: str
    start: int
    end: int
    kind: str
    lemma: str
    quantity: Quantity | None = None
    glued: bool = False

    @property
    def value(self) -> float:
        """Of a quantity: mm, degrees or the number; else 0."""
        return self.quantity.value if self.quantity else 0.0

    @property
    def plural(self) -> bool:
        """Whether the word was in the plural."""
        word = self.text.lower()
        return self.kind == "word" and self.lemma != word and (word.endswith("s") or word in PLURALS)


@cache
def lemma(word: str) -> str:
    """The singular of a word, lower case, in one spelling."""
    word = word.lower()
    word = SPELLING.get(word, word)
    if word in KEEP or len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "xes", "sses", "zes")):
        return SPELLING.get(word[:-2], word[:-2]) if not word.endswith("zes") else word[:-1]
    return SPELLING.get(word[:-1], word[:-1])


def pieces(text: str) -> list[Raw]:
    """Words, digits and signs, before numbers are read."""
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("—", "–").replace("\r", "\n")
    found: list[Raw] = []
    lists = [span.span() for span in POINTS.finditer(text)]
    for match in SIGNS.finditer(text):
        if "," in match.group()[1:] and any(a < match.start() < b for a, b in lists):
            start = match.start()  # "(20,5)" is a point, not 20.5
            for number, part in enumerate(re.split("(,)", match.group())):
                found.append(Raw(part, start, start + len(part), number > 0))
                start += len(part)
            continue
        glued = bool(found) and found[-1].end == match.start() and found[-1].text != "\n"
        found.append(Raw(match.group(), match.start(), match.end(), glued))
    return found


def tokens(text: str) -> list[Token]:
    """Every token of a text, in order. Nothing is dropped but spaces and the hyphens inside words."""
    raws = pieces(text)
    found: list[Token] = []
    i = 0
    while i < len(raws):
        read = None if raws[i].text == "\n" else read_quantity(raws, i)
        if read:
            quantity, end = read
            start, stop = raws[i].start, raws[end - 1].end
            found.append(Token(text[start:stop], start, stop, "quantity", quantity.kind, quantity))
        else:
            made, end = _words(text, raws, i)
            hyphen = made[0].lemma in ("-", "–") and 0 < i < len(raws) - 1 and raws[i].glued and raws[i + 1].glued
            if not (hyphen and raws[i - 1].text[-1].isalnum() and raws[i + 1].text[0].isalpha()):
                found.extend(made)
        i = end
    return _sizes(text, found)


def _words(text: str, raws: list[Raw], i: int) -> tuple[list[Token], int]:
    raw = raws[i]
    if raw.text == "\n":
        return [Token("\n", raw.start, raw.end, "break", "\n")], i + 1
    for length in (3, 2):
        words = [one for one in raws[i : i + 2 * length - 1] if one.text not in "-–"][:length]
        compound = COMPOUND.get(tuple(one.lower for one in words))
        if compound and len(words) == length and "\n" not in text[raw.start : words[-1].end]:
            end = raws.index(words[-1], i) + 1
            return _written(text, raw.start, words[-1].end, compound, _joined(raws, i)), end
    key = raw.lower.rstrip(".")
    long = SHORT.get(key) or CONTRACTED.get(raw.lower)
    end = i + 1
    if key == "id" and raw.text == "id":
        long = "inside diameter"
    if long:
        if "." not in raw.text and key in ("dia", "approx", "typ", "incl", "thk", "max", "min") and end < len(raws):
            end += raws[end].text == "." and raws[end].glued
        return _written(text, raw.start, raws[end - 1].end, long, _joined(raws, i)), end
    letter = raw.text.lower()
    if letter in EQUALS and end < len(raws) and raws[end].text == "=":
        return [Token(raw.text, raw.start, raw.end, "word", EQUALS[letter])], end  # "d=40 h=20"
    if letter in ("r", "d", "c") and end < len(raws) and raws[end].text[0].isdigit():
        glued = raws[end].glued and raw.text.isupper()
        if glued or letter != "c":
            long = {"r": "radius", "d": "diameter", "c": "chamfer"}[letter]
            return [Token(raw.text, raw.start, raw.end, "word", long)], end
    if raw.text[0].isalpha():
        return [Token(raw.text, raw.start, raw.end, "word", lemma(raw.text), None, _joined(raws, i))], end
    return [Token(raw.text, raw.start, raw.end, "sign", raw.text)], end


def _joined(raws: list[Raw], i: int) -> bool:
    return i >= 2 and raws[i].glued and raws[i - 1].text in ("-", "–") and raws[i - 1].glued


def _written(text: str, start: int, end: int, long: str, glued: bool) -> list[Token]:
    """An abbreviation as the words it stands for, all with its span."""
    return [Token(text[start:end], start, end, "word", lemma(word), None, glued) for word in long.split()]


def _axis(found: list[Token], i: int) -> tuple[str, int]:
    """Reads "(X)", "(along X)", "(X axis)" after a size: the axis and the index after it."""
    if i < len(found) and found[i].text == "(":
        inside = next((k for k in range(i + 1, min(i + 6, len(found))) if found[k].text == ")"), None)
        if inside:
            letters = [one.lemma for one in found[i + 1 : inside] if one.lemma not in ("in", "along", "the", "axis")]
            letters = [one for one in letters if one not in ("direction", "dimension", "-")]
            if len(letters) == 1 and letters[0] in ("x", "y", "z"):
                return letters[0], inside + 1
            if letters and "".join(letters) in ("xy", "xyplane"):
                return "xy", inside + 1
    return "", i


def _sizes(text: str, found: list[Token]) -> list[Token]:
    """Joins "10 x 20 x 30 mm", "50 by 30", "80 mm (X) by 40 mm (Y)"; a last unit holds for the bare."""
    merged: list[Token] = []
    i = 0
    while i < len(found):
        token = found[i]
        if token.quantity is None or token.quantity.kind not in ("number", "length"):
            merged.append(token)
            i += 1
            continue
        parts, axes, k = [token.quantity], [], i
        axis, k = _axis(found, i + 1)
        axes.append(axis)
        last = k
        while k + 1 < len(found) and found[k].lemma in ("x", "×", "by", "*") and found[k + 1].quantity:
            following = found[k + 1].quantity
            if following is None or following.kind not in ("number", "length"):
                break
            parts.append(following)
            axis, k = _axis(found, k + 2)
            axes.append(axis)
            last = k
        if text[token.start : found[last - 1].end].lower() in ("one by one", "two by two"):
            merged.extend(found[i:last])
            i = last
            continue
        unit = next((one for one in reversed(parts) if one.kind == "length"), None)
        factor = _factor(unit)
        parts = [one if one.kind == "length" or not unit else one.scaled(factor) for one in parts]
        values = tuple(one.value for one in parts)
        name = unit.unit if unit else ""
        stop = found[last - 1].end
        if len(parts) > 1:
            quantity = Quantity("sizes", values[0], values, tuple(axes), name)
        else:
            quantity = replace(token.quantity, axes=tuple(axes))
        merged.append(Token(text[token.start : stop], token.start, stop, "quantity", quantity.kind, quantity))
        i = last
    return merged


def _factor(unit: Quantity | None) -> float:
    return UNITS[{"in": "inch", "ft": "foot"}.get(unit.unit, unit.unit)].factor if unit else 1.0
