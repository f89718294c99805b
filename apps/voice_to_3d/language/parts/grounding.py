"""Grounding: frames become the object's body and features, in the order they were said."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.parts.bodies import body, guess, link
from wugan.apps.voice_to_3d.language.parts.cutting import Cutter
from wugan.apps.voice_to_3d.language.parts.edging import edge_feature
from wugan.apps.voice_to_3d.language.parts.frames import Body, Box, Frame, box_axes, extent
from wugan.apps.voice_to_3d.language.parts.joining import Joiner
from wugan.apps.voice_to_3d.language.parts.layouts import mirror_feature
from wugan.apps.voice_to_3d.language.parts.reader import Reader
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.edit import Unread
from wugan.apps.voice_to_3d.scene.placement import Pattern

# Absorbing: what describes a part of another frame becomes sizes of that frame; what was only announced goes.

VESSELS = ("tray", "cup", "pot", "bowl", "tub", "bin", "trough")
"""Hollow things that are open at the top where nobody says otherwise."""
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
    from wugan.apps.voice_to_3d.language.parts.bodies import letter_of, parts_of

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


ROUND = ("cylinder", "tube", "round", "cone", "hexagon", "octagon", "sphere")


class Ground:
    """The part as it is built up.

    Attributes:
        frames: what was said.
        solid: the body; `features`: what is worked into it.
        boxes: the box of each frame that was built (a group's is its first member's).
        whole: the box of everything so far.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.frames = reader.frames
        self.solid: solids.Solid | None = None
        self.base: Frame | None = None
        self.features: list[solids.Feature] = []
        self.boxes: dict[int, Box] = {}
        self.ids: dict[int, str] = {}
        self.axes: dict[int, str] = {}
        self.flipped: set[int] = set()
        self.whole: Box = ([0.0] * 3, [0.0] * 3)
        self.unread: list[Unread] = []
        self.assumed: list[str] = []
        self.last_at: list[float] | None = None
        self.last_side: dict[str, int] = {}
        self.last_join: Frame | None = None
        self.stack_axis = "z"
        self.stack_side = 1
        self.corner_origin = not reader.centre_origin
        self.line_words = True
        self.sides: dict[int, int] = {}
        self.points: dict[int, tuple[list[dict[str, float]], Pattern | None]] = {}
        self.slopes: dict[int, tuple[object, ...]] = {}
        self.done: set[int] = set()
        self.steps: dict[str, int] = {}
        self.turned: dict[int, int] = {}

    # --- what others ask

    @property
    def plain(self) -> bool:
        """Whether the box of the whole is known exactly, so that places may be tied to its sides."""
        return self.base is not None and self.base.shape in ("box", "", "cylinder", "tube")

    def box(self, frame: Frame | None) -> Box | None:
        """The box of a frame that was built; of the whole for `None`."""
        if frame is None:
            return self.whole
        found = self.boxes.get(id(frame))
        if found is None and frame.members:
            return next((self.boxes[id(one)] for one in frame.members if id(one) in self.boxes), None)
        if found is None and frame.group is not None:
            found = self.boxes.get(id(frame.group))
        return found

    def axis_of(self, frame: Frame | None) -> str:
        """The axis of a frame's own length."""
        frame = frame or self.base
        if frame is None:
            return "z"
        if id(frame) in self.axes:
            return self.axes[id(frame)]
        box = self.box(frame)
        return max("xyz", key=lambda axis: extent(box, axis)) if box is not None else "z"

    def host_frame(self, frame: Frame) -> Frame | None:
        """What a frame is worked into: what was named, else the base."""
        host = frame.host or (frame.group.host if frame.group is not None else None)
        if host is not None and host.kind == "cut" and host.host is not None:
            host = host.host
        return host if host is not None and id(host) in self.boxes else self.base

    def dimension_axis(self, name: str, box: Box) -> str:
        """The axis along which a box has its length, width, height or thickness."""
        order = sorted("xyz", key=lambda axis: (-round(extent(box, axis), 6), axis))
        if name == "height":
            return "z"
        if name in ("length",):
            return order[0]
        if name == "thickness":
            return order[2]
        if name in ("width", "depth"):
            flat = sorted("xy", key=lambda axis: (-round(extent(box, axis), 6), axis))
            return flat[1]
        return order[0]

    def taken(self, axis: str, box: Box, of: Frame | None, me: Frame) -> int:
        """The side of a box along an axis on which something was added: 1, -1 or 0."""
        k = "xyz".index(axis)
        sides = 0
        for frame in self.frames:
            other = self.boxes.get(id(frame))
            if other is None or frame is of or frame is me or other is box or frame.kind == "edge":
                continue
            if frame is self.base and of is None:
                continue
            off = (other[0][k] + other[1][k]) / 2 - (box[0][k] + box[1][k]) / 2
            if abs(off) > 1e-6:
                sides = 1 if off > 0 else -1
        return sides

    def refuse(self, frame: Frame, reason: str) -> None:
        """Keeps a phrase with the reason why it is not built."""
        self.unread.append(Unread(phrase=(frame.said or frame.noun)[:300], reason=reason))

    def name(self, frame: Frame) -> str:
        """A fresh id for a feature."""
        number = 1 + sum(one.startswith(frame.noun.replace(" ", "-") + "-") for one in self.ids.values())
        made = f"{frame.noun.replace(' ', '-')}-{number}"
        self.ids[id(frame)] = made
        return made

    def grow(self, box: Box) -> None:
        """The whole now reaches this far."""
        self.whole = (
            [min(a, b) for a, b in zip(self.whole[0], box[0], strict=True)],
            [max(a, b) for a, b in zip(self.whole[1], box[1], strict=True)],
        )

    # --- the way through

    def run(self) -> Ground:
        """Builds everything."""
        floors(self)
        absorbed(self)
        inside_corners(self)
        link(self)
        frames = [one for one in prepared(self) if id(one) not in self.done]
        for frame in frames:
            if frame.kind == "solid" and self.base is None and (frame.count == 1 or len(frames) == 1):
                self._base(frame)
        for frame in frames:
            if frame is self.base or frame.members:
                continue
            if self.base is None:
                continue
            try:
                self._one(frame)
            except (ValueError, ArithmeticError, LookupError, AssertionError) as error:
                self.refuse(frame, f"cannot be built: {(str(error).splitlines() or [type(error).__name__])[0][:200]}")
        self._reorder()
        self._forgotten(frames)
        return self

    def _forgotten(self, frames: list[Frame]) -> None:
        """What came to nothing without a word is told."""
        told = {one.phrase for one in self.unread}
        for frame in frames:
            made = id(frame) in self.ids or id(frame) in self.boxes or bool(frame.members)
            made = made or frame.kind in ("edge", "shell", "mirror")
            if not made and (frame.said or frame.noun)[:300] not in told and self.base is not None:
                self.refuse(frame, "nothing came of it")
        if self.base is not None and self.base.count > 1:
            self.refuse(self.base, f"only one of {self.base.count} was made; say where the others are")

    def extend(self, frames: list[Frame]) -> Ground:
        """Works frames into a part that stands already."""
        wanted = {id(one) for one in frames}
        floors(self)
        for frame in prepared(self):
            if id(frame) not in wanted or frame.members:
                continue
            try:
                self._one(frame)
            except (ValueError, ArithmeticError, LookupError, AssertionError) as error:
                self.refuse(frame, f"cannot be built: {(str(error).splitlines() or [type(error).__name__])[0][:200]}")
        return self

    def _reorder(self) -> None:
        """Within a step, and where there are none, what is added comes before what is cut, up to an edge treatment.

        A cut that was said to go through what came after it is worked once that is there.
        """
        ordered: list[solids.Feature] = []
        run: list[solids.Feature] = []
        step = 0
        for feature in [*self.features, None]:
            worked = feature is not None and feature.kind in ("join", "cut", "common")
            if feature is None or not worked or self.steps.get(feature.id, 0) != step:
                ordered += sorted(run, key=lambda one: one.kind != "join")
                run = []
            if feature is not None:
                step = self.steps.get(feature.id, 0)
                (run if worked else ordered).append(feature)
        self.features = ordered
        for frame in self.frames:
            ident = self.ids.get(id(frame), "")
            later = any(
                one.kind == "solid"
                and frame.sentence <= one.sentence <= frame.latest
                and id(one) in self.ids
                and one is not frame
                for one in self.frames[self.frames.index(frame) :]
            )
            if frame.kind != "cut" or not ident or not later or frame.latest <= frame.sentence:
                continue
            moved = [one for one in self.features if one.id == ident]
            self.features = [one for one in self.features if one.id != ident] + moved

    def _one(self, frame: Frame) -> None:
        before = len(self.features)
        self._make(frame)
        for feature in self.features[before:]:
            self.steps[feature.id] = frame.step

    def _make(self, frame: Frame) -> None:
        if frame.kind == "solid":
            Joiner(self).join(frame)
        elif frame.kind == "cut":
            Cutter(self).cut(frame)
        elif frame.kind == "edge":
            edge_feature(self, frame)
        elif frame.kind == "shell":
            self._shell(frame)
        elif frame.kind == "mirror":
            mirror_feature(self, frame)

    def _base(self, frame: Frame) -> None:
        frame.flags.add("is_base")
        frame.shape = frame.shape or guess(frame)
        try:
            made = body(frame, self._stock())
        except ValueError:
            made = "a size between 0.01 mm and 100 m"
        if isinstance(made, str):
            self.refuse(frame, f"its shape lacks {made}")
            return
        self.base, self.solid = frame, made.solid
        self._boxed(frame, made)
        self.axes[id(frame)] = "z" if frame.shape in ROUND else self._length_axis(frame, made)
        if (
            frame.has("hollow", "open_top")
            and frame.shape in ("box", "", "cylinder")
            and not isinstance(made.solid, solids.Compound)
        ):
            wall = frame.get("wall") or (
                frame.get("thickness") if len(box_axes(frame)) == 3 and frame.get("height") else None
            )
            if wall and not (isinstance(made.solid, solids.Cylinder) and made.solid.inner_diameter):
                self._hollow(wall, frame)

    def _stock(self) -> dict[str, float]:
        """The thickness of the plate that it is cut from, or that the title gave."""
        if self.reader.stock:
            return {"z": self.reader.stock}
        for frame in self.frames:
            if frame.kind == "solid" and set(frame.dims) == {"thickness"} and not frame.sizes:
                return {"z": frame.dims["thickness"]}
        return {}

    def _length_axis(self, frame: Frame, made: Body) -> str:
        return max("xyz", key=lambda axis: made.size["xyz".index(axis)])

    def _boxed(self, frame: Frame, made: Body) -> None:
        x, y, z = made.size
        low = made.low or (-x / 2, -y / 2)
        if isinstance(made.solid, solids.Revolve) and frame.shape == "elbow":
            low = (0.0, 0.0)
            box: Box = ([0.0, 0.0, -z / 2], [x, y, z / 2])
        else:
            box = ([low[0], low[1], 0.0], [low[0] + x, low[1] + y, z])
        self.boxes[id(frame)] = box
        self.whole = ([*box[0]], [*box[1]])

    def _hollow(self, wall: float, frame: Frame) -> None:
        vessel = frame.noun in VESSELS and not frame.has("closed", "open_bottom")
        opened = ("top",) if vessel or frame.has("open_top", "open") else ()
        if frame.has("open_bottom"):
            opened = (*opened, "bottom") if frame.has("open_top") else ("bottom",)
        self.features.append(solids.Shell(thickness=wall, open=opened, id="shell", name="shell"))

    def _shell(self, frame: Frame) -> None:
        wall = frame.get("wall", "thickness", "size", "width")
        if frame.has("both_ends", "through"):
            frame.flags |= {"open_top", "open_bottom"}
        if wall is None:
            self.refuse(frame, "how thick the wall is was not said")
            return
        base = self.base
        if base is not None and base.flags & {"open_top", "open_bottom"}:
            frame.flags |= base.flags
        sides = [spot.where.kind for spot in frame.spots if spot.where is not None]
        frame.flags |= {"open_" + one for one in sides if one in ("top", "bottom")}
        if not frame.flags & {"open_top", "open_bottom", "closed"}:
            frame.flags.add("open_top")
        self._hollow(wall, frame)
