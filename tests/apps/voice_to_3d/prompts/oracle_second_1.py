"""Reference solids of parts_second.yaml: one function an id, by hand, on manifold3d alone."""

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
    copies2,
    corners,
    cyl,
    grid,
    lift,
    lift_x,
    lift_y,
    ngon,
    obround,
    polar,
    poly,
    rrect,
    turn,
)


def rib_bracket() -> Solid:
    body = box(70, 50, 6) + box(6, 50, 50) + lift_y([(6, 6), (31, 6), (6, 31)], 8, 21)
    return body - copies(cyl(7, 8, (0, 0, -1)), [(58, 12), (58, 38)])


def flat_pulley() -> Solid:
    return turn([(6, 0), (30, 0), (30, 3), (27, 3), (27, 22), (30, 22), (30, 25), (15, 25), (15, 35), (6, 35)])


def shoulder_spacer() -> Solid:
    return cyl(24, 5) + cyl(16, 17) - cyl(8, 19, (0, 0, -1)) - cyl(12, 5, (0, 0, -1))


def scallop_knob() -> Solid:
    head = cyl(32, 18) - polar(cyl(8, 20, (16, 0, -1)), 6)
    return head + cyl(16, 9, (0, 0, -8)) - cyl(6, 21, (0, 0, -9))


def coat_peg() -> Solid:
    body = cbox(30, 60, 4) + cyl(10, 39) + cyl(16, 4, (0, 0, 39))
    sink = cyl(5, 6, (0, 0, -1)) + cone(5, 9, 2, (0, 0, 2)) + cyl(9, 1, (0, 0, 4))
    return body - copies(sink, [(0, -20), (0, 20)])


def saddle_clamp() -> Solid:
    body = cbox(50, 25, 20) - cyl(24, 27, (0, -13.5, 0), "y")
    return body - copies(cyl(5.5, 22, (0, 0, -1)), [(-18.5, 0), (18.5, 0)])


def hinge_leaf() -> Solid:
    body = box(50, 30, 2.5) + cyl(8, 50, (0, 30, 1.25), "x")
    body -= cyl(4, 52, (-1, 30, 1.25), "x")
    body -= box(20, 11, 12, (15, 24, -5))
    return body - copies(cyl(4, 5, (0, 0, -1)), [(7, 10), (25, 10), (43, 10)])


def pipe_reducer() -> Solid:
    return turn([(10, 0), (20, 0), (20, 20), (12.5, 35), (12.5, 60), (10, 60)])


def desk_tray() -> Solid:
    shell = lift(rrect(120, 80, 10), 25) - lift(rrect(115, 75, 7.5), 30, (0, 0, 3))
    return shell + box(2.5, 78, 25, (-20, -39, 0))


def vial_rack() -> Solid:
    outline = [(-50, -17), (-47, -20), (47, -20), (50, -17), (50, 17), (47, 20), (-47, 20), (-50, 17)]
    body = lift(poly(outline), 30) - copies(cyl(16, 23, (0, 0, 8)), grid(5, 1, 18, 0))
    return body - cbox(102, 20, 5, (0, 0, -1))


def edge_jig() -> Solid:
    body = cbox(80, 30, 12) + box(80, 6, 12, (-40, -15, -10))
    return body - copies(cyl(6.5, 14, (0, 0, -1)), [(-25, 0), (0, 0), (25, 0)])


def hex_standoff() -> Solid:
    return lift(ngon(6, 7), 20) - cyl(3.2, 9, (0, 0, -1)) + chamfered(3, 7, 0.5).translate((0, 0, 19))


def drawer_pull() -> Solid:
    bar = lift_x([(-6, 25), (6, 25), (6, 33), (4, 35), (-4, 35), (-6, 33)], 128, -64)
    legs = copies(cbox(12, 12, 25) - cyl(4, 16, (0, 0, -1)), [(-58, 0), (58, 0)])
    return bar + legs


def shim_wedge() -> Solid:
    return lift_y([(0, 0), (90, 0), (90, 25), (0, 3)], 30) - cyl(8, 32, (70, -1, 10), "y")


def machine_foot() -> Solid:
    return cone(40, 30, 15) - cyl(5.5, 17, (0, 0, -1)) - cyl(10, 10, (0, 0, -1))


def keyed_hub() -> Solid:
    body = cyl(90, 10) + cyl(45, 40) - cyl(25, 42, (0, 0, -1))
    return body - polar(cyl(9, 12, (34, 0, -1)), 5) - box(15.8, 8, 42, (0, -4, -1))


def round_die() -> Solid:
    body = cyl(25, 9) - cyl(8, 11, (0, 0, -1)) - polar(cyl(5, 11, (5.5, 0, -1)), 4)
    return body - box(10, 1.5, 11, (5.5, -0.75, -1))


def bevel_washer() -> Solid:
    return lift_y([(-15, 0), (15, 0), (15, 7), (-15, 4)], 30, -15) - cyl(13, 9, (0, 0, -1))


