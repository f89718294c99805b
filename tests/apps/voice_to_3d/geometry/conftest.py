"""Built scenes for the tests of files and pictures, made of solids directly."""

from __future__ import annotations

import pytest

from wugan.apps.voice_to_3d.geometry.build import Built, BuiltPart
from wugan.apps.voice_to_3d.geometry.sound import sound
from wugan.apps.voice_to_3d.scene.material import Material

manifold3d = pytest.importorskip("manifold3d")
Manifold = manifold3d.Manifold if manifold3d else None

OAK = Material(name="oak", colour="#c8a165", roughness=0.6)
STEEL = Material(name="brushed steel", colour="#c0c5ca", metallic=1.0, roughness=0.35)
BLACK = Material(name="matte black", colour="#1c1c1c", roughness=0.9)
GLASS = Material(name="blue glass", colour="#3060c0", opacity=0.4, roughness=0.1)


def part(object: str, role: str, index: int, material: Material, solid: Manifold, *sides: str) -> BuiltPart:
    return BuiltPart(object, role, sides, index, material, sound(solid))


@pytest.fixture(scope="session")
def table() -> Built:
    """Two objects, six parts, three materials, one of them transparent; the parts touch."""
    parts = [part("table-1", "top", 0, OAK, Manifold.cylinder(30, 400, 400, 96).translate((0, 0, 720)))]
    for number, (x, y) in enumerate([(-240, -240), (240, -240), (-240, 240), (240, 240)]):
        sides = ("left" if x < 0 else "right", "front" if y < 0 else "back")
        leg = Manifold.cylinder(720, 15, 25, 32).translate((x, y, 0))
        parts.append(part("table-1", "leg", number, BLACK, leg, *sides))
    vase = Manifold.cylinder(240, 40, 60, 64) - Manifold.cylinder(240, 36, 56, 64).translate((0, 0, 6))
    parts.append(part("vase-1", "", 0, GLASS, vase.translate((60, 0, 750))))
    return Built(parts)


@pytest.fixture(scope="session")
def bracket() -> Built:
    """One part off the origin, below and left of it, with holes."""
    body = Manifold.cube((80, 40, 5)) + Manifold.cube((5, 40, 60))
    for y in (10, 30):
        body -= Manifold.cylinder(20, 3.3, 3.3, 32).translate((60, y, -5))
    return Built([part("bracket-1", "", 0, STEEL, body.translate((-30, -7, -12.5)))])
