"""Absorbing: what describes a part of another frame becomes sizes of that frame; what was only announced goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


WALLS = ("wall", "floor", "side", "bottom", "shell", "skin")


def prepared(ground: Ground) -> list[Frame]:
    """The frames that are to be built: what was only announced goes, parts of others are taken up."""
    kept: list[Frame] = []
    frames = ground.frames
    for frame in frames:
        _alike(frame)
        inset = (one.value for one in frame.spots if one.value and one.where and one.where.kind == "corner")
        if frame.noun == "corner cut" and not frame.sized and (leg := next(inset, None)) is not None:
            frame.dims["leg"] = leg  # "the cut starts 30 mm from the corner"
        told = [one for one in frame.members if one.spots or one.sized]
        first = told[0] if len(told) == 1 and not frame.has("listed") else None
        if first is not None and first.count == 1 < frame.count and frame.get("apart", "pitch") and not first.sized:
            ground.done |= {id(one) for one in frame.members}
            for one in frame.members:
                one.group = None
            frame.spots, frame.members = [*first.spots, *frame.spots], []  # the first of a row tells where it begins
    sized_solids = [one for one in frames if one.kind == "solid" and one.sized]
    for frame in frames:
        if frame.kind == "solid" and not frame.sized and not (frame.group is not None and frame.group.sized):
            if _stands_alone(frame, frames, sized_solids):
                ground.refuse(frame, "no size was said")
            continue
        if frame.kind == "cut" and not frame.sized and not frame.members and frame.lead is None:
            if not (frame.group is not None and frame.group.sized) and not _derived(frame):
                rivals = [
                    one
                    for one in frames
                    if one is not frame
                    and one.kind == "cut"
                    and (one.shape == frame.shape or one.called(frame.noun))
                    and one.sized
                ]
                if not rivals:
                    ground.refuse(frame, "no size was said")
                continue
        if frame.group is not None and frame.group.kind == "edge":
            continue
        kept.append(frame)
    for frame in [one for one in kept if one.lead is not None and one.lead in kept]:
        lead = frame.lead
        assert lead is not None
        after = max(kept.index(one) for one in [lead, *lead.members] if one in kept)
        if kept.index(frame) < after:
            kept.remove(frame)
            kept.insert(after, frame)
    return kept


def _alike(frame: Frame) -> None:
    """What was not said of "another pocket" or "an identical slot" is as in the one before."""
    model = frame.like
    if model is None:
        return
    own = set(frame.dims)
    placing = {"circle", "apart", "apart_x", "apart_y", "pitch", "columns", "rows", "square_x", "square_y", "count_x",
               "count_y"}  # fmt: skip
    round_ = {"diameter", "radius", "side"}
    if not own & (round_ | {"width", "length", "top_width"}) and not frame.sizes:
        frame.sizes = list(model.sizes)
        skipped = placing | ({"depth"} if frame.has("through") else set())
        frame.dims = {**{name: size for name, size in model.dims.items() if name not in skipped}, **frame.dims}
        kept = {"through", "square", "rounded_ends", "semicircular", "square_ends", "round", "v_shape", "u_shape"}
        frame.flags |= model.flags & (kept - ({"through"} if "depth" in own else set()))
        frame.shape, frame.axis, frame.host = model.shape, frame.axis or model.axis, frame.host or model.host


def floors(ground: Ground) -> None:
    """Reads "its floor lies 3 mm below the top": the depth of the cut that was named before."""
    for number, frame in enumerate(ground.frames):
        centred = (one for one in frame.spots if one.value and one.where and one.where.kind in ("centre", "axis"))
        inner = next(centred, None) if frame.noun in ("floor", "bottom") and not frame.sizes else None
        cut = next((one for one in reversed(ground.frames[:number]) if one.kind == "cut"), None)
        if inner is not None and cut is not None:
            cut.spots.append(inner)  # "notches with a flat floor 31 mm from the centre"
            frame.spots.clear()
            continue
        spot = next(
            (
                one
                for one in frame.spots
                if one.value is not None
                and (one.way == "below" or (one.where is not None and one.where.kind in ("top", "face", "surface")))
            ),
            None,
        )
        if frame.kind != "solid" or frame.noun not in ("floor", "bottom", "base") or spot is None or frame.sizes:
            continue
        if cut is not None and cut.get("depth") is None:
            cut.dims["depth"] = spot.value or 0.0
            cut.flags.add("from_face")
            frame.dims.clear()
            frame.spots.clear()


def inside_corners(ground: Ground) -> None:
    """Fillets of a cross's four inside corners belong to its outline."""
    base = next((one for one in ground.frames if one.shape == "cross"), None)
    for frame in [one for one in ground.frames if one.kind == "edge" and one.shape == "fillet"]:
        if base is not None and any(where.kind == "corner" and "inner" in where.which for where in frame.targets):
            base.dims["inside_radius"] = frame.get("radius", "size") or 0.0
            ground.frames.remove(frame)


