"""A pipeline that runs in another process, watched from here: `wugan run --metrics-port` and `wugan top`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent.parent
ENDLESS = """\
name: endless
nodes:
  source: {use: core_parts:Endless, with: {pause_s: 0.001}}
  slow: {use: core_parts:Slow, with: {seconds: 0.001}, in: source}
"""


def test_metrics_and_top_of_another_process(tmp_path):
    (tmp_path / "endless.yaml").write_text(ENDLESS)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")])),
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
    }
    command = [sys.executable, "-m", "wugan"]
    run = [*command, "run", "endless.yaml", "--metrics-port", "0"]
    with subprocess.Popen(run, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = process.stderr.readline()
            assert told.startswith("metrics at http://127.0.0.1:"), told + process.stderr.read()
            with urllib.request.urlopen(told.split()[-1], timeout=30) as answer:
                assert 'wugan_stage_handled_total{pipeline="endless",stage="slow"}' in answer.read().decode()
            top = [*command, "top", "endless", "--once", "--json", "--interval", "0.3"]
            done = subprocess.run(top, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            watched = json.loads(done.stdout)
            assert watched["pid"] == process.pid and watched["nodes"]["slow"]["in_per_s"] > 0
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        finally:
            process.kill()  # one that did not end would take its share of the machine from all later tests
    assert process.returncode == 130
    assert list((tmp_path / "run" / "wugan").iterdir()) == []
