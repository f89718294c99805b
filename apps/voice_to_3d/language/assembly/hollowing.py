"""Hollowing: a body with walls gets its cavity, open at the top where it is a vessel or was said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wugan.apps.voice_to_3d.language.assembly.frame import (
    IDENTITY,
    Made,
)
from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.parts.body import Body
from wugan.apps.voice_to_3d.language.parts.extents import across
from wugan.apps.voice_to_3d.scene import solid as solids

OPEN = ("tray", "cup", "pot", "bowl", "vase", "planter", "bin", "bucket", "mug", "basin")

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building


def hollow_out(building: Building, thing: Thing, made: Body, box: Made) -> None:
    """Empties the base, where walls of it were said."""
    wall = thing.get("wall")
    if wall is None and thing.flags & {"hollow", "shelled"}:
        wall = thing.get("thickness") if thing.shape in ("box", "sphere") and len(thing.sizes) >= 3 else None
    if wall is None or thing.shape not in ("box", "cylinder", "") or thing.letter:
        return
    if isinstance(made.solid, solids.Cylinder) and made.solid.inner_diameter:
        floor = thing.get("floor")
        opened = thing.flags & {"open_top"} or any(name in OPEN for name in thing.names) or floor is not None
        if not opened:
            return
        building.solid = made.solid.model_copy(update={"inner_diameter": 0.0})
    floor = thing.get("floor")
    building.floor = floor if floor is not None else wall
    building.wall = wall
    opened_both = "open_both" in thing.flags
    open_top = "open_top" in thing.flags or "shelled" in thing.flags or any(name in OPEN for name in thing.names)
    size = [box.high[k] - box.low[k] for k in range(3)]
    void: solids.Solid
    deep = size[2] - building.floor - (0.0 if open_top else wall)
    if opened_both:
        deep, building.floor = size[2], 0.0
    if "open_bottom" in thing.flags and not open_top:
        deep, building.floor = size[2] - wall, 0.0
    rounded = any(feature.kind == "fillet" for feature, *_ in building.features)
    if rounded and floor is None and not opened_both and isinstance(made.solid, solids.Box):
        faces: tuple[Literal["top", "bottom"], ...] = (
            ("top",) if open_top else ("bottom",) if "open_bottom" in thing.flags else ()
        )
        building.work(
            solids.Shell(thickness=wall, open=faces, id="shell", name="shell")
        )  # its corners follow the outside
        return
    inner = [size[0] - 2 * wall, size[1] - 2 * wall]
    if min(*inner, deep) <= 0:
        building.refuse(thing, f"walls of {wall:g} mm leave no room")
        return
    if across(thing) is not None:
        void = solids.Cylinder(diameter=inner[0], height=deep)
    else:
        void = solids.Box(size=(inner[0], inner[1], deep))
    point = [box.mid("x"), box.mid("y"), box.low[2] + building.floor + deep / 2]
    cavity = Thing("cut", "cavity", {"cavity", "inside"}, "pocket", step=thing.step)
    building.cut(cavity, void, IDENTITY, [point], [inner[0], inner[1], deep])
    if not open_top and not opened_both and "open_bottom" not in thing.flags and "hollow" not in thing.flags:
        building.assumed.append(f"{thing.noun}: closed all round")
