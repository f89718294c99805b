"""Other languages are told from English, and English is not taken for another language."""

import pytest

from wugan.apps.voice_to_3d.language.foreign import foreign


@pytest.mark.parametrize(
    "text,language",
    [
        ("ein runder Tisch mit vier Beinen", "German"),
        ("mache die Beine schwarz und stelle eine Vase auf den Tisch", "German"),
        ("une table ronde avec quatre pieds", "French"),
        ("una mesa redonda con cuatro patas", "Spanish"),
        ("un tavolo rotondo con quattro gambe di legno", "Italian"),
        ("een ronde tafel met vier poten", "Dutch"),
        ("圆桌", "Chinese"),
        ("赤いテーブル", "Japanese"),
        ("둥근 탁자", "Korean"),
        ("طاولة مستديرة", "Arabic"),
    ],
)
def test_other_languages(text: str, language: str):
    assert foreign(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "a round table with four legs",
        "die cut plate 20 mm wide",
        "make it red",
        "table",
        "M8 x 40 bolt, DIN 933",
        "an art deco lamp, une petite touch of gold",
        "put the vase on the table and make the legs black",
        "",
    ],
)
def test_english(text: str):
    assert foreign(text) == ""
