"""The report as one self-contained HTML file."""

from __future__ import annotations

import base64
from importlib.resources import files
from pathlib import Path
from typing import Any

from wugan.apps.diagnosis.evidence import Evidence
from wugan.apps.diagnosis.report.content import NAMES, Trend, content, contribution
from wugan.apps.diagnosis.report.pictures import Picture
from wugan.apps.diagnosis.result import Finding, Result
from wugan.errors import DataError

#: How units are written for people, where UCUM writes them otherwise.
UNITS = {
    "[hnsf'U]": "HU", "1": "", "{score}": "", "[pH]": "", "cm2": "cm²", "mm2": "mm²", "um2": "µm²", "/mm2": "/mm²",
    "mm[Hg]": "mmHg", "Cel": "°C", "kg/m2": "kg/m²", "10*9/L": "10^9/L", "10*12/L": "10^12/L", "10*3/uL": "10^3/µL",
    "10*6/uL": "10^6/µL", "mL/min/{1.73_m2}": "mL/min/1.73 m²", "m[IU]/L": "mIU/L",
}  # fmt: skip
WIDTH, HEIGHT = 140, 34  # of a sparkline


def write_html(result: Result, evidence: Evidence, out: Path) -> dict[str, str]:
    """Write `report.html`. Raises `DataError` where it cannot be written."""
    from jinja2 import Environment, FileSystemLoader, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(str(files(__package__))),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "uri": _uri,
        "sparkline": sparkline,
        "certainty": certainty,
        "contribution": contribution,
        "reference": reference,
        "interval": interval,
    }
    environment.filters |= filters
    page = environment.get_template("report.html").render(c=content(result, evidence), r=result, names=NAMES)
    try:
        (out / "report.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{out / 'report.html'}: {error.strerror}; give a folder that can be written to") from error
    return {"report.html": "the report, for a browser"}


def _uri(picture: Picture) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(picture.jpeg).decode()


def certainty(finding: Finding) -> str:
    """The probability of a finding, for people."""
    if finding.probability is None:
        return "–"
    if 0 < finding.probability < 0.01:
        return "< 1 %"
    if 0.99 < finding.probability < 1:
        return "> 99 %"
    return f"{100 * finding.probability:.0f} %"


def interval(finding: Finding) -> str:
    """A measure with its interval, for people."""
    measure = finding.measure
    if measure is None:
        return "–"
    unit = UNITS.get(measure.unit, measure.unit)
    if measure.low is None or measure.high is None:
        return f"{measure.value:.4g} {unit}".strip()
    return f"{measure.value:.4g} ({measure.low:.4g} to {measure.high:.4g}) {unit}".strip()


def reference(trend: Trend) -> str:
    """A trend's reference range, for people."""
    if trend.low is not None and trend.high is not None:
        return f"{trend.low:.4g} to {trend.high:.4g}"
    if trend.low is not None:
        return f"from {trend.low:.4g}"
    return f"up to {trend.high:.4g}" if trend.high is not None else "–"


def points(trend: Trend, width: float, height: float) -> tuple[list[tuple[float, float]], tuple[float, float] | None]:
    """Places of a trend's values in a box, y down, and of the upper and lower edge of its range."""
    days = [day for day, _ in trend.points]
    values = [value for _, value in trend.points]
    bounds = [v for v in (trend.low, trend.high) if v is not None]
    low, high = min([*values, *bounds]), max([*values, *bounds])
    span, ages = (high - low) or 1.0, (max(days) - min(days)) or 1.0
    x = [width - 4 - (day - min(days)) / ages * (width - 8) for day in days]
    y = [height - 4 - (value - low) / span * (height - 8) for value in values]
    band = None
    if bounds:
        top = trend.high if trend.high is not None else high
        bottom = trend.low if trend.low is not None else low
        band = (height - 4 - (top - low) / span * (height - 8), height - 4 - (bottom - low) / span * (height - 8))
    return list(zip(x, y, strict=True)), band


def sparkline(trend: Trend) -> str:
    """An SVG of a trend; its reference range is the grey band."""
    from markupsafe import Markup

    places, band = points(trend, WIDTH, HEIGHT)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    rect = ""
    if band:
        rect = (
            f'<rect x="0" y="{band[0]:.1f}" width="{WIDTH}" height="{max(1.0, band[1] - band[0]):.1f}" fill="#dfe7ee"/>'
        )
    x, y = places[-1]
    count = len(places)
    label = f"{count} values" if count > 1 else "one value"
    return Markup(
        f'<svg role="img" aria-label="trend of {label}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'{rect}<polyline points="{line}" fill="none" stroke="#23527c" stroke-width="1.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#23527c"/></svg>'
    )
