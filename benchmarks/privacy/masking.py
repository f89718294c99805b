"""How much of what identifies a person `TextMask` finds in notes and calls, and what it masks for nothing.

    python benchmarks/privacy/masking.py [NOTES.yaml] [--misses]

The notes are `tests/core/privacy/notes.yaml` unless given: a list of texts in which whoever wrote them marked each
identifying span as `<<kind:text>>`. A span counts as found where all of its letters and digits are masked; what is
masked outside of any span counts as words masked for nothing. Nothing is told to the mask before: known names find
more.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

import yaml

from wugan.privacy.text import TextMask

NOTES = Path(__file__).resolve().parents[2] / "tests" / "core" / "privacy" / "notes.yaml"
MARK = re.compile(r"<<(\w+):(.+?)>>", re.S)


def main() -> None:
    """Print recall by kind and the words masked for nothing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("notes", nargs="?", type=Path, default=NOTES)
    parser.add_argument("--misses", action="store_true", help="also print what was missed, and masked for nothing")
    arguments = parser.parse_args()
    entries = yaml.safe_load(arguments.notes.read_text(encoding="utf-8"))
    there: Counter[str] = Counter()
    found: Counter[str] = Counter()
    words = idle = 0
    for entry in entries:
        plain, marked = unmarked(entry["text"] if isinstance(entry, dict) else entry)
        spans = TextMask().find(plain)
        masked = {index for span in spans for index in range(span.start, span.end)}
        for kind, start, end in marked:
            there[kind] += 1
            whole = all(index in masked for index in range(start, end) if plain[index].isalnum())
            found[kind] += whole
            if arguments.misses and not whole:
                print(f"missed {kind}: {plain[max(0, start - 25) : start]}[{plain[start:end]}]{plain[end : end + 15]}")
        identifying = {index for _, start, end in marked for index in range(start, end)}
        for word in re.finditer(r"\w+", plain):
            inside = range(*word.span())
            words += not any(index in identifying for index in inside)
            if any(index in masked for index in inside) and not any(index in identifying for index in inside):
                idle += 1
                if arguments.misses:
                    print(f"for nothing: {word[0]} in …{plain[max(0, word.start() - 25) : word.end() + 15]!r}")
    for kind, count in there.most_common():
        print(f"{kind:8} {found[kind]:4} of {count:4} found  {100 * found[kind] / count:5.1f} %")
    total = sum(there.values())
    print(f"{'all':8} {sum(found.values()):4} of {total:4} found  {100 * sum(found.values()) / total:5.1f} %")
    print(f"{idle} of {words} other words masked for nothing ({100 * idle / words:.1f} %)")


def unmarked(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The text without its marks, and each mark as kind, start, end."""
    plain, spans, at = "", [], 0
    for mark in MARK.finditer(text):
        plain += text[at : mark.start()]
        spans.append((mark[1], len(plain), len(plain) + len(mark[2])))
        plain, at = plain + mark[2], mark.end()
    return plain + text[at:], spans


if __name__ == "__main__":
    main()
