from __future__ import annotations

from pathlib import Path

from wugan.apps.diagnosis.diagnose import Examination
from wugan.apps.diagnosis.report.pdf import latin, write_pdf


def test_the_same_case_gives_the_same_bytes(examination: Examination, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_pdf(examination.result, examination.evidence, tmp_path / name)
    one, two = ((tmp_path / name / "report.pdf").read_bytes() for name in ("a", "b"))
    assert one == two and one.startswith(b"%PDF-") and one.count(b"/Type /Page\n") + one.count(b"/Type /Page ") >= 3


def test_letters_that_the_fonts_lack() -> None:
    assert latin("≥ 5 µm² < 佐") == "&gt;= 5 µm² &lt; ?"
