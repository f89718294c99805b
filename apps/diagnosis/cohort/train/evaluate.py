"""Cross-validate the model and its peers: 5 folds by several seeds, everything chosen inside the training folds.

python -m wugan.apps.diagnosis.cohort.train.evaluate --data DIR --out DIR [--seeds 0 1 2] [--hide FEATURE …]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.calibration import QUANTITIES, groups
from wugan.apps.diagnosis.cohort.cohort import Events, events
from wugan.apps.diagnosis.cohort.encoder import CohortEncoder
from wugan.apps.diagnosis.cohort.features import Features, features
from wugan.apps.diagnosis.cohort.folder import read_cohort
from wugan.apps.diagnosis.cohort.model import CohortModel
from wugan.apps.diagnosis.cohort.result import results
from wugan.apps.diagnosis.cohort.schema import MODALITIES
from wugan.apps.diagnosis.cohort.train.fit import Fitted, Settings, fit_ensemble, strata
from wugan.cli import one_message
from wugan.learn.card import interval, table, write_figures
from wugan.learn.data import stratified
from wugan.learn.metrics import auc, bootstrap, calibration_error, concordance, horizon_error, reliability

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Predictions = Mapping[str, Array]
FOLDS = 5
LABELS = ("status", "death", "recurrence")
SCORES = (*QUANTITIES, "tumour", "all")
"""Columns of a prediction; `tumour` and `all` rank by risk of dying of the tumour, and of anything (for C)."""
SINGLES = tuple(f"single {name}" for name in MODALITIES)
PEERS = ("logistic regression", "late fusion", "early fusion")
"""What the model is measured against: logistic regression on all tables side by side, the mean of one for each
modality, and gradient boosting on everything."""
_INVERSE_PENALTIES = (0.001, 0.01, 0.1, 1.0)


def _logistic(x: Array, label: Array, new: Array, seed: int) -> Array:
    """Probabilities by a logistic regression whose penalty is chosen by cross-validated likelihood."""
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.model_selection import StratifiedKFold

    model = LogisticRegressionCV(
        Cs=_INVERSE_PENALTIES,
        cv=StratifiedKFold(5, shuffle=True, random_state=seed),
        scoring="neg_log_loss",
        max_iter=2000,
        l1_ratios=(0,),
        use_legacy_attributes=False,
    )
    return model.fit(x, label).predict_proba(new)[:, 1]


def peers(train: Features, label: Array, test: Features, seed: int) -> dict[str, Array]:
    """Probabilities of `SINGLES` (NaN for patients who lack the modality) and `PEERS`."""
    encoder = CohortEncoder.fit(train)
    seen, new = encoder.encode(train), encoder.encode(test)
    known = ~np.isnan(label)
    out = {}
    for title, name in zip(SINGLES, MODALITIES, strict=True):
        rows = known & seen.mask[name].any(axis=1)
        p = _logistic(seen.flat(name)[rows], label[rows], new.flat(name), seed)
        out[title] = np.where(new.mask[name].any(axis=1), p, np.nan)
    late = np.nanmean(np.stack(list(out.values())), axis=0)
    both = [np.concatenate([of.flat(name) for name in MODALITIES if name != "tma"], axis=1) for of in (seen, new)]
    out["logistic regression"] = _logistic(both[0][known], label[known], both[1], seed)
    return out | {"late fusion": late, "early fusion": early_fusion(encoder, train, label, test, seed)}


def early_fusion(encoder: CohortEncoder, train: Features, label: Array, test: Features, seed: int) -> Array:
    """Gradient boosting on all features and the embeddings' components side by side; missing values stay missing."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    def together(of: Features) -> Array:
        encoded = encoder.encode(of)
        stains = np.where(
            encoded.mask["tma"][:, :, None], encoded.values["tma"][:, :, : encoder.projection.shape[1]], np.nan
        )
        return np.concatenate([*of.values.values(), stains.reshape(len(of), -1)], axis=1)

    known = ~np.isnan(label)
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=150, max_depth=3, min_samples_leaf=20, l2_regularization=1.0, random_state=seed
    )
    x = together(train)
    some = ~np.isnan(x[known]).all(axis=0)  # scikit-learn cannot bin a column without any value
    model.fit(x[known][:, some], label[known])
    return model.predict_proba(together(test)[:, some])[:, 1]


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
    out: dict[str, Array] = {"interval": np.full((len(seeds), n, 2), np.nan), "abstains": np.zeros((len(seeds), n))}

    def scores_of(name: str) -> Array:
        return out.setdefault(name, np.full((len(seeds), n, len(SCORES)), np.nan))

    for row, seed in enumerate(seeds):
        fold = stratified(strata(outcome), folds, seed)
        for k in range(folds):
            train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
            seen, new = of[train], of[test]
            fitted = fit_ensemble(seen, outcome[train], seed * 100 + k, settings, members)
            for name, scores in _ours(fitted, new).items():
                scores_of(name)[row, test] = scores
            said, info = fitted.model.table(new), fitted.model.info
            out["interval"][row, test] = np.stack([said.low["status"], said.high["status"]], axis=1)
            told = results([""] * len(test), said, info.base, info.spread_without, info.auc_without)
            out["abstains"][row, test] = [one.risk.abstain for one in told]
            for label in LABELS:
                for name, p in peers(seen, labels[label][train], new, seed).items():
                    scores_of(name)[row, test, SCORES.index(label)] = p
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


