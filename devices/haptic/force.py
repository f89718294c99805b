"""`HapticForce`: the sink through which a pipeline changes what a haptic device feels like."""

from __future__ import annotations

import dataclasses
import logging
import math
from dataclasses import dataclass, field
from typing import Any

from wugan.devices.haptic.device import HapticDevice
from wugan.devices.haptic.effects.program import EFFECTS, Program, check_program
from wugan.devices.haptic.servo.memory import Phase, ServoMemory, Word, expiry_ns
from wugan.errors import DataError, DeviceError
from wugan.packet import Packet
from wugan.signals import ImpedanceUpdate
from wugan.stage import Sink

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


logger = logging.getLogger(__name__)


@dataclass(eq=False)
class HapticForce(Sink[Program]):
    """Gives each program to the servo of a device that the same pipeline reads, on this machine, in any process.

    A program ends by itself after `expires`; a pipeline that stalls or dies lets the force go to zero.

    Args:
        device: the `HapticDevice` that is the pipeline's source; its `port` must be named.
        expires: how long each program holds unless another one comes; at most 2 s.

    Raises:
        DataError: the device's port is not named; from `write`, the program does not fit the device.
        DeviceError: from `write`, no servo has run for it.
    """

    device: HapticDevice
    expires: str | float = "100ms"
    _memory: ServoMemory | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        expiry_ns(self.expires)
        if self.device.port is None:
            raise DataError("HapticForce: name the device's port, so that the sink finds its servo: port=…")

    def write(self, packet: Packet[Program]) -> None:
        """Put one program in force."""
        data = check_program(packet.data, self.device.haptic)
        memory = self._attached()
        if memory is None:
            logger.debug("%s was closed: a program is dropped", self.device.name)
        else:
            memory.write_program(data, expiry_ns(self.expires))

    def interrupt(self) -> None:
        """Take all effects away at once. Called from another thread."""
        if self._memory is not None:
            self._memory.write_program(b"", 0)

    def close(self) -> None:
        """Take all effects away."""
        memory, self._memory = self._memory, None
        if memory is not None:
            memory.write_program(b"", 0)
            memory.close()

    def _attached(self) -> ServoMemory | None:
        """The memory of the servo that runs now; None where the one that we have known was closed, as at a stop."""
        memory = self._memory
        if memory is not None and memory.words[Word.PHASE] != Phase.STOPPED:
            return memory
        assert self.device.port is not None
        try:
            fresh = ServoMemory.attach(self.device.port)  # a source that was opened again has another memory
        except DeviceError:
            if memory is None:
                raise
            return None
        if memory is not None:
            memory.close()
        self._memory = fresh
        return fresh

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_memory": None}
