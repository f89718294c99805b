"""The words of an assembly: sides, relations, verbs, and what carries no meaning of its own."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.parts.vocabulary import ADD_VERBS, CUT_VERBS
from wugan.apps.voice_to_3d.language.wordlist import meanings, words

SIDES = meanings(
    "left: lefthand leftmost; right: righthand rightmost; front: frontmost; back: rear hind backmost;"
    "top: upper uppermost topmost; bottom: lower lowermost underside lowest"
)
"""Words of sides; "highest" and "lowest" are sides of a whole."""
AXES_OF = {
    "left": ("x", -1),
    "right": ("x", 1),
    "front": ("y", -1),
    "back": ("y", 1),
    "bottom": ("z", -1),
    "top": ("z", 1),
}
WAYS = {
    "above": "top",
    "below": "bottom",
    "under": "bottom",
    "beneath": "bottom",
    "underneath": "bottom",
    "behind": "back",
    "over": "top",
    "up": "top",
    "upward": "top",
    "upwards": "top",
    "down": "bottom",
    "downward": "bottom",
    "downwards": "bottom",
    "forward": "front",
    "forwards": "front",
    "backward": "back",
    "backwards": "back",
    "leftwards": "left",
    "rightwards": "right",
}
PARTS = meanings(
    "face: surface plane; edge: border; side; end; corner vertex; centre: middle centrepoint midpoint center "
    "centroid; axis: centreline midline; rim: circumference perimeter periphery mouth; floor: ; tip"
)
PARTS |= {"corner": "corner", "vertex": "corner"}
WHICH = meanings(
    "long: longer longest; short: shorter shortest; each: every; both; either; all; one; "
    "other; opposite; free: open "
    "plain exposed; outer: outside outermost external exterior; inner: inside innermost internal; adjacent: "
    "neighbouring adjoining; vertical; horizontal; sloping: slanted inclined sloped; flat; "
    "curved; big: bigger large "
    "larger largest wide wider widest thick thicker; small: smaller smallest narrow narrower thin thinner; same; "
    "middle: central centre; last: final; remaining: rest; narrow; two; straight; parallel; "
    "round; sharp; lengthwise;"
    "whole: entire full; tall: taller tallest; low"
)
RELATIONS = {
    "on": "on",
    "onto": "on",
    "atop": "on",
    "over": "on",
    "upon": "on",
    "under": "under",
    "underneath": "under",
    "beneath": "under",
    "below": "under",
    "above": "above",
    "at": "at",
    "in": "at",
    "near": "at",
    "off": "at",
    "against": "beside",
    "beside": "beside",
    "alongside": "beside",
    "through": "through",
    "around": "around",
    "about": "around",
    "inside": "inside",
    "within": "inside",
    "into": "into",
    "from": "from",
    "to": "to",
    "along": "along",
    "across": "across",
    "between": "between",
    "behind": "behind",
    "opposite": "opposite",
    "toward": "to",
    "towards": "to",
    "past": "past",
    "beyond": "past",
    "out": "from",
    "by": "by",
}
CUTTING = CUT_VERBS | words("subtract subtracted deduct dig recess counterbored sunk sink")
ADDING = ADD_VERBS | words(
    "carries carry bears bear supports support rests rest lies lie sits sit hangs hang attach"
    " "
    "join joins merge merged goes go run runs unite united weld stick hold holds continue "
    "continues follow follows"
)
COMMON = words("intersect intersected intersection overlap common")
EDGE_VERBS = {
    "chamfer": "chamfer",
    "chamfered": "chamfer",
    "bevel": "chamfer",
    "beveled": "chamfer",
    "bevelled": "chamfer",
    "fillet": "fillet",
    "filleted": "fillet",
    "round": "fillet",
    "rounded": "fillet",
    "radiused": "fillet",
    "break": "chamfer",
    "broken": "chamfer",
    "eased": "fillet",
}
GRAMMAR = words(
    "a an the this that these those it its is are be been being was were has have having had "
    "do does will would shall "
    "should can could may might must we i you he she they them their there here us me my our "
    "your and or but so if "
    "then than as such with of for to in on at by from who whose what which where when while "
    "now again just only also "
    "simply basically exactly approximately about roughly around some any very quite please "
    "let going want need like "
    "get give given see shown called named following follows step operation sequence order "
    "instruction explain tell "
    "describe start started starting begin beginning begins consist consists consisting "
    "include includes including "
    "contain contains containing measure measures measured measuring positioned position "
    "located locate placed place "
    "sit sits lie lies run runs running go goes pass passes passing total overall "
    "respectively namely each both all "
    "every one another other same own via too itself themselves because since well note make makes made create "
    "created build model design draw drawing generate give produce form forms formed shaped "
    "shape part parts piece "
    "thing object component body solid item example together dimension size sized say mm unit"
    " millimetre inch next "
    "first firstly second secondly third thirdly lastly finally last further more up down out"
    " off over straight right "
    "fully completely directly simple little nice new resulting final whole entire everywhere constant uniform "
    "throughout therefore thus altogether per work turned machined cast printed milled ground"
    " using use used take "
    "looks looking seen viewed view axis direction along stand stands standing rise rises rising extend extends "
    "extending come comes coming stick sticks sticking project projects projecting protrude "
    "protrudes reach reaches "
    "reaching go hang hangs attach attached join joined merged connected fused united single "
    "continuous solid plain "
    "add added adding put mount mounted bring remain remains remaining still leave left keep "
    "lying sitting i'm we're "
    "sequentially meet meets touch touches doesn't anything list leaving offset shifted symmetry points sketch "
    "other after nothing else"
)
WHOLE = words("part piece thing object component whole workpiece everything all lot assembly model solid item body")
FACTORS = {"twice": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0, "half": 0.5, "quadruple": 4.0}
