"""`program_of`: the program that an `ImpedanceUpdate` asks for."""

from __future__ import annotations

import dataclasses
import math

from wugan.devices.haptic.effects.program import EFFECTS, Program
from wugan.errors import DataError
from wugan.signals import ImpedanceUpdate

#: A command that outlives the pipeline that gave it by more than this is none that anybody stands behind.
LONGEST_VALID_S = 10.0


def program_of(update: ImpedanceUpdate) -> Program:
    """Turn plain values into effects.

    Raises:
        DataError: an effect or a parameter is unknown, missing or out of range, or `valid_s` is not above 0 and at most
            10 s; says which.
    """
    if not (math.isfinite(update.valid_s) and 0.0 < update.valid_s <= LONGEST_VALID_S):
        raise DataError(
            f"ImpedanceUpdate.valid_s must be above 0 and at most {LONGEST_VALID_S:g} s, not {update.valid_s}"
        )
    kinds = {kind.__name__: kind for kind in EFFECTS.values()}
    effects = []
    for number, given in enumerate(update.effects):
        where = f"ImpedanceUpdate.effects[{number}]"
        name = given.get("effect")
        if name not in kinds:
            raise DataError(f"{where}: there is no effect {name!r}; there are {', '.join(sorted(kinds))}")
        values = {key: value for key, value in given.items() if key != "effect"}
        known = [entry.name for entry in dataclasses.fields(kinds[name])]  # type: ignore[arg-type]
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise DataError(f"{where}: {name} has no {unknown[0]!r}; it has {', '.join(known)}")
        try:
            effects.append(kinds[name](**values))
        except TypeError as error:
            raise DataError(f"{where}: {error}") from error
    return Program(tuple(effects))
