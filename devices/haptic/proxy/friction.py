"""Friction on a proxy, and the memory that a proxy has.

Inside the friction cone the proxy stays where it is; outside it follows until the hand pulls along the cone's edge
(Harwin and Melder 2002, "Improved haptic rendering for multi-finger manipulation using friction cone based
god-objects"). Two coefficients make it stick and slip; since nothing moves inside the cone, noise of the encoder
makes it creep nowhere.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.proxy.compiled import compiled
from wugan.devices.haptic.proxy.vectors import grow, put, square

#: Places in a proxy's memory, float64 `[SIZE]`: proxy, hand of the last step, normal of the contact (out of the
#: surface), its depth without friction, whether it slides; for a cloud the direction out of the surface, whether its
#: normals are turned for that (±1, 0 away from it) and the height that is kept; whether the device has two axes.
PROXY, HAND, NORMAL, DEPTH, SLIDES, SIDE, TURN, LEVEL, FLAT = 0, 3, 6, 9, 10, 11, 14, 15, 16
SIZE = 17

_Array = NDArray[np.float64]


@compiled
def held_goal(
    state: _Array, start: _Array, proxy: _Array, hand: _Array, still: float, moving: float, goal: _Array
) -> bool:
    """Note the contact, and decide how far friction lets the proxy go.

    Args:
        state: the proxy's memory; contact and sliding are written.
        start: where the proxy was, float64 `[3]`.
        proxy: where it would be without friction, float64 `[3]`; set to `start` where it sticks.
        hand: float64 `[3]`.
        still: coefficient of friction at rest.
        moving: coefficient of friction while sliding.
        goal: where to move instead of to the hand, float64 `[3]`; overwritten.

    Returns:
        True where the proxy has to move again from `start` to `goal`; False where `proxy` is the answer.
    """
    touched = state[DEPTH] > 0.0
    depth = math.sqrt(square(proxy, hand))
    state[DEPTH] = depth
    if depth == 0.0:
        grow(state[NORMAL : NORMAL + 3], 0.0)
        state[SLIDES] = 0.0
        return False
    along = 0.0
    for a in range(3):
        state[NORMAL + a] = (proxy[a] - hand[a]) / depth
        along += state[NORMAL + a] * (proxy[a] - start[a])
    if still <= 0.0 and moving <= 0.0:
        return False
    way = 0.0
    for a in range(3):
        goal[a] = proxy[a] - start[a] - along * state[NORMAL + a]
        way += goal[a] * goal[a]
    way = math.sqrt(way)
    slides = state[SLIDES] != 0.0
    limit = (moving if slides else still) * depth
    if way <= limit:
        state[SLIDES] = 0.0
        if touched:
            put(proxy, start)
            return False
        held = way  # just landed: it comes down where it is
    else:
        state[SLIDES] = 1.0
        held = moving * depth
    part = held / way if way > 0.0 else 0.0
    for a in range(3):
        goal[a] = hand[a] - part * goal[a]
    return True
