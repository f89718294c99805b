from __future__ import annotations

import numpy as np

from wugan.apps.diagnosis.diagnose import Examination
from wugan.apps.diagnosis.findings import NODULE_MM, ct_findings, is_nodule
from wugan.apps.diagnosis.result import Urgency
from wugan.modalities.medical.ct.encoder import CtAnalysis
from wugan.modalities.medical.ct.lesions import Candidate


def candidate(diameter: float, score: float) -> Candidate:
    return Candidate(np.array([-60.0, 0, 200]), diameter, 30.0, score, "solid-nodule", np.zeros((1, 3), np.int64))


def with_candidates(examination: Examination, *candidates: Candidate) -> CtAnalysis:
    assert examination.evidence.ct is not None
    analysis = examination.evidence.ct.analysis
    return CtAnalysis(analysis.compartments, candidates, analysis.blocks, analysis.tokens)


def test_drawn_nodules_are_found_where_they_lie(examination: Examination) -> None:
    nodules = [f for f in examination.result.findings if f.id.startswith("ct.nodule.")]
    assert nodules and nodules[0].urgency is Urgency.PROMPT
    assert min(np.linalg.norm(np.subtract(f.places[0].position, (-60, 20, 240))) for f in nodules) < 4


def test_width_and_score_make_a_nodule_probable(examination: Examination) -> None:
    wide, small = (ct_findings(with_candidates(examination, candidate(mm, 0.95)), ())[0] for mm in (12.0, 4.0))
    assert (small.probability or 0) < 0.05 < (wide.probability or 0)
    assert wide.threshold is not None and wide.threshold.value == NODULE_MM and "Fleischner" in wide.threshold.source
    assert is_nodule(candidate(10, 0.95)) > is_nodule(candidate(10, 0.5))
    assert wide.places[0].label.startswith("right lung") and wide.places[0].extent == 12.0


def test_none_found_is_normal_and_none_seen_is_not(examination: Examination) -> None:
    analysis = with_candidates(examination)
    none = ct_findings(analysis, ())[0]
    assert none.status == "normal" and none.probability == 0
    found = analysis.compartments
    empty = type(found)(np.where(found.lung, 1, found.labels).astype(np.uint8), found.volume)
    unseen = ct_findings(CtAnalysis(empty, (), analysis.blocks, analysis.tokens), ())[0]
    assert unseen.status == "unmeasured" and unseen.probability is None and "litre" in unseen.reason


def test_measures_are_held_against_their_limits(examination: Examination) -> None:
    by_id = {f.id: f for f in examination.result.findings}
    bone = by_id["ct.vertebral-trabecular-density"]
    assert bone.status == "abnormal" and bone.threshold is not None and bone.threshold.side == "below"
    assert bone.title == "Low bone density" and (bone.probability or 0) > 0.9  # drawn with 95 HU
    assert by_id["ct.emphysema-share"].status == "normal"
    assert by_id["ct.subcutaneous-fat-area"].status == "reported"
    assert by_id["ct.lung-volume"].status == "unmeasured" and by_id["ct.lung-volume"].reason
