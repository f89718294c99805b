"""Free text without what identifies a person: rules for numbers, dates and addresses, and names by list, title and cue.

English text, and German, Dutch and French as far as names, dates and addresses go. What it finds is the list of HIPAA's
Safe Harbor (45 CFR 164.514(b)(2)) as far as text can show it. Names that stand in the record are found for certain;
others by a title ("Dr. Okafor"), a cue ("my name is …"), or a given name of the United States or Europe. It misses
surnames that stand alone, names in lower case, and nicknames: who publishes notes looks at them too.

By hand rather than by presidio: these rules as its recognizers find the same spans (171 of 190 and 166 of 175 of the
tests' notes) in more lines than its walk and its resolution of overlaps save, for dozens of packages (spaCy, and torch
at import) and pins of numpy below 2.5 and cryptography below 51. spaCy's small English model finds 7 more of 92 English
names, none of other languages', and masks 3 to 8 % of all other words for nothing instead of 0.1 to 0.4 %.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

Check = Callable[[str], bool]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTHS_ELSEWHERE = {
    "januar": 1, "jänner": 1, "januari": 1, "janvier": 1, "februar": 2, "februari": 2, "février": 2, "fevrier": 2,
    "märz": 3, "maerz": 3, "maart": 3, "mars": 3, "avril": 4, "mai": 5, "mei": 5, "juni": 6, "juin": 6, "juli": 7,
    "juillet": 7, "augustus": 8, "août": 8, "aout": 8, "septembre": 9, "oktober": 10, "octobre": 10, "novembre": 11,
    "dezember": 12, "décembre": 12, "decembre": 12,
}  # fmt: skip
_MONTH_ELSEWHERE = (
    "(?:" + "|".join(sorted(_MONTHS_ELSEWHERE, key=len, reverse=True)) + "|(?:avr|juil|févr|sept|okt|dez|déc)\\.)"
)
_WEEKDAY = r"(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_ORDINAL = (
    r"(?:(?:twenty|thirty)[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL})"
_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_TENS = rf"(?:hundred|oh|ten|eleven|twelve|\w+teen|\w+ty(?:[- ]{_DIGIT})?|{_DIGIT})"
_YEAR = rf"(?:\d{{4}}|['’]?\d{{2}}(?!\d)|(?:nineteen|twenty)(?:[- ]{_TENS})+)"
_HOLIDAY = r"(?:Christmas|Boxing|New Year['’]?s|Easter|Thanksgiving|Labor|Memorial|Independence|Veterans|Good)"
_UPPER = r"A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪİĶŁĻŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŹŻŽ"
_LOWER = r"a-zß-öø-ÿāăąćčďđēęěğģīıķłļńņňōőœřśşšţťūůűźżž"
#: A word with a capital, as names have them.
CAPITAL = rf"(?:(?:[OD]['’]|Mc|Mac|Fitz)?[{_UPPER}][{_LOWER}]+(?:[-'’][{_UPPER}]?[{_LOWER}]+){{0,3}})"
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|way|place|pl|terrace|square|sq|highway|"
    r"hwy|parkway|pkwy|close|crescent|row|alley|quay|run|loop|trail|view|cottages?|gardens?|grove|mews|hill|park|green|"
    r"walk|rise|approach|circle|cir|heights|parade|wharf|mount|croft|meadows?|orchard)"
)
_POSTCODE = r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}(?:-\d{4})?)"
_UNIT = r"(?i:(?:apt|apartment|suite|unit|flat|room|floor|platform|ste)\.?[ \t]*#?[\w]+)"
_TOWN = rf"(?:,[ \t]*(?:{_UNIT}|{CAPITAL}(?:[ \t]+(?:{CAPITAL}|upon|on|le|la|under)){{0,3}}))"
_PLACE = rf"(?:{_TOWN}{{0,3}}(?:,?[ \t]+[A-Z]{{2}}(?!\w))?(?:,?[ \t]+{_POSTCODE})?)"


_TOWN_ELSEWHERE = (
    rf"(?:,?[ \t]+(?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{4}}(?:[ ]?[A-Z]{{2}})?)[ \t]+{CAPITAL}(?:[ \t-]+{CAPITAL}){{0,2}})?"
)


def parse_date(text: str) -> date | None:
    """A whole date in figures or with its month's name; month first where 3/4/2020 leaves it open.

    Returns:
        `None` where day, month or year is missing or in words, or there is no such day.
    """
    low = text.lower().strip()
    month = re.search(MONTH, low)
    numbers = [int(number) for number in re.findall(r"\d+", low)]
    try:
        elsewhere = re.fullmatch(r"(\d+)\.? ?(\w+) (\d{4})", low)
        if elsewhere and elsewhere[2] in _MONTHS_ELSEWHERE:
            return date(numbers[1], _MONTHS_ELSEWHERE[elsewhere[2]], numbers[0])
        if month and len(numbers) == 2:
            day, year = numbers if numbers[0] <= 31 else numbers[::-1]
            return date(_century(year), _MONTHS.index(month[0][:3]) + 1, day)
        if len(numbers) >= 3 and re.match(r"\d{4}", low):
            return date(*numbers[:3])
        if len(numbers) == 3:
            first, second, year = numbers
            return date(_century(year), first, second) if first <= 12 else date(_century(year), second, first)
    except ValueError:
        pass
    return None


def _century(year: int) -> int:
    return year + (0 if year > 99 else 2000 if year < 50 else 1900)


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
    return not text.isdigit() or 89 < int(text) < 123


def _dated(text: str) -> bool:
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    small = sorted(numbers)[:2]
    return len(numbers) == 3 and small[0] <= 12 and small[1] <= 31 and min(small) > 0


def _mixed(text: str) -> bool:
    """A number with letters that is too long for a dose, a code of a disease or a stage."""
    return sum(c.isdigit() for c in text) >= 4 and any(c.isalpha() for c in text) and len(text) >= 7


def _many(text: str) -> bool:
    return len(re.findall(r"[a-z]+", text.lower())) >= 7


_OLD = r"(\d{2,3}|ninety(?:[- ]\w+)?|(?:a|one) hundred(?: and \w+)?)"
_NUMBERED = (
    r"\b(?:MRN|ID|SSN|NHS|NRIC|PPSN|no|nr|number|account|acct|policy|case|reference|ref|accession|member|serial|kit|"
    r"licen[cs]e|specimen|hospital|passport|booking|claim|order|invoice)\b\.?(?: (?:no|number|num|id)\b\.?)?"
    r"(?: is| was)?"
)


def _rule(kind: str, pattern: str, check: Check | None = None) -> tuple[str, re.Pattern[str], Check | None]:
    return kind, re.compile(pattern), check


#: In the order in which they have the say: kind, pattern (its first group is the span), and a check of what it found.
RULES: list[tuple[str, re.Pattern[str], Check | None]] = [
    _rule("email", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    _rule("email", r"(?i)\b\w{1,30}(?: (?:dot|underscore|dash) \w{1,30}){0,4} at \w{1,30}(?: dot \w{1,30}){1,4}\b"),
    _rule("url", r"(?i)(?:https?://|www\.)[^\s<>\"')]*[^\s<>\"').,;]"),
    _rule(
        "url",
        r"(?i)(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.(?:com|org|net|edu|gov|info|io|example|co\.uk|de|fr|ie|ca)\b(?:/[^\s<>\"').,;]+)*",
    ),
    _rule("ip", r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
    _rule("account", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b", _iban),
    _rule("account", r"\b\d(?:[ -]?\d){12,18}\b", _luhn),
    _rule("account", r"\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{3,4}\b"),
    _rule("id", r"\b\d{3}-\d{2}-\d{4}\b"),  # US social security number
    _rule("date", r"\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?"),
    _rule("date", r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b", _dated),
    _rule("date", rf"(?i)\b(?:{_WEEKDAY}\.?,? )?(?:the )?{_DAY}(?: of)?[ -]{MONTH}(?:,?[ -]{_YEAR})?(?!\w)"),
    _rule("date", rf"(?i)\b(?:(?:\d{{1,2}}\.? ?|1er ){_MONTH_ELSEWHERE}|\d{{1,2}}\. {MONTH})(?: \d{{4}})?(?!\w)"),
    _rule("date", rf"(?i)\b{_MONTH_ELSEWHERE} (?:19|20)\d{{2}}\b"),
    _rule("date", rf"(?i)\b(?:{_WEEKDAY}\.?,? )?{MONTH} (?:the )?{_DAY}(?:,? {_YEAR})?(?!\w)"),
    _rule("date", rf"(?i)\b{MONTH},? (?:19|20)\d{{2}}\b"),
    _rule("date", rf"(?i)\b{_WEEKDAY}\.? \d{{1,2}}/\d{{1,2}}\b"),
    _rule("date", r"(?i)\bthe \d{1,2}(?:st|nd|rd|th)(?= (?:and|at|for|with|I|he|she|we|they)\b|[.,;]|$)"),
    _rule("date", r"(?i)\bthe \d{1,2}(?:st|nd|rd|th) (?:inst|ult)\b\.?"),
    _rule("date", rf"\b{_HOLIDAY} (?:Day|Eve|Monday|Sunday|Friday|Saturday)\b"),
    _rule("age", rf"(?i)\b{_OLD}(?=[ -]?(?:years?[ -]old|y/?o\b|year-old|years of age))", _old),
    _rule(
        "age",
        rf"(?i)\b(?:aged|age|turned|turning|lived to|(?:he|she|they)['’]s|(?:he|she) is)[: ]+{_OLD}"
        r"(?=[.,;) ]|$)(?! ?(?:%|kg|cm|mm|mg|ml|g|bpm))",
        _old,
    ),
    _rule(
        "id", r"\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d{2})?\b"
    ),  # French social security
    _rule("phone", r"(?<!\w)\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,6}(?!\w)", _dialled),
    _rule("phone", r"(?<![\w.-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])?\d{3}[.-]\d{4}(?![\w-])"),
    _rule("id", r"(?i:\b(?:NHS)\b\.?(?: (?:no|number)\b\.?)?)[:# ]*(\d{3} ?\d{3} ?\d{4})\b"),
    _rule("phone", r"(?<![\w.-])(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"),
    _rule("phone", r"(?<![\w.-])\(?0\d{1,5}\)?(?:[ /-]\d{2,8}){1,4}(?![\w-])", _dialled),
    _rule("phone", r"(?i:\b(?:phone|tel|telephone|fax|mobile|cell|pager)\b\.?[: ]+)(\d[\d ()/.-]{5,}\d)"),
    _rule("phone", rf"(?i)\b{_DIGIT}(?:,? {_DIGIT}){{6,14}}\b", _many),
    _rule(
        "address",
        rf"\b(?:{CAPITAL}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade|"
        rf"singel|dijk|steeg)|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den)[ \t]+{CAPITAL}|"
        rf"{CAPITAL}(?:er|-)?[ \t]+(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Ring|Damm|Ufer))"
        rf"[ \t]+\d{{1,4}}[ ]?[a-z]?\b{_TOWN_ELSEWHERE}",
    ),
    _rule(
        "address",
        r"\b\d{1,4}(?:[ \t]?(?:bis|ter))?,?[ \t]+(?:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|"
        r"route|cours|square|passage)[ \t]+(?:(?:de|du|des|la|le|les|l['’]|d['’])[ \t]*){0,3}"
        rf"{CAPITAL}(?:[ \t-]+(?:(?:de|du|des|la|le)[ \t]+)?{CAPITAL}){{0,3}}{_TOWN_ELSEWHERE}",
    ),
    _rule(
        "address",
        rf"(?:\bThe[ \t]+(?:{CAPITAL}[ \t]?){{1,3}},[ \t]*)?(?:{_UNIT},?[ \t]+)?"
        rf"\b\d{{1,5}}[A-Za-z]?[ \t]+(?:[NSEW]\.?[ \t]+)?(?:{CAPITAL}[ \t]+){{1,4}}(?i:{_STREET})"
        rf"\b\.?{_PLACE}",
    ),
    _rule(
        "address",
        rf"\b(?:(?:The[ \t]+)?{CAPITAL}(?:[ \t]+{CAPITAL}){{0,3}}(?:[ \t]+\d{{1,5}})?,[ \t]*){{1,4}}"
        rf"(?:{_UNIT},[ \t]*)?(?:{CAPITAL},[ \t]*)?(?:{CAPITAL}[ \t]+)?(?:[A-Z]{{2}}[ \t]+)?{_POSTCODE}\b",
    ),
    _rule(
        "address", rf"\b{CAPITAL}(?:['’]s)?(?:[ \t]+{CAPITAL}){{0,3}},[ \t]+(?:{CAPITAL}[ \t]+){{1,3}}(?i:{_STREET})\b"
    ),
    _rule("address", r"\b([A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b"),
    _rule("address", r"\b[A-Z]{2}[ \t]+(\d{5}(?:-\d{4})?)\b"),
    _rule("id", rf"(?i:{_NUMBERED}[:# ]*)#?([A-Z]{{0,4}}[-/ ]?\d[\dA-Z/-]{{3,}}(?: \d{{2,}})*)"),
    _rule("id", r"(?<![\w./-])[A-Z0-9]{1,24}(?:[-/][A-Z0-9]{1,24}){0,5}(?![\w/-])", _mixed),
    _rule("id", r"\b[A-Z]{2,4}(?: \d{2,5}){2,4}\b", lambda text: sum(c.isdigit() for c in text) >= 6),
    _rule("id", r"(?<![\w.,-])\d{7,}(?![\w.,]\d)\b"),
    _rule("id", r"(?i)\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"),
]


_PARTICLE = r"(?:[Vv]an|[Vv]on|[Dd]e|der|den|het|ter|ten|zu|la|le|du|des|di|da|del|bin|al|El|Ní|Ó|VAN|DER|DE)"
_PART = rf"(?:{CAPITAL}|[A-Z]\.|[A-Z](?= [A-Z])|[A-Z]{{3,}}(?:-[A-Z]{{2,}})*|\([A-Z][a-z]+\))"
_NAME = (
    rf"(?:(?:{_PARTICLE}[ \t]+){{0,2}}(?:[A-Z]{{3,}}(?:-[A-Z]{{2,}})*,[ \t]+{CAPITAL}|"
    rf"{_PART}(?:[ \t]+(?:{_PARTICLE}[ \t]+)*{_PART}){{0,3}}))"
)
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Mdm|Dr|Drs|Prof|Professor|Doctor|Sir|Madam|Nurse|Sister|Matron|Rev|Father|Señora?|"
    r"Herrn?|Frau|OA|OÄ|Madame|Mme|Mlle|Monsieur|M(?=\.)|Pr|(?i:mevrouw|mevr|mw|de heer|dhr|meneer|nurse))\.?"
)
_ROLE = r"(?:PA|NP|RN|GP|SHO|SpR|FY\d|CNS|HCA|Sr|Arzt|Ärztin|arts)"
_KIN = (
    r"(?:wife|husband|son|daughter|mother|father|sister|brother|partner|mum|mom|dad|nephew|niece|aunt|uncle|cousin|"
    r"grandmother|grandfather|grandson|granddaughter|gran|girlfriend|boyfriend|fianc[ée]e?|carer|neighbou?r|friend|"
    r"colleague|worker|interpreter|counsel?lor|midwife|therapist|secretary|"
    r"dochter|zoon|man|vrouw|echtgenote?|partner|moeder|vader|zus|broer|"
    r"fille|fils|mari|épouse|époux|femme|mère|père|sœur|soeur|frère|conjointe?)"
)
# German writes every noun with a capital: what follows these is a name only if it looks like one.
_GERMAN_KIN = (
    r"(?:Tochter|Sohn|Ehefrau|Ehemann|Mutter|Vater|Schwester|Bruder|Nachbarin|Nachbar|Enkelin|Enkel|Lebensgefährtin|"
    r"Lebensgefährte|Betreuerin|Betreuer)"
)
_CUE = (
    r"(?i:my name(?:['’]s| is)|name(?:['’]s| is)|named|called|call me|calls? (?:him|her|me)|name\s*:|patient\s*:|"
    r"pt\s*:?|patient(?= [A-Z][A-Za-z])|signed(?: by)?\s*:?|seen by|dictated by|referred by|reviewed by|reported by|"
    r"discussed with|sp(?:oke|eak|oken) (?:to|with)|hand(?:ed)?over to|handed over to|review(?:ed)? by|seen with|"
    r"(?:best|kind|warm|with best) (?:wishes|regards),?|kollegin|kollege|collega|confrère|cons(?:œ|oe)ur|interne|"
    r"patientin\s*:|patiënte?\s*:|nom\s*:|naam\s*:|gez\.|befundet durch|mit freundlichen grü(?:ß|ss)en,?|"
    r"met vriendelijke groet(?:en)?,?|confraternellement,?|cordialement,?|bien à vous,?|"
    r"speaking to|speaking with|this is|it['’]s|i['’]m|i am|attending\s*:|physician\s*:|surgeon\s*:|consultant\s*:?|"
    r"contact\s*:|next of kin\s*:?|sincerely,?|regards,?|thanks,|hi|hello|dear|account holder\s*:?|"
    rf"{_KIN}(?:-in-law)?(?: is|,| called)?|{_GERMAN_KIN},?)"
)
_GENTLE = re.compile(
    r"(?i:hi|hello|dear|it['’]s|i['’]m|i am|this is|thanks,|called|pt\s*:?|patient|consultant\s*|interne|"
    rf"{_GERMAN_KIN},?)$"
)
_TITLED = re.compile(rf"\b(?:{_TITLE}[ \t]+)+(?P<name>{_NAME})")
_AND = re.compile(rf"\b(?:Drs|Messrs)\.?[ \t]+{_NAME}[ \t]+and[ \t]+(?P<name>{_NAME})")
_CUED = re.compile(rf"\b(?P<cue>{_CUE})[ \t]+(?:(?:{_TITLE}|{_ROLE})[ \t]+)*(?P<name>{_NAME})")
_INITIALS = re.compile(rf"(?<![\w.])(?P<name>(?:[A-Z]\. ?){{1,3}}{CAPITAL})")
_REVERSED = re.compile(rf"\b(?P<name>{CAPITAL}(?:-{CAPITAL})?, [A-Z]\.)")
_SPELT = re.compile(r"(?<!\w)(?P<name>[A-Z](?:-[A-Z]){3,})(?!\w)")
_LISTED = re.compile(rf"\b(?P<name>{CAPITAL}(?:[ \t]+(?:{_PARTICLE}[ \t]+)*{CAPITAL}){{0,2}})")


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where names begin and end; the same name may be given twice, and spans may overlap.

    A name that was found by a title or a cue is then looked for in the whole text, part by part.
    """
    found = list(_first(text))
    yield from found
    parts = {part for start, end in found for part in re.findall(r"[^\W\d_]{3,}(?:[-'’][^\W\d_]+)*", text[start:end])}
    for part in sorted(parts):
        if part.lower() in words("no_names") or not part[0].isupper():
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.I):
            if match[0][0].isupper():
                yield match.span()


