"""The demonstration, shortened to a second."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("av")
pytest.importorskip("small_gicp")

from wugan.apps.perception import demo as module
from wugan.apps.perception.street import braking_street


@pytest.mark.slow
def test_the_page_shows_the_video_and_how_near_the_truth_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "braking_street", lambda: replace(braking_street(), seconds=2.4))
    monkeypatch.setattr(module, "RATE", 5.0)
    shown = module.demo(tmp_path, "local")
    text = shown.page.read_text(encoding="utf-8")
    assert "camera unused (0%)" in text and "fused" not in text  # no detector reads its pictures
    assert "Not a real drive" in text and "<td>12, " in text
    for name in re.findall(r'src="([^"]+)"', text):
        assert (tmp_path / name).stat().st_size > 1000
    assert re.search(r'poster="(stop|slow|proceed)\.png"', text)
