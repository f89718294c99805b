"""How many described parts come out right: each description read, built, written as STL, and judged.

    python benchmarks/voice_to_3d/understanding.py SET        # dev, held, second, third, red: the tests' prompts
    python benchmarks/voice_to_3d/understanding.py FOLDER     # NAME.yaml (a description) and NAME.stl
    python benchmarks/voice_to_3d/understanding.py CADPROMPT  # prompts.jsonl and NAME.stl.gz, in units of their own

The sets but `red`, and FOLDER, are judged as the published text-to-CAD benchmark does (`score.py` of the prompts'
folder, which makes the references); `red` by sorted box (1 mm) and volume (2 %); CADPrompt's, whatever their unit is in
mm, by sorted box (2 %), volume (5 %) and moments of inertia (6 %). A part that came out wrong with
nothing reported as not understood is counted as silent. For dialogues:

    python tests/apps/voice_to_3d/prompts/check_scenes.py scenes_dev.yaml
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import trimesh
import yaml

from wugan.apps.voice_to_3d.geometry.export import export
from wugan.apps.voice_to_3d.studio import Studio, Turn

PROMPTS = Path(__file__).resolve().parents[2] / "tests" / "apps" / "voice_to_3d" / "prompts"
sys.path.insert(0, str(PROMPTS))
import oracle  # noqa: E402
import score  # noqa: E402


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompts", help="dev, held, second, third, red, or a folder")
    chosen = parser.parse_args().prompts
    lines = Path(chosen, "prompts.jsonl")
    if lines.is_file():
        told = {one["id"]: Studio().say(one["prompt_with_sizes"]) for one in map(json.loads, lines.open())}
        report({name: alike(turn, lines.parent / f"{name}.stl.gz") for name, turn in told.items()}, told)
        return
    if chosen == "red":
        files = sorted(PROMPTS.glob("parts_red*.yaml"))
    else:
        files = [PROMPTS / f"parts_{chosen}.yaml"] if chosen in oracle.SETS else sorted(Path(chosen).glob("*.yaml"))
    entries = {}
    for file in files:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        entries |= {one["id"]: one for one in read} if isinstance(read, list) else {file.stem: read}
    turns = {name: Studio().say(one["description"]) for name, one in entries.items()}
    if chosen == "red":
        right = {name: close(turn, entries[name]) for name, turn in turns.items()}
    else:
        right = judged(turns, chosen, files)
    report(right, turns)


def report(right: dict[str, bool], turns: dict[str, Turn]) -> None:
    """Prints what is wrong, and the sums."""
    for name, ok in right.items():
        if not ok:
            told = turns[name].messages()
            print(f"wrong: {name}: {told[0] if told else 'nothing was reported'}")
    silent = sum(not ok and not turns[name].unread and not turns[name].problem for name, ok in right.items())
    print(f"{sum(right.values())} of {len(right)} right; {silent} wrong with nothing reported as not understood")


def alike(turn: Turn, file: Path) -> bool:
    """Whether a part is a reference of another scale: box, volume and moments of inertia."""
    if turn.built is None or not turn.built.parts or turn.problem:
        return False
    wanted = trimesh.load(io.BytesIO(gzip.decompress(file.read_bytes())), file_type="stl")
    raw = turn.built.solid().to_mesh()
    made = trimesh.Trimesh(np.asarray(raw.vert_properties)[:, :3], np.asarray(raw.tri_verts), process=False)
    scale = wanted.extents.max() / made.extents.max()
    made.apply_scale(scale)
    box = np.allclose(sorted(made.extents), sorted(wanted.extents), rtol=0.02, atol=0.01 * wanted.extents.max())
    if not box or abs(made.volume / abs(wanted.volume) - 1) > 0.05:
        return False
    moments = [np.linalg.eigvalsh(mesh.moment_inertia) for mesh in (made, wanted)]
    return bool(np.allclose(*(np.sort(np.abs(one)) for one in moments), rtol=0.06))


def close(turn: Turn, wanted: dict[str, object]) -> bool:
    """Whether box and volume are as wanted."""
    if turn.built is None or not turn.built.parts:
        return False
    low, high = turn.built.bounds()
    box = np.allclose(sorted(high - low), sorted(wanted["bounding_box"]), rtol=0, atol=1)  # type: ignore[call-overload]
    return bool(box and abs(turn.built.volume() / float(wanted["volume"]) - 1) <= 0.02)  # type: ignore[arg-type]


def judged(turns: dict[str, Turn], chosen: str, files: list[Path]) -> dict[str, bool]:
    """The benchmark's verdict on each part."""
    with tempfile.TemporaryDirectory() as folder:
        made, references = Path(folder, "made"), Path(folder, "references")
        made.mkdir()
        if chosen in oracle.SETS:
            oracle.main(["--stl", str(references), "--set", chosen])
        else:
            references = Path(chosen)
        for name, turn in turns.items():
            if turn.built is not None and turn.built.parts and not turn.problem:
                export(turn.built, made / f"{name}.stl")
        return {one.name: one.passed for one in score.score_folder(made, references, score.read_expected(files))}


if __name__ == "__main__":
    main()
