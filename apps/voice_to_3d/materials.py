"""Materials by name: woods, metals, plastics, glass, stone, fabrics, CSS colours, and words that shade or finish them.

    named("matte black steel legs".split())   ->  Material(name="matte black steel", ...)

A phrase is any number of shades and finishes ("dark", "polished"), then a colour, a material, or both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from wugan.apps.voice_to_3d import catalogue
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.errors import DataError

DEFAULT = Material(name="grey", colour="#8c8c8c")
VIVID = ("bright", "vivid", "neon", "hot", "fluorescent", "intense", "saturated")
SUFFIXES = {
    "wooden": "wood", "oaken": "oak", "golden": "gold", "woollen": "wool", "woolen": "wool", "silvery": "silver",
    "brazen": "brass", "earthen": "earthenware",
}  # fmt: skip
HEADS = (
    "light", "dark", "pale", "medium", "deep", "hot", "royal", "sky", "navy", "forest", "lime", "sea", "midnight",
    "powder", "steel", "slate", "spring", "olive", "dodger", "cornflower", "saddle",
)  # fmt: skip
AMBIGUOUS = frozenset({
    "flat", "clear", "rough", "raw", "cool", "warm", "light", "hot", "tin", "tile", "lead", "deep", "mirror", "sand",
    "stone", "lemon", "peach", "brick", "rope", "ice", "paper", "ash", "cherry", "olive", "rose", "bone", "honey",
    "satin", "straw", "crystal", "jade", "cream", "chocolate", "orange",
})  # fmt: skip
"""Words that also mean something else: a lone one counts only where the speaker's grammar asks for a material."""


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return {name.replace("_", " "): f"#{value}" for name, value in zip(words[::2], words[1::2], strict=True)}


def _rows(text: str) -> dict[str, Material]:
    found = {}
    for row in re.split(r"[;\n]", text):
        if row.strip():
            name, colour, metallic, roughness, opacity = row.split()
            name = name.replace("_", " ")
            found[name] = Material(name=name, colour=f"#{colour}", metallic=float(metallic),
                                   roughness=float(roughness), opacity=float(opacity))  # fmt: skip
    return found


COLOURS: dict[str, str] = _pairs(catalogue.CSS) | _pairs(catalogue.COMMON)
"""Colour by word."""

SUBSTANCES: dict[str, Material] = {
    name: made
    for table in (catalogue.WOODS, catalogue.METALS, catalogue.PLASTICS, catalogue.MINERALS, catalogue.FABRICS)
    for name, made in _rows(table).items()
}
"""What a thing may be made of, by word."""

MATERIALS: dict[str, Material] = {
    **{name: Material(name=name, colour=colour) for name, colour in COLOURS.items()},
    **SUBSTANCES,
}
"""Every plain material: colours as paint, and substances (which win where a word is both: "silver", "gold")."""


@cache
def _compact() -> dict[str, str]:
    """Spellings of a colour without and with the space ("lightblue" and "light blue")."""
    table = {}
    parts = sorted((name for name in COLOURS if " " not in name), key=len, reverse=True)
    for name in parts:
        for head in HEADS:
            if name.startswith(head) and len(name) > len(head) and name != "lightsteelblue":
                table[f"{head} {name[len(head) :]}"] = name
    return table


def _blend(colour: str, towards: str, share: float) -> str:
    mixed = [round(int(colour[i : i + 2], 16) * (1 - share) + int(towards[i : i + 2], 16) * share) for i in (1, 3, 5)]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _vivid(colour: str) -> str:
    """The colour with its saturation and value raised."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    top, low = max(red, green, blue), min(red, green, blue)
    if top - low < 12:  # a grey has nothing to saturate: it only gets lighter
        return _blend(colour, "#ffffff", 0.2)
    out = [round(max(0.0, min(255.0, (value - low * 0.7) * 255 / (top - low * 0.7)))) for value in (red, green, blue)]
    return "#" + "".join(f"{value:02x}" for value in out)


def _plain(words: Sequence[str]) -> tuple[str, bool] | None:
    """The catalogue's name for a phrase and whether it is a substance; `None` where it is neither."""
    phrase = " ".join(words)
    phrase = SUFFIXES.get(phrase, phrase)
    if phrase in SUBSTANCES:
        return phrase, True
    spelt = _compact().get(phrase, phrase)
    if spelt in COLOURS:
        return spelt, False
    if len(words) == 1 and len(phrase) > 5 and phrase.endswith("coloured"):
        return _plain([phrase.removesuffix("coloured").rstrip("-")])
    return None


