from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.diagnosis.result import Finding, Urgency
from wugan.apps.diagnosis.triage.head import TriageHead
from wugan.apps.diagnosis.triage.network import backbone, config
from wugan.packet import Packet
from wugan.tokens import Tokens


def test_the_rules_decide_and_the_network_is_beside() -> None:
    values = np.random.default_rng(0).normal(0, 1, (5, config().modalities["record"])).astype(np.float32)
    tokens = Tokens(values, np.zeros(5, np.int64), "record")
    urgent = Finding(
        id="x", modality="record", title="", statement="", status="critical", probability=0.9, urgency=Urgency.URGENT
    )
    fused = backbone().fuse({"record": Packet(tokens, 0, stream="record", attrs={"findings": (urgent,)})})
    triage = TriageHead(usual={"ct": (0.0, 0.0), "slide": (0.0, 0.0), "record": (0.0, 0.0)}).predict(fused)
    assert triage.assessment.category is Urgency.URGENT and triage.assessment.probabilities["urgent"] == 0.9
    assert sum(triage.assessment.fusion.values()) == pytest.approx(1, abs=1e-3)
    assert triage.relevance["record"].shape == (5,)
