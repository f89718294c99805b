"""Arrays as said: "a 6 x 6 grid of", "five columns in X", "two rows of six", "on a 95 mm bolt circle"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.nouns import read_np

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.entities import Entities
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

GRIDS = ("grid", "array", "pattern", "matrix", "arrangement", "layout")


def array(reader: Reader, entities: Entities, i: int) -> int:
    """The index after an array at `i`, or `i`."""
    found = reader.tokens
    return (
        _circle(reader, i) or _grid(reader, entities, i) or _rows(reader, entities, i) or _square(reader, i) or i
        if found
        else i
    )


def _grid(reader: Reader, entities: Entities, i: int) -> int:
    found = reader.tokens
    k = i
    while lemma_at(found, k) in (
        "in",
        "a",
        "the",
        "an",
        "as",
        "with",
        "regular",
        "rectangular",
        "square",
        "linear",
        "whole",
    ):
        k += 1
    token = found[k] if k < len(found) else None
    rows: tuple[float, ...] = ()
    if (
        token is not None
        and token.quantity is not None
        and token.quantity.kind == "sizes"
        and len(token.quantity.values) == 2
    ):
        rows, k = token.quantity.values, k + 1
    if lemma_at(found, k) not in GRIDS:
        return 0
    regular = lemma_at(found, k) in ("grid", "matrix") or lemma_at(found, k - 1) in ("square", "rectangular")
    k += 1
    if (
        not rows
        and lemma_at(found, k) == "of"
        and k + 1 < len(found)
        and (counts := found[k + 1].quantity) is not None
        and counts.kind == "sizes"
    ):
        values = counts.values
        if len(values) == 2 and all(value == int(value) < 100 for value in values) and not counts.unit:
            rows, k = values, k + 2
    after = found[k].quantity if k < len(found) else None
    if not rows and after is not None and after.kind == "sizes" and len(after.values) == 2 and not after.unit:
        rows, k = after.values, k + 1  # "a rectangular array 3x2 of holes"
    direct = bool(rows) and (thing := read_np(found, k)) is not None and thing.kind == "cut"
    if lemma_at(found, k) == "of" or direct:
        np = read_np(found, k if direct else k + 1)
        if np is not None and np.entity:
            reader.mentioned = None
            the = np.definite or lemma_at(found, i) in ("the", "this") or lemma_at(found, i - 1) in ("the", "this")
            known = reader.resolve(np) if the else None
            frame = reader.attend(known) if known is not None else reader.add(entities.make(np))
            if rows:
                frame.dims["columns"], frame.dims["rows"] = rows
            frame.counted = True
            frame.flags |= {"grid"} if regular else set()
            return np.end
    if reader.focus is not None and reader.focus.kind != "edge":
        if rows:
            reader.focus.dims["columns"], reader.focus.dims["rows"] = rows
        reader.focus.flags |= {"grid"} if regular else set()
        return k
    return 0


def _rows(reader: Reader, entities: Entities, i: int) -> int:
    """Reads "five columns in the X direction", "two rows of six holes"."""
    found = reader.tokens
    k = i + 1 if lemma_at(found, i) in ("in", "as", "into") else i
    token = found[k] if k < len(found) else None
    if (
        token is None
        or token.quantity is None
        or token.quantity.kind not in ("number", "times")
        or lemma_at(found, k + 1) not in ("column", "row", "line")
    ):
        return 0
    kind = "columns" if lemma_at(found, k + 1) == "column" else "rows"
    count, k = token.value, k + 2
    if lemma_at(found, k) == "of":
        np = read_np(found, k + 1)
        if np is not None and np.entity:
            known = reader.resolve(np) if np.definite else None
            frame = reader.attend(known) if known is not None else reader.add(entities.make(np))
            frame.dims["rows"], frame.dims["columns"] = count, float(np.count or 1)
            frame.count, frame.counted = int(count) * (np.count or 1), True
            frame.flags.add("grid")
            return np.end
        if k + 1 < len(found) and found[k + 1].quantity and reader.focus is not None:
            reader.focus.dims["rows"], reader.focus.dims["columns"] = count, found[k + 1].value
            reader.focus.flags.add("grid")
            return k + 2
    if reader.focus is None:
        return 0
    axis = ""
    if lemma_at(found, k) in ("in", "along", "across"):
        where = reader.places.where(k + 1)
        if where is not None and where[0].kind in ("axis", "dimension"):
            axis, k = where[0].axis, where[1]
    reader.focus.flags.add("grid")
    if axis in ("x", "y", "z"):
        reader.focus.dims[f"count_{axis}"] = count
    else:
        reader.focus.dims[kind] = count
    return k


def _circle(reader: Reader, i: int) -> int:
    """Reads "on a 95 B.C.", "on a bolt circle of 38 mm", "on the 24 mm circle", "on a circle 60 mm in diameter"."""
    found = reader.tokens
    k = i
    while lemma_at(found, k) in (
        "on",
        "around",
        "along",
        "about",
        "in",
        "a",
        "an",
        "the",
        "pitch",
        "imaginary",
        "common",
        "at",
    ):
        k += 1
    opened = lemma_at(found, i) in ("on", "around", "along", "about", "in", "at")
    if not opened and lemma_at(found, k) != "bolt-circle":
        return 0
    value, radius, named = None, False, False
    for _ in range(8):
        word = lemma_at(found, k)
        quantity = length_at(found, k)
        if quantity is not None and value is None:
            value, k = quantity.value, k + 1
        elif word == "radius":
            radius, k = True, k + 1
        elif word in ("diameter", "pitch"):
            k += 1
        elif word in ("bolt-circle", "circle"):
            if found[k].plural:
                return 0
            named, k = True, k + 1
        elif (word in ("hole", "bolt") and lemma_at(found, k + 1) in ("circle", "bolt-circle")) or (
            named and value is None and word in ("of", "with", "a", "diameter", "whose", "is", ":", "=", "(", "in")
        ):
            k += 1
        else:
            break
    if value is None or not (named or (radius and lemma_at(found, i) in ("on", "around"))) or reader.focus is None:
        return 0
    if named and lemma_at(found, k) in ("in", "of") and lemma_at(found, k + 1) == "diameter":
        k += 2
    if lemma_at(found, k) == ")":
        k += 1
    if reader.focus.kind == "edge":
        return 0
    target = reader.focus
    if reader.mentioned is None:
        reader.leading.append(Spot("circle", Where(), value * 2 if radius else value))
        return k
    target.dims["circle"] = value * 2 if radius else value
    return k


def _square(reader: Reader, i: int) -> int:
    """Reads "on a 54mm x 54mm square": at the corners of a rectangle."""
    found = reader.tokens
    formed = i > 0 and lemma_at(found, i - 1) == "form"
    if (lemma_at(found, i) not in ("on", "at", "in") and not formed) or reader.focus is None:
        return 0
    k = i if formed else i + 1
    while lemma_at(found, k) in ("a", "an", "the", "corner", "of"):
        k += 1
    token = found[k] if k < len(found) else None
    if token is None or token.quantity is None or token.quantity.kind not in ("sizes", "length", "number"):
        return 0
    word = lemma_at(found, k + 1)
    if word not in ("square", "rectangle", "rectangular", "grid", "pattern", "spacing") or lemma_at(found, k + 2) in (
        "plate",
        "block",
        "hole",
    ):
        return 0
    values = token.quantity.values
    reader.focus.dims["square_x"], reader.focus.dims["square_y"] = (
        values[0],
        values[1] if len(values) > 1 else values[0],
    )
    k += 2
    if lemma_at(found, k) in ("pattern", "grid"):
        k += 1
    return k
