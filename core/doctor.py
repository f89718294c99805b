"""What wugan needs on a machine, checked, with a remedy for each thing that is missing."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Literal

from packaging.version import Version
from pydantic import BaseModel

from wugan.runtime.links.shared import slot_folder

SHARED_MEMORY_MIN = 256 * 1024 * 1024


class Finding(BaseModel):
    """The outcome of one check.

    Attributes:
        check: what was looked at.
        state: `ok`; `missing` if only an optional part needs it; `broken` if wugan cannot work without.
        found: what is there.
        remedy: what to do; empty if all is well.
    """

    check: str
    state: Literal["ok", "missing", "broken"]
    found: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Run all checks."""
    return [*_python(), *_packages(), *_system(), *_shared_memory(), *_serial(), *_real_time()]


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] < (3, 13)
    yield Finding(
        check="Python",
        state="ok" if fits else "broken",
        found=version,
        remedy="" if fits else "use Python 3.11 or 3.12",
    )


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _packages() -> Iterator[Finding]:
    for package in ("torch", "ray", "pydantic", "numpy"):
        found = _version(package)
        yield Finding(
            check=package,
            state="ok" if found else "broken",
            found=found or "not installed",
            remedy="" if found else "pip install wugan",
        )
    torch, audio = _version("torch"), _version("torchaudio")
    if torch and audio:
        # From 2.11 on torchaudio is built on torch's stable interface and runs beside every later torch.
        fits = torch.split(".")[:2] == audio.split(".")[:2] or Version(torch) >= Version(audio) >= Version("2.11")
        yield Finding(
            check="torchaudio beside torch",
            state="ok" if fits else "broken",
            found=f"torch {torch}, torchaudio {audio}",
            remedy="" if fits else f"pip install 'torchaudio=={'.'.join(torch.split('.')[:2])}.*'",
        )
    for extra, packages in _extras().items():
        lacking = [package for package in packages if _version(package) is None]
        yield Finding(
            check=f"extra {extra!r}",
            state="missing" if lacking else "ok",
            found=f"lacks {', '.join(lacking)}" if lacking else f"{len(packages)} packages",
            remedy=f"pip install 'wugan[{extra}]'" if lacking else "",
        )


def _extras() -> dict[str, list[str]]:
    """The packages that each extra brings on this machine, read from wugan's own metadata."""
    from packaging.requirements import Requirement

    found: dict[str, list[str]] = {}
    for extra in importlib.metadata.metadata("wugan").get_all("Provides-Extra") or []:
        for line in importlib.metadata.requires("wugan") or []:
            requirement = Requirement(line)
            marker = requirement.marker
            if not marker or extra in ("dev", "all") or marker.evaluate({"extra": ""}):
                continue
            if marker.evaluate({"extra": extra}):
                found.setdefault(extra, []).append(requirement.name)
    return found


def _system() -> Iterator[Finding]:
    library = ctypes.util.find_library("portaudio")
    yield Finding(
        check="PortAudio (microphone, speaker)",
        state="ok" if library else "missing",
        found=library or "not found",
        remedy="" if library else "apt-get install libportaudio2",
    )
    program = shutil.which("espeak-ng")
    yield Finding(
        check="espeak-ng (speech in other languages)",
        state="ok" if program else "missing",
        found=program or "not found",
        remedy="" if program else "apt-get install espeak-ng",
    )


def _shared_memory() -> Iterator[Finding]:
    folder = slot_folder()
    free = shutil.disk_usage(folder).free
    enough = free >= SHARED_MEMORY_MIN
    yield Finding(
        check="shared memory",
        state="ok" if enough else "broken",
        found=f"{folder}, {free / 2**20:.0f} MiB free",
        remedy="" if enough else "give it 256 MiB or more (in Docker: --shm-size=1g)",
    )


def _serial() -> Iterator[Finding]:
    import glob

    for port in sorted(glob.glob("/dev/ttyUSB*") + glob.glob("/dev/ttyACM*")):
        usable = os.access(port, os.R_OK | os.W_OK)
        yield Finding(
            check=f"serial port {port}",
            state="ok" if usable else "missing",
            found="usable" if usable else "no permission",
            remedy="" if usable else "sudo usermod -aG dialout $USER, then log in again",
        )


def _real_time() -> Iterator[Finding]:
    """Whether the servo process of a haptic device may ask for priority over other programs."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    allowed = os.geteuid() == 0 or resource.getrlimit(resource.RLIMIT_RTPRIO)[1] != 0
    yield Finding(
        check="real-time priority (haptic devices)",
        state="ok" if allowed else "missing",
        found="allowed" if allowed else "refused",
        remedy="" if allowed else "two lines in /etc/security/limits.d: docs/senses/haptics.md, Real time",
    )