def cable_saddle() -> Solid:
    arch = cyl(20, 12, (0, -6, 0), "y") ^ box(40, 14, 20, (-20, -7, 0))
    body = cbox(40, 12, 3) + arch - cyl(14, 14, (0, -7, 0), "y")
    return body - copies(cyl(4, 5, (0, 0, -1)), [(-15, 0), (15, 0)])


def split_collar() -> Solid:
    ring = cyl(32, 12) - cyl(16, 14, (0, 0, -1)) - box(20, 2, 14, (0, -1, -1))
    return ring - cyl(4.2, 40, (11.5, -20, 6), "y")


def tee_nut() -> Solid:
    return cbox(25, 16, 6) + cbox(25, 8, 4, (0, 0, 6)) - cyl(5, 12, (0, 0, -1))


def pipe_elbow() -> Solid:
    outer = turn(circle(30, (45, 0)), 90) + cyl(30, 20, (45, -20, 0), "y") + cyl(30, 20, (-20, 45, 0), "x")
    inner = turn(circle(24, (45, 0)), 90) + cyl(24, 21, (45, -21, 0), "y") + cyl(24, 21, (-21, 45, 0), "x")
    return outer - inner


def pillow_block() -> Solid:
    body = cbox(90, 30, 12) + cbox(40, 30, 35) + cyl(40, 30, (0, -15, 35), "y")
    return body - cyl(22, 32, (0, -16, 35), "y") - copies(cyl(9, 14, (0, 0, -1)), [(-35, 0), (35, 0)])


def rod_clevis() -> Solid:
    body = cbox(30, 20, 40) + cyl(20, 30, (-15, 0, 40), "x")
    body -= cbox(10, 22, 26, (0, 0, 25))
    return body - cyl(8, 32, (-16, 0, 40), "x") - cyl(10, 16, (0, 0, -1))


def dovetail_rail() -> Solid:
    bar = lift_x([(-14, 0), (14, 0), (20, 12), (-20, 12)], 80, -40)
    hole = cyl(5.5, 14, (0, 0, -1)) + cyl(10, 7, (0, 0, 6))
    return bar - copies(hole, [(-30, 0), (0, 0), (30, 0)])


def boss_plate() -> Solid:
    body = cbox(80, 60, 8) + cyl(30, 20)
    return body - copies(cyl(6, 10, (0, 0, -1)), corners(30, 20))


def tube_on_square() -> Solid:
    return lift(rrect(50, 50, 8), 6) + cyl(28, 46) - cyl(20, 48, (0, 0, -1))


def notched_ring() -> Solid:
    return cyl(70, 5) - cyl(50, 7, (0, 0, -1)) - polar(box(10, 8, 7, (31, -4, -1)), 3)


def cross_drilled() -> Solid:
    return cyl(25, 60) - cyl(10, 62, (0, 0, -1)) - cyl(6, 40, (-20, 0, 30), "x")


def step_block() -> Solid:
    return box(60, 40, 15) + box(30, 40, 30) - cyl(12, 17, (45, 20, -1))


def flanged_bush() -> Solid:
    return turn([(7, 0), (14, 0), (14, 3), (10, 3), (10, 24.5), (9.5, 25), (7, 25)])


def motor_plate() -> Solid:
    plate = rrect(100, 100, 12) - circle(40) - copies2(circle(7), corners(38, 38))
    return lift(plate, 6)


def flatted_shaft() -> Solid:
    bar = chamfered(16, 90, 1, bottom=True) - box(20, 20, 21, (5, -10, 70))
    return bar - cyl(5, 20, (-10, 0, 10), "x")


def bored_cube() -> Solid:
    return cbox(40, 40, 40) - cyl(20, 42, (0, -21, 20), "y") - cyl(20, 42, (-21, 0, 20), "x")


def pedestal() -> Solid:
    return cyl(80, 8) + cyl(20, 38) + cyl(60, 5, (0, 0, 38))


def link_bar() -> Solid:
    bar = obround(76.2, 25.4) - copies2(circle(9.525), [(-38.1, 0), (38.1, 0)])
    return lift(bar, 6.35)


def square_tube() -> Solid:
    tube = cbox(152.4, 50.8, 50.8) - cbox(160, 44.45, 44.45, (0, 0, 3.175))
    return tube - cyl(12.7, 60, (0, 0, -4))


def cone_pulley() -> Solid:
    body = cyl(76.2, 12.7) + cyl(57.15, 25.4) + cyl(38.1, 38.1)
    return body - cyl(9.525, 45, (0, 0, -1))


def keyhole_plate() -> Solid:
    cut = circle(10, (0, -10)) + obround(14, 5).rotate(90).translate((0, -3))
    return lift(rrect(25, 60, 4) - cut, 3)


def ball_knob() -> Solid:
    body = ball(30) ^ cbox(40, 40, 40, (0, 0, -12))
    return body + cyl(14, 10, (0, 0, -20)) - cyl(6, 19, (0, 0, -21))