def _first(text: str) -> Iterator[tuple[int, int]]:
    for rule in (_TITLED, _AND, _CUED, _INITIALS, _REVERSED, _SPELT, _LISTED):
        for match in rule.finditer(text):
            start, end = match.span("name")
            name = text[start : start + len(_without_words(text[start:end]))]
            if not name or (rule is _LISTED and name.split()[0].split("-")[0].lower() not in given_names()):
                continue
            if rule is _CUED and _GENTLE.fullmatch(match["cue"]) and not _likely(name):
                continue
            yield start, start + len(name)


def _likely(name: str) -> bool:
    """Whether words after a weak cue ("it's …", "dear …") are a name: two of them, or one that is a given name."""
    parts = name.split()
    return len(parts) > 1 or parts[0].lower() in given_names()


@cache
def given_names() -> frozenset[str]:
    """Given names of the United States and of a dozen European languages, in lower case, that are no common words."""
    return words("given_names") | words("given_names_europe")


@cache
def words(name: str) -> frozenset[str]:
    """A shipped list, in lower case.

    `given_names`: of the 1990 US census (public domain), that are no English words. `given_names_europe`: of the lists
    of the package Faker (MIT), that are no words of English, French, Dutch or German. `no_names`: words with a capital
    that follow a given name or a title and are no part of it.
    """
    return frozenset((files(__package__) / f"{name}.csv").read_text("utf-8").split()[1:])


def _without_words(name: str) -> str:
    """A name up to the first word that belongs to the sentence."""
    kept: list[str] = []
    for part in re.split(r"(\s+)", name):
        if part.strip(",").lower() in words("no_names"):
            break
        kept.append(part)
    return "".join(kept).rstrip(" \t,")


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
