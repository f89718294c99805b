"""The reader: walks a description's sentences and fills frames; a word is used, grammar, or kept as unread."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.lexer import Token, tokens
from wugan.apps.voice_to_3d.language.parts.clauses import Clauses
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import Measure
from wugan.apps.voice_to_3d.language.parts.nouns import NP
from wugan.apps.voice_to_3d.language.parts.places import Places, Spots
from wugan.apps.voice_to_3d.language.parts.vocabulary import CUTS, EDGE_WORKS, SOLIDS, STOP, WHOLE
from wugan.apps.voice_to_3d.language.parts.wording import Sentence, canonical, sentences
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene.edit import Unread

WIDE = ("diameter", "width", "length", "height", "thickness", "depth", "radius", "side")
SHAPE_OF = {
    "round": "round", "rectangular": "box", "square": "box", "hexagonal": "hexagon", "octagonal": "octagon",
    "triangular": "triangle", "pentagonal": "pentagon",
}  # fmt: skip
PREPOSED = words("of in on at from to along into near")
EDGE_ROLES = words("size radius angle side leg width length depth diameter height")


class Reader:
    """Reads one description.

    Attributes:
        tokens: of the sentence being read.
        frames: all so far, in the order they were named.
        focus: what a size or place that follows is about; `subject`: the subject of the clause.
        leading: places at the beginning of a sentence that wait for what they place.
    """

    def __init__(self, factor: float = 1.0) -> None:
        self.tokens: list[Token] = []
        self.frames: list[Frame] = []
        self.focus: Frame | None = None
        self.subject: Frame | None = None
        self.mentioned: Frame | None = None
        self.leading: list[Spot] = []
        self.own = ""
        self.pending = ""
        self.op = ""
        self.edge: Frame | None = None
        self.place: Where | None = None
        self.number = 0
        self.step = 0
        self.factor = factor
        self.unread: list[Unread] = []
        self.assumed: list[str] = []
        self.spot_end = -1
        self.stock = 0.0
        self.tangents = False
        self.drawn = False
        self.centre_origin = False
        self.places = Places(self)
        self.spots = Spots(self, self.places)
        self.clauses = Clauses(self)

    def read(self, text: str) -> Reader:
        """Reads a text to its end."""
        for sentence in sentences(tokens(text)):
            self.sentence(sentence, text)
        return self

    def sentence(self, sentence: Sentence, text: str) -> None:
        """Reads one sentence."""
        self.tokens = canonical(sentence.tokens)
        self.drawn = False
        said = {token.lemma for token in self.tokens}
        self.centre_origin |= "origin" in said and bool(said & {"centre", "centred", "middle"})
        self.tangents |= any(token.lemma in ("tangent", "tangential", "tangentially") for token in self.tokens)
        self.number += 1
        self.step = sentence.step
        self.spot_end = -1
        self.leading, self.own, self.pending, self.op, self.edge, self.place = [], "", "", "", None, None
        self.subject = self.mentioned = None
        i, lost = 0, []
        while i < len(self.tokens):
            end = self.clauses.at(i)
            if end <= i:
                token = self.tokens[i]
                grammar = token.quantity is not None and (
                    token.quantity.kind == "ordinal" or token.text.lower() in ("one", "first")
                )
                if token.kind != "sign" and not grammar and (token.quantity or token.lemma not in STOP):
                    lost.append(token)
                end = i + 1
            elif lost:
                self._lose(lost, text)
                lost = []
            i = end
        self._lose(lost, text)
        if self.leading and self.focus is not None and self.mentioned is None:
            flags = [spot for spot in self.leading if spot.kind == "flag" and spot.where is not None]
            self.focus.flags |= {spot.where.kind for spot in flags if spot.where is not None}
            self.focus.spots.extend(spot for spot in self.leading if spot not in flags)

    def _lose(self, lost: list[Token], text: str) -> None:
        if lost:
            phrase = text[lost[0].start : lost[-1].end]
            units = [one.quantity.unit for one in lost if one.quantity is not None and one.quantity.kind == "unknown"]
            reason = (
                f"{units[0]!r} is no unit of length here; say mm, cm, m, inches or feet" if units else "not understood"
            )
            self.unread.append(Unread(phrase=phrase[:300], reason=reason))

    # --- frames

    def add(self, frame: Frame) -> Frame:
        """A new frame, in focus."""
        frame.sentence, frame.step = self.number, self.step
        owner = self.place.of if self.place is not None else None
        if (
            frame.kind == "cut"
            and frame.host is None
            and owner is not None
            and owner.kind == "solid"
            and owner is not frame
        ):
            frame.host = owner  # "the rim of the head has 12 notches"
        self.frames.append(frame)
        return self.attend(frame)

    def attend(self, frame: Frame) -> Frame:
        """Puts a frame in focus; what waited is its."""
        self.focus = self.mentioned = frame
        if frame.kind != "edge":
            self.edge = None
        frame.latest = self.number
        for spot in self.leading:
            name = spot.where.kind if spot.where is not None else ""
            if spot.kind == "flag":
                frame.flags.add(name)
            elif spot.kind == "measure":
                frame.dims.setdefault(name, spot.value or 0.0)
            elif spot.kind == "circle":
                frame.dims.setdefault("circle", spot.value or 0.0)
            else:
                frame.spots.append(spot)
        self.leading = []
        return frame

    def base(self) -> Frame | None:
        """The first solid with a size."""
        made = [one for one in self.frames if one.kind == "solid" and one.sized and one.op != "cut"]
        return next((one for one in made if one.count == 1 and one.group is None), None)

    def find(self, name: str) -> Frame | None:
        """The latest frame that goes by a name."""
        return next((one for one in reversed(self.frames) if one.called(name)), None)

    def owner(self, np: NP | None = None) -> Frame | None:
        """Whose "its" is: after a preposition that of the subject which has the cut."""
        of = self.subject if np is not None and self.tokens[np.start - 1].lemma in PREPOSED and np.start else None
        placing = self.focus is not None and self.focus.kind == "cut" and of is not None and of.kind == "solid"
        return of if placing else self.focus  # "the plate has a notch in one of its edges"

    def other(self) -> Frame | None:
        """What "it" in a place means: the body, else what was spoken of before the thing that is placed."""
        group = self.focus.group if self.focus is not None else None
        siblings = [one for one in group.members if one is not self.focus] if group is not None else []
        if siblings:
            return siblings[-1]  # "one in the middle, the others 30 mm from it"
        base = self.base()
        if base is not None and base is not self.focus and self.focus is not None and self.focus.kind != "edge":
            return base
        for frame in reversed(self.frames):
            if frame is not self.focus and (self.focus is None or frame not in (self.focus.group, *self.focus.members)):
                return frame if frame.kind == "solid" else frame.host or frame
        return None

    def matches(self, np: NP, exclude: Frame | None = None) -> list[Frame]:
        """The frames that a noun phrase can mean, best first."""
        shape = SOLIDS.get(np.head) or CUTS.get(np.head) or EDGE_WORKS.get(np.head) or ""
        wanted = next((SHAPE_OF[word] for word in np.adjectives if word in SHAPE_OF), "")
        scored: list[tuple[float, int, Frame]] = []
        for order, frame in enumerate(self.frames):
            if frame is exclude:
                continue
            score = 0.0
            if frame.called(np.head):
                score = 3.0
            elif shape and (
                frame.shape == shape or shape in {SOLIDS.get(n) or CUTS.get(n) for n in frame.names} - {None, ""}
            ):
                score = 2.0
            elif wanted and frame.shape == wanted and np.kind in ("solid", "generic"):
                score = 1.5
            elif (
                np.head in ("circle", "cylinder")
                and frame.shape in ("round", "tube", "hole", "slot")
                and np.kind == "solid"
                and not (np.head == "cylinder" and frame.kind == "cut")
            ) or (np.head in ("cut", "opening") and frame.kind == "cut" and np.definite):
                score = 1.0
            if not score:
                continue
            if (
                wanted
                and frame.shape
                and wanted != frame.shape
                and not (wanted == "round" and frame.shape in ("hole", "cylinder", "tube", "torus"))
                and frame.shape in SHAPE_OF.values()
            ):
                score -= 1.0
            score += sum(noun in frame.names for noun in np.nouns) + 0.5 * sum(
                word in frame.names or word in frame.flags for word in np.adjectives + np.which
            )
            sizes = {one.value for one in np.bare} | {one.value for one in np.measures}
            if sizes:
                known = set(frame.dims.values()) | {value for value, _ in frame.sizes}
                score += 1.5 if sizes <= known else -1.0
            if frame.members and not np.plural and np.det not in ("each", "all", "both", "every"):
                score -= 0.6
            if frame.group is not None and (np.plural or np.det in ("each", "all", "every")):
                score -= 0.25
            scored.append((score, order, frame))
        scored.sort(key=lambda item: (-item[0], -item[1]))
        return [frame for _, _, frame in scored]

    def resolve(self, np: NP, exclude: Frame | None = None) -> Frame | None:
        """The frame that a definite noun phrase means; `None` for the whole part or nothing known."""
        found = self.matches(np, exclude)
        if found and np.ordinal and np.ordinal != 0:
            return self.nth(found, np) or found[0]
        if found:
            best = found[0]
            if "small" in np.adjectives + np.which or "big" in np.adjectives + np.which:
                sized = [one for one in found if one.called(np.head) or one.shape == best.shape]
                sized = [one for one in sized if one.get(*WIDE)]
                if sized:
                    pick = max if "big" in np.adjectives + np.which else min
                    return pick(sized, key=lambda one: one.get(*WIDE) or 0)
            if best.kind == "solid" and not best.sized and np.head in WHOLE:
                return None
            return best
        return None

    def nth(self, found: list[Frame], np: NP) -> Frame | None:
        """The first, second or last of what a phrase means."""
        members = [one for frame in found for one in frame.members] or [one for one in found if one.group]
        tagged = [one for one in members if one.ordinal == np.ordinal]
        if tagged:
            return tagged[0]
        tagged = [one for one in found if one.ordinal == np.ordinal]
        if tagged:
            return tagged[0]
        group = next((one for one in found if one.count > 1), None)
        if group is not None:
            return self.member(group, 1, np.ordinal or 0)
        ordered = sorted((one for one in found if one.called(np.head)), key=self.frames.index)
        if len(ordered) >= abs(np.ordinal or 1) and np.ordinal:
            return ordered[np.ordinal - 1 if np.ordinal > 0 else np.ordinal]
        return None

    def member(self, group: Frame, count: int, ordinal: int = 0) -> Frame:
        """Some of a group, told apart from the others."""
        frame = Frame(group.kind, group.noun, set(group.names), count=count, group=group, ordinal=ordinal)
        frame.sentence, frame.step, frame.op = self.number, self.step, group.op
        frame.shape = group.shape
        group.members.append(frame)
        self.frames.append(frame)
        return frame

    def flag(self, *flags: str) -> None:
        """Flags for what is in focus."""
        if self.focus is not None:
            self.focus.flags.update(flags)

    def host(self, frame: Frame) -> None:
        """What is in focus is worked into this frame."""
        if self.focus is not None and frame is not self.focus and self.focus.host is None:
            self.focus.host = frame

    def set_measure(self, role: str, value: float) -> None:
        """A dimension for what is in focus."""
        self.measure(Measure(role, value))

    def measure(self, measure: Measure, frame: Frame | None = None) -> None:
        """A dimension for a frame, or for what is in focus."""
        place = self.place
        if frame is None and place is not None and place.kind in ("corner", "edge") and measure.role == "radius":
            if self.edge is None and (place.of is None or place.of.kind == "solid" or self.focus is place.of):
                made = Frame("edge", "fillet", {"fillet", "corner"}, "fillet", said=f"the {place.kind}'s radius")
                self.add(made).targets.append(place)  # "the upper right corner has a 20 mm radius"
                self.edge = made
        frame = frame or self._bearer(measure)
        if frame is not None and measure.role in ("apart", "pitch") and frame.group is not None and frame.count == 1:
            frame = frame.group  # "the first is 20 mm from the end and they are 40 mm apart"
        if frame is None:
            frame = self.add(Frame("solid", "part", {"part"}))
        self.pending = ""
        self.sizing(frame)
        if measure.role.startswith("total_"):
            measure = Measure(measure.role[6:], measure.value, measure.axis, True)
        if measure.total and frame.kind == "solid":
            frame.dims["total_" + measure.role] = measure.value
            base = self.base()
            if base is not None or measure.role not in ("height", "length", "width", "diameter", "outer_diameter"):
                return
        if measure.square:
            frame.flags.add("square")
        pitches = [name for name in frame.dims if name.startswith(("pitch_", "apart_")) and name[-1] in "xyz"]
        if measure.role == "size" and frame.kind == "cut" and pitches and measure.axis not in [n[-1] for n in pitches]:
            frame.dims[pitches[0][:-1] + measure.axis] = measure.value  # "spacing 30 in X and 40 in Y"
            return
        if measure.role == "size" and measure.axis and frame.kind != "edge":
            frame.sizes = [one for one in frame.sizes if one[1] != measure.axis] + [(measure.value, measure.axis)]
            return
        if (
            measure.axis in ("x", "y", "z")
            and frame.kind != "edge"
            and measure.role not in ("diameter", "radius", "depth")
            and frame.shape not in ("cylinder", "tube")
        ):
            frame.dims["axis_" + measure.role] = "xyz".index(measure.axis)
            if measure.role in ("apart", "pitch"):
                frame.dims[f"{measure.role}_{measure.axis}"] = measure.value
        elif len(measure.axis) == 1 and measure.role in ("length", "height") and frame.shape in ("cylinder", "tube"):
            frame.axis = measure.axis
        elif len(measure.axis) == 2 and measure.role in ("diameter", "radius"):
            frame.axis = next(a for a in "xyz" if a not in measure.axis)
        elif measure.axis and measure.role == "depth":
            frame.axis = frame.axis or measure.axis
        if measure.role in ("apart", "pitch") and measure.role in frame.dims and not measure.axis:
            frame.dims[measure.role + "_2"] = measure.value
            return
        frame.dims[measure.role] = measure.value

    def sizing(self, frame: Frame) -> None:
        """What the title only announced is made where its size is said."""
        first = next((one for one in self.frames if one.kind == "solid"), None)
        later = frame is not first or any(one.kind == "solid" and one.sized for one in self.frames if one is not frame)
        announced = frame.kind == "solid" and not frame.sized and frame.sentence < self.number
        if announced and later and frame in self.frames:
            self.frames.remove(frame)
            self.frames.append(frame)

    def _bearer(self, measure: Measure) -> Frame | None:
        """Whose dimension it is: not a hole's where no hole has one."""
        frame = self.focus
        if frame is None:
            return None
        owner = self.subject if self.subject is not None and self.subject.kind == "solid" else None
        if (
            frame.kind == "cut"
            and frame.shape == "hole"
            and measure.role in ("width", "thickness", "height", "wall")
            and owner is not None
            and frame.sized
        ):
            return owner
        ended = measure.role.startswith(("top_", "bottom_", "base_", "upper_", "lower_"))
        if (
            frame.kind == "cut"
            and frame.shape in ("hole", "pocket", "cutout")
            and (ended or (measure.role in ("thickness", "height", "wall") and not frame.lead))
        ):
            solid = next((one for one in reversed(self.frames) if one.kind == "solid"), None)
            if (
                ended
                or measure.role == "thickness"
                or (frame.shape == "hole" and measure.role == "height")
                or (solid is not None and not solid.sized)
            ):
                return solid or frame
        if frame.noun == "tooth":
            return next((one for one in self.frames if one.shape == "gear"), frame)
        solid_only = measure.role in ("thickness", "height", "total_height") or measure.total
        if frame.kind == "cut" and solid_only and measure.role == "thickness" and owner is not None:
            return owner
        if frame.kind == "edge" and measure.role not in EDGE_ROLES:
            return self.subject or next((one for one in reversed(self.frames) if one.kind != "edge"), None)
        return frame

    def last_distance(self) -> Spot | None:
        """The last place of what is in focus that has a distance."""
        if self.focus is None:
            return None
        return next((one for one in reversed(self.focus.spots) if one.value is not None), None)

    def measured(self, i: int) -> bool:
        """Whether "measured from" or "from" after "measured" stands at `i`."""
        return any(self.tokens[k].lemma in ("measured", "measuring", "as") for k in range(max(0, i - 2), i))

    def said(self, np: NP) -> str:
        """The words of a noun phrase."""
        return " ".join(token.text for token in self.tokens[np.start : np.end])

    def title(self) -> str:
        """What the part is called: the first solid's noun with its qualifier."""
        return next((one.noun for one in self.frames if one.kind == "solid"), "")
