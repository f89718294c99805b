"""Sentences become a printable model: each one edits the scene, and every edit can be undone.

    python examples/say_a_table.py [FOLDER]

Writes table.glb (coloured), table.stl (to print), table.png and table.json, the scene file that replays.
"""

import sys
from pathlib import Path

from wugan.apps.voice_to_3d.geometry.export import export
from wugan.apps.voice_to_3d.geometry.render import render
from wugan.apps.voice_to_3d.studio import Studio

SENTENCES = [
    "a round oak table, eighty centimetres wide, four tapered legs",
    "make the legs black",
    "twenty percent taller",
    "put a vase on it",
    "make it sing",  # nothing is dropped in silence
    "undo",
]


def main(folder: Path) -> None:
    studio = Studio()
    for sentence in SENTENCES:
        turn = studio.say(sentence)
        print(f"“{sentence}”", *turn.messages(), sep="\n   ")
        if turn.built is not None:
            low, high = turn.built.bounds()
            width, depth, height = (high - low).tolist()
            print(f"   {len(turn.built.parts)} parts, {width:.0f} × {depth:.0f} × {height:.0f} mm")
    built = studio.rebuild()
    for suffix in (".glb", ".stl"):
        export(built, folder / f"table{suffix}")
    render(built, folder / "table.png")
    studio.history.save(folder / "table.json")
    print(f"wrote table.glb, table.stl, table.png and table.json into {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
