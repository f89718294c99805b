"""Reference solids of parts_third.yaml."""

from __future__ import annotations

import math

from oracle_kit import (
    N,
    arc,
    box,
    cbox,
    chamfered,
    circle,
    cone,
    copies,
    corners,
    cyl,
    lift,
    lift_x,
    lift_y,
    ngon,
    obround,
    polar,
    poly,
    rrect,
    turn,
    union,
)

IN = 25.4


def blind_cover():
    s = chamfered(90, 8, 1).translate((0, 0, 5)) + cyl(62, 5)
    return s - polar(cyl(6.5, 20, (38, 0, 0)), 4)


def drain_plug():
    s = lift(ngon(6, 22), 10) + cyl(28, 3, (0, 0, 10)) + chamfered(16, 18, 1.5).translate((0, 0, 13))
    return s - cyl(6, 12, (0, 0, 19))


def eccentric_disc():
    return cyl(50, 12) + cyl(24, 22, (8, 0, 0)) - cyl(12, 22, (8, 0, 0))


def t_slot_rail():
    outer = lift_x([(-15, 0), (15, 0), (15, 18), (13, 20), (-13, 20), (-15, 18)], 120)
    return outer - box(120, 8, 12, (0, -4, 8)) - box(120, 16, 5, (0, -8, 8))


def lifting_lug():
    s = cbox(80, 50, 10)
    lug = poly([(-25, 5), (25, 5), *arc((0, 40), 25, 0, 180, 72)])
    s += lift_y(lug, 12, -6)
    s -= copies(cyl(9, 10), corners(30, 15))
    return s - cyl(20, 60, (0, -30, 40), "y")


def thread_bobbin():
    s = cyl(40, 3) + cyl(16, 40) + cyl(40, 3, (0, 0, 37))
    return s - cyl(8, 40) - cyl(4, 3, (13, 0, 37))


def piston():
    s = cyl(60, 55) - cyl(50, 45) - cyl(14, 80, (0, -40, 25), "y")
    ring = cyl(70, 2) - cyl(56, 2)
    return s - ring.translate((0, 0, 50)) - ring.translate((0, 0, 45))


def spray_nozzle():
    return cyl(30, 20) + cone(30, 8, 35, (0, 0, 20)) - cyl(4, 55) - cyl(20, 15)


def strike_plate():
    s = lift(rrect(70, 25, 4), 3) - cbox(30, 12, 3)
    hole = cyl(4.5, 3) + cone(4.5, 8.5, 2, (0, 0, 1))
    return s - copies(hole, [(-27, 0), (27, 0)])


def heat_sink():
    s = cbox(60, 50, 5)
    return s + union(box(2, 50, 25, (-30 + k * 58 / 6, -25, 0)) for k in range(7))


def rocker_lever():
    t = math.acos((15 - 9) / 70)  # tangent points, 0.01 mm inside the bosses so that no sliver is left
    c, n = math.cos(t), math.sin(t)
    p, q = (14.99 * c, 14.99 * n), (70 + 8.99 * c, 8.99 * n)
    s = lift(poly([p, (p[0], -p[1]), (q[0], -q[1]), q]), 8) + cyl(30, 20) + cyl(18, 20, (70, 0, 0))
    return s - cyl(14, 20) - cyl(8, 20, (70, 0, 0))


def gusset_plate():
    s = lift(poly([(10, 0), (70, 0), (0, 50), (0, 10)]), 6)
    return s - copies(cyl(7, 6), [(15, 15), (45, 10), (10, 32)])


def vee_block():
    s = box(60, 45, 40, (-30, -22.5, 0))
    s -= lift_x([(-15, 40), (15, 40), (0, 25)], 60, -30)
    s -= box(60, 3, 20, (-30, -1.5, 20))
    return s - box(60, 6, 6, (-30, -22.5, 10)) - box(60, 6, 6, (-30, 16.5, 10))


