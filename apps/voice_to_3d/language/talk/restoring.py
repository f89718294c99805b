"""What was taken away and may be wanted back: "put the lid back", "bring the chair back"."""

from __future__ import annotations

from collections.abc import Sequence

from wugan.apps.voice_to_3d.language.talk.object_names import lemmas, role_named
from wugan.apps.voice_to_3d.language.talk.reference_parts import roles_of
from wugan.apps.voice_to_3d.scene.edit import Add, Edit, Replace
from wugan.apps.voice_to_3d.scene.placement import Placement, Reference, Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene

MOST = 30
SKIPPED = frozenset({"the", "a", "an", "its", "their", "my", "all", "both", "that", "those", "these", "one", "please"})
ANY = frozenset({"it", "them", "everything", "this"})


def gone(before: Scene, after: Scene, old: Sequence[Object]) -> list[Object]:
    """Objects that are missing since `before`, or miss a part, as they were; the latest first.

    Args:
        before: the scene before a sentence.
        after: the scene after it.
        old: what was gone by then.
    """
    now = {one.id: one for one in after.objects}
    lost = []
    for one in before.objects:
        here = now.get(one.id)
        if here is None or (here != one and set(roles_of(one)) - set(roles_of(here))):
            lost.append(one)
    back = {one.id for one in lost}
    return [*lost, *(one for one in old if one.id not in back)][:MOST]


def restored(scene: Scene, old: Sequence[Object], said: Sequence[str]) -> tuple[list[Edit], list[Reference]]:
    """The edits that bring back what was said, and what it is; nothing where nothing of that name was taken away."""
    words = [word for word in said if word not in SKIPPED]
    edits: list[Edit] = []
    where: list[Reference] = []
    for one in old:
        here = scene.object(one.id)
        if here is None:
            named = tuple(words) == lemmas(one.name)[-len(words) :] if words else True
            if named or set(words) <= ANY:
                kept = one.place.of is None or scene.object(one.place.of) is not None
                edits.append(Add(object=one if kept else one.model_copy(update={"place": Placement()})))
                where.append(Reference(object=one.id))
            continue
        missing = [role for role in roles_of(one) if role not in roles_of(here)]
        if not missing:
            continue
        found = role_named(words, missing) if words and not set(words) <= ANY else (missing[0], 0)
        if found is None:
            continue
        edits.append(Replace(target=Reference(object=one.id), object=_whole(here, one, set(missing))))
        where.append(Reference(object=one.id, parts=Selector(role=found[0])))
        if words and set(words) <= ANY:
            break
    return edits, where


def _whole(here: Object, old: Object, missing: set[str]) -> Object:
    """The object as it is now, with the parts that it had."""
    changes = tuple(one for one in here.changes if not (one.remove and one.parts.role in missing))
    shape = here.shape
    if isinstance(shape, FamilyShape) and isinstance(old.shape, FamilyShape) and shape.family == old.shape.family:
        back = {
            name: old.shape.parameters.get(name)
            for name, value in shape.parameters.items()
            if (value is False or value == 0) and old.shape.parameters.get(name) != value
        }
        parameters = {name: value for name, value in shape.parameters.items() if name not in back}
        parameters |= {name: value for name, value in back.items() if value is not None}
        shape = shape.model_copy(update={"parameters": parameters})
    return here.model_copy(update={"changes": changes, "shape": shape})
