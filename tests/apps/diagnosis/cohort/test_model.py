from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.diagnosis.cohort import model as module
from wugan.apps.diagnosis.cohort.cohort import Cohort, Events
from wugan.apps.diagnosis.cohort.features import Features, features
from wugan.apps.diagnosis.cohort.folder import read_cohort
from wugan.apps.diagnosis.cohort.model import CohortModel
from wugan.apps.diagnosis.cohort.result import PatientResult
from wugan.apps.diagnosis.cohort.schema import MODALITIES
from wugan.apps.diagnosis.cohort.train.fit import Settings, fit_ensemble
from wugan.errors import DataError
from wugan.learn.metrics import auc
from wugan.packet import Packet

SHIPPED = Path(module.__file__).parent / "weights"
QUICK = Settings(dim=16, steps=10, batch=64)


@pytest.fixture(scope="module")
def trained(cohort_data: tuple[Features, Events]) -> CohortModel:
    of, outcome = cohort_data
    rows = np.arange(160)
    return fit_ensemble(of[rows], outcome[rows], 0, QUICK, folds=3).model


@pytest.fixture(scope="module")
def cohort(cohort_folder: Path) -> Cohort:
    return read_cohort(cohort_folder, targets=False)


def test_it_tells_who_dies_of_those_it_has_not_seen(trained: CohortModel, cohort_data: tuple[Features, Events]) -> None:
    of, outcome = cohort_data
    new = np.arange(160, 240)
    table, labels = trained.table(of[new]), outcome[new].labels()
    assert auc(labels["status"], table.values["status"]) > 0.75
    assert auc(labels["recurrence"], table.values["recurrence"]) > 0.7


def test_training_is_deterministic(trained: CohortModel, cohort_data: tuple[Features, Events]) -> None:
    of, outcome = cohort_data
    rows = np.arange(160)
    again = fit_ensemble(of[rows], outcome[rows], 0, QUICK, folds=3).model
    np.testing.assert_allclose(again.table(of).values["status"], trained.table(of).values["status"], rtol=1e-5)


def test_too_few_events_are_refused(cohort_data: tuple[Features, Events]) -> None:
    of, outcome = cohort_data
    with pytest.raises(DataError, match="training needs 10"):
        fit_ensemble(of[np.arange(20)], outcome[np.arange(20)], 0, QUICK)


def test_saved_and_loaded_it_says_the_same(trained: CohortModel, cohort: Cohort, tmp_path: Path) -> None:
    trained.save(tmp_path / "a.safetensors")
    loaded = CohortModel.load(tmp_path / "a.safetensors")
    of = features(cohort)
    np.testing.assert_allclose(loaded.table(of).values["status"], trained.table(of).values["status"], atol=2e-3)
    assert loaded.info == trained.info


def test_files_that_are_no_model(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    with pytest.raises(DataError, match="no such file"):
        CohortModel.load(tmp_path / "none.safetensors")
    with pytest.raises(DataError, match="'defualt' are unknown: give default"):
        CohortModel.load("defualt")
    (tmp_path / "bad.safetensors").write_bytes(b"hello")
    with pytest.raises(DataError, match="not a readable"):
        CohortModel.load(tmp_path / "bad.safetensors")
    save_file({}, tmp_path / "other.safetensors", metadata={"format": "another"})
    with pytest.raises(DataError, match="not a cohort model"):
        CohortModel.load(tmp_path / "other.safetensors")


def test_order_and_company_change_nothing(trained: CohortModel, cohort: Cohort) -> None:
    straight = {r.patient_id: r for r in trained.predict(cohort)}
    turned = {r.patient_id: r for r in trained.predict(cohort.subset(cohort.patients[::-1]))}
    alone = trained.predict(cohort.subset(["005"]))[0]
    for name, result in straight.items():
        assert turned[name].risk.probability == pytest.approx(result.risk.probability, abs=2e-4)
    assert alone.risk.probability == pytest.approx(straight["005"].risk.probability, abs=2e-4)


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_missing_modality_is_told_and_widens_the_interval(
    trained: CohortModel, cohort: Cohort, modality: str
) -> None:
    whole = cohort.subset(["001", "002", "003", "004"])
    with_it, without = trained.predict(whole), trained.predict(whole.without(modality))
    for a, b in zip(with_it, without, strict=True):
        assert modality in a.present and modality in b.missing and modality not in b.present
        assert b.missing[modality].risk_moves_by >= 1
    table, less = (trained.table(features(c)) for c in (whole, whole.without(modality)))
    assert (table.values["status"] != less.values["status"]).any()

    def width(of: object) -> float:
        low, high = of.low["status"], of.high["status"]  # type: ignore[attr-defined]
        return float((np.log(high / (1 - high)) - np.log(low / (1 - low))).mean())

    spread = trained.info.spread_without[modality]["status"]
    assert spread > 0 and width(less) >= 2 * 1.96 * spread


def test_one_patients_tokens_fuse_as_in_a_pipeline(trained: CohortModel, cohort: Cohort) -> None:
    vectors = trained.encoder.encode(features(cohort))
    for row in (1, 7):  # the latter has no blood count
        window = {name: Packet(tokens, 0, stream=name) for name, tokens in vectors.tokens(row).items()}
        member = trained.members[0]
        fused = member.backbone.fuse(window)
        risk = member.fused.weight.detach().numpy() @ fused.pooled
        np.testing.assert_allclose(risk, member.readings(vectors[np.array([row])])[0, -1], atol=1e-5)


def test_without_records_it_abstains(trained: CohortModel, cohort: Cohort) -> None:
    result = trained.predict(cohort.subset(["001"]).without("clinical", "pathology"))[0]
    assert result.risk.abstain and result.risk.category is None and result.recurrence.abstain


def test_intervals_hold_their_estimate_and_the_curve_falls(trained: CohortModel, cohort: Cohort) -> None:
    for result in trained.predict(cohort.subset(cohort.patients[:30])):
        for one in (result.risk, result.recurrence, result.survival.deceased, *result.survival.alive.values()):
            assert 0 <= one.interval[0] <= one.probability <= one.interval[1] <= 1
        alive = [p for _, p in result.survival.curve]
        assert alive == sorted(alive, reverse=True)
        assert PatientResult.model_validate_json(result.model_dump_json()) == result


def test_shipped_weights(cohort: Cohort) -> None:
    assert (SHIPPED / "default.safetensors").stat().st_size < 1e6
    shipped = CohortModel.load()
    told = shipped.info.trained_on
    assert {"seed", "command", "settings", "penalties"} <= told.keys() and told["patients"] == 610
    assert "HANCOCK" in told["about"] and "licence" in told["about"]
    results = shipped.predict(cohort.subset(cohort.patients[:10]))
    assert json.loads(results[7].model_dump_json())["missing"].keys() == {"blood"}
    assert "Research only" in results[0].note


def test_shipped_weights_know_the_patients_they_were_trained_on(hancock: Path, tmp_path: Path) -> None:
    from wugan.apps.diagnosis.cohort.cohort import events

    for path in hancock.iterdir():
        if path.name != "targets.csv":
            (tmp_path / path.name).symlink_to(path)
    results = CohortModel.load().predict(read_cohort(tmp_path))
    label = events(read_cohort(hancock)).labels()["status"]
    assert auc(label, np.array([r.risk.probability for r in results])) > 0.73  # seen in training: no figure of merit