def trunnion_cross():
    s = cbox(26, 26, 26, (0, 0, -13)) + cyl(16, 70, (-35, 0, 0), "x") + cyl(16, 70, (0, -35, 0), "y")
    return s - cyl(5, 70, (-35, 0, 0), "x") - cyl(5, 70, (0, -35, 0), "y")


def castle_nut():
    s = lift(ngon(6, 24), 14) + cyl(22, 19) - cyl(14, 19)
    return s - union(cbox(40, 4, 6, (0, 0, 13)).rotate((0, 0, 30 + 60 * k)) for k in range(3))


def sensor_enclosure():
    s = cbox(100, 70, 35) - cbox(94, 64, 32, (0, 0, 3))
    s += copies(cyl(8, 30), corners(40, 25))
    return s - copies(cyl(3, 20, (0, 0, 10)), corners(40, 25))


def u_channel():
    s = cbox(80, 40, 30) - cbox(80, 32, 26, (0, 0, 4))
    s -= copies(cyl(6.5, 4), [(-20, 0), (20, 0)])
    return s - cyl(10, 60, (0, -30, 18), "y")


def duct_adapter():
    s = lift(rrect(80, 80, 8), 10) + cyl(50, 35) - cyl(40, 35)
    s -= cyl(60, 3, (0, 0, 27)) - cyl(46, 3, (0, 0, 27))
    return s - copies(cyl(7, 10), corners(30, 30))


def slotted_link():
    s = lift(obround(90, 30), 8) - copies(cyl(10, 8), [(-45, 0), (45, 0)])
    return s - lift(obround(30, 10), 8)


def stepped_shaft():
    s = turn([(0, 0), (13.5, 0), (15, 1.5), (15, 40), (12.5, 40), (12.5, 70), (10, 70), (10, 93.5), (8.5, 95), (0, 95)])
    return s - box(3.5, 6, 18, (6.5, -3, 77))


def coupling_nut():
    s = lift(ngon(6, 17), 45) - cyl(8.5, 18) - cyl(8.5, 18, (0, 0, 27))
    return s - cyl(3, 30, (0, -15, 22.5), "y")


def horseshoe_shim():
    s = box(60, 40, 1.5, (0, -20, 0))
    s -= box(29.5, 17, 1.5, (0, -8.5, 0)) + cyl(17, 1.5, (29.5, 0, 0))
    return s - cyl(5, 1.5, (52, 0, 0))


def recessed_block():
    s = cbox(50, 40, 25) - cyl(24, 10, (0, 0, 15))
    return s - box(6, 8, 25, (-25, -4, 0)) - box(6, 8, 25, (19, -4, 0))


def angle_iron():
    s = box(6 * IN, 2 * IN, IN / 4) + box(6 * IN, IN / 4, 2 * IN)
    return s - copies(cyl(3 / 8 * IN, IN, axis="y"), [(IN, 0, 1.125 * IN), (5 * IN, 0, 1.125 * IN)])


def flanged_bushing():
    s = cyl(1.75 * IN, 3 / 16 * IN) + cyl(1.25 * IN, 1.5 * IN) - cyl(0.875 * IN, 1.5 * IN)
    return s - cyl(IN / 8, 2 * IN, (0, 0, 0.75 * IN), "x")


def drain_grate():
    return cyl(90, 5) - cyl(10, 5) - polar(cyl(8, 5, (30, 0, 0)), 8)


def vented_dowel():
    s = chamfered(12, 50, 1.5, bottom=True) - cyl(3, 50)
    return s - box(1, 12, 50, (5, -6, 0))


def oil_funnel():
    return turn([(8, 0), (10, 0), (10, 30), (40, 90), (38, 90), (8, 30)])


def lugged_ring():
    from oracle_kit import Profile

    lug = lift(Profile.hull(circle(16, (30, 0)) + circle(16, (42, 0))), 12)
    return cyl(70, 12) + polar(lug, 3) - cyl(50, 12) - polar(cyl(6, 12, (42, 0, 0)), 3)


def encoder_disc():
    return cyl(60, 2) - cyl(8, 2) - polar(box(7, 3, 2, (20, -1.5, 0)), 12)


assert N == 144 and math.pi
