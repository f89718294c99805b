from __future__ import annotations

import re
from pathlib import Path

import pytest
from markupsafe import escape

from wugan.apps.diagnosis.diagnose import Examination
from wugan.apps.diagnosis.report.content import LEAST_SHARE, Trend
from wugan.apps.diagnosis.report.html import certainty, interval, sparkline, write_html
from wugan.apps.diagnosis.result import COMPOSITE, DISCLAIMER, Finding, Measure


@pytest.fixture(scope="module")
def page(examination: Examination, tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("report")
    assert set(write_html(examination.result, examination.evidence, out)) == {"report.html"}
    return (out / "report.html").read_text()


def test_it_is_one_file_that_says_what_it_is(page: str, examination: Examination) -> None:
    assert COMPOSITE[1:] in page and DISCLAIMER in page and 'lang="en"' in page
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    for image in re.findall(r"<img[^>]*>", page):
        assert re.search(r'alt="[^"]{10,}"', image)
    for sha256 in examination.result.provenance.inputs.values():
        assert sha256 in page


def test_what_contributes_nothing_is_called_unused(examination: Examination, tmp_path: Path) -> None:
    """The network has no part in the assessment, nor has the slide; where either has one, its share stands there."""
    result = examination.result
    assert result.assessment is not None
    shares = {one.modality: one.share for one in result.assessment.attributions}
    assert shares["slide"] == 0 and shares["record"] > 0.5
    write_html(result, examination.evidence, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert re.search(r"<td>Pathology</td><td[^>]*>unused \(0 %\)</td>", page) and page.count("unused (0 %)") == sum(
        share < LEAST_SHARE for share in shares.values()
    )
    assert "fusion network, from the tokens alone (unused in the assessment)" in page
    assert "What counted most for the fusion network (unused in the assessment)" in page
    chances = dict(zip(result.assessment.probabilities, (0.5, 0.3, 0.2), strict=True))
    one = result.assessment.attributions[1].model_copy(update={"share": 0.25})
    moved = result.assessment.model_copy(update={"probabilities": chances, "attributions": (one,)})
    write_html(result.model_copy(update={"assessment": moved}), examination.evidence, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "unused (0 %)" not in page and f">{one.share:.0%}".replace("%", " %") in page
    assert "from the tokens alone (moves the assessment by" in page and "alone (unused" not in page


def test_every_finding_is_there(page: str, examination: Examination) -> None:
    for finding in examination.result.findings:
        if finding.modality != "record":
            assert str(escape(finding.statement)) in page
    assert page.count("<svg") >= 7  # trends


def test_what_a_record_says_is_escaped(examination: Examination, tmp_path: Path) -> None:
    evil = Finding(id="ct.x", modality="ct", title="x", statement="<script>alert(1)</script>", status="reported")
    result = examination.result.model_copy(update={"findings": (evil,)})
    write_html(result, examination.evidence, tmp_path)
    assert "<script>" not in (tmp_path / "report.html").read_text()


def test_figures_for_people() -> None:
    one = Finding(id="x", modality="ct", title="", statement="", status="normal", probability=0.9971)
    assert certainty(one) == "> 99 %" and certainty(one.model_copy(update={"probability": None})) == "–"
    assert certainty(one.model_copy(update={"probability": 0.5})) == "50 %"
    measured = one.model_copy(update={"measure": Measure(value=1.5, low=1, high=2, unit="cm2")})
    assert interval(measured) == "1.5 (1 to 2) cm²"


def test_a_trend_runs_from_left_to_right() -> None:
    finding = Finding(id="x", modality="record", title="", statement="", status="normal")
    svg = sparkline(Trend(finding, ((10.0, 1.0), (0.0, 3.0)), low=0.0, high=2.0))
    (x0, y0), (x1, y1) = re.findall(r"([\d.]+),([\d.]+)", svg)[:2]
    assert float(x0) < float(x1) and float(y0) > float(y1)  # later to the right, more up
    assert "nan" not in sparkline(Trend(finding, ((0.0, 1.0),)))
