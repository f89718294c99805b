from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from wugan.modalities.medical.records import Record
from wugan.modalities.medical.records.reader import plain_text
from wugan.modalities.medical.records.values import to_ns

Read = Callable[..., Record]


def document(body: str | bytes, kind: str = "text/plain", **fields: Any) -> dict[str, Any]:
    raw = body.encode() if isinstance(body, str) else body
    attachment = {"contentType": kind, "data": base64.b64encode(raw).decode()}
    return {
        "resourceType": "DocumentReference",
        "id": "d",
        "subject": {"reference": "Patient/p"},
        "date": "2024-01-02",
        "type": {"text": "Letter"},
        "content": [{"attachment": attachment | fields}],
    }


def codes(record: Record) -> list[str]:
    return [note.code for note in record.notes]


def test_document(read: Read) -> None:
    (found,) = read(document("Dear colleague,\nthe patient is well. ")).notes_text
    assert (found.text, found.title, found.time_ns) == (
        "Dear colleague,\nthe patient is well.", "Letter", to_ns("2024-01-02"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "kind", "text"),
    [
        ("Größe".encode("latin-1"), "text/plain; charset=ISO-8859-1", "Größe"),
        ("Größe".encode(), "text/plain;charset=utf-8", "Größe"),
        ("<p>One</p><style>p{}</style><div>two<br>three &amp; four</div>", "text/html", "One\ntwo\nthree & four"),
    ],
)
def test_encodings_and_html(data: str | bytes, kind: str, text: str, read: Read) -> None:
    assert [of.text for of in read(document(data, kind)).notes_text] == [text]


def test_wrong_encoding_is_read_and_noted(read: Read) -> None:
    record = read(document("Größe".encode("latin-1")))
    assert record.notes_text[0].text == "Größe"
    assert "encoding-assumed" in codes(record)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"contentType": "application/pdf"}, "attachment-skipped"),
        ({"data": "", "url": "https://x.org/letter"}, "attachment-elsewhere"),
        ({"data": "!!!"}, "attachment-damaged"),
    ],
)
def test_what_is_not_read_is_noted(fields: dict[str, Any], code: str, read: Read) -> None:
    record = read(document("x", **fields))
    assert record.notes_text == ()
    assert code in codes(record)


def test_reports_and_remarks(read: Read, lab: Callable[..., dict[str, Any]]) -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "subject": {"reference": "Patient/p"},
        "code": {"text": "Chest CT"},
        "effectiveDateTime": "2024-01-01",
        "conclusion": "No nodule.",
        "presentedForm": [{"contentType": "text/plain", "data": base64.b64encode(b"Lungs clear.").decode()}],
    }
    record = read(report, lab(note=[{"text": "haemolytic"}], time="2024-02-01"))
    assert [(of.title, of.text) for of in record.notes_text] == [
        ("Chest CT", "Lungs clear."), ("Chest CT", "No nodule."), ("", "haemolytic"),
    ]  # fmt: skip


def test_plain_text_has_no_empty_lines() -> None:
    assert plain_text("<div><p> a  b </p>\n\n<script>x()</script><ul><li>c</li><li>d</li></ul></div>") == "a b\nc\nd"
