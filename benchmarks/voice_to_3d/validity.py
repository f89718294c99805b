"""Random descriptions to models: is every one valid, of the size that was said, and readable in every format?

    python benchmarks/voice_to_3d/validity.py [--count 2000] [--seed 0] [--typed] [--step 20] [--show 20] [--json]
    npm install gltf-validator       # in some folder, then: WUGAN_GLTF_VALIDATOR=FOLDER

A description (`grammar.py`) is one to three sentences about a solid, a solid with features, or an object of any of the
families, half of them edited afterwards. The sentences go through the interpreter, as a user's would; with `--typed`
the edits that they mean go to the geometry directly. Then:

- every part's solid must be a manifold of positive volume, and the whole have the sizes that were said within 0.5 % and
  as many holes through it;
- GLB, STL, 3MF and OBJ are written, read back by trimesh, and must be closed, wound one way, finite, and of the same
  box and volume; the Khronos validator must find neither error nor warning in the GLB;
- every so many (`--step`) STEP is written and read by build123d, where that is installed.

A sentence that was not understood, or was refused with a reason, gives no model to check: both are counted by
themselves. One that was misunderstood shows as a wrong size. The exit status is 1 if any model was wrong.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from checks import Validator, problems, step, written
from grammar import Description, describe

from wugan.apps.voice_to_3d.edits import apply
from wugan.apps.voice_to_3d.geometry.build import Built, build
from wugan.apps.voice_to_3d.scene.scene import Scene
from wugan.apps.voice_to_3d.studio import Studio
from wugan.errors import DataError


class NotUnderstood(Exception):
    """A phrase that the interpreter listed as unread."""


def modelled(made: Description, typed: bool) -> Built:
    """The model of a description.

    Raises:
        NotUnderstood: a sentence was not read, or not all of it.
        DataError: it was refused, with the reason.
    """
    if typed:
        scene = Scene()
        for edits in made.edits:
            for edit in edits:
                scene = apply(scene, edit)
        return build(scene)
    studio = Studio()
    for sentence in made.sentences:
        turn = studio.say(sentence)
        if turn.problem:
            raise DataError(turn.problem)
        if turn.unread:
            raise NotUnderstood("; ".join(f"{one.phrase!r}: {one.reason}" for one in turn.unread))
    assert studio.built is not None
    return studio.built


def main() -> None:
    """Print counts by kind, and what was wrong with its sentences."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--typed", action="store_true", help="without the interpreter: the edits that are meant")
    parser.add_argument("--step", type=int, default=20, help="write STEP for one in so many (0: none)")
    parser.add_argument("--show", type=int, default=20, help="how many of each kind of failure are listed")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end instead of the table")
    arguments = parser.parse_args()

    folder = os.environ.get("WUGAN_GLTF_VALIDATOR", "")
    validator = Validator(folder) if folder and shutil.which("node") else None
    if validator is None:
        print("GLB without the Khronos validator: needs node and WUGAN_GLTF_VALIDATOR=FOLDER", file=sys.stderr)
    every = arguments.step if importlib.util.find_spec("build123d") else 0
    if arguments.step and not every:
        print("STEP is not checked: build123d is not installed", file=sys.stderr)

    counts: Counter[tuple[str, str]] = Counter()
    shown: Counter[str] = Counter()
    steps = exact = 0
    began = time.perf_counter()

    def tell(what: str, made: Description, reason: str) -> None:
        counts[made.kind, what] += 1
        shown[what] += 1
        if shown[what] <= arguments.show:
            print(f"{what}: {' / '.join(made.sentences)}\n    {reason}", file=sys.stderr)

    with tempfile.TemporaryDirectory() as temporary:
        for number in range(arguments.count):
            made = describe(random.Random(f"{arguments.seed}/{number}"), number)
            counts[made.kind, "said"] += 1
            try:
                built = modelled(made, arguments.typed)
            except NotUnderstood as error:
                tell("not understood", made, str(error))
                continue
            except DataError as error:
                tell("refused", made, str(error))
                continue
            except Exception:
                tell("wrong", made, traceback.format_exc(limit=-1).strip().replace("\n", "\n    "))
                continue
            try:
                wrong = problems(built, made.box, made.holes) + written(built, Path(temporary), validator)
                if every and number % every == 0:
                    more, true = step(built, Path(temporary))
                    wrong += more
                    steps, exact = steps + 1, exact + true
            except Exception:
                wrong = [traceback.format_exc(limit=-1).strip()]
            if wrong:
                tell("wrong", made, "\n    ".join(wrong[:4]))
            else:
                counts[made.kind, "valid"] += 1
    validated = validator.files if validator else 0
    if validator:
        validator.close()

    kinds = sorted({kind for kind, _ in counts})
    columns = ("said", "valid", "wrong", "refused", "not understood")
    total = {column: sum(counts[kind, column] for kind in kinds) for column in columns}
    seconds = time.perf_counter() - began
    if arguments.json:
        print(json.dumps({**total, "validated": validated, "step": steps, "step_exact": exact, "seconds": seconds}))
    else:
        print(f"{'':<24}" + "".join(f"{column:>16}" for column in columns))
        for kind in kinds:
            print(f"{kind:<24}" + "".join(f"{counts[kind, column]:>16}" for column in columns))
        print(f"{'all':<24}" + "".join(f"{total[column]:>16}" for column in columns))
        models = total["valid"] + total["wrong"]
        print(f"\n{total['valid']} of {models} models are valid ({100 * total['valid'] / max(models, 1):.2f} %)")
        print(
            f"GLB files that the Khronos validator saw: {validated}; STEP files: {steps}, {exact} all of true surfaces"
        )
        print(f"seed {arguments.seed}, {seconds:.0f} s")
    sys.exit(1 if total["wrong"] else 0)


if __name__ == "__main__":
    main()
