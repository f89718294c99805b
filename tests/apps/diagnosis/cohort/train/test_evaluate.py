from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.apps.diagnosis.cohort.cohort import Events
from wugan.apps.diagnosis.cohort.features import Features
from wugan.apps.diagnosis.cohort.train import evaluate
from wugan.apps.diagnosis.cohort.train.evaluate import SCORES, cross_validate, plot, tables
from wugan.apps.diagnosis.cohort.train.fit import Settings, fit_ensemble, strata
from wugan.learn.data import stratified
from wugan.learn.metrics import auc

pytest.importorskip("sklearn")
QUICK = Settings(dim=16, steps=8, batch=64)
STATUS = SCORES.index("status")


def test_folds_are_even_and_stratified(cohort_data: tuple[Features, Events]) -> None:
    _, outcome = cohort_data
    fold = stratified(strata(outcome), 5, 3)
    assert np.ptp(np.bincount(fold)) <= 1
    deaths = [int((outcome.death[fold == k] == 1).sum()) for k in range(5)]
    assert max(deaths) - min(deaths) <= 2
    assert (fold != stratified(strata(outcome), 5, 4)).any()


def test_figures_of_an_evaluation(
    cohort_data: tuple[Features, Events], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, outcome = cohort_data
    monkeypatch.setattr(evaluate, "_INVERSE_PENALTIES", (0.01,))  # one to choose from: the peers take most of the time
    found = cross_validate(of, outcome, (0,), folds=2, settings=QUICK, members=2)
    assert not np.isnan(found["ours"]).any()
    assert auc(outcome.status_label, found["ours"][0, :, STATUS]) > 0.7
    text = tables(found, outcome, times=20)
    for word in ("early fusion", "late fusion", "single blood", "part: backbone", "Harrell's C", "ECE", "removed"):
        assert word in text
    pytest.importorskip("matplotlib")
    plot(found, outcome, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 10_000


def test_outcomes_dealt_out_anew_are_not_predicted(cohort_data: tuple[Features, Events]) -> None:
    of, outcome = cohort_data
    dealt = outcome[np.random.default_rng(0).permutation(len(of))]
    half = stratified(strata(dealt), 2, 0) == 0
    model = fit_ensemble(of[half], dealt[half], settings=QUICK, folds=2).model
    risk = model.table(of[~half]).values["status"]
    assert 0.35 < auc(dealt[~half].status_label, risk) < 0.65
