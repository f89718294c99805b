from __future__ import annotations

import multiprocessing
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.cli.main import main
from wugan.errors import DataError
from wugan.privacy.audit import AuditTrail, Head, head_file, read, verify

SHA = "ab" * 32


def written(folder: Path, count: int = 4, key: bytes | None = None) -> Path:
    trail = AuditTrail(folder / "trail.jsonl", key, who="tests")
    for number in range(count):
        trail.record("diagnose", models={"triage": SHA}, inputs={f"case-{number}": SHA}, number=number, note="Größe µ")
    return trail.path


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("trail"))


def test_what_was_recorded_is_read_back_and_holds(trail: Path) -> None:
    entries = list(read(trail))
    assert [entry.seq for entry in entries] == [0, 1, 2, 3]
    assert entries[2].inputs[0].name == "case-2" and entries[2].models[0].sha256 == SHA
    assert entries[2].detail == {"number": 2, "note": "Größe µ"} and entries[2].who == "tests"
    assert verify(trail) == Head(entries=4, hash=entries[-1].hash) == AuditTrail(trail).head()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_changed_byte_shows(trail: Path, data: st.DataObject) -> None:
    lines = trail.read_bytes()
    place = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != lines[place]))
    changed = trail.with_name("changed.jsonl")
    changed.write_bytes(lines[:place] + bytes([other]) + lines[place + 1 :])
    head_file(changed).write_bytes(head_file(trail).read_bytes())
    with pytest.raises(DataError, match="line"):
        verify(changed)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ([0, 2, 3], "line 2: has the number 2, not 1"),
        ([0, 2, 1, 3], "line 2: has the number 2"),
        ([0, 1, 1, 2, 3], "line 3: has the number 1"),
        ([0, 1, 2], "ends after 3 entries, not 4"),
        ([], "ends after 0 entries, not 4"),
    ],
)
def test_removed_moved_and_repeated_lines_show(tmp_path: Path, order: list[int], told: str) -> None:
    path = written(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[number] for number in order))
    with pytest.raises(DataError, match=told):
        verify(path)


def test_a_chain_made_anew_shows_against_a_noted_head_or_a_key(tmp_path: Path) -> None:
    path = written(tmp_path, key=b"secret")
    noted = verify(path, key=b"secret")
    with pytest.raises(DataError, match="has a key"):
        verify(path)
    path.unlink()
    forged = written(tmp_path)  # the forger has no key
    with pytest.raises(DataError, match="line 1: its content"):
        verify(forged, key=b"secret")
    with pytest.raises(DataError, match="entry 4 is not the one that was noted"):
        verify(forged, head=noted)


def test_a_torn_line_is_reported_then_moved_away(tmp_path: Path) -> None:
    path = written(tmp_path)
    with path.open("ab") as file:
        file.write(b'{"seq":4,"ti')
    with pytest.raises(DataError, match="line 5: is half a line"):
        verify(path)
    AuditTrail(path, who="tests").record("go-on")
    assert [entry.action for entry in read(path)][-2:] == ["repair", "go-on"]
    assert verify(path).entries == 6
    assert path.with_name("trail.jsonl.torn").read_bytes() == b'{"seq":4,"ti\n'


def _many(path: Path, name: str) -> None:
    for number in range(10):
        AuditTrail(path, who=name).record("step", number=number, text="x" * 9000)


def test_several_processes_write_one_trail(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_many, args=(tmp_path / "t", name)) for name in "abc"]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
        assert one.exitcode == 0
    assert verify(tmp_path / "t").entries == 30
    for name in "abc":
        assert [entry.detail["number"] for entry in read(tmp_path / "t") if entry.who == name] == list(range(10))


@pytest.mark.parametrize(
    "what", [{"value": float("nan")}, {"value": object()}, {"inputs": {"a": "no hash"}}, {"models": {"m": "AB" * 32}}]
)
def test_what_cannot_be_recorded_leaves_the_trail_as_it_is(tmp_path: Path, what: dict[str, object]) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    with pytest.raises(DataError):
        AuditTrail(path).record("step", **what)  # type: ignore[arg-type]
    assert path.read_bytes() == before


def test_the_command_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    def wugan(*words: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["wugan", "audit", *words])
        monkeypatch.setattr(signal, "signal", lambda *_: None)  # the process is pytest's
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code or 0, *capsys.readouterr()

    path = written(tmp_path)
    code, told, _ = wugan("verify", str(path))
    assert code == 0 and "4 entries, unchanged" in told
    assert wugan("verify", str(path), "--head", told.split()[-1])[0] == 0
    _, told, _ = wugan("show", str(path), "--last", "1")
    assert "case-3" in told and "case-2" not in told
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":7'))
    code, _, error = wugan("verify", str(path))
    assert code == 1 and "line 2" in error and "Traceback" not in error
    assert wugan("verify", str(tmp_path / "none"))[0] == 1
