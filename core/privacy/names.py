"""Names in text: by title, by cue, by lists of given names, by initials, and again where they stand alone.

Titles and cues are English, German, Dutch and French.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from wugan.privacy.patterns import CAPITAL

_INITIAL = r"[A-Z]\.?"
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
