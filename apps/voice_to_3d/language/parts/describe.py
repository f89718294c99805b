"""`describe`: the description of a part in plain English becomes one typed object with its features.

This is the door to the reading of parts. Sentences are split (`sentences`), read into frames (`reader`, `clauses`,
`entities`, `nouns`, `measures`, `places`, `spots`), and frames are grounded to a body and features (`grounding`,
`bodies`, `joining`, `cutting`, `carving`, `edging`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.grounding import Ground
from wugan.apps.voice_to_3d.language.parts.reader import Reader
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.edit import Unread
from wugan.apps.voice_to_3d.scene.profile import RegularPolygon, Slot
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.apps.voice_to_3d.scene.solid import Feature, Solid
from wugan.errors import DataError, WuganError

LONGEST = 20_000


@dataclass(frozen=True)
class Description:
    """What a text about one part came to.

    Attributes:
        object: the part; `None` where no shape could be read.
        unread: phrases with a meaning that nothing holds, or that were refused, with the reason.
        assumed: what was decided for the speaker.
        read: reads another text in the same way; what came of it as a string.
    """

    object: Object | None
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()
    read: Callable[[str], str] | None = field(default=None, compare=False, repr=False)


def describe(text: str) -> Description:
    """Reads one part from one or many sentences."""
    if len(text) > LONGEST:
        return Description(
            None, (Unread(phrase=text[:300], reason=f"longer than {LONGEST} characters; describe one part"),)
        )
    reader = Reader().read(text)
    ground = Ground(reader).run()
    unread = (*reader.unread, *ground.unread)
    assumed = (*reader.assumed, *ground.assumed)
    if ground.solid is None:
        return Description(
            None, unread or (Unread(phrase=text[:300] or "(nothing)", reason="no shape was found in it"),), assumed
        )
    try:
        features, dropped = verified(ground.solid, tuple(ground.features))
    except DataError as error:  # the solid itself cannot be
        refused = Unread(phrase=text[:300], reason=str(error).splitlines()[0][:300])
        return Description(None, (*unread, refused), assumed)
    unread = (*unread, *dropped)
    name = reader.title() or (ground.base.noun if ground.base is not None else "part")
    made = Object(id=f"{name.replace(' ', '-')}-1"[:80], name=name[:80], shape=ground.solid, features=features)
    return Description(made, unread, assumed)


def verified(shape: Solid, features: tuple[Feature, ...]) -> tuple[tuple[Feature, ...], tuple[Unread, ...]]:
    """The features that can be worked into a solid, and those that cannot with the reason."""
    from wugan.apps.voice_to_3d.geometry.features import Piece, Work

    kept: list[Feature] = []
    refused: list[Unread] = []
    work = Work([Piece(shape)], "part")
    for feature in features:
        try:
            work.apply(feature)
            kept.append(feature)
        except (WuganError, ValueError) as error:
            refused.append(Unread(phrase=feature.name or feature.kind, reason=str(error).splitlines()[0][:300]))
            work = Work([Piece(shape)], "part")
            for one in kept:
                work.apply(one)
    return tuple(kept), tuple(refused)


def read_feature(text: str, object: Object) -> tuple[tuple[Feature, ...], tuple[Unread, ...]]:
    """Reads what a sentence adds to a part that exists: "add two 5 mm holes in the top".

    The features' ids do not clash with those of the object.
    """
    if len(text) > LONGEST:
        return (), (Unread(phrase=text[:300], reason=f"longer than {LONGEST} characters; say one change"),)
    reader = Reader()
    try:
        ground = known(reader, object)
    except WuganError as error:
        return (), (Unread(phrase=text[:300], reason=str(error)[:300]),)
    before = len(reader.frames)
    reader.number = 1
    reader.read(text)
    ground.extend(reader.frames[before:])
    unread = (*reader.unread, *ground.unread)
    if not ground.features and not unread:
        unread = (Unread(phrase=text[:300], reason="no feature was found in it"),)
    return tuple(ground.features), unread


# Frames of an object that exists, so that a sentence can add to it: "drill two 5 mm holes in the top".

SHAPES = {
    "box": "box", "cylinder": "cylinder", "cone": "cone", "sphere": "sphere", "torus": "torus", "pyramid": "pyramid",
    "revolve": "cylinder", "extrude": "box", "compound": "box", "capsule": "cylinder",
}  # fmt: skip
WORDS = {
    "box": {"block", "plate", "box", "prism"},
    "cylinder": {"cylinder", "rod", "shaft", "disc"},
    "sphere": {"ball", "sphere"},
}


def known(reader: Reader, object: Object) -> Ground:
    """A ground on which the object stands already; its frames are the reader's.

    Raises:
        DataError: the object cannot be built.
    """
    base = _base(object)
    reader.frames.append(base)
    ground = Ground(reader)
    ground.base = base
    bare = object.model_copy(update={"features": (), "changes": (), "pattern": None, "scale": (1.0, 1.0, 1.0)})
    if isinstance(object.shape, FamilyShape):
        _family(ground, bare, base)
        return ground
    from wugan.apps.voice_to_3d.geometry.features import Piece, worked

    ground.solid = object.shape
    work = worked([Piece(object.shape)], tuple(object.features), object.name)
    own = work.base().bounding_box()
    ground.boxes[id(base)] = ([*own[:3]], [*own[3:]])
    ground.axes[id(base)] = (
        "z" if base.shape != "box" else max("xyz", key=lambda a: own["xyz".index(a) + 3] - own["xyz".index(a)])
    )
    body = work.body.bounding_box()
    ground.whole = ([*body[:3]], [*body[3:]])
    said = {one.id: one for one in object.features if one.id}
    for step in work.steps:
        feature = said.get(step.id)
        if feature is None or not isinstance(feature, solids.Join | solids.Cut):
            continue
        frame = _feature(feature)
        reader.frames.append(frame)
        box = step.box
        ground.boxes[id(frame)] = ([float(v) for v in box[:3]], [float(v) for v in box[3:]])
        ground.ids[id(frame)] = step.id
        axis = (feature.through or "z") if isinstance(feature, solids.Cut) else _axis(feature)
        ground.axes[id(frame)] = axis
        middles = [tool.bounding_box() for tool in step.tools]
        points = [{a: (m[k] + m[k + 3]) / 2 for k, a in enumerate("xyz")} for m in middles]
        ground.points[id(frame)] = (points, None)
    for feature in object.features:
        if feature.id and feature.id not in ground.ids.values():
            ground.ids[id(feature)] = feature.id
    return ground


def _base(object: Object) -> Frame:
    shape = object.shape
    kind = "box" if isinstance(shape, FamilyShape) else SHAPES.get(shape.kind, "box")
    names = {*object.name.lower().split(), "part", "body", "piece", "object"} | WORDS.get(kind, set())
    frame = Frame("solid", object.name.split()[-1].lower(), names, kind, said=object.name)
    if isinstance(shape, solids.Box):
        frame.sizes = [(size, axis) for size, axis in zip(shape.size, "xyz", strict=True)]
    elif isinstance(shape, solids.Cylinder):
        frame.dims = {"diameter": shape.diameter, "height": shape.height}
        frame.shape = "tube" if shape.inner_diameter else "cylinder"
    elif isinstance(shape, solids.Extrude):
        frame.dims = {"height": shape.height}
        if isinstance(shape.profile, RegularPolygon):
            frame.shape = "hexagon" if shape.profile.sides == 6 else "octagon"
    else:
        frame.dims = {"size": 1.0}
    return frame


def _feature(feature: solids.Join | solids.Cut) -> Frame:
    noun = (feature.name or feature.id).split("-")[0].lower()
    frame = Frame("cut" if isinstance(feature, solids.Cut) else "solid", noun, {noun}, said=noun)
    shape = feature.shape
    if isinstance(shape, solids.Cylinder):
        frame.shape, frame.dims = ("hole" if frame.kind == "cut" else "cylinder"), {"diameter": shape.diameter}
    elif isinstance(shape, solids.Box):
        frame.shape, frame.sizes = (
            ("pocket" if frame.kind == "cut" else "box"),
            [(size, a) for size, a in zip(shape.size, "xyz", strict=True)],
        )
    elif isinstance(shape, solids.Extrude) and isinstance(shape.profile, Slot):
        frame.shape, frame.dims = "slot", {"width": shape.profile.width, "apart": shape.profile.length}
    else:
        frame.dims = {"size": 1.0}
    return frame


def _axis(feature: solids.Join | solids.Cut) -> str:
    turn = feature.place.rotate
    return "x" if abs(turn[1]) == 90 else "y" if abs(turn[0]) == 90 else "z"


def _family(ground: Ground, object: Object, base: Frame) -> None:
    """An object of a family is worked as its box."""
    from wugan.apps.voice_to_3d.geometry.build import build
    from wugan.apps.voice_to_3d.scene.placement import Placement

    built = build(Scene(objects=(object.model_copy(update={"place": Placement()}),)))
    low, high = built.bounds()
    ground.boxes[id(base)] = ([float(v) for v in low], [float(v) for v in high])
    ground.whole = ([float(v) for v in low], [float(v) for v in high])
    base.sizes = [(float(high[k] - low[k]), axis) for k, axis in enumerate("xyz")]
    ground.solid = solids.Box(size=tuple(max(0.01, float(high[k] - low[k])) for k in range(3)))
    ground.axes[id(base)] = "z"
