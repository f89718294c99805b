"""Measures: "10mm wide", "a diameter of 8", "wall 2 mm", "16 dia", "40 mm centre to centre": a role and a value."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.parts.vocabulary import AXES, DIMENSIONS
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.wordlist import words

OUTER = words("outside outer external exterior")
INNER = words("inside inner internal interior clear")
TOTAL = words("overall total full finished")
ENDS = words("top bottom base upper lower large small big head tip rim major minor root")
LINKS = words("of is are be = : at measure being should will must would to about approximately exactly roughly equal -")
CENTRES: tuple[tuple[str, ...], ...] = (
    ("centre", "to", "centre"),
    ("on", "centre"),
    ("centre-to-centre",),
    ("between", "centre"),
    ("from", "centre", "to", "centre"),
)
CENTRES += (
    ("centrepoint", "to", "centrepoint"),
    ("centre", "point", "to", "centre", "point"),
    ("between", "their", "centre"),
)


@dataclass(frozen=True)
class Measure:
    """A dimension that was said: its role, mm (or degrees), the axis said with it, and flags ("overall")."""

    role: str
    value: float
    axis: str = ""
    total: bool = False
    square: bool = False


def lemma_at(found: list[Token], i: int) -> str:
    """The lemma at `i`, "#length" and so on for a quantity, or ""."""
    if not 0 <= i < len(found):
        return ""
    return "#" + found[i].lemma if found[i].quantity else found[i].lemma


def length_at(found: list[Token], i: int) -> Quantity | None:
    """The length (or bare number) at `i`."""
    quantity = found[i].quantity if 0 <= i < len(found) else None
    return quantity if quantity and quantity.kind in ("length", "number", "range") else None


def match(found: list[Token], i: int, lemmas: tuple[str, ...]) -> bool:
    """Whether these lemmas stand at `i`."""
    return all(lemma_at(found, i + k) == word for k, word in enumerate(lemmas))


def role_at(found: list[Token], i: int) -> tuple[str, int, bool] | None:
    """A dimension's name at `i` ("outside diameter", "wall thickness", "across the flats"): role, end, overall."""
    total = False
    k = i
    while lemma_at(found, k) in TOTAL and lemma_at(found, k + 1) in DIMENSIONS | dict.fromkeys(OUTER | INNER):
        total, k = True, k + 1
    side = ""
    if lemma_at(found, k) in OUTER | INNER | ENDS:
        following = DIMENSIONS.get(lemma_at(found, k + 1))
        if following in ("diameter", "radius", "width", "length", "height", "depth", "wall"):
            word = lemma_at(found, k)
            side = "outer_" if word in OUTER else "inner_" if word in INNER else word + "_"
            k += 1
    word = lemma_at(found, k)
    for lemmas, role in (
        (("across", "the", "flat"), "across_flats"), (("across", "flat"), "across_flats"), (("af",), "across_flats"),
        (("flat", "to", "flat"), "across_flats"), (("flat", "side", "to", "flat", "side"), "across_flats"),
        (("across", "the", "corner"), "across_corners"), (("across", "corner"), "across_corners"), (("tip", "to",
        "tip"), "across_corners"),
        (("point", "to", "point"), "across_corners"), (("bend", "radius"), "bend_radius"), (("centreline", "bend",
        "radius"), "bend_radius"),
        (("centreline", "radius"), "bend_radius"), (("corner", "radius"), "corner_radius"), (("wall",
        "thickness"), "wall"),
        (("side", "length"), "side"), (("edge", "length"), "side"), (("leg", "length"), "leg"), (("face",
        "width"), "height"),
        (("bolt-circle", "diameter"), "circle"), (("hole", "circle"), "circle"), (("circle", "of", "hole"),
        "circle"), (("wire", "diameter"), "wire"),
        (("wire", "thickness"), "wire"), (("cord", "diameter"), "cord"), (("cord", "thickness"), "cord"),
        (("cord",), "cord"),
        (("module",), "module"), (("pitch", "diameter"), "pitch_diameter"), (("bolt-circle",), "circle"),
        (("pitch", "circle"), "circle"), (("cross", "section"), ""),
    ):  # fmt: skip
        if match(found, k, lemmas):
            return (role, k + len(lemmas), total) if role else None
    role = DIMENSIONS.get(word, "")
    if (
        role in ("", "leg", "teeth", "drop", "bend", "side", "size", "square", "apart", "offset", "angle")
        or word == "square"
    ):
        if role not in ("side", "size", "angle", "leg", "offset"):
            return None
    if side and role in ("diameter", "radius", "width", "length", "height", "depth", "wall"):
        role = side + role if side not in ("outer_",) or role in ("diameter", "radius") else role
    if role == "wall" and not side and lemma_at(found, k + 1) == "thick":
        return "wall", k + 2, total
    return role, k + 1, total


