"""Described parts through the whole program: those that come out right do so, what is lost of the others is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from wugan.apps.voice_to_3d.studio import Studio, Turn

PROMPTS = Path(__file__).parent / "prompts"
SETS = sorted(file.stem for file in PROMPTS.glob("parts_*.yaml"))
OUTCOMES: dict[str, dict[str, list[str]]] = yaml.safe_load((PROMPTS / "outcomes.yaml").read_text(encoding="utf-8"))
SAMPLE = 14  # every so many of a set are tried in the fast lane


def entries(name: str) -> dict[str, dict[str, Any]]:
    """The prompts of a set by their ids."""
    return {one["id"]: one for one in yaml.safe_load((PROMPTS / f"{name}.yaml").read_text(encoding="utf-8"))}


def close(turn: Turn, wanted: dict[str, Any]) -> bool:
    """Whether the box is right within 1 mm and the volume within 2 %."""
    if turn.problem or turn.built is None or not turn.built.parts:
        return False
    low, high = turn.built.bounds()
    box = np.allclose(sorted(high - low), sorted(wanted["bounding_box"]), rtol=0, atol=1)
    return bool(box and abs(turn.built.volume() / wanted["volume"] - 1) <= 0.02)


def differences(name: str, ids: list[str]) -> list[str]:
    """Where prompts do not come out as they are listed."""
    every, listed = entries(name), OUTCOMES[name]
    found = []
    for one in ids:
        turn = Studio().say(every[one]["description"])
        right = close(turn, every[one])
        silent = not right and not turn.unread and not turn.problem
        if right != (one in listed["right"]):
            found.append(f"{one}: {'right, but listed as wrong' if right else 'wrong'}; {turn.messages()[:3]}")
        elif silent and one not in listed["silent"]:
            found.append(f"{one}: wrong, and nothing was reported as not understood")
    return found


@pytest.mark.parametrize("name", SETS)
def test_some_of_each_set(name: str) -> None:
    assert not differences(name, OUTCOMES[name]["right"][::SAMPLE])


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_all_of_each_set(name: str) -> None:
    assert not differences(name, list(entries(name)))


def test_the_lists_are_of_the_sets() -> None:
    for name in SETS:
        ids = set(entries(name))
        assert set(OUTCOMES[name]["right"]) <= ids and set(OUTCOMES[name]["silent"]) <= ids
