"""Fixed phrases: "all the way through", "evenly spaced", "not counting the head", and talk that carries no shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import CENTRES, lemma_at, length_at, match
from wugan.apps.voice_to_3d.language.parts.nouns import LETTER_SHAPES, kind_of, read_np
from wugan.apps.voice_to_3d.language.parts.talk import _clause_end, _outline, _purpose, _talk
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

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
