"""`rewrite`: the chosen reading of a sentence as plain English that the deterministic interpreter reads."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from math import hypot

from wugan.apps.voice_to_3d.families.registry import families
from wugan.apps.voice_to_3d.readings.labels import SHAPES
from wugan.apps.voice_to_3d.readings.phrases import Pointed, asked, pointed
from wugan.apps.voice_to_3d.readings.reading import Reading, ScanSize

SPARE = 2.0  #: mm between a thing and the walls of what it is to go into
_WALL = 3.0  # mm, where the thing that is named has no walls of its own
_WALLS = ("wall_thickness", "board_thickness", "thickness")
_MORE = re.compile(
    r"\b(taller|wider|bigger|smaller|shorter|deeper|higher|longer|thicker|thinner|lower|larger|narrower|broader|"
    r"fatter|slimmer|rounder|flatter|steeper)\b",
    re.IGNORECASE,
)
CONE = SHAPES["cone"]  # a solid, not a family
_DEGREE = {"strong": "much", "slight": "a bit"}


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A sentence for the interpreter.

    Attributes:
        sentence: plain English.
        assumed: what was decided for the speaker.
    """

    sentence: str
    assumed: tuple[str, ...] = ()


def rewrite(sentence: str, reading: Reading, scan: ScanSize | None = None) -> Rewritten:
    """Say what a sentence was taken to mean. What is uncertain stays as it was said, and that is told.

    Args:
        sentence: as heard or typed.
        reading: what the heads say of it.
        scan: what was scanned; `reading.scan` unless given.
    """
    scan = scan or reading.scan
    changed, assumed = _strength(sentence, reading)
    kind = reading.kind.chosen if reading.kind else "said"
    size = reading.size.chosen if reading.size else "said"
    if kind == "said" and size == "said":
        return Rewritten(changed, tuple(assumed))
    where = pointed(sentence)
    if scan is None:
        if where is not None:
            assumed.append(f"“{where.phrase}” seems to mean a scan, and there is none: give one, or say a size")
        return Rewritten(changed, tuple(assumed))
    if "ask" in (kind, size):
        unsure = reading.kind if kind == "ask" else reading.size
        assert unsure is not None
        assumed.append(
            f"whether the scan is meant is uncertain ({unsure.two()}), so the words alone count; say “of the scan's "
            "size” or give the size"
        )
        return Rewritten(changed, tuple(assumed))
    if kind == "scan":
        return _copy(sentence, reading, scan, assumed)
    if where is None:
        assumed.append("a scan seems to be meant, but no words point at it; say “about this size”")
        return Rewritten(changed, tuple(assumed))
    if size == "around":
        return _around(where, scan, assumed)
    said = dimensions(scan, _named(where.rest), where.axes or _sides(where.rest))
    assumed.append(f"“{where.phrase}” as the scan's size: {said} ({scan.name})")
    return Rewritten(_placed(where, said), (*assumed, *scan.notes))


def dimensions(scan: ScanSize, kind: str | None = None, axes: tuple[str, ...] = ()) -> str:
    """A size in words: `312 mm wide, 208 mm deep and 96 mm high`.

    Args:
        scan: the size.
        kind: the family that is to have it; one that has a diameter is told one, one that is deeper than wide (a bed)
            is told the longer side as its depth.
        axes: of `width`, `depth` and `height`, those to say; all if empty.
    """
    width, depth = scan.width, scan.depth
    fields = families()[kind].model_fields if kind in families() else {}
    if ("diameter" in fields and "width" not in fields) or kind == CONE:
        across = depth if _handled(fields) and not scan.round else _across(scan)
        parts = {"width": f"{_mm(across)} in diameter", "height": f"{_mm(scan.height)} high"}
        axes = tuple("width" if axis == "depth" else axis for axis in axes)
    else:
        if "width" in fields and "depth" in fields and fields["depth"].default > fields["width"].default:
            width, depth = depth, width
        parts = {"width": f"{_mm(width)} wide", "depth": f"{_mm(depth)} deep", "height": f"{_mm(scan.height)} high"}
    chosen = [text for axis, text in parts.items() if not axes or axis in axes]
    return " and ".join([", ".join(chosen[:-1]), chosen[-1]]) if len(chosen) > 1 else chosen[0]


def _handled(fields: Collection[str]) -> bool:
    """Whether a round thing has a handle, which reaches beyond its diameter to one side."""
    return any(name.startswith("handle") for name in fields)


