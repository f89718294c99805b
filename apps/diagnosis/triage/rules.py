"""How soon a person should look at a case, by rules on its findings; what is missing counts as it usually is.

A case is as urgent as its most urgent true finding (`findings.py` holds the rules and their sources). Each finding is
true with its probability, independent of the others, so that P(at least prompt) = 1 - Π (1 - p) over all findings that
would be. A modality that is missing adds a factor: how often it would have raised the case, `USUAL`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from wugan.apps.diagnosis.result import MODALITIES, Assessment, Attribution, Finding, Modality, Urgency

#: Of each modality, how often it alone calls for at least `prompt` and for `urgent`, in the composed training cases of
#: `triage/train` (`python -m wugan.apps.diagnosis.triage.train` prints them). A hospital has others: give its own.
USUAL: dict[Modality, tuple[float, float]] = {"ct": (0.381, 0.0), "slide": (0.0, 0.0), "record": (0.370, 0.276)}
ABSTAIN = 0.6  #: below this probability of the likeliest category no category is named
_REASONS = 8
Levels = tuple[float, float]  # probability of at least prompt, of urgent


def levels(findings: Iterable[Finding]) -> Levels:
    """Probability that at least one finding calls for `prompt` or more, and that one calls for `urgent`."""
    prompt = urgent = 1.0
    for finding in findings:
        chance = 1 - (finding.probability or 0.0)
        if finding.urgency is not Urgency.ROUTINE:
            prompt *= chance
        if finding.urgency is Urgency.URGENT:
            urgent *= chance
    return 1 - prompt, 1 - urgent


def probabilities(parts: Iterable[Levels]) -> dict[str, float]:
    """Probability of each category, of parts that are independent."""
    least = list(parts)
    prompt = 1 - math.prod(1 - p for p, _ in least)
    urgent = 1 - math.prod(1 - u for _, u in least)
    # A finding that is urgent is prompt as well, so that urgent never exceeds prompt but for rounding.
    urgent = min(urgent, prompt)
    return {"routine": 1 - prompt, "prompt": prompt - urgent, "urgent": urgent}


def assess(
    findings: Mapping[Modality, Sequence[Finding]], usual: Mapping[Modality, Levels] | None = None
) -> Assessment | None:
    """The case as a whole; `None` without any modality.

    Args:
        findings: of each modality that could be read.
        usual: instead of `USUAL`.
    """
    if not findings:
        return None
    usual = dict(USUAL if usual is None else usual)
    parts = {m: modality_levels(m, findings[m], usual[m]) if m in findings else usual[m] for m in MODALITIES}
    chances = probabilities(parts.values())
    category = max(Urgency, key=lambda u: (chances[u.value], u.rank))
    without = {m: probabilities({**parts, m: usual[m]}.values()) for m in findings}
    moved = {m: _distance(chances, without[m]) for m in findings}
    total = sum(moved.values())
    weighty = sorted(
        (f for of in findings.values() for f in of if f.urgency.rank and (f.probability or 0) >= 0.01),
        key=lambda f: (-f.urgency.rank, -(f.probability or 0), f.id),
    )
    return Assessment(
        category=category,
        probabilities={name: round(p, 6) for name, p in chances.items()},
        abstain=chances[category.value] < ABSTAIN,
        cost_of_missing={
            m: round(_cost(parts, m, usual), 4) for m in MODALITIES if m not in findings or unseen(m, findings[m])
        },
        attributions=tuple(
            Attribution(
                modality=m,
                share=round(moved[m] / total, 4) if total else 0.0,
                without={name: round(p, 6) for name, p in without[m].items()},
            )
            for m in MODALITIES
            if m in findings
        ),
        reasons=tuple(f.id for f in weighty[:_REASONS]),
    )


def modality_levels(modality: Modality, findings: Sequence[Finding], usual: Levels) -> Levels:
    """What a modality's findings call for; a CT in which the lungs cannot be seen is as one that is missing."""
    prompt, urgent = levels(findings)
    if unseen(modality, findings):
        prompt = 1 - (1 - prompt) * (1 - usual[0])
        urgent = 1 - (1 - urgent) * (1 - usual[1])
    return prompt, urgent


def unseen(modality: Modality, findings: Sequence[Finding]) -> bool:
    """Whether a modality is there and does not show what its rules look for: a CT without the lungs."""
    return modality == "ct" and any(f.id == "ct.nodules" and f.status == "unmeasured" for f in findings)


def entropy(chances: Mapping[str, float]) -> float:
    """Bits of uncertainty about the category."""
    return -sum(p * math.log2(p) for p in chances.values() if p > 0)


def _cost(parts: Mapping[Modality, Levels], missing: Modality, usual: Mapping[Modality, Levels]) -> float:
    """Expected entropy that knowing a missing modality would remove, in bits."""
    prompt, urgent = usual[missing]
    known = [(1 - prompt, (0.0, 0.0)), (prompt - urgent, (1.0, 0.0)), (urgent, (1.0, 1.0))]
    after = sum(w * entropy(probabilities({**parts, missing: of}.values())) for w, of in known if w > 0)
    return max(0.0, entropy(probabilities(parts.values())) - after)


def _distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(abs(one[name] - other[name]) for name in one) / 2
