"""Building: things become a body and features, in the order they were said; what cannot be built is told."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.assembly.absorbing import absorb
from wugan.apps.voice_to_3d.language.assembly.copies import copy_base
from wugan.apps.voice_to_3d.language.assembly.cutting import Cutting
from wugan.apps.voice_to_3d.language.assembly.edging import edge_features
from wugan.apps.voice_to_3d.language.assembly.frame import (
    IDENTITY,
    NUMBER,
    Made,
    Matrix,
    after,
    angles,
    back,
    turned,
    upright,
)
from wugan.apps.voice_to_3d.language.assembly.hollowing import hollow_out
from wugan.apps.voice_to_3d.language.assembly.placing import Placing
from wugan.apps.voice_to_3d.language.assembly.reader import Reader
from wugan.apps.voice_to_3d.language.assembly.sections import stairs
from wugan.apps.voice_to_3d.language.assembly.shapes import ROUND, guess, shape
from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.parts.body import Body
from wugan.apps.voice_to_3d.language.parts.extents import box_axes
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.edit import Unread
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement, Points


class Building:
    """The part as it grows.

    Attributes:
        bodies: what stands, in order; the first is the base.
        features: in the world's frame until `result` turns them into the base's.
        last: the middle of what was placed last; `floor`: thickness of the floor inside a hollow base.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.things = reader.things
        self.totals = reader.totals
        self.stock = reader.stock
        self.bodies: list[Made] = []
        self.cuts: list[Made] = []
        self.features: list[tuple[solids.Feature, Matrix, list[list[float]] | None, int]] = []
        self.unread: list[Unread] = []
        self.assumed: list[str] = []
        self.base_thing: Thing | None = None
        self.base_turn: Matrix = IDENTITY
        self.solid: solids.Solid | None = None
        self.last: list[float] | None = None
        self.direction = 1
        self.floor = self.wall = 0.0
        self.hollow: tuple[Thing, Body, Made] | None = None
        self.centred = reader.origin == "centre"
        self.names: dict[str, int] = {}

    # --- what others ask

    def made_of(self, thing: Thing) -> Made | None:
        """Where a thing is; a group is where its first member is."""
        for one in (*self.bodies, *self.cuts):
            if one.thing is thing:
                return one
        for member in thing.members:
            found = next((one for one in (*self.bodies, *self.cuts) if one.thing is member), None)
            if found is not None:
                return found
        group = thing.group
        return (
            next((one for one in (*self.bodies, *self.cuts) if one.thing is group), None) if group is not None else None
        )

    def base_box(self) -> Made:
        """The base."""
        return self.bodies[0]

    def whole(self) -> Made:
        """The box of everything so far."""
        low, high = [*self.bodies[0].low], [*self.bodies[0].high]
        for one in self.bodies:
            half = [(b - a) / 2 for a, b in zip(one.low, one.high, strict=True)]
            for point in one.points or [[(a + b) / 2 for a, b in zip(one.low, one.high, strict=True)]]:
                low = [min(a, p - h) for a, p, h in zip(low, point, half, strict=True)]
                high = [max(a, p + h) for a, p, h in zip(high, point, half, strict=True)]
        base = self.bodies[0]
        return Made(base.thing, base.solid, low, high, base.turn, base.axis)

    def spanned(self, made: Made) -> Made:
        """The box of all alike: "on top of them"."""
        if len(made.points) < 2:
            return made
        half = [(b - a) / 2 for a, b in zip(made.low, made.high, strict=True)]
        low = [min(p[k] for p in made.points) - half[k] for k in range(3)]
        high = [max(p[k] for p in made.points) + half[k] for k in range(3)]
        return Made(made.thing, made.solid, low, high, made.turn, made.axis, made.points, made.ident)

    def hints(self, thing: Thing) -> list[str]:
        """The sides that were said of a thing."""
        return [side for place in thing.where for side in place.sides] + sorted(
            thing.which & {"left", "right", "front", "back"}
        )

    def refuse(self, thing: Thing, reason: str) -> None:
        """Keeps a phrase with the reason why it is not built."""
        self.unread.append(Unread(phrase=(thing.said or thing.noun)[:300], reason=reason))

    def name(self, noun: str) -> str:
        """A fresh id."""
        self.names[noun] = self.names.get(noun, 0) + 1
        return f"{noun.replace(' ', '-')}-{self.names[noun]}"

    # --- the way through

    def run(self) -> Building:
        """Builds everything."""
        for thing in self.things:
            thing.settle()
        things = absorb(self)
        for thing in things:
            for _ in range(2):
                thing.settle()
            for role in thing.ratios:
                self.refuse(thing, f"the {role} that its {role} was said by is not known")
        bodies = [one for one in things if one.kind == "body"]
        free = [one for one in bodies if not self._leaning(one, bodies)] or bodies
        base = next(
            (one for one in free if one.op != "common" and not one.members and one.group is None), None
        ) or next((one for one in bodies if not one.members), None)
        if base is not None:
            self._guarded(base, self._base)
        for thing in self._ordered(things, base):
            if self.solid is None:
                break
            if thing.kind != "edge":
                self._emptied()
            self._guarded(thing, self._one)
        self._emptied()
        return self

    def _emptied(self) -> None:
        """Hollows the base, once, when the edge treatments that were said before are there."""
        if self.hollow is not None:
            (thing, made, box), self.hollow = self.hollow, None
            hollow_out(self, thing, made, box)

    def _leaning(self, thing: Thing, bodies: list[Thing]) -> bool:
        """Whether it is placed against another body that was named, "stands on the flange"."""
        group = thing.group
        places = [*thing.where, *(group.where if isinstance(group, Thing) else [])]
        return any(
            one.of is not None
            and one.of is not thing
            and one.of is not group
            and one.of in bodies
            and one.of.said_size
            and one.how in ("on", "under", "at", "from", "to", "beside", "above", "inside", "distance", "flush")
            and not self._leans_back(one.of, thing)
            for one in places
        )

    def _leans_back(self, other: Thing, thing: Thing) -> bool:
        return any(one.of is thing for one in other.where)

    def _ordered(self, things: list[Thing], base: Thing | None) -> list[Thing]:
        """Within a step what is added comes before what is cut; edges stay where they were said."""
        rest = [one for one in things if one is not base and not (one.members and self._covered(one))]
        ordered: list[Thing] = []
        run: list[Thing] = []
        for thing in [*rest, None]:
            if thing is None or thing.kind == "edge" or (run and thing.step != run[-1].step):
                ordered += sorted(run, key=lambda one: one.kind != "body")
                run = []
            if thing is not None:
                (ordered if thing.kind == "edge" else run).append(thing)
        for thing in [one for one in ordered if one.kind == "body"]:  # what it leans on comes first
            of = [one.of for one in thing.where if one.of in ordered and one.of is not None and one.of.kind == "body"]
            behind = max((ordered.index(one) for one in of), default=-1)
            if behind > ordered.index(thing) and not any(self._leans_back(one, thing) for one in of):
                ordered.remove(thing)
                ordered.insert(behind, thing)
        late = [one for one in ordered if one.kind == "cut" and "through_all" in one.flags]
        last = max((number for number, one in enumerate(ordered) if one.kind == "body"), default=-1)
        for one in late:
            if ordered.index(one) < last:
                ordered.remove(one)
                ordered.insert(last, one)
        return ordered

    def _covered(self, group: Thing) -> bool:
        return sum(one.count for one in group.members) >= group.count

    def _guarded(self, thing: Thing, build: object) -> None:
        try:
            build(thing)  # type: ignore[operator]
        except (ValueError, ArithmeticError, LookupError, AssertionError, TypeError) as error:
            self.refuse(thing, f"cannot be built: {(str(error).splitlines() or [type(error).__name__])[0][:200]}")

    def _one(self, thing: Thing) -> None:
        if thing.op == "common":
            thing.flags.add("crossing")
        if thing.kind == "body":
            lacking = Placing(self, thing).run()
            if lacking:
                self.refuse(thing, f"its shape lacks {lacking}")
        elif thing.kind == "cut":
            lacking = Cutting(self, thing).run()
            if lacking:
                self.refuse(thing, lacking)
        else:
            edge_features(self, thing)

    def _base(self, thing: Thing) -> None:
        thing.shape = guess(thing)
        thing.flags.add("is_base")
        if "both_ways" in thing.flags and thing.get("height") is not None:
            thing.dims["height"] = 2 * thing.dims["height"]
        if thing.noun in ("step", "stair", "staircase") and thing.count > 1:
            deep, high, wide = thing.get("depth"), thing.get("height"), thing.get("width", "length")
            if deep is None or high is None or wide is None:
                self.refuse(thing, "its shape lacks the depth, height and width of a step")
                return
            made_stairs = stairs(thing.count, deep, high, wide)
            thing.shape, thing.count = "stairs", 1
            self._stand(thing, made_stairs, upright("y", -1))
            return
        hints = {"z": self.stock} if self.stock else {}
        if thing.op == "common":
            thing.op = "add"
        if thing.shape == "box" and thing.size("height", "thickness") is None and "z" not in box_axes(thing):
            for role in ("height", "thickness"):
                if role in self.totals:
                    hints["z"] = self.totals[role]
        made = shape(thing, hints)
        if isinstance(made, str):
            self.refuse(thing, f"its shape lacks {made}")
            return
        self._stand(thing, made, self._base_turn(thing, made))

    def _stand(self, thing: Thing, made: Body, turn: Matrix) -> None:
        """The base stands on the floor."""
        size = turned(made.size, turn)
        low = [-size[0] / 2, -size[1] / 2, 0.0]
        if made.low is not None and turn == IDENTITY:
            low = [made.low[0], made.low[1], 0.0]
        self.base_thing, self.base_turn, self.solid = thing, turn, made.solid
        box = Made(thing, made.solid, low, [a + s for a, s in zip(low, size, strict=True)], turn)
        box.points = [[(a + b) / 2 for a, b in zip(box.low, box.high, strict=True)]]
        box.axis = self._axis(thing, turn, size)
        self.bodies.append(box)
        self.hollow = (thing, made, box)
        bore = thing.get("inner_diameter")
        if (
            bore is not None
            and not isinstance(made.solid, (solids.Cylinder, solids.Torus))
            and thing.shape in ("gear", "hexagon", "octagon", "box", "pentagon", "star")
        ):
            hole = Thing("cut", "bore", {"bore", "hole"}, "hole", step=thing.step)
            high = made.size[2]
            self.cut(
                hole,
                solids.Cylinder(diameter=bore, height=high),
                turn,
                [[*box.points[0]]],
                list(turned((bore, bore, high), turn)),
            )
        if thing.count > 1:
            copy_base(self, thing, box, made)

    def _base_turn(self, thing: Thing, made: Body) -> Matrix:
        if isinstance(made.solid, solids.Box):
            return IDENTITY
        if thing.letter and thing.letter in "lutcihz":
            return upright("y", -1)
        said = thing.axis if thing.axis in ("x", "y", "z") else ""
        for place in thing.where:
            if place.how == "axis" and place.axis in ("x", "y", "z"):
                said = said or place.axis
        return upright(said, 1) if said else IDENTITY

    def _axis(self, thing: Thing, turn: Matrix, size: tuple[float, float, float]) -> str:
        if thing.shape in ROUND or thing.letter or thing.points:
            return next(one for one in "xyz" if turn[NUMBER[one]][2] != 0)
        return max("xyz", key=lambda one: size[NUMBER[one]])

    # --- adding

    def join(
        self, thing: Thing, solid: solids.Solid, turn: Matrix, points: list[list[float]], size: list[float]
    ) -> None:
        """Adds a body at points."""
        ident = self.name(thing.noun)
        low = [points[0][k] - size[k] / 2 for k in range(3)]
        box = Made(thing, solid, low, [a + s for a, s in zip(low, size, strict=True)], turn, points=points, ident=ident)
        box.axis = self._axis(thing, turn, (size[0], size[1], size[2]))
        cls = solids.Common if thing.op == "common" else solids.Join
        self.features.append((cls(id=ident, name=thing.noun, shape=solid), turn, points, thing.step))
        if "full_round" in thing.flags and isinstance(solid, solids.Box) and thing.side:
            axis, way = thing.side
            wide = size[1 if axis == "x" else 0]
            names: dict[tuple[str, int], solids.Edges] = {
                ("x", 1): "right",
                ("x", -1): "left",
                ("y", 1): "back",
                ("y", -1): "front",
            }
            if (axis, way) in names:
                self.work(
                    solids.Fillet(
                        id=self.name("fillet"), name="fillet", of=ident, edges=(names[axis, way],), radius=wide * 0.4999
                    )
                )
        self.bodies.append(box)
        self.last = points[-1]

    def cut(
        self, thing: Thing, solid: solids.Solid, turn: Matrix, points: list[list[float]], size: list[float]
    ) -> Made:
        """Takes a shape away at points."""
        ident = self.name(thing.noun)
        low = [points[0][k] - size[k] / 2 for k in range(3)]
        box = Made(thing, solid, low, [a + s for a, s in zip(low, size, strict=True)], turn, points=points, ident=ident)
        box.axis = next(one for one in "xyz" if turn[NUMBER[one]][2] != 0)
        self.features.append((solids.Cut(id=ident, name=thing.noun, shape=solid), turn, points, thing.step))
        self.cuts.append(box)
        self.last = points[-1]
        return box

    def work(self, feature: solids.Feature) -> None:
        """Adds an edge treatment."""
        self.features.append((feature, IDENTITY, None, 0))

    # --- the result

    def result(self) -> tuple[solids.Feature, ...]:
        """The features in the frame of the base, whose own axis lies along z."""
        undo = back(self.base_turn)
        made: list[solids.Feature] = []
        if not self.bodies:
            return ()
        base = self.bodies[0] if self.bodies[0].thing is self.base_thing else None
        middle = base.points[0] if base is not None and base.points else [0.0, 0.0, 0.0]
        own_size = turned(tuple(base.high[k] - base.low[k] for k in range(3)), undo) if base is not None else (0.0,) * 3  # type: ignore[arg-type]
        for feature, turn, points, _ in self.features:
            if points is None:
                made.append(feature)
                continue
            own = [self._own(point, undo, middle, own_size[2]) for point in points]
            x, y, z = own[0]
            place = Placement(
                x=Coordinate(to="origin", offset=x),
                y=Coordinate(to="origin", offset=y),
                z=Coordinate(to="origin", offset=z),
                rotate=angles(after(turn, undo)),
            )
            pattern = None
            if len(own) > 1:
                pattern = Points(
                    offsets=tuple((round(p[0] - x, 6), round(p[1] - y, 6), round(p[2] - z, 6)) for p in own)
                )
            made.append(feature.model_copy(update={"place": place, "pattern": pattern}))
        return tuple(made)

    def _own(self, point: list[float], undo: Matrix, middle: list[float], tall: float) -> list[float]:
        if self.base_turn == IDENTITY:
            return [round(value, 6) for value in point]
        off = [a - b for a, b in zip(point, middle, strict=True)]
        made = [sum(undo[row][k] * off[k] for k in range(3)) for row in range(3)]
        made[2] += tall / 2
        return [round(value, 6) for value in made]
