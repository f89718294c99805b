"""Subjects that are parts ("its centre is…", "the free end is chamfered") and patterns ("a row of five pins")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.phrases import Phrase
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import SIDES
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader


class SubjectParts:
    """Reads parts and patterns for the reader."""

    reader: Reader

    def _subject_part(self, np: Phrase) -> int:
        reader, found = self.reader, self.reader.tokens
        place, end = reader.target(np.start, creating=False) or (Place("", part=np.head), np.end)
        if reader.edge is not None and reader.focus is reader.edge:
            if np.bare and not reader.edge.said_size and place.part == "edge":
                reader.edge.dims["size"] = np.bare[0].value
            else:
                place.how = "at"
                reader.edge.where.append(place)
            return end
        if reader.edge is not None and lemma_at(found, np.start - 1) in ("and", ","):
            place.how = "at"
            reader.edge.where.append(place)
            return end
        before, after = lemma_at(found, np.start - 1), lemma_at(found, end)
        owner = place.of
        if place.part in ("corner", "edge") and (
            "rounded" in np.adjectives or any(one.role == "radius" for one in np.sizes)
        ):
            edge = Thing("edge", "fillet", {"fillet"}, "fillet", said=reader.said(np))
            place.of = place.of or (reader.focus if reader.focus is not None and reader.focus.kind != "edge" else None)
            place.how, place.size = "at", None
            edge.where.append(place)
            reader.add(edge)
            reader.measures(edge, np)
            reader.edge, reader.pending = edge, "" if edge.said_size else "radius"
            return end
        sided = place.sides[0] if place.sides else ""
        shaped = (
            after in (":",)
            or (after in ("is", "are") and lemma_at(found, end + 1) in ("a", "an"))
            or (
                after in ("is", "are")
                and lemma_at(found, end + 1).startswith("#")
                and lemma_at(found, end + 2) in ("long", "wide", "thick", "high", "tall", "x")
            )
        )
        named = np.head in SIDES or np.head in ("end", "side", "tip", "rim", "floor")
        if named and (shaped or np.sized) and owner is None and before not in ("of", "from"):
            if np.head in SIDES or np.head in ("rim", "tip", "floor"):
                thing = Thing("body", np.head, {np.head}, said=reader.said(np), op="add")
                thing.which = {*place.sides}
                reader.add(thing)
                reader.measures(thing, np)
                return np.end
        if before in ("is", "are", "be", "at") and reader.own and reader.mentioned and reader.focus is not None:
            place.how, place.own = "at", reader.own
            reader.focus.where.append(place)
            return end
        if owner is not None:
            if owner is not reader.focus or not reader.mentioned:
                reader.attend(owner)
        elif np.det in ("its", "their", "whose") and reader.focus is not None:
            reader.mentioned = True
        if before == "and" and reader.part is not None and reader.part.part == "edge":
            return end  # "every edge and corner"
        reader.part = place
        reader.own = sided or {"axis": "centre"}.get(place.part, place.part)
        return end

    def _pattern(self, np: Phrase) -> int:
        """Reads "a 4 x 3 grid of holes", "a row of five pins", "a circle of 60 mm diameter"."""
        reader, found = self.reader, self.reader.tokens
        k = np.end
        if np.head in ("circle", "ring") and not (
            reader.focus is not None and reader.focus.count > 1 and reader.mentioned
        ):
            thing = reader.resolve(np) if np.definite else None
            if thing is not None:
                reader.attend(thing)
                return k
            np.kind = "body"
            reader.create(np)
            return k
        if np.head == "circle" and reader.focus is not None:
            for size in np.sizes:
                reader.focus.dims["circle"] = float(size.value) if isinstance(size.value, float) else 0.0
            if np.bare:
                reader.focus.dims["circle"] = np.bare[0].value
            reader.pending = "" if "circle" in reader.focus.dims else "circle"
            return k
        counts = np.boxes[0].values if np.boxes else ()
        if not counts and k < len(found) and (said := found[k].quantity) is not None and said.kind == "sizes":
            counts, k = said.values, k + 1  # "an array 3x2 of holes"
        if lemma_at(found, k) == "of":
            k += 1
            inner = reader.phrase(k)
            if inner is not None and inner.kind in ("cut", "body"):
                if inner.boxes and len(inner.boxes[0].values) == 2 and not counts:
                    counts = inner.boxes.pop(0).values  # "a pattern of 3 by 2 holes"
                thing = reader.create(inner)
                if len(counts) == 2:
                    thing.dims["columns"], thing.dims["rows"] = counts[0], counts[1]
                    thing.count, thing.counted = int(counts[0] * counts[1]), True
                elif np.head in ("row", "column", "series"):
                    thing.flags.add(np.head if np.head != "series" else "row")
                return inner.end
        focus = reader.focus
        if focus is not None and np.head in ("row", "column", "pattern", "grid", "array"):
            if len(counts) == 2:
                focus.dims["columns"], focus.dims["rows"] = counts[0], counts[1]
            focus.flags.add(np.head)
            return k
        return np.start
