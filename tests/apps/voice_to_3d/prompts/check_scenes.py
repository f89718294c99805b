"""Run dialogues of a scenes file through the whole program and say which facts do not hold.

python tests/apps/voice_to_3d/prompts/check_scenes.py scenes_dev.yaml            # a line a dialogue, then the sums
python tests/apps/voice_to_3d/prompts/check_scenes.py scenes_dev.yaml --verbose  # with each wrong fact and message
python tests/apps/voice_to_3d/prompts/check_scenes.py scenes_dev.yaml --only fence sofa
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from fact_checks import check_dialogue  # noqa: E402
from facts import Expectation, Part, Snapshot  # noqa: E402

from wugan.apps.voice_to_3d.families.base import Part as FamilyPart  # noqa: E402
from wugan.apps.voice_to_3d.geometry.build import (  # noqa: E402
    Built,
    BuiltPart,
    build,
)
from wugan.apps.voice_to_3d.resizing import shape_of  # noqa: E402
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene  # noqa: E402
from wugan.apps.voice_to_3d.scene.solid import Compound, Cut  # noqa: E402
from wugan.apps.voice_to_3d.studio import Studio, Turn  # noqa: E402


@dataclass
class Outcome:
    """How a dialogue went: what is wrong after each step, and what the program said to it."""

    id: str
    wrong: list[list[str]]
    said: list[str] = field(default_factory=list)
    messages: list[list[str]] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether every fact of every step holds."""
        return not any(self.wrong)


def corners(solid: Any) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """The corners of a solid's box."""
    box = [float(value) for value in solid.bounding_box()]
    return (box[0], box[1], box[2]), (box[3], box[4], box[5])


def owners(scene: Scene) -> dict[str, str]:
    """A name with a number for each object, by id: `lamp#2` is the second lamp."""
    counts: dict[str, int] = {}
    found = {}
    for one in scene.objects:
        counts[one.name] = counts.get(one.name, 0) + 1
        found[one.id] = f"{one.name}#{counts[one.name]}"
    return found


def solid_part(part: BuiltPart, owner: str) -> Part:
    """A built part as the checker wants it."""
    low, high = corners(part.solid)
    red, green, blue, _ = part.material.rgba()
    return Part(
        role=part.role or owner.split("#")[0],
        low=low,
        high=high,
        owner=owner,
        rgb=(red / 255, green / 255, blue / 255),
        material=part.material.name,
        volume=float(part.solid.volume()),
        hull_volume=float(part.solid.hull().volume()),
    )


def removed(scene: Scene, one: Object, owner: str, whole: Built) -> list[Part]:
    """What the cuts of an object took away, as parts: the body without each cut, less the body with it."""
    found: list[Part] = []
    own = isinstance(one.shape, Compound)
    for feature in [*(one.shape.features if own else ()), *one.features]:
        if not isinstance(feature, Cut):
            continue
        rest = tuple(f for f in one.features if f is not feature)
        shape = one.shape
        if isinstance(shape, Compound):
            shape = shape.model_copy(update={"features": tuple(f for f in shape.features if f is not feature)})
        filled = one.model_copy(update={"features": rest, "shape": shape})
        other = Scene(objects=tuple(filled if o.id == one.id else o for o in scene.objects))
        before = Built([p for p in build(other).parts if p.object == one.id]).solid()
        after = Built([p for p in whole.parts if p.object == one.id]).solid()
        found += cut_parts(before - after, feature.name or "hole", owner)
    return found


def cut_parts(gone: Any, name: str, owner: str) -> list[Part]:
    """Each piece of what was taken away."""
    pieces = [piece for piece in gone.decompose() if piece.volume() > 1e-3]
    return [Part(name, *corners(piece), owner=owner, cut=True) for piece in pieces]


def family_cuts(one: Object, owner: str, whole: Built) -> list[Part]:
    """The cuts inside the parts of a family's object, in the world where its part stands untilted."""
    from wugan.apps.voice_to_3d.geometry.solids import solid

    found: list[Part] = []
    made: list[FamilyPart] = shape_of(one).parts()
    for n, part in enumerate(made):
        if not isinstance(part.shape, Compound) or not any(isinstance(f, Cut) for f in part.shape.features):
            continue
        role = sum(other.role == part.role for other in made[:n])
        there = [p for p in whole.parts if p.object == one.id and p.role == part.role]
        if role >= len(there) or any(part.place.rotate):
            continue
        full = solid(part.shape)
        for feature in part.shape.features:
            if isinstance(feature, Cut):
                rest = tuple(f for f in part.shape.features if f is not feature)
                gone = solid(part.shape.model_copy(update={"features": rest})) - full
                low, want = corners(full)[0], corners(there[role].solid)[0]
                moved = gone.translate(tuple(b - a for a, b in zip(low, want, strict=True)))
                found += cut_parts(moved, feature.name or "hole", owner)
    return found


def snapshot(turn: Turn, built: Built | None) -> Snapshot:
    """The state of the program after a sentence."""
    messages = turn.messages()
    now = Snapshot(
        unread=[one.phrase for one in turn.unread],
        message="; ".join(messages),
        refused=not turn.changed and bool(turn.problem or turn.unread),
    )
    if built is None or not turn.scene.objects:
        now.volume = 0.0
        return now
    names = owners(turn.scene)
    now.parts = [solid_part(part, names[part.object]) for part in built.parts]
    for one in turn.scene.objects:
        if isinstance(one.shape, FamilyShape):
            now.parts += family_cuts(one, names[one.id], built)
        else:
            now.parts += removed(turn.scene, one, names[one.id], built)
    now.volume = built.volume()
    now.watertight = all(part.solid.status().name == "NoError" and part.solid.volume() > 0 for part in built.parts)
    return now


def run(entry: dict[str, Any]) -> Outcome:
    """A whole dialogue through the program, checked."""
    studio = Studio()
    steps: list[Expectation] = entry["steps"]
    states, messages = [], []
    for step in steps:
        turn = studio.say(step["say"])
        states.append(snapshot(turn, studio.built))
        messages.append(turn.messages())
    return Outcome(entry["id"], check_dialogue(steps, states), [step["say"] for step in steps], messages)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; the exit status is 0 where every fact holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="scenes_dev.yaml, or another file of the same form")
    parser.add_argument("--verbose", action="store_true", help="each wrong fact, with what the program said")
    parser.add_argument("--only", nargs="*", default=[], metavar="ID", help="these dialogues only")
    options = parser.parse_args(arguments)
    path = options.file if options.file.exists() else HERE / options.file
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    outcomes = []
    for entry in entries:
        if options.only and entry["id"] not in options.only:
            continue
        try:
            outcome = run(entry)
        except Exception as error:  # a crash fails the dialogue, not the run
            outcome = Outcome(entry["id"], [[f"crash: {type(error).__name__}: {error}"]], [""], [[]])
        outcomes.append(outcome)
        print(f"{'right' if outcome.right else 'WRONG':5}  {outcome.id}", flush=True)
        if options.verbose and not outcome.right:
            for said, wrong, told in zip(outcome.said, outcome.wrong, outcome.messages, strict=True):
                print(f"         {'-' if wrong else '+'} {said}")
                for line in wrong:
                    print(f"             wrong: {line}")
                for line in told if wrong else []:
                    print(f"             told:  {line}")
    steps = [wrong for outcome in outcomes for wrong in outcome.wrong]
    good = sum(outcome.right for outcome in outcomes)
    print(f"dialogues right: {good} of {len(outcomes)}; steps right: {sum(not w for w in steps)} of {len(steps)}")
    return 0 if good == len(outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
