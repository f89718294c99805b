"""Wording: tokens made ready: possessives apart, fractions and multiples as factors, drawings' shorthand as words."""

from __future__ import annotations

from dataclasses import replace

from wugan.apps.voice_to_3d.language.assembly.words import FACTORS
from wugan.apps.voice_to_3d.language.lexer import Token, lemma
from wugan.apps.voice_to_3d.language.quantity import Quantity

SHARES = {2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 8: 8, 10: 10}
PHRASES: list[tuple[str, str]] = [
    ("a / f", "across flat"),
    ("across the flat", "across flat"),
    ("over the flat", "across flat"),
    ("flat to flat", "across flat"),
    ("between flat", "across flat"),
    ("a / c", "across corner"),
    ("across the corner", "across corner"),
    ("point to point", "across corner"),
    ("tip to tip", "from end-to-end"),
    ("right angle", "rightangle"),
    ("next to", "beside"),
    ("in front of", "before"),
    ("adjacent to", "beside"),
    ("on top of", "ontop"),
    ("on to", "onto"),
    ("in to", "into"),
    ("at the top of", "on the top of"),
    ("so that", "so"),
    ("as well as", "and"),
    ("in addition to", "besides"),
    ("along with", "with"),
    ("together with", "with"),
    ("made of", "with"),
    ("made up of", "with"),
    ("composed of", "with"),
    ("consisting of", "with"),
    ("consists of", "has"),
    ("made from", "of"),
    ("each of which", "each"),
    ("all of which", "each"),
    ("both of which", "each"),
    ("one of which", "one"),
    ("the rest", "the remaining"),
    ("half circle", "semicircle"),
    ("half round", "semicircular"),
    ("half cylinder", "halfcylinder"),
    ("half sphere", "hemisphere"),
    ("half ball", "hemisphere"),
    ("hemi sphere", "hemisphere"),
    ("cut extrude", "cut"),
    ("edge length", "side"),
    ("side length", "side"),
    ("thickness of wall", "wall"),
    ("floor thickness", "floor"),
    ("bottom thickness", "floor"),
    ("base thickness", "floor"),
    ("side wall", "wall"),
    ("centre hole", "central hole"),
    ("in the shape of", "shaped"),
    ("overall length", "total length"),
    ("centre to centre", "apart"),
    ("centre-to-centre", "apart"),
    ("on centre", "apart"),
    ("between centre", "apart"),
    ("between axis", "apart"),
    ("between their centre", "apart"),
    ("between their axis", "apart"),
    ("from one another", "apart"),
    ("from each other", "apart"),
    ("major axis", "length"),
    ("minor axis", "width"),
    ("cut out of", "cutaway from"),
    ("cutout of", "cutaway from"),
    ("cutout from", "cutaway from"),
    ("all the way through", "through"),
    ("right through", "through"),
    ("straight through", "through"),
    ("clean through", "through"),
    ("the whole way through", "through"),
    ("all through", "through"),
    ("through all", "through everything"),
    ("go through", "through"),
    ("pass through", "through"),
    ("passing through", "through"),
    ("running through", "through"),
    ("run through", "through"),
    ("running along", "along"),
    ("run along", "along"),
    ("running across", "across"),
    ("run across", "across"),
    ("at one end", "at an end"),
    ("on one end", "at an end"),
    ("at the end", "at an end"),
    ("on the end", "at an end"),
    ("on one side", "at an side"),
    ("in line", "inline"),
    ("in a row", "inline"),
    ("in a line", "inline"),
    ("one after another", "stacked"),
    ("one after the other", "stacked"),
    ("on each other", "stacked"),
    ("on ontop", "ontop"),
    ("ontop each other", "stacked"),
    ("one ontop the other", "stacked"),
    ("end to end", "stacked"),
    ("half way", "halfway"),
    ("end-to-end", "overall"),
    ("from overall", "overall"),
    ("in all", "overall"),
    ("in total", "overall"),
    ("over all", "overall"),
    ("edge of length", "side"),
    ("all told", "overall"),
    ("put together", "overall"),
    ("equal spacing", "even"),
    ("evenly spaced", "even"),
    ("equally spaced", "even"),
    ("evenly distributed", "even"),
    ("equally distributed", "even"),
    ("evenly", "even"),
    ("equally", "even"),
    ("equispaced", "even"),
    ("spaced even", "even"),
    ("regularly spaced", "even"),
    ("uniformly spaced", "even"),
    ("full length", "full"),
    ("full width", "full"),
    ("whole length", "full"),
    ("whole width", "full"),
    ("entire length", "full"),
    ("entire width", "full"),
    ("full height", "full"),
    ("whole height", "full"),
    ("entire height", "full"),
    ("full depth", "full"),
    ("whole depth", "full"),
    ("along its length", "lengthwise"),
    ("along the length", "lengthwise"),
    ("upper half", "top half"),
    ("lower half", "bottom half"),
    ("flat bottomed", "flatbottomed"),
    ("flat bottom", "flatbottomed"),
]
"""Lemmas on the left become those on the right, the longer ones first."""
RULES = sorted(((one.split(), other.split()) for one, other in PHRASES), key=lambda rule: -len(rule[0]))


