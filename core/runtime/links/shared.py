"""Files that the processes of one machine share: where they live, their names, and who removes them.

They live in memory (`/dev/shm`; elsewhere in the temporary folder) under the run's name, which holds its owner's pid,
so that what a killed owner left can be told and swept: by a janitor within seconds, else by the next run.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import re
import select
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from types import TracebackType


def slot_folder() -> Path:
    """Where shared files live: memory-backed where the system has such a folder."""
    shm = Path("/dev/shm")
    return shm if shm.is_dir() and os.access(shm, os.W_OK) else disk_folder()


def disk_folder() -> Path:
    """Where they live when memory is short."""
    return Path(tempfile.gettempdir())


def run_prefix(run: str) -> str:
    """The name that all files of a run begin with; holds the owner's pid so that a later run can sweep."""
    return f"wugan-{os.getpid()}-{_pids()}-{run}"


def _pids() -> int:
    """Which numbering of processes ours is: containers may share the folder, but not their numbers."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def sweep(prefix: str | None = None) -> int:
    """Remove the files of a run, or of every run whose owner is gone; returns how many."""
    removed = 0
    for folder in {slot_folder(), disk_folder()}:
        for path in folder.glob("wugan-*"):
            owner = re.match(rf"wugan-(\d+)-{_pids()}-", path.name)
            abandoned = owner is not None and not alive(int(owner[1]))
            if path.name.startswith(prefix) if prefix is not None else abandoned:
                try:
                    path.unlink()
                    removed += 1
                except OSError:
                    pass  # another sweep was faster, or it is another user's, who has to sweep by himself
    return removed


def alive(pid: int) -> bool:
    """Whether a process of this machine runs (one that is dead and not yet waited for does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return not Path("/proc/self").exists()  # gone just now, unless the system has no such folder


class Janitor:
    """A small process that removes a run's files should its owner be killed; it sees its input close.

    Args:
        prefix: what the files' names begin with.
    """

    def __init__(self, prefix: str) -> None:
        places = " ".join(f"'{folder}/{prefix}'*" for folder in {slot_folder(), disk_folder()})
        # More than one sweep, since the run's other processes may outlive their owner and make another file.
        script = f"cat >/dev/null; for pause in 0 2 5 20; do sleep $pause; rm -f {places}; done"
        self._process = subprocess.Popen(
            ["sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """End it; the owner sweeps by itself."""
        self._process.kill()
        self._process.communicate()


def create_file(path: Path, size: int) -> mmap.mmap:
    """Make a file of zeros and map it. Raises `OSError` where there is no room."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(handle, 0, size)  # or a full folder would kill us with SIGBUS at the first write
        else:
            os.ftruncate(handle, size)
        return mmap.mmap(handle, size)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def open_file(path: Path, size: int = 0, writable: bool = True) -> mmap.mmap:
    """Map a file that another process made; all of it, or its first bytes."""
    handle = os.open(path, os.O_RDWR if writable else os.O_RDONLY)
    try:
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        return mmap.mmap(handle, size, access=access)
    finally:
        os.close(handle)


def closing(owner: object, handle: int) -> Callable[[], object]:
    """Closes a file once: when called, or when nobody has its owner any more (a driver runs many pipelines)."""
    found = weakref.finalize(owner, os.close, handle)
    found.atexit = False  # threads may still wait on it while the interpreter ends
    return found


class FileLock:
    """A lock between threads and processes, which the system releases when its holder is killed."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR)
        self._closing = closing(self, self._handle)
        self._threads = threading.Lock()
        self.taken: Callable[[], None] = lambda: None  # done first by whoever gets it: its last holder may be dead

    def __enter__(self) -> None:
        self._threads.acquire()
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            self.taken()
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        """Let go of the file."""
        self._closing()


class Bell:
    """Wakes whoever waits in another process: a named pipe. One that is rung while nobody waits stays rung."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._closing = closing(self, self._handle)
        self._poll = select.poll()
        self._poll.register(self._handle, select.POLLIN)

    @staticmethod
    def make(path: Path) -> None:
        """Make the pipe, before any process opens it."""
        os.mkfifo(path, 0o600)

    def ring(self) -> None:
        """Wake the waiter."""
        try:
            os.write(self._handle, b"!")
        except BlockingIOError:
            pass  # it has been rung thousands of times and nobody heard; once more says nothing new

    def wait(self, timeout: float | None) -> None:
        """Return when it is rung or the time is up."""
        if self._poll.poll(None if timeout is None else max(0.0, timeout) * 1000):
            try:
                os.read(self._handle, 65536)
            except BlockingIOError:
                pass  # another waiter was faster

    def close(self) -> None:
        """Let go of the pipe."""
        self._closing()
