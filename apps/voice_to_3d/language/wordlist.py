"""Word lists written as plain text, so that a vocabulary reads as one."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


def meanings(text: str) -> dict[str, str]:
    """Reads "meaning: word word; meaning: word" as word → meaning; "_" stands for a space inside a word."""
    found: dict[str, str] = {}
    for group in text.split(";"):
        meaning, _, said = group.partition(":")
        for word in [meaning.strip(), *said.split()]:
            if word:
                found[word.replace("_", " ")] = meaning.strip()
    return found
