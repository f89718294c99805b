"""A chosen reading becomes plain English, what is uncertain stays as it was, and both are told."""

from __future__ import annotations

import pytest

pytest.importorskip("manifold3d", reason="needs the design extra")

from wugan.apps.voice_to_3d.readings.reading import Estimate, Reading, ScanSize
from wugan.apps.voice_to_3d.readings.rewrite import SPARE, rewrite

SCAN = ScanSize(name="thing.ply", width=312.4, depth=207.6, height=96.04)
ALL = "312 mm wide, 208 mm deep and 96 mm high"


def sure(label: str, probability: float = 0.9, abstain: bool = False) -> Estimate:
    return Estimate(label=label, probs={label: probability, "other": 1 - probability}, abstain=abstain)


def reading(said: str, **heads: str | Estimate) -> Reading:
    found = {name: sure(label) if isinstance(label, str) else label for name, label in heads.items()}
    return Reading(said=said, **found)


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("a box about this size", f"a box {ALL}"),
        ("An oak box as big as this one.", f"An oak box {ALL}."),
        ("use the size of the scan for a crate", f"a crate {ALL}"),
        ("a box with a lid about this size, please", f"a box with a lid {ALL}"),
        ("a desk roughly as large as what I scanned", f"a desk {ALL}"),
        ("a box this wide and 20 cm high", "a box 312 mm wide and 20 cm high"),
        ("make the box as tall as this", "make the box 96 mm high"),
        ("a round table about this size with four legs", "a round table 312 mm wide and 96 mm high with four legs"),
        ("a vase of this size", "a vase 260 mm in diameter and 96 mm high"),
        ("put this table on the rug, a box about this size", f"put this table on the rug, a box {ALL}"),
    ],
)
def test_the_size_of_the_scan(said: str, plain: str) -> None:
    found = rewrite(said, reading(said, size="scan", kind="said"), SCAN)
    assert found.sentence == plain
    assert any("thing.ply" in note for note in found.assumed)


def test_room_for_the_scan_counts_walls_and_what_is_to_spare() -> None:
    from wugan.apps.voice_to_3d.families.registry import family

    said = "a box to put this in"
    found = rewrite(said, reading(said, size="around", kind="said"), SCAN)
    wall = family("box").model_fields["wall_thickness"].default
    assert found.sentence.startswith(f"a box {round(312.4 + 2 * (SPARE + wall))} mm wide, ")
    assert "room for the scan" in found.assumed[0]


def test_a_copy_is_named_after_what_was_recognised() -> None:
    bottle = ScanSize(name="b.ply", width=80, depth=79, height=301, round=True)
    for said, plain in {
        "make me one of these": "a bottle 79.5 mm in diameter and 301 mm high",
        "Make me a blue one of these, please.": "a blue bottle 79.5 mm in diameter and 301 mm high",
        "I need two of these": "two bottles 79.5 mm in diameter and 301 mm high",
    }.items():
        assert rewrite(said, reading(said, size="scan", kind="scan", shape="bottle"), bottle).sentence == plain


def test_a_copy_is_measured_as_its_family_is() -> None:
    found = {}
    for shape, width, depth, height in (("mug", 105, 82, 95), ("bed", 2080, 1600, 1000), ("cone", 96, 95, 160)):
        scan = ScanSize(name="x", width=width, depth=depth, height=height)
        said = reading("one of these", size="scan", kind="scan", shape=shape)
        found[shape] = rewrite("one of these", said, scan).sentence
    assert found == {
        "mug": "a mug 82 mm in diameter and 95 mm high",  # the handle reaches beyond
        "bed": "a bed 1600 mm wide, 2080 mm deep and 1000 mm high",
        "cone": "a cone 96 mm in diameter and 160 mm high",
    }


def test_the_voice_decides_how_much() -> None:
    said = "make it taller and wider"
    assert rewrite(said, reading(said, strength="strong")).sentence == "make it much taller and much wider"
    assert rewrite(said, reading(said, strength="slight")).sentence == "make it a bit taller and a bit wider"
    plain = rewrite(said, reading(said, strength="plain"))
    assert (plain.sentence, plain.assumed) == (said, ())
    assert "with force (90%)" in rewrite(said, reading(said, strength="strong")).assumed[0]
    assert rewrite("paint it red", reading("paint it red", strength="strong")).sentence == "paint it red"


@pytest.mark.parametrize(
    ("heads", "scan", "word"),
    [
        ({"size": sure("scan", 0.5, abstain=True), "kind": "said"}, SCAN, "uncertain"),
        ({"size": "scan", "kind": "said"}, None, "there is none"),
        ({"size": "scan", "kind": "scan", "shape": sure("vase", 0.4, abstain=True)}, SCAN, "not recognised"),
    ],
)
def test_what_is_uncertain_stays_as_it_was_said(heads: dict, scan: ScanSize | None, word: str) -> None:
    said = "a box about this size"
    found = rewrite(said, reading(said, **heads), scan)
    assert found.sentence == said
    assert word in found.assumed[0]


def test_words_that_say_everything_are_left_alone() -> None:
    said = "make this table 80 cm wide"
    found = rewrite(said, reading(said, size="said", kind="said", strength="plain", shape="vase"), SCAN)
    assert (found.sentence, found.assumed) == (said, ())
