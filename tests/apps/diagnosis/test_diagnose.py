from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from wugan.apps.diagnosis.case import Case, open_case
from wugan.apps.diagnosis.demo import record
from wugan.apps.diagnosis.diagnose import Examination, content_hash, diagnose, examine, pages, to_json
from wugan.apps.diagnosis.result import Result, Urgency
from wugan.errors import DataError, IdentityError
from wugan.privacy.audit import read, verify


def of_record(folder: Path, bundle: object = None) -> Case:
    folder.mkdir(exist_ok=True)
    (folder / "record.json").write_text(json.dumps(bundle or record()))
    return open_case(folder)


def test_a_case_of_three_modalities(examination: Examination) -> None:
    result, evidence = examination.result, examination.evidence
    assert [s.present for s in result.streams] == [True, True, True] and result.composite
    assessment = result.assessment
    assert assessment is not None and assessment.category is Urgency.URGENT and not assessment.abstain
    assert assessment.reasons[0] == "record.potassium.critical"
    assert {f.modality for f in result.findings} == {"ct", "slide", "record"}
    assert evidence.ct is not None and evidence.record is not None and len(evidence.slides) == 1
    tokens = {m: len(seen.tokens) for m, seen in evidence.seen.items() if seen.tokens is not None}
    assert {m: len(r) for m, r in evidence.relevance.items()} == tokens
    assert max(r.max() for r in evidence.relevance.values()) == pytest.approx(1)


def test_what_is_written_says_the_same_each_time(tmp_path: Path) -> None:
    case = of_record(tmp_path / "case")
    texts = []
    for out in (tmp_path / "a", tmp_path / "b"):
        result = diagnose(case, out, exporters=())
        timeless = json.loads((out / "result.json").read_text())
        assert Result.model_validate(timeless) == result
        timeless["provenance"]["created"] = ""
        timeless["streams"] = [{**s, "seconds": 0} for s in timeless["streams"]]
        texts.append(json.dumps(timeless))
    assert texts[0] == texts[1]


def test_the_result_keeps_its_schema(examination: Examination) -> None:
    schema = Result.model_json_schema()
    jsonschema.validate(json.loads(to_json(examination.result)), schema)
    broken = json.loads(to_json(examination.result)) | {"assessment": {"category": "soon"}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


def test_a_missing_modality_is_said_and_costs_certainty(tmp_path: Path, examination: Examination) -> None:
    result = examine(of_record(tmp_path / "case")).result
    assert [s.present for s in result.streams] == [False, False, True]
    assert result.assessment is not None and set(result.assessment.cost_of_missing) == {"ct", "slide"}
    assert examination.result.assessment is not None and not examination.result.assessment.cost_of_missing


def test_what_cannot_be_read_counts_as_missing_unless_strict(tmp_path: Path) -> None:
    case = of_record(tmp_path / "case")
    (tmp_path / "case" / "ct.nii.gz").write_bytes(b"not a volume")
    case = open_case(tmp_path / "case")
    result = examine(case).result
    assert not result.stream("ct").present and "ct.nii.gz" in result.stream("ct").reason
    with pytest.raises(DataError, match=r"ct: .*ct\.nii\.gz"):
        examine(case, strict=True)
    (tmp_path / "case" / "record.json").write_text("{")
    with pytest.raises(DataError, match="record"):
        examine(case)


def test_a_slide_that_does_not_say_its_scale_is_told_where_to_say_it(tmp_path: Path) -> None:
    case = tmp_path / "case"
    (case / "slides").mkdir(parents=True)
    Image.new("RGB", (600, 600), "white").save(case / "slides" / "a.tif")
    with pytest.raises(DataError, match=r"a\.tif does not say how large a pixel is.*case\.yaml"):
        examine(open_case(case))
    (case / "case.yaml").write_text("mpp: 0.5")
    with pytest.raises(DataError, match="tissue"):  # its scale is known: now it is blank
        examine(open_case(case))


def test_two_patients_are_refused(tmp_path: Path) -> None:
    bundle = record()
    other = {"resourceType": "Patient", "id": "other", "gender": "female"}
    bundle["entry"].append({"fullUrl": "urn:made:Patient/other", "resource": other})
    with pytest.raises(IdentityError, match="2 patients"):
        examine(of_record(tmp_path / "case", bundle))


def test_names_are_left_out_unless_told(tmp_path: Path) -> None:
    case = of_record(tmp_path / "Doe_Jane")
    (tmp_path / "Doe_Jane" / "ct.nii.gz").write_bytes(b"nothing")
    case = open_case(tmp_path / "Doe_Jane")
    text = to_json(diagnose(case, tmp_path / "out", exporters=()))
    assert "Doe" not in text and "invented" not in text and '"deidentified": true' in text
    assert diagnose(case, tmp_path / "named", exporters=(), identified=True).case == "Doe_Jane"


def test_the_audit_trail_bears_hashes(tmp_path: Path) -> None:
    case, trail = of_record(tmp_path / "case"), tmp_path / "audit.jsonl"
    result = diagnose(case, tmp_path / "out", audit=trail, exporters=())
    assert verify(trail).entries == 1
    entry = next(iter(read(trail)))
    assert entry.action == "diagnose" and entry.detail["category"] == "urgent"
    assert {r.name: r.sha256 for r in entry.outputs}["result.json"] == content_hash(tmp_path / "out" / "result.json")
    assert entry.inputs[0].sha256 == result.provenance.inputs["record"]


def test_an_exporter_gets_evidence(tmp_path: Path) -> None:
    def export(result: Result, evidence: object, out: Path) -> dict[str, str]:
        (out / "note.txt").write_text(result.case)
        return {"note.txt": "a note"}

    result = diagnose(of_record(tmp_path / "case"), tmp_path / "out", exporters=[export])
    assert result.files["note.txt"] == "a note" and (tmp_path / "out" / "note.txt").read_text() == result.case
    assert len(pages()) >= 2


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    case = of_record(tmp_path / "case")
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file/out"):
        diagnose(case, tmp_path / "file" / "out")


@pytest.mark.slow
def test_ray_gives_the_same(tmp_path: Path) -> None:
    import ray

    case = of_record(tmp_path / "case")
    try:
        results = [examine(case, runtime=runtime).result for runtime in ("local", "ray")]  # type: ignore[arg-type]
    finally:
        ray.shutdown()  # the next test of this process may need one with other paths
    assert results[0].findings == results[1].findings and results[0].assessment == results[1].assessment
    shutil.rmtree(tmp_path / "case")