def ready(found: list[Token]) -> list[Token]:
    """The tokens of a sentence in the wording of this reading."""
    return _factors(_phrases(_possessives(found)))


def _possessives(found: list[Token]) -> list[Token]:
    made: list[Token] = []
    for token in found:
        word = token.text.lower()
        if token.kind == "word" and word.endswith(("'s", "s'")) and len(word) > 3:
            stem = word[:-2] if word.endswith("'s") else word[:-1]
            made.append(replace(token, text=token.text[: len(stem)], lemma=lemma(stem)))
            made.append(replace(token, text="'s", lemma="'s", start=token.end, end=token.end))
        else:
            made.append(token)
    return made


def _phrases(found: list[Token]) -> list[Token]:
    """Rewrites until nothing changes (a rewritten phrase may be part of another)."""
    for _ in range(3):
        words = ["#" if token.quantity else token.lemma for token in found]
        made: list[Token] = []
        i, changed = 0, False
        while i < len(found):
            for old, new in RULES:
                if words[i] == old[0] and words[i : i + len(old)] == old:
                    last = found[i + len(old) - 1]
                    for piece in new:
                        made.append(replace(found[i], lemma=piece, end=last.end))
                    i += len(old)
                    changed = True
                    break
            else:
                made.append(found[i])
                i += 1
        found = made
        if not changed:
            break
    return found


def _factors(found: list[Token]) -> list[Token]:
    """Reads "one third", "half", "three times", "twice" before "the", "as", "its" and so on as a `times` factor."""
    made: list[Token] = []
    i = 0
    while i < len(found):
        token, after = found[i], found[i + 1] if i + 1 < len(found) else None
        factor, end = None, i + 1
        if (
            token.quantity is not None
            and token.quantity.kind == "number"
            and token.value in (1, 2, 3)
            and after is not None
            and after.quantity is not None
            and after.quantity.kind == "ordinal"
            and int(after.value) in SHARES
            and not token.text[0].isdigit()
        ):
            factor, end = token.value / after.value, i + 2
        elif token.lemma in FACTORS and token.quantity is None:
            factor = FACTORS[token.lemma]
        elif (
            token.quantity is not None
            and (token.quantity.kind == "times" or (token.quantity.fraction and not token.quantity.unit))
        ) or (token.quantity is not None and token.quantity.kind == "percent"):
            factor = token.value
        if factor is not None and end < len(found) and _scales(found, end):
            stop = found[end - 1].end
            made.append(replace(token, end=stop, lemma="factor", kind="factor", quantity=None, text=str(factor)))
            i = end
            continue
        if (
            token.quantity is not None
            and token.quantity.kind == "number"
            and token.value in (1, 2, 3)
            and factor is not None
            and end == i + 2
        ):
            made.append(
                replace(token, quantity=Quantity("number", factor, (factor,), ("",), "", True), end=found[i + 1].end)
            )
            i = end
            continue
        made.append(token)
        i += 1
    return made


def _scales(found: list[Token], i: int) -> bool:
    """Whether "the diameter", "as tall", "its width", "of the height" follow a factor."""
    k = i
    while k < len(found) and found[k].lemma in ("of", "the", "its", "that", "their", "as", "this"):
        k += 1
    if k == i or k >= len(found):
        return False
    from wugan.apps.voice_to_3d.language.parts.vocabulary import DIMENSIONS

    named = [token.lemma for token in found[k : k + 4]]
    return any(word in DIMENSIONS or word in ("much", "'s", "od", "base") for word in named) or found[i].lemma == "as"


def point_at(found: list[Token], k: int) -> tuple[tuple[float, ...], int] | None:
    """The numbers of "(20, -15)" at `k` and the index after it."""
    if k >= len(found) or found[k].lemma not in ("(", "["):
        return None
    close = next((j for j in range(k, min(k + 12, len(found))) if found[j].lemma in (")", "]")), None)
    if close is None:
        return None
    values: list[float] = []
    for j in range(k + 1, close):
        token = found[j]
        if token.quantity is not None and token.quantity.kind in ("number", "length"):
            values.append(-token.value if found[j - 1].lemma in ("-", "−", "–") else token.value)
        elif token.lemma not in (",", "x", "y", "z", "=", ":", "-", "−", "–"):
            return None
    return (tuple(values), close + 1) if len(values) in (2, 3) else None
