"""A case of scan, slide and record to a report, then without its record: `python examples/diagnose_case.py`.

The case is made up; no part of it is of a person. Research only, not a medical device.
"""

from pathlib import Path

from wugan.apps.diagnosis.case import open_case
from wugan.apps.diagnosis.demo import write_case
from wugan.apps.diagnosis.diagnose import diagnose, examine

case = write_case(Path("case"), spacing=3.5, slide_um=(448, 320))  # case/ct.nii.gz, slides/, record.json, case.yaml
result = diagnose(case, "report")  # the same as `wugan diagnose case -o report`
assert result.assessment is not None

for stream in result.streams:
    print(f"{stream.modality}: {stream.summary}")
print(f"{result.assessment.category}:", {name: round(p, 3) for name, p in result.assessment.probabilities.items()})
by_id = {finding.id: finding for finding in result.findings}
for name in result.assessment.reasons[:3]:
    finding = by_id[name]
    print(f"  {finding.probability:.0%} {finding.statement}")
    if finding.threshold is not None:
        print(f"       limit: {finding.threshold.value:g}, {finding.threshold.source}")
for one in result.assessment.attributions:
    print(f"  {one.modality} has {one.share:.0%} of the say")
print("wrote", ", ".join(sorted(result.files)))

# What was looked at stays at hand: nothing has to be read twice.
found = examine(open_case("case"))
assert found.evidence.ct is not None
print("lungs:", round(found.evidence.ct.analysis.compartments.lung.sum() * 3.5**3 / 1000), "ml of them in the scan")

# A modality that is missing counts as it usually is, and the assessment says what that costs.
Path("case/record.json").unlink()
less = examine(open_case("case")).result.assessment
assert less is not None
print(f"without the record {less.category}, abstains: {less.abstain}; bits it would add:", less.cost_of_missing)
