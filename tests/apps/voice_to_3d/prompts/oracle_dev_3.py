"""Reference solids of parts_dev.yaml, 3 of 3: one function an id, by hand, on manifold3d alone."""

from __future__ import annotations

from oracle_kit import Solid, ball, box, cbox, chamfered, cone, copies, cyl, hull, lift, ngon, polar, turn, union


def square_pyramid() -> Solid:
    return hull([cbox(40, 40, 0.0001), cbox(0.0001, 0.0001, 0.0001, (0, 0, 54.9999))])


def eccentric_disc() -> Solid:
    return cyl(60, 15) + cyl(28, 27, (10, 0, 0)) - cyl(16, 29, (10, 0, -1))


def vise_jaw() -> Solid:
    i = 25.4
    body = box(6 * i, 0.75 * i, 1.75 * i, (-3 * i, 0, 0))
    tool = cyl(17 / 32 * i, i, (0, -1, 0.875 * i), "y") + cyl(13 / 16 * i, i / 2 + 1, (0, -1, 0.875 * i), "y")
    body -= copies(tool, [(-3.875 / 2 * i, 0), (3.875 / 2 * i, 0)])
    return body - box(7 * i, i / 8 + 1, i / 4 + 1, (-3.5 * i, -1, 1.5 * i))


def split_collar() -> Solid:
    body = cyl(40, 15) - cyl(20, 17, (0, 0, -1)) - box(20, 2, 17, (5, -1, -1))
    return body - cyl(4, 40, (15, -20, 7.5), "y")


def tee_bracket() -> Solid:
    body = box(100, 25, 6, (-50, 65, 0)) + box(25, 70, 6, (-12.5, 0, 0))
    return body - copies(cyl(6.5, 8, (0, 0, -1)), [(-37.5, 77.5), (37.5, 77.5), (0, 77.5), (0, 12.5), (0, 37.5)])


def clevis_pin() -> Solid:
    return cyl(16, 4) + chamfered(10, 49, 1) - cyl(3.2, 20, (-10, 0, 43), "x")


def dome_on_flange() -> Solid:
    body = cyl(90, 6) + ball(60, (0, 0, 6)).trim_by_plane((0, 0, 1), 5)
    return body - polar(cyl(6, 8, (38, 0, -1)), 4)


def flanged_bushing() -> Solid:
    return turn([(6, 0), (13, 0), (13, 3), (9, 3), (9, 21), (8, 22), (6, 22)])


def cable_clip() -> Solid:
    body = box(30, 12, 14) - cyl(8, 14, (9, -1, 14), "y")
    return body - cyl(4, 16, (23, 6, -1))


def hose_barb() -> Solid:
    barbs = union(cone(9, 7, 5, (0, 0, 18 + 5 * k)) for k in range(3))
    body = cyl(10, 12.5) + lift(ngon(6, 14), 6, (0, 0, 12)) + barbs
    return body - cyl(4, 40, (0, 0, -1))
