"""Sending to DCMTK's `/usr/bin/storescp`, and to peers that do not want what they get."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pynetdicom", reason="needs wugan[medical]")

from wugan.apps.diagnosis.dicom.service import Peer, Refused, send
from wugan.errors import DataError, DeviceError

STORESCP = Path("/usr/bin/storescp")
CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, ball) -> list[Path]:
    folder = ball(tmp_path_factory.mktemp("out") / "ct", (0, 0, 10), np.diag([2.0, 2, 2, 1]), (12, 12, 4))
    return sorted(folder.iterdir())


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def peer():
    """A peer of pynetdicom that answers as the test says, and what it got."""
    from pynetdicom import AE, evt

    servers = []

    def start(answers=(), kinds=(CT,), port=0):
        got, answers = [], list(answers)

        def store(event):
            status = answers.pop(0) if answers else 0
            if status == 0:
                got.append(str(event.request.AffectedSOPInstanceUID))
            return status

        entity = AE(ae_title="PEER")
        for kind in kinds:
            entity.add_supported_context(kind)
        servers.append(entity.start_server(("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, store)]))
        return Peer("PEER", "127.0.0.1", servers[-1].server_address[1]), got

    yield start
    for server in servers:
        server.shutdown()


@pytest.mark.skipif(not STORESCP.exists(), reason="needs DCMTK: apt-get install dcmtk")
def test_a_peer_that_knows_implicit_vr_only_gets_the_same_images(files, tmp_path):
    from pydicom import dcmread

    port = free_port()
    server = subprocess.Popen([str(STORESCP), "+xi", "-od", str(tmp_path), "-aet", "PACS", str(port)])
    try:
        assert send(files, Peer("PACS", "127.0.0.1", port), attempts=8, wait_s=0.1) >= 1
    finally:
        server.terminate()
        server.wait(10)
    got = {one.SOPInstanceUID: one for one in map(dcmread, tmp_path.iterdir())}
    assert len(got) == len(files)
    for sent in map(dcmread, files):
        one = got[sent.SOPInstanceUID]
        assert one.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2"
        assert (one.pixel_array == sent.pixel_array).all() and one.PatientName == sent.PatientName


def test_what_was_stored_is_not_sent_again(files, peer):
    to, got = peer(answers=[0, 0xA700])  # fails once, on the second file
    assert send(files, to, attempts=3, wait_s=0.01) == 2
    assert sorted(got) == sorted(set(got)) and len(got) == len(files)


def test_a_peer_that_is_down_is_tried_until_it_is_up(files, peer):
    port = free_port()
    later = threading.Timer(0.3, lambda: started.append(peer(port=port)))
    started: list = []
    later.start()
    assert send(files, Peer("PEER", "127.0.0.1", port), attempts=10, wait_s=0.1) > 1
    assert len(started[0][1]) == len(files)


def test_a_peer_that_stays_down(files):
    with pytest.raises(DeviceError, match="cannot be reached"):
        send(files, Peer("PEER", "127.0.0.1", free_port()), attempts=2, wait_s=0.01)


def test_a_peer_that_does_not_want_it_is_not_asked_again(files, peer):
    to, got = peer(answers=[0xA900] + [0] * 9)
    with pytest.raises(Refused, match="A900"):
        send(files, to, attempts=3, wait_s=0.01)
    assert got == []
    to, _ = peer(kinds=("1.2.840.10008.1.1",))
    with pytest.raises(Refused, match="takes neither"):
        send(files, to, attempts=3, wait_s=0.01)


def test_stop_ends_the_waiting(files):
    stop = threading.Event()
    stop.set()
    before = time.monotonic()
    with pytest.raises(DeviceError):
        send(files, Peer("PEER", "127.0.0.1", free_port()), attempts=9, wait_s=60, stop=stop)
    assert time.monotonic() - before < 50


@pytest.mark.parametrize("text", ["", "PACS", "PACS@host", "@host:104", "PACS@host:0", "PACS@host:99999", "A B\\@h:1"])
def test_peers_that_are_none(text):
    with pytest.raises(DataError):
        Peer.parse(text)


def test_peers():
    assert Peer.parse("PACS@10.0.0.1:104") == Peer("PACS", "10.0.0.1", 104)
    assert Peer.parse("PACS@[::1]:104").host == "::1"
    assert str(Peer("A", "b", 1)) == "A@b:1"
