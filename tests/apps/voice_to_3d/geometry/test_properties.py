"""Whatever is said: a valid solid that trimesh reads as one, or an error with words; never a broken mesh."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Mirror, Placement, Points, Polar, Spread
from wugan.apps.voice_to_3d.scene.scene import Object, Scene
from wugan.errors import DataError

pytest.importorskip("manifold3d")
trimesh = pytest.importorskip("trimesh")

EXAMPLES = 60
quiet = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

# Sizes as people say them: whole and half numbers, so that faces, edges and corners meet exactly and often.
size = st.integers(2, 80).map(lambda n: n / 2)
small = st.integers(1, 12).map(lambda n: n / 2)
offset = st.integers(-40, 40).map(lambda n: n / 2)
anchor = st.sampled_from(["min", "centre", "max"])
angle = st.sampled_from([0.0, 0.0, 0.0, 90.0, 45.0, 30.0, -90.0, 180.0, 17.0])
axis = st.sampled_from(["x", "y", "z"])

profiles = st.one_of(
    st.builds(flat.Circle, diameter=size),
    st.builds(flat.Ellipse, width=size, depth=size),
    st.builds(flat.Rectangle, width=size, depth=size, corner_radius=st.sampled_from([0.0, 0.0, 0.5, 2.0])),
    st.builds(flat.RegularPolygon, sides=st.integers(3, 9), across_flats=size),
    st.builds(flat.Slot, length=size, width=size),
    st.builds(flat.Sector, diameter=size, inner_diameter=small, sweep=st.integers(10, 360)),
    st.builds(flat.Star, points=st.integers(3, 8), diameter=size, inner_diameter=small),
    st.builds(flat.Gear, module=small, teeth=st.integers(6, 24)),
    st.just(flat.Polygon(points=((0, 0), (20, 0), (20, 5), (5, 5), (5, 20), (0, 20)))),
)
plain = st.one_of(
    st.builds(solids.Box, size=st.tuples(size, size, size)),
    st.builds(solids.Cylinder, diameter=size, height=size, inner_diameter=st.sampled_from([0.0, 0.0, 1.0, 4.0])),
    st.builds(solids.Cone, bottom_diameter=size, top_diameter=st.sampled_from([0.0, 3.0, 20.0]), height=size),
    st.builds(solids.Sphere, diameter=size, upper_half=st.booleans()),
    st.builds(solids.Torus, diameter=size, tube=small),
    st.builds(solids.Pyramid, profile=profiles, height=size, top_scale=st.sampled_from([0.0, 0.5, 1.5])),
    st.builds(solids.Extrude, profile=profiles, height=size, twist=st.sampled_from([0.0, 0.0, 0.0, 30.0])),
)
places = st.builds(
    Placement,
    x=st.builds(Coordinate, to=anchor, offset=offset, own=anchor),
    y=st.builds(Coordinate, to=anchor, offset=offset, own=anchor),
    z=st.builds(Coordinate, to=anchor, offset=st.sampled_from([0.0, 0.0, 1.0, -2.5]), own=anchor),
    rotate=st.tuples(angle, angle, angle),
)
patterns = st.one_of(
    st.none(),
    st.none(),
    st.builds(
        Grid, counts=st.tuples(st.integers(1, 3), st.integers(1, 3), st.just(1)), steps=st.tuples(size, size, size)
    ),
    st.builds(Spread, axis=axis, count=st.integers(1, 4), margin=st.none() | small),
    st.builds(Polar, count=st.integers(1, 6), diameter=size, axis=axis, turn=st.booleans()),
    st.builds(Mirror, axes=st.sampled_from([("x",), ("y",), ("x", "y")])),
    st.builds(Points, offsets=st.lists(st.tuples(offset, offset, offset), min_size=1, max_size=3).map(tuple)),
)
edges = st.sampled_from(
    [("all",), ("top",), ("bottom",), ("rims",), ("vertical",), ("junction",), ("top", "vertical"), ("left",)]
)
solid_features = st.one_of(
    st.builds(solids.Join, shape=plain, place=places, pattern=patterns),
    st.builds(solids.Cut, shape=plain, place=places, pattern=patterns, through=st.none() | axis),
    st.builds(solids.Cut, shape=plain, place=places, pattern=patterns, through=st.none() | axis),
    st.builds(solids.Common, shape=plain, place=places),
)
edge_features = st.one_of(
    st.builds(solids.Chamfer, size=small, across=st.none() | small, edges=edges),
    st.builds(solids.Fillet, radius=small, edges=edges),
    st.builds(solids.Shell, thickness=small, open=st.sampled_from([("top",), (), ("bottom",), ("front",)])),
)


def features_of(drawn: list[Any]) -> tuple[solids.Feature, ...]:
    """Ids for the solids, and edges that refer to the one before, or to the body."""
    found: list[Any] = []
    last = ""
    for number, feature in enumerate(drawn):
        if isinstance(feature, solids.Join | solids.Cut | solids.Common):
            last = f"f-{number}"
            found.append(feature.model_copy(update={"id": last}))
        elif isinstance(feature, solids.Shell):
            found.append(feature)
        else:
            found.append(feature.model_copy(update={"of": last}))
    return tuple(found)


chains = st.lists(solid_features | edge_features, max_size=4).map(features_of)


def check(*objects: Object) -> bool:
    """Builds, and looks at every mesh as a reader of the file would. False where it was refused with words."""
    try:
        built = build(Scene(objects=objects))
        whole = built.solid()
    except DataError as error:
        assert len(str(error)) > 20
        return False
    assert whole.volume() > 0
    for part in built.parts:
        vertices, faces = built.mesh(part)
        mesh = trimesh.Trimesh(vertices, faces)
        assert len(mesh.vertices) == len(vertices), "no two vertices share a place"
        assert np.isfinite(vertices).all()
        assert mesh.is_watertight and mesh.is_winding_consistent and mesh.is_volume and mesh.volume > 0
    return True


@quiet
@given(plain | st.builds(solids.Loft, bottom=profiles, top=profiles, height=size))
def test_any_solid(shape: solids.Solid) -> None:
    check(Object(id="a-1", name="a", shape=shape))


@quiet
@given(plain, st.lists(edge_features, min_size=1, max_size=3))
def test_any_solid_with_any_edges(shape: solids.Solid, worked: list[Any]) -> None:
    check(Object(id="a-1", name="a", shape=shape, features=tuple(worked)))


@quiet
@given(plain, chains)
def test_any_solid_with_any_features(shape: solids.Solid, features: tuple[solids.Feature, ...]) -> None:
    check(Object(id="a-1", name="a", shape=shape, features=features))


@quiet
@given(plain, plain, places, patterns, st.tuples(small, small, small))
def test_any_two_things(one: solids.Solid, two: solids.Solid, place: Placement, pattern: Any, scale: Any) -> None:
    on = place.model_copy(update={"of": "a-1"})
    second = Object(id="b-1", name="b", shape=two, place=on, pattern=pattern, scale=scale)
    check(Object(id="a-1", name="a", shape=one), second)


def test_the_examples_are_not_all_refused() -> None:
    """Of block, hole and edge with sizes that fit, everything is built."""
    for diameter in (4, 6, 9):
        features = features_of(
            [
                solids.Cut(shape=solids.Cylinder(diameter=diameter, height=1), through="z"),
                solids.Chamfer(size=1, edges=("rims",)),
            ]
        )
        assert check(Object(id="a-1", name="a", shape=solids.Box(size=(30, 20, 10)), features=features))
