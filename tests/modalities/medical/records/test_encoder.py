from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from wugan.errors import DataError
from wugan.modalities.medical.bundle import Network
from wugan.modalities.medical.records import Patient, Record, RecordEncoder, Text, describe, feature_names, read_record
from wugan.modalities.medical.records.encoder import CODE_SIZE
from wugan.packet import Packet
from wugan.testing import run_stage
from wugan.tokens import Tokens

Read = Callable[..., Record]
Lab = Callable[..., dict[str, Any]]
AT = {name: column for column, name in enumerate(feature_names())}


def encode(record: Record, **parameters: Any) -> Tokens:
    (packet,) = run_stage(RecordEncoder(**parameters), [record])
    assert isinstance(packet.data, Tokens)
    return packet.data


def row(record: Record, starts: str) -> dict[str, float]:
    """Features of the last token whose description starts so."""
    index = [i for i, text in enumerate(describe(record)) if text.startswith(starts)][-1]
    return dict(zip(feature_names(), encode(record).values[index].tolist(), strict=True))


def test_shape_names_and_geometry(read: Read, lab: Lab) -> None:
    tokens = encode(read(lab(time="2024-05-01"), lab(time="2024-05-11", value=12)))
    assert tokens.values.dtype == np.float32
    assert tokens.values.shape == (3, RecordEncoder.dim) == (3, len(RecordEncoder().feature_names))
    assert len(set(feature_names())) == RecordEncoder.dim
    assert tokens.positions is not None
    assert tokens.positions[:, 0].tolist() == [10, 0, 0]
    assert (np.diff(tokens.time_ns) >= 0).all()


def test_value_range_and_change(read: Read, lab: Lab) -> None:
    record = read(lab(time="2024-05-01", value=15.5), lab(time="2024-05-11", value=13.5), lab("2951-2", 140, "mmol/L"))
    newest = row(record, "Haemoglobin: 13.5")
    assert newest["deviation"] == pytest.approx(np.arcsinh(-0.98), abs=1e-6)
    assert newest["change"] == pytest.approx(np.arcsinh(-0.98), abs=1e-6)
    assert newest["days since previous"] == pytest.approx(np.log10(11) / 2, abs=1e-6)
    assert (newest["normal"], newest["low"], newest["newest of its kind"], newest["has previous"]) == (1, 0, 1, 1)
    assert newest["group haematology"] == newest["kind measurement"] == newest["range known"] == 1
    first = row(record, "Haemoglobin: 15.5")
    assert (first["has previous"], first["newest of its kind"], first["change"]) == (0, 0, 0)
    assert first["age"] == pytest.approx((64.24 - 50) / 25, abs=1e-3)


def test_flags(read: Read, lab: Lab) -> None:
    low = row(read(lab(value=6)), "Haemoglobin")
    assert (low["low"], low["critical"], low["implausible"]) == (1, 1, 0)
    wrong = row(read(lab(value=140)), "Haemoglobin")
    assert (wrong["implausible"], wrong["low"], wrong["deviation"], wrong["range known"]) == (1, 0, 0, 0)
    detected = row(read(lab("1988-5", valueQuantity={"value": 5, "unit": "mg/L", "comparator": "<"})), "C-reactive")
    assert detected["not exact"] == 1
    undated = row(read(lab(), lab("2951-2", 140, "mmol/L", effectiveDateTime=None)), "Sodium")
    assert undated["not dated"] == 1


def test_a_code_has_the_same_numbers_whatever_it_is_in(read: Read, lab: Lab) -> None:
    mass, moles = read(lab("2345-7", 99.088, "mg/dL")), read(lab("14749-6", 5.5, "mmol/L"))
    a, b = encode(mass).values, encode(moles).values
    np.testing.assert_allclose(a, b, atol=1e-6)
    other = encode(read(lab())).values
    assert not np.array_equal(a[:, :CODE_SIZE], other[:, :CODE_SIZE])


def test_codes_are_nearly_orthogonal() -> None:
    from wugan.modalities.medical.records.encoder import _signs

    signs = np.stack([_signs(f"http://loinc.org|{i}-0") for i in range(200)]) * 2
    cosines = (signs @ signs.T / CODE_SIZE)[~np.eye(200, dtype=bool)]
    assert abs(cosines.mean()) < 0.02
    assert cosines.std() == pytest.approx(1 / np.sqrt(CODE_SIZE), rel=0.1)


def test_an_empty_record_has_its_patient() -> None:
    tokens = encode(Record(Patient("p", "female")))
    assert len(tokens) == 1
    assert tokens.values[0, AT["kind patient"]] == tokens.values[0, AT["female"]] == 1
    assert tokens.values[0, AT["age known"]] == 0


def test_texts_have_a_token_without_their_words() -> None:
    record = Record(Patient(), notes_text=(Text("one two three", 5, "Letter"),))
    assert encode(record).values[-1, AT["words"]] == pytest.approx(2 / 8)


def test_what_is_kept(read: Read, lab: Lab) -> None:
    record = read(*(lab(time=f"2024-05-{day:02}", value=10 + day / 10) for day in range(1, 11)))
    assert len(encode(record, since_days=3)) == 5  # four days and the patient
    assert len(encode(record, limit=4)) == 4
    np.testing.assert_array_equal(encode(record, limit=4).values, encode(record).values[-4:])


def test_a_network_of_one_s_own(tmp_path: Path, read: Read, lab: Lab) -> None:
    (tmp_path / "models").mkdir()
    torch.jit.script(torch.nn.Linear(RecordEncoder.dim, 5)).save(str(tmp_path / "models" / "model.ts"))
    tokens = encode(read(lab(), lab(time="2024-05-11")), bundle=str(tmp_path))
    assert tokens.values.shape == (3, 5)
    assert tokens.positions is not None and tokens.positions[:, 0].tolist() == [10, 0, 0]
    with pytest.raises(DataError, match="no such bundle"):
        RecordEncoder(bundle=str(tmp_path / "none")).warm_up()
    bad = RecordEncoder(bundle="cube")
    bad._network = Network("cube", lambda batch: batch[:, :, None])
    with pytest.raises(DataError, match="cube must give a row for each token"):
        bad.encode([Packet(read(lab()), 0, stream="record")])


def test_order_of_entries_changes_nothing(bundle: Any, patient: Any, lab: Lab) -> None:
    resources = [patient(), lab(), lab("2951-2", 140, "mmol/L"), lab("2160-0", 1, "mg/dL", time="2024-04-01")]
    forward, back = (encode(read_record(bundle(*order))) for order in (resources, resources[::-1]))
    np.testing.assert_array_equal(forward.values, back.values)
    np.testing.assert_array_equal(forward.time_ns, back.time_ns)


def test_real_records_are_on_a_scale_of_about_one(data_root: Path) -> None:
    folder = data_root / "fhir"
    if not folder.is_dir():
        pytest.skip(f"needs {folder}")
    records = [read_record(path) for path in sorted(folder.glob("*.json"))[::5]]
    for tokens, record in zip(
        RecordEncoder().encode([Packet(record, 0, stream="r", seq=i) for i, record in enumerate(records)]),
        records,
        strict=True,
    ):
        assert tokens is not None
        assert len(tokens) == len(describe(record)) > 30
        assert np.abs(tokens.values).max() < 4
        assert tokens.values.std(axis=0).max() < 1.5
