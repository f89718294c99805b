"""`Note`: what a reader found in its input and how it dealt with it, so that nothing is repaired in silence."""

from __future__ import annotations

from collections import defaultdict
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


class Findings:
    """Gathers notes; the same text of several sources becomes one note.

    What comes out is sorted, so that the order of a file's entries does not change it.
    """

    def __init__(self) -> None:
        self._sources: dict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, code: str, text: str, source: str = "") -> None:
        """Note something about a source."""
        self._sources[code, text].append(source)

    def notes(self) -> tuple[Note, ...]:
        """One note for each text, with how often it was so and where first in the alphabet."""
        out = []
        for (code, text), sources in sorted(self._sources.items()):
            first = min(sources)
            times = "" if len(sources) == 1 else f" ({len(sources)} times, one of them here)"
            out.append(Note(code, text + times, first))
        return tuple(out)
