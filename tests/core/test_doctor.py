from __future__ import annotations

import collections
import sys

import pytest

from wugan import doctor


def by_check() -> dict[str, doctor.Finding]:
    return {finding.check: finding for finding in doctor.examine()}


def test_every_finding_that_is_not_well_has_a_remedy():
    findings = doctor.examine()
    assert {"Python", "torch", "ray", "shared memory"} <= {finding.check for finding in findings}
    for finding in findings:
        assert finding.found
        assert bool(finding.remedy) == (finding.state != "ok")


def test_extras_are_read_from_the_packages_own_metadata():
    extras = doctor._extras()
    assert "dev" not in extras and "all" not in extras
    assert "pyserial" in extras["haptics"] and "torchaudio" in extras["speech"]


def test_missing_packages_and_pairs_that_do_not_fit(monkeypatch):
    versions = {"torch": "2.11.0+cpu", "torchaudio": "2.9.1", "pydantic": "2.12", "numpy": "2.0"}
    monkeypatch.setattr(doctor, "_version", versions.get)
    found = by_check()
    assert (found["ray"].state, found["ray"].remedy) == ("broken", "pip install wugan")
    assert found["torchaudio beside torch"].state == "broken"
    assert found["torchaudio beside torch"].remedy == "pip install 'torchaudio==2.11.*'"
    monkeypatch.setattr(doctor, "_version", {**versions, "torch": "2.15.0+cu132", "torchaudio": "2.11.1"}.get)
    assert by_check()["torchaudio beside torch"].state == "ok"
    assert found["extra 'haptics'"].state == "missing" and "mujoco" in found["extra 'haptics'"].found


@pytest.mark.parametrize(("free", "state"), [(64 * 2**20, "broken"), (2**30, "ok")])
def test_little_shared_memory_is_told_before_it_is_full(monkeypatch, free, state):
    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage(2**31, 0, free))
    assert by_check()["shared memory"].state == state


def test_missing_programs_and_ports_without_permission(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor.ctypes.util, "find_library", lambda name: None)
    monkeypatch.setattr("glob.glob", lambda pattern: ["/dev/ttyUSB7"] if "USB" in pattern else [])
    found = by_check()
    assert found["espeak-ng (speech in other languages)"].remedy == "apt-get install espeak-ng"
    assert found["PortAudio (microphone, speaker)"].state == "missing"
    assert "dialout" in found["serial port /dev/ttyUSB7"].remedy


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asked for on Linux only")
@pytest.mark.parametrize(("user", "limit", "state"), [(1000, 0, "missing"), (1000, 60, "ok"), (0, 0, "ok")])
def test_real_time_priority_that_the_servo_would_be_refused(monkeypatch, user, limit, state):
    monkeypatch.setattr(doctor.os, "geteuid", lambda: user)
    monkeypatch.setattr("resource.getrlimit", lambda which: (limit, limit))
    found = by_check()["real-time priority (haptic devices)"]
    assert found.state == state and ("limits.d" in found.remedy) == (state == "missing")
