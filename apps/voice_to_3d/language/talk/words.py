"""The words of design talk: dimensions, comparisons, sides, verbs."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.wordlist import meanings, words

DIMENSIONS = meanings(
    "width: wide broad breadth; depth: deep; height: tall high; length: long; thickness: thick; "
    "diameter:; across:; radius:; size:"
)
"""Adjectives and nouns of size after or before a quantity."""
DIMENSION_NOUNS = words("width breadth depth height length thickness diameter radius size")

LARGER: dict[str, tuple[str, float]] = {
    "taller": ("height", 1), "higher": ("height", 1), "wider": ("width", 1), "broader": ("width", 1),
    "deeper": ("depth", 1), "longer": ("length", 1), "thicker": ("thickness", 1), "fatter": ("thickness", 1),
    "bigger": ("all", 1), "larger": ("all", 1), "greater": ("all", 1), "smaller": ("all", -1), "tinier": ("all", -1),
    "shorter": ("short", -1), "lower": ("height", -1), "narrower": ("width", -1), "thinner": ("thickness", -1),
    "slimmer": ("thickness", -1), "shallower": ("depth", -1), "rounder": ("round", 1), "slenderer": ("thickness", -1),
    "chunkier": ("thickness", 1), "sturdier": ("thickness", 1),
}  # fmt: skip
"""Comparatives: the dimension, and whether more of it (1) or less (-1)."""

RELATIVE: dict[str, tuple[str, float]] = {
    "big": ("all", 1.3), "large": ("all", 1.3), "huge": ("all", 2.0), "giant": ("all", 3.0), "enormous": ("all", 2.5),
    "massive": ("all", 2.0), "small": ("all", 0.7), "little": ("all", 0.7), "tiny": ("all", 0.4), "mini": ("all", 0.5),
    "miniature": ("all", 0.25), "oversized": ("all", 1.6), "tall": ("height", 1.3), "high": ("height", 1.3),
    "low": ("height", 0.7), "short": ("height", 0.7), "wide": ("width", 1.3), "broad": ("width", 1.3),
    "narrow": ("width", 0.7), "long": ("length", 1.4), "deep": ("depth", 1.3), "shallow": ("depth", 0.7),
    "thick": ("thickness", 1.6), "thin": ("thickness", 0.6), "slim": ("thickness", 0.6), "slender": ("thickness", 0.6),
    "chunky": ("thickness", 1.6), "fat": ("thickness", 1.6), "medium": ("all", 1.0),
}  # fmt: skip
"""Adjectives of size without a number: the dimension and the factor on what is usual."""

SIDES: dict[str, str] = {
    "left": "left", "right": "right", "front": "front", "back": "back", "rear": "back", "top": "top", "upper": "top",
    "bottom": "bottom", "lower": "bottom", "middle": "middle", "central": "middle", "centre": "middle",
    "uppermost": "top", "topmost": "top", "lowest": "bottom", "highest": "top", "leftmost": "left",
    "rightmost": "right", "hindmost": "back",
}  # fmt: skip
PARTICIPLES = meanings(
    "leg: legged; side: sided; arm: armed; point: pointed; tooth: toothed; drawer: drawered; door: "
    "doored; blade: bladed;"
    "spoke: spoked; wheel: wheeled; step: stepped; seat: seater seated; shelf: shelved tiered tier; hole: holed;"
    "finger: fingered; handle: handled; burner: burnered; slot: slotted; branch: branched; panel: panelled paneled;"
    "floor: storey story storied storeyed; cup: cupped; bulb: bulbed"
)
"""Such as "three-legged": what is counted."""
FEATURE_WORDS = words(
    "hole slot pocket groove notch cutout recess boss rib chamfer fillet counterbore countersink bore "
    "keyway thread bevel "
    "chamfered filleted rounded bevelled beveled hollow hollowed shell slit channel indentation engraving perforation"
)
DETERMINERS = words("a an the some this that these those its their my our each every both all another any one's")
INDEFINITE = words("a an another some one")
COPULAS = words("is are be was were become becomes should must shall")
LINKS = words(
    "and with having has have that which featuring including plus also where whose who but , : ; – - it they its"
)
VERBS: dict[str, str] = meanings(
    "make: makes making turn_into; set: ; change: alter modify adjust switch; let:; give: ; paint: colour stain dye "
    "spray tint coat varnish lacquer; put: centre place position set_down stand install mount hang lay stick insert; "
    "add: append attach include; create: build design draw model generate construct start_with sketch produce; "
    "want: need like want wanna prefer; remove: delete erase drop discard lose scrap eliminate; move: shift push slide "
    "drag bring nudge pull; lift: raise; down: lower; rotate: spin turn tilt rotate; flip: invert; "
    "duplicate: copy clone; repeat: array replicate; replace: substitute swap exchange; rename: call name; "
    "clear: reset; undo: revert; redo:; drill: cut bore punch carve mill engrave; round: fillet chamfer bevel; "
    "hollow: shell; increase: enlarge extend grow expand; decrease: reduce shrink; double: ; halve: ; triple: ; "
    "scale: resize; widen: ; lengthen: elongate; shorten: ; thicken: ; narrow_it: ; stretch: ; mirror: ; stack: ; "
    "lighten: ; darken: ; show: ; arrange: organise organize distribute spread; line: ; keep: leave; use: "
)
"""Imperatives, by what they come to."""
NEEDS_OBJECT = words(
    "insert centre "
    "set turn place position stand lay stick let like need start drop round fillet chamfer bevel shell "
    "cut drill bore copy "
    "clone array name call spin tilt colour stain dye coat tint varnish lacquer bring raise lower lift "
    "hang mount design "
    "model draw sketch double triple halve scale mirror stack clear reset show line exchange swap switch keep stretch "
    "leave use spread grow drag slide push pull hollow give level build include punch mill narrow"
)
"""Verbs that are as often something else ("round"): they count before a determiner, pronoun or quantity only."""
PRONOUNS = words("it them they this that these those everything both")
NUMBERED = {"first": 0, "second": 1, "third": 2, "last": -1, "final": -1}
FOLLOWERS = words(
    "and but with without please too again instead now then also like as except everywhere on at in all "
    "like to for of or "
    "the its their make put add is are all both each everything not while so that which by rather this because just"
)
"""Words that may follow a colour that is said of what is there; another word is a noun of its own."""
MARKS = words(
    "extrude extruded extrusion sketch workplane chamfer chamfered fillet filleted counterbore "
    "counterbored countersink "
    "countersunk bolt-circle boss pocket revolve revolved loft sweep shell through concentric centred "
    "coaxial blind hole "
    "holes slot bore flange hub shank groove wall outside inside profile notch radius diameter thick thickness hollow "
    "recess rib web keyway flat pitch apex tall wide"
)
DRAWN = MARKS - words("radius diameter thick thickness tall wide hollow outside inside flat wall")
"""Words of drawings alone."""
