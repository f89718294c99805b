"""`RecordEncoder`: a record as tokens, one for each observation, event and text; `RecordTexts`: its texts."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.bundle import Network, load_network
from wugan.modalities.medical.records.labs import analytes, groups
from wugan.modalities.medical.records.observations import EVENT_KINDS, Event, Observation, Patient, Record
from wugan.modalities.medical.records.values import DAY_NS
from wugan.packet import Packet
from wugan.signals import Transcript
from wugan.stage import Encoder, Stage
from wugan.tokens import Tokens

MODALITY = "record"
CODE_SIZE = 24
"""Numbers that stand for a code: signs drawn from its hash, so that any two codes are nearly orthogonal."""
_KINDS = ("patient", "measurement", "answer", *EVENT_KINDS, "text")
_NUMBERS = (
    "has value", "deviation", "distance", "log value", "range known", "normal", "low", "high", "critical",
    "implausible", "abnormal", "not exact", "derived", "has previous", "change", "change of value",
    "days since previous", "days before newest", "newest of its kind", "times before", "active", "has end",
    "duration", "not dated", "age", "age known", "female", "male", "comorbidity", "comorbidity known", "words",
)  # fmt: skip


def feature_names() -> tuple[str, ...]:
    """What each of a token's numbers is, in order."""
    code = tuple(f"code {i}" for i in range(CODE_SIZE))
    kinds = tuple(f"kind {kind}" for kind in _KINDS)
    return (*code, *kinds, *(f"group {group}" for group in groups()), *_NUMBERS)


_NAMES = feature_names()
_AT = {name: column for column, name in enumerate(_NAMES)}


@dataclass(eq=False)
class RecordEncoder(Encoder[Record, Tokens]):
    """Encodes a record as tokens of modality `"record"`, float32 `[T, D]`, D = `len(feature_names)`.

    The first token in time order is not special; one token of kind `patient` stands at the newest time (age, sex,
    comorbidity), so that every record has a token. Each observation, event and text is one more. `time_ns` does not
    decrease; `positions [T, 1]` are days before the record's newest time (0 the newest; what has no time counts as
    newest, and says so in `not dated`). The order of the record's entries changes nothing.

    Numbers are on a scale of about one by fixed rules, never by the data: deviations from the reference range and their
    change as `asinh(z / 2)` (z = ±1.96 at the range's ends), values as `sign · log10(1 + |v|) / 2`, days as
    `log10(1 + days) / 2`, counts as `log2(1 + n) / 4`, age as `(years - 50) / 25`, a code as 24 signs of ±0.5. What is
    not known is 0, and a feature beside it says so.

    With `bundle`, the tokens are what a network makes of these: each row `[80]` becomes a row `[D]`; times and
    positions stay. It sees all tokens of a record at once, so that it may look from one to another.

    Args:
        since_days: leave out what lies further back than this before the newest time; 0 keeps everything.
        limit: most tokens; beyond it the oldest are left out. 0 keeps all.
        bundle: a network of one's own, as `wugan.modalities.medical.bundle.load_network` takes it: a MONAI-like folder,
            a TorchScript or ONNX file, or `"module:function"`.

    Raises:
        DataError: from `warm_up`, the bundle is missing or damaged; from `encode`, it gives no row for each token.
    """

    since_days: float = 0.0
    limit: int = 0
    bundle: str | Path | None = None
    _network: Network | None = field(init=False, repr=False, default=None)

    modality = MODALITY
    dim = len(_NAMES)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What each of a token's numbers is, in order."""
        return _NAMES

    def warm_up(self) -> None:
        """Load the bundle, if there is one."""
        if self.bundle is not None and self._network is None:
            self._network = load_network(self.bundle)

    def close(self) -> None:
        """Let go of it."""
        self._network = None

    def encode(self, batch: Sequence[Packet[Record]]) -> list[Tokens | None]:
        """Tokens of each record."""
        self.warm_up()
        return [self._encode(packet.data) for packet in batch]

    def _encode(self, record: Record) -> Tokens:
        newest = record.newest_ns
        newest = 0 if newest is None else newest
        rows = [(newest, _patient_row(record, newest))]
        rows += _observation_rows(record, newest)
        rows += [(_time(event.start_ns, newest), _event_row(event, record.patient, newest)) for event in record.events]
        for text in record.notes_text:
            row = _row("text", text.title, record.patient, text.time_ns, newest)
            row[_AT["words"]] = _count(len(text.text.split())) / 2
            rows.append((_time(text.time_ns, newest), row))
        times = np.array([time for time, _ in rows], np.int64)
        order = np.argsort(times, kind="stable")
        if self.since_days > 0:
            order = order[times[order] >= newest - round(self.since_days * DAY_NS)]
        if self.limit > 0:
            order = order[-self.limit :]
        values = np.stack([rows[i][1] for i in order]).astype(np.float32)
        if self._network is not None:
            values = self._network(values)
            if values.ndim != 2:
                raise DataError(f"{self._network.name} must give a row for each token, gives {list(values.shape)}")
        times = times[order]
        positions = ((newest - times) / DAY_NS).astype(np.float32)[:, None]
        return Tokens(values, times, MODALITY, positions=positions)


