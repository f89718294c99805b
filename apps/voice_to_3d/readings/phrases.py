"""Phrases that point at a scan ("about this size", "one of these"), found so that they can be replaced."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LEAD_WORDS = """
about around roughly exactly just as big large tall wide high deep long the same size sizes of with dimensions dimension
sized matching like to at scale measure measurements from that is in on what which i one ones thing height width depth
length and use take be for proportions fit fits hold holds holding put store keep carry enough can will would has have
room go goes over packing takes into inside front object scanned
"""
_TAIL_WORDS = """
size sized big large tall wide high deep long thing one ones object scan scanned scan's object's here please i just in
front of the camera dimensions dimension measurements is as inside into it go goes fit fits would will can has have room
so height width depth on table there
"""
_ASKING_WORDS = """
make build give want would like need create design model reproduce recreate copy copies turn please me us i could can
you another let do get for same something else more just show see sees what into it thing things now exactly one ones
"""
_LEAD, _TAIL, _ASKING = (frozenset(words.split()) for words in (_LEAD_WORDS, _TAIL_WORDS, _ASKING_WORDS))
_NEAR = frozenset({"this", "that", "these", "those"})
POINTERS = _NEAR | {"scan", "scanned", "camera", "object"}
_DANGLING = frozenset({"is", "as", "on", "in", "the", "of", "so", "it"})
_ARTICLES = frozenset({"a", "an", "the"})
_OF_AXIS = {
    "wide": "width", "width": "width", "tall": "height", "high": "height", "height": "height", "deep": "depth",
    "depth": "depth", "long": "width", "length": "width",
}  # fmt: skip
_WHOLE = frozenset({"size", "sizes", "sized", "big", "large", "dimensions", "scale", "measure", "measurements"})
_WORD = re.compile(r"[A-Za-z][A-Za-z']*|\S")


@dataclass(frozen=True, slots=True)
class Pointed:
    """A sentence parted at a phrase that points at a scan.

    Attributes:
        rest: the sentence without the phrase and without what only asks ("make me", "please").
        phrase: what points.
        axes: the dimensions that it speaks of; empty where it speaks of all.
        place: where in `rest` the phrase stood.
    """

    rest: str
    phrase: str
    axes: tuple[str, ...]
    place: int


def pointed(sentence: str) -> Pointed | None:
    """The phrase of a sentence that points at a scan; `None` where nothing points."""
    words = [(match[0].lower(), match.start(), match.end()) for match in _WORD.finditer(sentence)]
    found = _pointer(words)
    if found is None:
        return None
    first, last = found, found
    while first > 0 and words[first - 1][0] in _LEAD:
        first -= 1
    while last + 1 < len(words) and (_belongs(words, last + 1) or _goes_on(words, last + 1)):
        last += 1
    ends = last + 1 == len(words) or not words[last + 1][0].isalnum()
    while last > found and words[last][0] in _DANGLING and not ends:
        last -= 1
    if not ends and first == 0 and words[last + 1][0] in ("and", "for", "to"):
        last += 1
    start, end = words[first][1], words[last][2]
    inside = [word for word, _, _ in words[first : last + 1]]
    axes = tuple(dict.fromkeys(_OF_AXIS[word] for word in inside if word in _OF_AXIS))
    if any(word in _WHOLE for word in inside) and not any(word in ("height", "width", "depth") for word in inside):
        axes = ()
    before, after = sentence[:start].rstrip(" ,"), sentence[end:].strip(" ,")
    rest = f"{before} {after}".strip()
    return Pointed(rest, sentence[start:end], axes, len(before))


def asked(words: str) -> list[str]:
    """What is left of a request for a copy beside asking: "make me two round ones of these" leaves "two", "round"."""
    tokens = [match[0].lower() for match in _WORD.finditer(words)]
    grammar = _ASKING | _LEAD | _TAIL | POINTERS | _ARTICLES
    return [word for word in tokens if word[0].isalnum() and word not in grammar]


def _belongs(words: list[tuple[str, int, int]], at: int) -> bool:
    """Whether a word goes on with what points: of things only "the table" on which it stands."""
    return words[at][0] in _TAIL and (words[at][0] != "table" or words[at - 1][0] == "the")


def _goes_on(words: list[tuple[str, int, int]], at: int) -> bool:
    """Whether it is said what the thing does there ("to go in", "to fit inside")."""
    return words[at][0] == "to" and at + 1 < len(words) and words[at + 1][0] in ("go", "fit", "lie", "stand")


def _pointer(words: list[tuple[str, int, int]]) -> int | None:
    """The word that points: "this" where no thing follows ("this table" points at the scene), or the scan."""
    best = None
    for number, (word, _, _) in enumerate(words):
        if word not in POINTERS:
            continue
        following = words[number + 1][0] if number + 1 < len(words) else ""
        if word in _NEAR and following.isalpha() and following not in (_TAIL | _LEAD) - {"table"}:
            continue
        if word == "that" and (following in _LEAD or following in ("is", "this")):  # "a box that fits this"
            continue
        if word in _NEAR:
            return number
        best = number if best is None else best
    if best is not None:
        return best
    same = [number for number, (word, _, _) in enumerate(words) if word == "same"]
    return same[0] if same else None
