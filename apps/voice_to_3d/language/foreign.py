"""Whether a text is English at all: by the little words that every sentence of a language has."""

from __future__ import annotations

import re

from wugan.apps.voice_to_3d.language.wordlist import words

ENGLISH = words(
    "the a an of to in on and with for is are it its that this make put add paint move remove turn by at "
    "from two three four "
    "wide tall high long deep thick round red blue green black white left right top bottom side under "
    "between not no more "
    "than as i you we me please one all both each undo table chair box legs cm mm inches metres hole through"
)
FOREIGN: dict[str, frozenset[str]] = {
    "German": words("der die das ein eine einen einem einer und mit ist sind auf dem den des nicht mache "
                    "mach stelle bitte von zu für "
                    "unter über breit hoch lang tisch stuhl rot blau grün schwarz weiß zwei drei vier "
                    "zentimeter ich es rund runder"),
    "French": words("le la les un une des du de et avec est sont sur dans pour pas fais faites mettez "
                    "mets une cette cet ce au aux "
                    "je il elle sous large haut table rouge bleu vert noir blanc deux trois quatre "
                    "centimètres ronde rond plus"),
    "Spanish": words("el la los las un una unos y con es son en de del para no haz pon mesa silla rojo "
                     "azul verde negro blanco dos tres "
                     "cuatro centímetros ancho alto por más sobre debajo redonda redondo roja una"),
    "Italian": words("il lo la i gli le un una uno e con è sono su di del della per non fai metti tavolo "
                     "sedia rosso blu verde nero "
                     "bianco due tre quattro centimetri largo alto sopra sotto rotondo"),
    "Dutch": words("de het een en met is zijn op van voor niet maak zet tafel stoel rood blauw groen "
                   "zwart wit twee drie vier centimeter "
                   "breed hoog ronde onder naast"),
    "Portuguese": words("o os as um uma e com é são em do da dos das para não faça coloque mesa cadeira "
                        "vermelho azul verde preto branco "
                        "dois três quatro centímetros largura redonda"),
    "Swedish": words("en ett och med är på av för inte gör ställ bord stol röd blå grön svart vit två tre "
                     "fyra centimeter bred hög rund"),
    "Polish": words("i z na do nie zrób stół krzesło czerwony niebieski zielony czarny biały dwa trzy "
                    "cztery centymetrów okrągły jest"),
}  # fmt: skip
SCRIPTS = (
    ("Russian or another language in Cyrillic", re.compile(r"[Ѐ-ӿ]")), ("Greek", re.compile(r"[Ͱ-Ͽ]")),
    ("Chinese", re.compile(r"[一-鿿]")), ("Japanese", re.compile(r"[぀-ヿ]")), ("Korean", re.compile(r"[가-힯]")),
    ("Arabic", re.compile(r"[؀-ۿ]")), ("Hebrew", re.compile(r"[֐-׿]")), ("Hindi", re.compile(r"[ऀ-ॿ]")),
    ("Thai", re.compile(r"[฀-๿]")),
)  # fmt: skip


def foreign(text: str) -> str:
    """The name of the language that a text seems to be in, where it is not English; empty otherwise."""
    letters = [letter for letter in text if letter.isalpha()]
    for name, script in SCRIPTS:
        if letters and sum(bool(script.match(letter)) for letter in letters) > 0.4 * len(letters):
            if name == "Chinese" and re.search(r"[぀-ヿ]", text):
                return "Japanese"
            return name
    said = re.findall(r"[^\W\d_]+", text.lower())
    if len(said) < 3:
        return ""
    english = sum(word in ENGLISH for word in said)
    scores = {name: sum(word in known for word in said) for name, known in FOREIGN.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 2 and scores[best] > 1.3 * english and scores[best] >= 0.25 * len(said) else ""
