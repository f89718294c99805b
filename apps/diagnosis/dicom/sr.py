"""DICOM SR: an Imaging Measurement Report (TID 1500) of what was measured on the CT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wugan.apps.diagnosis.dicom.concepts import (
    ABNORMAL,
    ATTENUATION,
    CERTAINTY,
    LUNG,
    MEAN,
    NODULE,
    NODULE_SIZE,
    NORMAL,
    PRIVATE,
    QUANTITIES,
    Quantity,
    Triple,
    concept,
    unit,
)
from wugan.apps.diagnosis.dicom.seg import SERIES_NUMBERS
from wugan.apps.diagnosis.dicom.source import MAKER, RESEARCH, Source
from wugan.apps.diagnosis.result import Finding, Result

if TYPE_CHECKING:
    from pydicom import Dataset

    from wugan.modalities.medical.ct.lesions import Candidate

_NODULE = "ct.nodule."
_LUNGS = {"ct.right-lung-volume": "Right lung", "ct.left-lung-volume": "Left lung"}
_METHOD_LENGTH = 64  # characters of a code's meaning


def report_sr(
    result: Result,
    candidates: Sequence[Candidate],
    source: Source,
    segs: Sequence[Dataset],
    version: str,
) -> Dataset | None:
    """The report; `None` where nothing on the CT could be measured.

    It holds the measures of the scan as a whole, the volume of each lung beside its segment, and each nodule candidate
    beside its segment, with diameter, mean density and how certain the finding is. It is marked as preliminary and
    unverified, since no person has looked at it. What is not from the CT stays in the other documents.

    Args:
        result: what was found.
        candidates: of the CT, in the order of the findings' numbers.
        source: images that were measured.
        segs: SEGs that the report points at.
        version: of wugan.
    """
    import highdicom
    from highdicom import sr

    findings = [f for f in result.findings if f.modality == "ct" and f.measure is not None]
    by_id = {finding.id: finding for finding in findings}
    segments = {str(s.SegmentLabel): (seg, int(s.SegmentNumber)) for seg in segs for s in seg.SegmentSequence}
    groups: list[Any] = []
    created = result.provenance.created
    images = [sr.SourceImageForMeasurementGroup(str(i.SOPClassUID), str(i.SOPInstanceUID)) for i in source.images]
    algorithm = sr.AlgorithmIdentification(name="wugan diagnose", version=version, parameters=[result.disclaimer])

    def group(name: str, measures: list[Any], kind: Triple | None, segment: str | None, site: Triple | None) -> Any:
        common: dict[str, Any] = {
            "tracking_identifier": sr.TrackingIdentifier(uid=source.uid("measure", name, created), identifier=name),
            "finding_type": concept(kind) if kind else None,
            "algorithm_id": algorithm,
            "finding_sites": [sr.FindingSite(concept(site))] if site else None,
            "measurements": measures,
        }
        if segment is None:
            return sr.MeasurementsAndQualitativeEvaluations(source_images=images, **common)
        seg, number = segments[segment]
        region = sr.ReferencedSegment(
            str(seg.SOPClassUID),
            str(seg.SOPInstanceUID),
            number,
            source_series=sr.SourceSeriesForSegmentation(source.series_uid),
        )
        return sr.VolumetricROIMeasurementsAndQualitativeEvaluations(referenced_segment=region, **common)

    whole = [f for f in findings if f.id in QUANTITIES and not (f.id in _LUNGS and _LUNGS[f.id] in segments)]
    if whole:
        measures = [one for f in whole for one in _measurements(f, QUANTITIES[f.id])]
        groups.append(group("Scan", measures, None, None, None))
    for name, label in _LUNGS.items():
        if name in by_id and label in segments:
            quantity = QUANTITIES[name]
            groups.append(group(label, _measurements(by_id[name], quantity), quantity.site, label, None))
    labels = {int(label.split()[1].rstrip(",")): label for label in segments if label.startswith("Candidate ")}
    for number, candidate in enumerate(candidates, 1):
        finding = by_id.get(f"{_NODULE}{number}")
        if finding is None:
            continue
        measures = [*_measurements(finding, NODULE_SIZE), _density(candidate)]
        groups.append(group(f"Candidate {number}", measures, NODULE, labels.get(number), LUNG))
    if not groups:
        return None
    device = sr.ObserverContext(
        observer_type=concept(("121007", "DCM", "Device")),
        observer_identifying_attributes=sr.DeviceObserverIdentifyingAttributes(
            uid=source.uid("device", version), name="wugan diagnose", manufacturer_name=MAKER, model_name="diagnose"
        ),
    )
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_device_context=device),
        procedure_reported=concept(("25045-6", "LN", "CT unspecified body region")),
        imaging_measurements=groups,
        title=concept(("126000", "DCM", "Imaging Measurement Report")),
    )
    report = sr.ComprehensiveSR(
        evidence=[*source.images, *segs],
        content=content,
        series_instance_uid=source.uid("report", created, "series"),
        series_number=SERIES_NUMBERS["report"],
        sop_instance_uid=source.uid("report", created, "instance"),
        instance_number=1,
        manufacturer=MAKER,
        manufacturer_model_name="wugan diagnose",
        software_versions=version,
        device_serial_number=version,
        is_complete=True,
        is_final=False,
        is_verified=False,
        series_description=f"wugan report: {RESEARCH}" + (", COMPOSITE" if result.composite else ""),
    )
    source.stamp(report, created)
    assert isinstance(report, highdicom.sr.ComprehensiveSR)
    return report


def _measurements(finding: Finding, quantity: Quantity) -> list[Any]:
    """The measure with its 95 % interval, and how certain it is to lie beyond its limit."""
    from highdicom import sr

    measure = finding.measure
    assert measure is not None
    upper = None if measure.high is None else measure.high - measure.value
    lower = None if measure.low is None else measure.value - measure.low
    normality = {"normal": NORMAL, "abnormal": ABNORMAL, "critical": ABNORMAL}.get(finding.status)
    found = [
        sr.Measurement(
            name=concept(quantity.name),
            value=_short(measure.value),
            unit=unit(measure.unit),
            derivation=concept(MEAN) if quantity.mean else None,
            finding_sites=[sr.FindingSite(concept(quantity.site))],
            method=concept((finding.id.removeprefix("ct."), PRIVATE, finding.title[:_METHOD_LENGTH])),
            properties=sr.MeasurementProperties(
                normality=concept(normality) if normality else None,
                upper_measurement_uncertainty=None if upper is None else _short(upper),
                lower_measurement_uncertainty=None if lower is None else _short(lower),
            ),
        )
    ]
    if finding.probability is not None:
        found.append(
            sr.Measurement(
                name=concept(CERTAINTY),
                value=round(100 * finding.probability, 1),
                unit=unit("%"),
                method=concept(("probability", PRIVATE, "Probability that the true value lies beyond its limit")),
            )
        )
    return found


def _density(candidate: Candidate) -> Any:
    from highdicom import sr

    return sr.Measurement(
        name=concept(ATTENUATION), value=_short(candidate.mean_hu), unit=unit("[hnsf'U]"), derivation=concept(MEAN)
    )


def _short(value: float) -> float:
    """Four digits are more than is known, and fit the 16 characters of a decimal string."""
    return float(f"{value:.4g}")
