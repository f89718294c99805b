"""Materials by name: woods, metals, plastics, glass, stone, fabrics, CSS colours, and words that shade or finish them.

    named("matte black steel legs".split())   ->  Material(name="matte black steel", ...)

A phrase is any number of shades and finishes ("dark", "polished"), then a colour, a material, or both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from wugan.apps.voice_to_3d.scene.material import Material
from wugan.errors import DataError

# The colours and materials that have a name: sRGB colour and, for materials, metallic, roughness and opacity.
#
# Colours are those of CSS Color Module Level 4 and common words; materials' values are the usual ones of
# metallic-roughness libraries (metals' colours from measured reflectance), rounded.

CSS = """
aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque ffe4c4
black 161616 blanchedalmond ffebcd blue 1f4fd8 blueviolet 8a2be2 brown 7b4a2b burlywood deb887 cadetblue 5f9ea0
chartreuse 7fff00 chocolate d2691e coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff
darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b darkgray 5f5f5f darkgreen 006400 darkgrey 5f5f5f darkkhaki bdb76b
darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000 darksalmon e9967a
darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f darkslategrey 2f4f4f darkturquoise 00ced1
darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222
floralwhite fffaf0 forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff goldenrod daa520 gray 8c8c8c
green 1f9a3a greenyellow adff2f grey 8c8c8c honeydew f0fff0 hotpink ff69b4 indianred cd5c5c indigo 4b0082 ivory fffff0
khaki f0e68c lavender e6e6fa lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6
lightcoral f08080 lightcyan e0ffff lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3
lightpink ffb6c1 lightsalmon ffa07a lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899
lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0 lime 00ff00 limegreen 32cd32 linen faf0e6
magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd mediumorchid ba55d3 mediumpurple 9370db
mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585
midnightblue 191970 mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6
olive 808000 olivedrab 6b8e23 orange ff8c1a orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98
paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f pink ffa6bd plum dda0dd
powderblue b0e0e6 purple 7a2a9a rebeccapurple 663399 red d92626 rosybrown bc8f8f royalblue 4169e1 saddlebrown 8b4513
salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna a0522d silver c0c0c0 skyblue 87ceeb
slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa springgreen 00ff7f steelblue 4682b4 tan d2b48c
teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet a86ad6 wheat f5deb3 white f7f7f5 whitesmoke f5f5f5
yellow f7d417 yellowgreen 9acd32
"""
"""CSS names and colours; the eleven basic words are toned to what a painted surface of that word looks like."""

COMMON = """
amber ffbf00 anthracite 383e42 apricot fbceb1 aubergine 472c4c avocado 568203 bone e3dac9 burgundy 800020 camel c19a6b
caramel c68e4d champagne f7e7ce charcoal 36454f cherry_red b3102c cobalt 0047ab cream fffdd0 cyan_blue 1f9ed6
denim 1560bd ebony_black 282624 eggshell f0ead6 emerald 2f9e62 flesh f0c8a8 graphite_grey 41424c honey e0a526
jet_black 0b0b0b lemon fde910 lilac c8a2c8 mahogany_red 6b2f25 mauve c79fd4 mint 98e8c0 moss 6d7f45 mustard e0b13a
neon_green 39ff14 ochre cc7722 off_white f4f1e8 olive_green 808000 peach ffcba4 petrol 005f6a plum_red 7b3b5e
racing_green 0b4d2c rose f2929c ruby 9b1b3b rust b7410e sand d8c3a0 sapphire 1c4ea0 scarlet e0281a sepia 704214
sky_blue 87ceeb strawberry f0505a taupe 8b7d70 terracotta_red c8674a vanilla f3e5ab vermilion e34234 wine 722f37
blood_red 8a0303 brick_red b0402f pillar_box_red d6181f fire_engine_red ce2029 grass_green 4c9a2a bottle_green 0b5a3c
apple_green 8db600 lime_green 32cd32 army_green 4b5320 navy_blue 000080 baby_blue a9cfee ice_blue d6ecf5
electric_blue 2c75ff baby_pink f4c2c2 hot_pink ff69b4 canary_yellow ffef3f lemon_yellow fde910 mint_green 98e8c0
sage b2ac88 sage_green a3ad85 royal_blue 4169e1 ocean_blue 2f77a8 pastel_blue aec6cf pastel_green b4dcb4
pastel_pink f7c6d0 pastel_yellow fbf3a8 pastel_purple c9b4dc slate_blue 6a5acd slate_grey 708090 pearl_white f0ebe0
"""
"""Words of paint and fashion that CSS does not have; an underscore stands for a space."""

WOODS = """
oak b08a55 0 .62 1; white_oak d0b083 0 .62 1; red_oak b98457 0 .62 1; walnut 5d432c 0 .55 1; maple e3c196 0 .55 1
birch e6d2ae 0 .6 1; beech d9b081 0 .6 1; ash d8c3a0 0 .6 1; pine e2bd80 0 .65 1; spruce e6cf9f 0 .68 1
fir dcbd8c 0 .68 1; cedar b5714a 0 .65 1; cherry a55a37 0 .5 1; mahogany 6b2f20 0 .45 1; teak a9733d 0 .55 1
rosewood 5b2727 0 .45 1; ebony 2b2420 0 .4 1; elm b08a5e 0 .6 1; poplar d4c7a1 0 .65 1; alder c08a5a 0 .6 1
larch c68f55 0 .65 1; balsa ecd9b2 0 .75 1; bamboo d9bf77 0 .5 1; cork b88a5a 0 .9 1; plywood d9b98a 0 .65 1
mdf b4936b 0 .75 1; chipboard c2a270 0 .8 1; hardboard 7d5a3c 0 .7 1; driftwood 9d9384 0 .85 1; wood b08350 0 .62 1
hardwood 8d5f3a 0 .55 1; softwood dcb988 0 .68 1; timber b08350 0 .65 1; rattan c79a5c 0 .75 1; wicker b98c55 0 .8 1
veneer b08350 0 .45 1
"""
METALS = """
steel 8f9295 1 .38 1; stainless_steel b4b7ba 1 .28 1; mild_steel 7b7d80 1 .5 1; carbon_steel 6f7276 1 .45 1
tool_steel 7d8085 1 .35 1; spring_steel 6f757c 1 .35 1; iron 5d5f61 1 .55 1; cast_iron 3f4143 1 .7 1
wrought_iron 2c2d2e 1 .65 1; aluminium b9bcc0 1 .35 1; aluminum b9bcc0 1 .35 1; anodized_aluminium 9aa0a8 1 .4 1
anodised_aluminium 9aa0a8 1 .4 1; anodized_aluminum 9aa0a8 1 .4 1; copper b87333 1 .3 1; brass c9a24a 1 .3 1
bronze 8c6a3a 1 .38 1; gold e5b73b 1 .2 1; rose_gold d39a86 1 .22 1; silver c8c9ca 1 .18 1; chrome d8dadc 1 .05 1
nickel a9a596 1 .25 1; zinc a3a9ad 1 .45 1; galvanized_steel a7adb0 1 .55 1; galvanised_steel a7adb0 1 .55 1
titanium 87867f 1 .35 1; tungsten 6d6f73 1 .4 1; lead 5a5d63 1 .6 1; tin b5b8b8 1 .35 1; pewter 8b8e90 1 .45 1
platinum d5d3cf 1 .15 1; magnesium 9c9d9f 1 .45 1; metal 8f9295 1 .4 1; gunmetal 4b5057 1 .4 1; corten b0623a 1 .8 1
"""
PLASTICS = """
plastic c9c9c9 0 .45 1; abs d8d4c6 0 .45 1; pla dcdcd8 0 .5 1; petg cdd6d8 0 .3 .92; nylon e6e3d8 0 .55 1
polyamide e6e3d8 0 .55 1; acrylic dceef2 0 .06 .4; plexiglass dceef2 0 .06 .4; perspex dceef2 0 .06 .4
polycarbonate dfeaec 0 .1 .5; polypropylene e4e6e6 0 .5 1; polyethylene e9e9e6 0 .5 1; pvc d5d8da 0 .45 1
ptfe f4f4f2 0 .4 1; teflon f4f4f2 0 .4 1; delrin f1f0ec 0 .4 1; acetal f1f0ec 0 .4 1; pom f1f0ec 0 .4 1
peek b9a57e 0 .45 1; vinyl 3a3a3c 0 .4 1; resin d9cfae 0 .2 .85; epoxy d9cfae 0 .15 .8; rubber 232323 0 .92 1
silicone d9dcdc 0 .75 1; foam 5b5d60 0 .97 1; melamine f3f1ea 0 .35 1; laminate e8e3d8 0 .35 1; formica ece7dc 0 .35 1
bakelite 3a211b 0 .3 1; carbon_fibre 1c1d1f .1 .35 1; carbon_fiber 1c1d1f .1 .35 1; fibreglass dfe0d4 0 .5 1
fiberglass dfe0d4 0 .5 1; styrofoam f5f5f3 0 .95 1; tpu d5d5d5 0 .7 1
"""
MINERALS = """
glass dff0f0 0 .04 .28; clear_glass e8f4f4 0 .03 .2; frosted_glass e4eeee 0 .55 .6; smoked_glass 4b4f52 0 .06 .5
tinted_glass 6d7f86 0 .05 .45; stained_glass 4c78a8 0 .1 .6; mirror e6eaec 1 .02 1; crystal eef7fa 0 .02 .25
ceramic efece4 0 .25 1; porcelain f6f5f0 0 .12 1; earthenware b9714c 0 .8 1; stoneware a89a86 0 .6 1
terracotta c4694a 0 .85 1; terra_cotta c4694a 0 .85 1; clay b5805e 0 .9 1; enamel f0efea 0 .15 1
bone_china f7f4ea 0 .12 1; marble ece9e4 0 .18 1; white_marble f1efec 0 .16 1; black_marble 202124 0 .15 1
granite 77767a 0 .35 1; slate 4c535a 0 .65 1; stone 9a958c 0 .85 1; limestone d6ccb4 0 .85 1; sandstone cfab7a 0 .9 1
travertine d9c8aa 0 .6 1; quartz e9e6e4 0 .2 1; concrete a3a39f 0 .92 1; cement 9b9b97 0 .93 1; brick a8482f 0 .92 1
plaster ece8df 0 .93 1; gypsum eeebe5 0 .93 1; tile e9e6df 0 .25 1; onyx 17181b 0 .12 1; jade 4f9a6f 0 .25 1
obsidian 0f1014 0 .08 1; graphite 3c3e42 .3 .5 1; alabaster f2ede3 0 .35 1; asphalt 38393b 0 .95 1
ice dff3fb 0 .06 .5; wax f3e7c4 0 .5 1
"""
FABRICS = """
fabric a79f93 0 .95 1; cloth b4aca0 0 .95 1; cotton ece8df 0 .95 1; linen_cloth e6dcc8 0 .95 1; wool b7ab9b 0 .97 1
felt 7f8487 0 .98 1; velvet 6d2740 0 .9 1; silk ead9c9 0 .35 1; satin e3d3cc 0 .3 1; canvas d8ccb1 0 .95 1
denim_cloth 35527c 0 .95 1; corduroy 8a6a45 0 .97 1; tweed 7c7565 0 .97 1; leather 7a4a2a 0 .55 1
suede a17c57 0 .95 1; faux_leather 5a3a28 0 .5 1; fur 8f7a64 0 1 1; rope c2a878 0 .95 1; paper f5f2ea 0 .9 1
cardboard b8935f 0 .9 1; upholstery 8c8479 0 .95 1; straw d9c27a 0 .9 1; jute b5945f 0 .95 1
"""
FINISHES: dict[str, tuple[float, float, float]] = {
    "matte": (0.9, 0.0, 1.0),
    "matt": (0.9, 0.0, 1.0),
    "mat": (0.9, 0.0, 1.0),
    "flat": (0.95, 0.0, 1.0),
    "satin": (0.45, 0.0, 1.0),
    "semi-gloss": (0.35, 0.0, 1.0),
    "glossy": (0.12, 0.0, 1.0),
    "gloss": (0.12, 0.0, 1.0),
    "high-gloss": (0.06, 0.0, 1.0),
    "shiny": (0.1, 0.0, 1.0),
    "polished": (0.08, 0.0, 1.0),
    "lacquered": (0.12, 0.0, 1.0),
    "varnished": (0.25, 0.0, 1.0),
    "glazed": (0.12, 0.0, 1.0),
    "brushed": (0.48, 0.0, 1.0),
    "rough": (0.95, 0.0, 1.0),
    "sandblasted": (0.8, 0.0, 1.0),
    "unfinished": (0.85, 0.0, 1.0),
    "raw": (0.85, 0.0, 1.0),
    "oiled": (0.5, 0.0, 1.0),
    "powder-coated": (0.7, 0.0, 1.0),
    "painted": (0.55, 0.0, 1.0),
    "metallic": (0.3, 1.0, 1.0),
    "chromed": (0.06, 1.0, 1.0),
    "translucent": (0.25, 0.0, 0.5),
    "semi-transparent": (0.2, 0.0, 0.5),
    "transparent": (0.08, 0.0, 0.25),
    "see-through": (0.08, 0.0, 0.25),
    "clear": (0.06, 0.0, 0.25),
    "frosted": (0.6, 0.0, 0.6),
    "opaque": (-1.0, 0.0, 1.0),
}
"""Finish words: roughness (-1 leaves it), whether the part becomes metallic, opacity."""

SHADES: dict[str, tuple[float, str]] = {
    "dark": (0.42, "#000000"),
    "deep": (0.32, "#000000"),
    "darker": (0.25, "#000000"),
    "stained": (0.25, "#2a1608"),
    "smoked": (0.45, "#1a1410"),
    "light": (0.45, "#ffffff"),
    "lighter": (0.25, "#ffffff"),
    "pale": (0.6, "#ffffff"),
    "pastel": (0.55, "#ffffff"),
    "whitewashed": (0.6, "#ffffff"),
    "bleached": (0.5, "#fff8ea"),
    "muted": (0.4, "#8c8c8c"),
    "dusty": (0.35, "#a8a29a"),
    "warm": (0.12, "#ff9a3c"),
    "cool": (0.12, "#3c8cff"),
}
"""Words that move a colour: by what share, towards which colour."""


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


COLOURS: dict[str, str] = _pairs(CSS) | _pairs(COMMON)
"""Colour by word."""

SUBSTANCES: dict[str, Material] = {
    name: made for table in (WOODS, METALS, PLASTICS, MINERALS, FABRICS) for name, made in _rows(table).items()
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
        if word in SHADES or word in FINISHES or word in VIVID:
            shades.append(word)
        elif i + 1 < len(words) and f"{word}-{words[i + 1]}" in FINISHES:  # "high gloss", "see through"
            shades.append(f"{word}-{words[i + 1]}")
            i += 1
        elif word in {"very", "slightly", "coloured", "colored"}:
            pass
        else:
            break
        i += 1
    rest = words[i:]
    base = _base(rest, shades)
    if base is None:
        return None
    colour_code, metallic, roughness, opacity = base.colour, base.metallic, base.roughness, base.opacity
    for word in shades:
        if word in SHADES:
            share, towards = SHADES[word]
            colour_code = _blend(colour_code, towards, share)
        elif word in VIVID:
            colour_code = _vivid(colour_code)
        else:
            rough, metal, clear_share = FINISHES[word]
            roughness = roughness if rough < 0 else rough
            metallic = max(metallic, metal)
            opacity = min(opacity, clear_share) if word != "opaque" else 1.0
    return Material(name=" ".join(words), colour=colour_code, metallic=metallic, roughness=roughness, opacity=opacity)


def _base(words: tuple[str, ...], shades: Sequence[str]) -> Material | None:
    """What the shades before `words` are of: a colour, a material, both, or clear where nothing is left."""
    if not words:
        finishes = all(word in FINISHES for word in shades)
        clear = finishes and any(FINISHES[word][2] < 1 for word in shades)
        return Material(name="clear", colour="#e6eef0") if clear else None
    if found := _plain(words):
        return MATERIALS[found[0]]
    for cut in range(1, len(words)):  # "black steel", "red leather", "light blue plastic"
        colour, substance = _plain(words[:cut]), _exact(words[cut:])
        if colour and substance and _is_substance(words[cut:]):
            base = substance.model_copy(update={"colour": MATERIALS[colour[0]].colour})
            if base.metallic and MATERIALS[colour[0]].metallic == 0:
                base = base.model_copy(update={"metallic": 0.6, "roughness": max(base.roughness, 0.45)})
            return base
    return None


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
