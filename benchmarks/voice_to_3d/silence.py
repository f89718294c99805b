"""How many words are dropped in silence: each word masked, each number changed, and nothing is different or reported.

    python benchmarks/voice_to_3d/silence.py                     # 1,500 words of all prompts and dialogues
    python benchmarks/voice_to_3d/silence.py --words 0 parts     # every word of the parts
    python benchmarks/voice_to_3d/silence.py --show number       # each number that was dropped, with its sentence

It needs no reference: of every prompt and every step of a dialogue that the interpreter accepts without complaint, one
word is replaced by a nonsense word or its opposite, one number is made 37 % larger, or one clause is left out, and the
text is read again in the same scene. Then the typed result must be another one, or something must be listed as not
understood or refused. A word for which neither happens was skipped by the reader; it is silent unless the last check
(`language/unheard.py`), which the masked texts are read without, told of it when the text was said. (An opposite or a
clause may also have been said twice.) The words in `language/empty.py` carry nothing and are not masked. What changes
nothing but a name is counted apart: the name holds the word.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from wugan.apps.voice_to_3d.language import interpreter
from wugan.apps.voice_to_3d.language.context import Context
from wugan.apps.voice_to_3d.language.empty import empty
from wugan.apps.voice_to_3d.language.interpreter import interpret
from wugan.apps.voice_to_3d.language.lexer import Token, tokens
from wugan.apps.voice_to_3d.language.numbers import DIGITS
from wugan.apps.voice_to_3d.scene.scene import Scene
from wugan.apps.voice_to_3d.studio import Studio
from wugan.errors import DataError

sys.path.insert(0, str(Path(__file__).resolve().parent))
from words import number

PROMPTS = Path(__file__).resolve().parents[2] / "tests" / "apps" / "voice_to_3d" / "prompts"
KINDS = ("word", "number", "opposite", "clause")
NONSENSE = "florp"
LARGER = 1.37
ENDINGS = ("ing", "ed", "ly", "er", "est", "s")
OPPOSITES = {
    one: other
    for a, b in (
        ("left", "right"), ("top", "bottom"), ("front", "back"), ("upper", "lower"), ("inner", "outer"),
        ("above", "below"), ("vertical", "horizontal"), ("diameter", "radius"), ("inside", "outside"),
        ("lengthwise", "crosswise"), ("under", "above"),
    )
    for one, other in ((a, b), (b, a))
}  # fmt: skip
NAMES = ("id", "name", "object", "said")
"""Fields of a result that hold what things are called."""
IDLE = "changes nothing"
"""In a note of the last check on a span of the text."""


@dataclass(frozen=True)
class Sentence:
    """A text that was accepted, the scene and the conversation it was said in, what came of it and what was told."""

    id: str
    text: str
    scene: Scene
    context: Context
    result: str
    names: str
    notes: str


@dataclass(frozen=True)
class Mask:
    """One change of a text, of one of the `KINDS`."""

    kind: str
    lost: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """What became of a masked text: "held", "listed", "named" (a name), "told" by the last check or "silent"."""

    sentence: Sentence
    mask: Mask
    what: str


def read(text: str, scene: Scene, context: Context) -> tuple[str, str, bool]:
    """The typed result without names, the names in it, and whether anything was complained of before the last check."""
    try:
        with mock.patch.object(interpreter, "unheard", lambda text, found, read: found):
            found = interpret(text, scene, context.model_copy(deep=True))
    except DataError as error:
        return "", str(error), True
    names: list[str] = []

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            names.extend(str(part) for key, part in value.items() if key in NAMES)
            return {key: plain(part) for key, part in value.items() if key not in NAMES or isinstance(part, dict)}
        return [plain(part) for part in value] if isinstance(value, list) else value

    edits = plain([edit.model_dump(mode="json") for edit in found.edits])
    unread = bool(found.unread) or not found.edits
    return json.dumps([edits, list(found.assumed)], sort_keys=True), " ".join(names), unread


def told(text: str, scene: Scene, context: Context) -> str:
    """What the last check says of a text."""
    found = interpret(text, scene, context.model_copy(deep=True))
    return " ".join(note.partition("”")[0].lower() for note in found.assumed if IDLE in note)


def masks(text: str) -> Iterator[Mask]:
    """Every change of a text that must be noticed."""
    found = tokens(text)
    nothing = empty(found)
    for i, token in enumerate(found):
        if i in nothing:
            continue
        if token.kind == "quantity":
            if not (token.text.isdigit() and _marks_list(found, i)):
                yield from _numbers(text, token)
        elif token.kind == "word" and len(token.text) > 1:
            ending = next((one for one in ENDINGS if token.text.lower().endswith(one) and len(token.text) > 4), "")
            yield Mask("word", token.text.lower(), text[: token.start] + NONSENSE + ending + text[token.end :])
            if token.lemma in OPPOSITES:
                yield Mask(
                    "opposite", token.text.lower(), text[: token.start] + OPPOSITES[token.lemma] + text[token.end :]
                )
    pieces = re.split(r"(?<=[,.;])\s+", text)
    if len(pieces) > 2:
        for i, piece in enumerate(pieces):
            said = tokens(piece)
            if sum(one.kind != "sign" for one in said) - len(empty(said)) > 1:
                yield Mask("clause", piece, " ".join(pieces[:i] + pieces[i + 1 :]))


def _marks_list(found: list[Token], i: int) -> bool:
    """Whether a number is a list's ("1. …", "Step 2: …")."""
    after = found[i + 1].lemma if i + 1 < len(found) else ""
    before = found[i - 1].lemma if i else "\n"
    return before in ("step", "operation") or (before in ("\n", ".", ":") and after in (".", ")", ":"))


