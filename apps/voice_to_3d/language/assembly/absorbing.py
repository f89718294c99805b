"""Absorbing: what was only announced goes; walls, floors, legs and flanges become sizes of the body they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.parts.extents import box_axes
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building

WALLS = words("wall side shell skin side_wall")
FLOORS = words("floor bottom base")
LIMBS = words("leg arm flange web stem limb back bar plate")


def absorb(building: Building) -> list[Thing]:
    """The things that are to be built."""
    things = [*building.things]
    bodies = [one for one in things if one.kind == "body"]
    _letters(building, bodies)
    _walls(bodies)
    _rings(bodies)
    _tapers(bodies)
    _stairs(bodies)
    _bores(things, bodies)
    kept: list[Thing] = []
    anything = any(one.said_size for one in bodies)
    for thing in things:
        if "absorbed" in thing.flags or (thing.group is not None and "absorbed" in thing.group.flags):
            continue
        group = thing.group
        if isinstance(group, Thing) and not thing.said_size and _patterned(group):
            if thing.ordinal == 1 or thing.which & {"left", "top", "front"}:
                group.where.extend(one for one in thing.where if one not in group.where)
            group.members = [one for one in group.members if one is not thing]
            continue
        sized = thing.said_size or (isinstance(thing.group, Thing) and thing.group.said_size)
        if thing.kind == "body" and not sized:
            if thing.members and any(one.said_size for one in thing.members if isinstance(one, Thing)):
                continue
            only = not anything and thing is bodies[0]
            if only or (thing.where and thing.kind == "body" and _touches(thing) and not thing.members):
                building.refuse(thing, "no size was said")
            continue
        if thing.kind == "cut" and not sized and not thing.members and thing.lead is None and thing.shape != "trim":
            if not _meant(thing, things):
                building.refuse(thing, "no size was said")
            continue
        kept.append(thing)
    return kept


def _patterned(group: Thing) -> bool:
    """Whether a group's own words place all of it."""
    return bool(
        any(one.how in ("apart", "points") for one in group.where)
        or group.dims.keys() & {"pitch", "columns", "circle"}
        or group.flags & {"corners"}
    )


def _touches(thing: Thing) -> bool:
    return any(one.how in ("on", "under", "beside") for one in thing.where)


def _meant(thing: Thing, things: list[Thing]) -> bool:
    """Whether another cut of that name has the size that this one lacks."""
    return any(
        one is not thing
        and one.kind == "cut"
        and one.said_size
        and (one.noun == thing.noun or one.shape == thing.shape)
        for one in things
    )


def _letters(building: Building, bodies: list[Thing]) -> None:
    """Sizes of the legs, flanges and web of a lettered section are sizes of the section."""
    frame = next((one for one in bodies if one.letter in tuple("ltuicihz")), None)
    bent = next((one for one in bodies if one.flags & {"bent"}), None)
    if frame is None and bent is not None:
        frame, bent.letter = bent, "l"
    if frame is None:
        return
    whole = [
        one
        for one in bodies
        if one is not frame
        and one.noun in LIMBS
        and len(one.dims.keys() & {"length", "width", "height", "thickness", "depth"}) + len(one.sizes) >= 3
    ]
    if len(whole) > 1 and not any(
        one.which & {"horizontal", "vertical"} and one.noun in ("leg", "plate") for one in whole
    ):
        frame.letter = ""  # each part is a block of its own, placed on another
        return
    if building.stock and frame.get("thickness", "wall") is None:
        frame.dims["thickness"] = building.stock
    for part in bodies:
        if part is frame or part.noun not in LIMBS or not part.said_size or "absorbed" in part.flags:
            continue
        part.settle()
        box = box_axes(part) if part.sizes else {}
        thick = part.get("thickness", "wall") or box.get("z")
        long = part.get("length", "total_length")
        wide, high = part.get("width", "depth"), part.get("height", "total_height")
        lies = bool(part.which & {"horizontal", "bottom", "top"} or part.flags & {"horizontal"})
        stands = bool(part.which & {"vertical"} or part.flags & {"vertical"} or part.noun in ("web", "stem", "back"))
        if part.noun == "flange":
            if thick is not None:
                frame.dims["flange_thickness"] = thick
            reach = wide if wide is not None else long
            if reach is not None:
                if "top" in part.which and frame.letter == "z":
                    frame.dims["top_width"] = reach
                else:
                    frame.dims.setdefault("width", reach)
        elif part.noun in ("web", "stem"):
            if thick is not None or wide is not None:
                frame.dims["web_thickness"] = thick if thick is not None else wide or 0.0
            if high is not None:
                frame.dims.setdefault("height", high)
        elif part.count == 2 or not (lies or stands):
            if long is not None and part.noun in ("leg", "limb", "arm"):
                frame.dims["leg"] = frame.dims["leg_2"] = long
            elif high is not None and frame.letter == "u":
                frame.dims.setdefault("height", high)
            else:
                continue
            if wide is not None and frame.get("width") is None:
                frame.dims["width"] = wide
            if thick is not None:
                frame.dims.setdefault("thickness", thick)
        else:
            reach = long if long is not None else high
            if lies and reach is not None:
                frame.dims["width" if frame.letter in "ltu" else "leg"] = reach
            elif stands and (high is not None or long is not None):
                frame.dims["height"] = high if high is not None else long or 0.0
            else:
                continue
            if wide is not None:
                frame.dims.setdefault("length", wide)
            if thick is not None:
                frame.dims["flange_thickness" if lies else "web_thickness"] = thick
                frame.dims.setdefault("thickness", thick)
        part.flags |= {"absorbed", *(("lies",) if lies else ()), *(("stands",) if stands else ())}
        if isinstance(part.group, Thing):
            part.group.flags.add("absorbed")


