from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from wugan.errors import DataError
from wugan.modalities.medical.pathology import SlideEncoder, SlideSource
from wugan.modalities.medical.pathology.analysis import SlideAnalysis
from wugan.modalities.medical.pathology.slide import Slide, open_slide
from wugan.packet import Packet
from wugan.pipeline import Pipeline
from wugan.plugin import find
from wugan.testing import run_stage
from wugan.tokens import Tokens


@pytest.fixture(scope="module")
def tokens(svs: Path) -> Tokens:
    with open_slide(svs) as slide:
        (found,) = SlideEncoder(threads=1).encode([Packet(slide, 7, stream="slides")])
    return found


def test_tokens_keep_their_place(tokens: Tokens, slide: Slide) -> None:
    assert tokens.modality == "slide" and tokens.values.shape[1] == SlideEncoder.dim == 43
    assert (tokens.time_ns == 7).all()
    assert tokens.positions is not None and tokens.positions.shape == (len(tokens), 2)
    assert tokens.positions[0] == pytest.approx([256, 192], abs=12)  # the middle of the drawn tissue
    assert (tokens.positions[1:] % 128 == 64).all()
    assert np.abs(tokens.values).max() <= 6
    assert SlideEncoder().feature_names[27] == "nuclei per mm²" and len(SlideEncoder().feature_names) == 43


def test_the_first_token_is_the_tissue_s_mean(tokens: Tokens, analysis: SlideAnalysis) -> None:
    encoder = SlideEncoder()
    again = encoder.tokens(analysis, 7)
    assert np.array_equal(again.values, tokens.values)
    i = encoder.feature_names.index("tissue share")
    mean = np.average(analysis.features[:, i], weights=analysis.tiling.share)
    assert tokens.values[0, i] == pytest.approx((mean - 0.7) / 0.25, rel=1e-4)


def test_the_encoder_keeps_the_contract_of_stages(svs: Path) -> None:
    with open_slide(svs) as slide:
        (packet,) = run_stage(SlideEncoder(max_tiles=3, threads=1), [slide])
    assert isinstance(packet.data, Tokens) and len(packet.data) == 4


def test_it_is_declared_and_a_pipeline_takes_it() -> None:
    assert find("slide-encoder", "wugan.encoders").load() is SlideEncoder
    pipeline = Pipeline("slides")
    pipeline.sink(print, pipeline.stage(SlideEncoder(), pipeline.source(SlideSource("a.svs"))))
    assert "slide-encoder" in pipeline.to_yaml() and "slides" in pipeline.to_yaml()
    pipeline.validate()


def test_a_user_s_network_replaces_the_features(slide: Slide, tmp_path: Path) -> None:
    class Means(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.mean(dim=(2, 3))

    folder = tmp_path / "foundation"
    folder.mkdir()
    torch.jit.script(Means()).save(str(folder / "model.ts"))
    (folder / "metadata.json").write_text('{"mpp": 1.0, "size": 64, "mean": 0, "std": 1}')
    encoder = SlideEncoder(network=folder)
    assert encoder.feature_names == ()
    (found,) = encoder.encode([Packet(slide, 0, stream="slides")])
    assert found.values.shape[1] == 3 and found.positions is not None
    for values, (x, y) in zip(found.values[1:4], found.positions[1:4], strict=True):
        seen = slide.region(float(x) - 32, float(y) - 32, 64, 1.0)
        assert values == pytest.approx(seen.mean((0, 1)) / 255, abs=1e-4)
    encoder.close()


def test_a_function_of_a_package_replaces_them_too(
    slide: Slide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "hospital_tiles.py").write_text("def encode(batch):\n    return batch.std(axis=(2, 3))\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "hospital_tiles", raising=False)
    (found,) = SlideEncoder(network="hospital_tiles:encode", max_tiles=2).encode([Packet(slide, 0, stream="s")])
    assert found.values.shape == (3, 3)
    assert "does not give mpp, mean, std, size" in caplog.text


def test_a_blank_slide_is_an_error(picture_slide: Callable[..., Slide]) -> None:
    blank = picture_slide(np.full((256, 256, 3), 240, np.uint8), name="blank.png")
    with pytest.raises(DataError, match=r"blank\.png has no tissue"):
        SlideEncoder().encode([Packet(blank, 0, stream="slides")])
