"""What was read of a phrase becomes objects: copies, places, edits."""

from __future__ import annotations

from dataclasses import replace

from wugan.apps.voice_to_3d.edits import apply
from wugan.apps.voice_to_3d.language.parts.describe import describe, read_feature
from wugan.apps.voice_to_3d.language.talk.arrangements import Arrangement
from wugan.apps.voice_to_3d.language.talk.enumerating import Each
from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.heads import Head
from wugan.apps.voice_to_3d.language.talk.object_kinds import Kind
from wugan.apps.voice_to_3d.language.talk.object_said import Refused, made, part_size_edits
from wugan.apps.voice_to_3d.language.talk.placements import following, free_place, gap_for, places, row
from wugan.apps.voice_to_3d.language.talk.primitives import Primitive
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.relations import Relation
from wugan.apps.voice_to_3d.measure import bounds, size
from wugan.apps.voice_to_3d.scene.edit import Add, AddFeature, Edit, Move
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement, Reference, Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.errors import DataError

MOST = 60  # objects of one phrase: more are a pattern nobody has asked for yet
CONTAINERS = ("bowl", "box", "basket", "vase", "crate", "bucket", "jar", "drawer", "tray", "bin", "aquarium")
SIDED = ("left", "right", "front", "behind")
SITTERS = ("chair", "stool", "armchair", "bar stool", "bench")


class Making:
    """Makes the objects that a phrase describes."""

    r: Reading
    each: Each

    def _make(
        self, head: Head, kind: Kind, reader: Describer, related: list[Relation], arranged: Arrangement | None,
        holder: list[Reference] | None, span: tuple[int, int],
    ) -> list[Reference]:  # fmt: skip
        r = self.r
        if head.count > MOST:
            r.refuse(*span, f"{head.count} objects at once are too many; say {MOST} or fewer, or a pattern")
            return []
        assumed: list[str] = []
        self._two_colours(reader, span)
        try:
            one = made(new_id(r, head.name), kind, reader.said, span, assumed)
            one = self._described(one, kind, reader, head, assumed)
        except Refused as refused:
            r.refuse(*span, refused.reason)
            return []
        one = one.model_copy(update={"name": head.name})
        if head.more:
            one = like_another(r, one, reader)
        count = head.count
        relation_said = related[-1] if related else self._held(holder, head)
        if holder and related and related[-1].how in SIDED and {"on", "side"} <= set(r.lemmas(*span)):
            side = "back" if related[-1].how == "behind" else related[-1].how
            relation_said = Relation(
                "on", list(holder), related[-1].end, None, (side,)
            )  # "with a lamp on the left side"
        if relation_said and relation_said.how in ("sides", "corners") and count == 1:
            count = 2 if relation_said.how == "sides" else 4
        try:
            edits, references = self._edits(one, count, relation_said, arranged, reader)
        except DataError as error:
            r.refuse(*span, str(error))
            return []
        if not r.carry(edits, *span, known=False):
            return []
        r.assumed += assumed
        r.unknown(reader.said.unknown)
        for start, stop in reader.said.features:
            self.work(references, start, stop)
        return references

    def _two_colours(self, reader: Describer, span: tuple[int, int]) -> None:
        """Such as "red and white" of the whole: which part has which was not said, so neither is taken."""
        r = self.r
        whole = [paint for paint in reader.said.paints if paint[0] == Selector()]
        if len({paint[1].name for paint in whole}) < 2:
            return
        for m in range(*span):
            first = r.material(m, span[1])
            if first is None or r.lemma(first[1], span[1]) != "and":
                continue
            second = r.material(first[1] + 1, span[1])
            if second is not None and {first[0].name, second[0].name} <= {paint[1].name for paint in whole}:
                reader.said.paints = [paint for paint in reader.said.paints if paint not in whole]
                r.refuse(m, second[1], "which part shall have which of the two was not said; say it of each part")
                return

    def _described(self, one: Object, kind: Kind, reader: Describer, head: Head, assumed: list[str]) -> Object:
        """A plain body with holes, slots or edges: read as a part from the same words, where all of them are read."""
        if not reader.said.features or kind.family is None or not issubclass(kind.family, Primitive):
            return one
        found = describe(self.r.phrase(head.start, reader.said.features[-1][1]))
        if found.object is None or found.unread:
            return one
        reader.said.features.clear()
        assumed += found.assumed
        return one.model_copy(update={"shape": found.object.shape, "features": found.object.features})

    def _held(self, holder: list[Reference] | None, head: Head) -> Relation | None:
        """Such as "a desk with a lamp": on it; "a table with four chairs": around it; "a bowl with an apple": in it."""
        one = self.r.object(holder[0]) if holder else None
        if one is None:
            return None
        name = head.kind.names[0]
        how = "around" if name in SITTERS else "in" if one.name in CONTAINERS else "on"
        self.r.assumed.append(f"the {head.name} goes {how} the {one.name}")
        return Relation(how, list(holder or []), 0)

    def _edits(
        self, one: Object, count: int, where: Relation | None, arranged: Arrangement | None, reader: Describer
    ) -> tuple[list[Edit], list[Reference]]:
        r = self.r
        edits: list[Edit] = []
        if where is not None and where.how == "under" and where.targets and self.solid_below(where):
            start = free_place(r.scene)
            held = r.scene.object(where.targets[0].object)
            if held is not None and held.place.relation not in ("on", "in", "above"):
                start = held.place
            spots = row(one, count, arranged, start)
            lifted = Move(target=Reference(object=where.targets[0].object), place=upon(one.id))
        else:
            lifted = None
            scene = r.scene
            if where is not None and where.how == "between" and len(where.targets) > 1:
                edits += self._make_room(one, where, count)
                for edit in edits:
                    scene = apply(scene, edit)
            spots = (
                [
                    spot
                    for to in where.targets
                    for spot in places(scene, replace(where, targets=[to]), one, count, arranged)
                ]
                if where is not None and where.each
                else places(scene, where, one, count, arranged)
                if where is not None
                else following(one, count, arranged, free_place(scene))
            )
        if self.each.sizes and count > 1:
            spots = self._one_by_one(one, spots, arranged)
        references = []
        for n, spot in enumerate(spots):
            copy = one.model_copy(update={"id": one.id if n == 0 else new_id(r, one.name, n), "place": spot})
            edits.append(Add(object=copy))
            edits += part_size_edits(copy, reader.said)
            references.append(Reference(object=copy.id))
        scene = r.scene
        for edit in edits:
            scene = apply(scene, edit)
        r.scene, before = scene, r.scene
        edits += self.each.edits(r, references)
        r.scene = before
        if lifted is not None:
            edits.append(lifted)
        return edits, references

    def _one_by_one(self, one: Object, spots: list[Placement], arranged: Arrangement | None) -> list[Placement]:
        """Places of things of different sizes: each on the one before or beside it, whatever its size."""
        gap = arranged.apart if arranged and arranged.apart is not None else gap_for(max(size(one)[:2]))
        made = spots[:1]
        for n in range(1, len(spots)):
            before = one.id if n == 1 else new_id(self.r, one.name, n - 1)
            if arranged is not None and arranged.how == "stack":
                made.append(upon(before))
            else:
                beside = Coordinate(to="max", own="min", offset=gap)
                made.append(Placement(x=beside, z=Coordinate(to="min", own="min"), of=before, relation="right"))
        return made

    def _make_room(self, one: Object, where: Relation, count: int) -> list[Edit]:
        """Moves the second of two things away where what shall be between them does not fit."""
        ids = [where.targets[0].object, where.targets[-1].object]
        boxes = bounds(self.r.scene, ids)
        (low, high), (low2, high2) = boxes[ids[0]], boxes[ids[1]]
        gaps = [max(low2[i] - high[i], low[i] - high2[i]) for i in range(2)]
        axis = gaps.index(max(gaps))
        need = count * size(one)[axis] * 1.2 - gaps[axis]
        if need <= 0:
            return []
        sign = 1.0 if low2[axis] >= low[axis] else -1.0
        by = (sign * need, 0.0, 0.0) if axis == 0 else (0.0, sign * need, 0.0)
        return [Move(target=Reference(object=ids[1]), by=by)]

    def solid_below(self, where: Relation) -> bool:
        """Whether nothing can stand under the target: it has no legs to stand between."""
        one = self.r.scene.object(where.targets[0].object)
        if one is None or one.place.relation in ("on", "above"):
            return False
        from wugan.apps.voice_to_3d.language.talk.reference_parts import roles_of

        return not {"leg", "post", "trestle", "pedestal", "shelf", "side panel", "pole"} & set(roles_of(one))

    def work(self, references: list[Reference], start: int, stop: int) -> None:
        """Works a hole, slot or edge, said from `start` to `stop`, into objects."""
        r = self.r
        for reference in references:
            one = r.object(reference)
            if one is None:
                continue
            found, unread = read_feature(r.phrase(start, stop), one)
            edits: list[Edit] = [AddFeature(target=reference, feature=feature) for feature in found]
            if edits:
                r.carry(edits, start, stop)
            r.unread += list(unread)
            if not edits and not unread:
                r.refuse(start, stop, "no hole, slot or edge was understood in this")
        r.know(start, stop)


