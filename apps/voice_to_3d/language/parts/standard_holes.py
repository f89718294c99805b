"""Holes for metric threads: clearance (ISO 273, medium), tapping (ISO 261, coarse: diameter - pitch)."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.quantity import Quantity

CLEARANCE = {
    1.6: 1.8,
    2: 2.4,
    2.5: 2.9,
    3: 3.4,
    4: 4.5,
    5: 5.5,
    6: 6.6,
    8: 9,
    10: 11,
    12: 13.5,
    14: 15.5,
    16: 17.5,
    20: 22,
    24: 26,
    30: 33,
    36: 39,
}
PITCH = {
    1.6: 0.35,
    2: 0.4,
    2.5: 0.45,
    3: 0.5,
    4: 0.7,
    5: 0.8,
    6: 1,
    8: 1.25,
    10: 1.5,
    12: 1.75,
    14: 2,
    16: 2,
    20: 2.5,
    24: 3,
    30: 3.5,
    36: 4,
}


def clearance(thread: Quantity) -> float:
    """The clearance hole of a thread, mm; 1.1 times the diameter outside the table."""
    return CLEARANCE.get(thread.value, round(1.1 * thread.value, 1))


def tapping(thread: Quantity) -> float:
    """The tapping drill of a thread, mm: its diameter less its pitch."""
    pitch = (
        thread.values[1]
        if len(thread.values) > 1 and thread.values[1] < thread.value / 2
        else PITCH.get(thread.value, 0.15 * thread.value)
    )
    return round(thread.value - pitch, 2)
