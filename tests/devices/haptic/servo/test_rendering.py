from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from wugan.devices.haptic.effects import Program, Pulse, Spring
from wugan.devices.haptic.servo.rendering import Rendering
from wugan.errors import DataError


def test_a_program_in_bytes_is_rendered() -> None:
    rendering = Rendering(2)
    assert rendering.load(Program((Spring(stiffness=100.0),)).to_bytes())
    passive, active = rendering.step((0.01, 0.0), (0.0, 0.0), 0.001)
    assert passive == pytest.approx([-1.0, 0.0])
    assert active == [0.0, 0.0]
    rendering.reset()


def test_energy_of_a_spring_that_was_moved_is_granted_once() -> None:
    rendering = Rendering(1)
    rendering.load(Program((Spring(stiffness=100.0),)).to_bytes())
    rendering.step((0.0,), (0.0,), 0.001)
    assert rendering.granted() == 0.0
    rendering.load(Program((Spring(stiffness=100.0, center=(0.01,)),)).to_bytes())
    assert rendering.granted() == pytest.approx(0.5 * 100 * 0.01**2)
    assert rendering.granted() == 0.0


def test_a_pulse_pushes_by_itself() -> None:
    rendering = Rendering(1)
    rendering.load(Program((Pulse((1.0,), duration=0.1),)).to_bytes())
    for _ in range(5):  # it begins with a rounded edge
        passive, active = rendering.step((0.0,), (0.0,), 0.001)
    assert passive == [0.0]
    assert active[0] > 0.0


def test_bytes_that_are_no_program() -> None:
    with pytest.raises(DataError):
        Rendering(2).load(b"nothing")


class Named:
    """A program that names a geometry."""

    geometry_names = ("wugan-test-part",)
    effects = ()


def test_geometries_are_fetched_by_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    from wugan.devices.haptic.proxy.geometry import Geometry

    there = threading.Event()

    def slowly(name: str) -> Geometry:
        there.wait()
        return Geometry("cloud", {"points": np.zeros((1, 3))}, 0.01, 0.01)

    monkeypatch.setattr(Geometry, "attach", slowly)
    monkeypatch.setattr("wugan.devices.haptic.proxy.warm_up", lambda: None)
    monkeypatch.setattr(Program, "from_bytes", lambda data: Named())
    rendering = Rendering(3, surfaces=True)
    assert not rendering.load(b"named")  # while the other thread still waits
    there.set()
    while not rendering.load(b"named"):
        time.sleep(0.005)


def test_a_geometry_that_is_not_there_is_told_with_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wugan.devices.haptic.proxy.warm_up", lambda: None)
    monkeypatch.setattr(Program, "from_bytes", lambda data: Named())
    rendering = Rendering(3, surfaces=True)
    with pytest.raises(DataError, match=r"geometry 'wugan-test-part'.*no shared memory"):
        for _ in range(1000):
            assert not rendering.load(b"named")
            time.sleep(0.005)


def test_without_surfaces_a_geometry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Program, "from_bytes", lambda data: Named())
    with pytest.raises(DataError, match="surfaces=True"):
        Rendering(3).load(b"named")
