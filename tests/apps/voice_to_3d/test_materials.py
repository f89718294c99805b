"""Colours and materials by name: plain, shaded, finished, combined."""

import pytest

from wugan.apps.voice_to_3d.materials import COLOURS, FINISHES, MATERIALS, SHADES, SUBSTANCES, match, material, named
from wugan.errors import DataError


def luminance(colour: str) -> float:
    return sum(int(colour[i : i + 2], 16) * share for i, share in ((1, 0.21), (3, 0.72), (5, 0.07)))


def test_every_name_of_the_catalogue_is_found_again():
    for name, made in MATERIALS.items():
        assert material(name).colour == made.colour, name
        found = match([*name.split(), "legs"])
        assert found and found[1] == len(name.split()), name


def test_the_catalogue_is_large():
    assert len(COLOURS) > 190 and len(SUBSTANCES) > 140


@pytest.mark.parametrize(
    "phrase,metallic,opacity",
    [("brushed steel", 1, 1), ("translucent blue", 0, 0.5), ("clear acrylic", 0, 0.25), ("matte black", 0, 1)],
)
def test_finishes(phrase: str, metallic: float, opacity: float):
    made = material(phrase)
    assert (made.metallic, made.opacity, made.name) == (metallic, opacity, phrase)


def test_dark_and_light_are_darker_and_lighter():
    for base in ("oak", "green", "grey", "walnut", "leather"):
        dark, plain, light = (luminance(material(f"{shade}{base}").colour) for shade in ("dark ", "", "light "))
        assert dark < plain < light, base


def test_polished_is_smoother_than_matte():
    assert material("polished brass").roughness < material("brass").roughness < material("matte brass").roughness


def test_colour_and_substance_combine():
    made = material("glossy red plastic")
    assert made.colour == MATERIALS["red"].colour and made.roughness < 0.2 and made.metallic == 0
    assert material("black steel").metallic > 0.5 and luminance(material("black steel").colour) < 40
    assert material("light blue plastic").colour == material("lightblue").colour == material("light blue").colour


def test_the_longest_run_wins():
    assert named(["dark", "oak", "top"]).name == "dark oak"
    assert named(["stainless", "steel", "bolt"]).name == "stainless steel"
    assert named(["white", "oak", "table"]).colour == SUBSTANCES["white oak"].colour
    assert named(["table", "of", "oak"]) is None and named([]) is None


def test_adjectives_of_materials():
    assert material("wooden").colour == MATERIALS["wood"].colour and material("golden").metallic == 1


def test_every_finish_and_shade_combines_with_a_colour():
    for word in [*FINISHES, *SHADES, "bright"]:
        assert named([word, "red"]).name == f"{word} red"


def test_a_code_is_a_colour_and_nonsense_is_not():
    assert material("#A0b0C0").colour == "#a0b0c0"
    for wrong in ("unobtainium", "", "#12", "dark", "glossy"):
        with pytest.raises(DataError, match="colour or material"):
            material(wrong)
