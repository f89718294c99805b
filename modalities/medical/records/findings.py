"""`Findings`: notes gathered while reading, so that a thousand equal ones become one with a count."""

from __future__ import annotations

from collections import defaultdict

from wugan.modalities.medical.note import Note


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
