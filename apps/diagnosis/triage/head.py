"""`TriageHead`: a case's fused tokens and findings to an assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from wugan.apps.diagnosis.result import Assessment, Modality
from wugan.apps.diagnosis.triage.network import DEFAULT, TriageModel
from wugan.apps.diagnosis.triage.rules import Levels, assess
from wugan.errors import DataError
from wugan.fused import Fused
from wugan.stage import Head


class Triage(BaseModel):
    """What the head says.

    Attributes:
        assessment: of the case.
        relevance: float32 `[T]` of each modality, how much each token counts for the network, the most of all 1.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    assessment: Assessment
    relevance: dict[str, NDArray[np.float32]] = {}


@dataclass(eq=False)
class TriageHead(Head[Triage]):
    """Reads a case's fused window.

    Args:
        weights: see `TriageModel.load`.
        usual: see `assess`; the training cases' where not given.
    """

    weights: str = DEFAULT
    usual: Mapping[Modality, Levels] | None = None
    _model: TriageModel | None = field(init=False, repr=False, default=None)

    def warm_up(self) -> None:
        """Load the weights."""
        self._model = TriageModel.load(self.weights)

    def close(self) -> None:
        """Let go of them."""
        self._model = None

    def predict(self, fused: Fused) -> Triage:
        """The assessment of one case."""
        if self._model is None:
            self.warm_up()
        assert self._model is not None
        findings = {name: packet.attrs.get("findings", ()) for name, packet in fused.inputs.items()}
        assessment = assess(findings, self.usual)  # type: ignore[arg-type]
        if assessment is None:
            raise DataError("no modality of this case could be read")
        chances, relevance = self._model.read({name: packet.data for name, packet in fused.inputs.items()})
        chances = {name: round(p, 4) for name, p in chances.items()}
        return Triage(assessment=assessment.model_copy(update={"fusion": chances}), relevance=relevance)
