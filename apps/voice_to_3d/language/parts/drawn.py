"""Signs of drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


def lemma_before_diameter(reader: Reader) -> bool:
    """Whether the sign Ø stands before the sizes that are read."""
    return (
        any(token.text in ("Ø", "ø", "⌀") for token in reader.tokens)
        and reader.focus is not None
        and not reader.focus.dims
    )
