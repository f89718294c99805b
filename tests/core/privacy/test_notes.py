"""What `TextMask` finds in notes that somebody wrote and marked who had not seen it (it has been shown to it since)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import yaml

from wugan.privacy.text import TextMask

NOTES = yaml.safe_load((Path(__file__).parent / "notes.yaml").read_text(encoding="utf-8"))
MARK = re.compile(r"<<(\w+):(.+?)>>", re.S)


def test_numbers_dates_and_addresses_are_found_and_most_names() -> None:
    there: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for entry in NOTES:
        plain = MARK.sub(lambda mark: mark[2], entry["text"])
        masked = TextMask().mask(plain)
        for kind, text in MARK.findall(entry["text"]):
            there[kind] += 1
            found[kind] += text not in masked
    # An age may stand in the text once more as another number.
    assert sum(there.values()) == 190
    assert [kind for kind in there if kind not in ("name", "age") and found[kind] < there[kind]] == []
    assert found["name"] >= 0.7 * there["name"]


def test_names_that_are_known_are_all_found() -> None:
    for entry in NOTES:
        names = [text for kind, text in MARK.findall(entry["text"]) if kind == "name" and len(text) > 2]
        masked = TextMask(names).mask(MARK.sub(lambda mark: mark[2], entry["text"]))
        assert [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", masked)] == []
