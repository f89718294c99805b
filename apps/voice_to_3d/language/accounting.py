"""`unaccounted`: the numbers and words of a text that nothing holds, found by asking what they change.

A reading that takes more of a clause than it looks at drops words in silence. So a text is read again with the doubtful
word replaced by a nonsense word, or the doubtful number made larger: where the result stays the same and nothing is
complained of, nobody had looked at it, and it is listed. Only what is in doubt is tried: a number whose value stands in
the result, or a word in a name, is held.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from wugan.apps.voice_to_3d.language.context import Context
from wugan.apps.voice_to_3d.language.empty import empty
from wugan.apps.voice_to_3d.language.holdings import Held
from wugan.apps.voice_to_3d.language.lexer import Token, tokens
from wugan.apps.voice_to_3d.language.numbers import DIGITS
from wugan.apps.voice_to_3d.language.parts.describe import Description, describe
from wugan.apps.voice_to_3d.language.parts.nouns import kind_of
from wugan.apps.voice_to_3d.language.parts.vocabulary import KNOWN
from wugan.apps.voice_to_3d.language.talk.words import FEATURE_WORDS
from wugan.apps.voice_to_3d.materials import match
from wugan.apps.voice_to_3d.scene.edit import Add, Interpretation, Unread
from wugan.apps.voice_to_3d.scene.scene import Scene
from wugan.errors import DataError

NONSENSE = "blirk"
LARGER = 1.37
MOST, READ = 40, 4000
"""Words and numbers of a text that are tried at most, and tokens read for that; a reading takes some milliseconds."""
ENDINGS = ("ing", "ed", "er", "s")
STOPS = frozenset([",", ".", ";", ":", "(", ")", "\n", "and", "of", "in", "by", "from", "to", "at", "on", "with"])
EVERY = {"corner": {2, 4, 8}, "edge": {2, 4, 8, 12}, "side": {2, 4}, "end": {2}, "face": {2, 4, 6}, "axis": {2, 3}}
"""How many of these places a body can have: "its four corners" adds nothing to "its corners"."""

DRAWN = {"circle": {2}, "leg": {2}}
"""The same in drawings: the two circles of a slot, the two legs of a triangle or an angle."""


class Accounting:
    """One text and what came of it.

    Args:
        text: as it was said.
        tokens: of the text that are left after corrections.
        found: what came of it.
        scene: after it.
        every: whether each word is tried; else only those that the reading of parts does not know.
    """

    def __init__(self, text: str, tokens: list[Token], found: Interpretation, scene: Scene, every: bool) -> None:
        self.text, self.tokens, self.every = text, tokens, every
        self.held = Held(found, scene)
        self.told = " ".join(one.phrase.lower() for one in found.unread)
        lengths = [one.quantity for i, one in enumerate(tokens) if one.quantity and not self._noun_counted(i)]
        self.said = Counter(round(abs(value), 3) for one in lengths for value in one.values)

    def lost(self, read: Callable[[str], str]) -> tuple[list[Unread], list[str]]:
        """What nothing holds, and words that are taken for parts of names.

        Args:
            read: reads a text in the same scene; what came of it as a string.
        """
        doubtful = list(self._doubtful())
        if not doubtful:
            return [], []
        as_said = read(self.text)
        tried = doubtful[: min(MOST, READ // len(self.tokens))]
        lost = [i for i, masked in tried if read(masked) == as_said]
        named = [i for i in lost if self._names(i)]
        follows = [i for i in lost if self._follows(i)]
        notes = [f"“{self.tokens[i].text}” is taken as a name only" for i in named]
        notes += [f"“{self.tokens[i].text}” follows from the other sizes" for i in follows]
        return self._phrases([i for i in lost if i not in (*named, *follows)]), notes

    def _follows(self, i: int) -> bool:
        """Whether a length that changes nothing is what two lengths of the result come to: "(40 mm inside)"."""
        token = self.tokens[i]
        if token.quantity is None or token.quantity.kind not in ("length", "number") or self._noun_counted(i):
            return False
        return self.held.follows(token.value)

    def _phrases(self, lost: list[int]) -> list[Unread]:
        """Neighbours as one phrase."""
        found: list[Unread] = []
        for i in lost:
            token, start = self.tokens[i], i
            while start - 1 in lost and bool(self.tokens[start - 1].quantity) == bool(token.quantity):
                start -= 1
            reason = "it changes nothing in what was made" if token.quantity else "not understood"
            if start < i and found:
                found.pop()
            found.append(Unread(phrase=self.text[self.tokens[start].start : token.end], reason=reason))
        return found

    def _doubtful(self) -> Iterator[tuple[int, str]]:
        nothing = empty(self.tokens)
        for i, token in enumerate(self.tokens):
            if i in nothing or token.text.lower() in self.told:
                continue
            if token.quantity is not None:
                if self._numbered(i):
                    yield i, self._masked(token, larger(token, self._noun_counted(i) != ""))
            elif token.kind != "word" or len(token.text) == 1 or token.lemma in self.held.names:
                continue
            elif self._worded(i):
                yield i, self._masked(token, nonsense(token))

    def _masked(self, token: Token, new: str) -> str:
        return self.text[: token.start] + new + self.text[token.end :]

    def _numbered(self, i: int) -> bool:
        """Whether a number is in doubt."""
        token = self.tokens[i]
        assert token.quantity is not None
        if token.quantity.kind in ("ordinal", "unknown") or self._lists(i):
            return False
        if noun := self._noun_counted(i):
            usual = EVERY.get(noun, set()) | (set() if self.every else DRAWN.get(noun, set()))
            return token.value not in usual and not (noun not in EVERY and self.held.counted(token.value, noun))
        restated = i > 0 and self.tokens[i - 1].lemma in ("(", "the", "that", "this")
        often = 1 if restated else max(self.said[round(abs(value), 3)] for value in token.quantity.values)
        return self.held.times(token, self.said) < often

    def _lists(self, i: int) -> bool:
        """Whether a number is a list's: "2. Next, …", "step 3"."""
        before = self.tokens[i - 1].lemma if i else "\n"
        after = self.tokens[i + 1].lemma if i + 1 < len(self.tokens) else ""
        return before in ("step", "operation") or (before in ("\n", ".", ":", ";") and after in (".", ")", ":"))

    def _noun_counted(self, i: int) -> str:
        """What a number counts ("four" of "four 6 mm holes" hole); empty where it is a length."""
        quantity = self.tokens[i].quantity
        if quantity is None or quantity.kind not in ("number", "times") or quantity.value != int(quantity.value):
            return ""
        for token in self.tokens[i + 1 : i + 7]:
            if token.plural:
                return token.lemma
            if token.quantity is None and token.lemma in STOPS:
                break
        return "thing" if quantity.kind == "times" else ""

    def _worded(self, i: int) -> bool:
        """Whether a word is in doubt."""
        token = self.tokens[i]
        around = [self.tokens[k].lemma for k in (i - 2, i + 2) if 0 <= k < len(self.tokens)]
        if token.glued or token.lemma in around:
            return False  # "open-topped", "five-pointed", "side by side": the halves say one thing
        stem = token.text.lower().removesuffix("'s").removesuffix("’s")
        if token.lemma in self.held.names or stem in self.held.names:
            return False
        if stem.endswith("ed") and any(one.lemma[:4] == stem[:4] and one is not token for one in self.tokens):
            return False  # "a flanged bush: flange 26 mm"
        known = token.lemma in KNOWN or stem in KNOWN
        return not known or (self.every and not self._working(i))

    def _working(self, i: int) -> bool:
        """Whether a word is in a sentence of holes and edges, which the reading of parts reads."""
        return any(one.lemma in FEATURE_WORDS for one in self._sentence(i))

    def _sentence(self, i: int) -> list[Token]:
        start, end = i, i
        while start > 0 and self.tokens[start - 1].lemma not in (".", ";", "\n"):
            start -= 1
        while end < len(self.tokens) and self.tokens[end].lemma not in (".", ";", "\n"):
            end += 1
        return self.tokens[start:end]

    def _names(self, i: int) -> bool:
        """Whether an unknown word stands before a noun as part of its name: "wrist" of "a wrist pin hole"."""
        token = self.tokens[i]
        if token.quantity or token.lemma in KNOWN or token.text.lower().endswith("ed") or match([token.text.lower()]):
            return False
        if all(one.quantity is None for one in self._sentence(0)) and i < len(self._sentence(0)):
            return True  # a title
        for following in self.tokens[i + 1 : i + 4]:
            if following.kind != "word" or following.lemma in STOPS:
                return False
            if kind_of(following.lemma) in ("solid", "generic", "cut") or following.lemma in self.held.names:
                return True
        return False


