"""Free text without what identifies a person: rules for numbers, dates and addresses, and names by list, title and cue.

English text. What it finds is the list of HIPAA's Safe Harbor (45 CFR 164.514(b)(2)) as far as text can show it.
Names that stand in the record are found for certain; others by a title ("Dr. Okafor"), a cue ("my name is …"), or a
given name of the 1990 US census. It misses surnames that stand alone, names in lower case, and nicknames: who publishes
notes looks at them too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_CAPITAL = r"(?:[A-Z]\.|(?:[OD]['’]|Mc|Mac)?[A-ZÀ-Þ][a-zß-ÿ]+(?:[-'’][A-ZÀ-Þ]?[a-zß-ÿ]+)*)"
_NAME = rf"{_CAPITAL}(?:[ \t]+(?:(?:van|von|de|der|den|la|di|da|del|bin|al)[ \t]+)*{_CAPITAL}){{0,3}}"
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Drs|Prof|Professor|Doctor|Sir|Madam|Nurse|Sister|Rev|Father)\.?"
_CUE = (
    r"(?i:my name is|name is|named|called|name\s*:|patient\s*:|signed(?: by)?\s*:?|seen by|dictated by|referred by|"
    r"reviewed by|reported by|attending\s*:|physician\s*:|surgeon\s*:|contact\s*:|next of kin\s*:?|this is|i am|"
    r"(?:his|her|their) (?:wife|husband|son|daughter|mother|father|sister|brother|partner)(?: is)?)"
)
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|way|place|pl|terrace|square|highway|hwy|"
    r"parkway|close|crescent|row|alley|quay|trailer|run|loop|trail)"
)


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
        words = [("name", part) for part in parts if part.lower() not in _words("no_names")]
        words += [(kind, value.strip()) for kind, value in known if len(value.strip()) > 2]
        self._known = [(kind, re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.I)) for kind, word in sorted(words)]
        self._shift = shift

    def find(self, text: str) -> list[Span]:
        """What identifies somebody, in the order of the text; spans do not overlap: the earlier rule has the say."""
        return _apart(self._found(text))

    def mask(self, text: str) -> str:
        """The text with each span as its kind in brackets, such as `[NAME]`; dates moved where there is a shift."""
        return self._replaced(text, self.find(text))

    def mask_known(self, text: str) -> str:
        """The text without the names and values that were known before; nothing is guessed."""
        return self._replaced(text, _apart(self._stated(text)))

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
        for kind, rule, good in _RULES:
            for match in rule.finditer(text):
                group = 1 if rule.groups else 0
                if good is None or good(match[group]):
                    yield Span(kind, *match.span(group))
        yield from self._stated(text)
        for rule in (_TITLED, _CUED, _LISTED):
            for match in rule.finditer(text):
                start, end = match.span("name")
                name = text[start:end]
                if rule is _LISTED and name.split()[0].lower() not in _words("given_names"):
                    continue
                yield Span("name", start, start + len(_without_words(name)))

    def _instead(self, kind: str, text: str) -> str:
        if kind == "date" and self._shift is not None:
            day = parse_date(text)
            if day is not None:
                return (day + self._shift).isoformat()
        return f"[{kind.upper()}]"


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Those that do not overlap with one before them, in the order of the text."""
    taken: list[Span] = []
    for found in spans:
        if found.end > found.start and not any(one.start < found.end and found.start < one.end for one in taken):
            taken.append(found)
    return sorted(taken, key=lambda span: span.start)


def parse_date(text: str) -> date | None:
    """A whole date in one of the spellings that `TextMask` knows; month first where 3/4/2020 leaves it open.

    Returns:
        `None` where day, month or year is missing, or there is no such day.
    """
    low = text.lower().strip()
    month = re.search(_MONTH, low)
    numbers = [int(number) for number in re.findall(r"\d+", low)]
    try:
        if month and len(numbers) == 2:
            day, year = numbers if numbers[0] <= 31 else numbers[::-1]
            return date(year, _MONTHS.index(month[0][:3]) + 1, day)
        if len(numbers) >= 3 and re.match(r"\d{4}", low):
            return date(*numbers[:3])
        if len(numbers) == 3:
            first, second, year = numbers
            year += 0 if year > 99 else 2000 if year < 50 else 1900
            return date(year, first, second) if first <= 12 else date(year, second, first)
    except ValueError:
        pass
    return None


@cache
def _words(name: str) -> frozenset[str]:
    """A shipped list of words: given names of the 1990 US census (public domain) that are no English words, and words
    with a capital that follow a given name or a title and are no part of it.
    """
    return frozenset((files(__package__) / f"{name}.csv").read_text("utf-8").split()[1:])


