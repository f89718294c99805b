"""`SHAPES`: the things that a scan is recognised as."""

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
