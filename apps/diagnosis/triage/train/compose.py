"""Composed cases: a made-up scan, a changed record and a slide of different origin, with the truth of all three."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from wugan.apps.diagnosis.result import MODALITIES, Finding, Modality, Urgency
from wugan.apps.diagnosis.triage.rules import Levels
from wugan.apps.diagnosis.triage.train.patients import Part, Scan, made_record, made_scan, slide_pool, worst
from wugan.tokens import Tokens

HELD_OUT_PATIENTS = 6
CHECK_PATIENTS = 3  # of those for training, that the temperature is fitted to
HELD_OUT_SCANS = 0.3


@dataclass(frozen=True, slots=True)
class Pool:
    """Parts to draw from.

    Attributes:
        scans: analysed.
        records: read.
        slides: tokens.
        slide_findings: of the slide.
    """

    scans: tuple[Scan, ...]
    records: tuple[Part, ...]
    slides: tuple[Tokens, ...]
    slide_findings: tuple[Finding, ...]
    _parts: list[Part] = field(default_factory=list)

    def scan_parts(self) -> list[Part]:
        """Findings of the scans by today's rules."""
        if not self._parts:
            self._parts.extend(scan.part() for scan in self.scans)
        return self._parts

    def split(self, patients: int, apart: int) -> tuple[Pool, Pool]:
        """This pool without, and with only, the last `apart` of its patients and a fifth of its scans.

        Args:
            patients: whose records these are, in turn.
            apart: how many of them.
        """
        cut = round(0.8 * len(self.scans))
        last = [i % patients >= patients - apart for i in range(len(self.records))]
        kept, taken = (
            tuple(r for r, of in zip(self.records, last, strict=True) if of is wanted) for wanted in (False, True)
        )
        return (
            Pool(self.scans[:cut], kept, self.slides, self.slide_findings),
            Pool(self.scans[cut:], taken, self.slides, self.slide_findings),
        )

    def usual(self) -> dict[Modality, Levels]:
        """How often each modality's true state calls for at least `prompt`, and for `urgent`."""
        shares: dict[Modality, Levels] = {"slide": (0.0, 0.0)}
        for name, parts in (("ct", self.scan_parts()), ("record", list(self.records))):
            shares[name] = float(np.mean([p.prompt for p in parts])), float(np.mean([p.urgent for p in parts]))  # type: ignore[index]
        return shares


@dataclass(frozen=True, slots=True)
class Composed:
    """A case.

    Attributes:
        tokens: by modality.
        findings: likewise.
        truth: what the rules say of the true state of all three.
    """

    tokens: dict[Modality, Tokens]
    findings: dict[Modality, tuple[Finding, ...]]
    truth: Urgency

    def only(self, names: Sequence[Modality]) -> Composed:
        """The same case without the other modalities; the truth stays."""
        return Composed({m: self.tokens[m] for m in names}, {m: self.findings[m] for m in names}, self.truth)


def pools(data: Path, scans: int, records: int, seed: int) -> tuple[Pool, Pool]:
    """Training and held-out parts: other patients, other scans, the other half of the slide.

    Args:
        data: folder with `fhir/` and `slide/`.
        scans: how many in all.
        records: how many changed records in all.
        seed: of everything.
    """
    made = [made_scan(np.random.default_rng([seed, i])) for i in range(scans)]
    cut = round(scans * (1 - HELD_OUT_SCANS))
    patients = sorted((data / "fhir").glob("*.json"))
    order = np.random.default_rng(seed).permutation(len(patients))
    groups = (
        [patients[i] for i in order[HELD_OUT_PATIENTS:]],
        [patients[i] for i in order[:HELD_OUT_PATIENTS]],
    )
    upper, lower, findings = slide_pool(next(iter(sorted((data / "slide").iterdir()))))
    out = []
    with tempfile.TemporaryDirectory() as folder:
        for group, part, slides in zip(groups, (made[:cut], made[cut:]), (upper, lower), strict=True):
            random = np.random.default_rng([seed, len(group)])
            count = round(records * len(group) / len(patients))
            read = [made_record(group[i % len(group)], random, Path(folder)) for i in range(count)]
            out.append(Pool(tuple(part), tuple(read), tuple(slides), findings))
    return out[0], out[1]


def compose(pool: Pool, count: int, random: np.random.Generator) -> list[Composed]:
    """Cases of a pool's parts, drawn apart."""
    scans = pool.scan_parts()
    cases = []
    for _ in range(count):
        scan = scans[int(random.integers(len(scans)))]
        record = pool.records[int(random.integers(len(pool.records)))]
        slide = pool.slides[int(random.integers(len(pool.slides)))]
        cases.append(
            Composed(
                {"ct": scan.tokens, "slide": slide, "record": record.tokens},
                {"ct": scan.findings, "slide": pool.slide_findings, "record": record.findings},
                worst([scan, record]),
            )
        )
    return cases


SUBSETS: tuple[tuple[Modality, ...], ...] = (
    MODALITIES,
    ("ct", "slide"),
    ("ct", "record"),
    ("slide", "record"),
    ("ct",),
    ("slide",),
    ("record",),
)
