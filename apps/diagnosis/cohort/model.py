"""`CohortModel`: an ensemble of networks, their calibration, and what it says of a patient."""

from __future__ import annotations

from os import PathLike
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wugan.apps.diagnosis.cohort.calibration import QUANTITIES, Calibration, logit, shape_of
from wugan.apps.diagnosis.cohort.cohort import Cohort
from wugan.apps.diagnosis.cohort.encoder import CohortEncoder, Vectors
from wugan.apps.diagnosis.cohort.features import Features, features
from wugan.apps.diagnosis.cohort.network import CohortNetwork
from wugan.apps.diagnosis.cohort.result import PatientResult, Table, results
from wugan.apps.diagnosis.cohort.schema import MODALITIES
from wugan.errors import DataError
from wugan.fusion import FusionConfig
from wugan.model_file import fitting, load_model, save_model
from wugan.weights import weight_file

Array = NDArray[np.float64]
DEFAULT = "default"
_FORMAT = "wugan.diagnosis-cohort/1"
_T_QUANTILE = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26}
"""Student's t for 95 % and one degree of freedom less than members."""


class ModelInfo(BaseModel):
    """What a weight file says of itself.

    Attributes:
        config: of the members' backbones.
        calibration: weights and calibration.
        names: features of each table, in the order of the values.
        base: frequency of each label in training.
        spread_without: deviation that a quantity's log odds change by when a modality is taken away.
        auc_without: area under the curve of `status` that is lost when a modality is taken away from everybody.
        trained_on: data, licence, seed, settings, command.
    """

    model_config = ConfigDict(extra="forbid")

    config: FusionConfig
    calibration: Calibration
    names: dict[str, list[str]]
    base: dict[str, float]
    spread_without: dict[str, dict[str, float]]
    auc_without: dict[str, float]
    trained_on: dict[str, Any] = Field(default_factory=dict)


class CohortModel:
    """Members that each left out another part of the training patients.

    Args:
        encoder: of features.
        members: networks.
        info: see `ModelInfo`.
    """

    def __init__(self, encoder: CohortEncoder, members: list[CohortNetwork], info: ModelInfo) -> None:
        self.encoder = encoder
        self.members = [member.eval() for member in members]
        self.info = info

    def risks(self, of: Vectors) -> Array:
        """Log relative risks `[members, N, causes]` of each member."""
        return np.stack([self.info.calibration.risk(member.readings(of)) for member in self.members])

    def table(self, of: Features) -> Table:
        """Probabilities with 95 % intervals.

        The interval holds what the training patients leave open (delete-a-group jackknife over the members: Shao & Tu
        1995, chapter 2.3) and, for every modality that the patient lacks, how much it tends to move the prediction. It
        is an interval of the probability: the outcome itself is as uncertain as the probability says.
        """
        vectors = self.encoder.encode(of)
        risks = self.risks(vectors)
        curve = self.info.calibration.curve(risks.mean(axis=0))
        k = len(self.members)
        values, low, high = {}, {}, {}
        centre = self.info.calibration.probabilities(risks.mean(axis=0))
        each = [self.info.calibration.probabilities(risk) for risk in risks]
        missing = {name: ~of.present(name) for name in MODALITIES}
        for name in QUANTITIES:
            middle = logit(centre[name])
            apart = np.stack([logit(one[name]) for one in each])
            variance = ((apart - apart.mean(axis=0)) ** 2).sum(axis=0) * (k - 1) / k * _t(k) ** 2
            for modality, lacks in missing.items():
                variance += lacks * (1.96 * self.info.spread_without[modality][name]) ** 2
            half = np.sqrt(variance)
            values[name] = centre[name]
            low[name], high[name] = 1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))
        return Table(values, low, high, curve, {name: ~lacks for name, lacks in missing.items()})

    def predict(self, cohort: Cohort) -> list[PatientResult]:
        """What the model says of each patient, in order.

        Raises:
            DataError: the cohort is empty, or its features are not those that the weights were trained on.
        """
        if not len(cohort):
            raise DataError("this cohort has no patients")
        of = features(cohort)
        if of.names != self.info.names:
            raise DataError("the weights were trained on other features than this version reads: train them anew")
        return results(cohort.patients, self.table(of), self.info.base, self.info.spread_without, self.info.auc_without)

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything to one safetensors file, the members in half precision."""
        state = {f"encoder.{name}": torch.tensor(of).float() for name, of in self.encoder.state().items()}
        for number, member in enumerate(self.members):
            state |= {f"member.{number}.{name}": of.half() for name, of in member.state_dict().items()}
        save_model(path, _FORMAT, state, self.info, half=False)  # the encoder's scales stay exact

    @classmethod
    def load(cls, weights: str | PathLike[str] = DEFAULT) -> Self:
        """Load the shipped weights, or a file.

        Args:
            weights: `"default"`, or a path.

        Raises:
            DataError: no such file, or it is not a model of this application.
        """
        path = weight_file(__package__, weights)
        state, described = load_model(path, _FORMAT, "a cohort model")
        with fitting(path):
            info = ModelInfo.model_validate_json(described)
            if not shape_of(info.calibration):
                raise DataError(f"{path}: weights and description do not fit: the calibration has other shapes")
            encoder = CohortEncoder.from_state(_part(state, "encoder.", lambda t: t.double().numpy()))
            members = []
            for number in sorted({int(name.split(".")[1]) for name in state if name.startswith("member.")}):
                member = CohortNetwork(info.config)
                member.load_state_dict(_part(state, f"member.{number}.", lambda t: t))
                members.append(member)
        if not members:
            raise DataError(f"{path}: holds no network")
        return cls(encoder, members, info)


def _part(state: dict[str, torch.Tensor], prefix: str, of: Any) -> dict[str, Any]:
    return {name.removeprefix(prefix): of(value) for name, value in state.items() if name.startswith(prefix)}


def _t(members: int) -> float:
    return _T_QUANTILE.get(members, 2.0) if members > 1 else 0.0
