"""`CohortEncoder`: features to the vectors and `Tokens` that the network reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.features import Features
from wugan.apps.diagnosis.cohort.schema import MODALITIES, STAINS
from wugan.tokens import Tokens

Array = NDArray[np.float64]
_CLIP = 4.0
"""Deviations beyond which a value says no more; one mistyped cell must not decide."""
PROJECTION = 4
"""Principal components of an embedding that are kept."""


@dataclass(frozen=True)
class Vectors:
    """Encoded patients.

    Attributes:
        values: `[N, T, D]` for each modality, standardised; zero where a value is missing, which is its mean.
        mask: bool `[N, T]` for each modality, whether the token exists.
    """

    values: dict[str, Array]
    mask: dict[str, NDArray[np.bool_]]

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Vectors:
        return Vectors({n: v[rows] for n, v in self.values.items()}, {n: m[rows] for n, m in self.mask.items()})

    def __len__(self) -> int:
        return len(next(iter(self.mask.values())))

    def flat(self, modality: str) -> Array:
        """One vector for each patient, `[N, T * D]`."""
        values = self.values[modality]
        return values.reshape(len(values), -1)

    def tokens(self, row: int) -> dict[str, Tokens]:
        """One patient's tokens by modality; a modality that is missing is left out."""
        out = {}
        for name in MODALITIES:
            if (keep := self.mask[name][row]).any():
                values = self.values[name][row][keep].astype(np.float32)
                out[name] = Tokens(values, np.zeros(len(values), np.int64), name)
        return out


@dataclass(frozen=True)
class CohortEncoder:
    """Standardises features, and projects embeddings on their principal components. It never sees an outcome.

    A table becomes one token, each stain of the tissue microarray one, with the stain's place in the list beside it.

    Attributes:
        mean: `[F]` for each table.
        scale: `[F]` for each table.
        stain_mean: `[8, 512]`.
        projection: `[512, PROJECTION]`, shared by the stains.
        stain_scale: `[PROJECTION]`.
    """

    mean: dict[str, Array]
    scale: dict[str, Array]
    stain_mean: Array
    projection: Array
    stain_scale: Array

    @classmethod
    def fit(cls, of: Features) -> Self:
        """Fit to the patients of a training set."""
        mean, scale = {}, {}
        for name, values in of.values.items():
            known = ~np.isnan(values)
            count = known.sum(axis=0).clip(1)
            mean[name] = np.where(known, values, 0.0).sum(axis=0) / count
            deviation = np.sqrt((np.where(known, values - mean[name], 0.0) ** 2).sum(axis=0) / count)
            # What never varied in training was never learnt from: it says nothing of a new patient either.
            scale[name] = np.where(deviation > 1e-6, deviation, np.inf)
        present = ~np.isnan(of.stains[:, :, 0])
        stains = np.nan_to_num(of.stains)
        stain_mean = stains.sum(axis=0) / present.sum(axis=0).clip(1)[:, None]
        centred = (stains - stain_mean)[present]
        if len(centred) <= PROJECTION:
            projection = np.eye(centred.shape[1], PROJECTION)
        else:
            _, directions = np.linalg.eigh(centred.T @ centred)
            projection = directions[:, ::-1][:, :PROJECTION]
            # An eigenvector's sign is the solver's whim: let its greatest entry be positive.
            projection = projection * np.sign(projection[np.abs(projection).argmax(axis=0), range(PROJECTION)])
        spread = (centred @ projection).std(axis=0) if len(centred) > 1 else np.ones(PROJECTION)
        return cls(mean, scale, stain_mean, projection, np.where(spread > 1e-9, spread, 1.0))

    @property
    def sizes(self) -> dict[str, int]:
        """Size of a token of each modality."""
        return {**{name: len(of) for name, of in self.mean.items()}, "tma": PROJECTION + len(STAINS)}

    def encode(self, of: Features) -> Vectors:
        """Encode patients; what is missing becomes the mean, and a modality without any value has no token."""
        values, mask = {}, {}
        for name, table in of.values.items():
            scaled = ((table - self.mean[name]) / self.scale[name]).clip(-_CLIP, _CLIP)
            values[name] = np.nan_to_num(scaled)[:, None]
            mask[name] = of.present(name)[:, None]
        mask["tma"] = ~np.isnan(of.stains[:, :, 0])
        projected = ((np.nan_to_num(of.stains) - self.stain_mean) @ self.projection / self.stain_scale).clip(
            -_CLIP, _CLIP
        )
        which = np.broadcast_to(np.eye(len(STAINS)), (len(of), len(STAINS), len(STAINS)))
        values["tma"] = np.where(mask["tma"][:, :, None], np.concatenate([projected, which], axis=2), 0.0)
        return Vectors(values, mask)

    def state(self) -> dict[str, Array]:
        """Arrays to be saved, by name."""
        tables = {f"{kind}.{name}": of for kind in ("mean", "scale") for name, of in getattr(self, kind).items()}
        return {**tables, "stain_mean": self.stain_mean, "projection": self.projection, "stain_scale": self.stain_scale}

    @classmethod
    def from_state(cls, state: Mapping[str, Array]) -> Self:
        """The encoder of what `state` gave. Raises `KeyError` where something is missing."""
        names = [name for name in MODALITIES if name != "tma"]
        mean, scale = ({name: state[f"{kind}.{name}"] for name in names} for kind in ("mean", "scale"))
        return cls(mean, scale, state["stain_mean"], state["projection"], state["stain_scale"])
