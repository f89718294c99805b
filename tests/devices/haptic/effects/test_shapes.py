"""Walls, textures, detents and pulses: their shape in space and in time."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.devices.haptic.effects import Detents, Effect, Program, Pulse, Renderer, Texture, Vibration, Wall

DT = 1e-3


def along(effect: Effect, places: np.ndarray, speed: float = 0.0) -> np.ndarray:
    renderer = Renderer(1)
    renderer.load(Program((effect,)))
    return np.array([renderer.step([x], [speed], DT)[0] for x in places])


def in_time(effect: Effect, steps: int) -> np.ndarray:
    return along(effect, np.zeros(steps))


def test_a_wall_pushes_and_damps_only_while_pushed() -> None:
    wall = Wall((2.0,), (0.01,), stiffness=500.0, damping=10.0)
    places = np.array([0.02, 0.01, 0.009, 0.0])
    assert along(wall, places) == pytest.approx([0, 0, 0.5, 5.0])
    assert along(wall, places, speed=-0.1) == pytest.approx([0, 0, 1.5, 6.0])
    assert along(wall, places, speed=0.1) == pytest.approx([0, 0, 0.5, 5.0])


@pytest.mark.parametrize(
    "texture",
    [
        Texture(0.4, 2e-3, (1.0,)),
        Texture(0.4, 2e-3, (1.0,), profile=(0.0, 1.0, 5.0, 2.0, 2.0)),
        Texture.noise(0.4, 2e-3, (1.0,), seed=5),
    ],
    ids=["sine", "recorded", "noise"],
)
def test_a_texture_repeats_and_has_no_mean(texture: Texture) -> None:
    places = np.arange(2000) / 2000 * 2e-3
    felt = along(texture, places)
    assert np.abs(felt).max() == pytest.approx(0.4, rel=0.01)
    assert felt.mean() == pytest.approx(0.0, abs=1e-4)
    assert along(texture, places + 6e-3) == pytest.approx(felt, abs=1e-9)
    assert along(texture, places - 4e-3) == pytest.approx(felt, abs=1e-9)
    assert np.ptp(along(texture, np.full(50, 3.3e-4))) == 0.0  # a hand at rest feels no buzz
    assert Texture.noise(seed=5) == Texture.noise(seed=5) != Texture.noise(seed=6)


def test_detents_pull_to_the_nearest_notch() -> None:
    detents = Detents(5e-3, 1.0, 2e-3, (1.0,), count=3)
    felt = along(detents, np.array([0.0, 5e-4, -5e-4, 1e-3, 2e-3, 5.5e-3, 10.5e-3, 15.5e-3, 0.1]))
    assert felt == pytest.approx([0, -1, 1, 0, 0, -1, -1, 0, 0], abs=1e-9)
    assert along(Detents(5e-3, 1.0, direction=(1.0,)), np.array([0.10125, 0.09875])) == pytest.approx([-1, 1])
    steps = np.diff(along(detents, np.linspace(-2e-3, 2e-3, 4001)))
    assert np.abs(steps).max() < 0.01  # no edge


def test_a_pulse_ends_by_itself_and_a_repeated_program_does_not_renew_it() -> None:
    pulse = Pulse((2.0,), duration=0.1, edge=0.02)
    felt = in_time(pulse, 200)
    assert felt[0] == 0.0 and felt.max() == pytest.approx(2.0) and felt[50] == pytest.approx(2.0)
    assert not felt[101:].any() and np.abs(np.diff(felt)).max() < 0.2
    renderer = Renderer(1)
    felt = []
    for step in range(300):
        renderer.load(Program((pulse if step < 200 else Pulse((2.0,), duration=0.1, serial=1),)))
        felt.append(renderer.step([0.0], [0.0], DT)[0])
        assert renderer.active[0] == felt[-1]
    assert not any(felt[101:200]) and max(felt[200:]) == pytest.approx(2.0)


def test_a_vibration_has_its_frequency_and_decay() -> None:
    felt = in_time(Vibration(1.0, 100.0, (1.0,), duration=1.0), 1000)
    assert np.argmax(np.abs(np.fft.rfft(felt))) == 100
    assert np.abs(felt).max() <= 1.0 and not in_time(Vibration(1.0, 100.0, (1.0,), duration=0.05), 100)[51:].any()
    ring = np.abs(in_time(Vibration(1.0, 100.0, (1.0,), duration=1.0, decay=0.05), 400))
    assert ring[300:].max() < 0.01 < ring[:50].max()


def test_after_the_link_was_lost_no_pulse_starts_again() -> None:
    for effect in (Pulse((2.0,), duration=1.0), Vibration(direction=(1.0,), duration=1.0)):
        renderer = Renderer(1)
        renderer.load(Program((effect,)))
        for _ in range(50):
            renderer.step([0.0], [0.0], DT)
        renderer.reset()
        renderer.load(Program((effect,)))
        assert not any(renderer.step([0.0], [0.0], DT)[0] for _ in range(50))
