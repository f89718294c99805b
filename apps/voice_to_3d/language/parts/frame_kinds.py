"""Which kind of frame a noun phrase makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.nouns import NP

if TYPE_CHECKING:
    pass


def kind_name(np: NP, op: str) -> str:
    """The kind of frame that a phrase makes."""
    if op == "cut" and np.head in ("step", "shoulder", "ledge"):
        np.kind, np.head = "cut", "rebate"
    if op == "cut" and np.head in ("channel", "relief", "trough"):
        np.kind, np.head = "cut", "groove"
    if np.kind == "edge":
        return "edge"
    if np.kind == "cut" or (op == "cut" and np.kind == "solid" and np.head not in ("plate", "block", "prism")):
        return "cut"
    return "solid"
