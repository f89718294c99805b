"""Cross-validate the model and its peers: 5 folds by 3 seeds, everything chosen inside the training folds.

python -m wugan.apps.diagnosis.cohort.train.evaluate --data DIR --out DIR [--seeds 0 1 2] [--hide metastasis]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.calibration import QUANTITIES, groups
from wugan.apps.diagnosis.cohort.features import Features, features
from wugan.apps.diagnosis.cohort.folder import read_cohort
from wugan.apps.diagnosis.cohort.model import CohortModel
from wugan.apps.diagnosis.cohort.result import results
from wugan.apps.diagnosis.cohort.schema import MODALITIES
from wugan.apps.diagnosis.cohort.targets import Events, events
from wugan.apps.diagnosis.cohort.train.baselines import early_fusion, late_fusion, single_modalities
from wugan.apps.diagnosis.cohort.train.ensemble import Fitted, fit_ensemble, strata, stratified
from wugan.apps.diagnosis.cohort.train.fit import Settings
from wugan.cli import one_message

Array = NDArray[np.float64]
FOLDS = 5
PEER_LABELS = ("status", "death", "recurrence")
SCORES = (*QUANTITIES, "tumour", "all")
"""Columns of a prediction; `tumour` and `all` rank by risk of dying of the tumour, and of anything (for C)."""


def cross_validate(
    of: Features,
    outcome: Events,
    seeds: Sequence[int] = (0, 1, 2),
    folds: int = FOLDS,
    settings: Settings | None = None,
    members: int = 5,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Array]:
    """Out-of-fold predictions of every method.

    Returns:
        For each method `[seeds, N, SCORES]`, NaN where a method does not give a score; and beside them
        `interval` `[seeds, N, 2]` of `status`, and `abstains` `[seeds, N]`.
    """
    n, labels = len(of), outcome.labels()
    out: dict[str, Array] = {
        "interval": np.full((len(seeds), n, 2), np.nan),
        "abstains": np.zeros((len(seeds), n)),
    }
    for row, seed in enumerate(seeds):
        fold = stratified(strata(outcome), folds, seed)
        for k in range(folds):
            train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
            seen, new = of[train], of[test]
            fitted = fit_ensemble(seen, outcome[train], seed * 100 + k, settings, members)
            for name, scores in _ours(fitted, new).items():
                out.setdefault(name, np.full((len(seeds), n, len(SCORES)), np.nan))[row, test] = scores
            table = fitted.model.table(new)
            out["interval"][row, test] = np.stack([table.low["status"], table.high["status"]], axis=1)
            info = fitted.model.info
            told = results([""] * len(test), table, info.base, info.spread_without, info.auc_without)
            out["abstains"][row, test] = [one.risk.abstain for one in told]
            for label in PEER_LABELS:
                single = single_modalities(seen, labels[label][train], new, seed)
                peers = {f"single {name}": p for name, p in single.items()}
                peers["late fusion"] = late_fusion(single)
                peers["early fusion"] = early_fusion(seen, labels[label][train], new, seed)
                for name, p in peers.items():
                    column = out.setdefault(name, np.full((len(seeds), n, len(SCORES)), np.nan))
                    column[row, test, SCORES.index(label)] = p
            progress(f"seed {seed}, fold {k + 1} of {folds}")
    return out


def _ours(fitted: Fitted, new: Features) -> dict[str, Array]:
    """Scores `[N, SCORES]` of the model on everything, less one modality, on one, and by one group of readings."""
    model = fitted.model
    out = {"ours": _scores(model, new)}
    for name in MODALITIES:
        out[f"ours without {name}"] = _scores(model, new.without(name))
        out[f"ours only {name}"] = _scores(model, new.only(name))
    encoded = model.encoder.encode(new)
    readings = np.mean([groups(member.readings(encoded)) for member in model.members], axis=0)
    for column, name in enumerate(("late readings", "joint reading", "backbone")):
        scores = np.full((len(new), len(SCORES)), np.nan)
        for score, cause in (("status", 0), ("death", 0), ("recurrence", 2), ("tumour", 0)):
            scores[:, SCORES.index(score)] = readings[:, column, cause]
        out[f"part: {name}"] = scores
    return out


def _scores(model: CohortModel, new: Features) -> Array:
    risk = model.risks(model.encoder.encode(new)).mean(axis=0)
    p = model.info.calibration.probabilities(risk)
    return np.stack([*(p[name] for name in QUANTITIES), risk[:, 0], p["dead_5y"]], axis=1)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="cohort folder with targets.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is written")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--hide", nargs="+", default=[], help="features to leave out, such as metastasis")
    args = parser.parse_args()
    evaluate(args.data, args.out, args.seeds, args.hide, lambda line: print(line, flush=True))


def evaluate(
    data: Path,
    out: Path,
    seeds: Sequence[int] = (0, 1, 2),
    hide: Sequence[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> str:
    """Cross-validate on a folder and write figures; returns them as Markdown.

    Raises:
        DataError: the folder is no cohort, or has no outcomes.
    """
    cohort = read_cohort(data)
    outcome = events(cohort)
    of = features(cohort).hide(hide)
    predictions = cross_validate(of, outcome, seeds, progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / "predictions.npz", **{name.replace(" ", "_"): p for name, p in predictions.items()})  # type: ignore[arg-type]
    from wugan.apps.diagnosis.cohort.train.figures import plot, tables

    text = tables(predictions, outcome)
    (out / "figures.md").write_text(text, encoding="utf-8")
    plot(predictions, outcome, out / "reliability.png")
    return text


if __name__ == "__main__":
    with one_message():
        main()
