"""The report as PDF, made by reportlab: the same content, on A4.

Not the HTML printed: WeasyPrint, which could, needs Pango of the system, and a headless browser is none of our parts.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from wugan.apps.diagnosis.evidence import Evidence
from wugan.apps.diagnosis.report.content import NAMES, Content, Trend, content, contribution
from wugan.apps.diagnosis.report.html import certainty, interval, points, reference
from wugan.apps.diagnosis.result import Finding, Result
from wugan.errors import DataError, PluginError

# The standard fonts hold Windows' Latin; what else we write has a stand-in, and letters of other scripts a "?".
_INSTEAD = str.maketrans(
    {"≥": ">=", "≤": "<=", "−": "-", "≈": "~", "→": "->", "₂": "2", "⁹": "9", "μ": "µ", "½": "1/2"}
)
_WIDTH = 174.0  # mm between the margins


def write_pdf(result: Result, evidence: Evidence, out: Path) -> dict[str, str]:
    """Write `report.pdf`.

    Raises:
        DataError: it cannot be written.
        PluginError: reportlab is not installed.
    """
    try:
        import reportlab  # noqa: F401 (asked for before the work)
    except ImportError as error:
        raise PluginError("the PDF report needs reportlab: pip install 'wugan[medical]'") from error
    try:
        (out / "report.pdf").write_bytes(_Paper(content(result, evidence)).made())
    except OSError as error:
        raise DataError(f"{out / 'report.pdf'}: {error.strerror}; give a folder that can be written to") from error
    return {"report.pdf": "the report, for printing"}


def latin(text: str) -> str:
    """Text in the letters of the standard fonts, escaped."""
    return escape(text.translate(_INSTEAD).encode("cp1252", "replace").decode("cp1252"))


class _Paper:
    """Puts a content on pages."""

    def __init__(self, of: Content) -> None:
        from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet

        self.of = of
        plain = getSampleStyleSheet()["BodyText"]
        self.body = ParagraphStyle("body", plain, fontSize=9, leading=12)
        self.small = ParagraphStyle("small", plain, fontSize=7.5, leading=9.5)
        self.head = ParagraphStyle("head", plain, fontName="Helvetica-Bold", fontSize=12, leading=15, spaceBefore=8)
        self.title = ParagraphStyle("title", plain, fontName="Helvetica-Bold", fontSize=16, leading=20)
        self.call = ParagraphStyle("call", plain, fontName="Helvetica-Bold", fontSize=13, leading=17, spaceBefore=6)

    def made(self) -> bytes:
        """The file: the same content gives the same bytes."""
        from reportlab.lib.units import mm
        from reportlab.platypus import SimpleDocTemplate

        file = io.BytesIO()
        document = SimpleDocTemplate(
            file,
            pagesize=(210 * mm, 297 * mm),
            leftMargin=18 * mm,
            rightMargin=18 * mm,
            topMargin=20 * mm,
            bottomMargin=16 * mm,
            title=self.of.result.case,
            subject=self.of.banner,
            author="wugan",
            lang="en",
            invariant=1,
        )
        document.build(self._story(), onFirstPage=self._frame, onLaterPages=self._frame)
        return file.getvalue()

    def _frame(self, canvas: Any, document: Any) -> None:
        from reportlab.lib.units import mm
        from reportlab.platypus import Paragraph

        canvas.saveState()
        banner = Paragraph(f"<b>{latin(self.of.banner)}</b>", self.small)
        _, height = banner.wrap(_WIDTH * mm, 20 * mm)
        banner.drawOn(canvas, 18 * mm, 289 * mm - height)
        canvas.setFont("Helvetica", 7.5)
        canvas.drawRightString(192 * mm, 9 * mm, f"page {document.page}")
        canvas.drawString(18 * mm, 9 * mm, self.of.result.case.encode("cp1252", "replace").decode("cp1252"))
        canvas.restoreState()

    def _story(self) -> list[Any]:
        from reportlab.platypus import Paragraph

        of, result = self.of, self.of.result
        story: list[Any] = [Paragraph(latin(result.case), self.title), Paragraph(latin(of.headline), self.call)]
        assessment = result.assessment
        if assessment:
            said = ", ".join(f"{name} {100 * p:.1f} %" for name, p in assessment.probabilities.items())
            story.append(Paragraph(latin(f"Probabilities: {said}."), self.body))
            for stream in result.streams:
                if stream.present and stream.modality in assessment.cost_of_missing:
                    text = f"{NAMES[stream.modality]} does not show the lungs, and counts as one that is missing."
                    story.append(Paragraph(latin(text), self.body))
                if not stream.present:
                    cost = assessment.cost_of_missing.get(stream.modality)
                    tail = (
                        f" Knowing it would take about {cost:.2f} bits of uncertainty away." if cost is not None else ""
                    )
                    story.append(
                        Paragraph(latin(f"{NAMES[stream.modality]} is missing: {stream.reason}.{tail}"), self.body)
                    )
            rows = [(f.statement, f.urgency.value, certainty(f)) for f in of.weighty]
            if rows:
                story += [Paragraph("What it rests on", self.head)]
                story.append(self._table(("Finding", "How soon", "Probability"), rows, (124, 25, 25)))
            shares = [
                (NAMES[one.modality], contribution(one.share), *(f"{100 * p:.0f} %" for p in one.without.values()))
                for one in assessment.attributions
            ]
            story.append(Paragraph("What each modality adds", self.head))
            names = ("Modality", "Share", "Without it: routine", "prompt", "urgent")
            story.append(self._table(names, shares, (44, 30, 40, 30, 30)))
            if of.fusion:
                story.append(Paragraph(latin(of.fusion), self.body))
        for name in NAMES:
            story += self._modality(name)
        return [*story, *self._provenance()]

    def _modality(self, name: str) -> list[Any]:
        from reportlab.lib.units import mm
        from reportlab.platypus import Image, KeepTogether, Paragraph

        of = self.of
        stream = of.result.stream(name)  # type: ignore[arg-type]
        story: list[Any] = [Paragraph(NAMES[stream.modality], self.head)]
        if not stream.present:
            return [*story, Paragraph(latin(f"Missing: {stream.reason}."), self.body)]
        story.append(Paragraph(latin(stream.summary), self.small))
        if of.findings[name]:
            rows = [(f.status, f.statement, interval(f), _limit(f), certainty(f)) for f in of.findings[name]]
            titles = ("Status", "Finding", "Value (95 %)", "Limit", "Prob.")
            story.append(self._table(titles, rows, (21, 81, 36, 21, 15)))
        if name == "ct":
            legend = "   ".join(
                f'<font backColor="{colour}">&nbsp;&nbsp;&nbsp;&nbsp;</font> {title}' for title, colour in of.legend
            )
            story.append(Paragraph(legend, self.small))
        for picture in of.pictures[name]:
            width = min(_WIDTH, 82.0 * picture.size[0] / picture.size[1])
            image = Image(io.BytesIO(picture.jpeg), width * mm, width * mm * picture.size[1] / picture.size[0])
            image.hAlign = "LEFT"
            story.append(KeepTogether([image, Paragraph(latin(picture.caption), self.small)]))
        if name == "record" and of.trends:
            trends = [
                (
                    t.finding.status,
                    t.finding.title,
                    interval(t.finding),
                    reference(t),
                    t.finding.places[0].label,
                    _drawn(t),
                )
                for t in of.trends
            ]
            names = ("Status", "Quantity", "Value (95 %)", "Reference", "When", "Trend")
            story.append(self._table(names, trends, (20, 54, 38, 22, 18, 22)))
        for remark in stream.remarks:
            story.append(Paragraph(latin(f"{remark.code}: {remark.text}"), self.small))
        return story

    def _provenance(self) -> list[Any]:
        from reportlab.platypus import Paragraph

        made = self.of.result.provenance
        rows = [("Made", f"{made.created}, wugan {made.wugan}")]
        rows += [("Identifiers", "removed" if made.deidentified else "kept")]
        rows += [(f"Weights, {name}", sha256) for name, sha256 in made.models.items()]
        rows += [(f"Input, {name}", sha256) for name, sha256 in made.inputs.items()]
        rows += [(remark.code, remark.text) for remark in self.of.result.remarks]
        sources = sorted({f.threshold.source for f in self.of.result.findings if f.threshold})
        rows += [("Limits used", source) for source in sources]
        return [Paragraph("Provenance", self.head), self._table(("What", ""), rows, (34, 140))]

    def _table(self, titles: tuple[str, ...], rows: list[Any], widths: tuple[float, ...]) -> Any:
        from reportlab.lib import colors
        from reportlab.lib.units import mm
        from reportlab.platypus import Paragraph, Table, TableStyle

        cells: list[list[Any]] = [[Paragraph(f"<b>{latin(title)}</b>", self.small) for title in titles]]
        for row in rows:
            cells.append([Paragraph(latin(cell), self.small) if isinstance(cell, str) else cell for cell in row])
        table = Table(cells, [width * mm for width in widths], repeatRows=1)
        table.setStyle(
            TableStyle(
                [
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#cfd8e0")),
                    ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f4f7fa")),
                    ("LEFTPADDING", (0, 0), (-1, -1), 3),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
                ]
            )
        )
        return table


def _limit(finding: Finding) -> str:
    return f"{finding.threshold.side} {finding.threshold.value:.4g}" if finding.threshold else "–"


def _drawn(trend: Trend) -> Any:
    """A trend as a drawing."""
    from reportlab.graphics.shapes import Circle, Drawing, PolyLine, Rect
    from reportlab.lib import colors

    width, height = 56.0, 16.0
    places, band = points(trend, width, height)
    drawing = Drawing(width, height)
    if band:
        top, bottom = (height - edge for edge in band)
        drawing.add(
            Rect(0, bottom, width, max(0.5, top - bottom), fillColor=colors.HexColor("#dfe7ee"), strokeColor=None)
        )
    flat = [v for x, y in places for v in (x, height - y)]
    if len(places) > 1:
        drawing.add(PolyLine(flat, strokeColor=colors.HexColor("#23527c"), strokeWidth=0.8))
    drawing.add(Circle(flat[-2], flat[-1], 1.5, fillColor=colors.HexColor("#23527c"), strokeColor=None))
    return drawing