def _numbers(text: str, token: Token) -> Iterator[Mask]:
    """Each number in a quantity made larger; one in words that is no plain count is masked whole."""
    digits = list(re.finditer(DIGITS.pattern, token.text))
    for one in digits:
        try:
            value = float(one.group().replace(",", ""))
        except ValueError:
            continue
        new = (
            f"{value * LARGER:.4g}"
            if value * LARGER % 1 and value > 12
            else str(max(round(value * LARGER), int(value) + 1))
        )
        start = token.start + one.start()
        yield Mask("number", token.text, text[:start] + new + text[start + len(one.group()) :])
    if not digits:
        count = int(token.value) if token.lemma == "number" and token.value == int(token.value) else 0
        new = number(max(round(count * LARGER), count + 1)) if 1 < count < 700 else NONSENSE
        yield Mask("number", token.text, text[: token.start] + new + text[token.end :])


def judge(sentence: Sentence, mask: Mask) -> Verdict:
    """Reads a masked text where the sentence was said."""
    result, names, unread = read(mask.text, sentence.scene, sentence.context)
    if unread:
        what = "listed"
    elif result != sentence.result:
        what = "held"
    elif names != sentence.names:
        what = "named"
    else:
        what = "told" if mask.lost.lower() in sentence.notes else "silent"
    return Verdict(sentence, mask, what)


def parts(files: list[Path]) -> Iterator[Sentence]:
    """The prompts that are accepted."""
    for file in files:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
        for one in entries if isinstance(entries, list) else [{"id": file.stem, **entries}]:
            text = one["description"]
            result, names, unread = read(text, Scene(), Context())
            if not unread:
                yield Sentence(one["id"], text, Scene(), Context(), result, names, told(text, Scene(), Context()))


def scenes(files: list[Path]) -> Iterator[Sentence]:
    """The steps of dialogues that are accepted."""
    for file in files:
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            studio = Studio()
            for n, step in enumerate(entry["steps"]):
                scene, context = studio.scene, studio.context.model_copy(deep=True)
                turn = studio.say(step["say"])
                result, names, unread = read(step["say"], scene, context)
                if not unread and not turn.problem:
                    notes = told(step["say"], scene, context)
                    yield Sentence(f"{entry['id']}.{n + 1}", step["say"], scene, context, result, names, notes)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="*", help="parts, scenes, or YAML files of parts; both unless given")
    parser.add_argument("--words", type=int, default=1500, help="how many to mask; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", choices=KINDS, help="print each dropped one of this kind")
    options = parser.parse_args()
    chosen = options.corpus or ["parts", "scenes"]
    files = [Path(one) for one in chosen if one not in ("parts", "scenes")]
    files += sorted(PROMPTS.glob("parts_*.yaml")) if "parts" in chosen else []
    sentences = [*parts(files), *(scenes(sorted(PROMPTS.glob("scenes_*.yaml"))) if "scenes" in chosen else ())]
    drawn = [(sentence, mask) for sentence in sentences for mask in masks(sentence.text)]
    random.Random(options.seed).shuffle(drawn)
    drawn = drawn[: options.words] if options.words else drawn
    verdicts = [judge(sentence, mask) for sentence, mask in drawn]
    print(f"{len(sentences)} texts accepted")
    for kind in KINDS:
        report(kind, [one for one in verdicts if one.mask.kind == kind], options.show == kind)


def report(kind: str, verdicts: list[Verdict], each: bool) -> None:
    """Prints the shares of one kind, and what is dropped most."""
    counts = Counter(one.what for one in verdicts)
    silent = [one for one in verdicts if one.what == "silent"]
    share = len(silent) / max(1, len(verdicts))
    print(
        f"{kind}s: {len(verdicts)} masked; {counts['held']} change the result, {counts['listed']} are listed, "
        f"{counts['named']} change a name, {counts['told'] + len(silent)} are skipped by the reader, of which "
        f"{counts['told']} are told by the last check and {len(silent)} dropped in silence ({share:.1%})"
    )
    if each:
        for one in sorted(silent, key=lambda one: (one.mask.lost, one.sentence.id)):
            print(f"    {one.mask.lost!r} of {one.sentence.id}: {one.sentence.text[:400]}")
        return
    for lost, n in Counter(one.mask.lost for one in silent).most_common(40):
        example = next(one.sentence for one in silent if one.mask.lost == lost)
        place = max(0, example.text.lower().find(lost) - 40)
        print(f"    {n:3}  {lost[:40]!r} of {example.id}: …{example.text[place : place + 100]}…".replace("\n", " "))


if __name__ == "__main__":
    main()
