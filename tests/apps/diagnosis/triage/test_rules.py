from __future__ import annotations

import pytest

from wugan.apps.diagnosis.result import Finding, Modality, Urgency
from wugan.apps.diagnosis.triage.rules import Levels, assess, entropy, levels, probabilities

USUAL: dict[Modality, Levels] = {"ct": (0.3, 0.0), "slide": (0.0, 0.0), "record": (0.4, 0.2)}


def finding(p: float, urgency: Urgency, name: str = "x", modality: Modality = "record", **more: object) -> Finding:
    return Finding(
        id=name, modality=modality, title="", statement="", status="abnormal", probability=p, urgency=urgency, **more
    )  # type: ignore[arg-type]


def test_one_of_many_is_enough() -> None:
    found = [finding(0.5, Urgency.PROMPT), finding(0.5, Urgency.URGENT), finding(1.0, Urgency.ROUTINE)]
    assert levels(found) == pytest.approx((0.75, 0.5))
    assert levels([]) == (0.0, 0.0)


def test_probabilities_sum_to_one() -> None:
    chances = probabilities([(0.75, 0.5), (0.2, 0.0)])
    assert sum(chances.values()) == pytest.approx(1)
    assert chances["urgent"] == pytest.approx(0.5) and chances["routine"] == pytest.approx(0.25 * 0.8)


def test_a_missing_modality_counts_as_usual() -> None:
    whole = assess({"ct": [], "slide": [], "record": []}, USUAL)
    assert whole is not None and whole.probabilities == {"routine": 1, "prompt": 0, "urgent": 0}
    part = assess({"slide": [], "record": []}, USUAL)
    assert part is not None and part.probabilities["routine"] == pytest.approx(0.7)
    # Knowing the CT would remove all doubt: its whole entropy.
    assert part.cost_of_missing == {"ct": pytest.approx(entropy({"a": 0.7, "b": 0.3}), abs=1e-3)}
    assert assess({}, USUAL) is None


def test_a_scan_without_lungs_is_as_none() -> None:
    unseen = finding(0.0, Urgency.PROMPT, "ct.nodules", "ct").model_copy(update={"status": "unmeasured"})
    one = assess({"ct": [unseen], "record": [], "slide": []}, USUAL)
    assert one is not None and one.probabilities["prompt"] == pytest.approx(0.3)
    assert one.cost_of_missing["ct"] > 0


def test_it_abstains_where_nothing_is_probable() -> None:
    one = assess({"ct": [], "slide": [], "record": [finding(0.45, Urgency.URGENT)]}, USUAL)
    assert one is not None and one.abstain and one.category is Urgency.ROUTINE


def test_what_moves_the_case_has_the_share() -> None:
    one = assess(
        {"ct": [finding(0.9, Urgency.PROMPT, "n", "ct")], "slide": [], "record": [finding(0.4, Urgency.PROMPT, "r")]},
        USUAL,
    )
    assert one is not None
    shares = {a.modality: a.share for a in one.attributions}
    assert shares["ct"] > shares["record"] and shares["slide"] == 0 and sum(shares.values()) == pytest.approx(1)
    assert one.reasons == ("n", "r")
