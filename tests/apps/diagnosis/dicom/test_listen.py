"""A study comes in, is looked at, and SR and SEG go back: with pynetdicom's peers, and with Orthanc where it is."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pynetdicom", reason="needs wugan[medical]")

from pydicom import dcmread

from wugan.apps.diagnosis.dicom.inbox import Inbox
from wugan.apps.diagnosis.dicom.service import Listener, Peer, Receiver, diagnose_study, send
from wugan.errors import DataError
from wugan.privacy.audit import AuditTrail, read, verify

CT = "1.2.840.10008.5.1.4.1.1.2"
ORTHANC = shutil.which("Orthanc", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@pytest.fixture
def images(tmp_path, ball) -> list[Path]:
    return sorted(ball(tmp_path / "sent", (0, 0, 10), np.diag([2.0, 2, 2, 1]), (12, 12, 4)).iterdir())


@pytest.fixture
def inbox(tmp_path, images) -> Inbox:
    """With one study."""
    inbox = Inbox(tmp_path / "inbox")
    for number, image in enumerate(images):
        inbox.store("1.2.3", f"1.2.3.{number}", Path(shutil.copy(image, tmp_path / "copy")), "SCANNER")
    return inbox


@pytest.fixture
def peer():
    from pynetdicom import AE, evt

    got: list[str] = []
    entity = AE(ae_title="PACS")
    entity.add_supported_context(CT)

    def store(event):
        got.append(str(event.request.AffectedSOPInstanceUID))
        return 0

    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])
    yield Peer("PACS", "127.0.0.1", server.server_address[1]), got
    server.shutdown()


def nobody() -> Peer:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return Peer("NOBODY", "127.0.0.1", one.getsockname()[1])


def answer(images):
    """A look at a study that gives one file."""

    def process(study):
        shutil.copy(images[0], study.results / "report.dcm")
        return [study.results / "report.dcm"]

    return process


def test_results_go_back_and_the_trail_says_so(inbox, images, peer, tmp_path):
    to, got = peer
    trail = AuditTrail(tmp_path / "audit.jsonl")
    told = []
    listener = Listener(inbox, answer(images), [to], quiet_s=0, audit=trail, tell=told.append)
    assert listener.step() and not listener.step()
    assert got == [dcmread(images[0]).SOPInstanceUID]
    entries = list(read(trail.path))
    assert [entry.action for entry in entries] == ["receive-study", "send-results"]
    assert entries[0].detail["images"] == 4 and entries[0].detail["senders"] == ["SCANNER"]
    assert entries[1].outputs[0].name == "report.dcm" and entries[1].detail["identified"] is True
    assert "1.2.3" not in trail.path.read_text(), "no UID in the trail"
    assert verify(trail.path).entries == 2
    assert any("sent to" in line for line in told)


def test_what_cannot_be_delivered_is_kept_and_tried_again(inbox, images, peer, tmp_path):
    to, got = peer
    trail = AuditTrail(tmp_path / "audit.jsonl")
    down = Listener(inbox, answer(images), [nobody()], quiet_s=0, attempts=1, again_s=1e9, audit=trail)
    assert down.step()
    assert [entry.action for entry in read(trail.path)] == ["receive-study", "send-failed"]
    assert not got and list((tmp_path / "inbox/results/1.2.3").iterdir())
    up = Listener(Inbox(tmp_path / "inbox"), answer(images), [to], quiet_s=0, again_s=0, audit=trail)  # a new run
    assert not up.step(), "it is not looked at again"
    assert len(got) == 1 and [entry.action for entry in read(trail.path)][-1] == "send-results"
    assert not up.step() and len(got) == 1


def test_a_study_that_cannot_be_looked_at_does_not_end_the_service(inbox, images, tmp_path):
    trail = AuditTrail(tmp_path / "audit.jsonl")

    def process(study):
        if study.uid == "1.2.3":
            raise DataError("two patients: Doe and Roe")
        return []

    inbox.store("1.2.4", "1.2.4.1", Path(shutil.copy(images[0], tmp_path / "copy")))
    listener = Listener(inbox, process, quiet_s=0, audit=trail)
    assert listener.step() and listener.step() and not listener.step()
    actions = [entry.action for entry in read(trail.path)]
    assert actions == ["receive-study", "study-failed", "receive-study"]
    assert "Doe" not in trail.path.read_text()


def test_it_runs_until_it_is_told_to_stop(inbox, images):
    done = threading.Event()

    def process(study):
        done.set()
        return []

    stop = threading.Event()
    thread = threading.Thread(target=Listener(inbox, process, quiet_s=0.01).run, args=(stop,))
    thread.start()
    assert done.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def orthanc(tmp_path):
    """Orthanc on loopback, which knows WUGAN at a port that the test opens; and how to ask it."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        http, dicom = one.getsockname()[1], two.getsockname()[1]
    receiver = Receiver(Inbox(tmp_path / "inbox"), port=0)
    receiver.start()
    settings = {
        "Name": "test", "StorageDirectory": str(tmp_path / "db"), "IndexDirectory": str(tmp_path / "db"),
        "HttpPort": http, "DicomPort": dicom, "DicomAet": "ORTHANC", "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False, "DicomModalities": {"wugan": ["WUGAN", "127.0.0.1", receiver.port]},
        "Plugins": [],
    }  # fmt: skip
    (tmp_path / "orthanc.json").write_text(json.dumps(settings))
    process = subprocess.Popen([str(ORTHANC), str(tmp_path / "orthanc.json")], stderr=subprocess.DEVNULL)

    def ask(path, data=None):
        body = None if data is None else json.dumps(data).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{http}{path}", body, timeout=60) as reply:
            return json.load(reply)

    try:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                ask("/system")
                break
            except OSError:
                time.sleep(0.05)
        yield receiver, Peer("ORTHANC", "127.0.0.1", dicom), ask
    finally:
        receiver.stop()
        process.terminate()
        process.wait(20)


@pytest.mark.slow
@pytest.mark.skipif(ORTHANC is None, reason="needs Orthanc: apt-get install orthanc")
def test_a_study_of_orthanc_comes_back_with_sr_and_seg(orthanc, patient, tmp_path):
    receiver, pacs, ask = orthanc
    send(sorted((patient / "ct").iterdir()), pacs)
    (study,) = ask("/studies")
    assert ask("/modalities/wugan/store", study)["FailedInstancesCount"] == 0
    trail = tmp_path / "audit.jsonl"
    process = lambda arrived: diagnose_study(arrived, audit=trail)  # noqa: E731
    listener = Listener(receiver.inbox, process, [pacs], quiet_s=0, audit=AuditTrail(trail))
    assert listener.step()
    assert [entry.action for entry in read(trail)] == ["receive-study", "diagnose", "send-results"]
    series = [ask(f"/series/{uid}") for uid in ask(f"/studies/{study}")["Series"]]
    assert sorted(one["MainDicomTags"]["Modality"] for one in series) == ["CT", "SEG", "SEG", "SR"]
    assert len(ask("/patients")) == 1, "same patient, same study"
