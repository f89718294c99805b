"""Qualifying: what adjectives and letters say of a thing; a body that becomes what is cut away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.phrases import Phrase
from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.parts.making import SHAPES

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

WORKED = {"countersunk": "countersink", "counterbored": "counterbore"}


class Qualifying:
    """Qualifies things for the reader."""

    reader: Reader

    def turn_to_cut(self, thing: Thing) -> None:
        """A body that was drawn becomes what is cut away."""
        thing.kind, thing.op = "cut", "cut"
        thing.shape = {"cylinder": "hole", "box": "pocket", "": "pocket", "tube": "hole"}.get(thing.shape, thing.shape)

    def _letter(self, thing: Thing, letter: str) -> None:
        thing.letter = letter
        thing.flags.add(letter + "_shape")

    def _adjectives(self, thing: Thing, np: Phrase) -> None:
        reader = self.reader
        for word in np.adjectives:
            if word in WORKED and thing.kind == "cut" and not any(one.lead is thing for one in reader.things):
                work = Thing("cut", WORKED[word], {WORKED[word]}, WORKED[word], said=word, lead=thing, op="cut")
                work.sentence, work.step = reader.number, reader.step
                reader.things.append(work)
            elif word not in SHAPES or word in ("rectangular", "truncated"):
                thing.flags.add(word)
        for word in ("vertical", "horizontal"):
            if word in np.which:
                thing.flags.add(word)
