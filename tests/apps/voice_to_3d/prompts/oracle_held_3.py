"""Reference solids of parts_held.yaml, 3 of 3: one function an id, by hand, on manifold3d alone."""

from __future__ import annotations

import math

from oracle_kit import Solid, box, cbox, copies, cyl, helix, lift, ngon, poly, union


def tensile_specimen() -> Solid:
    run = math.sqrt(25**2 - 20**2)
    bar = cbox(150, 10, 4) + copies(cbox(35, 20, 4), [(-57.5, 0), (57.5, 0)])
    piece = box(run, 5, 4, (-40, 5, 0)) - cyl(50, 6, (-40 + run, 30, -1))
    return bar + union(piece.mirror((mx, 0, 0)).mirror((0, my, 0)) for mx in (0, 1) for my in (0, 1))


def triangular_prism() -> Solid:
    r = 30 / math.sqrt(3)
    points = [(r * math.cos(math.radians(a)), r * math.sin(math.radians(a))) for a in (90, 210, 330)]
    return lift(poly(points), 75) - cyl(8, 77, (0, 0, -1))


def pillow_block() -> Solid:
    body = box(100, 30, 12, (-50, 0, 0)) + box(50, 30, 40, (-25, 0, 0)) + cyl(50, 30, (0, 0, 40), "y")
    body -= cyl(28, 32, (0, -1, 40), "y")
    return body - copies(cyl(9, 14, (0, 15, -1)), [(-40, 0), (40, 0)])


def phone_stand() -> Solid:
    body = box(80, 70, 6) + box(6, 70, 100) + box(6, 70, 15, (74, 0, 0))
    return body - cyl(20, 8, (-1, 35, 50), "x")


def hex_standoff() -> Solid:
    return lift(ngon(6, 7), 20) - cyl(3, 9, (0, 0, 12)) - cyl(3, 9, (0, 0, -1))


def clevis() -> Solid:
    body = cbox(30, 24, 50) - cbox(32, 10, 31, (0, 0, 20))
    return body - cyl(10, 30, (0, -15, 35), "y") - cyl(12, 16, (0, 0, -1))


def wheel_yoke() -> Solid:
    arm = box(30, 4, 30.5, (-15, 0, -30)) + cyl(30, 4, (0, 0, -30), "y")
    body = cbox(50, 50, 5) + arm.translate((0, 12, 0)) + arm.translate((0, -16, 0))
    return body - cyl(8, 60, (0, -30, -30), "y") - cyl(10, 7, (0, 0, -1))


def toy_ladder() -> Solid:
    rails = copies(box(4, 6, 150), [(0, 0), (34, 0)])
    return rails + copies(cyl(3, 34, (2, 3, 0), "x"), [(0, 0, 15 + 20 * k) for k in range(7)])


def coil_spring() -> Solid:
    return helix(20, 2, 6, 8)


def z_bracket() -> Solid:
    body = box(40, 30, 3) + box(3, 30, 35) + box(40, 30, 3, (-37, 0, 32))
    return body - cyl(6, 5, (28, 15, -1)) - cyl(6, 5, (-25, 15, 31))
