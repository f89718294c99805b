"""`Model`: the base of every type of a scene: strict, immutable, and finite."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LARGEST = 100_000.0  # mm: nothing that is designed by voice is larger than 100 m
SMALLEST = 0.01  # mm: below this a mesh in float32 loses its shape


class Model(BaseModel):
    """Forbids unknown fields, so that a misspelt one is an error and not a loss."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Length = Annotated[float, Field(ge=SMALLEST, le=LARGEST, description="millimetres")]
Offset = Annotated[float, Field(ge=-LARGEST, le=LARGEST, description="millimetres, signed")]
Angle = Annotated[float, Field(ge=-3600, le=3600, description="degrees")]
Count = Annotated[int, Field(ge=1, le=1000)]
Vector = tuple[Offset, Offset, Offset]
Size = tuple[Length, Length, Length]
Angles = tuple[Angle, Angle, Angle]
Point = tuple[Offset, Offset]
Name = Annotated[str, Field(min_length=1, max_length=80)]
