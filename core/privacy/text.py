"""Free text without what identifies a person: rules for numbers, dates and addresses, and names by list, title and cue.

English text, and German, Dutch and French as far as names, dates and addresses go. What it finds is the list of HIPAA's
Safe Harbor (45 CFR 164.514(b)(2)) as far as text can show it. Names that stand in the record are found for certain;
others by a title ("Dr. Okafor"), a cue ("my name is …"), or a given name of the United States or Europe. It misses
surnames that stand alone, names in lower case, and nicknames: who publishes notes looks at them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from wugan.privacy.names import names, words
from wugan.privacy.patterns import RULES, parse_date


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text that identifies somebody.

    Attributes:
        kind: `name`, `date`, `age`, `phone`, `email`, `url`, `address`, `account`, `id` or `ip`.
        start: index of its first character.
        end: index after its last.
    """

    kind: str
    start: int
    end: int


class TextMask:
    """Finds and replaces what identifies a person.

    Args:
        names: names that are known to be about: the patient's, relatives', staff's; every word of three letters or more
            is looked for.
        known: other values that are known, such as a patient's number, by kind.
        shift: how far dates move; whole dates are then written anew as `YYYY-MM-DD`. Without it they are masked.
    """

    def __init__(
        self, names: Iterable[str] = (), known: Iterable[tuple[str, str]] = (), shift: timedelta | None = None
    ) -> None:
        parts = {part for name in names for part in re.split(r"[\s,.^]+", name) if len(part) > 2}
        told = [("name", part) for part in parts if part.lower() not in words("no_names")]
        told += [(kind, value.strip()) for kind, value in known if len(value.strip()) > 2]
        self._known = [(kind, re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.I)) for kind, word in sorted(told)]
        self._shift = shift

    def find(self, text: str) -> list[Span]:
        """What identifies somebody, in the order of the text; spans do not overlap: the earlier rule has the say."""
        return _apart(self._found(text), len(text))

    def mask(self, text: str) -> str:
        """The text with each span as its kind in brackets, such as `[NAME]`; dates moved where there is a shift."""
        return self._replaced(text, self.find(text))

    def mask_known(self, text: str) -> str:
        """The text without the names and values that were known before; nothing is guessed."""
        return self._replaced(text, _apart(self._stated(text), len(text)))

    def _replaced(self, text: str, spans: Iterable[Span]) -> str:
        parts, at = [], 0
        for span in spans:
            parts += [text[at : span.start], self._instead(span.kind, text[span.start : span.end])]
            at = span.end
        return "".join([*parts, text[at:]])

    def _stated(self, text: str) -> Iterator[Span]:
        for kind, known in self._known:
            for match in known.finditer(text):
                yield Span(kind, *match.span())

    def _found(self, text: str) -> Iterator[Span]:
        for kind, rule, good in RULES:
            for match in rule.finditer(text):
                group = 1 if rule.groups else 0
                if good is None or good(match[group]):
                    yield Span(kind, *match.span(group))
        yield from self._stated(text)
        for start, end in sorted(names(text), key=lambda span: span[0] - span[1]):  # the longest first
            yield Span("name", start, end)

    def _instead(self, kind: str, text: str) -> str:
        if kind == "date" and self._shift is not None:
            day = parse_date(text)
            if day is not None:
                return (day + self._shift).isoformat()
        return f"[{kind.upper()}]"


def _apart(spans: Iterable[Span], length: int) -> list[Span]:
    """Those that do not overlap with one before them, in the order of the text."""
    taken: list[Span] = []
    covered = bytearray(length)
    for found in spans:
        if found.end > found.start and covered.find(1, found.start, found.end) < 0:
            taken.append(found)
            covered[found.start : found.end] = b"\1" * (found.end - found.start)
    return sorted(taken, key=lambda span: span.start)