def after_value(found: list[Token], i: int) -> tuple[Measure, int] | None:
    """A measure that starts with its value at `i`: "10mm wide", "5 mm in diameter", "40 mm centre to centre"."""
    quantity = length_at(found, i)
    if quantity is None:
        return None
    value, axis = quantity.value, quantity.axes[0] if quantity.axes else ""
    k = i + 1
    for lemmas in CENTRES:
        if match(found, k, lemmas):
            return Measure("apart", value, axis), k + len(lemmas)
    word = lemma_at(found, k)
    if word == "apart":
        k += 1
        for lemmas in CENTRES:
            if match(found, k, lemmas):
                k += len(lemmas)
                break
        axis, k = axis_after(found, k, axis)
        return Measure("apart", value, axis), k
    for lemmas in (
        ("on", "a", "side"),
        ("per", "side"),
        ("on", "each", "side"),
        ("a", "side"),
        ("along", "each", "side"),
        ("on", "every", "side"),
    ):
        if match(found, k, lemmas):
            return Measure("side", value), k + len(lemmas)
    if word == "square" and quantity.kind == "length":
        return Measure("side", value, axis, square=True), k + 1
    j = k + 1 if word in ("in", "of", "at") else k
    j = j + 1 if lemma_at(found, j) == "the" and word in ("in",) and lemma_at(found, j + 1) not in AXES else j
    role = role_at(found, j)
    if (
        role
        and role[0] != "across_flats"
        and quantity.kind == "number"
        and j == k
        and quantity.value == int(quantity.value)
        and found[role[1] - 1].plural
    ):
        return None  # "three diameters"
    if role and quantity.kind == "number" and found[i].text.lower() == "one" and j == k:
        return None  # "one wall"
    plural_sides = (
        bool(role)
        and role is not None
        and role[0] == "side"
        and found[role[1] - 1].plural
        and quantity.kind == "length"
    )
    if role and not (role[0] in ("side", "leg", "offset") and j == k and not plural_sides):
        name, end, total = role
        if name in ("side", "leg") and word == "in":
            return None
        if j == k and length_at(found, end) and i and role_at(found, i - 1):
            return None  # "Ø10 ↧ 5.5": the second name is the second value's
        axis, end = axis_after(found, end, axis)
        return Measure(name, value, axis, total), end
    if word == "across" and lemma_at(found, k + 1) not in ("the", "a", "from"):
        return Measure("across", value, axis), k + 1
    named, end = axis_after(found, k, axis)
    if named and end > k:
        return Measure("size", value, named), end
    return None


def axis_after(found: list[Token], i: int, axis: str = "") -> tuple[str, int]:
    """An axis said after a value or its role: "(X)", "in X", "along the Y axis", "in the Z direction"."""
    k = i
    opened = lemma_at(found, k) == "("
    if opened:
        k += 1
    if lemma_at(found, k) in ("in", "along", "on", "parallel") or opened:
        if lemma_at(found, k) in ("in", "along", "on", "parallel"):
            k += 1
        while lemma_at(found, k) in ("to", "the"):
            k += 1
        word = lemma_at(found, k)
        letters = word if word in ("x", "y", "z", "xy", "xz", "yz") else ""
        if letters:
            k += 1
            while lemma_at(found, k) in ("axis", "direction", "dimension", "dim", "plane"):
                k += 1
            if opened:
                return (letters, k + 1) if lemma_at(found, k) == ")" else (axis, i)
            if lemma_at(found, k) in ("=", ":"):
                return axis, i
            return letters, k
    return axis, i


def before_value(found: list[Token], i: int) -> tuple[Measure, int] | None:
    """A measure whose role comes first: "width of 10 mm", "diameter: 80 mm", "OD 120", "R5"."""
    role = role_at(found, i)
    if role is None:
        return None
    name, k, total = role
    axis, k = axis_after(found, k)
    start = k
    while lemma_at(found, k) in LINKS or (lemma_at(found, k) == "," and k == start and length_at(found, k + 1)):
        k += 1
    if lemma_at(found, k) == "the" and lemma_at(found, k + 1) == "same":
        return None
    token = found[k] if k < len(found) else None
    if token is None or token.quantity is None:
        return None
    quantity = token.quantity
    if quantity.kind == "angle":
        return Measure("angle" if name in ("angle", "size") else name + "_angle", quantity.value), k + 1
    if quantity.kind == "sizes" and name in ("diameter", "radius", "size", "outer_diameter"):
        return None
    if quantity.kind == "number" and found[role[1] - 1].plural and not found[k].text[0].isdigit():
        return None  # "three diameters one after another"
    if quantity.kind not in ("length", "number", "range") or (name == "angle" and quantity.kind == "length"):
        return None
    other = after_value(found, k)
    if other is not None and other[0].role == "thickness" and name in ("wall", "cord", "wire"):
        return Measure(name, quantity.value, axis, total), other[1]  # "cord 3.5 mm thick"
    if other is not None and other[0].role not in (name, "size", "apart"):
        if lemma_at(found, start) == "," or (k == start and lemma_at(found, k + 1) not in (":", "=")):
            return None  # "the height, 10 mm wide"
    if (
        quantity.kind == "number"
        and k > start
        and lemma_at(found, k + 1) not in ("", ".", ",", ";", ")", "and", "(", "\n")
    ):
        if not quantity.axes and name in ("side", "leg", "size"):
            return None
    axis = quantity.axes[0] if quantity.axes and quantity.axes[0] else axis
    axis, end = axis_after(found, k + 1, axis)
    return Measure(name, quantity.value, axis, total), end
