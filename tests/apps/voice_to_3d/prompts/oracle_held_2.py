"""Reference solids of parts_held.yaml, 2 of 3: one function an id, by hand, on manifold3d alone."""

from __future__ import annotations

import math

from oracle_kit import (
    Solid,
    arc,
    box,
    cbox,
    chamfered,
    circle,
    cone,
    copies,
    corners,
    cyl,
    gear,
    hull,
    lift,
    lift_x,
    lift_y,
    ngon,
    obround,
    polar,
    rrect,
    turn,
)


def slotted_plate() -> Solid:
    slot = lift(obround(22, 8).rotate(90), 8, (0, 0, -1))
    return cbox(120, 50, 6) - copies(slot, [(-35, 0), (0, 0), (35, 0)])


def crank_handle() -> Solid:
    arm = box(83, 14, 8, (0, -7, 0)) + cyl(14, 8, (83, 0, 0))
    handle = chamfered(12, 41, 2).translate((83, 0, 7))
    return cyl(24, 18) + arm + handle - cbox(10, 10, 20, (0, 0, -1))


def thread_spool() -> Solid:
    low, high = arc((11, 7), 3, 270, 180), arc((11, 33), 3, 180, 90)
    return turn([(3.5, 0), (18, 0), (18, 4), *low, *high, (18, 36), (18, 40), (3.5, 40)])


def pipe_saddle() -> Solid:
    arch = lift_y(circle(40), 20) + box(80, 20, 4, (-40, 0, 0))
    body = arch.trim_by_plane((0, 0, 1), 0) - cyl(32, 22, (0, -1, 0), "y")
    tool = cyl(5, 6, (0, 0, -1)) + cone(5, 9, 2, (0, 0, 2)) + cyl(9, 1, (0, 0, 4))
    return body - copies(tool, [(-31, 10), (31, 10)])


def boss_with_fillet() -> Solid:
    curve = arc((21, 14), 6, 270, 180)
    boss = turn([(0, 7), (21, 7), *curve, (15, 31.5), (13.5, 33), (0, 33)])
    return cbox(70, 70, 8) + boss - cyl(14, 35, (0, 0, -1))


def traffic_cone() -> Solid:
    return cbox(60, 60, 4) + cone(44, 10, 70, (0, 0, 4)) - cyl(6, 80, (0, 0, -1))


def heat_sink() -> Solid:
    return box(60, 80, 5) + copies(box(2, 80, 21, (0, 0, 4)), [(k * 58 / 8, 0) for k in range(9)])


def lipped_lid() -> Solid:
    lip = cbox(93.6, 53.6, 5.5) - cbox(89.6, 49.6, 7, (0, 0, -1))
    return lip + cbox(100, 60, 3, (0, 0, 5))


def tee_slot_nut() -> Solid:
    return cbox(20, 16, 6) + cbox(20, 10, 11) - cyl(6.8, 13, (0, 0, -1))


def pull_handle() -> Solid:
    body = cyl(10, 120, (-60, 0, 35), "x") + copies(cyl(10, 35), [(-48, 0), (48, 0)])
    return body - copies(cyl(4, 16, (0, 0, -1)), [(-48, 0), (48, 0)])


def hollow_spindle() -> Solid:
    outer = turn([(0, 0), (20, 0), (20, 15), (12.5, 15), (12.5, 75), (10, 75), (10, 108), (8, 110), (0, 110)])
    return outer - cyl(10, 112, (0, 0, -1)) - cyl(18, 21, (0, 0, -1))


def truncated_pyramid() -> Solid:
    thin = 0.0001
    return hull([cbox(80, 50, thin), cbox(40, 25, thin, (0, 0, 30 - thin))]) - cyl(12, 21, (0, 0, 10))


def tee_slot_rail() -> Solid:
    return box(200, 40, 25, (0, -20, 0)) - box(202, 10, 9, (-1, -5, 17)) - box(202, 20, 7, (-1, -10, 10))


def ribbed_angle() -> Solid:
    rib = lift_y([(5, 5), (46, 5), (46, 6), (6, 46), (5, 46)], 5)
    body = box(60, 80, 6) + box(6, 80, 60) + rib + rib.translate((0, 75, 0))
    down = copies(cyl(9, 8, (45, 0, -1)), [(0, 20), (0, 60)])
    side = copies(cyl(9, 8, (-1, 0, 45), "x"), [(0, 20), (0, 60)])
    return body - down - side


def flat_washer() -> Solid:
    return cyl(20, 2) - cyl(10.5, 4, (0, 0, -1))


def spur_gear_40() -> Solid:
    return gear(1, 40, 8) - cyl(10, 10, (0, 0, -1)) - polar(cyl(7, 10, (13, 0, -1)), 5)


def flanged_nut() -> Solid:
    body = cyl(22, 2) + lift(ngon(6, 15), 9, (0, 0, 1))
    return body - turn([(0, -1), (6, -1), (4.25, 0.75), (4.25, 9.25), (6, 11), (0, 11)])


def sensor_plate() -> Solid:
    body = lift(rrect(64, 48, 6).translate((0, 24)), 4)
    body -= copies(lift(obround(9.5, 4.5), 6, (0, 0, -1)), [(-20, 10), (20, 10)])
    return body - cyl(18, 6, (0, 30, -1))


def dovetail_slide() -> Solid:
    wide = 12 + 10 / math.tan(math.radians(60))
    slot = lift_x([(-12, -1), (12, -1), (12, 0), (wide, 10), (-wide, 10), (-12, 0)], 62, -31)
    return cbox(60, 60, 25) - slot - copies(cyl(5, 11, (0, 0, 15)), corners(20, 20))


def concentric_reducer() -> Solid:
    return turn([(27, 0), (30, 0), (30, 20), (17, 60), (17, 80), (14, 80), (14, 60), (27, 20)])