def larger(token: Token, counted: bool = False) -> str:
    """The text of a quantity with its last number made larger."""
    numbers = list(DIGITS.finditer(token.text))
    if not numbers:
        if counted:
            return str(round(token.value * LARGER) + 1)
        return f"{token.value * LARGER:.4g}" if token.lemma == "number" else f"{token.value * LARGER:.4g} mm"
    last = numbers[-1]
    value = float(re.sub(",", "", last.group()))
    new = str(round(value * LARGER) + 1) if counted or value == int(value) else f"{value * LARGER:.4g}"
    return token.text[: last.start()] + new + token.text[last.end() :]


def nonsense(token: Token) -> str:
    """A word that nobody knows, with the same ending."""
    word = token.text.lower()
    return NONSENSE + next((one for one in ENDINGS if word.endswith(one) and len(word) > 4), "")


def of_talk(scene: Scene, context: Context) -> Callable[[str], str]:
    """Reads a text as talk about a scene; what came of it as a string."""
    from wugan.apps.voice_to_3d.language.talk.clauses import prepared
    from wugan.apps.voice_to_3d.language.talk.dialogue import converse
    from wugan.apps.voice_to_3d.language.talk.reading import Reading

    def read(text: str) -> str:
        reading = Reading(text, prepared(text), scene, context.model_copy(deep=True))
        try:
            converse(reading)
        except DataError as error:
            return str(error)
        edits = [edit.model_dump(mode="json") for edit in reading.edits]
        return json.dumps([edits, [one.reason for one in reading.unread], reading.assumed])

    return cache(read)


def of_part(text: str) -> str:
    """Reads a text as the description of one part; what came of it as a string."""
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

    reader = Reader().read(text)
    ground = Ground(reader).run()
    told = [one.reason for one in (*reader.unread, *ground.unread)]
    made = [one.model_dump(mode="json") for one in (ground.solid, *ground.features) if one is not None]
    return json.dumps([made, [*told, *reader.assumed, *ground.assumed]])


def described(text: str) -> Description:
    """One part read from its description, with what the reading dropped in silence among its unread."""
    found = describe(text)
    if found.object is None:
        return found
    read = cache(of_part)
    scene = Scene(objects=(found.object,))
    result = Interpretation(edits=(Add(object=found.object),), unread=found.unread, assumed=found.assumed)
    lost, names = Accounting(text, tokens(text), result, scene, every=False).lost(read)
    made = found.object
    for one in lost:
        said = one.phrase.lower().split()
        if made.material is None and (known := match(said)) and known[1] == len(said):
            made = made.model_copy(update={"material": known[0]})  # a part is of one material, wherever it is said
            lost = [other for other in lost if other is not one]
    return replace(found, object=made, unread=(*found.unread, *lost), assumed=(*found.assumed, *names), read=read)
