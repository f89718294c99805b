from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.diagnosis.result import Modality, Urgency
from wugan.apps.diagnosis.triage.network import config
from wugan.apps.diagnosis.triage.train.compose import Composed
from wugan.apps.diagnosis.triage.train.evaluate import by_network, by_share, figures
from wugan.apps.diagnosis.triage.train.fit import fit
from wugan.tokens import Tokens

SIZES = config().modalities


def easy(count: int, seed: int) -> list[Composed]:
    """One number of one token of the record says it all."""
    random = np.random.default_rng(seed)
    cases = []
    for _ in range(count):
        of = int(random.integers(3))
        tokens: dict[Modality, Tokens] = {}
        for name in ("ct", "slide", "record"):
            values = random.normal(0, 0.3, (8, SIZES[name])).astype(np.float32)
            if name == "record":
                values[int(random.integers(8)), 5] = 3.0 * (of - 1)
            tokens[name] = Tokens(values, np.zeros(8, np.int64), name)
        cases.append(Composed(tokens, {"ct": (), "slide": (), "record": ()}, list(Urgency)[of]))
    return cases


@pytest.mark.slow
def test_it_learns_what_is_easy_and_knows_what_is_missing() -> None:
    train, test = easy(240, 0), easy(80, 1)
    model = fit(train, easy(60, 2), 0, epochs=10, batch=16, progress=lambda line: None)
    rows = figures(test, {"network": by_network(model), "share": by_share(train)})
    by = {(row["modalities"], row["method"]): row for row in rows}
    assert by["ct+slide+record", "network"]["accuracy"] > 0.75  # type: ignore[operator]
    without = by["ct+slide", "network"]
    assert without["entropy_bits"] > by["ct+slide+record", "network"]["entropy_bits"]  # type: ignore[operator]
