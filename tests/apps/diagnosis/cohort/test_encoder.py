from __future__ import annotations

import numpy as np

from wugan.apps.diagnosis.cohort.cohort import Events
from wugan.apps.diagnosis.cohort.encoder import PROJECTION, CohortEncoder
from wugan.apps.diagnosis.cohort.features import Features


def test_values_are_standardised_and_missing_ones_are_the_mean(cohort_data: tuple[Features, Events]) -> None:
    of, _ = cohort_data
    vectors = CohortEncoder.fit(of).encode(of)
    lacks = ~of.present("blood")
    assert lacks.any() and (vectors.values["blood"][lacks] == 0).all() and not vectors.mask["blood"][lacks].any()
    age = vectors.flat("clinical")[:, of.names["clinical"].index("age")]
    assert abs(age.mean()) < 1e-9 and abs(age.std() - 1) < 1e-9
    assert np.isfinite(np.concatenate([vectors.flat(name) for name in vectors.values], axis=1)).all()


def test_a_new_patient_does_not_move_the_others(cohort_data: tuple[Features, Events]) -> None:
    of, _ = cohort_data
    encoder = CohortEncoder.fit(of[np.arange(100)])
    some, all_ = encoder.encode(of[np.arange(100, 120)]), encoder.encode(of)
    for name, values in some.values.items():
        np.testing.assert_allclose(values, all_.values[name][100:120])


def test_a_mistyped_value_is_held_in_bounds(cohort_data: tuple[Features, Events]) -> None:
    of, _ = cohort_data
    encoder = CohortEncoder.fit(of)
    wild = of[np.arange(1)]
    wild.values["clinical"][:] = 1e9
    assert np.abs(encoder.encode(wild).values["clinical"]).max() == 4


def test_tokens_are_what_a_patient_brings(cohort_data: tuple[Features, Events]) -> None:
    of, _ = cohort_data
    vectors = CohortEncoder.fit(of).encode(of)
    tokens = vectors.tokens(7)
    assert "blood" not in tokens and len(tokens["clinical"]) == 1
    assert tokens["tma"].values.shape == (2, PROJECTION + 8)  # HE and CD3, not PDL1
    assert tokens["tma"].values[:, PROJECTION:].tolist() == np.eye(8)[:2].tolist()


def test_state_round_trip(cohort_data: tuple[Features, Events]) -> None:
    of, _ = cohort_data
    encoder = CohortEncoder.fit(of)
    again = CohortEncoder.from_state(encoder.state())
    for name, values in encoder.encode(of).values.items():
        np.testing.assert_array_equal(values, again.encode(of).values[name])


def test_fewer_embeddings_than_components(cohort_data: tuple[Features, Events]) -> None:
    of, _ = cohort_data
    for few in (of[np.arange(1)], of.without("tma")):
        assert np.isfinite(CohortEncoder.fit(few).encode(of).values["tma"]).all()


def test_what_training_never_saw_says_nothing(cohort_data: tuple[Features, Events]) -> None:
    of, _ = cohort_data
    column = of.names["clinical"].index("smoker")
    values = CohortEncoder.fit(of.hide(["smoker"])).encode(of).flat("clinical")
    assert (values[:, column] == 0).all() and (values[:, column + 1] != 0).any()
