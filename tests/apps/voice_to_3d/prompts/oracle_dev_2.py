"""Reference solids of parts_dev.yaml, 2 of 3: one function an id, by hand, on manifold3d alone."""

from __future__ import annotations

from oracle_kit import (
    Profile,
    Solid,
    ball,
    box,
    cbox,
    chamfered,
    circle,
    copies,
    copies2,
    corners,
    cyl,
    gear,
    grid,
    hull,
    lift,
    lift_y,
    ngon,
    obround,
    polar,
    poly,
    rrect,
)


def wing_nut() -> Solid:
    wings = box(40, 4, 18, (-20, -2, 0)) - cyl(14, 20, (0, 0, -1))
    return cyl(14, 10) + wings - cyl(6.5, 12, (0, 0, -1))


def bearing_housing() -> Solid:
    body = lift(rrect(75, 75, 10), 10) + cyl(52, 32)
    body -= cyl(40, 21, (0, 0, 12)) + cyl(30, 34, (0, 0, -1))
    return body - copies(cyl(7, 12, (0, 0, -1)), corners(27, 27))


def pin_fin_sink() -> Solid:
    return cbox(40, 40, 4) + copies(cyl(3, 13, (0, 0, 3)), grid(6, 6, 6, 6))


def i_beam() -> Solid:
    return box(60, 200, 8, (-30, 0, 0)) + box(60, 200, 8, (-30, 0, 92)) + box(6, 200, 100, (-3, 0, 0))


def angled_face_block() -> Solid:
    body = lift_y([(0, 0), (60, 0), (60, 20), (30, 50), (0, 50)], 40)
    tool = cyl(8, 16, (0, 0, -15)).rotate((0, 45, 0)).translate((45, 20, 35))
    return body - tool


def door_wedge() -> Solid:
    body = lift_y([(0, 0), (120, 0), (120, 30), (0, 3)], 40)
    return body - cyl(10, 42, (100, -1, 15), "y")


def double_d_shaft() -> Solid:
    return cyl(10, 45) - box(12, 6, 16, (-6, 3.5, 30)) - box(12, 6, 16, (-6, -9.5, 30))


def spur_gear_20() -> Solid:
    return gear(2, 20, 10) - cyl(8, 12, (0, 0, -1))


def hinge_leaf() -> Solid:
    body = box(60, 30, 3) + copies(cyl(8, 12, (0, 30, 3), "x"), [(0, 0), (24, 0), (48, 0)])
    body -= cyl(4, 62, (-1, 30, 3), "x")
    return body - copies(cyl(4, 5, (0, 12, -1)), [(10, 0), (30, 0), (50, 0)])


def vent_disc() -> Solid:
    slot = lift(obround(20, 6), 6, (30, 0, -1))
    return cyl(100, 4) - polar(slot, 8) - cyl(12, 6, (0, 0, -1))


def cross_block() -> Solid:
    profile = poly([(-30, -10), (30, -10), (30, 10), (-30, 10)]) + poly([(-10, -30), (10, -30), (10, 30), (-10, 30)])
    profile += Profile.square((30, 30), True) - copies2(circle(10), corners(15, 15))
    return lift(profile, 15) - cyl(10, 17, (0, 0, -1))


def lever_arm() -> Solid:
    body = hull([cyl(40, 10), cyl(20, 10, (80, 0, 0))]) + cyl(28, 22)
    return body - cyl(16, 24, (0, 0, -1)) - cyl(9, 12, (80, 0, -1))


def piston() -> Solid:
    ring = cyl(52, 2) - cyl(46, 2)
    body = cyl(50, 55) - cyl(42, 48, (0, 0, -1))
    body -= ring.translate((0, 0, 48)) + ring.translate((0, 0, 43))
    return body - cyl(14, 60, (-30, 0, 20), "x")


def soap_block() -> Solid:
    return hull(ball(12, (x, y, z)) for x in (-34, 34) for y in (-19, 19) for z in (6, 19))


def tube_rack() -> Solid:
    return cbox(160, 50, 40) - copies(cyl(17, 33, (0, 0, 8)), grid(6, 2, 25, 24))


def hollow_dome() -> Solid:
    return (ball(60) - ball(55)).trim_by_plane((0, 0, 1), 0)


def jig_plate() -> Solid:
    i = 25.4
    body = lift(rrect(4 * i, 2.5 * i, i / 4), i / 4)
    body -= copies(cyl(0.201 * i, i, (0, 0, -5)), corners(1.625 * i, 0.875 * i))
    return body - cyl(i, i, (0, 0, -5)) - box(11 / 16 * i, i / 4, i, (0, -i / 8, -5))


def obround_gasket() -> Solid:
    body = lift(obround(60, 40), 1.5) - lift(obround(60, 16), 4, (0, 0, -1))
    return body - copies(cyl(6, 4, (0, 0, -1)), [(-44, 0), (44, 0)])


def socket_wrench_bit() -> Solid:
    body = chamfered(22, 35, 1, bottom=True)
    return body - lift(ngon(6, 14), 16, (0, 0, 20)) - cbox(12.7, 12.7, 15, (0, 0, -1)) - cyl(8, 37, (0, 0, -1))


def shift_fork() -> Solid:
    body = cbox(70, 60, 8) - cyl(40, 10, (0, 0, -1)) - box(36, 40, 10, (0, -20, -1))
    body += box(26, 20, 8, (-60, -10, 0))
    return body - cyl(8, 10, (-50, 0, -1))