def _across(scan: ScanSize) -> float:
    """The diameter that a scan stands for. A side that falls a little short was not all seen."""
    if scan.round or scan.width > 1.2 * scan.depth:
        return (scan.width + scan.depth) / 2
    return scan.width


def _sides(words: str) -> tuple[str, ...]:
    """A round or square thing has one width."""
    return ("width", "height") if re.search(r"\b(round|square|circular|around)\b", words, re.IGNORECASE) else ()


def _mm(value: float) -> str:
    return f"{round(value)} mm" if value >= 100 else f"{value:.1f}".removesuffix(".0") + " mm"


def _strength(sentence: str, reading: Reading) -> tuple[str, list[str]]:
    strength = reading.strength
    if strength is None or strength.label == "plain" or not _MORE.search(sentence):
        return sentence, []
    if strength.abstain:
        return sentence, [
            f"how much is meant is not clear from the voice ({strength.two()}), so the usual step is taken"
        ]
    degree = _DEGREE[strength.label]
    how = "with force" if strength.label == "strong" else "softly"
    words = " and ".join(dict.fromkeys(match.lower() for match in _MORE.findall(sentence)))
    told = f"{words} as {degree} {words}, since it was said {how} ({strength.probs[strength.label]:.0%})"
    return _MORE.sub(lambda match: f"{degree} {match[0].lower()}", sentence), [told]


def _copy(sentence: str, reading: Reading, scan: ScanSize, assumed: list[str]) -> Rewritten:
    shape = reading.shape
    if shape is None or shape.abstain:
        guess = f" ({shape.two()})" if shape else ""
        assumed.append(f"what was scanned was not recognised{guess}; say what it is called")
        return Rewritten(sentence, tuple(assumed))
    name = SHAPES[shape.label]
    where = pointed(sentence)
    extra = asked(where.rest if where else sentence)
    said = dimensions(scan, name)
    thing = " ".join([*extra, name])
    article = "" if extra and extra[0] in _NUMBERS else ("an " if thing[0] in "aeiou" else "a ")
    plural = "s" if extra and extra[0] in _NUMBERS else ""
    assumed.append(f"what was scanned as a {name} ({shape.probs[shape.label]:.0%}), {said} ({scan.name})")
    return Rewritten(f"{article}{thing}{plural} {said}", (*assumed, *scan.notes))


_NUMBERS = frozenset({"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "2", "3", "4", "5", "6"})


def _around(where: Pointed, scan: ScanSize, assumed: list[str]) -> Rewritten:
    kind = _named(where.rest)
    wall = _WALL
    if kind is not None:
        defaults = {name: field.default for name, field in families()[kind].model_fields.items()}
        wall = next((float(defaults[name]) for name in _WALLS if isinstance(defaults.get(name), float)), _WALL)
    more = 2 * (SPARE + wall)
    width, depth = scan.width, scan.depth
    fields = families()[kind].model_fields if kind else {}
    round_ = "diameter" in fields and "width" not in fields
    if round_ and not scan.round:  # its corners have to go in
        width = depth = hypot(scan.width, scan.depth)
    outer = ScanSize(
        name=scan.name, width=width + more, depth=depth + more, height=scan.height + SPARE + wall, round=round_
    )
    said = dimensions(outer, kind)
    assumed.append(
        f"“{where.phrase}” as room for the scan, {dimensions(scan)} ({scan.name}): {SPARE:g} mm to spare "
        f"on each side, walls of {wall:g} mm, so {said}"
    )
    thick = f" with walls {wall:g} mm thick" if kind is not None and wall != _WALL and not round_ else ""
    return Rewritten(_placed(where, said + thick), (*assumed, *scan.notes))


def _placed(where: Pointed, said: str) -> str:
    """The sentence with a size in the place of the phrase that pointed."""
    before, after = where.rest[: where.place], where.rest[where.place :].strip()
    after = re.sub(r"^[, ]*please\b", "", after).strip()
    if not before:  # "use the size of the scan for a box"
        before, after = after.rstrip(" ."), ""
    return f"{before} {said} {after}".replace(" .", ".").strip()


def _named(words: str) -> str | None:
    """The family that is named: the longest name, and of those the last."""
    lower = f" {re.sub(r'[^a-z ]+', ' ', words.lower())} "
    found = [name for name in families() if f" {name} " in lower]
    return max(found, key=lambda name: (len(name), lower.rfind(name)), default=None)
