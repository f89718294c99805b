from __future__ import annotations

import gc
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from ring_parts import eventually

from wugan.runtime.links import shared
from wugan.runtime.links.shared import (
    Bell,
    FileLock,
    Janitor,
    alive,
    create_file,
    open_file,
    run_prefix,
    slot_folder,
    sweep,
)


@pytest.fixture
def prefix() -> Iterator[str]:
    name = run_prefix(secrets.token_hex(3))
    yield name
    sweep(name)


def files(prefix: str) -> list[str]:
    return sorted(path.name for path in slot_folder().glob(f"{prefix}*"))


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def child(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A process that has said that it is up."""
    made = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert made.stdout is not None and made.stdout.readline() == b"up\n"
    return made


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def test_sweep_removes_what_dead_owners_left_and_nothing_else(prefix):
    folder, mine = slot_folder(), prefix.split("-")[1]
    abandoned = prefix.replace(mine, str(dead_pid()), 1)
    elsewhere = abandoned.replace(abandoned.split("-")[2], "1", 1)  # of another container, with numbers of its own
    others = [folder / f"{elsewhere}-0", folder / f"{prefix}-0", folder / "wugan-notes"]
    try:
        for path in [*others, folder / f"{abandoned}-0", folder / f"{abandoned}-0-s3"]:
            path.touch()
        os.mkfifo(folder / f"{abandoned}-0.bell")
        sweep()
        assert files(abandoned) == []
        assert all(path.exists() for path in others)
    finally:
        sweep(abandoned)
        for path in others:
            path.unlink(missing_ok=True)


def test_sweep_of_a_run_says_how_many_files_it_had(prefix):
    for index in range(3):
        (slot_folder() / f"{prefix}-{index}").touch()
    (shared.disk_folder() / f"{prefix}-9").touch()
    assert sweep(prefix) == 4
    assert sweep(prefix) == 0


def test_sweep_leaves_what_it_may_not_remove(prefix, monkeypatch):
    (slot_folder() / f"{prefix}-0").touch()

    def refuse(path, *arguments, **options):
        raise PermissionError(path)

    with monkeypatch.context() as patched:
        patched.setattr(shared.Path, "unlink", refuse)
        assert sweep(prefix) == 0


def test_alive():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert alive(process.pid) and alive(os.getpid()) and alive(1)
    process.kill()
    eventually(lambda: not alive(process.pid))  # dead, and not yet waited for
    process.communicate()
    assert not alive(process.pid)


def test_a_file_of_zeros_is_shared_by_whoever_maps_it(prefix):
    path = slot_folder() / f"{prefix}-0"
    made = create_file(path, 8192)
    opened, looked_at = open_file(path), open_file(path, 4096, writable=False)
    assert len(opened) == 8192 and len(looked_at) == 4096 and bytes(opened) == bytes(8192)
    made[5] = 7
    assert opened[5] == looked_at[5] == 7
    with pytest.raises(TypeError):
        looked_at[5] = 8
    with pytest.raises(FileExistsError):
        create_file(path, 8192)


def test_a_file_that_finds_no_room_leaves_nothing(prefix, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        create_file(slot_folder() / f"{prefix}-0", 8192)
    assert files(prefix) == []


def test_a_lock_keeps_threads_out_of_one_another_also_by_handles_of_their_own(prefix):
    path = slot_folder() / f"{prefix}-0"
    create_file(path, 4096)
    counter = [0]

    def count(lock: FileLock) -> None:
        for _ in range(300):
            with lock:
                seen = counter[0]
                os.sched_yield()
                counter[0] = seen + 1

    one, other = FileLock(path), FileLock(path)
    threads = [threading.Thread(target=count, args=(lock,)) for lock in (one, one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert counter == [900]


def test_who_takes_a_lock_first_does_what_is_asked(prefix):
    path = slot_folder() / f"{prefix}-0"
    create_file(path, 4096)
    lock, did = FileLock(path), []
    lock.taken = lambda: did.append("mended")
    with lock:
        did.append("worked")
    assert did == ["mended", "worked"]


LOCKS = """
import os, sys, time
from pathlib import Path
from wugan.runtime.links.shared import FileLock
lock = FileLock(Path(sys.argv[1]))
with lock:
    os.write(1, b"up\\n")
    time.sleep(600)
"""


def test_a_lock_is_free_once_its_holder_is_killed(prefix):
    path = slot_folder() / f"{prefix}-0"
    create_file(path, 4096)
    holder = child(LOCKS, str(path))
    got = threading.Event()

    def take() -> None:
        with FileLock(path):
            got.set()

    waiter = threading.Thread(target=take, daemon=True)
    waiter.start()
    assert not got.wait(0.1)
    os.kill(holder.pid, signal.SIGKILL)
    assert got.wait(10)
    end(holder)


def bells(prefix: str) -> tuple[Bell, Bell]:
    path = slot_folder() / f"{prefix}.bell"
    Bell.make(path)
    return Bell(path), Bell(path)


def woken(bell: Bell, timeout: float | None) -> threading.Event:
    event = threading.Event()

    def wait() -> None:
        bell.wait(timeout)
        event.set()

    threading.Thread(target=wait, daemon=True).start()
    return event


def test_a_bell_wakes_a_waiter_and_is_then_silent(prefix):
    here, there = bells(prefix)
    event = woken(there, None)
    assert not event.wait(0.05)
    here.ring()
    assert event.wait(10)
    event = woken(there, None)
    assert not event.wait(0.05)
    here.ring()
    assert event.wait(10)


def test_a_bell_that_was_rung_before_stays_rung_however_often(prefix):
    here, there = bells(prefix)
    for _ in range(70_000):  # more than a pipe holds: nobody may have to wait to ring
        here.ring()
    assert woken(there, None).wait(10)
    while there._poll.poll(0):
        there.wait(0)
    assert not woken(there, None).wait(0.05)
    here.ring()


def test_a_bell_gives_up_when_the_time_is_up(prefix):
    _, there = bells(prefix)
    there.wait(0)
    there.wait(-1)
    there.wait(0.01)


OWNER = """
import os, time
from wugan.runtime.links.shared import Janitor, run_prefix, slot_folder
prefix = run_prefix("owned")
(slot_folder() / f"{prefix}-0-s1").touch()
janitor = Janitor(prefix)
os.write(1, b"up\\n")
input()
"""


def test_a_janitor_removes_the_files_of_an_owner_that_is_killed():
    owner = child(OWNER)
    prefix = run_prefix("owned").replace(str(os.getpid()), str(owner.pid), 1)
    assert files(prefix) == [f"{prefix}-0-s1"]
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate()
    eventually(lambda: files(prefix) == [])


def test_a_janitor_that_is_dismissed_leaves_the_files_alone(prefix):
    path = slot_folder() / f"{prefix}-0"
    path.touch()
    janitor = Janitor(prefix)
    janitor.dismiss()
    assert not alive(janitor._process.pid) and path.exists()


@pytest.mark.parametrize("kind", [FileLock, Bell])
def test_what_nobody_has_any_more_holds_no_file(prefix, kind):
    path = slot_folder() / f"{prefix}x"
    if kind is Bell:
        Bell.make(path)
    else:
        path.touch()
    one = kind(path)
    handle = one._handle
    assert os.readlink(f"/proc/self/fd/{handle}") == str(path)
    del one
    gc.collect()
    assert not os.path.exists(f"/proc/self/fd/{handle}") or os.readlink(f"/proc/self/fd/{handle}") != str(path)


def test_closing_twice_closes_no_file_of_others(prefix):
    path = slot_folder() / f"{prefix}x"
    path.touch()
    lock = FileLock(path)
    lock.close()
    other = os.open(path, os.O_RDONLY)
    lock.close()
    os.close(other)  # is still open
