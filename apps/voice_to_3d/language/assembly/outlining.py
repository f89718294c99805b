"""Outlining: outlines by points, and the area between two circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.wording import point_at
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader


class Outlining:
    """Reads outlines for the reader."""

    reader: Reader

    def _outline(self, i: int) -> int:
        """Reads "(0, 0), (50, 0), then to (50, 10)…": three points or more are an outline, or places of what is cut."""
        reader, found = self.reader, self.reader.tokens
        k, points = i, []
        while k < len(found) and (read := point_at(found, k)) is not None:
            points.append(read[0])
            k = read[1]
            j = k
            while lemma_at(found, j) in (
                ",",
                "and",
                "then",
                "to",
                "line",
                "a",
                "from",
                "back",
                "close",
                "closing",
                "the",
                "loop",
                "at",
                "draw",
                "another",
                "connect",
                "–",
                "-",
                "closed",
                "it",
                "end",
                "start",
                "go",
            ):
                j += 1
            if point_at(found, j) is not None:
                k = j
        if len(points) < 2:
            return i
        focus = reader.focus
        signed = {one for one in found[:i] if one.lemma == "±"}
        if signed:
            return i
        many = focus is not None and (focus.kind == "cut" or focus.count > 1 or focus.counted) and reader.mentioned
        if many and focus is not None:
            focus.where.append(Place("points", point=tuple(value for point in points for value in point[:2])))
            focus.count, focus.counted = max(focus.count, len(points)), True
            return k
        if len(points) < 3:
            return i
        if points[0] == points[-1]:
            points.pop()
        if focus is None or focus.kind != "body" or focus.size("diameter") is not None or focus.sizes or focus.points:
            focus = reader.add(Thing("body", "profile", {"profile", "outline", "polygon", "shape"}, said="the outline"))
        focus.points, focus.shape = tuple((point[0], point[1]) for point in points), "points"
        if any(one.lemma in ("revolve", "revolved", "rotate", "revolving", "spin") for one in found):
            focus.flags.add("revolve")
        reader.pending = "height"
        return k

    def _between(self, i: int) -> int:
        """Reads "the ring between them", "the area between the two circles": a ring of two circles."""
        reader, found = self.reader, self.reader.tokens
        k = i + (lemma_at(found, i) == "the")
        if lemma_at(found, k) not in ("ring", "area", "region", "space", "face", "annulus"):
            return i
        if lemma_at(found, k + 1) != "between":
            return i
        k += 2
        while lemma_at(found, k) in ("the", "them", "two", "both", "circle", "#number", "these", "its"):
            k += 1
        round_ = [
            one for one in reader.things if one.kind == "body" and one.shape == "cylinder" and one.size("diameter")
        ]
        if len(round_) < 2:
            if len(round_) == 1 and "inner_diameter" in round_[0].dims:
                reader.focus = reader.subject = round_[0]
                reader.mentioned, reader.pending = True, "height"
                return k
            return i
        first, second = sorted(round_[-2:], key=lambda one: -(one.size("diameter") or 0))
        first.dims["inner_diameter"] = second.size("diameter") or 0.0
        first.names |= {"ring"}
        reader.things.remove(second)
        reader.focus = reader.subject = first
        reader.mentioned, reader.pending = True, "height"
        return k