def describe(record: Record) -> list[str]:
    """What each token of `RecordEncoder()` stands for, in the tokens' order, for reports of attributions."""
    newest = record.newest_ns or 0
    named = [(newest, "patient")]
    for of in record.observations:
        said = f"{of.value:g} {of.unit}".strip() if of.value is not None else of.text
        named.append((_time(of.time_ns, newest), f"{of.display}: {of.comparator}{said}"))
    named += [(_time(e.start_ns, newest), f"{e.kind}: {e.display}") for e in record.events]
    named += [(_time(t.time_ns, newest), f"text: {t.title}") for t in record.notes_text]
    return [name for _, name in sorted(named, key=lambda pair: pair[0])]


def _observation_rows(record: Record, newest: int) -> list[tuple[int, NDArray[np.float64]]]:
    last_of = {of.quantity: i for i, of in enumerate(record.observations)}
    previous: dict[str, tuple[Observation, int]] = {}
    out = []
    for i, of in enumerate(record.observations):
        before, count = previous.get(of.quantity, (None, 0))
        row = _observation_row(of, before, record.patient, newest)
        row[_AT["times before"]] = _count(count)
        row[_AT["newest of its kind"]] = float(last_of[of.quantity] == i)
        out.append((_time(of.time_ns, newest), row))
        if of.time_ns is not None:
            previous[of.quantity] = (of, count + 1)
    return out


def _observation_row(of: Observation, before: Observation | None, patient: Patient, newest: int) -> NDArray[np.float64]:
    words = of.coded or of.text.strip().lower()
    code = of.quantity if of.value is not None or not words else f"{of.quantity}={words}"
    row = _row("measurement" if of.value is not None else "answer", code, patient, of.time_ns, newest)
    analyte = analytes().get(of.analyte)
    if analyte is not None:
        row[_AT[f"group {analyte.group}"]] = 1.0
    if of.value is not None:
        value = of.compared if of.compared is not None else of.value
        row[_AT["has value"]] = 1.0
        row[_AT["log value"]] = _size(value)
    if of.deviation is not None:
        row[_AT["range known"]] = 1.0
        row[_AT["deviation"]] = _bend(of.deviation)
        row[_AT["distance"]] = abs(_bend(of.deviation))
    for name in ("normal", "implausible", "abnormal"):
        row[_AT[name]] = float(of.flag == name)
    for name in ("low", "high"):
        row[_AT[name]] = float(of.flag.endswith(name))
    row[_AT["critical"]] = float(of.flag.startswith("critical"))
    row[_AT["not exact"]] = float(bool(of.comparator))
    row[_AT["derived"]] = float(bool(of.derived))
    if before is not None and before.time_ns is not None and of.time_ns is not None:
        row[_AT["has previous"]] = 1.0
        row[_AT["days since previous"]] = _days(of.time_ns - before.time_ns)
        if of.deviation is not None and before.deviation is not None:
            row[_AT["change"]] = _bend(of.deviation - before.deviation)
        if of.value is not None and before.value is not None:
            now, then = (o.compared if o.compared is not None else o.value for o in (of, before))
            row[_AT["change of value"]] = _size(now or 0.0) - _size(then or 0.0)
    return row