def _without_words(name: str) -> str:
    """A name up to the first word that belongs to the sentence."""
    kept = []
    for part in re.split(r"(\s+)", name):
        if part.lower() in _words("no_names"):
            break
        kept.append(part)
    return "".join(kept).rstrip()


def _luhn(text: str) -> bool:
    """Check digit of card numbers (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in text if digit.isdigit()][::-1]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return 13 <= len(digits) <= 19 and (sum(digits[::2]) + doubled) % 10 == 0


def _iban(text: str) -> bool:
    """Check digits of an IBAN (ISO 13616)."""
    plain = text.replace(" ", "").upper()
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _dialled(text: str) -> bool:
    """As many digits as ITU-T E.164 allows, and more than a measurement has."""
    return 7 <= sum(character.isdigit() for character in text) <= 15


def _old(text: str) -> bool:
    return int(text) > 89


def _dated(text: str) -> bool:
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    small = sorted(numbers)[:2]
    return len(numbers) == 3 and small[0] <= 12 and small[1] <= 31 and min(small) > 0


_TITLED = re.compile(rf"\b{_TITLE}[ \t]+(?P<name>{_NAME})")
_CUED = re.compile(rf"\b{_CUE}[ \t]+(?:{_TITLE}[ \t]+)?(?P<name>{_NAME})")
_LISTED = re.compile(rf"\b(?P<name>{_CAPITAL}(?:[ \t]+{_CAPITAL}){{0,2}})")
_Check = Callable[[str], bool]
#: In the order in which they have the say: kind, pattern (its first group is the span), and a check of what it found.
_RULES: list[tuple[str, re.Pattern[str], _Check | None]] = [
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), None),
    ("url", re.compile(r"(?:https?://|www\.)[^\s<>\"')]+", re.I), None),
    ("ip", re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), None),
    ("account", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b"), _iban),
    ("account", re.compile(r"\b\d(?:[ -]?\d){12,18}\b"), _luhn),
    ("id", re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), None),  # US social security number
    ("date", re.compile(r"\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?"), None),
    ("date", re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b"), _dated),
    ("date", re.compile(rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? ?(?:\d{{4}})?)(?!\w)", re.I), None),
    ("date", re.compile(rf"\b(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)\b", re.I), None),
    ("date", re.compile(rf"\b(?:{_MONTH},? (?:19|20)\d{{2}})\b", re.I), None),
    ("age", re.compile(r"\b(\d{2,3})(?=[ -]?(?:years?[ -]old|y/?o\b|year-old))", re.I), _old),
    ("age", re.compile(r"\b(?:aged|age)[: ]+(\d{2,3})\b", re.I), _old),
    ("phone", re.compile(r"(?<!\w)\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,6}(?!\w)"), _dialled),
    ("phone", re.compile(r"(?<![\w.-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])?\d{3}[.-]\d{4}(?![\w-])"), None),
    ("phone", re.compile(r"(?<![\w.-])(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"), None),
    ("phone", re.compile(r"(?<![\w.-])\(?0\d{1,5}\)?(?:[ /-]\d{2,8}){1,4}(?![\w-])"), _dialled),
    ("phone", re.compile(r"(?i:\b(?:phone|tel|telephone|fax|mobile|cell|pager)\b\.?[: ]+)(\d[\d ()/.-]{5,}\d)"), None),
    (
        "id",
        re.compile(
            r"(?i:\b(?:MRN|ID|SSN|NHS|no|nr|number|account|policy|case|reference|ref|accession|member)\b"
            r"\.?(?: (?:no|number|id)\.?)?(?: is)?[:# ]*)#?([A-Z]{0,4}-?\d[\dA-Z-]{3,})"
        ),
        None,
    ),
    ("id", re.compile(r"(?<![\w.,-])\d{7,}(?![\w.,]\d)\b"), None),
    ("id", re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.I), None),
    (
        "address",
        re.compile(
            rf"\b\d{{1,5}}[A-Za-z]?[ \t]+(?:{_CAPITAL}[ \t]+){{1,4}}(?i:{_STREET})\b\.?"
            r"(?:,?[ \t]+(?:(?i:apt|suite|unit|flat)\.?[ \t]*#?\w+))?"
            rf"(?:,[ \t]*{_CAPITAL}(?:[ \t]+{_CAPITAL}){{0,2}})?(?:,?[ \t]+[A-Z]{{2}})?(?:[ \t]+\d{{5}}(?:-\d{{4}})?)?"
        ),
        None,
    ),
    ("address", re.compile(r"\b[A-Z]{2}[ \t]+(\d{5}(?:-\d{4})?)\b"), None),
]
