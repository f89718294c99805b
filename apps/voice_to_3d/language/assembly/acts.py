"""Acts: verbs and what they make of the phrases after them: cuts, edge treatments, shells, mirror images, turning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.phrases import EDGE_NOUNS, Phrase, kind_of
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import ADDING, AXES_OF, COMMON, CUTTING, EDGE_VERBS, SIDES
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

OPENING = words(
    "is are be been being to and then we i you , : also now please next finally first lastly "
    "will let us by gets "
    "get should must can just going which that it they up each both all"
)
AFTER = words(
    "the a an all both each every its it them this that these off away out down into through "
    "from another in at "
    "to with by #number #length #sizes on along across over two one around their , . again"
)
DRAWING = words("extrude extruded extruding extrusion pull pulled extend extends")
AWAY = words("away off out")


class Acts:
    """Reads verbs for the reader."""

    reader: Reader

    def act(self, i: int) -> int:
        """The index after a verb at `i`, or `i`."""
        found = self.reader.tokens
        word = lemma_at(found, i)
        before, after = lemma_at(found, i - 1), lemma_at(found, i + 1)
        opening = i == 0 or before in OPENING
        if word in ("mirror", "mirrored", "reflect", "reflected"):
            return self._mirror(i)
        if word in EDGE_VERBS and not (
            kind_of(lemma_at(found, i + 1)) and before in ("a", "an", "the", "with", "#length")
        ):
            verbal = (
                word.endswith("ed")
                or word == "broken"
                or (opening and after in AFTER)
                or (opening and self.reader.phrase(i + 1) is not None)
            )
            if word in ("round", "break", "radius") and not (opening and after in AFTER):
                verbal = False
            if verbal and not (word in EDGE_NOUNS and before in ("a", "an", "the", "#length", "#number")):
                return self._edge_verb(i, EDGE_VERBS[word])
        if word in ("hollow", "hollowed", "shell", "shelled") and (opening or word.endswith("ed")) and after in AFTER:
            return self._hollow(i)
        if word in COMMON:
            self.reader.op = "common"
            return i + 1
        if word in ("revolve", "revolved", "revolving", "spin", "spun", "rotate", "rotated"):
            self.reader.turn()
            return i + 1
        if word in ("cutaway",) or (word in CUTTING and self._cuts(i)):
            return self._cut(i)
        if word in ADDING and not (kind_of(word) and not opening) and not (word.endswith("ed") and kind_of(after)):
            if word in DRAWING:
                self.reader.drawn = True
                flat = next((one for one in reversed(self.reader.things) if one.letter or one.points), None)
                if flat is not None and self.reader.phrase(i + 1) is None:
                    self.reader.focus, self.reader.mentioned = flat, True
                self.reader.pending = "height"
            if word not in (
                "make",
                "create",
                "start",
                "begin",
                "form",
                "construct",
                "generate",
                "draw",
                "place",
                "placed",
                "extends",
                "extend",
                "run",
                "runs",
                "goes",
                "go",
                "stand",
                "stands",
                "projects",
            ):
                self.reader.op = "add"
            else:
                self.reader.op = "add"
            return i + 1
        return i

    def _cuts(self, i: int) -> bool:
        """Whether a cutting word at `i` is the verb."""
        found = self.reader.tokens
        word, before, after = lemma_at(found, i), lemma_at(found, i - 1), lemma_at(found, i + 1)
        if before in ("is", "are", "be", "been", "being", "gets") and word not in ("hollow", "open"):
            return True
        if kind_of(word) == "cut":
            return (i == 0 or before in OPENING) and (after in AFTER or self.reader.phrase(i + 1) is not None)
        return not (kind_of(after) and before in ("a", "an", "the") and word.endswith("ed"))

    def _cut(self, i: int) -> int:
        reader, found = self.reader, self.reader.tokens
        reader.op = "cut"
        k = i + 1
        after = lemma_at(found, k)
        focus = reader.focus
        if after in AWAY and after != "out":
            k += 1
        if (
            after in ("it", "this", "them")
            and focus is not None
            and focus.kind == "body"
            and focus is not reader.base()
        ):
            flat = focus.size("height") is None
            if flat or lemma_at(found, k + 1) in ("out", "from"):
                reader.turn_to_cut(focus)
                return k + 1
        passive = lemma_at(found, i - 1) in ("is", "are", "be", "been")
        if (
            passive
            and focus is not None
            and focus.kind == "body"
            and reader.subject is focus
            and not focus.said_size
            and (focus is not reader.things[0])
        ):
            reader.turn_to_cut(focus)
            return k
        if (
            passive
            and focus is not None
            and focus.kind == "body"
            and reader.subject is focus
            and (focus is not reader.base() or lemma_at(found, k) in ("from", "out"))
            and after in ("", ".", ",", "from", "out", "away", "off")
        ):
            reader.turn_to_cut(focus)
            return k
        if lemma_at(found, i) == "cutaway" or (
            after in ("out", "from")
            and focus is not None
            and focus.kind == "body"
            and focus is not reader.base()
            and reader.mentioned
            and not passive
        ):
            if focus is not None and focus is not reader.base():
                reader.turn_to_cut(focus)
        return k

    def _hollow(self, i: int) -> int:
        reader, found = self.reader, self.reader.tokens
        body = reader.focus if reader.focus is not None and reader.focus.kind == "body" else reader.base()
        k = i + 1
        while lemma_at(found, k) in (
            "it",
            "out",
            "the",
            "whole",
            "this",
            "body",
            "box",
            "block",
            "part",
            "so",
            "that",
            "to",
        ):
            k += 1
        if body is None:
            return i
        body.flags |= {"hollow", "shelled"}
        reader.focus, reader.pending, reader.mentioned = body, "wall", True
        return k

    def _mirror(self, i: int) -> int:
        """Reads "mirror the pocket and both holes about the centre plane"."""
        reader, found = self.reader, self.reader.tokens
        k, things = i + 1, []
        if lemma_at(found, i).endswith("ed"):
            if not (reader.focus is not None and reader.mentioned):
                return i
            things = [reader.focus]
        while lemma_at(found, k) not in ("about", "across", "over", "in", "around", "along", "on", "", "to", "so"):
            if lemma_at(found, k) in ("and", ",", "also"):
                k += 1
                continue
            if lemma_at(found, k) in ("it", "them", "this", "these"):
                if reader.focus is not None:
                    things.append(reader.focus.group or reader.focus)  # type: ignore[arg-type]
                k += 1
                continue
            np = reader.phrase(k)
            thing = reader.resolve(np) if np is not None else None
            if np is None or thing is None:
                break
            if np.plural:
                things += [one for one in reader.things if one.kind == thing.kind and one.called(np.head)]
            things.append(thing)
            k = np.end
        axes: set[str] = set()
        while k < len(found) and lemma_at(found, k) not in (".", ",", "so"):
            word = lemma_at(found, k)
            if word in ("x", "y", "z"):
                axes.add({"plane": word}.get(lemma_at(found, k + 1), word))
            elif word in ("yz", "zy"):
                axes.add("x")
            elif word in ("xz", "zx"):
                axes.add("y")
            elif word == "vertical":
                axes.add("x")
            elif word == "horizontal":
                axes.add("y")
            elif word in SIDES:
                axes.add(AXES_OF[SIDES[word]][0])
            elif word not in (
                "about",
                "across",
                "over",
                "in",
                "around",
                "along",
                "on",
                "to",
                "the",
                "centre",
                "plane",
                "middle",
                "and",
                "of",
                "line",
                "centreline",
                "axis",
                "its",
                "midplane",
                "part",
                "plate",
                "other",
                "side",
                "block",
                "opposite",
                "both",
            ):
                break
            k += 1
        if not things:
            return i
        for thing in things:
            thing.flags |= {"mirror", *("mirror_" + one for one in axes)}
        return k

    def _edge_verb(self, i: int, noun: str) -> int:
        reader, found = self.reader, self.reader.tokens
        word = lemma_at(found, i)
        passive = word.endswith("ed") or word == "broken"
        subject = reader.focus
        edge = Thing("edge", noun, {noun}, noun, said=word)
        part = reader.part
        reader.add(edge)
        reader.edge, reader.pending = edge, "size"
        if passive and lemma_at(found, i - 1) not in ("with", "a"):
            if part is not None:
                edge.where.append(part)
            elif subject is not None:
                edge.where.append(Place("at", of=subject))
        k = i + 1
        while not passive:
            if (
                lemma_at(found, k) in ("both", "all")
                and lemma_at(found, k + 1) not in ("the",)
                and (reader.phrase(k) is None)
            ):
                break
            read = reader.target(k, creating=False)
            if read is None or length_at(found, k) is not None:
                break
            read[0].how = "at"
            edge.where.append(read[0])
            k = read[1]
            if (
                lemma_at(found, k) in ("and", ",")
                and length_at(found, k + 1) is None
                and (reader.target(k + 1, creating=False) is not None)
            ):
                k += 1
                continue
            break
        return k

    def edge_noun(self, np: Phrase) -> Thing:
        """Reads "a 1 mm chamfer": an edge treatment; "break the ends with a 1 mm chamfer" is one."""
        reader = self.reader
        from wugan.apps.voice_to_3d.language.parts.vocabulary import EDGE_WORKS

        noun = EDGE_WORKS.get(np.head, np.head)
        edge = reader.edge
        if edge is None or edge.said_size:
            edge = Thing("edge", noun, {noun}, noun, said=reader.said(np))
            host = reader.focus
            reader.add(edge)
            if host is not None and host.kind != "edge":
                edge.host = host
            for place in reader.leading:
                edge.where.append(place)
            reader.leading = []
        edge.noun, edge.shape = noun, noun
        if np.count:
            edge.count = np.count
        reader.measures(edge, np)
        reader.edge, reader.focus = edge, edge
        if not edge.said_size:
            reader.pending = "size"
        return edge
