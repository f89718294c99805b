"""dora-rs: four Python nodes in a row, started by `dora run`, whose daemon stays on this machine.

Every input queues `window` messages. A node's pool of shared memory is made large enough for every payload under way
(dora's default of 8 MiB holds one frame; its manual advises to raise it for large messages). Nodes find one another
after they have started and what is sent before is lost, so the first sends payloads that are not counted until one has
arrived. In `throughput` it waits for a place in a `Window`; in `latency` nothing is acknowledged.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from work import Arrivals, Window, Work, arrival, payload, sleep_until, touch

POOL = 4  # pools hold so many times the window, for what readers have not given back yet
UNCOUNTED = -1  # the sequence number of payloads that only try the way
PAUSE_S, SETTLE_S = 0.05, 0.5


def send(work: Work, window: Path) -> None:
    import pyarrow as pa
    from dora import Node

    node = Node()
    places = Window(window)
    while not places.free():
        node.send_output("payload", pa.array(payload(work.size, UNCOUNTED)))
        time.sleep(PAUSE_S)
    time.sleep(SETTLE_S)
    while places.free():
        places.enter()
    places.leave(work.window)
    for seq, due in work.due():
        sleep_until(due)
        if work.mode == "throughput":
            places.enter()
        node.send_output("payload", pa.array(payload(work.size, seq)))


def pass_on() -> None:
    from dora import Node

    node = Node()
    for event in node:
        if event["type"] == "INPUT":
            touch(event["value"].to_numpy())
            node.send_output("payload", event["value"])
        elif event["type"] == "STOP":
            break


def receive(work: Work, window: Path, report: Path) -> None:
    from dora import Node

    node = Node()
    arrivals, places, last = Arrivals(), Window(window), -1
    for event in node:
        if event["type"] == "INPUT":
            row = arrival(event["value"].to_numpy())
            if row[0] == UNCOUNTED:
                places.leave()
                continue
            arrivals.rows.append(row)
            if work.mode == "throughput":
                places.leave(row[0] - last)  # what was lost on the way gives its place back too
                last = row[0]
        elif event["type"] == "STOP":
            break
    report.write_text(arrivals.report())


def dataflow(work: Work, folder: Path) -> dict[str, Any]:
    """The dataflow file's content: `first` to `last`, each node this script in another role."""
    names = ["first", "second", "third", "last"]
    nodes = []
    for index, name in enumerate(names):
        node: dict[str, Any] = {
            "id": name,
            "path": sys.executable,
            "args": f"{Path(__file__).resolve()} {name}",
            "env": {"WORK": json.dumps(asdict(work)), "FOLDER": str(folder)},
        }
        if index:
            node["inputs"] = {"payload": {"source": f"{names[index - 1]}/payload", "queue_size": work.window}}
        if name != "last":
            node["outputs"] = ["payload"]
            node["shared_memory_pool_size"] = max(8 << 20, POOL * work.window * work.size)
        nodes.append(node)
    return {"nodes": nodes}


def main() -> None:
    work = Work.from_command_line()
    with tempfile.TemporaryDirectory(prefix="dora-hops-") as folder:
        Window.make(Path(folder) / "window")
        path = Path(folder) / "dataflow.yml"
        path.write_text(json.dumps(dataflow(work, Path(folder))))  # JSON is YAML
        dora = Path(sys.executable).with_name("dora")
        done = subprocess.run([dora, "run", path], cwd=folder, capture_output=True, text=True)
        report = Path(folder) / "report.json"
        if done.returncode or not report.exists():
            sys.exit(f"dora run ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-2000:]}")
        print(report.read_text())


def node(name: str) -> None:
    """What the daemon starts."""
    work, folder = Work(**json.loads(os.environ["WORK"])), Path(os.environ["FOLDER"])
    if name == "first":
        send(work, folder / "window")
    elif name == "last":
        receive(work, folder / "window", folder / "report.json")
    else:
        pass_on()


if __name__ == "__main__":
    node(sys.argv[1]) if len(sys.argv) == 2 else main()