def absorbed(ground: Ground) -> None:
    """What describes a part of another frame becomes sizes of that frame: walls of a box, a ring's section, teeth."""
    solids_said = [one for one in ground.frames if one.kind == "solid"]
    shaped = next((one for one in solids_said if one.shape in ("pyramid", "cross", "gear")), None)
    base = shaped or next(
        (
            one
            for one in solids_said
            if one.sized and one.noun not in (*WALLS, "section", "cord", "tooth", "cross-section")
        ),
        None,
    )
    if base is None:
        return
    from wugan.apps.voice_to_3d.language.parts.lettered import letter_of, parts_of

    section = next((one for one in solids_said if letter_of(one)), None)
    if section is not None:
        parts_of(section, [one for one in solids_said if one is not section])
    for frame in solids_said:
        if frame is base:
            continue
        if (frame.noun == "base" and base.shape in ("pyramid", "cone")) or (
            frame.noun in ("bar", "arm") and base.shape == "cross"
        ):
            base.dims = {**frame.dims, **base.dims}
            base.sizes = base.sizes or list(frame.sizes)
            frame.dims.clear()
            frame.sizes.clear()
            continue
        if frame is base or (frame.spots and frame.noun not in WALLS):
            continue
        thick = frame.get("thickness", "wall", "width")
        tube = base.shape in ("torus", "elbow")
        if (
            frame.noun in ("section", "tube", "cross-section", "cord", "ring", "pipe")
            and tube
            and (frame.get("outer_diameter", "diameter") or thick)
        ):
            outer = frame.get("outer_diameter", "diameter")
            base.dims.setdefault("cord" if base.shape == "torus" else "outer_diameter", outer or thick or 0.0)
            if outer is not None and thick is not None:
                base.dims["wall"] = thick
            elif outer is not None and frame.get("inner_diameter") is not None:
                base.dims["wall"] = (outer - (frame.get("inner_diameter") or 0.0)) / 2
            frame.dims.clear()
            frame.sizes.clear()
        elif (
            frame.noun in WALLS
            and thick is not None
            and not (frame.get("height") and frame.get("length"))
            and base.shape in ("box", "cylinder", "", "tube", "sphere", "hemisphere", "pyramid", "cone")
        ):
            extra = {"width", "length", "height"} & frame.dims.keys()
            if extra - {"width"} and frame.spots:
                continue
            base.dims["wall"] = thick
            base.flags.add("hollow")
            base.flags |= frame.flags & {"open_top", "open_bottom"}
            base.flags |= {
                spot.where.kind
                for spot in frame.spots
                if spot.kind == "flag" and spot.where is not None and spot.where.kind.startswith("open")
            }
            frame.dims.clear()
            frame.sizes.clear()
        elif frame.noun == "tooth" or (frame.noun == "teeth"):
            base.dims.setdefault("teeth", float(frame.count))
    for frame in ground.frames:
        if frame.noun == "tooth" and frame.count > 1:
            base.dims.setdefault("teeth", float(frame.count))


def _stands_alone(frame: Frame, frames: list[Frame], sized: list[Frame]) -> bool:
    """Whether an unsized solid is a thing of its own and not the title, or another word for the part."""
    if not sized:
        return frame is next((one for one in frames if one.kind == "solid"), None)
    return False


def _derived(frame: Frame) -> bool:
    """A cut whose size follows from others."""
    return frame.has("same_shape")
