"""Centring: "centred in Y", "halfway between", "at (10, 20)", "from one side to the other"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.parts.frames import Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.places import Places

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


class Centring:
    """Reads middles and coordinates for `Spots`."""

    reader: Reader
    places: Places

    def _centred(self, i: int) -> tuple[list[Spot], int] | None:
        found = self.reader.tokens
        k = i + 1
        spots: list[Spot] = []
        while lemma_at(found, k) in (
            "in",
            "on",
            "along",
            "about",
            "at",
            "within",
            "around",
            "over",
            "across",
            "from",
            "to",
            "with",
            "both",
            "between",
            "under",
            "inside",
        ):
            if lemma_at(found, k) == "on" and lemma_at(found, k + 1) == "top":
                over = self.reader.spots.statement(k)
                assert over is not None
                return [Spot("centred"), *over[0]], over[1]
            if lemma_at(found, k) == "both":
                k += 1
                while lemma_at(found, k) in ("way", "direction", "dimension", "axis"):
                    k += 1
                return [Spot("centred")], k
            j = k + 1
            where = self.places.where(j)
            if where is None:
                break
            spots.append(Spot("centred", where[0]))
            k = where[1]
            if (
                where[0].kind not in ("axis", "dimension")
                and lemma_at(found, k) in ("in", "along", "on")
                and (more := self.places.where(k + 1))
                and more[0].kind in ("axis", "dimension")
            ):
                spots[-1] = Spot("centred", Where(more[0].kind, axis=more[0].axis, of=where[0].of))
                k = more[1]
                while (
                    lemma_at(found, k) == "and"
                    and (also := self.places.where(k + 1))
                    and also[0].kind in ("axis", "dimension")
                ):
                    spots.append(Spot("centred", Where(also[0].kind, axis=also[0].axis, of=where[0].of)))
                    k = also[1]
            if where[0].kind in ("axis", "dimension") and lemma_at(found, k) == "and":
                more = self.places.where(k + 1)
                if more and more[0].kind in ("axis", "dimension"):
                    spots.append(Spot("centred", more[0]))
                    k = more[1]
            break
        return spots or [Spot("centred")], k

    def _halfway(self, i: int) -> tuple[list[Spot], int] | None:
        found = self.reader.tokens
        k = i + 1
        if lemma_at(found, k) == "between":
            first = self.places.where(k + 1)
            if first and lemma_at(found, first[1]) == "and":
                second = self.places.where(first[1] + 1)
                if second:
                    return [Spot("between", first[0]), Spot("between", second[0])], second[1]
            return ([Spot("centred", first[0])], first[1]) if first else None
        if lemma_at(found, k) in ("along", "up", "down", "across", "in", "through"):
            word = lemma_at(found, k)
            where = self.places.where(k + 1)
            if where:
                axis = where[0].kind in ("dimension", "axis")
                return [
                    Spot(
                        "centred",
                        where[0]
                        if axis
                        else Where("dimension", axis="height" if word in ("up", "down") else "length", of=where[0].of),
                    )
                ], where[1]
            return [Spot("centred", Where("dimension", axis="height" if word in ("up", "down") else "length"))], k + 1
        return [Spot("centred")], k

    def _coordinates(self, i: int) -> tuple[list[Spot], int] | None:
        """Reads "(10, 20)", "x = 10, y = 20", "X10 Y20"."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in ("position", "coordinate", "the", "point"):
            k += 1
        if lemma_at(found, k) in ("(", "["):
            points: list[tuple[float, ...]] = []
            while (read := point_at(found, k)) is not None:
                points.append(read[0])
                end = k = read[1]
                while lemma_at(found, k) in (",", "and", "also", "at"):
                    k += 1
            if not points:
                return None
            if any(value < 0 for point in points for value in point):
                self.reader.centre_origin = True
            if len(points) > 1:
                return [Spot("points", points=tuple(points))], end
            names = zip("xyz", points[0], strict=False)
            return [Spot("from", Where("coordinate", axis=a, size=0.0), v) for a, v in names], end
        spots = []
        while lemma_at(found, k) in ("x", "y", "z"):
            axis, j = found[k].lemma, k + 1
            if lemma_at(found, j) in ("=", ":"):
                j += 1
            if length_at(found, j) is None:
                break
            spots.append(Spot("from", Where("coordinate", axis=axis, size=0.0), found[j].value))
            k = j + 1
            if lemma_at(found, k) in (",", "and") and (
                lemma_at(found, k + 1) in ("x", "y", "z") or lemma_at(found, k + 2) in ("x", "y", "z")
            ):
                k += 1 if lemma_at(found, k + 1) in ("x", "y", "z") else 2
        return (spots, k) if spots else None

    def _sweep(self, i: int) -> tuple[list[Spot], int] | None:
        """Reads "from one side to the other", "from front to back", "from end to end"."""
        found = self.reader.tokens
        k = i + 1 if lemma_at(found, i) in ("from",) else i
        if lemma_at(found, i) != "from":
            return None
        pair = (lemma_at(found, k), lemma_at(found, k + 2)) if lemma_at(found, k + 1) == "to" else ("", "")
        axis = {
            ("front", "back"): "y",
            ("back", "front"): "y",
            ("left", "right"): "x",
            ("right", "left"): "x",
            ("top", "bottom"): "z",
            ("bottom", "top"): "z",
        }.get(pair)
        if axis:
            self.reader.flag("through")
            return [Spot("through", Where("axis", axis=axis))], k + 3
        if pair in (("side", "side"), ("end", "end")):
            self.reader.flag("through")
            return [Spot("through", Where("sweep", {pair[0]}))], k + 3
        if (
            lemma_at(found, k) in ("one", "#number")
            and lemma_at(found, k + 1) in ("side", "end", "face")
            and lemma_at(found, k + 2) == "to"
            and lemma_at(found, k + 4) == "other"
        ):
            self.reader.flag("through")
            kind = lemma_at(found, k + 1)
            end = k + 5
            if lemma_at(found, end) in ("side", "end", "face", "one"):
                end += 1
            return [Spot("through", Where("sweep", {kind}))], end
        return None


def point_at(found: list[Token], k: int) -> tuple[tuple[float, ...], int] | None:
    """The numbers of "(20, -15)" at `k` and the index after it."""
    if lemma_at(found, k) not in ("(", "["):
        return None
    close = next((j for j in range(k, min(k + 10, len(found))) if lemma_at(found, j) in (")", "]")), None)
    if close is None:
        return None
    inner = found[k + 1 : close]
    values = tuple(one.value for one in inner if one.quantity)
    plain = all(one.quantity or one.lemma in (",", "x", "y", "z", "=", ":") for one in inner)
    return (values, close + 1) if plain and len(values) in (2, 3) else None
