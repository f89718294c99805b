"""Rules for what identifies by its form: numbers, dates, ages, contacts, addresses.

English text, and dates and addresses as German, Dutch and French write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

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


def _rule(
    kind: str, pattern: str, check: Check | None = None, flags: int = 0
) -> tuple[str, re.Pattern[str], Check | None]:
    return kind, re.compile(pattern, flags), check


#: In the order in which they have the say: kind, pattern (its first group is the span), and a check of what it found.
RULES: list[tuple[str, re.Pattern[str], Check | None]] = [
    _rule("email", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    _rule(
        "email", r"\b\w{1,30}(?: (?:dot|underscore|dash) \w{1,30}){0,4} at \w{1,30}(?: dot \w{1,30}){1,4}\b", None, re.I
    ),
    _rule("url", r"(?:https?://|www\.)[^\s<>\"')]*[^\s<>\"').,;]", None, re.I),
    _rule(
        "url",
        r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.(?:com|org|net|edu|gov|info|io|example|co\.uk|de|fr|ie|ca)\b(?:/[^\s<>\"').,;]+)*",
        None,
        re.I,
    ),
    _rule("ip", r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
    _rule("account", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b", _iban),
    _rule("account", r"\b\d(?:[ -]?\d){12,18}\b", _luhn),
    _rule("account", r"\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{3,4}\b"),
    _rule("id", r"\b\d{3}-\d{2}-\d{4}\b"),  # US social security number
    _rule("date", r"\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?"),
    _rule("date", r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b", _dated),
    _rule("date", rf"\b(?:{_WEEKDAY}\.?,? )?(?:the )?{_DAY}(?: of)?[ -]{MONTH}(?:,?[ -]{_YEAR})?(?!\w)", None, re.I),
    _rule(
        "date", rf"\b(?:(?:\d{{1,2}}\.? ?|1er ){_MONTH_ELSEWHERE}|\d{{1,2}}\. {MONTH})(?: \d{{4}})?(?!\w)", None, re.I
    ),
    _rule("date", rf"\b{_MONTH_ELSEWHERE} (?:19|20)\d{{2}}\b", None, re.I),
    _rule("date", rf"\b(?:{_WEEKDAY}\.?,? )?{MONTH} (?:the )?{_DAY}(?:,? {_YEAR})?(?!\w)", None, re.I),
    _rule("date", rf"\b{MONTH},? (?:19|20)\d{{2}}\b", None, re.I),
    _rule("date", rf"\b{_WEEKDAY}\.? \d{{1,2}}/\d{{1,2}}\b", None, re.I),
    _rule(
        "date",
        r"\bthe \d{1,2}(?:st|nd|rd|th)(?= (?:and|at|for|with|I|he|she|we|they)\b|[.,;]|$)",
        None,
        re.I,
    ),
    _rule("date", r"\bthe \d{1,2}(?:st|nd|rd|th) (?:inst|ult)\b\.?", None, re.I),
    _rule("date", rf"\b{_HOLIDAY} (?:Day|Eve|Monday|Sunday|Friday|Saturday)\b"),
    _rule("age", rf"\b{_OLD}(?=[ -]?(?:years?[ -]old|y/?o\b|year-old|years of age))", _old, re.I),
    _rule(
        "age",
        rf"\b(?:aged|age|turned|turning|lived to|(?:he|she|they)['’]s|(?:he|she) is)[: ]+{_OLD}"
        r"(?=[.,;) ]|$)(?! ?(?:%|kg|cm|mm|mg|ml|g|bpm))",
        _old,
        re.I,
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
    _rule("phone", rf"\b{_DIGIT}(?:,? {_DIGIT}){{6,14}}\b", _many, re.I),
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
    _rule("id", r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", None, re.I),
]
