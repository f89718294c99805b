"""Versions of a scene: undo, redo, files that replay, and files that do not."""

import json
from pathlib import Path

import pytest

from wugan.apps.voice_to_3d.materials import material
from wugan.apps.voice_to_3d.scene import edit as e
from wugan.apps.voice_to_3d.scene import solid as s
from wugan.apps.voice_to_3d.scene.edit import Interpretation, Unread
from wugan.apps.voice_to_3d.scene.placement import Reference, at
from wugan.apps.voice_to_3d.scene.scene import Object
from wugan.apps.voice_to_3d.studio import FORMAT, History
from wugan.errors import DataError


def add(id: str) -> e.Add:
    return e.Add(object=Object(id=id, name=id, shape=s.Box(size=(10, 10, 10)), place=at()))


def paint(id: str, name: str) -> e.Paint:
    return e.Paint(target=Reference(object=id), material=material(name))


def say(history: History, said: str, *edits: e.Edit) -> None:
    history.commit(said, Interpretation(edits=edits, assumed=("so",), unread=(Unread(phrase="x", reason="y"),)))


@pytest.fixture
def history() -> History:
    made = History()
    say(made, "a", add("a"))
    say(made, "b and red", add("b"), paint("b", "red"))
    say(made, "blue", paint("b", "blue"))
    return made


def ids(history: History) -> list[str]:
    return [one.id for one in history.scene.objects]


def test_a_sentence_is_a_version(history: History):
    assert [one.said for one in history.versions] == ["", "a", "b and red", "blue"]
    assert history.version.unread[0].phrase == "x" and history.version.assumed == ("so",)


def test_undo_redo_goto(history: History):
    history.undo()
    assert history.scene.object("b").material.name == "red"
    history.undo(2)
    assert ids(history) == []
    history.redo(3)
    assert history.scene.object("b").material.name == "blue"
    history.goto(1)
    assert ids(history) == ["a"]
    for wrong in (lambda: history.undo(2), lambda: history.redo(3), lambda: history.goto(9)):
        with pytest.raises(DataError, match="only|no version"):
            wrong()
    assert history.cursor == 1


def test_a_new_sentence_drops_what_could_be_redone(history: History):
    history.undo(2)
    say(history, "c", add("c"))
    assert ids(history) == ["a", "c"] and len(history.versions) == 3


def test_undo_inside_a_sentence(history: History):
    say(history, "undo", e.Undo())
    assert history.cursor == 2 and len(history.versions) == 4  # it can be redone
    say(history, "redo", e.Redo())
    say(history, "undo that and make it white", e.Undo(), paint("b", "white"))
    assert history.scene.object("b").material.name == "white" and len(history.versions) == 4
    say(history, "a c, no, undo that", add("c"), e.Undo())
    assert ids(history) == ["a", "b"] and history.scene.object("b").material.name == "white"


def test_a_sentence_that_cannot_be_carried_out_changes_nothing(history: History):
    before = (history.cursor, history.scene, len(history.versions))
    with pytest.raises(DataError):
        say(history, "half", add("c"), paint("nowhere", "red"))
    with pytest.raises(DataError, match="only 3 sentences"):
        say(history, "undo", e.Undo(steps=9))
    assert (history.cursor, history.scene, len(history.versions)) == before


def test_a_sentence_without_edits_is_no_version(history: History):
    say(history, "hm")
    assert len(history.versions) == 4


def test_drop_last(history: History):
    history.drop_last()
    assert history.scene.object("b").material.name == "red" and len(history.versions) == 3
    with pytest.raises(DataError, match="nothing has been said"):
        History().drop_last()


def test_a_file_replays(history: History, tmp_path: Path):
    history.undo()
    path = history.save(tmp_path / "scene.json")
    again = History.load(path)
    assert again.scene == history.scene and again.cursor == 2 and again.said() == ["a", "b and red"]
    assert again.save(tmp_path / "again.json").read_text() == path.read_text()
    again.redo()
    assert again.scene.object("b").material.name == "blue"


@pytest.mark.parametrize(
    "change,reason",
    [
        (lambda d: d.update(format="other"), "not a scene file"),
        (lambda d: d.update(version=99), "version 99"),
        (lambda d: d.update(cursor=17), "cursor 17 lies behind"),
        (lambda d: d["steps"][0].update(edits=[]), "step 1 .* changes nothing"),
        (
            lambda d: d["steps"][2]["edits"][0]["target"].update(object="z"),
            "step 3 .* cannot be replayed: there is no object 'z'",
        ),
        (lambda d: d["steps"][0]["edits"][0].update(do="explode"), "steps.0.edits.0"),
        (lambda d: d["steps"][0]["edits"][0]["object"]["shape"].update(size=[0, 1, 1]), "greater than"),
        (lambda d: d.update(more=1), "more"),
    ],
)
def test_a_bad_file_says_what_is_wrong(history: History, tmp_path: Path, change, reason: str):
    data = json.loads(history.save(tmp_path / "scene.json").read_text())
    change(data)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(data))
    with pytest.raises(DataError, match=reason):
        History.load(path)


def test_no_file_and_no_json(tmp_path: Path):
    with pytest.raises(DataError, match="cannot be read"):
        History.load(tmp_path / "none.json")
    (tmp_path / "bad").write_text("{")
    with pytest.raises(DataError, match="not JSON"):
        History.load(tmp_path / "bad")
    (tmp_path / "list").write_text("[]")
    with pytest.raises(DataError, match=FORMAT):
        History.load(tmp_path / "list")
