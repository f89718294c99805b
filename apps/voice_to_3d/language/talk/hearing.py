"""What is heard becomes tokens: without hesitations, courtesies, stammers and what the speaker took back at once."""

from __future__ import annotations

from dataclasses import replace

from wugan.apps.voice_to_3d.language.lexer import Token, tokens
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.talk.words import DIMENSIONS
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.materials import match

HESITATIONS = words("uh um uhm erm er ehm hmm hm mm-hmm ah eh umm uhh")
COURTESIES = tuple(
    tuple(line.split())
    for line in """
i was wondering if you could, i wonder if you could, i was wondering whether you could, do you think you could
do you think that you could, would it be possible to, is it possible to, would you be able to, would you mind
if it is not too much trouble, if you do not mind, if it is possible, if possible, if you can, if you would
be so kind as to, be so kind and, how about, what about, what if we, why do not we, why do not you, let us go with
let us say, let us try, go ahead and, i would prefer it if you could, i would prefer, i think, i guess, i suppose
you know, or something like that, or something, something like, and stuff, let me see, let me think, hang on, hold on
come on, thank you so much, thank you very much, thank you, for me, real quick, if i may, on second thought
on second thoughts, while you are at it, one more thing, in my opinion, to be honest, as i said, like i said
all right then, that is great, that is good, that is fine, that is nice, that look great, that look good, very good
that look nice, looking good, sound good, good job, well done, never mind about that, after all
""".replace("\n", ",").split(",")
    if line.strip()
)
"""What is said for manners or to think: it changes nothing, wherever it stands."""
OPENINGS = words(
    "alright great perfect cool excellent awesome super wonderful fantastic right good fine basically obviously "
    "honestly literally brilliant lovely nice hey hi hello okay ok so well now yes yeah yep and then"
)
"""Such words at the beginning of a sentence, where a comma or a request follows."""
REQUESTS = words("make can could would let now i we please put add paint so then the it , . ! turn set give")
HEARD = {"read": "red", "blew": "blue", "wight": "white", "rouge": "red", "leggs": "leg", "chare": "chair"}
"""Words that recognisers write for others that sound alike; they name nothing that is built here."""
COUNTS_HEARD = {"to": 2, "too": 2, "for": 4, "fore": 4, "ate": 8, "won": 1}


def prepared(text: str) -> list[Token]:
    """The tokens of a text without hesitations, stammers ("the the") and what was taken back ("eighty, no, ninety")."""
    found: list[Token] = []
    for token in tokens(text):
        if token.kind == "word" and token.lemma in HESITATIONS:
            continue
        if found and token.kind == "word" and token.lemma == found[-1].lemma and token.lemma in STAMMERED:
            continue
        found.append(token)
    return _in_one_unit(_taken_back(_counted(_plain(found))))


STAMMERED = words("the a an to of and with in on make put is it i my this")
TAKING_BACK = (
    ("no", "make", "that"), ("no", "i", "mean"), ("no", "sorry"), ("no", "wait"), ("sorry", "i", "mean"),
    ("wait", "no"), ("oh", "no"), ("or", "rather"), ("i", "mean"), ("no",), ("sorry",), ("wait",), ("rather",),
    ("correction",),
)  # fmt: skip


def _taken_back(found: list[Token]) -> list[Token]:
    """Such as "eighty, no, ninety centimetres" is ninety centimetres; "red, I mean blue" is blue."""
    i = 1
    while i < len(found) - 1:
        start = i
        after = _marker(found, i + 1 if found[i].lemma == "," else i)
        if after is None:
            i += 1
            continue
        if after < len(found) and found[after].lemma == ",":
            after += 1
        if after >= len(found):
            break
        between = start - 1
        if found[between].lemma in DIMENSIONS and start >= 2:  # "eighty wide, sorry, ninety"
            between -= 1
        old, new = found[between], found[after]
        if old.quantity and new.quantity and between < start - 1:
            new = _in_unit(new, old) if new.quantity.bare and old.quantity.kind == "length" else new
            rest = after + 1 + (after + 1 < len(found) and found[after + 1].lemma == found[between + 1].lemma)
            found = [*found[:between], new, found[between + 1], *found[rest:]]
            continue
        if old.quantity and new.quantity and new.quantity.kind != "times":
            if new.quantity.bare and not old.quantity.bare and old.quantity.kind == "length":
                new = _in_unit(new, old)
            found = [*found[: start - 1], new, *found[after + 1 :]]
            continue
        colour = _material_before(found, start)
        if colour and (again := match([one.lemma for one in found[after : after + 5]])):
            found = [*found[:colour], *found[after:]]
            i = colour + again[1]
            continue
        i += 1
    return found


