"""Where a clause begins and ends: at the ends of sentences and before imperatives."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wugan.apps.voice_to_3d.language.lexer import Token, tokens
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.talk.kinds import noun_at
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.words import DIMENSIONS, NEEDS_OBJECT, VERBS
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.materials import match

TAKEN_BACK = frozenset({"no", "sorry", "actually", "wait", "oh", "oops", "nope", ","})
ENDS = frozenset({".", ";", "!", "?", "\n"})
LEADS = words(
    "and then , please now also so but or okay ok well uh just next after that finally first - – : let us we i you "
    "could can would will should want to like need have go ahead lets maybe again instead actually oh hmm wait"
)
OBJECTS = words(
    "the a an it them this that these those its their all each both every everything my some another one "
    "two three four "
    "five six seven eight nine ten to legs leg"
)
ALWAYS = words(
    "turn colour stain clone copy scale drill rotate tilt raise lower mirror start hang stack double reset clear "
    "include lift hollow place build design draw model let set position cut"
)
"""Verbs that need no determiner behind them at the start of a clause."""
NOT_VERB_AFTER = words("a an the of in with its their very more is are as no any and,")
VERSIONS = words("start beginning original version outset")
TRIMMING = words("take cut trim knock shave saw chop")
COMPOUND_VERBS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("get", "rid", "of"), "remove"), (("take", "away"), "remove"),
    (("take", "off"), "remove"), (("take", "out"), "remove"),
    (("throw", "away"), "remove"), (("do", "away", "with"), "remove"), (("cut", "off"), "remove"),
    (("make", "a", "copy", "of"), "duplicate"), (("make", "another", "copy", "of"), "duplicate"),
    (("start", "over"), "clear"), (("start", "again"), "clear"),
    (("start", "afresh"), "clear"), (("begin", "again"), "clear"),
    (("start", "from", "scratch"), "clear"), (("new", "scene"), "clear"), (("new", "design"), "clear"),
    (("a", "new", "scene"), "clear"), (("clean", "slate"), "clear"), (("empty", "the", "scene"), "clear"),
    (("start", "a", "new", "scene"), "clear"), (("start", "a", "new", "design"), "clear"),
    (("go", "back"), "undo"), (("step", "back"), "undo"), (("scratch", "that"), "undo"), (("scratch", "it"), "undo"),
    (("cancel", "that"), "undo"), (("cancel", "it"), "undo"), (("reverse", "that"), "undo"),
    (("i", "change", "my", "mind"), "undo"), (("i", "changed", "my", "mind"), "undo"), (("roll", "back"), "undo"),
    (("take", "back"), "undo"), (("restore",), "restore"), (("return", "to"), "undo"),
    (("take", "that", "back"), "undo"), (("take", "it", "back"), "undo"),
    (("go", "forward"), "redo"), (("do", "that", "again"), "again"), (("do", "it", "again"), "again"),
    (("the", "same", "again"), "again"), (("once", "more"), "again"), (("turn", "into"), "make"), (("fill",), "fill"),
    (("give", "me"), "create"), (("show", "me"), "create"), (("i", "want"), "want"), (("i", "need"), "want"),
    (("i", "only", "want"), "want"),
    (("i", "only", "need"), "want"), (("i", "just", "want"), "want"), (("i", "just", "need"), "want"),
    (("i", "would", "like"), "want"), (("i", "like"), "want"),
    (("i", "am", "after"), "create"), (("we", "need"), "want"),
    (("let", "us", "do"), "create"), (("let", "us", "have"), "create"), (("let", "us", "make"), "make"),
    (("let", "us", "start", "with"), "create"), (("there", "is"), "create"), (("there", "should", "be"), "create"),
 (("hollow", "it", "out"), "hollow_it"),
    (("swap", "the", "place"), "swap_places"), (("forget", "it"), "undo"),
    (("forget", "that"), "undo"), (("scrap", "that"), "undo"),
    (("never", "mind"), "undo"), (("nevermind",), "undo"), (("shrink",), "decrease"), (("get", "bigger"), "increase"),
)  # fmt: skip


@dataclass
class Clause:
    """A piece of a text with one verb or none.

    Attributes:
        start, end: its tokens.
        verb: what its verb comes to ("make", "remove"); empty where it has none.
        body: index after the verb.
        sentence: whether a sentence begins with it.
    """

    start: int
    end: int
    verb: str
    body: int
    sentence: bool


def _in_a_name(r: Reading, i: int, word: str) -> bool:
    """Whether a verb is in what an object is called: "the tv stand", "a dark red pull", "a brass paint scraper"."""
    begun = noun_at(r.lemmas(i, i + 3))
    if begun is not None and begun[1] > 1 and i > 0 and r.lemma(i - 1) not in LEADS | ENDS | {",", "and"}:
        return True
    for k in (1, 2):
        if i >= k and (named := noun_at([*r.lemmas(i - k, i), word])) is not None and named[1] == k + 1:
            return True
    if noun_at([word]) is None:
        return False
    for k in range(max(0, i - 4), i - 1):
        found = r.material(k + 1, i) if r.lemma(k) in ("a", "an", "the") else None
        if found is not None and found[1] == i:
            return True
    return False


def verb_at(r: Reading, i: int, end: int) -> tuple[str, int] | None:
    """The imperative at `i` and the index after it."""
    if apart := _apart(r, i, end):
        return apart
    if r.has(i, "back", "to") and set(r.lemmas(i + 2, min(end, i + 9))) & VERSIONS:
        return "undo", i + 1  # "back to the beginning"
    for phrase, verb in sorted(COMPOUND_VERBS, key=lambda pair: -len(pair[0])):
        if i + len(phrase) <= end and r.has(i, *phrase):
            if phrase in (("go", "back"), ("step", "back")) and r.lemma(i - 1) in ("the", "a"):
                return None
            return verb, i + len(phrase)
    word = r.lemma(i, end)
    verb = VERBS.get(word, "")
    token = r.tokens[i] if i < end else None
    if word in TRIMMING and i + 1 < end and (size := r.tokens[i + 1].quantity) is not None:
        if size.kind in ("length", "percent") and r.lemma(i + 2, end) in ("off", "from"):
            return "trim", i + 1
    if not verb or token is None or token.kind != "word" or (token.plural and word not in ("makes",)):
        return None
    if _in_a_name(r, i, word):
        return None
    if word in ("down",) or (word == "centre" and r.lemma(i + 1, end) == "to"):
        return None
    if r.lemma(i - 1) in NOT_VERB_AFTER and i > 0 and not r.has(i - 1, ","):
        return None
    if word in NEEDS_OBJECT:
        following = r.tokens[i + 1] if i + 1 < end else None
        if following is None:
            return None if word not in ("clear", "reset", "shrink", "hollow") else (verb, i + 1)
        if following.quantity is None and following.lemma not in OBJECTS and not following.plural:
            if word not in ALWAYS:
                return None
            if i > 0 and r.lemma(i - 1) not in LEADS | ENDS:
                return None
            if following.lemma in ("height", "in", "at", "on", "with", "of", "to", "and", ",", "."):
                return None
    if word in ("round", "level", "cut", "model", "design", "stack", "mirror", "shell") and i > 0:
        if r.lemma(i - 1) not in LEADS | ENDS and r.tokens[i - 1].quantity is None:
            return None
    after = r.tokens[i + 1].quantity if i + 1 < end else None
    if word in ("bore", "cut", "punch", "mill", "shell", "chamfer", "fillet", "round") and after is not None:
        if after.kind in ("length", "sizes", "angle"):
            return None  # "bore 50 mm": a size
    if word in ("want", "need", "like", "prefer") and r.lemma(i - 1) not in ("i", "we", "would", ""):
        return None
    return verb, i + 1


PARTICLES: dict[tuple[str, str], str] = {
    tuple(pair.split()): verb  # type: ignore[misc]
    for verb, pairs in {
        "remove": "take off, take away, take out, throw out, throw away, leave out, get out, cut off",
        "restore": "put back, bring back, give back, want back, like back, need back, have back, add back",
        "make": "turn into, change into, make into, convert into",
        "upright": "stand up, set up", "flip": "turn over, flip over",
        "lie": "lay down, lie down, lay flat, tip over, knock over",
        "line": "line up", "arrange": "spread out, space out, spread apart, space apart",
    }.items()
    for pair in pairs.split(", ")
}  # fmt: skip
"""Verbs whose second word may stand behind what they are about: "take the lid off", "put it back"."""
CLOSING = words("on off again please too now , and from where there in instead over then at to")
"""What may follow such a second word: "put the handle back on"; not "put it back left of …"."""


def _apart(r: Reading, i: int, end: int) -> tuple[str, int] | None:
    """Such as "take the lid off", "stand them up": a verb with its particle behind the object."""
    word = r.lemma(i, end)
    if not any(word == verb for verb, _ in PARTICLES) or (i > 0 and r.lemma(i - 1) in ("the", "a", "an")):
        return None
    sized = r.tokens[i + 1].quantity if i + 1 < end else None
    if sized is not None and sized.kind in ("length", "percent"):
        return None  # "take 5 cm off the height"
    for k in range(i + 1, min(end, i + 7)):
        said = r.lemma(k)
        if said in ENDS or said in (",", "and") or (r.tokens[k].quantity is not None and said != "#number"):
            return None
        verb = PARTICLES.get((word, said))
        if verb is None:
            continue
        if said == "back" and r.lemma(k - 1) in ("the", "its", "a", "their"):
            return None  # "have the back in walnut"
        if verb == "restore" and k > i + 1 and r.lemma(k + 1, end) not in CLOSING | {""} | ENDS:
            return None
        if r.lemma(k + 1, end) == "of":
            return None
        return verb, i + 2 if k == i + 1 and verb == "remove" else i + 1
    return None


def clauses(r: Reading) -> list[Clause]:
    """The clauses of a text, in order."""
    found: list[Clause] = []
    i, n = 0, len(r.tokens)
    while i < n:
        sentence = not found or r.lemma(i - 1) in ENDS
        while i < n and r.lemma(i) in ENDS:
            i += 1
            sentence = True
        if i >= n:
            break
        start = i
        verb, body = "", i
        k = i
        while k < n and r.lemma(k) in LEADS and r.tokens[k].quantity is None:
            if at := verb_at(r, k, n):
                break
            k += 1
        at = verb_at(r, k, n) if k < n else None
        if at is None:
            at = verb_at(r, i, n)
        if at:
            verb, body = at
        end = max(body, i + 1)
        while end < n and r.lemma(end) not in ENDS and not _begins(r, end, n, verb):
            end += 1
        while end < n and r.lemma(end) not in ENDS and all(r.lemma(j) in TAKEN_BACK for j in range(start, end)):
            end += 1  # "no, make that ninety" is one clause
            while end < n and r.lemma(end) not in ENDS and not _begins(r, end, n, verb):
                end += 1
        found.append(Clause(start, end, verb, body, sentence))
        i = end
    return found


def _begins(r: Reading, k: int, n: int, verb: str) -> bool:
    """Whether another clause begins at `k`: an imperative behind "and", a comma, "then" or nothing."""
    if r.lemma(k) in ("then",) and k + 1 < n:
        return True
    j = k
    while j < n and r.lemma(j) in ("and", ",", "please", "also", "now", "then", "so", "but"):
        j += 1
    if j == k and r.lemma(k - 1) in ("and", ",", "please", "also", "now", "then", "so", "but"):
        return False  # decided where the "and" stands
    at = verb_at(r, j, n)
    if at is None or r.lemma(j) == "there":
        return False
    if j > k:
        return True
    if r.lemma(j) in (
        "set",
        "put",
        "place",
        "stand",
        "lay",
        "need",
        "want",
        "like",
        "line",
        "name",
        "call",
        "set",
        "cut",
    ):
        return (
            r.lemma(j - 1) not in ("is", "are", "be", "and")
            and r.lemma(j + 1) in OBJECTS
            and r.lemma(j - 1) not in LEADS
        )
    return at[0] not in ("want",) and r.lemma(j - 1) not in ("to", "should", "i", "you", "we", "not", "can", "could")


# What is heard becomes tokens: without hesitations, courtesies, stammers and what the speaker took back at once.

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
