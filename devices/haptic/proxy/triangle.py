"""The point of a triangle nearest to another point, and on which of its features it lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.proxy.compiled import compiled

#: Features: the face, the edges that start at vertex 0, 1, 2, the vertices.
FACE, EDGE, VERTEX = 0, 1, 4

_Array = NDArray[np.float64]


@compiled
def nearest_on_triangle(v: _Array, p: _Array, q: _Array) -> int:
    """Ericson, "Real-Time Collision Detection" (2005), section 5.1.5.

    Args:
        v: the three vertices in a row, float64 `[9]`.
        p: the point, float64 `[3]`.
        q: the nearest point, float64 `[3]`; overwritten.

    Returns:
        `FACE`, `EDGE` + number of the vertex where the edge starts, or `VERTEX` + its number.
    """
    abx, aby, abz = v[3] - v[0], v[4] - v[1], v[5] - v[2]
    acx, acy, acz = v[6] - v[0], v[7] - v[1], v[8] - v[2]
    px, py, pz = p[0] - v[0], p[1] - v[1], p[2] - v[2]
    d1 = abx * px + aby * py + abz * pz
    d2 = acx * px + acy * py + acz * pz
    if d1 <= 0.0 and d2 <= 0.0:
        q[0], q[1], q[2] = v[0], v[1], v[2]
        return VERTEX
    px, py, pz = p[0] - v[3], p[1] - v[4], p[2] - v[5]
    d3 = abx * px + aby * py + abz * pz
    d4 = acx * px + acy * py + acz * pz
    if d3 >= 0.0 and d4 <= d3:
        q[0], q[1], q[2] = v[3], v[4], v[5]
        return VERTEX + 1
    vc = d1 * d4 - d3 * d2
    if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0 and d1 > d3:
        s = d1 / (d1 - d3)
        q[0], q[1], q[2] = v[0] + s * abx, v[1] + s * aby, v[2] + s * abz
        return EDGE
    px, py, pz = p[0] - v[6], p[1] - v[7], p[2] - v[8]
    d5 = abx * px + aby * py + abz * pz
    d6 = acx * px + acy * py + acz * pz
    if d6 >= 0.0 and d5 <= d6:
        q[0], q[1], q[2] = v[6], v[7], v[8]
        return VERTEX + 2
    vb = d5 * d2 - d1 * d6
    if vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0 and d2 > d6:
        s = d2 / (d2 - d6)
        q[0], q[1], q[2] = v[0] + s * acx, v[1] + s * acy, v[2] + s * acz
        return EDGE + 2
    va = d3 * d6 - d5 * d4
    if va <= 0.0 and d4 >= d3 and d5 >= d6 and (d4 - d3) + (d5 - d6) > 0.0:
        s = (d4 - d3) / ((d4 - d3) + (d5 - d6))
        q[0], q[1], q[2] = v[3] + s * (v[6] - v[3]), v[4] + s * (v[7] - v[4]), v[5] + s * (v[8] - v[5])
        return EDGE + 1
    inverse = 1.0 / (va + vb + vc)
    s, t = vb * inverse, vc * inverse
    q[0], q[1], q[2] = v[0] + s * abx + t * acx, v[1] + s * aby + t * acy, v[2] + s * abz + t * acz
    return FACE
