"""Subjects that are places or dimensions: "the center of each hole is…", "the free end", "the hole diameter… is"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.parts.making import Making
from wugan.apps.voice_to_3d.language.parts.measures import Measure, lemma_at
from wugan.apps.voice_to_3d.language.parts.nouns import NP, kind_of, read_np
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

NAMING = words("form forms become becomes call called serve serves act acts represent represents")


class Subjects(Making):
    """Reads subjects for `Entities`."""

    reader: Reader

    def _named(self, np: NP) -> Frame | None:
        """What "this is the base", "it forms the body", "we call it the hub" give a name to: the last thing sized."""
        reader, found = self.reader, self.reader.tokens
        if np.kind not in ("generic", "solid", "unknown") or np.det not in ("the", "our", "a", "an"):
            return None
        if np.measures or np.sizes or np.bare or (np.count or 1) > 1 or np.ordinal:
            return None
        before = [token.lemma for token in found[max(0, np.start - 5) : np.start]]
        plain = bool(before) and before[-1] in ("is", "be", "becomes", "become") and np.det in ("the", "our")
        if not plain and not (set(before[-2:]) & NAMING and before[-1] in (*NAMING, "as", "it", "this")):
            return None
        if not set(before) & {"this", "that", "it", "which", "call", "called"}:
            return None
        last = next((one for one in reversed(reader.frames) if one.kind == "solid" and one.sized), None)
        frame = reader.focus if reader.focus is not None and reader.focus.kind == "solid" else last
        known = reader.find(np.head)
        if frame is None or not frame.sized or (known is not None and known.sized):
            return None
        if known is not None and known is not frame and known in reader.frames and not known.members:
            reader.frames.remove(known)  # it was only announced
        frame.names |= {np.head, *np.nouns}
        return frame

    def _drawing(self, i: int) -> int:
        """Reads "6X Ø11 THRU", "4 x Ø6": holes as drawings have them."""
        reader, found = self.reader, self.reader.tokens
        token = found[i]
        if token.quantity is None or token.quantity.kind not in ("times", "number") or token.value != int(token.value):
            return i
        k = i + 1
        if lemma_at(found, k) in ("x", "×"):
            k += 1
        if k >= len(found) or (found[k].text not in ("Ø", "ø", "⌀", "M") and found[k].lemma != "thread"):
            return i
        if (np := read_np(found, i)) is not None and np.entity:
            return i
        frame = Frame(
            "cut",
            "hole",
            {"hole"},
            "hole",
            count=int(token.value),
            counted=True,
            op="cut",
            said=" ".join(one.text for one in found[i : k + 2]),
        )
        reader.add(frame)
        size = found[k].quantity
        if size is not None:
            self.main_size(frame, size)
            return k + 1
        return k

    def _place(self, np: NP) -> int:
        """A place as a subject ("the center of each hole is…", "the free end …chamfered") or a complement."""
        reader, found = self.reader, self.reader.tokens
        where, end = reader.places.from_np(np)
        if where.of is None and np.nouns:
            where.of = reader.find(np.nouns[-1])
        if reader.edge is not None:
            if np.bare and not reader.edge.sized and where.kind == "edge":
                reader.measure(Measure("size", np.bare[0].value), reader.edge)  # "chamfered with a 1 mm edge"
            else:
                reader.edge.targets.append(where)
            return end
        before = lemma_at(found, np.start - 1)
        if (
            before in ("is", "are", "be", "at")
            and reader.own
            and reader.mentioned is not None
            and reader.focus is not None
        ):
            reader.focus.spots.append(Spot("at", where, own=reader.own))
            return end
        if (
            reader.focus is not None
            and reader.focus.kind == "edge"
            and reader.focus.sized
            and not reader.focus.targets
            and reader.mentioned is reader.focus
        ):
            reader.focus.targets.append(where)
            return end
        if (
            reader.edge is None
            and np.bare
            and reader.focus is not None
            and reader.focus.kind == "edge"
            and not reader.focus.sized
        ):
            reader.measure(Measure("size", np.bare[0].value))
            return end
        if "open" in np.adjectives and where.kind in ("top", "bottom", "front", "back", "end"):
            for one in [frame for frame in reader.frames if frame.kind in ("solid", "shell")]:
                one.flags.add("open_" + where.kind)
            return end
        reader.place = reader.place or where
        owner = where.of
        if (
            np.kind == "place"
            and where.kind in ("corner",)
            and ("rounded" in np.adjectives or (np.measures and np.measures[0].role == "radius"))
        ):
            frame = Frame("edge", "fillet", {"fillet", "corner"}, "fillet", said=reader.said(np), count=np.count or 1)
            host = reader.focus if reader.focus is not None and reader.focus.kind != "edge" else None
            frame.targets.append(Where("corner", where.which, owner or host))
            reader.add(frame)
            self.measures(frame, np)
            return end
        if (
            owner is not None
            and owner.kind in ("cut", "solid")
            and (np.det in ("the", "its", "their", "whose", "") or where.kind == "centre")
        ):
            if owner.kind == "cut" or where.kind in (
                "centre",
                "edge",
                "end",
                "axis",
                "bottom",
                "top",
                "left",
                "right",
                "side",
                "face",
            ):
                if owner is not reader.focus or reader.mentioned is None:
                    reader.attend(owner)
                reader.own = self._own(where)
                return end
        if np.det in ("its", "their", "whose") and reader.focus is not None:
            reader.mentioned = reader.mentioned or reader.focus
            reader.own = self._own(where)
            return end
        if where.kind in ("outside", "exterior", "inside", "interior") and reader.base() is None:
            return end
        if where.kind in ("end", "edge", "corner", "rim", "face", "side", "top", "bottom"):
            return end
        return end if np.det or np.which else np.start

    def _own(self, where: Where) -> str:
        sides = [
            one
            for one in ("left", "right", "top", "bottom", "front", "back", "inner", "outer")
            if one in where.which or where.kind == one
        ]
        focus = self.reader.focus
        ends = where.which & {"left", "right", "top", "bottom", "front", "back"}
        if where.kind == "centre" and ends and focus is not None and focus.shape == "slot":
            return "circle-" + sorted(ends)[0]  # "its lower centre"
        if circle := [word for word in where.which if word.startswith("circle-")]:
            return circle[0]
        if where.kind in ("edge", "side", "end", "face", "top", "bottom", "left", "right", "surface") and sides:
            return sides[0]
        return "centre" if where.kind in ("centre", "axis", "centreline") else where.kind

    def _dimension(self, np: NP) -> int:
        """Reads "the hole diameter", "its length": a dimension whose value comes."""
        reader = self.reader
        owner = next((word for word in reversed(np.nouns) if kind_of(word) in ("solid", "generic", "cut", "edge")), "")
        if owner:
            fake = NP(
                np.start,
                np.end,
                owner,
                kind_of(owner),
                np.det or "the",
                None,
                np.ordinal,
                np.adjectives,
                np.which,
                nouns=np.nouns[: np.nouns.index(owner)],
            )
            frame = self.reader.resolve(fake)
            if frame is None:
                frame = self.make(fake)
                reader.add(frame)
            reader.attend(frame)
            reader.pending = np.role
            return np.end
        if reader.focus is None or not np.det:
            if not np.role or (np.start > 0 and not np.det):
                return np.start
        if reader.focus is not None:
            reader.mentioned = reader.mentioned or (reader.focus if np.det in ("its", "their", "the") else None)
        reader.pending = np.role
        return np.end
