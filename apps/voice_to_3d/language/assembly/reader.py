"""The reader of an assembly: walks the sentences, fills things, and keeps every word that nothing took."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.assembly.acts import Acts
from wugan.apps.voice_to_3d.language.assembly.finding import Finding
from wugan.apps.voice_to_3d.language.assembly.giving import Giving
from wugan.apps.voice_to_3d.language.assembly.idioms import Idioms
from wugan.apps.voice_to_3d.language.assembly.measuring import Measuring, Size
from wugan.apps.voice_to_3d.language.assembly.naming import Naming
from wugan.apps.voice_to_3d.language.assembly.phrases import Phrase, Phrases
from wugan.apps.voice_to_3d.language.assembly.spotting import Spotting
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.values import Values
from wugan.apps.voice_to_3d.language.assembly.wording import ready
from wugan.apps.voice_to_3d.language.assembly.words import GRAMMAR
from wugan.apps.voice_to_3d.language.lexer import Token, tokens
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.sentences import sentences
from wugan.apps.voice_to_3d.scene.edit import Unread


class Reader(Values, Measuring, Phrases, Finding, Spotting, Acts, Idioms, Naming, Giving):
    """Reads one description.

    Attributes:
        things: all that were named, in order; `focus`: what a size or place that follows is about; `subject`: of the
            sentence.
        op: what a body that is named now becomes: "add", "cut" or "common".
        pending: the role of a value that was announced ("its height is …").
        own: the point of the thing that a place is about ("its centre is …").
        part: a part that was the subject ("the free end is chamfered").
        edge: the edge treatment being read; `leading`: places that wait for what they place.
    """

    def __init__(self) -> None:
        self.reader = self
        self.tokens: list[Token] = []
        self.things: list[Thing] = []
        self.focus: Thing | None = None
        self.subject: Thing | None = None
        self.mentioned = False
        self.leading: list[Place] = []
        self.leading_flags: list[str] = []
        self.op = self.pending = self.own = self.last_role = ""
        self.part: Place | None = None
        self.edge: Thing | None = None
        self.drawn = False
        self.number = self.step = 0
        self.stock = 0.0
        self.totals: dict[str, float] = {}
        self.unread: list[Unread] = []
        self.assumed: list[str] = []
        self.origin = ""
        self.last_place: tuple[Thing | None, int] = (None, -1)
        self.text = ""

    def read(self, text: str) -> Reader:
        """Reads a text to its end."""
        self.text = text
        for sentence in sentences(tokens(text)):
            self.tokens = [one for one in ready(sentence.tokens) if one.kind != "break"]
            self.number += 1
            self.step = sentence.step
            self._sentence()
        return self

    def _sentence(self) -> None:
        self.op = self.pending = self.own = ""
        self.part = self.edge = self.subject = None
        self.drawn = self.mentioned = False
        self.leading, self.leading_flags = [], []
        i, lost = 0, []
        while i < len(self.tokens):
            end = self._at(i)
            if end <= i:
                token = self.tokens[i]
                if (
                    token.kind != "sign"
                    and (token.quantity is not None or token.lemma not in GRAMMAR or token.kind == "factor")
                    and not self._harmless(i)
                ):
                    lost.append(token)
                elif lost and token.kind == "sign":
                    self._lose(lost)
                    lost = []
                if token.kind == "sign" and token.lemma in (",", ";", "("):
                    self.own = ""
                end = i + 1
            elif lost:
                self._lose(lost)
                lost = []
            i = end
        self._lose(lost)
        if self.leading and self.focus is not None and not self.mentioned:
            self.focus.where.extend(self.leading)
        if self.leading_flags and self.focus is not None:
            self.focus.flags.update(self.leading_flags)

    def _harmless(self, i: int) -> bool:
        token = self.tokens[i]
        if token.quantity is None:
            return token.lemma == "'s"
        if token.quantity.kind == "ordinal":
            return True
        return token.text.lower() in ("one", "a")

    def _lose(self, lost: list[Token]) -> None:
        if lost:
            self.unread.append(Unread(phrase=self.text[lost[0].start : lost[-1].end][:300], reason="not understood"))

    def _at(self, i: int) -> int:
        """The index after what was read at `i`, or `i`."""
        for reading in (
            self.idiom,
            self.member,
            self.act,
            self.noun,
            self._size,
            self._place,
            self._value,
            self._pronoun,
            self._leftover,
        ):
            end = reading(i)
            if end > i:
                return end
        return i

    def _leftover(self, i: int) -> int:
        """Words that mean something alone: "through", "outside" after sizes, a factor for what was announced."""
        word = lemma_at(self.tokens, i)
        if word == "through" and self.focus is not None:
            self.focus.flags.add("through")
            return i + 1
        if word in ("spaced", "spacing") and self.focus is not None:
            k = i + 1
            while lemma_at(self.tokens, k) in ("of", "at", "is", "by", ":", "="):
                k += 1
            if length_at(self.tokens, k) is not None and lemma_at(self.tokens, k + 1) != "apart":
                axis = self._axis(k + 2) if lemma_at(self.tokens, k + 1) in ("in", "along") else None
                self.give(Size("pitch", self.tokens[k].value, axis[0].axis if axis else ""))
                return axis[1] if axis else k + 1
            return i + 1
        if word == "apart" and lemma_at(self.tokens, i - 1) == "apart":
            return i + 1
        sized = i > 0 and self.tokens[i - 1].quantity is not None
        if word in ("outside", "outer", "overall") and (sized or lemma_at(self.tokens, i + 1) in ("dimension", "size")):
            return i + 1
        return i

    # --- readings

    def _size(self, i: int) -> int:
        found = self.tokens
        if length_at(found, i) is not None and self._placing(i):
            return i
        owned = self._owned(i)
        if owned > i:
            return owned
        read = self.size_at(i)
        if read is None:
            return i
        self.give(read[0])
        return read[1]

    def _placing(self, i: int) -> bool:
        """Whether a value is a distance: "10 mm from…", "10 mm above the…"."""
        after = lemma_at(self.tokens, i + 1)
        return after in ("from", "above", "below", "to") or (
            after in ("in", "up", "down", "away") and lemma_at(self.tokens, i + 2) == "from"
        )

    def _place(self, i: int) -> int:
        known = len(self.things)
        read = self.place_at(i)
        if read is None:
            return i
        places, end = read
        risen = next(
            (one for one in places if one.how == "distance" and one.way == "top" and isinstance(one.value, float)), None
        )
        if (
            risen is not None
            and self.focus is not None
            and self.focus.kind == "body"
            and lemma_at(self.tokens, i - 1)
            in (
                "rise",
                "rises",
                "rising",
                "stands",
                "stand",
                "tall",
                "high",
                "up",
                "projects",
                "extends",
                "protrudes",
            )
        ):
            self.focus.dims["height"] = float(risen.value)  # type: ignore[arg-type]
            risen.value, risen.how = None, "on"
            risen.sides = ("top",)
        out = next(
            (one for one in places if one.how == "distance" and one.part in ("face", "side", "") and one.sides), None
        )
        if (
            out is not None
            and isinstance(out.value, float)
            and self.focus is not None
            and self.focus.kind == "body"
            and (
                lemma_at(self.tokens, i - 1)
                in ("out", "reach", "reaches", "extends", "extend", "projects", "sticks", "protrudes")
                or out.way in ("out", "forward", "up")
            )
        ):
            self.focus.dims["reach"], out.value, out.how = out.value, None, "from"
        if lemma_at(self.tokens, i - 1) in ("reach", "reaches", "extends", "extend", "reaching", "extending"):
            reach = next((one for one in places if one.how == "distance" and one.part in ("axis", "centre")), None)
            if reach is not None and self.focus is not None and isinstance(reach.value, float):
                self.focus.dims["axis_reach"] = reach.value
                places = [one for one in places if one is not reach]
        self.put(places, i, end)
        self.last_place = (places[-1].of if places else None, end)
        if len(self.things) > known and not self.things[-1].sized:
            self.focus = self.things[-1]  # "on the end of a cylinder of radius 3": its sizes follow
        elif places and lemma_at(self.tokens, end) in ("of", "with"):
            other = places[-1].of
            if other is not None and other.kind == "body" and not other.said_size and not other.members:
                self.focus = other  # it was only announced before
        return end

    def _pronoun(self, i: int) -> int:
        word = lemma_at(self.tokens, i)
        if word in ("it", "they", "each", "both", "its", "their", "these", "this", "them", "which", "that"):
            of, end = self.last_place
            if (
                (word == "which" or (word == "that" and lemma_at(self.tokens, i + 1) in ("is", "are", "has")))
                and of is not None
                and end in (i, i - 1)
                and of.kind == "body"
            ):
                self.focus, self.mentioned = of, True
                return i + 1
            if self.focus is not None and not self.mentioned:
                thing = self.focus
                if thing.kind == "edge":
                    thing = next((one for one in reversed(self.things) if one.kind != "edge"), thing)
                if word in ("each", "they", "both", "their", "these") and isinstance(thing.group, Thing):
                    thing = thing.group
                self.attend(thing)
            return i + 1
        return i

    # --- what others ask

    def add(self, thing: Thing) -> Thing:
        """A new thing, in focus, with the places that waited."""
        thing.sentence, thing.step = self.number, self.step
        self.things.append(thing)
        return self.attend(thing)

    def attend(self, thing: Thing) -> Thing:
        """Puts a thing in focus; what waited is its."""
        self.focus, self.mentioned, self.own = thing, True, ""
        if thing.kind != "edge":
            self.edge = None
        thing.latest = self.number
        if self.subject is None:
            self.subject = thing
        thing.where.extend(self.leading)
        thing.flags.update(self.leading_flags)
        self.leading, self.leading_flags = [], []
        return thing

    def base(self) -> Thing | None:
        """The first body with a size."""
        return next((one for one in self.things if one.kind == "body" and one.said_size and one.group is None), None)

    def before(self) -> Thing | None:
        """What "it" in a place or "the same" means: the body before the one in focus."""
        focus = self.focus
        bodies = [one for one in self.things if one.kind == "body" and one.said_size and one is not focus]
        if focus is not None and focus.kind == "body" and focus in self.things and self.mentioned:
            at = self.things.index(focus)
            earlier = [one for one in bodies if self.things.index(one) < at]
            return earlier[-1] if earlier else (bodies[-1] if bodies else None)
        if focus is not None and focus.kind == "body" and focus.said_size:
            return focus
        return bodies[-1] if bodies else None

    def several(self) -> Thing | None:
        """What "them" means in a place: the last of which there are several, or were made together."""
        return next(
            (one for one in reversed(self.things) if one.count > 1 and one is not self.focus and one.kind == "body"),
            None,
        )

    def owner(self) -> Thing | None:
        """Whose "its" is."""
        if self.focus is not None and self.focus.kind == "edge":
            return self.before()
        subject = self.subject
        if self.focus is not None and self.focus.kind == "cut" and subject is not None and subject.kind == "body":
            return subject  # "each boss has a hole in its centre"
        return self.focus

    def find(self, name: str) -> Thing | None:
        """The latest thing that goes by a name."""
        return next((one for one in reversed(self.things) if name == one.noun or name in one.names), None)

    def said(self, np: Phrase) -> str:
        """The words of a phrase."""
        return self.text[self.tokens[np.start].start : self.tokens[np.end - 1].end]

    def value_size(self, i: int) -> tuple[Size, int] | None:
        """A size that begins with its value, for a phrase."""
        return self._value_first(i)

    def size_role(self, i: int) -> tuple[Size, int] | None:
        """A size that begins with its role, for a phrase ("Ø5 hole")."""
        if lemma_at(self.tokens, i) not in ("diameter", "radius", "outside", "inside", "outer", "inner"):
            return None
        if lemma_at(self.tokens, i) in ("diameter", "radius") and length_at(self.tokens, i + 1) is None:
            return None
        return self._role_first(i)

    def noun_like(self, i: int) -> bool:
        """Whether a plural noun, with adjectives before it, stands here."""
        k = i
        while k < len(self.tokens) and k < i + 4 and self.tokens[k].kind == "word":
            if self.tokens[k].plural:
                return True
            k += 1
        return False

    def turn(self) -> None:
        """What is drawn is revolved."""
        flat = self.focus if self.focus is not None and self.focus.kind == "body" else self.base()
        if flat is not None:
            flat.flags.add("revolve")

    def flag(self, flag: str, i: int, end: int) -> None:
        """Flags what is in focus, or what comes first in this sentence."""
        if flag.startswith("open_") and (body := self.base()) is not None:
            body.flags.add(flag)
            return
        if flag == "at_origin":
            said = {one.lemma for one in self.tokens}
            self.origin = "centre" if said & {"centre", "centred", "middle"} else "corner"
            return
        if self.focus is None or not self.mentioned or (self._leads(i) and self._opens(end)):
            self.leading_flags.append(flag)
        else:
            self.focus.flags.add(flag)
