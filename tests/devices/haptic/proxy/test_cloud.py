"""A proxy on point clouds: against the surfaces that they were taken from."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wugan.devices.haptic.proxy import Proxy, cloud, path
from wugan.errors import DataError

Points = NDArray[np.float64]


def grid(step: float = 2e-3, half: float = 0.04) -> Points:
    x, y = np.meshgrid(np.arange(-half, half + step / 2, step), np.arange(-half, half + step / 2, step))
    return np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], -1)


def ball(count: int = 6000, radius: float = 0.05) -> Points:
    """Points of a sphere, evenly spread (Fibonacci)."""
    k = np.arange(count) + 0.5
    polar, around = np.arccos(1 - 2 * k / count), np.pi * (1 + 5**0.5) * k
    directions = [np.cos(around) * np.sin(polar), np.sin(around) * np.sin(polar), np.cos(polar)]
    return radius * np.stack(directions, -1)


def plate(thick: float = 2e-3) -> tuple[Points, Points]:
    """Both faces of a plate and its rim, with normals."""
    top, up = grid(), np.array([0.0, 0.0, 1.0])
    side = np.arange(-0.04, 0.0401, 2e-3)
    rim = [[sx * 0.041, y, thick / 2] for sx in (-1, 1) for y in side]
    rim += [[x, sy * 0.041, thick / 2] for sy in (-1, 1) for x in side]
    out = [[sx, 0.0, 0.0] for sx in (-1.0, 1.0) for _ in side] + [[0.0, sy, 0.0] for sy in (-1.0, 1.0) for _ in side]
    return np.vstack([top + thick * up, top, rim]), np.vstack(
        [np.tile(up, (len(top), 1)), np.tile(-up, (len(top), 1)), out]
    )


def follow(proxy: Proxy, hands: Points, still: float = 0.0, moving: float = 0.0) -> Points:
    places = []
    for hand in hands:
        proxy.move(hand, still, moving)
        places.append(proxy.position.copy())
    return np.array(places)


def around(radius: float, count: int = 1500) -> Points:
    angle = np.linspace(0, np.pi, count)
    return radius * np.stack([np.sin(angle) * np.cos(3 * angle), np.sin(angle) * np.sin(3 * angle), np.cos(angle)], -1)


def test_plane() -> None:
    proxy = Proxy(cloud(grid()))
    assert proxy.radius == pytest.approx(1.5e-3)
    assert proxy.move([0.01, 0.0, 0.05]) == 0.0
    for z in np.linspace(0.05, -0.01, 60):
        depth = proxy.move([0.01, 0.0, z])
    assert depth == pytest.approx(0.0115, abs=1e-6)
    places = follow(proxy, np.stack([np.linspace(0.01, -0.03, 100), np.full(100, 0.013), np.full(100, -0.01)], -1))
    assert places[-1] == pytest.approx([-0.03, 0.013, 1.5e-3], abs=1e-6)
    assert np.abs(places[:, 2] - 1.5e-3).max() < 1e-6


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["outside", "inside"])
@pytest.mark.parametrize("noise", [0.0, 2e-4], ids=["exact", "noisy"])
def test_sphere_against_the_analytic_one(sign: float, noise: float) -> None:
    points = ball() + np.random.default_rng(1).normal(0, noise, (6000, 3))
    proxy = Proxy(cloud(points))  # normals estimated, and turned alike
    way = around(1.0)
    follow(proxy, np.outer(np.linspace(0.05 + sign * 0.02, 0.05 - sign * 0.003, 200), way[0]))
    places = follow(proxy, way * (0.05 - sign * 0.003))
    error = np.linalg.norm(places - way * (0.05 + sign * proxy.radius), axis=1)
    # The mean over a support of 4.5 mm flattens the sphere by some 50 µm.
    assert error.max() < 3e-4 + 4 * noise
    outside = sign * (np.linalg.norm(places, axis=1) - 0.05)
    assert outside.min() > 0.5 * proxy.radius


def test_a_thin_plate_holds_on_both_faces_and_at_its_rim() -> None:
    geometry = cloud(*plate())
    assert geometry.scale > 4e-3  # twice as wide as the plate is thick
    proxy = Proxy(geometry)
    proxy.move([0.0, 0.0, 0.03])
    follow(proxy, np.stack([np.zeros(20), np.zeros(20), np.linspace(0.03, -0.02, 20)], -1))
    places = follow(proxy, np.stack([np.linspace(0, 0.03, 300), np.zeros(300), np.full(300, -0.02)], -1))
    assert np.abs(places[:, 2] - 2e-3 - proxy.radius).max() < 1e-4
    proxy.reset()
    proxy.move([0.0, 0.0, -0.03])
    for z in np.linspace(-0.03, 0.02, 20):
        proxy.move([0.0, 0.0, z])
    assert proxy.position[2] == pytest.approx(-proxy.radius, abs=1e-4)


def test_past_an_edge_the_hand_is_free_and_meets_the_other_face() -> None:
    top = grid() + np.array([-0.04, 0.0, 0.0])
    wall = grid()[:, [2, 0, 1]] + np.array([1e-3, 0.0, -0.041])
    normals = np.vstack([np.tile([0.0, 0.0, 1.0], (len(top), 1)), np.tile([1.0, 0.0, 0.0], (len(wall), 1))])
    proxy = Proxy(cloud(np.vstack([top, wall]), normals))
    corners = ([-0.03, 0, 0.02], [-0.03, 0, -3e-3], [0.004, 0, -3e-3], [0.004, 0, -0.03], [-0.002, 0, -0.03])
    hands = np.vstack([np.linspace(a, b, 150) for a, b in zip(corners, corners[1:], strict=False)])
    places = follow(proxy, hands)
    assert places[200:250, 2] == pytest.approx(np.full(50, proxy.radius), abs=1e-4)  # on the top
    assert places[449] == pytest.approx(hands[449], abs=0)  # beside the wall: free
    assert places[-1] == pytest.approx([1e-3 + proxy.radius, 0, -0.03], abs=1e-4)  # on the wall


def test_a_hollow_corner_holds() -> None:
    floor = grid()
    wall = floor[:, [2, 0, 1]] + [0.041, 0.0, 0.041]
    normals = np.vstack([np.tile([0.0, 0.0, 1.0], (len(floor), 1)), np.tile([-1.0, 0.0, 0.0], (len(wall), 1))])
    proxy = Proxy(cloud(np.vstack([floor, wall]), normals))
    hands = np.vstack(
        [
            np.linspace(a, b, 200)
            for a, b in (
                ([0, 0, 0.02], [0, 0, -0.01]),
                ([0, 0, -0.01], [0.06, 0, -0.01]),
                ([0.06, 0, -0.01], [0.06, 0.01, 0.03]),
            )
        ]
    )
    places = follow(proxy, hands)
    assert places[:, 2].min() > 0.5 * proxy.radius and places[:, 0].max() < 0.041 - 0.5 * proxy.radius
    assert places[-1] == pytest.approx([0.041 - proxy.radius, 0.01, 0.03], abs=1e-4)


def test_a_slot_holds_between_walls_nearer_than_the_support() -> None:
    one, other = grid(), grid() + np.array([0.0, 0.0, 5e-3])
    normals = np.vstack([np.tile([0.0, 0.0, 1.0], (len(one), 1)), np.tile([0.0, 0.0, -1.0], (len(one), 1))])
    geometry = cloud(np.vstack([one, other]), normals, radius=5e-4)
    assert geometry.scale > 5e-3
    proxy = Proxy(geometry)
    proxy.move([0, 0, 2.5e-3])
    for _ in range(10):
        proxy.move([0, 0, 0.02])
    assert proxy.position[2] == pytest.approx(4.5e-3, abs=1e-4)
    for _ in range(10):
        proxy.move([0.01, 0, -0.02])
    assert proxy.position == pytest.approx([0.01, 0, 5e-4], abs=1e-4)


def test_a_jump_across_the_cloud_stays_on_its_side() -> None:
    proxy = Proxy(cloud(ball()))
    rng = np.random.default_rng(3)
    proxy.move([0.1, 0, 0])
    for hand in rng.uniform(-0.08, 0.08, (300, 3)):
        depth = proxy.move(hand)
        assert np.isfinite(proxy.position).all() and depth >= 0.0
        assert np.linalg.norm(proxy.position) > 0.05


def test_a_flat_device_stays_in_its_plane() -> None:
    proxy = Proxy(cloud(ball()), axes=2)
    proxy.move([0.08, 0.0])
    angle = np.linspace(0, 2 * np.pi, 800)
    places = follow(proxy, 0.045 * np.stack([np.cos(angle), np.sin(angle)], -1))
    assert np.abs(places[:, 2]).max() == 0.0
    assert np.linalg.norm(places[30:], axis=1) == pytest.approx(0.05 + proxy.radius, abs=2e-4)


def test_normals_point_to_the_viewpoint() -> None:
    geometry = cloud(grid(), viewpoint=[0, 0, -1])
    assert geometry.arrays["points"][:, 3:] == pytest.approx(np.tile([0.0, 0.0, -1.0], (len(grid()), 1)), abs=1e-9)


@pytest.mark.parametrize(
    ("points", "normals", "words"),
    [
        (np.zeros((3, 3)), None, "from 4 to"),
        (np.zeros((9, 3)), None, "support"),
        (np.full((9, 3), np.nan), None, "not finite"),
        (grid(), np.zeros((5, 3)), "normals must be"),
        (grid(), np.zeros(grid().shape), "have no direction"),
        (np.vstack([grid(), [[1e6, 0, 0]]]), None, "far points"),
    ],
)
def test_a_cloud_that_cannot_be_touched_says_why(points: Points, normals: Points | None, words: str) -> None:
    with pytest.raises(DataError, match=words):
        cloud(points, normals)


def test_radius_and_kind_must_suit() -> None:
    with pytest.raises(DataError, match="half its support"):
        Proxy(cloud(grid()), radius=0.01)
    with pytest.raises(DataError, match="no surface"):
        Proxy(path([[0, 0, 0], [1, 0, 0]]))
    with pytest.raises(DataError, match="same"):
        path([[0, 0, 0], [0, 0, 0]])
