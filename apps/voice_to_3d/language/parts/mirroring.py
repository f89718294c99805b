"""Mirroring: "mirror the pocket about the centre plane", "the same on the other side", "repeated at the right end"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.boxes import extent, middle
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Where
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at
from wugan.apps.voice_to_3d.language.parts.nouns import read_np
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Axis, Mirror

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

MIRRORING = words("mirror mirrored mirroring reflect reflected duplicate duplicated repeat repeated copy copied")
SIDES = {"left": "x", "right": "x", "front": "y", "back": "y", "rear": "y", "top": "z", "bottom": "z", "underside": "z"}
PLANES = {"yz": "x", "zy": "x", "xz": "y", "zx": "y", "xy": "z", "yx": "z"}
FAR = words("side end edge half face corner direction")


def mirrored(reader: Reader, i: int) -> int:
    """The index after a statement that something is there again as its mirror image, or `i`."""
    found = reader.tokens
    word = lemma_at(found, i)
    rest = [token.lemma for token in found[i:]]
    same = word in ("the", "this") and lemma_at(found, i + 1) == "same"
    if not same and word not in MIRRORING:
        return i
    if any(token.quantity and token.quantity.kind in ("length", "sizes", "angle") for token in found[i:]):
        return i
    passive = word in ("mirrored", "reflected", "duplicated", "repeated", "copied")
    if same and not _away(rest):
        return i
    if not any(one.kind == "cut" or one.group is None for one in reader.frames if one.sized):
        return i
    targets = _targets(reader, i + 1 if not same else i, passive)
    if (
        same
        and not targets
        and lemma_at(found, i + 2) not in ("on", "at", "in", "from", "thing", "is", "go", "feature")
    ):
        return i
    if not targets:
        focus = reader.focus
        while focus is not None and focus.group is not None:
            focus = focus.group
        targets = [focus] if focus is not None and focus.kind in ("cut", "solid") else []
    if not targets or (targets[0] is reader.base() and len(targets) == 1):
        return i
    axes = _axes(rest)
    frame = Frame("mirror", "mirror", {"mirror"}, said=" ".join(token.text for token in found[i:]), axis=axes)
    frame.targets = [Where("", set(), one) for one in targets]
    frame.sentence, frame.step = reader.number, reader.step
    reader.frames.append(frame)
    return len(found)


def _away(rest: list[str]) -> bool:
    """Whether "the same … on the other side" names another side."""
    return any(
        a in ("other", "opposite", *SIDES) and (b in (*FAR, "") or a in SIDES)
        for a, b in zip(rest, [*rest[1:], ""], strict=True)
    )


def _targets(reader: Reader, k: int, passive: bool) -> list[Frame]:
    """The features named after the verb: "the pocket and both holes", "it", "all of these features"."""
    found = reader.tokens
    targets: list[Frame] = []
    while k < len(found) and not passive:
        np = read_np(found, k)
        if np is None or not np.entity or np.end <= k:
            break
        frames = [one for one in reader.matches(np) if one.kind in ("cut", "solid") and one.sized]
        if np.head in ("feature", "cut", "cutout") and np.plural and not frames:
            frames = [one for one in reader.frames if one.kind == "cut"]
        several = np.plural or np.det in ("both", "all")
        if not several:
            frames = frames[:1]
        elif np.count or np.det == "both":
            wanted = np.count or 2
            while sum(one.count for one in frames) > wanted and len(frames) > 1:
                frames.pop()
        targets += [one for one in frames if one not in targets and one is not reader.base()]
        k = np.end
        while lemma_at(found, k) in ("and", ","):
            k += 1
    return targets


def _axes(rest: list[str]) -> str:
    """The axes along which the image is turned over; "" where only the features tell."""
    joined = " ".join(rest)
    for plane, axis in PLANES.items():
        if f" {plane} plane" in joined or f" {plane}" in joined[-4:]:
            return axis
    about = [one for one in "xyz" if f"{one} axis" in joined and "along" not in rest and "direction" not in rest]
    if about and about[0] in "xy":
        return {"x": "y", "y": "x"}[about[0]]
    along = [one for one in "xyz" if f"along {one}" in joined or f"in {one}" in joined or f"along the {one}" in joined]
    lines = ("x" if "vertical" in rest else "") + ("y" if "horizontal" in rest else "")
    if any(f"both {one}" in joined for one in ("axis", "direction", "centreline", "plane", "way")):
        lines = "xy"
    return lines or "".join(along) or next((SIDES[word] for word in rest if word in SIDES), "")


def mirror_feature(ground: Ground, frame: Frame) -> None:
    """Gives the features their mirror images in the middle planes of the body."""
    frames = [one for where in frame.targets if where.of is not None for one in [where.of, *where.of.members]]
    idents = {ground.ids[id(one)] for one in frames if id(one) in ground.ids}
    widened = [one for one in ground.frames if one.lead in frames and id(one) in ground.ids]
    idents |= {ground.ids[id(one)] for one in widened}
    if not idents:
        ground.refuse(frame, "what is to be mirrored is not there")
        return
    axes = frame.axis or _off_middle(ground, frames)
    image = Mirror(axes=tuple(_axis(one) for one in axes))
    for number, feature in enumerate(ground.features):
        if feature.id in idents and isinstance(feature, solids.Join | solids.Cut):
            ground.features[number] = feature.model_copy(update={"then": (*feature.then, image)})


def _axis(letter: str) -> Axis:
    return "x" if letter == "x" else "y" if letter == "y" else "z"


def _off_middle(ground: Ground, frames: list[Frame]) -> str:
    """The axis along which the features lie farthest from the middle of the part."""
    boxes = [ground.boxes[id(one)] for one in frames if id(one) in ground.boxes]
    off = {
        axis: sum(abs(middle(box, axis) - middle(ground.whole, axis)) for box in boxes) / extent(ground.whole, axis)
        for axis in "xy"
    }
    return max(off, key=lambda axis: off[axis])


__all__ = ["mirror_feature", "mirrored"]