def _walls(bodies: list[Thing]) -> None:
    """Reads "walls 2 mm thick, floor 3 mm": sizes of what they are of."""
    for one in bodies:  # "walls and floor 3 thick"
        if one.noun in WALLS and not one.said_size:
            twin = next(
                (o for o in bodies if o.noun in FLOORS and o.sentence == one.sentence and o.get("thickness")), None
            )
            if twin is not None:
                one.dims["thickness"] = twin.dims["thickness"]
        if one.noun in WALLS and set(one.dims) == {"floor"}:
            one.dims["thickness"] = one.dims["floor"]
    base = next((one for one in bodies if one.said_size and one.noun not in WALLS and one.noun not in FLOORS), None)
    if base is None:
        base = next((one for one in bodies if one.said_size), None)
    if base is None or base.letter:
        return
    for part in bodies:
        if part is base or "absorbed" in part.flags:
            continue
        thick = part.get("thickness", "wall", "width")
        plain = not (part.get("height") and part.get("length", "width")) and len(part.sizes) < 2
        if part.noun in WALLS and thick is not None and plain and not [one for one in part.where if one.sides]:
            base.dims.setdefault("wall", thick)
            if part.get("floor") is not None:
                base.dims["floor"] = part.dims["floor"]
            base.flags.add("hollow")
            base.flags |= part.flags & {"open_top", "open_both", "open_bottom"}
            part.flags.add("absorbed")
        elif (
            part.noun in FLOORS
            and thick is not None
            and plain
            and part.get("diameter") is None
            and (
                base.get("wall") is not None
                or base.flags & {"hollow", "shelled"}
                or any(one.noun in WALLS and one.said_size for one in bodies)
            )
        ):
            base.dims["floor"] = thick
            part.flags.add("absorbed")


def _rings(bodies: list[Thing]) -> None:
    """The section of a ring or bent tube, said as a thing of its own."""
    base = next((one for one in bodies if one.shape in ("torus", "elbow") and one.said_size), None)
    for part in bodies:
        if base is None or part is base or part.noun not in ("section", "tube", "cord", "pipe") or part.where:
            continue
        outer, thick = part.get("outer_diameter", "diameter"), part.get("thickness", "wall")
        if outer is None and thick is None:
            continue
        base.dims.setdefault("cord" if base.shape == "torus" else "outer_diameter", outer or thick or 0.0)
        if outer is not None and thick is not None:
            base.dims["wall"] = thick
        elif outer is not None and part.get("inner_diameter") is not None:
            base.dims["wall"] = (outer - (part.get("inner_diameter") or 0.0)) / 2
        part.flags.add("absorbed")


def _stairs(bodies: list[Thing]) -> None:
    """Several steps of one size are stairs."""
    for part in bodies:
        if part.noun == "step" and part.count > 1 and part.said_size:
            part.shape = "stairs"


def _bores(things: list[Thing], bodies: list[Thing]) -> None:
    """Reads "the bore goes through the flange": the hole of the tube goes on; a collar round a tube leaves it open."""
    tube = next(
        (
            one
            for one in bodies
            if one.size("inner_diameter") is not None or (one.get("wall") is not None and one.shape == "tube")
        ),
        None,
    )
    if tube is None:
        return
    wide = tube.get("inner_diameter") or 2 * (tube.get("inner_radius") or 0.0) or None
    if wide is None and (outer := tube.size("outer_diameter")) is not None:
        wide = outer - 2 * (tube.get("wall") or 0.0)
    if wide is None:
        return
    for one in things:
        if (
            one.kind == "cut"
            and one.noun in ("bore", "hole")
            and not one.said_size
            and not one.counted
            and not one.members
        ):
            one.dims["diameter"] = wide
            one.flags.add("through_all")
        if (
            one.kind == "body"
            and one is not tube
            and one.noun in ("collar", "flange", "rim", "shoulder", "lip", "bead")
        ):
            across = one.size("diameter", "outer_diameter")
            if across is not None and across > wide and "inner_diameter" not in one.dims and not one.sizes:
                one.dims["inner_diameter"] = wide


def _tapers(bodies: list[Thing]) -> None:
    """Reads "Base: 80 x 50. Top: 40 x 25": the ends of a pyramid or cone."""
    taper = next((one for one in bodies if one.shape in ("pyramid", "cone")), None)
    for part in bodies:
        if taper is None or part is taper or part.noun not in ("top", "base", "bottom", "tip") or part.where:
            continue
        end = "top" if part.noun in ("top", "tip") else "bottom"
        sizes = [value for value, _ in part.sizes]
        side = part.get("side", "width")
        across = part.size("diameter") if part.dims.keys() & {"diameter", "radius"} else None
        if len(sizes) == 2:
            taper.dims[f"{end}_length"], taper.dims[f"{end}_width"] = sizes
        elif across is not None:
            taper.dims[f"{end}_diameter"] = across
        elif side is not None:
            taper.dims[f"{end}_side"] = side
        else:
            continue
        if part.get("height") is not None:
            taper.dims.setdefault("height", part.dims["height"])
        part.flags.add("absorbed")