def _cell(metric: Callable[[Index, Array], float], of: Array, minus: Array | None = None, times: int = 1000) -> str:
    """A figure of scores `[seeds, N]`, less that of others: mean over the seeds, bootstrap interval over patients."""
    if np.isnan(of).all():
        return ""

    def mean(rows: Index) -> float:
        less = 0.0 if minus is None else np.mean([metric(rows, one) for one in minus])
        return float(np.mean([metric(rows, one) for one in of]) - less)

    n = of.shape[1]
    return interval(mean(np.arange(n)), bootstrap(mean, n, times), signed=minus is not None)


def tables(of: Predictions, outcome: Events, times: int = 1000) -> str:
    """All figures as Markdown: means over the seeds, with 95 % bootstrap intervals over patients."""
    labels = outcome.labels()

    def column(method: str, name: str) -> Array:
        return of[method][:, :, SCORES.index(name)]

    def area(name: str) -> Callable[[Index, Array], float]:
        return lambda rows, score: auc(labels[name][rows], score[rows])

    def aucs(method: str, minus: str = "") -> list[str]:
        return [_cell(area(n), column(method, n), column(minus, n) if minus else None, times) for n in LABELS]

    everybody = np.arange(len(outcome))
    best = max(SINGLES, key=lambda name: np.mean([area("status")(everybody, one) for one in column(name, "status")]))
    methods = [*SINGLES, *PEERS, *(name for name in of if name.startswith("part: ")), "ours"]
    counts = ", ".join(f"{n}: {int(np.nansum(y))} of {int((~np.isnan(y)).sum())}" for n, y in labels.items())
    parts = [
        f"Patients with the event of those who count: {counts}.",
        table(["AUC", *LABELS], {name: aucs(name) for name in methods}),
        table(["ours less another, AUC", *LABELS], {other: aucs("ours", other) for other in (best, *PEERS)}),
        _calibration(of, labels),
        _horizons(of, outcome, times),
        _concordance(of, outcome, [*SINGLES, *PEERS, "ours"], min(times, 100)),  # C takes a hundred times as long
    ]
    rows = {}
    for name in MODALITIES:
        status = column(f"ours without {name}", "status")
        error = np.mean([calibration_error(labels["status"], p) for p in status])
        removed = aucs(f"ours without {name}")
        alone = _cell(area("status"), column(f"ours only {name}", "status"), None, times)
        rows[name] = [removed[0], f"{error:.3f}", alone, removed[1], removed[2]]
    head = ["AUC status, removed", "ECE", "AUC status, alone", "AUC death, removed", "AUC recurrence, removed"]
    parts.append(table(["modality (same weights, hidden from everybody tested)", *head], rows))
    speaks, width = of["abstains"] == 0, of["interval"][:, :, 1] - of["interval"][:, :, 0]
    p = column("ours", "status")
    answered = [auc(np.where(s, labels["status"], np.nan), p) for s, p in zip(speaks, p, strict=True)]
    parts.append(
        f"The model names a category of risk for {speaks.mean():.1%} of patients; their AUC: {np.mean(answered):.3f}. "
        f"Median width of the 95 % intervals: {np.median(width):.3f}."
    )
    return "\n\n".join(parts) + "\n"


def _calibration(of: Predictions, labels: Mapping[str, Array]) -> str:
    rows = {}
    for method in ("ours", *PEERS):
        for title, mass in (("equal width", False), ("as many patients", True)):
            cells = []
            for name in LABELS:
                p, label = of[method][:, :, SCORES.index(name)], labels[name]
                error = np.mean([calibration_error(label, one, 10, mass) for one in p])
                cells.append(f"{error:.3f} ({_of_the_truth(label, p[0], mass):.3f})")
            rows[f"{method}, ECE, 10 bins of {title} (if p were the truth)"] = cells
    scores = [of["ours"][:, :, SCORES.index(name)] for name in LABELS]
    rows["ours, Brier score (of the base rate)"] = [
        f"{np.nanmean((p - labels[n]) ** 2):.3f} ({np.nanvar(labels[n]):.3f})"
        for n, p in zip(LABELS, scores, strict=True)
    ]
    return table(["calibration", *LABELS], rows)


