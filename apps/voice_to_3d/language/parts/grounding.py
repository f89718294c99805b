"""Grounding: frames become the object's body and features, in the order they were said."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.parts.absorbing import absorbed, floors, inside_corners, prepared
from wugan.apps.voice_to_3d.language.parts.bodies import Body, body, guess
from wugan.apps.voice_to_3d.language.parts.cutting import Cutter
from wugan.apps.voice_to_3d.language.parts.edging import edge_feature
from wugan.apps.voice_to_3d.language.parts.extents import box_axes
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.joining import Joiner
from wugan.apps.voice_to_3d.language.parts.links import link
from wugan.apps.voice_to_3d.language.parts.locating import Box, extent
from wugan.apps.voice_to_3d.language.parts.mirroring import mirror_feature
from wugan.apps.voice_to_3d.language.parts.reader import Reader
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.edit import Unread
from wugan.apps.voice_to_3d.scene.placement import Pattern

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
        opened = ("top",) if frame.has("open_top", "open") else ()
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
