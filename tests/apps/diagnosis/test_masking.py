from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from wugan.apps.diagnosis.case import Case
from wugan.apps.diagnosis.diagnose import Examination, to_json
from wugan.apps.diagnosis.evidence import Evidence, Identity, Seen
from wugan.apps.diagnosis.identity import masked, stand_in
from wugan.apps.diagnosis.result import Provenance, Remark


def test_stand_ins_hang_on_the_files() -> None:
    case = Case("Doe", Path("x"), None, None, None)
    one, two = (Provenance(wugan="1", created="", inputs={"ct": digit * 64}) for digit in "ab")
    assert stand_in(case, one) == stand_in(case, one) != stand_in(case, two)


def test_what_headers_and_names_say_is_replaced(case: Case, examination: Examination) -> None:
    seen = examination.evidence.seen["record"]
    told = Identity("MRN-4711", "Doe^Jane", "female", "1970-02-03")
    evidence = Evidence({**examination.evidence.seen, "ct": Seen(seen.stream, identity=told)})
    text = f"{case.folder}/scan_Doe.dcm of Jane, MRN-4711, born 1970-02-03, has gaps"
    remark = Remark(code="gap", text=text, source="Doe.dcm")
    result = examination.result.model_copy(update={"remarks": (remark,)})
    out = masked(result, case, evidence)
    plain = to_json(out)
    for secret in ("Doe", "Jane", "4711", "1970-02-03", str(case.folder)):
        assert secret not in plain
    assert "has gaps" in out.remarks[0].text and out.provenance.deidentified
    assert out.findings == result.findings and out.assessment == result.assessment


def test_a_slide_is_called_by_its_number(case: Case, examination: Examination) -> None:
    named = replace(case, name="x")
    remark = Remark(code="mpp-assumed", text="drawn.tif says nothing of its size")
    result = examination.result.model_copy(update={"remarks": (remark,)})
    assert masked(result, named, examination.evidence).remarks[0].text == "slide 1 says nothing of its size"
