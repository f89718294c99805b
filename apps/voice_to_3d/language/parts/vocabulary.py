"""The words of part descriptions: what is a solid, a cut, an edge treatment, a place, a verb."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.wordlist import meanings, words

# solids: the noun -> its usual shape ("" where the sizes decide)
SOLIDS = meanings(
    "box: plate block prism cuboid cube slab sheet panel brick strip board rectangle square blank leaf beam rail "
    "crossbar "
    "baseplate backplate tile platform chassis;"
    "cylinder: rod shaft shank disc disk dowel collar post peg puck drum roller stud axle pin journal spigot "
    "circle barrel column trunnion pole roundel lobe coin plunger piston mandrel;"
    "tube: pipe sleeve bush bushing ferrule spacer standoff conduit;"
    "sphere: ball globe orb bead; hemisphere: dome; cone: frustum barb; torus: donut doughnut o-ring oring; ring; "
    "pyramid;"
    "wedge: ramp; ellipsoid: egg; capsule: pill; hexagon: hex; octagon; pentagon; triangle; ellipse: oval; "
    "stadium: obround;"
    "trapezoid: trapezium; star; cross: plus; heart; gear: cog; polygon; semicircle; elbow; gusset; rib: fin stiffener;"
    "helix: spring coil"
)
GENERIC_SOLIDS = words(
    "base leg wall upright tab wing head flange section segment hub boss lug ear pad arm tongue web foot ridge lip rim "
    "bracket body part piece thing object component stock bar handle knob knuckle grip cap crown neck nose tail "
    "tip step "
    "shoulder spout stand support mount clamp jaw jig gasket nut channel angle housing holder frame rack sink key "
    "pedestal button cover lid floor roof deck side_wall extrusion bracing shelf cheek fork yoke stop finger tooth "
    "eyebolt link lever crank cam pulley wheel knurl fitting rest tray enclosure case container cup pot shell v-block "
    "bolt screw washer rivet stem ledge projection protrusion bump spoke pillar tower stub extension cutter model "
    "shape solid outline profile sketch"
)
WHOLE = words("part piece thing object component model whole workpiece body bracket shape solid item design everything")
CUTS = meanings(
    "hole: bore drilling perforation holes orifice port; slot: keyslot slit slotted_hole; pocket: recess cavity "
    "depression "
    "seat hollow well socket indentation indent; groove: channel_cut trough undercut gutter; keyway; notch: nick; "
    "cutout: opening window "
    "aperture cut gap "
    "relief; counterbore: spotface; countersink; vee; dovetail; flat; rebate: rabbet"
)
EDGE_WORKS = meanings(
    "chamfer: bevel chamfered beveled bevelled bevels; fillet: round filleted rounding blend rounded radiused"
)
PLACES = meanings(
    "edge: border; side; end; face: surface plane; corner; centre: middle centrepoint midpoint center; "
    "centreline: midline;"
    "axis; rim; circumference: perimeter periphery; origin; top; bottom: underside; left; right; front; back: rear;"
    "interior: inside; exterior: outside; half; quadrant; line; point; midplane; vertex; apex; junction: joint; mouth"
)
WHICH = meanings(
    "left: left-hand lefthand; right: right-hand; top: upper uppermost; bottom: lower lowermost underside; front: "
    "near; back: rear far;"
    "long: longer longest; short: shorter shortest; each: every; both; either; all; one; other; opposite; same; "
    "free; outer: outside "
    "outermost external exterior; inner: inside innermost internal interior; narrow: narrower; adjacent: "
    "adjoining neighbouring two; "
    "first; last; second; third; big: bigger large larger largest; small: smaller smallest; middle: central; "
    "vertical; horizontal; "
    "entire: whole complete; four; opposing; plain; curved; flat; sloping: sloped slanted angled; remaining: "
    "rest; parallel; circular;"
    "sharp; exposed; radial"
)
DIMENSIONS = meanings(
    "width: wide breadth broad; length: long; height: tall high; depth: deep; thickness: thick; diameter: "
    "diametre; radius;"
    "pitch: spacing; wall; side; angle; across_flats; leg; circle_: bolt-circle; size; bend; cord; module; teeth; "
    "apart;"
    "edge_length; gauge; margin; square; drop; overhang; corner_radius"
)
ADJECTIVES = meanings(
    "rectangular; square; round: circular cylindrical; hexagonal; octagonal; pentagonal; triangular; conical: "
    "coned; spherical; "
    "hemispherical; elliptical; oval; blind; through; hollow; solid; flat; thin; rounded; radial; vertical: "
    "upright_; horizontal; raised; "
    "tapered; straight; semicircular; stepped; concentric: coaxial; central: centred; slotted; countersunk; "
    "counterbored; threaded: "
    "tapped; clearance; parallel; perpendicular: orthogonal square_to; open; closed; regular; equilateral; "
    "isosceles; right; shallow; "
    "single; simple; plain; small; big: large; extruded; filleted; chamfered; inclined: sloping sloped angled "
    "slanted; truncated; "
    "identical: same equal; even; axial; transverse: crosswise cross; diagonal; circumferential: annular; shaped; "
    "obround: stadium; "
    "curved; full; half; quarter; central_; inverted; symmetric: symmetrical; double; twin; solid_; drilled; "
    "recessed; milled: turned machined cast printed ground; long_: elongated"
)
CUT_VERBS = words(
    "cut cutting drill drilled drilling bore bored boring mill milled milling machine machined machining punch "
    "punched remove "
    "removed removing subtract subtracted subtracting pierce pierced ream reamed carve carved carving engrave "
    "engraved trim "
    "trimmed hollow hollowed hollowing slice sliced pocketed notched grooved relieved scoop scooped saw sawn clip "
    "clipped cuts "
    "counterbores slotted perforated"
)
ADD_VERBS = words(
    "add adding added attach attached attaching extrude extruded extruding place placed put make making create "
    "creating created "
    "build building start starting begin join joined joining union unioned weld welded mount mounted raise raised "
    "draw drawing "
    "drawn sketch sketched take form forming formed model modeled modelled design fuse fused stack stacked extend "
    "extends "
    "extending stick sticks protrude protrudes protruding project projects projecting rise rises stand stands "
    "come comes construct "
    "generate insert glue revolve revolved loft lofted sweep swept produce leave connect connects connecting"
)
STOP = words(
    "a an the this that these those it its is are be been being was were has have having had do does will would "
    "shall should can "
    "could may might must we i you he they them their there here us me my our your and or but so if then than as "
    "such with of for "
    "to in on at by from into onto out up down over off which who whose what when where while next first firstly "
    "second secondly "
    "third finally lastly last also now again just only simply basically exactly approximately about roughly "
    "around some any no not "
    "very quite please let going want need like used using use make makes made create sure all each both every "
    "one other another "
    "same own per via also too both itself themselves how why because since get give gives given see shown called "
    "named known "
    "following follows follow step operation operations sequence order detail details instruction instructions "
    "explain tell walk "
    "know through describe sequentially start started begins consists consist consisting includes include "
    "including contains "
    "measures measure measured measuring positioned located position place sits sit lies lie placed runs run goes "
    "go passes pass "
    "passing leaving leaves left_over dimension dimensions dimensional direction directions total overall "
    "respectively namely e "
    "example except ensure within along across between meets wherever whatever actual typical standard well "
    "so-called inch "
    "mm units unit millimetre millimetres note mind ok okay hello hi thanks new another whole entire together "
    "resulting "
    "few several kind type sort fairly specific style few simple basic way bit thing looks look looking down "
    "viewed seen view still "
    "separate done final finished further more say says it's too together sized size dimensioned plan orientation "
    "lying laid "
    "remain remains remaining matter part parts piece single once everything nothing anything something already "
    "quantity "
    "am offset making goes go going happens touch everything's turns includes reaches reach continuous running "
    "runs crossing wherever rather instead constant roughly somewhat essentially basically purely actually "
    "arranged spaced correctly connected joined merged attached x y z xy yz xz "
    "shape shapes shaped form forms normal drawing "
    "designed fits fit intended purpose keep kept leave"
)
REF_PREPOSITIONS = words(
    "in on at from of to through into onto between along around across above below under underneath beneath over "
    "near within "
    "inside against beside past behind off about toward towards beyond"
)
NEW_PREPOSITIONS = words("with and has have having including plus containing contains featuring includes")
DIRECTIONS = {
    "left": ("x", -1), "right": ("x", 1), "front": ("y", -1), "back": ("y", 1), "bottom": ("z", -1), "top": ("z", 1),
}  # fmt: skip
AXES = ("x", "y", "z")
PRONOUNS = words("it its they them their this these those one ones each both that")

KNOWN = STOP.union(
    SOLIDS, GENERIC_SOLIDS, CUTS, EDGE_WORKS, PLACES, WHICH, DIMENSIONS, ADJECTIVES, CUT_VERBS, ADD_VERBS,
    REF_PREPOSITIONS, NEW_PREPOSITIONS, DIRECTIONS, PRONOUNS,
)  # fmt: skip
"""Every word that the reading of parts has a use for somewhere."""
