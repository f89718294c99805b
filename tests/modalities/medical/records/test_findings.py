from __future__ import annotations

from wugan.modalities.medical.note import Findings, Note


def test_equal_ones_become_one_note_in_any_order() -> None:
    found = [("b", "twice", "y"), ("a", "once", ""), ("b", "twice", "x")]
    notes = []
    for order in (found, found[::-1]):
        findings = Findings()
        for code, text, source in order:
            findings.add(code, text, source)
        notes.append(findings.notes())
    assert notes[0] == notes[1] == (Note("a", "once"), Note("b", "twice (2 times, one of them here)", "x"))
