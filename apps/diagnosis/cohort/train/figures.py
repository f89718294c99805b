"""Tables and the reliability plot of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.schema import MODALITIES
from wugan.apps.diagnosis.cohort.targets import Events
from wugan.apps.diagnosis.cohort.train.evaluate import SCORES
from wugan.apps.diagnosis.cohort.train.metrics import (
    auc,
    bootstrap,
    calibration_error,
    concordance,
    horizon_error,
    reliability,
)

Array = NDArray[np.float64]
Predictions = Mapping[str, Array]
LABELS = ("status", "death", "recurrence")
TIMES = 1000
_TIMES_C = 100  # a C index takes a hundred times as long


def tables(of: Predictions, outcome: Events, times: int = TIMES) -> str:
    """All figures as Markdown: means over the seeds, with 95 % bootstrap intervals over patients."""
    labels = outcome.labels()
    counts = ", ".join(f"{n}: {int(np.nansum(y))} of {int((~np.isnan(y)).sum())}" for n, y in labels.items())
    singles = [f"single {name}" for name in MODALITIES]
    parts = [name for name in of if name.startswith("part: ")]
    main = [*singles, "late fusion", "early fusion", *parts, "ours"]
    lines = [f"Patients with the event of those who count: {counts}.", ""]
    lines += ["| AUC | " + " | ".join(LABELS) + " |", "|---|" + "---|" * len(LABELS)]
    lines += [f"| {name} | " + " | ".join(_auc(of[name], labels, lab, times) for lab in LABELS) + " |" for name in main]
    lines += ["", "| ours less another, AUC | " + " | ".join(LABELS) + " |", "|---|" + "---|" * len(LABELS)]
    for other in ("best single", "late fusion", "early fusion"):
        cells = []
        for label in LABELS:
            aucs = {name: _mean_auc(of[name], labels, label) for name in singles}
            best = max(aucs, key=aucs.__getitem__) if other == "best single" else other
            which = f" ({best.removeprefix('single ')})" if best != other else ""
            cells.append(_difference(of["ours"], of[best], labels, label, times) + which)
        lines.append(f"| {other} | " + " | ".join(cells) + " |")
    lines += [
        "",
        *_calibration(of, outcome),
        "",
        *_concordance(of, outcome, [*singles, "late fusion", "early fusion", "ours"], min(times, _TIMES_C)),
        "",
        *_removed(of, labels, times),
    ]
    return "\n".join([*lines, "", *_abstention(of, labels)]) + "\n"


def plot(of: Predictions, outcome: Events, path: Path) -> None:
    """Reliability of the model's probabilities, in ten bins of as many patients, and their histogram."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    names = LABELS
    titles = ("risk (status as published)", "dead of anything, whole follow-up", "recurrence, 3 years")
    figure, axes = plt.subplots(
        2, len(names), figsize=(11, 4.6), height_ratios=(3, 1), sharex=True, layout="constrained"
    )
    for column, (name, title) in enumerate(zip(names, titles, strict=True)):
        label = outcome.labels()[name]
        p = of["ours"][:, :, SCORES.index(_column(name))]
        above, below = axes[0, column], axes[1, column]
        above.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        for seed, row in enumerate(p):
            points = reliability(label, row, equal_mass=True)
            above.plot([x for x, _, _ in points], [y for _, y, _ in points], ".-", label=f"seed {seed}", alpha=0.8)
        error = np.mean([calibration_error(label, row) for row in p])
        above.set_title(f"{title}\nECE {error:.3f}", fontsize=10)
        above.set_ylim(0, 1)
        below.hist(p.mean(axis=0)[~np.isnan(label)], bins=np.linspace(0, 1, 21), color="0.5")
        below.set_xlabel("predicted probability")
    axes[0, 0].set_ylabel("observed frequency")
    axes[1, 0].set_ylabel("patients")
    axes[0, 0].legend(fontsize=8)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _column(label: str) -> str:
    return {"death_3y": "dead_3y", "death_5y": "dead_5y"}.get(label, label)


def _interval(value: float, ends: tuple[float, float], digits: int = 3) -> str:
    return f"{value:.{digits}f} ({ends[0]:.{digits}f} to {ends[1]:.{digits}f})"


def _mean_auc(of: Array, labels: Mapping[str, Array], label: str, rows: NDArray[np.int64] | None = None) -> float:
    rows = np.arange(of.shape[1]) if rows is None else rows
    scores = of[:, :, SCORES.index(_column(label))]
    out = []
    for row in scores:
        known = ~np.isnan(row[rows])
        out.append(auc(labels[label][rows][known], row[rows][known]))
    return float(np.mean(out))


def _auc(of: Array, labels: Mapping[str, Array], label: str, times: int) -> str:
    if np.isnan(of[:, :, SCORES.index(_column(label))]).all():
        return ""
    ends = bootstrap(lambda rows: _mean_auc(of, labels, label, rows), of.shape[1], times)
    return _interval(_mean_auc(of, labels, label), ends)


def _difference(a: Array, b: Array, labels: Mapping[str, Array], label: str, times: int) -> str:
    def gap(rows: NDArray[np.int64] | None = None) -> float:
        return _mean_auc(a, labels, label, rows) - _mean_auc(b, labels, label, rows)

    ends = bootstrap(gap, a.shape[1], times)
    return f"{gap():+.3f} ({ends[0]:+.3f} to {ends[1]:+.3f})"


