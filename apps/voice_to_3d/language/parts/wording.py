r"""Wording: ways of saying the same thing become one, before a sentence is read.

A rule rewrites lemmas: `#` stands for a quantity, `\1` keeps the tokens of a group. What a rule adds has the span of
the words that it replaces, so messages still quote what was written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate

from wugan.apps.voice_to_3d.language.lexer import Token

CC = r"(?:centre to centre|centrepoint to centrepoint|centre distance|on centre|between centre)"
THINGS = (
    r"(?:(?:the|their|both|#number|of|these|each|two|adjacent|neighbouring|neighboring|any|consecutive|hole|slot|pin|"
    r"boss|bore|rib|fin|pocket)\s)*"
)
Q = r"#(?:length|number|range)"
RULES: tuple[tuple[str, str], ...] = (
    # how far apart copies are
    (rf"\( ({CC}) \)", r"\1"),
    (rf"({Q}) apart(?: ,)? (?:measured |taken )?(?:from )?{CC}", r"\1 apart"),
    (rf"({Q}) apart(?: from)? (?:each other|one another)", r"\1 apart"),
    (rf"({Q}) between (?:the |their |hole |both )*centre(?: to centre)?(?: of {THINGS}\w+)?", r"\1 apart"),
    (rf"({Q}) from centre to centre", r"\1 apart"),
    (rf"(?:the |a |with |and )*{CC} (?:distance|spacing|separation)?\s?(?:between {THINGS})?(?:is|of|:|=) ({Q})",
     r"\1 apart"),
    (rf"(?:the |a |with |and )*(?:distance|spacing|gap|separation) between (?:the |their )?(?:centre )(?:of )?{THINGS}"
     rf"(?:is|of|:|=) ({Q})", r"\1 apart"),
    (rf"(?:the |a |with |and )*(?:distance|spacing|pitch) between (?:the |each |adjacent |neighbouring )*"
     rf"(?:hole|slot|pin|boss|pocket|one|them) (?:is|of|:|=) ({Q})", r"\1 apart"),
    (rf"(?:spaced )?every ({Q})", r"\1 apart"),
    (rf"(?:with |at )?(?:a |an )({Q}) (?:spacing|pitch|separation)", r"\1 apart"),
    (rf"(?:with )?(?:a |the )?(?:distance|spacing|gap) of ({Q}) between (?:the )?(?:centre of )?{THINGS}\w+",
     r"\1 apart"),
    (rf"(?:with |at )?(?:a |the )?(?:distance|spacing|gap) of(?= {Q} apart)", ""),
    (rf"\( the (?:end|edge|side|face) (?:is|are) {Q} apart \)", ""),
    (rf"((?:each|both|they|all)(?: \S+)?(?: (?:is|are|lie|sit))?(?: \S+)? {Q} (?:in )?from) "
     r"(?:an|one|its|their|its own|the nearest|the near|the respective|one of the|#number of the|#ordinal of the) "
     r"((?:short |long |outer )?(?:end|edge|side))",
     r"\1 each \2"),
    # how copies lie
    (r"(?:circular|polar|radial) (?:pattern|array|arrangement|layout|grid)(?=(?: [^ .]+){0,5} #)", "circle"),
    (r"(?:in |as |into )?(?:a |the )?(?:circular|polar|radial) (?:pattern|array|arrangement|layout)", "equally spaced"),
    (r"(?:spaced|distributed|spread|arranged|placed|lined up|positioned)(?: evenly| equally)? (?:along|in|across) "
     r"(?:the )?([xyz])(?: axis| direction| dimension)?(?! =)", r"row-along \1"),
    (r"in a (?:line|row)(?: (?:along|down) the (?:centre|centreline|middle)(?: of the \w+)?)? (?:\( )?in (?:the )?"
     r"([xyz]) (?:direction|axis|dimension)(?: \))?", r"in a row row-along \1"),
    (r"(?:lie|are|is|sit) (?:on|along|in) (?:a|the same|one) line(?: that is)? parallel to (?:the )?([xyz])(?: axis)?",
     r"row-along \1"),
    (r"(?:run|running|runs|extend|extending|oriented|orientated|aligned|lined up|elongated|pointing) (?:in|along|with) "
     r"(?:the )?([xyz])(?: axis| direction| dimension)?(?! =)", r"parallel to \1"),
    (r"(?<=long )(?:\( )?end-to-end(?: \))?", "overall"),
    # what is left of something
    (rf"(?:leaving|to leave|so that it leaves) (?:a |an )({Q}) (?:wide |thick )?"
     r"(?:border|rim|frame|margin|wall|strip|band)(?: is left| remains)?(?: all)?(?: the way)?(?: around| round)?"
     r"(?: it| the (?:outside|edge|perimeter))?", r"margin of \1"),
    (rf"(?:(?:that|which) )?(?:leaving|leave|to leave) (?:a |an )?(?:border|rim|frame|margin|wall|strip|band|edge)"
     rf"(?: of)? ({Q})(?: (?:wide|thick))?(?: all)?(?: the way)?(?: around| round)?"
     r"(?: it| the (?:outside|edge|perimeter))?", r"margin of \1"),
    (rf"(?:(?:that|which) )?(?:leaving|leave) ({Q}) (?:thick )?wall(?: on (?:all|every|each)(?: #number)? side"
     r"| all (?:the way )?(?:around|round))?", r"margin of \1"),
    (r"wall(?= of (?:the|that|this) (?:pocket|recess|cavity))", "side"),
    # the whole of something
    (r"(?:the )?(?:rest|remainder|remaining \w+|full thickness|entire thickness|whole thickness) of the", "the"),
    (r"through (?:the )?(?:rest|remainder)(?! of)", "through"),
    # where something is taken from
    (r"(?:out of|out from|from out of|away from)"
     r"(?= (?:the|its|one|both) (?:\S+ ){0,2}(?:edge|side|end|face|top|bottom|front|back))", "from"),
    (r"(start|begin) from(?= (?:a|an) )", r"\1 with"),
    (r"floor(?= of (?:the|that|this) \w+)", "bottom"),
    (r"the v(?! (?:shape|shaped|groove|notch|slot|block|profile|section|cut))", "the vee"),
    (r"#number(?: -)? #number(?: -)? #number(?= block)", ""),
    (rf"in the ([xyz]) (?:dimension|direction|axis)(?: ,)? ((?:\S+ ){{1,4}}?)({Q}) apart", r"\2 \3 apart in \1"),
    (r"measured between the (?:centre|centrepoint)(?: point)?(?: of (?:the )?(?:#number )?(?:end )?"
     r"(?:circle|end|arc))?", "centre to centre"),
    (r"(?:(?:at|along) the (?:edge|corner|line|place) )?where (the \w+) (?:meet|join|touch) (the \w+)",
     r"between \1 and \2"),
    (r"(from #number (?:side|end|edge)) of (?:the|its) \w+(?: all the way)? (to the other)", r"\1 \2"),
    (r"(#sizes) (?:outside|outer|overall)(?: ,)? (?:and )?(#sizes) (?:inside|inner)",
     r"\1 with a rectangular through hole \2 ,"),
    (rf"({Q}) (?:in )?diameter for the first ({Q})(?: from the \w+)?(?: ,)? (?:and )?then ({Q}) (?:in )?diameter "
     r"(?:for )?the rest(?: of the way)?", r"\3 diameter through with a \1 diameter counterbore \2 deep"),
    (r"(?:^|(?<=, )|(?<=then )|(?<=and ))remove (?:some |the )?material", "cut a notch"),
    (rf"({Q}) (?:up|down) in (?:the )?z(?: direction| axis| dimension)?", r"\1 in z"),
    (r"centred (?:from )?front to back", "centred in y"),
    (r"centred (?:from )?(?:left to right|side to side)", "centred in x"),
    (r"(?<!from )(front to back|back to front|left to right|right to left|top to bottom)", r"from \1"),
    (r"with (?:#number |equal )?(#length) leg", r"with leg of \1"),
    (r"(in|at|near|to) (?:all|every|each of)(?: of)?(?: the)?(?: #number)? corner(?! of)", r"\1 each corner"),
    (r"raised (?:face|area|surface|section|portion)", "raised pad"),
    # how ends are
    (r"end radius", "rounded end"),
    (r"(?:fully|completely) (?:rounded|radiused|round)", "full radius"),
    (r"(?:full radius|rounded|round|semicircular|radiused) (?:at|on) (?:both|each|the|its) end", "rounded end"),
    (r"(?:both|the|each|its|whose) end (?:of \w+ \w+ )?(?:is|are) (?:full radius|rounded|round|semicircular)"
     r"(?! (?:with|to|by))", "rounded end"),
    (r"end in a (?:half circle|semicircle|half round|full radius)", "has rounded end"),
    (r"the centre of (?:that|this|the|its) (?:half circle|semicircle)(?= is)", "its end"),
    # what stays as it is
    (r"(?:, )?(?:(?:and|but|while) )?(?:leave|keep) (?:\S+ ){1,6}"
     r"(?:sharp|as is|as they are|as it is|unchanged|untouched|alone|square)", ""),
    (r"(?:, )?(?:(?:and|but|while) )?(?:(?:the|all|every|both) )*(?:\w+ )?(?:ones|one|edge|corner|other) (?:all )?"
     r"(?:stay|remain|is|are) (?:left |kept )?(?:sharp|as they are|as it is|square|unchanged|untouched)", ""),
    # half round things
    (r"a-half (?:circle|circular|round|cylindrical)(?= (?:channel|groove|trough|notch|cutout|slot|recess|cut))",
     "a semicircular"),
    (r"(?:half (?:circle|circular|round|cylindrical)|semi circular|semi - circular|half - (?:circle|round))"
     r"(?= (?:channel|groove|trough|notch|cutout|slot|recess|cut))", "semicircular"),
)  # fmt: skip
COMPILED = tuple((re.compile(rf"(?<!\S){pattern}(?!\S)"), with_) for pattern, with_ in RULES)


def canonical(found: list[Token]) -> list[Token]:
    """The tokens of a sentence in the wording that the reading knows."""
    for pattern, with_ in COMPILED:
        found = _rewritten(found, pattern, with_)
    return found


def _word(token: Token) -> str:
    if token.quantity and token.text.lower() not in ("half", "a half"):
        return "#" + token.lemma
    return token.text.lower().replace(" ", "-") if token.quantity else token.lemma if token.lemma.strip() else "\\n"


def _rewritten(found: list[Token], pattern: re.Pattern[str], with_: str) -> list[Token]:
    words = [_word(one) for one in found]
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    made: list[Token] = []
    done = 0
    for match in pattern.finditer(" ".join(words)):
        first, last = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        made += found[done:first]
        for piece in with_.split():
            if piece.startswith("\\"):
                group = int(piece[1:])
                made += found[bisect_left(starts, match.start(group)) : bisect_left(starts, match.end(group))]
            else:
                start, end = found[first].start, found[last - 1].end
                made.append(Token(piece, start, end, "word", piece))
        done = last
    return made + found[done:] if done else found


# Sentences and numbered steps of a description.


@dataclass
class Sentence:
    """Tokens of one sentence, and the number of the step it belongs to (0 before the first)."""

    tokens: list[Token] = field(default_factory=list)
    step: int = 0
    bullet: bool = False


BULLETS = ("-", "*", "•", "–", "·", "▪")


def sentences(found: list[Token]) -> list[Sentence]:
    """Splits tokens at full stops, semicolons, list markers and empty lines; markers themselves go."""
    made: list[Sentence] = [Sentence()]
    step, i = 0, 0
    while i < len(found):
        token = found[i]
        start = not made[-1].tokens
        if start or (i and found[i - 1].kind == "break"):
            marker = _marker(found, i)
            if marker:
                step, i = (marker[1] or step + 1), marker[0]
                _next(made, step, found[i - 1].lemma in BULLETS)
                continue
        if token.kind == "break":
            following = found[i + 1] if i + 1 < len(found) else None
            ended = made[-1].tokens and made[-1].tokens[-1].lemma in (".", ":", ";", "!", "?")
            if following is None or following.kind == "break" or ended:
                _next(made, step, False)
        elif token.lemma in (".", "!", "?"):
            if not (
                i + 1 < len(found)
                and found[i + 1].start == token.end
                and found[i + 1].kind == "word"
                and found[i + 1].text[0].islower()
            ):
                _next(made, step, False)
        elif token.lemma in (";", "…"):
            _next(made, step, made[-1].bullet)
        else:
            made[-1].tokens.append(token)
        i += 1
    return [sentence for sentence in made if sentence.tokens]


def _next(made: list[Sentence], step: int, bullet: bool) -> None:
    if made[-1].tokens:
        made.append(Sentence([], step, bullet))
    else:
        made[-1].step, made[-1].bullet = step, bullet


def _marker(found: list[Token], i: int) -> tuple[int, int] | None:
    """The index after a list marker ("1.", "2)", "Step 3:", "-", "a)") and its number."""
    token = found[i]
    following = found[i + 1] if i + 1 < len(found) else None
    if token.lemma in BULLETS:
        return i + 1, 0
    if (
        token.lemma in ("step", "operation", "feature")
        and following
        and following.quantity
        and following.quantity.kind == "number"
    ):
        k = i + 2
        if k < len(found) and found[k].lemma in (":", ".", "-", ")", "–"):
            return k + 1, int(following.value)
    plain = token.quantity is not None and token.quantity.kind == "number" and token.text.isdigit()
    if plain and following is not None and following.lemma in (".", ")", ":"):
        after = found[i + 2] if i + 2 < len(found) else None
        if after is not None and after.start > following.end:
            return i + 2, int(token.value)
    if (
        token.lemma == "("
        and following
        and following.text.isdigit()
        and i + 2 < len(found)
        and found[i + 2].lemma == ")"
    ):
        return i + 3, int(following.value)
    return None
