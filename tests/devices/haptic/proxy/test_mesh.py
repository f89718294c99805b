"""A proxy on meshes: against what geometry says, and never through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from wugan.devices.haptic.proxy import Proxy, mesh
from wugan.errors import DataError

Points = NDArray[np.float64]
CORNERS = np.array([[x, y, z] for x in (-0.05, 0.05) for y in (-0.05, 0.05) for z in (-0.05, 0.05)])
SIDES = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
BOX = [face for a, b, c, d in SIDES for face in ([a, b, c], [a, c, d])]


def sphere(radius: float, rings: int = 40) -> tuple[Points, list[list[int]]]:
    """Rings of triangles with a fan of 2 · `rings` at each pole."""
    around = 2 * rings
    theta, phi = np.meshgrid(
        np.linspace(0, np.pi, rings + 1)[1:-1], np.arange(around) / around * 2 * np.pi, indexing="ij"
    )
    body = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], -1).reshape(-1, 3)
    points = np.vstack([body, [[0, 0, 1], [0, 0, -1]]]) * radius
    north, south = len(body), len(body) + 1
    faces = []
    for k in range(around):
        right = (k + 1) % around
        faces += [[north, k, right], [south, (rings - 2) * around + right, (rings - 2) * around + k]]
        for ring in range(rings - 2):
            a, b = ring * around, (ring + 1) * around
            faces += [[a + k, b + k, b + right], [a + k, b + right, a + right]]
    return points, faces


def follow(proxy: Proxy, path: Points, still: float = 0.0, moving: float = 0.0) -> Points:
    places = []
    for hand in path:
        proxy.move(hand, still, moving)
        places.append(proxy.position.copy())
    return np.array(places)


def line(*corners: list[float], step: float = 2e-4) -> Points:
    parts = []
    for a, b in zip(corners, corners[1:], strict=False):
        count = max(2, int(np.linalg.norm(np.subtract(b, a)) / step))
        parts.append(np.linspace(a, b, count))
    return np.vstack(parts)


def outside_box(places: Points, radius: float) -> NDArray[np.float64]:
    """Distance of places from the box, less the radius."""
    return np.linalg.norm(np.maximum(np.abs(places) - 0.05, 0.0), axis=1) - radius


def test_plane() -> None:
    proxy = Proxy(mesh([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], [[0, 1, 2], [0, 2, 3]], radius=1e-3))
    assert proxy.move([0.1, 0.2, 0.02]) == 0.0
    assert proxy.move([0.1, 0.2, 0.001]) == 0.0
    assert proxy.move([0.1, 0.2, -0.01]) == pytest.approx(0.011, abs=1e-9)
    assert proxy.position == pytest.approx([0.1, 0.2, 0.001], abs=1e-9)
    assert proxy.normal == pytest.approx([0, 0, 1])
    assert proxy.move([-0.3, 0.4, -0.01]) == pytest.approx(0.011, abs=1e-9)  # over the diagonal edge
    assert proxy.position == pytest.approx([-0.3, 0.4, 0.001], abs=1e-9)
    assert proxy.move([0.1, 0.2, 0.02]) == 0.0
    assert proxy.position == pytest.approx([0.1, 0.2, 0.02], abs=0)


@pytest.mark.parametrize("inside", [False, True], ids=["outside", "inside"])
def test_sphere_against_the_analytic_one(inside: bool) -> None:
    sign = -1.0 if inside else 1.0
    proxy = Proxy(mesh(*sphere(0.05)))
    angle = np.linspace(0, np.pi, 1500)  # pole to pole, over both fans of 80 triangles
    way = np.stack([np.sin(angle) * np.cos(3 * angle), np.sin(angle) * np.sin(3 * angle), np.cos(angle)], -1)
    follow(proxy, np.outer(np.linspace(0.05 + sign * 0.02, 0.05 - sign * 0.003, 100), way[0]))
    places = follow(proxy, way * (0.05 - sign * 0.003))
    exact = way * (0.05 + sign * proxy.radius)
    # A chord of the mesh lies up to 40 µm inside the sphere, and its facets lean.
    assert np.abs(places - exact).max() < 3e-4
    force = 1000.0 * (places - way * (0.05 - sign * 0.003))
    assert np.linalg.norm(force, axis=1) == pytest.approx(1000.0 * (0.003 + proxy.radius), rel=0.03)


def test_edges_of_a_box_are_rounded_and_never_crossed() -> None:
    proxy = Proxy(mesh(CORNERS, BOX, radius=1e-3))
    path = line([0, 0.01, 0.08], [0, 0.01, 0.045], [0.048, 0.02, 0.045], [0.0495, 0.03, 0.04], [0.0495, 0.0, -0.03])
    places = follow(proxy, path)
    assert outside_box(places, 1e-3).min() > -1e-6
    # It has come over the edge to the near side: the hand is 0.5 mm behind that and 80 mm behind the top.
    follow(proxy, line([0.0495, 0.0, 0.03], [0.06, 0.0, 0.03], [0.0495, 0.0, 0.03]))
    assert proxy.position == pytest.approx([0.051, 0.0, 0.03], abs=1e-6)


def test_corner_of_a_box_from_inside() -> None:
    proxy = Proxy(mesh(CORNERS, BOX, radius=1e-3))
    places = follow(proxy, line([0, 0, 0], [0.07, 0.06, 0.055], [0.06, 0.07, 0.06]))
    assert np.abs(places).max() <= 0.049 + 1e-6
    assert places[-1] == pytest.approx([0.049] * 3, abs=1e-6)


def test_hollow_corner_of_two_planes_holds_whoever_comes_fast() -> None:
    vertices = [[-0.1, -0.1, 0], [0, -0.1, 0], [0, 0.1, 0], [-0.1, 0.1, 0], [0, -0.1, 0.1], [0, 0.1, 0.1]]
    proxy = Proxy(mesh(vertices, [[0, 1, 2], [0, 2, 3], [1, 4, 5], [1, 5, 2]], radius=5e-4))
    proxy.move([-0.05, 0, 0.05])
    for hand in ([0.04, 0.01, -0.03], [0.05, -0.02, -0.05], [0.05, 0.03, -0.001]):
        proxy.move(hand)
        assert proxy.position == pytest.approx([-5e-4, hand[1], 5e-4], abs=1e-6)


def test_a_sheet_stops_a_hand_that_jumps() -> None:
    proxy = Proxy(mesh([[-1, -1, 0], [1, -1, 0], [0, 1, 0]], [[0, 1, 2]], radius=2e-4))
    proxy.move([0, 0, 0.3])
    for _ in range(20):  # it catches up in some periods, and never passes
        proxy.move([0, 0, -0.3])
    assert proxy.position == pytest.approx([0, 0, 2e-4], abs=1e-8)


def test_it_may_go_over_the_rim_of_a_sheet() -> None:
    proxy = Proxy(
        mesh([[-0.1, 0, -0.1], [0.1, 0, -0.1], [0.1, 0, 0], [-0.1, 0, 0]], [[0, 1, 2], [0, 2, 3]], radius=1e-3)
    )
    path = line([0, 0.01, -0.02], [0, -0.001, -0.005], [0, -0.001, 0.003], [0, -0.01, 0.0])
    places = follow(proxy, path)
    assert places[-1] == pytest.approx(path[-1], abs=0)


@settings(max_examples=25, deadline=None)
@given(arrays(np.float64, (30, 3), elements=st.floats(-0.12, 0.12)))
def test_it_never_enters_a_box_wherever_the_hand_jumps(hands: Points) -> None:
    proxy = Proxy(GEOMETRY)
    proxy.move([0.2, 0.2, 0.2])
    for hand in hands:
        depth = proxy.move(hand)
        assert np.isfinite(proxy.position).all()
        assert outside_box(proxy.position[None], GEOMETRY.radius)[0] > -1e-6
        assert depth == pytest.approx(float(np.linalg.norm(proxy.position - hand)), abs=1e-12)
        if outside_box(hand[None], GEOMETRY.radius)[0] < 0.0:
            assert depth > 0.0


GEOMETRY = mesh(CORNERS, BOX)


def test_it_repeats_to_the_last_bit() -> None:
    path = np.random.default_rng(0).normal(0, 1e-3, (400, 3)).cumsum(axis=0) + np.array([0.06, 0, 0])
    first, second = (follow(Proxy(mesh(*sphere(0.05, 12))), path, 0.5, 0.3) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_flat_device_stays_in_its_plane() -> None:
    proxy = Proxy(mesh(*sphere(0.05)), axes=2)
    angle = np.linspace(0, 2 * np.pi, 500)
    proxy.move([0.07, 0.0])
    places = follow(proxy, 0.045 * np.stack([np.cos(angle), np.sin(angle)], -1))
    assert np.abs(places[:, 2]).max() == 0.0
    assert np.linalg.norm(places[20:], axis=1) == pytest.approx(0.05 + proxy.radius, abs=1e-4)


def test_where_many_triangles_meet_it_is_not_glued() -> None:
    count = 600  # more than it looks at
    angle = np.arange(count) / count * 2 * np.pi
    ring = np.stack([0.01 * np.cos(angle), 0.01 * np.sin(angle), np.full(count, 0.045)], -1)
    fan = [[count, k, (k + 1) % count] for k in range(count)]
    proxy = Proxy(mesh(np.vstack([ring, [[0, 0, 0.05]]]), fan, radius=2e-4))
    proxy.move([0, 0, 0.04])  # the hollow side of the cone
    follow(proxy, line([0, 0, 0.04], [0, 0, 0.055]))
    assert 0.049 < proxy.position[2] < 0.05
    follow(proxy, line([0, 0, 0.055], [0, 0, 0.04], [0, 0, 0.04]))
    assert proxy.position == pytest.approx([0, 0, 0.04], abs=1e-9)


@pytest.mark.parametrize(
    ("vertices", "triangles", "words"),
    [
        ([[0, 0, 0]], [[0, 0, 0]], "have an area"),
        ([[0, 0, 0], [1, 0, 0], [0, 1, np.nan]], [[0, 1, 2]], "not finite"),
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 3]], "3 vertices"),
        ([[0, 0], [1, 0], [0, 1]], [[0, 1, 2]], r"vertices \[V, 3\]"),
    ],
)
def test_a_mesh_that_cannot_be_touched_says_why(
    vertices: list[list[float]], triangles: list[list[int]], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        mesh(vertices, triangles)
