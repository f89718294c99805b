"""Sound devices without hardware: PortAudio on ALSA's `file` devices, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ALSA = Path("/usr/share/alsa/alsa.conf")


@pytest.fixture
def with_alsa(tmp_path: Path) -> Callable[[str], str]:
    """Runs a script where PortAudio sees a microphone `heard` (reads heard.raw) and a speaker `said` (said.raw).

    Both are as fast as the program, as no hardware paces them. The script finds the folder in `sys.argv[1]`.
    """
    if not ALSA.exists():
        pytest.skip(f"needs ALSA's configuration, {ALSA}")
    try:
        import sounddevice  # noqa: F401
    except OSError:
        pytest.skip("needs the PortAudio library (libportaudio2)")
    (tmp_path / "asound.conf").write_text(
        f"pcm.heard {{ type file slave.pcm null file /dev/null infile {tmp_path}/heard.raw format raw }}\n"
        f"pcm.said {{ type file slave.pcm null file {tmp_path}/said.raw format raw }}\n"
    )

    def run(script: str) -> str:
        environment = {**os.environ, "ALSA_CONFIG_PATH": f"{ALSA}:{tmp_path}/asound.conf"}
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
