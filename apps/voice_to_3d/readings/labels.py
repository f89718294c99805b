"""`LABELS`: what each head chooses between; `SHAPES`: the things that a scan is recognised as."""

from __future__ import annotations

SHAPES: dict[str, str] = {
    "table": "table",
    "chair": "chair",
    "stool": "stool",
    "sofa": "sofa",
    "bed": "bed",
    "bookcase": "bookcase",
    "lamp": "table lamp",
    "vase": "vase",
    "bowl": "bowl",
    "mug": "mug",
    "bottle": "bottle",
    "wine glass": "wine glass",
    "box": "box",
    "cone": "cone",
}
"""What it is called in a sentence, and the family (or, for a cone, the solid) that makes it."""


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
