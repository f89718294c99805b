"""`Fastener`: a workpiece with a thread size whose other sizes follow the standard's table; and the thread itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import spot, standing
from wugan.apps.voice_to_3d.families.shop.standards import PITCH, Table, dimension, nominal
from wugan.apps.voice_to_3d.families.shop.workpiece import Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.apps.voice_to_3d.scene.solid import Common, Compound, Cylinder, Helix, Join, Revolve, Solid
from wugan.errors import DataError

Flats = Annotated[Length, said("across flats", "wrench size", "spanner size", "flats", "hex size", "af")]
Threaded = Annotated[bool, said("thread", "threads", "real thread", "modelled thread")]
Pitch = Annotated[Length, said("thread pitch")]
Size = Annotated[str, Field(max_length=24), said("thread", "thread size", "metric size")]
Head = Annotated[Length, said("head width", "diameter of the head")]
DEPTH = 5 / 8 * math.sqrt(3) / 2
"""Depth of the basic ISO thread over its pitch (ISO 68-1: 5/8 H, H = √3/2 P)."""


class Fastener(Workpiece):
    """A threaded thing: `size` ("M6") or a diameter, and what the standard's table says for it.

    Attributes:
        nominal_field: the parameter that is the thread's nominal diameter.
        table: the standard's dimensions, by parameter name.
        scaled: parameters that are a multiple of the thread's diameter where no standard speaks.
    """

    nominal_field: ClassVar[str] = "diameter"
    table: ClassVar[Table] = {}
    scaled: ClassVar[Mapping[str, float]] = {}

    size: Size = "M6"

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        """The standard's dimensions for the size, or for the diameter where that was said instead."""
        own, size = cls.nominal_field, said.get("size")
        filled: dict[str, Any] = {}
        diameter, pitch, length = nominal(size if isinstance(size, str) else cls.model_fields["size"].default)
        stated = said.get(own)
        if isinstance(stated, int | float) and 0 < stated < math.inf:
            if size is not None and not math.isclose(stated, diameter, rel_tol=0.12):
                raise DataError(
                    f"{cls.names[0]}: {own} {stated:g} mm contradicts the size {size}, which is {diameter:g} mm; "
                    "say one of them"
                )
            if size is None:
                diameter = float(stated)
                filled["size"] = f"M{diameter:g}"
        filled[own] = diameter
        filled |= {name: dimension(cls.table, name, diameter) for name in cls.table if name in cls.model_fields}
        filled |= {name: factor * diameter for name, factor in cls.scaled.items()}
        if "pitch" in cls.model_fields:
            filled["pitch"] = pitch or dimension(PITCH, "pitch", diameter)
        if length is not None and "length" in cls.model_fields:
            filled["length"] = length
        return filled

    def check_pitch(self, length: float) -> None:
        """Raises `DataError` where the thread has no core left or too many turns to be modelled."""
        if not getattr(self, "threaded", False):
            return
        self.below("pitch", getattr(self, self.nominal_field) / 2, self.nominal_field)
        if length / self.pitch > 200:  # type: ignore[attr-defined]
            raise DataError(
                f"{self.names[0]}: {length:g} mm are more than 200 turns of pitch {self.pitch:g} mm; "  # type: ignore[attr-defined]
                "say it without thread, or shorter"
            )


def screw_thread(diameter: float, pitch: float, length: float, chamfered: tuple[bool, bool] = (True, True)) -> Solid:
    """A thread of ISO 68-1's basic profile, `length` mm from z = 0; as a bolt's body, or to be cut from a nut.

    The ridge is P/8 wide at the crest and 3P/4 at the minor diameter d - 5/4 H; `chamfered` tells whether the bottom
    and the top end are bevelled by the thread's depth.
    """
    depth = DEPTH * pitch
    minor = diameter - 2 * depth
    sunk = min(depth, minor / 4)  # the ridge reaches into the core, so that the two become one
    ridge = Polygon(
        points=(
            (-sunk, -3 / 8 * pitch), (0, -3 / 8 * pitch), (depth, -pitch / 16), (depth, pitch / 16),
            (0, 3 / 8 * pitch), (-sunk, 3 / 8 * pitch),
        )
    )  # fmt: skip
    turns = length / pitch + 2
    helix = Helix(profile=ridge, diameter=minor, pitch=pitch, turns=turns)
    radius, low, high = diameter / 2, depth * chamfered[0], depth * chamfered[1]
    body: list[tuple[float, float]] = [(0, 0), (radius - low, 0)]
    if low:
        body.append((radius, low))
    if high:
        body.append((radius, length - high))
    body += [(radius - high, length), (0, length)]
    return Compound(
        base=Cylinder(diameter=minor, height=length),
        features=(
            Join(id="thread", name="thread", shape=helix, place=spot(0, 0, length / 2)),
            Common(id="thread_ends", name="thread ends", shape=Revolve(points=tuple(body)), place=standing(0)),
        ),
    )
