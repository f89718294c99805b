"""How long a designer waits: sentence to GLB, edit to GLB, picture; and the same parts in build123d in the same run.

    pip install uv
    python benchmarks/voice_to_3d/latency.py [--repeats 20] [--rounds 3] [--peers ""] [--json] [--envs FOLDER]

- `text to GLB`: a new scene, one sentence, read, built, encoded, for each of `SENTENCES`;
- `edit to GLB`: one more sentence about the scene, for each of `EDITS` in their order;
- `PNG`: the picture of each of these models, 800 by 600, after the renderer has been opened;
- `plate`, `flange`, `table`: a part of known sizes as a typed scene to GLB, and the same part in build123d to GLB.

Every repetition has other sizes (a hundredth of a millimetre more), so that no cache knows the part. The peer runs in
an environment of its own, made with uv from `requirements-build123d.txt` at the first run (700 MB in
`~/.cache/wugan-bench`), in turns with wugan; both make circles of pieces at most 0.05 mm within, 64 at the least, and
the volumes are compared. Times are milliseconds; the load of the machine is printed, since it is in every figure.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from wugan.apps.voice_to_3d.geometry.build import Built, build
from wugan.apps.voice_to_3d.geometry.export import encode
from wugan.apps.voice_to_3d.geometry.render import render, warm_up
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Placement, Polar, at
from wugan.apps.voice_to_3d.scene.profile import Rectangle
from wugan.apps.voice_to_3d.scene.scene import Object, Scene
from wugan.apps.voice_to_3d.scene.solid import Cone, Cut, Cylinder, Extrude, Join
from wugan.apps.voice_to_3d.studio import Studio

HERE = Path(__file__).resolve().parent
PLACE = "{size}"  # in a sentence: a size that is another one each time
SENTENCES = (
    "a steel block {size} mm wide, 60 mm deep and 20 mm high",
    "a cylinder {size} mm in diameter and 60 mm tall",
    "a round oak table, {size} mm wide, with four tapered legs",
    "a bookcase {size} mm wide and 1800 mm high with five shelves",
    "a red chair with a seat height of 450 mm and a width of {size} mm",
    "a hex nut with {size} mm across flats",
    "a spur gear with 24 teeth and a thickness of {size} mm",
    "a white vase {size} mm high",
    "an aluminium flange {size} mm in diameter with six holes",
    "a box with a lid, {size} mm wide, 120 mm deep and 80 mm high",
)
START = "a round oak table, {size} mm wide, with four tapered legs"
EDITS = (
    "make the legs black",
    "make it twenty percent taller",
    "make it 900 mm wide",
    "make the left front leg red",
    "put a white vase on it",
    "make the vase 300 mm high",
    "undo",
)
SIZES = {"nut": 18.0, "gear": 12.0, "vase": 240.0, "flange": 150.0}


def main() -> None:
    """Print a table of p50 and p95, and the peer's ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20, help="of every sentence and part, in all")
    parser.add_argument("--rounds", type=int, default=3, help="in which wugan and its peer take turns")
    parser.add_argument("--peers", default="build123d", help="empty: none")
    parser.add_argument("--envs", type=Path, default=Path("~/.cache/wugan-bench").expanduser())
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()

    rows: dict[str, list[float]] = {}
    unread: list[str] = []
    warm_up()
    sentences(rows, unread, arguments.repeats)
    ours: dict[str, list[float]] = {name: [] for name in PARTS}
    theirs: dict[str, list[float]] = {name: [] for name in PARTS}
    volumes: dict[str, float] = {}
    python, why = environment(arguments.envs) if arguments.peers else (None, "not asked for")
    each = max(arguments.repeats // arguments.rounds, 1)
    for number in range(arguments.rounds):
        for name, times in parts(each, number * each).items():
            ours[name] += times
        if python is not None:
            command = [str(python), str(HERE / "peers" / "build123d_parts.py")]
            command += ["--repeats", str(each), "--offset", str(number * each)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                python, why = None, done.stderr.strip().splitlines()[-1]
                continue
            for name, found in json.loads(done.stdout)["parts"].items():
                theirs[name] += found["ms"]
                volumes[name] = found["volume"]
    report(rows, unread, ours, theirs, volumes, why, arguments.json)


def sentences(rows: dict[str, list[float]], unread: list[str], repeats: int) -> None:
    """Fill in the times of sentences, edits and pictures."""
    for number in range(-1, repeats):  # the first, which loads families and word lists, is not counted
        counted = rows if number >= 0 else {}
        for sentence in SENTENCES:
            _say(Studio(), sentence, number, "text to GLB", counted, unread)
        studio = Studio()
        _say(studio, START, number, "", {}, unread)
        for sentence in EDITS:
            _say(studio, sentence, number, "edit to GLB", counted, unread)


def _say(studio: Studio, sentence: str, number: int, row: str, rows: dict[str, list[float]], unread: list[str]) -> None:
    size = next((mm for word, mm in SIZES.items() if word in sentence), 450.0) + 0.01 * (number + 1)
    began = time.perf_counter()
    turn = studio.say(sentence.replace(PLACE, f"{size:g}"))
    data = encode(studio.built, ".glb") if studio.built else b""
    took = time.perf_counter() - began
    if (turn.problem or turn.unread or not data) and sentence not in unread:
        unread.append(sentence)
    if not row or not data or sentence in unread:
        return  # what made no model has no time
    rows.setdefault(row, []).append(1e3 * took)
    if row == "text to GLB":
        assert studio.built is not None
        began = time.perf_counter()
        render(studio.built)
        rows.setdefault("PNG", []).append(1e3 * (time.perf_counter() - began))


# --- the parts that both make


def plate(more: float) -> Built:
    """A plate with rounded corners and four holes."""
    hole = Cut(shape=Cylinder(diameter=6, height=1), through="z", pattern=Grid(counts=(2, 2, 1), steps=(80, 40, 0)))
    body = Extrude(profile=Rectangle(width=100 + more, depth=60, corner_radius=6), height=8)
    return build(Scene(objects=(Object(id="plate", name="plate", shape=body, features=(hole,)),)))


def flange(more: float) -> Built:
    """A disc with a hub, a bore and six holes."""
    hub = Join(shape=Cylinder(diameter=60, height=42), place=Placement(z=Coordinate(to="min", own="min")))
    bore = Cut(shape=Cylinder(diameter=30, height=1), through="z")
    bolts = Cut(shape=Cylinder(diameter=11, height=1), through="z", pattern=Polar(count=6, diameter=90))
    body = Cylinder(diameter=120 + more, height=12)
    return build(Scene(objects=(Object(id="flange", name="flange", shape=body, features=(hub, bore, bolts)),)))


def table(more: float) -> Built:
    """A round top on four tapered legs."""
    top = Object(id="top", name="top", shape=Cylinder(diameter=800 + more, height=30), place=at(z=720))
    legs = [
        Object(
            id=f"leg-{x}-{y}",
            name="leg",
            shape=Cone(bottom_diameter=30, top_diameter=50, height=720),
            place=at(x, y),
        )
        for x in (-240, 240)
        for y in (-240, 240)
    ]
    return build(Scene(objects=(top, *legs)))


PARTS: dict[str, Callable[[float], Built]] = {"plate": plate, "flange": flange, "table": table}


def parts(repeats: int, offset: int) -> dict[str, list[float]]:
    """Milliseconds of each part, typed scene to GLB."""
    found = {}
    for name, make in PARTS.items():
        times = []
        for repeat in range(-2, repeats):
            began = time.perf_counter()
            encode(make(0.01 * (offset + repeat + 2)), ".glb")
            times.append(1e3 * (time.perf_counter() - began))
        found[name] = times[2:]
    return found


def environment(envs: Path) -> tuple[Path | None, str]:
    """The Python of build123d's environment, made if it is not there; or `None` and why not."""
    pins = HERE / "requirements-build123d.txt"
    mark = hashlib.sha256(pins.read_bytes() + platform.python_version().encode()).hexdigest()[:8]
    folder = envs / f"build123d-{mark}"
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python, ""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        return None, "its environment is made with uv, which is not there: pip install uv"
    print(f"making {folder} ...", file=sys.stderr)
    for command in (
        [uv, "venv", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--python", str(python), "-r", str(pins)],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return None, f"cannot be installed: {done.stderr.strip().splitlines()[-1]}"
    (folder / "complete").touch()
    return python, ""


def report(
    rows: dict[str, list[float]],
    unread: list[str],
    ours: dict[str, list[float]],
    theirs: dict[str, list[float]],
    volumes: dict[str, float],
    why: str,
    as_json: bool,
) -> None:
    """Print what was measured."""
    lines = []
    for name, times in {**rows, **ours}.items():
        line: dict[str, object] = {
            "what": name,
            "times": len(times),
            "p50": _share(times, 50),
            "p95": _share(times, 95),
        }
        if theirs.get(name):
            line |= {"build123d_p50": _share(theirs[name], 50), "build123d_p95": _share(theirs[name], 95)}
            line["ratio"] = _share(theirs[name], 50) / _share(times, 50)
            line["volume"] = PARTS[name](0).volume() / volumes[name]
        lines.append(line)
    if as_json:
        for line in lines:
            print(json.dumps(line))
    else:
        print(f"{'ms':<14}{'times':>7}{'p50':>9}{'p95':>9}{'build123d p50':>16}{'p95':>9}{'ratio':>8}{'volume':>9}")
        for line in lines:
            row = f"{line['what']:<14}{line['times']:>7}{line['p50']:>9.1f}{line['p95']:>9.1f}"
            if "ratio" in line:
                row += f"{line['build123d_p50']:>16.1f}{line['build123d_p95']:>9.1f}"
                row += f"{line['ratio']:>7.1f}x{line['volume']:>9.4f}"
            print(row)
        version = re.search(r"^build123d==(\S+)", (HERE / "requirements-build123d.txt").read_text(), re.MULTILINE)
        print(f"\nbuild123d {version[1] if version else '?'}" + (f": {why}" if why else ""))
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {platform.processor() or platform.machine()}")
    for sentence in unread:
        print(f"not understood, and so not timed: {sentence}", file=sys.stderr)


def _share(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1] if len(times) > 1 else times[0]


if __name__ == "__main__":
    main()
