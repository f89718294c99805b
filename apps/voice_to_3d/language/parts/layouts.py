"""Layouts: how many copies of a cut or boss there are and where, from its places, spacings, grids and circles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where, extent, middle, side_of
from wugan.apps.voice_to_3d.language.parts.locating import Locator
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at, role_at
from wugan.apps.voice_to_3d.language.parts.nouns import read_np
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Axis, Mirror, Pattern, Polar

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


EACH = {"each", "either", "both", "all", "every"}


@dataclass
class Layout:
    """Points in the plane of the feature, or a polar pattern about a middle."""

    points: list[dict[str, float]]
    polar: Pattern | None = None


def layout(ground: Ground, frame: Frame, locator: Locator) -> Layout:
    """Where the copies of a frame lie."""
    axes = locator.axes
    if (mids := _side_middles(frame, locator)) is not None:
        frame.count, frame.counted = len(mids), True
        return Layout(mids)
    told = [spot for spot in frame.all_spots() if spot.where is not None]
    for spot in told:  # "through the centre of each pocket"
        of = spot.where.of if spot.where is not None else None
        inside = spot.kind in ("through", "at", "into", "around", "centred")
        if of is not None and of.kind == "cut" and of.count > 1 == frame.count and inside and id(of) in ground.points:
            points, polar = ground.points[id(of)]
            if spot.where is not None and spot.where.kind in ("centre", "middle", "", "bottom") and len(points) > 1:
                return Layout([{axis: point[axis] for axis in axes} for point in points], polar)
    beside = [spot.where for spot in told if spot.where and spot.where.kind == "side" and spot.kind in ("at", "on")]
    if frame.count == 1 and any(w.of is not None and w.of.kind == "cut" and w.which & EACH for w in beside):
        frame.count, frame.flags = 2, frame.flags | {"both_sides"}  # "on either side of the groove a hole"
    count = (
        frame.count
        if frame.counted or frame.count > 1
        else (frame.group.count if frame.group is not None and not frame.group.members else frame.count)
    )
    stated = next((spot.points for spot in frame.all_spots() if spot.points), ())
    if stated:
        low = {a: locator.host[0][k] if ground.corner_origin else middle(locator.host, a) for k, a in enumerate("xyz")}
        plane = sorted(axes) if locator.normal else ["x", "y"]
        rest = {a: locator.values.get(a, [middle(locator.host, a)])[0] for a in axes}
        return Layout([{**rest, **{a: low[a] + v for a, v in zip(plane, point, strict=False)}} for point in stated])
    circle = frame.get("circle")
    central = [spot for spot in frame.all_spots() if spot.kind == "from" and spot.value and _central(spot)]
    if circle is None and count > 2 and frame.has("even") and len(central) == 1 and not central[0].axes:
        circle = 2 * (central[0].value or 0.0)  # "six holes, equally spaced, 30 mm from the centre"
        locator.values.clear()
    if circle is not None and count > 0:
        return _polar(frame, locator, count, circle)
    grid = _grid(ground, frame, locator, count)
    if grid is not None:
        return grid
    square = frame.get("square_x")
    if square is not None:
        for axis, size in zip(
            ("x", "y") if locator.normal == "z" else axes, (square, frame.get("square_y") or square), strict=False
        ):
            centre = locator.values.pop(axis, [middle(locator.host, axis)])[0]
            locator.put(axis, centre - size / 2, centre + size / 2)
    long = frame.get("length", "total_length") is not None or len(frame.sizes) > 1
    apart = frame.get("apart") if frame.shape not in ("slot", "stadium") or (long and count > 1) else None
    apart = apart if apart is not None else frame.get("pitch")
    if apart is not None and count > 1:
        _spaced(ground, frame, locator, count, apart)
    if frame.has("corners") and count in (1, 4) and frame.shape != "corner":
        _corners(locator)
    if frame.has("both_ends", "both_sides") and count >= 1:
        _both(locator, frame)
    values = {axis: locator.values.get(axis) for axis in axes}
    filled = {
        axis: value if value else [locator.soft.get(axis, middle(locator.host, axis))] for axis, value in values.items()
    }
    points = _combine(filled, axes, count, locator, frame)
    spared = any(
        spot.where.kind == "corner" and "other" in spot.where.which for spot in frame.all_spots() if spot.where
    )
    if spared and len(points) == 4 and (last := ground.last_at) is not None:
        points.remove(min(points, key=lambda one: sum((v - last["xyz".index(a)]) ** 2 for a, v in one.items())))
    return Layout(points)


def _side_middles(frame: Frame, locator: Locator) -> list[dict[str, float]] | None:
    """The middles of all sides of a plate, so far in: "in the middle of each side, 8 mm from the edge"."""
    spots = [spot for spot in frame.all_spots() if spot.where is not None]
    where = next((spot.where for spot in spots if spot.where and spot.where.which & {"on_side", "on_edge"}), None)
    if where is None or where.kind != "centre" or not where.which & EACH or len(locator.axes) != 2:
        return None
    inset = next((spot.value for spot in spots if spot.kind == "from" and spot.value), None)
    if inset is None:
        return None
    long, short = locator.axes
    square = abs(extent(locator.host, long) - extent(locator.host, short)) < 1e-6
    across = [short] if "long" in where.which and not square else [long] if "short" in where.which else [long, short]
    centre = {axis: middle(locator.host, axis) for axis in locator.axes}
    return [{**centre, axis: side_of(locator.host, axis, side) - side * inset} for axis in across for side in (-1, 1)]


def _central(spot: Spot) -> bool:
    """Whether a distance is from a middle."""
    return spot.where is not None and spot.where.kind in ("centre", "middle", "axis") and spot.way == ""


def _polar(frame: Frame, locator: Locator, count: int, circle: float) -> Layout:
    at = {
        axis: locator.values.get(axis, [locator.soft.get(axis, middle(locator.host, axis))])[0] for axis in locator.axes
    }
    normal = locator.normal or "z"
    return Layout([at], Polar(count=count, diameter=circle, axis=normal))


def _grid(ground: Ground, frame: Frame, locator: Locator, count: int) -> Layout | None:
    columns, rows = frame.get("count_x", "columns"), frame.get("count_y", "rows")
    pitch = frame.get("pitch", "apart")
    if columns is None and rows is None and frame.has("grid") and pitch and frame.shape not in ("slot", "stadium"):
        rows = next((k for k in range(int(count**0.5), 1, -1) if count % k == 0), None)  # "in a square pattern"
    if columns is None and rows is None:
        return None
    if locator.normal == "z":
        first, second = (
            ("x", "y")
            if frame.get("count_x")
            or not frame.get("rows")
            or (frame.get("apart_x", "pitch_x") and frame.get("apart_y", "pitch_y"))
            or extent(locator.host, "x") >= extent(locator.host, "y")
            else ("y", "x")
        )
    else:
        first, second = locator.axes[0], locator.axes[1]
    columns, rows = columns or max(1, count // int(rows or 1)), rows or max(1, count // int(columns or 1))
    steps = {
        first: frame.get("pitch_" + first, "apart_" + first) or pitch,
        second: frame.get("pitch_" + second, "apart_" + second)
        or frame.get("pitch_2", "apart_2", "row_pitch")
        or pitch,
    }
    points: list[dict[str, float]] = []
    spread: dict[str, list[float]] = {}
    for axis, number in ((first, int(columns)), (second, int(rows))):
        step = steps[axis]
        if step is None:
            step = extent(locator.host, axis) / (number + 0.0)
        known = locator.values.get(axis)
        if known and len(known) == 1 and abs(known[0] - middle(locator.host, axis)) > 1e-6 and number > 1:
            sign = 1 if known[0] < middle(locator.host, axis) else -1
            spread[axis] = [known[0] + sign * step * k for k in range(number)]
        else:
            centre = known[0] if known and len(known) == 1 else middle(locator.host, axis)
            spread[axis] = [centre + step * (k - (number - 1) / 2) for k in range(number)]
    rest = {
        axis: (locator.values.get(axis) or [locator.soft.get(axis, middle(locator.host, axis))])[0]
        for axis in locator.axes
    }
    for b in spread[second]:
        points.extend({**rest, first: a, second: b} for a in spread[first])
    frame.count = len(points)
    return Layout(points)


def _spaced(ground: Ground, frame: Frame, locator: Locator, count: int, apart: float) -> None:
    """Copies in a line, `apart` from one to the next."""
    axis = next((one for one in "xyz" if frame.get("apart_" + one, "pitch_" + one) or frame.has("along_" + one)), "")
    if not axis:
        single = [one for one in locator.axes if len(locator.values.get(one, [])) == 1]
        free = [one for one in locator.axes if one not in locator.values]
        off = sorted(single, key=lambda one: -extent(locator.host, one))
        axis = (
            locator.along
            if locator.along in locator.axes and locator.along
            else free[0]
            if free
            else off[0]
            if off
            else locator.axes[0]
        )
    known = locator.values.pop(axis, None)
    centre = middle(locator.host, axis)
    if known and len(known) == 1 and abs(known[0] - centre) > 1e-6:
        sign = 1 if known[0] < centre else -1
        locator.put(axis, *(known[0] + sign * apart * k for k in range(count)))
    else:
        locator.put(axis, *(centre + apart * (k - (count - 1) / 2) for k in range(count)))


def _corners(locator: Locator) -> None:
    """A value from one side of each axis is mirrored to all four corners."""
    for axis in locator.axes:
        known = locator.values.get(axis)
        centre = middle(locator.host, axis)
        if known and len(known) == 1 and abs(known[0] - centre) > 1e-6:
            locator.values[axis] = sorted([known[0], round(2 * centre - known[0], 6)])
    lone = [axis for axis in locator.axes if axis in locator.values]
    other = [axis for axis in locator.axes if axis not in locator.values]
    if len(lone) == 1 and len(other) == 1:
        k = "xyz".index(lone[0])
        inset = locator.values[lone[0]][0] - locator.host[0][k]
        j = "xyz".index(other[0])
        locator.put(other[0], locator.host[0][j] + inset, locator.host[1][j] - inset)


def _both(locator: Locator, frame: Frame) -> None:
    """At both ends or sides: mirrored about the middle of the axis that has a distance, else at a quarter."""
    ends = frame.has("both_ends")
    axes = [
        axis
        for axis in locator.axes
        if len(locator.values.get(axis, [])) == 1 and abs(locator.values[axis][0] - middle(locator.host, axis)) > 1e-6
    ]
    axis = axes[0] if axes else ""
    if axis:
        centre = middle(locator.host, axis)
        locator.values[axis] = sorted([locator.values[axis][0], round(2 * centre - locator.values[axis][0], 6)])
    elif ends and frame.count == 2:
        pass


def _combine(
    filled: dict[str, list[float]], axes: list[str], count: int, locator: Locator, frame: Frame
) -> list[dict[str, float]]:
    """All combinations where their number fits, pairs where that does, else evenly along the longest axis."""
    total = 1
    for axis in axes:
        total *= len(filled[axis])
    if count <= 1 and total > 1 and (not frame.counted or frame.has("corners")):
        count = total
    if total == count:
        return [dict(zip(axes, one, strict=True)) for one in product(*(filled[axis] for axis in axes))]
    many = [axis for axis in axes if len(filled[axis]) > 1]
    if many and all(len(filled[axis]) == count for axis in many):
        return [{axis: filled[axis][k] if axis in many else filled[axis][0] for axis in axes} for k in range(count)]
    if count == 1:
        return [{axis: filled[axis][0] for axis in axes}]
    if total > 1 and count > total:
        return [dict(zip(axes, one, strict=True)) for one in product(*(filled[axis] for axis in axes))]
    if total == 1:
        free = [axis for axis in axes if axis not in locator.values] or axes[:1]
        said = next((one for one in axes if frame.has("along_" + one)), locator.along)
        axis = said if said in free else free[0]
        size = extent(locator.host, axis)
        low = middle(locator.host, axis) - size / 2
        step = size / (count + 1)
        if count == 4 and len(free) == 2 and not frame.has("row") and not locator.along:
            return [
                {
                    axes[0]: middle(locator.host, axes[0]) + i * extent(locator.host, axes[0]) / 4,
                    axes[1]: middle(locator.host, axes[1]) + j * extent(locator.host, axes[1]) / 4,
                }
                for i in (-1, 1)
                for j in (-1, 1)
            ]
        return [{one: (low + step * (k + 1) if one == axis else filled[one][0]) for one in axes} for k in range(count)]
    return [dict(zip(axes, one, strict=True)) for one in list(product(*(filled[axis] for axis in axes)))[:count]]


# Listing: one size for each of several copies, in their order: "diameters of 4, 6, 8 and 10 mm from left to right".

MOST = 12


def listed(reader: Reader, i: int) -> int:
    """The index after a list of as many sizes as there are copies of what is in focus, or `i`."""
    found, group = reader.tokens, reader.focus
    named = role_at(found, i)
    k = named[1] if named and found[i].plural else i
    while k > i and lemma_at(found, k) in ("of", "are", ":", "=", "is"):
        k += 1
    if group is None or group.kind != "cut" or group.count < 2 or group.members or length_at(found, k) is None:
        return i
    values: list[float] = []
    start, end = k, k
    while len(values) < MOST and (quantity := length_at(found, k)) is not None and not found[k].text.isalpha():
        values.append(quantity.value)
        k = end = k + 1
        if lemma_at(found, k) not in (",", "and"):
            break
        while lemma_at(found, k) in (",", "and"):
            k += 1
    if len(values) != group.count or len(values) < 2:
        return i
    if lemma_at(found, end) in ("from", "off", "above", "below") and not named:
        read = reader.spots.distance(end - 1)
        if read is None or len(read[0]) != 1:
            return i
        for value in values:  # "20 mm and 60 mm from the left face"
            reader.member(group, 1).spots.append(replace(read[0][0], value=value))
        reader.attend(group)
        return read[1]
    after = role_at(found, end)
    before = next((role for back in (1, 2) if (role := role_at(found, start - back)) is not None), None)
    role = after or named or before
    if role is None or role[0] in ("apart", "pitch"):
        return i
    if len(values) == 2 and "respectively" not in [one.lemma for one in found]:
        return i  # "two holes 10 mm and 5 mm deep" may be a size and a depth
    group.flags.add("listed")
    for number, value in enumerate(values):
        reader.member(group, 1, number + 1).dims[role[0]] = value
    reader.attend(group)
    end = after[1] if after else end
    while lemma_at(found, end) in (",", "in", "that", "order") or (
        lemma_at(found, end) == "from" and lemma_at(found, end + 2) == "to"
    ):
        end += 4 if lemma_at(found, end) == "from" else 1  # "in that order from left to right"
    return end


def place_of(ground: Ground, frame: Frame, locator: Locator) -> Layout | None:
    """The place of one copy of a listed group among the others; `None` for any other frame."""
    group = frame.group
    if group is None or not group.has("listed"):
        return None
    spots = [*(group.members[0].spots if group.members else []), *group.spots]
    row = replace(group, members=[], spots=spots, count=len(group.members), counted=True)
    whole = Locator(ground, row, locator.host, locator.normal, locator.half)
    whole.collect(row.all_spots())
    points = layout(ground, row, whole).points
    if len(points) < len(group.members):
        return None
    axis = max(locator.axes, key=lambda one: max(p[one] for p in points) - min(p[one] for p in points))
    ordered = sorted(points, key=lambda point: point[axis])
    return Layout([ordered[group.members.index(frame)]])


# Mirroring: "mirror the pocket about the centre plane", "the same on the other side", "repeated at the right end".

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
