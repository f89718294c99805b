"""`Reading`: what a sentence was taken to mean, in the light of the voice and of a scan."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from wugan.apps.voice_to_3d.readings.scan import Scan


class Estimate(BaseModel):
    """What one head says.

    Attributes:
        label: the most probable class (`wugan.apps.voice_to_3d.readings.labels`).
        probs: calibrated probability of every class; they sum to 1.
        abstain: whether the label is too uncertain to act on: then the speaker is asked.
    """

    model_config = ConfigDict(extra="forbid")

    label: str
    probs: dict[str, float]
    abstain: bool = False

    @property
    def chosen(self) -> str:
        """The label, or `"ask"`."""
        return "ask" if self.abstain else self.label

    def two(self) -> str:
        """The two likeliest labels with their probabilities, for a message."""
        best = sorted(self.probs, key=self.probs.__getitem__, reverse=True)[:2]
        return ", ".join(f"{name} {self.probs[name]:.0%}" for name in best)


class ScanSize(BaseModel):
    """What is known of a scan once its points are gone.

    Attributes:
        name: of the file.
        width, depth, height: mm.
        round: whether it is round in plan.
        notes: what was decided about it.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    width: float
    depth: float
    height: float
    round: bool = False
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, scan: Scan) -> Self:
        """The size of a scan."""
        return cls(
            name=scan.name,
            width=scan.width,
            depth=scan.depth,
            height=scan.height,
            round=scan.round,
            notes=tuple(scan.notes),
        )


class Reading(BaseModel):
    """A sentence and what the heads say of it; `None` where a head lacks what it needs (words, a voice, a scan).

    Attributes:
        said: the sentence as heard or typed.
        size: whose size is meant: the words' (`said`), the scan's (`scan`), or one with room for it (`around`).
        kind: which thing is meant: the one that is named (`said`) or the one in the `scan`.
        strength: how much a change without a measure means: `slight`, `plain` or `strong`.
        shape: what the scan shows.
        scan: its size.
        transcript: the fields of the transcript that it was read from.
    """

    model_config = ConfigDict(extra="forbid")

    said: str
    size: Estimate | None = None
    kind: Estimate | None = None
    strength: Estimate | None = None
    shape: Estimate | None = None
    scan: ScanSize | None = None
    transcript: dict[str, Any] = {}
