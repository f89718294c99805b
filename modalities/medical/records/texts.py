"""What people wrote: attachments of documents and reports, conclusions, remarks, as plain text."""

from __future__ import annotations

import base64
import binascii
import re
from html.parser import HTMLParser

from wugan.modalities.medical.records import resources
from wugan.modalities.medical.records.findings import Findings
from wugan.modalities.medical.records.observations import Text
from wugan.modalities.medical.records.resources import Attachment, CodeableConcept
from wugan.modalities.medical.records.times import to_ns

_LARGEST = 4 << 20  # bytes of one text
_PLAIN = ("text/plain", "text/markdown", "")
_HTML = ("text/html", "application/xhtml+xml")


def document_texts(of: resources.DocumentReference, source: str, findings: Findings) -> list[Text]:
    """The texts of a document; what is not text, or lies elsewhere, is noted."""
    if of.status == "entered-in-error":
        findings.add("status-dropped", "DocumentReference is entered-in-error: left out", source)
        return []
    attachments = [content.attachment for content in of.content if content.attachment is not None]
    return _texts(attachments, to_ns(of.date) if of.date else None, _title(of.type), source, findings)


def report_texts(of: resources.DiagnosticReport, source: str, findings: Findings) -> list[Text]:
    """A report's conclusion and its text."""
    if of.status in ("entered-in-error", "cancelled"):
        findings.add("status-dropped", f"DiagnosticReport is {of.status}: left out", source)
        return []
    period = of.effective_period
    given = of.effective_date_time or (period.start if period else "") or of.issued
    time_ns = to_ns(given) if given else None
    title = _title(of.code)
    conclusion = [Text(of.conclusion.strip(), time_ns, title, source)] if of.conclusion.strip() else []
    return conclusion + _texts(of.presented_form, time_ns, title, source, findings)


def remarks(of: resources.Observation, source: str) -> list[Text]:
    """The remarks on an observation."""
    if not of.note:
        return []
    own = to_ns(of.effective_date_time) if of.effective_date_time else None
    title = of.code.text or _title(of.code)
    return [
        Text(note.text.strip(), to_ns(note.time) if note.time else own, title, source)
        for note in of.note
        if note.text.strip()
    ]


def _texts(
    attachments: list[Attachment], time_ns: int | None, title: str, source: str, findings: Findings
) -> list[Text]:
    out = []
    for attachment in attachments:
        kind, _, parameters = attachment.content_type.partition(";")
        kind = kind.strip().lower()
        if kind not in (*_PLAIN, *_HTML):
            findings.add("attachment-skipped", f"an attachment of type {kind!r} is no text: not read", source)
        elif not attachment.data:
            findings.add("attachment-elsewhere", "an attachment lies elsewhere and is not fetched", source)
        elif (text := _decoded(attachment.data, parameters, source, findings)) is not None:
            text = plain_text(text) if kind in _HTML else text.strip()
            if text:
                out.append(Text(text, time_ns, attachment.title or title, source))
    return out


def _decoded(data: str, parameters: str, source: str, findings: Findings) -> str | None:
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        findings.add("attachment-damaged", "an attachment's data is no base64: not read", source)
        return None
    if len(raw) > _LARGEST:
        findings.add("attachment-skipped", f"a text of more than {_LARGEST >> 20} MiB is not read", source)
        return None
    match = re.search(r"charset\s*=\s*\"?([\w\-]+)", parameters, re.IGNORECASE)
    try:
        return raw.decode(match[1] if match else "utf-8")
    except (UnicodeDecodeError, LookupError):
        findings.add("encoding-assumed", "a text is not in the encoding that it claims: read as Latin-1", source)
        return raw.decode("latin-1")


def plain_text(html: str) -> str:
    """The words of HTML, a line for each block."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        if tag in ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data.replace("\n", " "))


def _title(concept: CodeableConcept | None) -> str:
    if concept is None:
        return ""
    return concept.text or next((coding.display for coding in concept.coding if coding.display), "")