@cache
def _exact(words: tuple[str, ...]) -> Material | None:
    """The material that all the words together name."""
    shades: list[str] = []
    i = 0
    while i < len(words):
        rest = words[i:]
        if _plain(rest) or " ".join(rest[:2]) in _compact():  # "light blue" is a colour of its own
            break
        word = words[i]
        if word in catalogue.SHADES or word in catalogue.FINISHES or word in VIVID:
            shades.append(word)
        elif i + 1 < len(words) and f"{word}-{words[i + 1]}" in catalogue.FINISHES:  # "high gloss", "see through"
            shades.append(f"{word}-{words[i + 1]}")
            i += 1
        elif word in {"very", "slightly", "coloured", "colored"}:
            pass
        else:
            break
        i += 1
    rest = words[i:]
    base: Material | None = None
    if not rest:
        if not shades or not all(word in catalogue.FINISHES for word in shades):
            return None
        clear = any(catalogue.FINISHES[word][2] < 1 for word in shades)
        if not clear:
            return None
        base = Material(name="clear", colour="#e6eef0")
    elif found := _plain(rest):
        base = MATERIALS[found[0]]
    else:
        for cut in range(1, len(rest)):  # "black steel", "red leather", "light blue plastic"
            colour, substance = _plain(rest[:cut]), _exact(rest[cut:])
            if colour and substance and _is_substance(rest[cut:]):
                base = substance.model_copy(update={"colour": MATERIALS[colour[0]].colour})
                if base.metallic and MATERIALS[colour[0]].metallic == 0:
                    base = base.model_copy(update={"metallic": 0.6, "roughness": max(base.roughness, 0.45)})
                break
    if base is None:
        return None
    colour_code, metallic, roughness, opacity = base.colour, base.metallic, base.roughness, base.opacity
    for word in shades:
        if word in catalogue.SHADES:
            share, towards = catalogue.SHADES[word]
            colour_code = _blend(colour_code, towards, share)
        elif word in VIVID:
            colour_code = _vivid(colour_code)
        else:
            rough, metal, clear_share = catalogue.FINISHES[word]
            roughness = roughness if rough < 0 else rough
            metallic = max(metallic, metal)
            opacity = min(opacity, clear_share) if word != "opaque" else 1.0
    return Material(name=" ".join(words), colour=colour_code, metallic=metallic, roughness=roughness, opacity=opacity)


def _is_substance(words: Sequence[str]) -> bool:
    return any((found := _plain(words[i:])) and found[1] for i in range(len(words)))


def match(words: Sequence[str]) -> tuple[Material, int] | None:
    """The material that the longest run of words from the first one names, and how many words that is.

    Args:
        words: lower case, without punctuation.
    """
    for length in range(min(len(words), 7), 0, -1):
        if made := _exact(tuple(words[:length])):
            return made, length
    return None


def named(words: Sequence[str]) -> Material | None:
    """The material that the first words name, the longest run of them ("dark oak top": dark oak), or `None`."""
    found = match(words)
    return found[0] if found else None


def material(name: str) -> Material:
    """The material called `name` ("oak", "matte black", "brushed steel", "#a0b0c0").

    Raises:
        DataError: no colour or material is called that.
    """
    if re.fullmatch(r"#[0-9a-fA-F]{6}", name):
        return Material(name=name.lower(), colour=name.lower())
    words = tuple(re.sub(r"[^a-z0-9 -]", " ", name.lower()).split())
    made = _exact(words) or _exact(tuple(" ".join(words).replace("-", " ").split()))
    if made is None:
        raise DataError(
            f"{name!r} is not a colour or material that has a name here; say one such as 'oak', 'matte black', "
            "'brushed steel', 'translucent blue', or a code '#rrggbb'"
        )
    return made
