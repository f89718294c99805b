from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wugan
from wugan.errors import DataError
from wugan.modalities.medical.records import Record, RecordEncoder, RecordSource
from wugan.testing import run_stage


@pytest.fixture
def path(written: Callable[..., Path], bundle: Any, patient: Any, lab: Any) -> Path:
    """A bundle of two patients."""
    return written(
        bundle(
            patient(), patient("q"), lab(), lab(id="b", subject={"reference": "Patient/q"}), {"resourceType": "Claim"}
        )
    )


def test_one_patient_or_every(path: Path) -> None:
    with pytest.raises(DataError, match="2 patients"):
        run_stage(RecordSource(path))
    (packet,) = run_stage(RecordSource(path, patient="q"))
    assert isinstance(packet.data, Record)
    assert packet.data.patient.id == "q" and packet.time_ns == 0
    assert any("Claim" in note for note in packet.attrs["notes"])
    assert [packet.data.patient.id for packet in run_stage(RecordSource(path, every=True))] == ["p", "q"]
    with pytest.raises(DataError, match="not both"):
        RecordSource(path, "q", every=True).open()


def test_spec_says_how_many(path: Path) -> None:
    source = RecordSource(path, every=True)
    assert "patients" not in source.spec
    with source:
        assert source.spec["patients"] == 2


def test_in_a_pipeline(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pipeline = wugan.Pipeline("records")
    source = pipeline.source(RecordSource(str(path), every=True), name="record")
    tokens = pipeline.stage(RecordEncoder(), source)
    found: list[int] = []
    pipeline.sink(lambda packet: found.append(len(packet.data)), tokens)
    with pipeline.run() as running:
        running.wait()
    assert found == [2, 2]  # the patient and the value
