"""`Resize` edits from what is said of a thing that is there: which dimension of which thing a word means."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.amounts import Amount
from wugan.apps.voice_to_3d.language.talk.object_kinds import SPANNING, Kind, kind_of_object
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.measure import bounds, part_boxes
from wugan.apps.voice_to_3d.scene.edit import Resize
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.apps.voice_to_3d.worked import features

AXES = {"width": "x", "depth": "y", "height": "z"}
OWN = ("width", "depth", "height")


def aimed(r: Reading, reference: Reference, word: str) -> tuple[Reference, str]:
    """The reference and the dimension of a `Resize` for a word ("width", "thickness", "all") said of a thing."""
    one = r.object(reference)
    if one is None:
        return reference, {**AXES, "length": "x", "short": "z", "diameter": "x"}.get(word, word)
    kind = kind_of_object(one)
    if reference.feature:
        return reference, _of_feature(one, reference.feature, word)
    if reference.parts is not None and reference.parts.role:
        return _of_part(reference, kind, word)
    return reference, _of_object(one, kind, word)


def _of_object(one: Object, kind: Kind, word: str) -> str:
    own = set(kind.numbers.values())
    if word == "short":
        word = "height" if "height" in own or "length" not in own else "length"
    if word in ("all", "size"):
        return "all"
    if word == "depth" and "depth" not in own and ("height" in own or not own):
        return "z" if isinstance(one.shape, FamilyShape) else "y"  # "twice as deep" of a bowl
    if word in AXES:
        return AXES[word]
    name = kind.numbers.get((word,))
    if word == "length":
        return name if name and name not in OWN else "x" if name == "width" else name or "length"
    if name:
        return AXES.get(name, name)
    if word == "thickness" and isinstance(one.shape, FamilyShape):
        thick = [name for name in own if name.endswith("_thickness") or name == "wall"]
        for likely in ("wall_thickness", "wall", "board_thickness", "top_thickness", *thick):
            if likely in own:
                return likely
    if word == "diameter":
        return "x"
    return word


def _of_part(reference: Reference, kind: Kind, word: str) -> tuple[Reference, str]:
    parts = reference.parts
    assert parts is not None
    every = not parts.sides and parts.index is None
    whole = Reference(object=reference.object)
    if word == "short":
        word = "height"
    if every and parts.role in SPANNING and word in ("width", "depth", "length", "diameter"):
        if kind.number(parts.role, word) is None and kind.number("", word):
            return whole, {**AXES, "length": "x", "diameter": "x"}[word]
    if every:
        name = kind.number(parts.role, "size" if word == "all" else word)
        if name and word == "all" and sum(one.startswith(parts.role.split()[0]) for one in kind.numbers.values()) > 1:
            name = None if not name.endswith(("diameter", "size")) else name
        if name:
            return whole, name
    return reference, {"all": "all", **AXES, "size": "all"}.get(word, word)


def _of_feature(one: Object, id: str, word: str) -> str:
    feature = next((f for f in features(one) if f.id == id), None)
    kind = feature.kind if feature else ""
    if kind in ("fillet", "chamfer", "shell"):
        return {"fillet": "radius", "chamfer": "size", "shell": "thickness"}[kind]
    if word in ("all", "size", "width", "diameter", "thickness"):
        return "all" if word != "diameter" else "diameter"
    return {"height": "height", "depth": "depth", "length": "length", "short": "length"}.get(word, word)


def resize(r: Reading, reference: Reference, amount: Amount) -> Resize:
    """The edit for a comparison."""
    target, dimension = aimed(r, reference, amount.dimension)
    if amount.like is not None:
        size = extent(r, amount.like, amount.like_dimension) * (amount.times or 1.0) + (amount.by or 0.0)
        now = extent(r, reference, amount.dimension) if amount.by is not None or amount.vague else 0.0
        if now > 0:  # "taller than the candle": its other sizes stay
            return Resize(target=target, dimension=dimension, times=round(size / now, 9))
        return Resize(target=target, dimension=dimension, to=round(size, 6))
    return Resize(target=target, dimension=dimension, to=amount.to, by=amount.by, times=amount.times)


def extent(r: Reading, reference: Reference, word: str) -> float:
    """How large a thing of the scene is (mm), in the dimension of a word."""
    if reference.parts is not None and reference.parts.role:
        boxes = [box for box in part_boxes(r.scene, reference.object) if box.role == reference.parts.role]
        sizes = [max(box.size(i) for box in boxes) for i in range(3)] if boxes else [0.0, 0.0, 0.0]
    else:
        low, high = bounds(r.scene, [reference.object])[reference.object]
        sizes = [high[i] - low[i] for i in range(3)]
    return {"width": sizes[0], "diameter": sizes[0], "depth": sizes[1], "height": sizes[2], "short": sizes[2],
            "length": max(sizes[:2]), "thickness": min(sizes), "all": max(sizes),
            "size": max(sizes)}.get(word, sizes[2])  # fmt: skip