def _calibration(of: Predictions, outcome: Events) -> list[str]:
    labels = outcome.labels()
    lines = ["| calibration | " + " | ".join(LABELS) + " |", "|---|" + "---|" * len(LABELS)]
    for method in ("ours", "late fusion", "early fusion"):
        for title, mass in (("equal width", False), ("as many patients", True)):
            cells = []
            for name in LABELS:
                p = of[method][:, :, SCORES.index(name)]
                error = np.mean([calibration_error(labels[name], one, 10, mass) for one in p])
                cells.append(f"{error:.3f} ({_of_the_truth(labels[name], p[0], mass):.3f})")
            lines.append(f"| {method}, ECE, 10 bins of {title} (if p were the truth) | " + " | ".join(cells) + " |")
    scores = [of["ours"][:, :, SCORES.index(name)] for name in LABELS]
    cells = [
        f"{np.nanmean((p - labels[n]) ** 2):.3f} ({np.nanvar(labels[n]):.3f})"
        for n, p in zip(LABELS, scores, strict=True)
    ]
    lines += ["| ours, Brier score (of the base rate) | " + " | ".join(cells) + " |", ""]
    lines += [
        "| ours, dead of anything by | AUC of those seen so long | ECE, Kaplan-Meier in 10 bins |",
        "|---|---|---|",
    ]
    for years in (3, 5):
        p = of["ours"][:, :, SCORES.index(f"dead_{years}y")]
        error = np.mean([horizon_error(outcome.days, outcome.death > 0, one, years * 365.25) for one in p])
        lines.append(f"| {years} years | {_auc(of['ours'], labels, f'death_{years}y', TIMES)} | {error:.3f} |")
    return lines


def _of_the_truth(label: Array, p: Array, mass: bool) -> float:
    """ECE that chance alone makes if every probability is exactly right."""
    known = ~np.isnan(label)
    rng = np.random.default_rng(0)
    drawn = [(rng.random(known.sum()) < p[known]).astype(float) for _ in range(100)]
    return float(np.mean([calibration_error(y, p[known], 10, mass) for y in drawn]))


def _concordance(of: Predictions, outcome: Events, methods: Sequence[str], times: int) -> list[str]:
    """Deaths are ranked by P(dead at 5 years) and the risk of the tumour, by peers with their probabilities."""
    kinds = (
        ("death of anything", outcome.days, outcome.death > 0, ("all", "death")),
        ("death of the tumour", outcome.days, outcome.death == 1, ("tumour", "status")),
        ("recurrence", outcome.recurrence_days, outcome.recurrence, ("recurrence",)),
    )
    lines = ["| Harrell's C | " + " | ".join(title for title, *_ in kinds) + " |", "|---|---|---|---|"]
    for method in methods:
        cells = []
        for _, days, event, columns in kinds:
            cells.append(_c(_ranks(of[method], columns), days, event, times))
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    for other in ("late fusion", "early fusion"):
        cells = []
        for _, days, event, columns in kinds:
            ours, its = _ranks(of["ours"], columns), _ranks(of[other], columns)
            gap = partial(_c_gap, ours, its, days, event)
            ends = bootstrap(gap, len(days), times)
            cells.append(f"{gap(np.arange(len(days))):+.3f} ({ends[0]:+.3f} to {ends[1]:+.3f})")
        lines.append(f"| ours less {other} | " + " | ".join(cells) + " |")
    return lines


def _ranks(of: Array, columns: Sequence[str]) -> Array:
    """The first of these scores that a method gives, `[seeds, N]`."""
    ranks = [of[:, :, SCORES.index(column)] for column in columns]
    return next((r for r in ranks if not np.isnan(r).all()), ranks[0])


def _mean_c(scores: Array, days: Array, event: NDArray[np.bool_], rows: NDArray[np.int64]) -> float:
    out = []
    for one in scores:
        known = rows[~np.isnan(one[rows])]
        out.append(concordance(days[known], event[known], one[known]))
    return float(np.mean(out))


def _c_gap(a: Array, b: Array, days: Array, event: NDArray[np.bool_], rows: NDArray[np.int64]) -> float:
    return _mean_c(a, days, event, rows) - _mean_c(b, days, event, rows)


def _c(scores: Array, days: Array, event: NDArray[np.bool_], times: int) -> str:
    def mean(rows: NDArray[np.int64]) -> float:
        return _mean_c(scores, days, event, rows)

    return _interval(mean(np.arange(len(days))), bootstrap(mean, len(days), times))


def _removed(of: Predictions, labels: Mapping[str, Array], times: int) -> list[str]:
    head = ("AUC status, removed", "ECE", "AUC status, alone", "AUC death, removed", "AUC recurrence, removed")
    lines = [
        "| modality (same weights, hidden from everybody tested) | " + " | ".join(head) + " |",
        "|---|" + "---|" * 5,
    ]
    for name in MODALITIES:
        less, alone = of[f"ours without {name}"], of[f"ours only {name}"]
        error = np.mean([calibration_error(labels["status"], p) for p in less[:, :, SCORES.index("status")]])
        cells = [
            _auc(less, labels, "status", times),
            f"{error:.3f}",
            _auc(alone, labels, "status", times),
            _auc(less, labels, "death", times),
            _auc(less, labels, "recurrence", times),
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _abstention(of: Predictions, labels: Mapping[str, Array]) -> list[str]:
    y, p = labels["status"], of["ours"][:, :, SCORES.index("status")]
    speaks = of["abstains"] == 0
    answered = [auc(np.where(s, y, np.nan), row) for s, row in zip(speaks, p, strict=True)]
    width = of["interval"][:, :, 1] - of["interval"][:, :, 0]
    return [
        f"The model names a category of risk for {speaks.mean():.1%} of patients; their AUC: {np.mean(answered):.3f}. "
        f"Median width of the 95 % intervals: {np.median(width):.3f}."
    ]
