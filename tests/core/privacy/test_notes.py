"""What `TextMask` finds in notes that somebody wrote and marked who had not seen it (it has been shown to it since)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import yaml

from wugan.privacy.text import TextMask

NOTES = yaml.safe_load((Path(__file__).parent / "notes.yaml").read_text(encoding="utf-8"))
OF_LANGUAGES = yaml.safe_load((Path(__file__).parent / "notes_of_languages.yaml").read_text(encoding="utf-8"))
MARK = re.compile(r"<<(\w+):(.+?)>>", re.S)


def counts(notes: list[dict[str, str]]) -> tuple[Counter[str], Counter[str]]:
    """Marked spans, and those of them that are masked, by kind."""
    there: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for entry in notes:
        plain = MARK.sub(lambda mark: mark[2], entry["text"])
        masked = TextMask().mask(plain)
        for kind, text in MARK.findall(entry["text"]):
            there[kind] += 1
            found[kind] += text not in masked
    return there, found


def test_german_dutch_and_french_notes() -> None:
    there, found = counts(OF_LANGUAGES)
    assert there.total() == 175
    assert found.total() >= 0.93 * there.total() and found["name"] >= 0.9 * there["name"]
    assert found["date"] == there["date"] and found["phone"] == there["phone"]


def test_numbers_dates_and_addresses_are_found_and_most_names() -> None:
    there, found = counts(NOTES)
    # An age may stand in the text once more as another number.
    assert sum(there.values()) == 190
    assert [kind for kind in there if kind not in ("name", "age") and found[kind] < there[kind]] == []
    assert found["name"] >= 0.75 * there["name"]


def test_names_that_are_known_are_all_found() -> None:
    for entry in NOTES:
        names = [text for kind, text in MARK.findall(entry["text"]) if kind == "name" and len(text) > 2]
        masked = TextMask(names).mask(MARK.sub(lambda mark: mark[2], entry["text"]))
        assert [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", masked)] == []
