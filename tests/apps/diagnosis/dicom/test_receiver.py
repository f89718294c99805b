"""The receiver against DCMTK's programs in `/usr/bin` (Debian's dcmtk); pynetdicom has others of those names."""

from __future__ import annotations

import io
import itertools
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("pynetdicom", reason="needs wugan[medical]")

from wugan.apps.diagnosis.dicom.inbox import Inbox
from wugan.apps.diagnosis.dicom.service import Receiver, check_title
from wugan.errors import DataError, DeviceError

STORESCU, ECHOSCU = Path("/usr/bin/storescu"), Path("/usr/bin/echoscu")
dcmtk = pytest.mark.skipif(not STORESCU.exists(), reason="needs DCMTK: apt-get install dcmtk")
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"


@pytest.fixture
def receiver(tmp_path: Path):
    with Receiver(Inbox(tmp_path / "inbox", most_bytes=1 << 20), port=0) as running:
        yield running


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory, ball) -> Path:
    import numpy as np

    folder = tmp_path_factory.mktemp("series")
    for study in ("1.2.3", "1.2.4"):
        ball(folder / study, (0, 0, 10), np.diag([2.0, 2, 2, 1]), (12, 12, 8), study=study)
    ball(folder / "mr", (0, 0, 10), np.diag([2.0, 2, 2, 1]), (12, 12, 1), Modality="MR")
    ball(folder / "mr-class", (0, 0, 10), np.diag([2.0, 2, 2, 1]), (12, 12, 1), Modality="MR", SOPClassUID=MR)
    return folder


def send(receiver: Receiver, *paths: Path, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [str(STORESCU), "-v", "-aec", receiver.title, *options, "127.0.0.1", str(receiver.port), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


@dcmtk
def test_echo(receiver):
    command = [str(ECHOSCU), "-aec", receiver.title, "127.0.0.1", str(receiver.port)]
    assert subprocess.run(command, capture_output=True, timeout=30).returncode == 0


@dcmtk
def test_studies_sent_at_the_same_time_arrive_whole_and_apart(receiver, series):
    results = []
    senders = [
        threading.Thread(target=lambda s=study: results.append(send(receiver, *sorted((series / s).iterdir()))))
        for study in ("1.2.3", "1.2.4")
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [result.returncode for result in results] == [0, 0], results
    from wugan.modalities.medical.ct.reader import read_ct

    for _ in range(2):
        study = receiver.inbox.take(0)
        assert study is not None and study.images == 8 and study.senders == ("STORESCU",)
        arrived, sent = read_ct(study.folder / "ct"), read_ct(series / study.uid)
        assert (arrived.values == sent.values).all() and (arrived.affine == sent.affine).all()


@dcmtk
def test_objects_that_are_no_ct_are_turned_down_and_the_ct_among_them_is_taken(receiver, series):
    ct = sorted((series / "1.2.3").iterdir())[0]
    other = next((series / "mr-class").iterdir())
    answer = send(receiver, other, ct, options=("-nh",))  # -nh: go on after an error
    assert "no presentation context" in (answer.stdout + answer.stderr).lower()
    assert receiver.inbox.take(0).images == 1
    wrong = next((series / "mr").iterdir())  # of the CT class, but says that it is MR
    answer = send(receiver, wrong)
    assert "DataSetDoesNotMatchSOPClass" in answer.stderr and receiver.inbox.take(0) is None


@dcmtk
def test_a_full_inbox_says_so(tmp_path, series):
    with Receiver(Inbox(tmp_path / "small", most_bytes=3000), port=0) as receiver:
        answer = send(receiver, *sorted((series / "1.2.3").iterdir()))
        assert "OutOfResources" in answer.stderr
        assert 0 < receiver.inbox.bytes <= 3000


@dcmtk
def test_who_may_call_and_by_which_name(tmp_path, series):
    image = sorted((series / "1.2.3").iterdir())[0]
    with Receiver(Inbox(tmp_path / "inbox"), port=0, allow=["SCANNER"]) as receiver:
        assert send(receiver, image).returncode != 0
        assert send(receiver, image, options=("-aet", "SCANNER")).returncode == 0
        assert send(receiver, image, options=("-aet", "SCANNER", "-aec", "OTHER")).returncode != 0


def test_a_connection_that_breaks_off_leaves_nothing(receiver, series, tmp_path, monkeypatch):
    """Part of an image, then the end; and the next one is taken."""
    from pynetdicom import AE
    from pynetdicom.dimse_messages import C_STORE_RQ
    from pynetdicom.dimse_primitives import C_STORE

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    peer = AE(ae_title="BROKEN")
    peer.add_requested_context(CT, "1.2.840.10008.1.2.1")
    association = peer.associate("127.0.0.1", receiver.port, ae_title=receiver.title)
    request, message = C_STORE(), C_STORE_RQ()
    request.MessageID, request.Priority = 1, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = CT, "1.2.3"
    request.DataSet = io.BytesIO(bytes(100_000))
    message.primitive_to_message(request)
    for part in itertools.islice(message.encode_msg(association.accepted_contexts[0].context_id, 16382), 4):
        association.dul.send_pdu(part)
    assert wait_for(lambda: list(tmp_path.glob("*.dcm"))), "the part is on disk"
    association.abort()
    assert wait_for(lambda: not list(tmp_path.glob("*.dcm"))), "and goes"
    assert receiver.inbox.take(0) is None
    again = peer.associate("127.0.0.1", receiver.port, ae_title=receiver.title)
    assert again.send_c_store(next((series / "1.2.3").iterdir())).Status == 0
    again.release()
    assert receiver.inbox.take(0).images == 1


def wait_for(condition, timeout=10.0):
    end = time.monotonic() + timeout
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_a_port_that_is_taken(receiver, tmp_path):
    with pytest.raises(DeviceError, match="--port"):
        Receiver(Inbox(tmp_path / "other"), port=receiver.port).start()


@pytest.mark.parametrize("title", ["", "   ", "seventeen letters", "back\\slash", "ünï"])
def test_titles_that_are_none(title):
    with pytest.raises(DataError, match="AE title"):
        check_title(title)
