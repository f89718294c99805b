"""Sentences and numbered steps of a description."""

from __future__ import annotations

from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.language.lexer import Token


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