def _marker(found: list[Token], i: int) -> int | None:
    for marker in TAKING_BACK:
        if tuple(one.lemma for one in found[i : i + len(marker)]) == marker:
            return i + len(marker)
    return None


def _in_unit(bare: Token, other: Token) -> Token:
    assert bare.quantity and other.quantity
    from wugan.apps.voice_to_3d.language.units import UNITS

    unit = UNITS[{"in": "inch", "ft": "foot"}.get(other.quantity.unit, other.quantity.unit)]
    scaled = bare.quantity.scaled(unit.factor)
    return replace(bare, quantity=replace(scaled, kind="length", unit=other.quantity.unit))


def _material_before(found: list[Token], end: int) -> int | None:
    for start in range(max(0, end - 4), end):
        made = match([one.lemma for one in found[start:end]])
        if made and made[1] == end - start:
            return start
    return None


def _plain(found: list[Token]) -> list[Token]:
    """Without courtesies, and with the words that were meant by those that sound alike."""
    made: list[Token] = []
    i = 0
    while i < len(found):
        polite = max((len(one) for one in COURTESIES if _says(found, i, one)), default=0)
        if polite:
            i += polite
            while made and i < len(found) and found[i].lemma == ",":
                i += 1
            continue
        token = found[i]
        opening = not made or made[-1].lemma in (".", "!", ";", "?")
        following = found[i + 1].lemma if i + 1 < len(found) else ""
        if opening and token.lemma in OPENINGS and following in OPENINGS | REQUESTS and following != "one":
            i += 1
            continue
        if opening and token.lemma == ",":
            i += 1
            continue
        if token.kind == "word" and token.lemma in HEARD:
            token = replace(token, text=HEARD[token.lemma], lemma=HEARD[token.lemma])
        made.append(token)
        i += 1
    return made or found[:0]


def _says(found: list[Token], i: int, phrase: tuple[str, ...]) -> bool:
    return tuple(one.lemma for one in found[i : i + len(phrase)]) == phrase


def _counted(found: list[Token]) -> list[Token]:
    """Such as "too centimetres", "for millimetres": numbers that were heard as other words."""
    made: list[Token] = []
    i = 0
    while i < len(found):
        token, unit = found[i], UNITS.get(found[i + 1].text.lower()) if i + 1 < len(found) else None
        number = COUNTS_HEARD.get(token.text.lower())
        if number and unit is not None and unit.kind == "length" and len(found[i + 1].text) > 3:
            value = round(number * unit.factor, 9)
            quantity = Quantity("length", value, (value,), ("",), unit.name)
            end = found[i + 1].end
            made.append(Token(token.text, token.start, end, "quantity", "length", quantity))
            i += 2
            continue
        made.append(token)
        i += 1
    return made


def _in_one_unit(found: list[Token]) -> list[Token]:
    """Such as "1200 long, 200 wide, 27 thick, millimetres", "60 by 40, all in centimetres": the unit is that of all."""
    made: list[Token] = []
    i = 0
    while i < len(found):
        token = found[i]
        unit = UNITS.get(token.text.lower()) if token.kind == "word" and len(token.text) > 1 else None
        if unit is None or unit.kind != "length" or token.lemma in ("in", "foot") or not _alone(found, i):
            made.append(token)
            i += 1
            continue
        k = len(made)
        while k > 0 and made[k - 1].lemma not in (".", ";", "!", "?", "\n"):
            k -= 1
        sized = [n for n in range(k, len(made)) if _bare(made, n)]
        if not sized:
            made.append(token)
            i += 1
            continue
        for n in sized:
            quantity = made[n].quantity
            assert quantity is not None
            kind = "length" if quantity.kind == "number" else quantity.kind
            scaled = replace(quantity.scaled(unit.factor), kind=kind, unit=unit.name)
            made[n] = replace(made[n], quantity=scaled, lemma=kind)
        while made and made[-1].lemma in (",", "in", "all", "everything", "(", "measured", "each"):
            made.pop()
        i += 1
        i += i < len(found) and found[i].lemma == ")"
    return made


def _alone(found: list[Token], i: int) -> bool:
    """Whether a unit stands by itself: no number before it, and no number of its own behind it ("a metre twenty")."""
    before = found[i - 1].lemma if i else ""
    return before in (",", "in", "all", "everything", "(", "are", "is") or before in DIMENSIONS


def _bare(made: list[Token], n: int) -> bool:
    """Whether a number without a unit is a size: a dimension follows it, or stands before it."""
    quantity = made[n].quantity
    if quantity is None or quantity.unit or quantity.kind not in ("number", "sizes", "range"):
        return False
    after = made[n + 1].lemma if n + 1 < len(made) else ""
    before = made[n - 1].lemma if n else ""
    return quantity.kind == "sizes" or after in DIMENSIONS or (before in DIMENSIONS and after in ("", ","))
