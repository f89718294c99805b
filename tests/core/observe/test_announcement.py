from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from core_parts import Endless, Slow

import wugan
from wugan.errors import RuntimeFailure
from wugan.observe import announcement
from wugan.observe.announcement import Announcement, Run, choose, open_folder, run_folders, runs

HERE = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / "wugan"


def pipeline(name: str = "front-desk") -> wugan.Pipeline:
    p = wugan.Pipeline(name)
    p.sink(lambda packet: None, p.stage(Slow(0.001), p.source(Endless())), name="end")
    return p


def test_a_run_is_found_and_tells_of_itself_until_it_ends(folder):
    assert runs() == []
    with pipeline().run("local") as running:
        (run,) = runs()
        assert (run.pipeline, run.pid) == ("front-desk", os.getpid()) and run.age_s >= 0
        told = run.ask()
        assert told["runtime"] == "local" and told["errors"] == []
        assert told["graph"]["slow"] == {"kind": "stage", "in": ["endless"]}
        assert set(told["stats"]) == set(running.stats())
        assert told["stats"]["slow"]["links"]["endless"]["out"] >= 0
    assert runs() == [] and list(folder.iterdir()) == []
    assert run.ask() is None


def test_every_runtime_answers(runtime):
    with pipeline().run(runtime) as running:
        (run,) = runs()
        told = run.ask(timeout=30)
        assert told["runtime"] == runtime
        assert {name: set(node) for name, node in told["stats"].items()} == {
            name: set(node) for name, node in running.stats().items()
        }


@pytest.mark.parametrize("end", ["cancel", "wait"])
def test_a_run_that_ends_without_a_with_block_is_withdrawn(folder, end):
    running = pipeline().run("local")
    assert len(runs()) == 1
    if end == "wait":
        running.stop()
        running.wait()
    else:
        running.cancel()
    assert list(folder.iterdir()) == []


def test_only_the_user_may_look(folder):
    with pipeline().run("local"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (path,) = folder.glob("*.sock")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        folder.chmod(0o755)  # as a careless hand leaves it
        with pipeline("other").run("local"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_somebody_else_is_refused_and_the_run_goes_on_unseen(folder, monkeypatch, caplog):
    folder.symlink_to(folder.parent / "elsewhere")
    (folder.parent / "elsewhere").mkdir()
    with pytest.raises(RuntimeFailure, match="is no folder of this user's"):
        open_folder(folder)
    with caplog.at_level("INFO"), pipeline().run("local") as running:
        assert running.stats() and runs() == []
    assert "will not show in `wugan top`" in caplog.text


def test_a_service_without_a_runtime_folder_is_found_too(folder, tmp_path, monkeypatch):
    with monkeypatch.context() as service:
        service.delenv("XDG_RUNTIME_DIR")
        assert run_folders()[0] == tmp_path / f"wugan-{os.getuid()}"
        running = pipeline("service").run("local")
    with running, pipeline().run("local"):
        assert [run.pipeline for run in runs()] == ["front-desk", "service"]


def test_an_asker_that_hangs_up_or_does_not_read_harms_nobody(folder, monkeypatch, eventually):
    monkeypatch.setattr(announcement, "SEND_S", 0.05)
    with pipeline().run("local"):
        (path,) = folder.glob("*.sock")
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as asker:
                asker.connect(str(path))
        with socket.socket(socket.AF_UNIX) as stuck:
            stuck.connect(str(path))
            (run,) = runs()
            assert run.ask() is not None


def test_what_a_killed_process_left_is_swept(folder, eventually):
    code = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "import wugan; from core_parts import Endless\n"
        "p = wugan.Pipeline('doomed'); p.sink(print, p.source(Endless()))\n"
        "p.run('local').wait()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
    eventually(lambda: [run.pipeline for run in runs()] == ["doomed"])
    (run,) = runs()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(list(folder.iterdir())) == 2
    assert run.ask() is None and runs() == []
    assert list(folder.iterdir()) == []


def test_a_number_that_another_process_has_by_now_is_no_run(folder):
    folder.mkdir(mode=0o700)
    about = {"pid": os.getpid(), "pipeline": "gone", "started": 0, "socket": str(folder / f"{os.getpid()}-99.sock")}
    (folder / f"{os.getpid()}-99.json").write_text(json.dumps(about))
    (folder / f"{os.getpid()}-98.json").write_text("{")  # no announcement
    assert runs() == []
    assert [path.name for path in folder.iterdir()] == [f"{os.getpid()}-98.json"]


def test_a_run_that_does_not_answer_says_so(folder):
    folder.mkdir(mode=0o700)
    path = folder / "silent.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        with pytest.raises(RuntimeFailure, match=r"'stuck' \(process 7\) does not answer within 0.05 s"):
            Run(7, "stuck", 0.0, path).ask(0.05)


@pytest.mark.parametrize(("sent", "other"), [(b"", False), (b'{"version": 1, "pid', False), (b'{"version": 9}', True)])
def test_answers_that_break_off_or_are_of_another_version(folder, sent, other):
    folder.mkdir(mode=0o700)
    path = folder / "odd.sock"

    def answer() -> None:
        asker, _ = listener.accept()
        with asker:
            asker.sendall(sent)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=answer)
        thread.start()
        if other:
            with pytest.raises(RuntimeFailure, match="runs another version of wugan"):
                Run(7, "odd", 0.0, path).ask()
        else:
            assert Run(7, "odd", 0.0, path).ask() is None
        thread.join()


def test_choose_by_name_by_number_or_the_newest():
    found = [Run(3, "a", 30.0, Path("x")), Run(2, "b", 20.0, Path("y")), Run(1, "a", 10.0, Path("z"))]
    assert choose(found, None).pid == 3 and choose(found, "a").pid == 3
    assert choose(found, "b").pid == 2 and choose(found, "1").pid == 1
    with pytest.raises(RuntimeFailure, match=r"no pipeline 'c' runs .* a \(process 3\), b \(process 2\)"):
        choose(found, "c")
    with pytest.raises(RuntimeFailure, match="start one"):
        choose([], None)


def test_a_fork_that_ends_does_not_withdraw_the_parent_s_run(folder):
    with pipeline().run("local") as running:
        made: Announcement = running._announcement
        made.pid += 1  # as a forked child sees it
        made.close()
        assert len(runs()) == 1
        made.pid -= 1


@pytest.fixture(autouse=True)
def no_threads_are_left(eventually) -> Iterator[None]:
    yield
    eventually(lambda: not [thread for thread in threading.enumerate() if "announce" in thread.name])
