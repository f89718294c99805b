from __future__ import annotations

from pathlib import Path

import pytest

from wugan.errors import DataError
from wugan.learn.card import interval, spread, table, write_figures


def test_figures_take_the_place_of_the_old_ones(tmp_path: Path) -> None:
    card = tmp_path / "MODEL_CARD.md"
    card.write_text("# Card\n\n## Figures\n\nold\n\n## Limits\n\nmany\n")
    cells = [interval(0.7111, (0.6481, 0.7702)), interval(0.01, (-0.02, 0.04), signed=True), spread([92.0, 94.0])]
    write_figures(card, table(["method", "AUC", "gain", "recall"], {"ours": cells}))
    text = card.read_text()
    assert "| ours | 0.711 (0.648 to 0.770) | +0.010 (-0.020 to +0.040) | 93.0 ± 1.0 |\n\n## Limits" in text.replace(
        "|\n## ", "|\n\n## "
    )
    assert "old" not in text and text.endswith("many\n")


def test_a_card_without_the_heading_is_named(tmp_path: Path) -> None:
    (tmp_path / "card.md").write_text("# Card\n")
    with pytest.raises(DataError, match="has no heading '## Figures'"):
        write_figures(tmp_path / "card.md", "x")
