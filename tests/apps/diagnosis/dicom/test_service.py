"""The service as a whole, up to the look at a study, which `test_listen` has."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import typer
from typer.testing import CliRunner

pytest.importorskip("pynetdicom", reason="needs wugan[medical]")

from wugan.apps.diagnosis.app import register
from wugan.apps.diagnosis.dicom.service import serve
from wugan.errors import DataError


def test_it_answers_and_stops(tmp_path, capsys):
    from pynetdicom import AE

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    stop = threading.Event()
    thread = threading.Thread(target=serve, args=(tmp_path, "WUGAN", "127.0.0.1", port), kwargs={"stop": stop})
    thread.start()
    entity, association = AE(), None
    entity.add_requested_context("1.2.840.10008.1.1")
    end = time.monotonic() + 30
    while (association is None or not association.is_established) and time.monotonic() < end:
        association = entity.associate("127.0.0.1", port, ae_title="WUGAN")
    assert association is not None and association.send_c_echo().Status == 0
    association.release()
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    said = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in said and "nobody (--send-to)" in said and "Not a medical device" in said
    assert (tmp_path.stat().st_mode & 0o777) == 0o700, "patients' data are for nobody else"


def test_peers_are_checked_before_anything_is_taken(tmp_path):
    with pytest.raises(DataError, match="AE@HOST:PORT"):
        serve(tmp_path, "WUGAN", "127.0.0.1", 0, send_to=["PACS"])


@pytest.mark.parametrize("arguments", [["diagnose"], ["diagnose", "case", "--listen"]])
def test_a_case_or_the_network(arguments):
    cli = typer.Typer()
    cli.callback()(lambda: None)
    register(cli)
    done = CliRunner().invoke(cli, arguments, env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    assert done.exit_code == 2 and "--listen" in done.output