def _event_row(event: Event, patient: Patient, newest: int) -> NDArray[np.float64]:
    code = f"{event.system}|{event.code}" if event.code else event.display
    row = _row(event.kind, code, patient, event.start_ns, newest)
    row[_AT["active"]] = float(event.active)
    if event.end_ns is not None:
        row[_AT["has end"]] = 1.0
        if event.start_ns is not None:
            row[_AT["duration"]] = _days(max(0, event.end_ns - event.start_ns))
    return row


def _patient_row(record: Record, newest: int) -> NDArray[np.float64]:
    row = _row("patient", "", record.patient, newest, newest)
    if record.charlson is not None:
        row[_AT["comorbidity"]] = record.charlson / 4
        row[_AT["comorbidity known"]] = 1.0
    return row


def _row(kind: str, code: str, patient: Patient, time_ns: int | None, newest: int) -> NDArray[np.float64]:
    """A token's numbers that every kind has."""
    row = np.zeros(len(_NAMES))
    if code:
        row[:CODE_SIZE] = _signs(code)
    row[_AT[f"kind {kind}"]] = 1.0
    time = _time(time_ns, newest)
    row[_AT["not dated"]] = float(time_ns is None)
    row[_AT["days before newest"]] = _days(newest - time)
    age = patient.age(time)
    if age is not None:
        row[_AT["age"]], row[_AT["age known"]] = (age - 50) / 25, 1.0
    row[_AT["female"]], row[_AT["male"]] = float(patient.sex == "female"), float(patient.sex == "male")
    return row


def _time(time_ns: int | None, newest: int) -> int:
    return newest if time_ns is None else time_ns


@lru_cache(maxsize=65536)
def _signs(code: str) -> NDArray[np.float64]:
    """±0.5 by the bits of the code's hash, the same in every process and on every machine."""
    digest = hashlib.blake2b(code.encode(), digest_size=CODE_SIZE // 8).digest()
    signs = np.unpackbits(np.frombuffer(digest, np.uint8)).astype(np.float64) - 0.5
    signs.setflags(write=False)
    return signs


def _bend(deviation: float) -> float:
    return math.asinh(deviation / 2)


def _size(value: float) -> float:
    return math.copysign(math.log10(1 + abs(value)) / 2, value)


def _days(nanoseconds: int) -> float:
    return math.log10(1 + max(0, nanoseconds) / DAY_NS) / 2


def _count(n: int) -> float:
    return math.log2(1 + n) / 4


_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")


@dataclass(eq=False)
class RecordTexts(Stage[Record, Transcript]):
    """Gives a record's texts as transcripts, oldest first, for `wugan.modalities.text.TextEncoder` (extra `speech`).

    Long texts are cut at ends of sentences. Packets keep the record's time; `attrs` tells the text's title, its source,
    and how many days it is before the record's newest time (`None` if it has no date).

    Args:
        words: most words of a piece; what is longer is cut between words.
        language: ISO 639-1 code of the texts: a record does not say.
    """

    words: int = 120
    language: str = "en"
    stateless = True

    def process(self, packet: Packet[Record]) -> Iterator[Packet[Transcript]]:
        """A packet for each piece of text."""
        from wugan.modalities.medical.records.values import DAY_NS

        newest = packet.data.newest_ns
        for text in packet.data.notes_text:
            days = None if newest is None or text.time_ns is None else (newest - text.time_ns) / DAY_NS
            for piece in pieces(text.text, self.words):
                attrs = {"title": text.title, "source": text.source, "days_before_newest": days}
                yield packet.replace(Transcript(piece, 0.0, self.language), **attrs)


def pieces(text: str, words: int) -> list[str]:
    """A text cut at ends of sentences into pieces of at most so many words; nothing but white space is lost."""
    out: list[list[str]] = []
    for sentence in _SENTENCE.split(text):
        rest = sentence.split()
        if out and rest and len(out[-1]) + len(rest) <= words:
            out[-1] += rest
            continue
        cuts = [*range(0, len(rest), max(1, words)), len(rest)]
        out += [rest[start:stop] for start, stop in pairwise(cuts) if start < stop]
    return [" ".join(piece) for piece in out]
