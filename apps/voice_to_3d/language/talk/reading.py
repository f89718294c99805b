"""`Reading`: a text while it is read: its tokens, what is understood so far, and the scene as the edits leave it."""

from __future__ import annotations

from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.edits import apply
from wugan.apps.voice_to_3d.language.context import Context
from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.materials import match
from wugan.apps.voice_to_3d.scene.edit import Add, Edit, Interpretation, Redo, Replace, Undo, Unread
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import Object, Scene
from wugan.errors import DataError

GRAMMAR = words(
    "am i'm after into "
    "a an the and or of to in is are be been being that this it its which with at by for on as so then "
    "also too now just "
    "please okay ok well there here has have having each both all it's very really quite rather some any their his her "
    "such like about approximately roughly around exactly nice beautiful lovely simple basic standard normal regular "
    "can could would should will you me my we us i do does made make not only even further more again right let "
    "thank thanks hey hi hello yes yeah sure actually maybe perhaps kind sort bit little finally next first after"
)
"""Words that carry no shape: left over at the end of a reading they are not missed."""


@dataclass
class Reading:
    """A text while it is read.

    Attributes:
        text: as it was given.
        tokens: what is left to understand.
        scene: after the edits so far.
        context: of the conversation.
        edits, unread, assumed, answers: what came of it.
        known: beside each token, whether it is in an edit, was refused, or is only grammar.
        topic: what "it" means; several after "them".
        before: the scene before the text.
        stepped: whether the text steps back or forward in the history.
        pointed: whether this text has named what "it" means.
    """

    text: str
    tokens: list[Token]
    scene: Scene
    context: Context
    edits: list[Edit] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    topic: list[Reference] = field(default_factory=list)
    before: Scene | None = None
    stepped: bool = False
    pointed: bool = False

    def __post_init__(self) -> None:
        self.known = [False] * len(self.tokens)
        self.before = self.scene
        self.topic = [one for one in self.context.focus if self.there(one)]

    def there(self, reference: Reference) -> bool:
        """Whether a reference of an earlier sentence still holds."""
        return not reference.object or self.scene.object(reference.object) is not None

    def lemma(self, i: int, end: int | None = None) -> str:
        """The lemma at `i`; empty behind the end, "#" and its kind for a quantity."""
        if not 0 <= i < (len(self.tokens) if end is None else end):
            return ""
        token = self.tokens[i]
        return token.lemma if token.quantity is None else f"#{token.lemma}"

    def has(self, i: int, *lemmas: str) -> bool:
        """Whether exactly these lemmas stand at `i`."""
        return all(
            self.lemma(i + k) == lemma or (lemma == "one" and self.said_one(i + k)) for k, lemma in enumerate(lemmas)
        )

    def said_one(self, i: int) -> bool:
        """Whether the word "one" stands there, which may be a number or a pronoun."""
        return 0 <= i < len(self.tokens) and self.tokens[i].text.lower() == "one"

    def one_of(self, i: int, phrases: tuple[tuple[str, ...], ...]) -> int:
        """How many tokens the longest of the phrases that stands at `i` has; 0 if none does."""
        return max((len(phrase) for phrase in phrases if self.has(i, *phrase)), default=0)

    def lemmas(self, i: int, end: int) -> list[str]:
        """The lemmas from `i`, a quantity as an empty string."""
        return ["" if one.quantity else one.lemma for one in self.tokens[i:end]]

    def phrase(self, i: int, end: int) -> str:
        """The text of the tokens, as it was written."""
        if i >= end:
            return ""
        return self.text[self.tokens[i].start : self.tokens[end - 1].end].strip()

    def material(self, i: int, end: int) -> tuple[Material, int] | None:
        """The material that starts at `i` and the index after it."""
        said = [one.text.lower() if one.kind == "word" else "" for one in self.tokens[i : min(end, i + 7)]]
        found = match(said) or match(self.lemmas(i, min(end, i + 7)))
        if found and self.tokens[i].kind == "word":
            return found[0], i + found[1]
        return None

    def know(self, i: int, end: int) -> int:
        """Marks tokens as understood; returns `end`."""
        self.known[i:end] = [True] * (end - i)
        return end

    def refuse(self, i: int, end: int, reason: str) -> int:
        """Lists a phrase as not carried out, and why; returns `end`."""
        self.unread.append(Unread(phrase=self.phrase(i, end) or self.text[:200], reason=reason))
        return self.know(i, end)

    def unknown(self, found: list[tuple[int, str]]) -> None:
        """Lists words that were skipped inside a phrase that was understood."""
        for index, of in dict.fromkeys(found):
            self.refuse(index, index + 1, f"not understood of the {of}")

    def carry(self, edits: list[Edit], i: int, end: int, known: bool = True) -> bool:
        """Carries edits out on the scene, all or none; where one cannot be, the phrase is refused with the reason.

        Args:
            edits: in order.
            i: the first token that said it.
            end: the index after the last.
            known: whether all of the phrase is understood by that; else whoever read it has marked what is.
        """
        scene = self.scene
        try:
            for edit in edits:
                scene = apply(scene, edit)
        except DataError as error:
            self.refuse(i, end, str(error))
            return False
        self.scene = scene
        self.edits.extend(edits)
        if known:
            self.know(i, end)
        for edit in edits:
            if isinstance(edit, Add | Replace):
                self.mention(edit.target.object if isinstance(edit, Replace) else edit.object.id)
        return True

    def step(self, edit: Undo | Redo, i: int, end: int) -> None:
        """Notes a step in the history; what follows in the same text is about the scene before the last sentence."""
        mine = any(not isinstance(one, Undo | Redo) for one in self.edits)
        self.edits.append(edit)
        self.know(max(i, 0), end)
        self.stepped = True
        if isinstance(edit, Undo) and mine and self.before is not None:
            self.scene = self.before  # what this text did so far is the first step back
        elif isinstance(edit, Undo) and edit.steps == 1 and self.context.before is not None:
            self.scene = self.context.before
        self.topic = [one for one in self.topic if self.there(one)]

    def mention(self, id: str) -> None:
        """Notes that an object was spoken of."""
        if id:
            self.context.mentioned = [id, *(one for one in self.context.mentioned if one != id)][:50]

    def focus(self, references: list[Reference]) -> None:
        """What "it" or "them" means from now on."""
        if references:
            self.topic, self.pointed = list(references), True
            for reference in reversed(references):
                self.mention(reference.object)

    def object(self, reference: Reference) -> Object | None:
        """The object of a reference."""
        return self.scene.object(reference.object) if reference.object else None

    def leftovers(self) -> None:
        """Lists every run of tokens that nothing has understood and that is not only grammar."""
        i = 0
        while i < len(self.tokens):
            if self.known[i] or not self._meant(i):
                i += 1
                continue
            end = i + 1
            last = end
            while end < len(self.tokens) and not self.known[end] and self.tokens[end].kind not in ("sign", "break"):
                end += 1
                if self._meant(end - 1):
                    last = end
            self.refuse(i, last, "not understood")
            i = end

    def _meant(self, i: int) -> bool:
        token = self.tokens[i]
        return token.quantity is not None or (token.kind == "word" and token.lemma not in GRAMMAR)

    def result(self) -> Interpretation:
        """What the reading came to."""
        unread = sorted(dict.fromkeys(self.unread), key=lambda one: self.text.find(one.phrase))
        return Interpretation(
            edits=tuple(self.edits),
            unread=tuple(unread),
            assumed=tuple(dict.fromkeys(self.assumed)),
            answers=tuple(self.answers),
        )
