from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import wugan
from wugan.packet import Packet
from wugan.privacy.audit import read, verify
from wugan.privacy.stages import Audit, MaskWords
from wugan.signals import Transcript, Word
from wugan.stage import Source

SAID = ["I am Peter Parker, call 555-123-4567", "thank you"]


@dataclass
class Said(Source[Transcript]):
    texts: list[str] = field(default_factory=list)

    def packets(self) -> Iterator[Packet[Transcript]]:
        for number, text in enumerate(self.texts):
            yield Packet(Transcript(text, 1.0, words=[Word("x", 0, 1)]), number)


def test_words_are_masked_and_each_result_leaves_an_entry(tmp_path: Path) -> None:
    heard: list[Packet[Transcript]] = []

    def take(packet: Packet[Transcript]) -> None:
        heard.append(packet)

    p = wugan.Pipeline("masked")
    clean = p.stage(MaskWords(), p.source(Said(SAID), name="said"), name="clean")
    p.sink(take, clean, name="taken")
    p.sink(Audit(tmp_path / "trail", action="heard", models={"m": "ab" * 32}), clean, name="audit")
    with p.run("local") as running:
        assert running.wait(timeout=30)
    assert [packet.data.text for packet in heard] == ["I am [NAME], call [PHONE]", "thank you"]
    assert heard[0].data.words == [] and len(heard[1].data.words) == 1
    assert heard[0].attrs["masked"] == {"phone": 1, "name": 1}
    assert verify(tmp_path / "trail").entries == 2
    first, second = read(tmp_path / "trail")
    assert first.action == "heard" and first.detail["packet"] == 0 and first.models[0].name == "m"
    assert first.outputs[0].name == "clean" and first.outputs[0].sha256 != second.outputs[0].sha256
    assert "Parker" not in (tmp_path / "trail").read_text() and "thank" not in (tmp_path / "trail").read_text()
