"""Reference solids of parts_dev.yaml, 1 of 3: one function an id, by hand, on manifold3d alone."""

from __future__ import annotations

from oracle_kit import (
    Solid,
    ball,
    box,
    cbox,
    chamfered,
    circle,
    cone,
    copies,
    corners,
    cyl,
    grid,
    lift,
    lift_x,
    lift_y,
    ngon,
    obround,
    polar,
    torus,
    turn,
)


def cover_plate() -> Solid:
    return cbox(50, 30, 8) - copies(cyl(5.5, 10, (0, 0, -1)), corners(19, 9))


def shelf_bracket() -> Solid:
    body = box(60, 40, 5) + box(5, 40, 50)
    holes = copies(cyl(6, 7, (0, 20, -1)), [(40, 0), (20, 0)])
    return body - holes - cyl(8, 10, (-1, 20, 30), "x")


def pipe_flange() -> Solid:
    body = cyl(120, 14) + cyl(70, 34)
    return body - cyl(40, 40, (0, 0, -1)) - polar(cyl(11, 16, (47.5, 0, -1)), 6)


def motor_shaft() -> Solid:
    profile = [(0, 0), (9, 0), (10, 1), (10, 30), (15, 30), (15, 80), (7.5, 80), (7.5, 104), (6.5, 105), (0, 105)]
    return turn(profile) - box(10, 5, 26, (4.5, -2.5, 80))


def open_box() -> Solid:
    return cbox(100, 60, 40) - cbox(94, 54, 40, (0, 0, 3))


def hex_bolt() -> Solid:
    return lift(ngon(6, 13), 5.5) + chamfered(8, 45.5, 1)


def imperial_spacer() -> Solid:
    return cyl(38.1, 19.05) - cyl(15.875, 21, (0, 0, -1))


def u_channel() -> Solid:
    body = cbox(120, 40, 30) - cbox(122, 32, 30, (0, 0, 4))
    return body - copies(cyl(5, 6, (0, 0, -1)), [(-45, 0), (0, 0), (45, 0)])


def v_pulley() -> Solid:
    profile = [(6, 0), (40, 0), (40, 3), (30, 7), (30, 13), (40, 17), (40, 20), (6, 20)]
    return turn(profile)


def perforated_plate() -> Solid:
    return cbox(90, 70, 2) - copies(cyl(5, 4, (0, 0, -1)), grid(5, 4, 15, 15))


def countersunk_strip() -> Solid:
    tool = cyl(5, 8, (0, 0, -1)) + cone(5, 10, 2.5, (0, 0, 3.5)) + cyl(10, 1, (0, 0, 6))
    return lift(obround(125, 25), 6) - copies(tool, [(-62.5, 0), (0, 0), (62.5, 0)])


def pipe_elbow() -> Solid:
    ring = circle(25, (40, 0)) - circle(20, (40, 0))
    return turn(ring, 90)


def gusset_bracket() -> Solid:
    body = box(50, 30, 4) + box(4, 30, 50) + lift_y([(3.9, 3.9), (24, 3.9), (24, 4), (4, 24), (3.9, 24)], 4, 13)
    return body - copies(cyl(5, 6, (0, 0, -1)), [(42, 7), (42, 23)])


def v_block() -> Solid:
    body = lift_x([(-20, 0), (20, 0), (20, 35), (12, 35), (0, 23), (-12, 35), (-20, 35)], 60)
    body -= box(62, 3, 16, (-1, -1.5, 20))
    return body - box(62, 6, 6, (-1, -21, 8)) - box(62, 6, 6, (-1, 15, 8))


def hollow_ball() -> Solid:
    return ball(50) - ball(42)


def o_ring() -> Solid:
    return torus(28.5, 3.5)


def funnel() -> Solid:
    return turn([(6, 0), (8, 0), (8, 40), (50, 100), (48, 100), (6, 40)])


def thumb_screw() -> Solid:
    head = cyl(24, 8) - polar(cyl(3, 10, (12, 0, -1)), 12)
    return head + cyl(12, 5, (0, 0, -4)) + cyl(6, 25, (0, 0, -24)) - cbox(30, 1.5, 3, (0, 0, 6))


def clamp_hub() -> Solid:
    body = cyl(50, 6) + cyl(26, 26) - cyl(12, 28, (0, 0, -1))
    return body - polar(cyl(5, 8, (19, 0, -1)), 4) - cyl(4, 20, (0, 0, 16), "x")


def star_knob() -> Solid:
    body = cyl(40, 15) + polar(cyl(16, 15, (20, 0, 0)), 5) + cyl(18, 11, (0, 0, -10))
    return body - cyl(8, 19, (0, 0, -11))