def _of_the_truth(label: Array, p: Array, mass: bool) -> float:
    """ECE that chance alone makes if every probability is exactly right."""
    known = ~np.isnan(label)
    rng = np.random.default_rng(0)
    drawn = [(rng.random(known.sum()) < p[known]).astype(float) for _ in range(100)]
    return float(np.mean([calibration_error(y, p[known], 10, mass) for y in drawn]))


def _horizons(of: Predictions, outcome: Events, times: int) -> str:
    rows = {}
    for years in (3, 5):
        p, label = of["ours"][:, :, SCORES.index(f"dead_{years}y")], outcome.labels()[f"death_{years}y"]
        error = np.mean([horizon_error(outcome.days, outcome.death > 0, one, years * 365.25) for one in p])

        def area(rows: Index, score: Array, label: Array = label) -> float:
            return auc(label[rows], score[rows])

        rows[f"{years} years"] = [_cell(area, p, None, times), f"{error:.3f}"]
    return table(["ours, dead of anything by", "AUC of those seen so long", "ECE, Kaplan-Meier in 10 bins"], rows)


def _concordance(of: Predictions, outcome: Events, methods: Sequence[str], times: int) -> str:
    """Deaths are ranked by P(dead at 5 years) and the risk of the tumour, by peers with their probabilities."""
    kinds = (
        ("death of anything", outcome.days, outcome.death > 0, ("all", "death")),
        ("death of the tumour", outcome.days, outcome.death == 1, ("tumour", "status")),
        ("recurrence", outcome.recurrence_days, outcome.recurrence, ("recurrence",)),
    )

    def ranks(method: str, columns: Sequence[str]) -> Array:
        found = [of[method][:, :, SCORES.index(column)] for column in columns]
        return next((one for one in found if not np.isnan(one).all()), found[0])

    def cells(method: str, minus: str = "") -> list[str]:
        out = []
        for _, days, event, columns in kinds:

            def c(rows: Index, score: Array, days: Array = days, event: NDArray[np.bool_] = event) -> float:
                return concordance(days[rows], event[rows], score[rows])

            out.append(_cell(c, ranks(method, columns), ranks(minus, columns) if minus else None, times))
        return out

    rows = {method: cells(method) for method in methods}
    rows |= {f"ours less {other}": cells("ours", other) for other in PEERS}
    return table(["Harrell's C", *(title for title, *_ in kinds)], rows)


def plot(of: Predictions, outcome: Events, path: Path) -> None:
    """Reliability of the model's probabilities, in ten bins of as many patients, and their histogram."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    titles = ("risk (status as published)", "dead of anything, whole follow-up", "recurrence, 3 years")
    figure, axes = plt.subplots(2, 3, figsize=(11, 4.6), height_ratios=(3, 1), sharex=True, layout="constrained")
    for column, (name, title) in enumerate(zip(LABELS, titles, strict=True)):
        label, p = outcome.labels()[name], of["ours"][:, :, SCORES.index(name)]
        above, below = axes[:, column]
        above.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        for seed, row in enumerate(p):
            points = reliability(label, row, equal_mass=True)
            above.plot([x for x, _, _ in points], [y for _, y, _ in points], ".-", label=f"seed {seed}", alpha=0.8)
        error = np.mean([calibration_error(label, row) for row in p])
        above.set(title=f"{title}\nECE {error:.3f}", ylim=(0, 1))
        below.hist(p.mean(axis=0)[~np.isnan(label)], bins=np.linspace(0, 1, 21), color="0.5")
        below.set_xlabel("predicted probability")
    axes[0, 0].set_ylabel("observed frequency")
    axes[1, 0].set_ylabel("patients")
    axes[0, 0].legend(fontsize=8)
    figure.savefig(path, dpi=110)
    plt.close(figure)


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
    predictions = cross_validate(features(cohort).hide(hide), outcome, seeds, progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / "predictions.npz", **{name.replace(" ", "_"): p for name, p in predictions.items()})  # type: ignore[arg-type]
    text = tables(predictions, outcome)
    (out / "figures.md").write_text(text, encoding="utf-8")
    plot(predictions, outcome, out / "reliability.png")
    return text


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="cohort folder with targets.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is written")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--hide", nargs="+", default=[], help="features to leave out, such as age")
    parser.add_argument("--card", type=Path, help="model card whose figures these become")
    args = parser.parse_args()
    text = evaluate(args.data, args.out, args.seeds, args.hide, lambda line: print(line, flush=True))
    if args.card:
        write_figures(args.card, text)


if __name__ == "__main__":
    with one_message():
        main()