def new_id(r: Reading, name: str, ahead: int = 0) -> str:
    """An id that no object has had in this scene: `table-1`."""
    stem = "-".join(name.split())
    taken = {one.id for one in r.scene.objects}
    free = (f"{stem}-{n}" for n in range(1, 10_000) if f"{stem}-{n}" not in taken)
    for _ in range(ahead):
        next(free)
    return next(free)


def upon(id: str) -> Placement:
    """The place on top of an object, over its middle."""
    return Placement(z=Coordinate(to="max", own="min"), of=id, relation="on")


def alike(old: Object, one: Object) -> bool:
    """Whether two objects are of one kind: of a family, or of a name."""
    if isinstance(old.shape, FamilyShape) and isinstance(one.shape, FamilyShape):
        return old.shape.family == one.shape.family
    return old.name == one.name


def like_another(r: Reading, one: Object, reader: Describer) -> Object:
    """Such as "another chair" is like the one that is there, but for what was said."""
    same = [old for old in r.scene.objects if type(old.shape) is type(one.shape) and alike(old, one)]
    if not same:
        return one
    model = same[-1]
    shape = model.shape
    if isinstance(shape, FamilyShape) and isinstance(one.shape, FamilyShape):
        if shape.family != one.shape.family:
            return one
        shape = FamilyShape(family=shape.family, parameters={**shape.parameters, **one.shape.parameters})
    elif reader.said.parameters:
        shape = one.shape
    return model.model_copy(
        update={"id": one.id, "shape": shape, "material": one.material or model.material,
                "changes": (*model.changes, *one.changes), "pattern": None}
    )  # fmt: skip
