"""What the model is measured against: one modality at a time, their mean, and gradient boosting on everything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.encoder import CohortEncoder
from wugan.apps.diagnosis.cohort.features import Features
from wugan.apps.diagnosis.cohort.schema import MODALITIES

Array = NDArray[np.float64]
_INVERSE_PENALTIES = (0.001, 0.01, 0.1, 1.0)


def single_modalities(train: Features, label: Array, test: Features, seed: int) -> dict[str, Array]:
    """Probabilities of a logistic regression for each modality, NaN for patients who lack it.

    The penalty is chosen by cross-validated likelihood within the training patients.
    """
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.model_selection import StratifiedKFold

    encoder = CohortEncoder.fit(train)
    seen, new = encoder.encode(train), encoder.encode(test)
    out = {}
    for name in MODALITIES:
        rows = ~np.isnan(label) & seen.mask[name].any(axis=1)
        model = LogisticRegressionCV(
            Cs=_INVERSE_PENALTIES,
            cv=StratifiedKFold(5, shuffle=True, random_state=seed),
            scoring="neg_log_loss",
            max_iter=2000,
            l1_ratios=(0,),
            use_legacy_attributes=False,
        )
        model.fit(seen.flat(name)[rows], label[rows])
        p = model.predict_proba(new.flat(name))[:, 1]
        out[name] = np.where(new.mask[name].any(axis=1), p, np.nan)
    return out


def late_fusion(single: dict[str, Array]) -> Array:
    """Mean of the probabilities of the modalities that a patient brings."""
    return np.nanmean(np.stack(list(single.values())), axis=0)


def early_fusion(train: Features, label: Array, test: Features, seed: int) -> Array:
    """Gradient boosting on all features and the embeddings' components side by side; missing values stay missing."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    encoder = CohortEncoder.fit(train)

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
