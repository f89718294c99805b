"""`Note`: what a reader found in its input and how it dealt with it, so that nothing is repaired in silence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One finding about the input, for the person who reads the result.

    Attributes:
        code: stable name in kebab-case, such as `"gap-filled"` or `"mpp-assumed"`; programs compare this.
        text: a sentence with the figures; people read this.
        source: file, series or field that it is about; empty where it is about the whole input.
    """

    code: str
    text: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.text} [{self.source}]" if self.source else self.text
