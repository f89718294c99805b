from __future__ import annotations

import pytest

pytest.importorskip("gradio")

from wugan.apps.teleop.page import _train, page


def test_the_page_can_be_made() -> None:
    blocks = page()
    labels = {block.label for block in blocks.blocks.values() if getattr(block, "label", None)}
    assert {"Task", "Trials", "Guidance at the start"} <= labels


def test_training_shows_each_trial_and_gives_the_report() -> None:
    shown = list(_train("peg", "expert", 1, 1.0, False, 1))
    assert "points" in shown[0][0] and shown[0][2].endswith("where-1.png")
    assert shown[-1][-1].value["path"].endswith("report.html")


def test_a_mistake_is_told() -> None:
    import gradio as gr

    with pytest.raises(gr.Error, match="wizard"):
        list(_train("peg", "wizard", 1, 1.0, False, 1))
