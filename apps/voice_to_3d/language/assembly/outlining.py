"""Outlining: outlines by points, and the area between two circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.wording import point_at
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

FLAGS = {
    "along each of the # axis": "three_axes",
    "along all # axis": "three_axes",
    "along each axis": "three_axes",
    "in each of the # direction": "three_axes",
    "in all # direction": "three_axes",
    "at the origin": "at_origin",
    "on the origin": "at_origin",
    "about the origin": "at_origin",
    "the origin": "at_origin",
    "origin": "at_origin",
    "through everything": "through_all",
    "through both": "through_all",
    "through them": "through_all",
    "through the lot": "through_all",
    "through it all": "through_all",
    "open at the top": "open_top",
    "open topped": "open_top",
    "open face": "open_top",
    "open top": "open_top",
    "open ontop": "open_top",
    "open upward": "open_top",
    "open at both end": "open_both",
    "open at the bottom": "open_bottom",
    "no lid": "open_top",
    "no top": "open_top",
    "without a lid": "open_top",
    "without a top": "open_top",
    "open on the top": "open_top",
    "removing the top face": "open_top",
    "remove the top face": "open_top",
    "with the top face open": "open_top",
    "top face removed": "open_top",
    "opening upward": "inverted",
    "opening upwards": "inverted",
    "open side up": "inverted",
    "upside down": "inverted",
    "point down": "inverted",
    "pointing down": "inverted",
    "tip down": "inverted",
    "rounded end": "rounded_ends",
    "round end": "rounded_ends",
    "fully rounded": "full_round",
    "full radius": "full_round",
    "even": "even",
    "inline": "row",
    "full": "full",
    "stacked": "stacked",
    "flatbottomed": "blind",
    "blind": "blind",
    "in each corner": "corners",
    "at each corner": "corners",
    "near each corner": "corners",
    "in the corner": "corners",
    "at the corner": "corners",
    "near the corner": "corners",
    "in all corner": "corners",
    "under each corner": "corners",
    "in the # corner": "corners",
    "at the # corner": "corners",
    "one in each corner": "corners",
    "in every corner": "corners",
    "one at each corner": "corners",
    "one near each corner": "corners",
    "in every one of the corner": "corners",
    "around the circumference": "annular",
    "all around": "annular",
    "all round": "annular",
    "around it": "around",
    "on both side": "both_sides",
    "on either side": "both_sides",
    "on each side": "both_sides",
    "at both end": "both_ends",
    "at each end": "both_ends",
    "on both end": "both_ends",
    "on each end": "both_ends",
    "at either end": "both_ends",
    "in each end": "both_ends",
    "in both end": "both_ends",
    "from both end": "both_ends",
    "at # end": "both_ends",
    "lying down": "lying",
    "lying flat": "flat",
    "in both direction": "both_ways",
    "both way": "both_ways",
    "symmetrically": "both_ways",
    "crossing": "crossing",
    "cross": "crossing",
    "joined at their tip": "tips",
    "tip to tip": "tips",
    "in total": "total",
    "besides": "besides",
    "radially": "radial",
    "with the tip cut off": "truncated",
    "with the top cut off": "truncated",
    "tip cut off": "truncated",
    "sharp corner": "sharp",
    "square corner": "sharp",
    "truncated": "truncated",
}
"""Lemmas ("#" is a number) -> flag."""
PHRASES = sorted(((tuple(key.split()), flag) for key, flag in FLAGS.items()), key=lambda one: -len(one[0]))
SILENT_OUTSIDE = (
    "in # step",
    "in # operation",
    "with # operation",
    "in # easy step",
    "in # simple step",
    "with # simple operation",
    "# operation",
    "in a few step",
    "in several step",
    "with a few operation",
    "in order of operation",
    "on the outside",
    "outside to outside",
    "over the outside",
    "measured outside",
    "in outside size",
)
SILENT = [tuple(one.split()) for one in SILENT_OUTSIDE] + [
    tuple(one.split())
    for one in (
        "one by one",
        "step by step",
        "in other word",
        "all in one",
        "in one piece",
        "one part",
        "it all one part",
        "in mm",
        "in millimetre",
        "all dimension",
        "as one part",
        "as one piece",
        "as a single part",
        "as one solid",
        "one solid part",
        "dimension in",
        "unit mm",
        "all in mm",
        "a single part",
        "no thread",
        "no fillet",
        "without thread",
        "without a thread",
        "unthreaded",
        "without the thread",
        "not solid",
        "it solid",
        "not counting",
        "xy plane",
        "on the xy plane",
    )
]
"""What carries nothing that is modelled: units are millimetres, threads are never modelled."""


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
