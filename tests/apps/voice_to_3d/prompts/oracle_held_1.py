"""Reference solids of parts_held.yaml, 1 of 3: one function an id, by hand, on manifold3d alone."""

from __future__ import annotations

from oracle_kit import (
    Solid,
    box,
    cbox,
    chamfered,
    cone,
    copies,
    corners,
    cyl,
    hull,
    lift,
    lift_x,
    lift_y,
    ngon,
    obround,
    polar,
    poly,
    rrect,
    union,
)


def control_knob() -> Solid:
    hole = cyl(6, 13, (0, 0, -1)) - box(8, 4, 20, (-4, 1.5, -4))
    return cone(30, 26, 16) - hole


def mirrored_base() -> Solid:
    body = cbox(140, 80, 12) - copies(cbox(40, 50, 8, (0, 0, 5)), [(-35, 0), (35, 0)])
    return body - copies(cyl(8, 14, (0, 0, -1)), corners(60, 30)) - cyl(16, 14, (0, 0, -1))


def electronics_case() -> Solid:
    body = lift(rrect(100, 70, 5), 30) - lift(rrect(96, 66, 3), 30, (0, 0, 2))
    body += copies(cyl(7, 10.5, (0, 0, 1.5)), corners(41, 26))
    return body - copies(cyl(3, 9, (0, 0, 4)), corners(41, 26)) - box(30, 4, 12, (-15, -36, 10))


def pipe_tee() -> Solid:
    outer = cyl(30, 100, (-50, 0, 0), "x") + cyl(30, 50)
    return outer - cyl(24, 102, (-51, 0, 0), "x") - cyl(24, 52)


def circlip_shaft() -> Solid:
    ring = cyl(14, 1.1) - cyl(11, 1.1)
    body = cyl(12, 80) - ring.translate((0, 0, 5)) - ring.translate((0, 0, 73.9))
    return body - cyl(4, 20, (-10, 0, 40), "x")


def stepped_block() -> Solid:
    return box(60, 30, 10) + box(40, 30, 20) + box(20, 30, 30)


def socket_cap_screw() -> Solid:
    body = chamfered(6, 31, 0.5, bottom=True, top=False) + cyl(10, 6, (0, 0, 30))
    return body - lift(ngon(6, 5), 4, (0, 0, 33))


def wall_hook() -> Solid:
    body = box(5, 30, 80) + box(45, 30, 5) + box(5, 30, 25, (40, 0, 0))
    return body - copies(cyl(5, 7, (-1, 15, 0), "x"), [(0, 0, 70), (0, 0, 30)])


def octagon_post() -> Solid:
    body = cbox(90, 90, 10) + lift(ngon(8, 50), 210)
    return body - cyl(20, 212, (0, 0, -1))


def divider_tray() -> Solid:
    body = cbox(150, 100, 35) - cbox(146, 96, 35, (0, 0, 3))
    cell = (146 - 4) / 3
    across = [cbox(2, 98, 29, (s * (cell + 2) / 2, 0, 1)) for s in (-1, 1)]
    return body + union(across) + cbox(148, 2, 29, (0, 0, 1))


def cross_drilled_manifold() -> Solid:
    outline = poly([(-40, -23), (-38, -25), (38, -25), (40, -23), (40, 23), (38, 25), (-38, 25), (-40, 23)])
    body = lift(outline, 40) - cyl(10, 82, (-41, 0, 20), "x")
    return body - copies(cyl(8, 21, (0, 0, 20)), [(-25, 0), (0, 0), (25, 0)])


def flat_bar_inches() -> Solid:
    i = 25.4
    body = box(6 * i, 1.25 * i, 0.375 * i)
    return body - copies(cyl(0.25 * i, 12, (0.5 * i, 0.625 * i, -1)), [(1.25 * i * k, 0) for k in range(5)])


def counterbored_cover() -> Solid:
    tool = cyl(5.5, 12, (0, 0, -1)) + cyl(10, 7, (0, 0, 4.5))
    body = lift(rrect(90, 90, 8), 10) - copies(tool, corners(35, 35))
    return body - cyl(40, 12, (0, 0, -1))


def link_arm() -> Solid:
    body = cyl(40, 20) + cyl(24, 20, (100, 0, 0)) + box(100, 14, 8, (0, -7, 6))
    return body - cyl(22, 22, (0, 0, -1)) - cyl(12, 22, (100, 0, -1))


def guide_block() -> Solid:
    body = lift_x([(-17, 0), (17, 0), (17, 18.5), (15.5, 20), (-15.5, 20), (-17, 18.5)], 45, -22.5)
    return body - cbox(47, 15, 10, (0, 0, -1)) - copies(cyl(3.3, 7, (0, 0, 14)), corners(13, 13))


def dowel_pair() -> Solid:
    return copies(chamfered(8, 30, 1, bottom=True), [(0, 0), (25, 0)])


def toe_clamp() -> Solid:
    body = lift_y([(0, 15), (20, 15), (20, 0), (100, 0), (100, 25), (5, 25), (0, 20)], 30)
    return body - lift(obround(28, 12), 27, (60, 15, -1))


def dovetail_rail() -> Solid:
    tail = lift_x([(-11, 10), (-11, 9), (11, 9), (11, 10), (15, 18), (-15, 18)], 100)
    return box(100, 50, 10, (0, -25, 0)) + tail


def bevelled_block() -> Solid:
    thin = 0.0001
    body = hull([cbox(60, 40, 17), cbox(54, 34, thin, (0, 0, 20 - thin))])
    return body - cbox(15, 15, 22, (0, 0, -1))


def imperial_ring() -> Solid:
    i = 25.4
    body = cyl(2.25 * i, 0.375 * i) - cyl(1.75 * i, 20, (0, 0, -5))
    return body - polar(cyl(i / 8, 40, (0, 0, 0.1875 * i), "x"), 4)
