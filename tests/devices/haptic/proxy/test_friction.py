"""Friction on a proxy: the cone, stick and slip, and rest with a noisy encoder."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.devices.haptic.proxy import Geometry, Proxy, cloud, mesh

STILL, MOVING = 0.6, 0.4


def floors() -> list[Geometry]:
    x, y = np.meshgrid(np.linspace(-0.05, 0.05, 41), np.linspace(-0.05, 0.05, 41))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], -1)
    return [
        mesh([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], [[0, 1, 2], [0, 2, 3]], radius=1e-3),
        cloud(points, radius=1e-3),
    ]


@pytest.fixture(params=[0, 1], ids=["mesh", "cloud"])
def proxy(request: pytest.FixtureRequest) -> Proxy:
    return Proxy(floors()[request.param])


def press(proxy: Proxy, x: float = 0.0, depth: float = 4e-3) -> None:
    """Come down to a depth behind the surface, which is 1 mm in front of z = 0."""
    for z in np.linspace(0.01, 1e-3 - depth, 50):
        proxy.move([x, 0.0, z], STILL, MOVING)


def test_it_sticks_within_the_cone_and_slides_at_its_edge(proxy: Proxy) -> None:
    press(proxy)
    for x in np.linspace(0, 0.99 * STILL * 4e-3, 50):
        proxy.move([x, 0.0, -3e-3], STILL, MOVING)
        assert proxy.position == pytest.approx([0, 0, 1e-3], abs=1e-7) and not proxy.slides
    for x in np.linspace(0.01, 0.02, 50):
        proxy.move([x, 0.0, -3e-3], STILL, MOVING)
        assert proxy.slides
        assert x - proxy.position[0] == pytest.approx(MOVING * 4e-3, abs=1e-6)
        assert proxy.position[2] == pytest.approx(1e-3, abs=1e-7)
    held = proxy.position.copy()
    proxy.move([0.02 - 1e-4, 0.0, -3e-3], STILL, MOVING)  # back a little: it sticks again
    assert not proxy.slides and proxy.position == pytest.approx(held, abs=0)


def test_noise_does_not_make_it_creep(proxy: Proxy) -> None:
    press(proxy)
    rng = np.random.default_rng(0)
    proxy.move([1e-3, 0.0, -3e-3], STILL, MOVING)
    held = proxy.position.copy()
    for noise in rng.normal(0, 2e-5, (2000, 3)):
        proxy.move(np.array([1e-3, 0.0, -3e-3]) + noise, STILL, MOVING)
    assert np.array_equal(proxy.position, held)


def test_it_lets_go_when_the_hand_leaves(proxy: Proxy) -> None:
    press(proxy)
    proxy.move([1e-3, 0.0, -3e-3], STILL, MOVING)
    for z in np.linspace(-3e-3, 0.01, 100):
        depth = proxy.move([1e-3, 0.0, z], STILL, MOVING)
    assert depth == 0.0 and proxy.position == pytest.approx([1e-3, 0, 0.01], abs=0)


def test_it_lands_below_and_is_not_held_in_the_air(proxy: Proxy) -> None:
    proxy.move([0.0, 0.0, 5e-3], STILL, MOVING)
    proxy.move([1e-4, 0.0, -3e-3], STILL, MOVING)
    assert proxy.position[2] == pytest.approx(1e-3, abs=1e-7)
    assert 0.0 <= proxy.position[0] <= 1e-4
