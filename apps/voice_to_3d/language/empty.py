"""The words that carry nothing of a model: the one list of what may be left over in silence, with reasons.

Any other word that no reading holds is listed as not understood.
"""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.wordlist import words

DETERMINERS = words("a an the this that these those some any such one own")
"""They say that a thing is meant; which one is in the noun and its adjectives."""

PRONOUNS = words(
    "it its itself they them their themselves he his her him i me my mine you your we us our someone everybody "
    "who whom whose which what there here"
)
"""They name again what is spoken of; whatever is said of it is held or listed."""

AUXILIARIES = words(
    "is are be been being am was were has have having had do does did done will would shall should can could may might "
    "must ought let lets get gets got getting become becomes"
)
"""They tie a thing to what is said of it."""

LINKS = words(
    "and but so then than as of to for with at in on by from if while where when because since however whereas "
    "therefore thus hence whereby plus i'm it's"
)
"""They tie words that are accounted for themselves. Prepositions of a place of their own (under) are not here."""

POLITE = words(
    "please okay ok well thanks thank hello hey hi yes yeah sure right actually maybe perhaps just simply basically "
    "really quite very rather pretty only even again now also too like kind sort bit little look see know think "
    "alright great good fine perfect cool lovely nice beautiful again sorry oh ah uh um uhm erm er hmm"
)
"""Manners, hesitation and degree: without them the same is asked for."""

ORDER = words(
    "first firstly second secondly third thirdly next then after afterwards finally lastly last once begin beginning "
    "start started starting continue later before step operation operations sequence order following follows "
    "follow below instruction instructions detail details description describe explain tell walk"
)
"""They number what is said, not what is made: the order of the sentences is the order of the work."""

HEDGES = words(
    "about approximately roughly around exactly nearly almost nominally nominal precisely essentially simple basic "
    "standard normal regular usual typical ordinary plain dim"
)
"""They loosen or tighten a figure, or ask for what is made anyway."""

REQUESTS = words(
    "make makes made making create creates created creating add adding added want wants need needs like build building "
    "built construct produce generate design designing model modelling use using used give given take put place placed "
    "placing want go going goes ahead"
)
"""They ask that a thing be there; the thing itself says which."""

BEING = words(
    "consist consists consisting include includes including comprise comprises contain contains containing feature "
    "features featuring measure measures measured measuring run runs running sit sits sitting lie lies lying stand "
    "stands standing located location positioned position occur appear remain remains remaining called named known "
    "shown intended meant supposed designed"
)
"""Verbs of being somewhere or having: the place or the part behind them is what is held."""

EMPTY = DETERMINERS | PRONOUNS | AUXILIARIES | LINKS | POLITE | ORDER | HEDGES | REQUESTS | BEING

PURPOSES = (
    ("for",), ("to", "hold"), ("to", "keep"), ("to", "carry"), ("to", "store"), ("to", "fit"), ("to", "accept"),
    ("to", "receive"), ("to", "take"), ("to", "allow"), ("to", "mount"), ("to", "clear"), ("to", "clamp"),
    ("to", "guide"), ("to", "support"), ("to", "attach"), ("to", "fasten"), ("used", "to"), ("used", "as"),
    ("used", "in"), ("used", "on"), ("so", "that"), ("that", "holds"), ("that", "fits"), ("like", "a"), ("such", "as"),
)  # fmt: skip
"""A phrase that begins so and has no figure says what a thing is for or resembles, not what it is."""
CONTRASTS = (("instead", "of"), ("rather", "than"), ("in", "place", "of"))
"""Behind these stands what was there before, figures and all."""
ENDS = frozenset([",", ".", ";", ":", "(", ")", "\n", "–", "!", "?", "and", "with"])


def empty(tokens: list[Token]) -> set[int]:
    """Which tokens of a text carry nothing: those words, and the words of purposes ("for holding round stock")."""
    found = {i for i, one in enumerate(tokens) if one.quantity is None and {one.lemma, one.text.lower()} & EMPTY}
    for span in (*purposes(tokens), *_starting(tokens, CONTRASTS)):
        found.update(span)
    return found | {i for i, one in enumerate(tokens) if one.text.lower() == "one"}


def purposes(tokens: list[Token]) -> list[range]:
    """The phrases without figures that say what a thing is for."""
    return [span for span in _starting(tokens, PURPOSES) if not any(tokens[i].quantity for i in span)]


def _starting(tokens: list[Token], starts: tuple[tuple[str, ...], ...]) -> list[range]:
    said = [one.lemma for one in tokens]
    found: list[range] = []
    for i in range(len(tokens)):
        if any(tuple(said[i : i + len(start)]) == start for start in starts):
            end = i + 1
            while end < len(tokens) and said[end] not in ENDS:
                end += 1
            found.append(range(i, end))
    return found
