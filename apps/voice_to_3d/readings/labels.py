"""`LABELS`: what each head chooses between."""

from __future__ import annotations

from wugan.apps.voice_to_3d.readings.shapes import SHAPES

LABELS: dict[str, tuple[str, ...]] = {
    "size": ("said", "scan", "around"),
    "kind": ("said", "scan"),
    "strength": ("slight", "plain", "strong"),
    "shape": tuple(SHAPES),
}
"""Classes in the order of the logits.

`size`: as the words say, the scan's own, or room for the scan inside. `kind`: the thing that is named, or the one in
the scan. `strength`: how much a change without a measure means. `shape`: what was scanned.
"""
