"""`Rendering`: a renderer as the loop uses it: programs as bytes, geometries fetched by another thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wugan.devices.haptic.effects import Program, Renderer
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


NO_SURFACES = "the program names a geometry: make the device with surfaces=True, so that its servo can render it"


class Rendering:
    """Loads programs and renders them.

    A program may name geometries that lie in shared memory. Attaching one takes milliseconds, so a thread does it; the
    program waits, and the one before stays in force until it expires.

    Args:
        axes: of the device.
        surfaces: whether programs may name geometries. Loads the kernels for them, which takes seconds.
    """

    def __init__(self, axes: int, surfaces: bool = False) -> None:
        if surfaces:
            from wugan.devices.haptic.proxy import warm_up

            warm_up()
        self._surfaces = surfaces
        self._geometries: dict[str, Geometry] = {}
        self._renderer = Renderer(axes, self._geometries)
        self._failed: dict[str, str] = {}
        self._wanted: set[str] = set()
        self._queue: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._pending: tuple[bytes, Program] | None = None

    def load(self, data: bytes) -> bool:
        """Take a program into force; False while a geometry is on its way.

        Raises:
            DataError: it cannot be used: damaged, not for this device, or a geometry that is not there.
        """
        if self._pending is not None and self._pending[0] == data:
            program = self._pending[1]
        else:
            program = Program.from_bytes(data)
            self._failed.clear()
        if program.geometry_names and not self._surfaces:
            raise DataError(NO_SURFACES)
        missing = [name for name in program.geometry_names if name not in self._geometries]
        for name in missing:
            if name in self._failed:
                self._pending = None
                raise DataError(f"geometry {name!r}: {self._failed[name]}")
            self._fetch(name)
        self._pending = (data, program) if missing else None
        if missing:
            return False
        self._renderer.load(program)
        return True

    def step(
        self, position: Sequence[float], velocity: Sequence[float], dt_s: float
    ) -> tuple[Sequence[float], Sequence[float]]:
        """The program's force: what passivity control is to look at, and what is meant to push by itself."""
        whole = self._renderer.step(position, velocity, dt_s).tolist()
        active = self._renderer.active.tolist()
        return [force - push for force, push in zip(whole, active, strict=True)], active

    def granted(self) -> float:
        """Energy (J) that new programs have stored in springs since this was last asked."""
        energy, self._renderer.granted_j = self._renderer.granted_j, 0.0
        return energy

    def potential(self, position: Sequence[float]) -> float:
        """Energy (J) that the program's springs have stored with the handle there."""
        return self._renderer.potential(position)

    def reset(self) -> None:
        """Forget all contacts: the device was away."""
        self._renderer.reset()

    def _fetch(self, name: str) -> None:
        if name in self._wanted:
            return
        self._wanted.add(name)
        if self._thread is None:
            self._thread = threading.Thread(target=self._attach, name="geometries", daemon=True)
            self._thread.start()
        self._queue.put(name)

    def _attach(self) -> None:
        from wugan.devices.haptic.proxy.geometry import Geometry

        while True:
            name = self._queue.get()
            try:
                self._geometries[name] = Geometry.attach(name)
            except Exception as error:  # told with the program that wants it
                self._failed[name] = str(error)
            self._wanted.discard(name)
