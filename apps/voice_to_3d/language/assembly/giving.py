"""Giving: sizes and places go to the thing that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.measuring import Size
from wugan.apps.voice_to_3d.language.assembly.phrases import Phrase
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Ratio, Thing
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at
from wugan.apps.voice_to_3d.language.quantity import Quantity

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

MAIN = {
    "cylinder": "diameter",
    "tube": "diameter",
    "sphere": "diameter",
    "hemisphere": "diameter",
    "ring": "diameter",
    "hexagon": "across_flats",
    "octagon": "across_flats",
    "pentagon": "across_flats",
    "hole": "diameter",
    "counterbore": "diameter",
    "countersink": "diameter",
    "fillet": "radius",
    "chamfer": "size",
    "slot": "width",
    "groove": "width",
    "keyway": "width",
    "notch": "width",
    "vee": "width",
    "cone": "diameter",
    "torus": "diameter",
    "rebate": "width",
    "flat": "depth",
}
ROUND = ("cylinder", "tube", "cone", "sphere", "hemisphere", "ring", "torus", "hole", "counterbore", "countersink")


class Giving:
    """Attaches sizes and places for the reader."""

    reader: Reader

    def measures(self, thing: Thing, np: Phrase) -> None:
        """The sizes inside a phrase."""
        for size in np.sizes:
            self.give(size, thing)
        for quantity in np.boxes:
            self.box(thing, quantity)
        for quantity in np.bare:
            self.main_size(thing, quantity)

    def box(self, thing: Thing, quantity: Quantity) -> None:
        """Reads "40 x 30 x 8"; of something round a diameter and a height."""
        values = list(zip(quantity.values, quantity.axes or ("",) * len(quantity.values), strict=True))
        if thing.kind == "edge":
            thing.dims["size"] = values[0][0]
            return
        if thing.shape in ROUND and len(values) == 2 and not values[0][1] and "box_base" not in thing.flags:
            role = "diameter" if "diameter" not in thing.dims else "height"
            thing.dims[role] = values[0][0]
            thing.dims["depth" if thing.kind == "cut" else "height"] = values[1][0]
            return
        ends = [one for one in ("top", "bottom") if one in thing.which]
        if thing.shape == "pyramid" and len(values) == 2 and self.reader.own in ("top", "bottom", "base"):
            ends = ["top" if self.reader.own == "top" else "bottom"]
        if thing.shape == "pyramid" and ends:
            thing.dims[f"{ends[0]}_length"], thing.dims[f"{ends[0]}_width"] = values[0][0], values[1][0]
            return
        thing.sizes = values if len(values) >= len(thing.sizes) else [*thing.sizes, *values]

    def main_size(self, thing: Thing, quantity: Quantity) -> None:
        """A size without a name: a hole's diameter, a slot's width, a plate's thickness."""
        if quantity.kind == "thread":
            from wugan.apps.voice_to_3d.language.parts.standard_holes import clearance, tapping

            tapped = bool({"threaded", "tapped", "tapping"} & thing.flags)
            if thing.kind == "cut":
                thing.dims["diameter"] = tapping(quantity) if tapped else clearance(quantity)
                self.reader.assumed.append(f"M{quantity.value:g}: {thing.dims['diameter']:g} mm")
            else:
                thing.dims.setdefault("diameter", quantity.value)
            return
        axis = quantity.axes[0] if quantity.axes else ""
        if axis in ("x", "y", "z") and thing.kind != "edge":
            thing.sizes.append((quantity.value, axis))
            return
        role = MAIN.get(thing.shape, "")
        if thing.kind == "cut" and (thing.noun == "square" or "square" in thing.flags):
            role = "side"
        if not role:
            role = "side" if thing.noun in ("cube", "square") or "square" in thing.flags else "thickness"
            if thing.kind == "cut":
                role = "diameter" if thing.shape in ("", "cutout") and thing.noun == "opening" else "side"
        self.give(Size(role, quantity.value), thing)

    def give(self, size: Size, thing: Thing | None = None) -> None:
        """A size for a thing, or for the one in focus."""
        reader = self.reader
        thing = thing or self._bearer(size)
        if thing is None:
            thing = reader.add(Thing("body", "part", {"part"}, said="the part"))
        reader.pending = ""
        role, value = size.role, size.value
        if role.startswith("total_"):
            role, size.total = role[6:], True
        if role == "height" and reader.drawn and thing.letter and thing.letter in "ltucihz":
            role = "length"
        if role == "size" and size.axis and reader.last_role == "pitch" and isinstance(value, float):
            role = "pitch"
        if role == "pitch" and len(size.axis) == 1 and isinstance(value, float):
            reader.last_role = "pitch"
            thing.where.append(Place("apart", value=value, axis=size.axis))
            return
        if role == "apart":
            thing.where.append(Place("apart", value=value, axis=size.axis, own=reader.own))
            return
        reader.last_role = role
        if size.also and isinstance(value, float):
            self._several(thing, role, [value, *size.also])
            return
        if size.total and isinstance(value, float):
            reader.totals.setdefault(role, value)
            thing.dims["total_" + role] = value
            if thing.kind == "body" and any(
                one.kind == "body" and one.said_size for one in reader.things if one is not thing
            ):
                return
        if size.axis == "square":
            thing.flags.add("square")
        if role == "size" and size.axis and thing.kind != "edge" and isinstance(value, float):
            thing.sizes = [one for one in thing.sizes if one[1] != size.axis] + [(value, size.axis)]
            return
        if (
            len(size.axis) == 1
            and size.axis in "xyz"
            and role not in ("diameter", "radius", "size")
            and thing.kind != "edge"
        ):
            if (
                thing.shape in ("cylinder", "tube", "cone")
                or thing.get("diameter") is not None
                or (role == "depth" and thing.kind == "cut")
            ):
                thing.axis = size.axis
            else:
                thing.dims["axis_" + role] = "xyz".index(size.axis)
        elif len(size.axis) == 2 and role in ("diameter", "radius"):
            thing.axis = next(one for one in "xyz" if one not in size.axis)
        if role in ("angle",) and thing.kind == "body" and reader.edge is None and "revolve" in thing.flags:
            role = "sweep"
        if isinstance(value, Ratio):
            thing.ratios[role] = value
        else:
            if role == "side" and "side" in thing.dims and thing.shape == "triangle":
                role = "side_2"
            thing.dims[role] = value
        if size.rest:
            tall = reader.drawn or thing.shape in (*ROUND, "hexagon", "octagon", "pentagon", "triangle", "star")
            thing.dims["height" if tall else "width"] = size.rest[0]

    def _several(self, thing: Thing, role: str, values: list[float]) -> None:
        """Reads "with diameters 30 and 20": one for each of them, or the outside and the inside of a ring."""
        if "concentric" in thing.flags and role in ("diameter", "radius") and len(values) == 2:
            thing.dims["outer_" + role], thing.dims["inner_" + role] = max(values), min(values)
            thing.count, thing.counted = 1, False
            return
        for number, value in enumerate(values):
            made = Thing(thing.kind, thing.noun, set(thing.names), thing.shape, group=thing, ordinal=number + 1)
            made.op, made.sentence, made.step, made.said = thing.op, self.reader.number, self.reader.step, thing.said
            made.dims[role] = value
            thing.members.append(made)
            self.reader.things.append(made)

    def _bearer(self, size: Size) -> Thing | None:
        """Whose size it is: no hole is thick, no chamfer is high."""
        reader = self.reader
        thing = reader.focus
        if thing is None:
            return None
        if thing.kind == "edge" and size.role not in (
            "size",
            "radius",
            "angle",
            "side",
            "leg",
            "width",
            "length",
            "depth",
            "height",
            "diameter",
        ):
            return reader.subject if reader.subject is not thing else reader.before()
        if (
            thing.kind == "cut"
            and thing.shape in ("hole", "slot", "pocket", "cutout")
            and (size.role in ("thickness", "wall", "height") or size.total)
            and not thing.lead
        ):
            if reader.subject is not None and reader.subject.kind == "body":
                return reader.subject
            if size.role == "thickness":
                return next((one for one in reversed(reader.things) if one.kind == "body"), thing)
        return thing

    def put(self, places: list[Place], start: int, end: int) -> None:
        """Gives places to what is in focus, or keeps them for what comes."""
        reader = self.reader
        if not places:
            return
        if (
            reader.edge is not None
            and reader.focus is reader.edge
            and places[0].how
            in ("at", "on", "from", "between", "meeting", "along", "around", "to", "under", "through", "into", "inside")
        ):
            reader.edge.where.extend(places)
            return
        if places[0].how == "reach" and reader.focus is not None:
            role = "depth" if reader.focus.kind == "cut" else "reach"
            self.give(Size(role, float(places[0].value or 0.0)))  # type: ignore[arg-type]
            return
        if not reader.mentioned or (self._leads(start) and self._opens(end)):
            reader.leading.extend(places)
            return
        thing = reader.focus
        if thing is None:
            reader.leading.extend(places)
            return
        if thing.kind == "edge":
            thing.where.extend(places)
            return
        gap = thing.where[-1] if thing.where else None
        if (
            gap is not None
            and places[0].how == "axis"
            and places[0].sides
            and gap.how == "distance"
            and not gap.way
            and (gap.part in ("centre", "axis", ""))
        ):
            gap.way = places[0].sides[0]  # "20 from the centre in the +X direction"
            return
        if (
            gap is not None
            and gap.how == "apart"
            and places[0].how == "between"
            and places[0].part in ("face", "side", "edge")
        ):
            gap.own = places[0].part  # "60 apart between their inner faces"
            return
        for place in places:
            if place.of is thing:
                place.of = None if thing is not reader.base() else thing
            if not place.own:
                place.own = reader.own
        thing.where.extend(places)

    def _leads(self, start: int) -> bool:
        """Whether a place stands where a clause begins."""
        before = lemma_at(self.reader.tokens, start - 1)
        return before in ("and", "then", ";", ",", "while", "but", "next")

    def _opens(self, end: int) -> bool:
        """Whether what follows a place begins a thing: "is a…", "there are…", ", a…"."""
        found = self.reader.tokens
        k = end
        word = lemma_at(found, k)
        if word == ",":
            k += 1
            word = lemma_at(found, k)
            return word in ("a", "an", "there", "another") or (
                word.startswith("#") and self.reader.phrase(k) is not None
            )
        if word in ("is", "are", "there", "comes", "stands", "sits", "lies", "has", "come", "stand", "sit", "lie"):
            after = lemma_at(found, k + 1)
            return after in ("a", "an", "is", "are", "another", "the") or self.reader.phrase(k + 1) is not None
        if word in ("a", "an", "another"):
            return True
        return word.startswith("#") and self.reader.phrase(k) is not None
