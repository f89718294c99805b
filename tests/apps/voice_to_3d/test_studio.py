"""A session with an interpreter that does what it is told: what cannot be built must leave no trace."""

import pytest

pytest.importorskip("manifold3d", reason="needs the design extra")
from wugan.apps.voice_to_3d.geometry.memo import Cancelled
from wugan.apps.voice_to_3d.scene.edit import Add, Interpretation, Redo, Remove, Undo, Unread
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement, Reference
from wugan.apps.voice_to_3d.scene.scene import Object
from wugan.apps.voice_to_3d.scene.solid import Box, Cut, Cylinder
from wugan.apps.voice_to_3d.studio import Studio
from wugan.errors import DataError


def box(name: str, size: float, hole: float = 0) -> Add:
    cut = Cut(name="hole", shape=Cylinder(diameter=hole, height=1), through="z") if hole else None
    place = Placement(z=Coordinate(to="origin", own="min"))
    return Add(
        object=Object(id=name, name="box", shape=Box(size=(size,) * 3), features=(cut,) if cut else (), place=place)
    )


SAID = {
    "a box": Interpretation(edits=(box("a", 10),), assumed=("10 mm",)),
    "another": Interpretation(edits=(box("b", 20),), unread=(Unread(phrase="please", reason="not about the design"),)),
    "a hole as wide as the box": Interpretation(edits=(box("c", 10, hole=40),)),
    "away with it": Interpretation(edits=(Remove(target=Reference(object="z")),)),
    "undo": Interpretation(edits=(Undo(),)),
    "redo": Interpretation(edits=(Redo(),)),
    "hm": Interpretation(),
    "la la": Interpretation(unread=(Unread(phrase="la la", reason="no verb"),)),
}


def read(text, scene, context):
    if text.startswith("it "):
        context.mentioned.append(text)
        text = text.removeprefix("it ")
    return SAID[text]


@pytest.fixture
def studio():
    return Studio(read)


def names(studio):
    return [one.id for one in studio.scene.objects]


def test_sentences_change_the_model_and_say_what_they_did(studio):
    turn = studio.say("a box")
    assert turn.changed and turn.built is studio.built and turn.scene is studio.scene
    assert turn.messages() == ["assumed: 10 mm"]
    assert turn.built.volume() == pytest.approx(1000)
    turn = studio.say("another")
    assert names(studio) == ["a", "b"]
    assert turn.messages() == ["not understood: “please” (not about the design)"]
    assert set(turn.seconds) == {"interpret", "build"}


def test_undo_and_redo_are_sentences_too(studio):
    studio.say("a box")
    studio.say("another")
    assert studio.say("undo").changed and names(studio) == ["a"]
    assert studio.built.volume() == pytest.approx(1000)
    assert studio.say("redo").changed and names(studio) == ["a", "b"]
    problem = studio.say("redo").problem
    assert "0" in problem and names(studio) == ["a", "b"]


@pytest.mark.parametrize("said", ["it a hole as wide as the box", "it away with it"])
def test_what_cannot_be_done_changes_nothing_and_says_why(studio, said):
    before = studio.say("a box")
    turn = studio.say(said)
    assert turn.problem and not turn.changed
    assert turn.scene == before.scene and turn.built is before.built
    assert studio.context.mentioned == []  # nor is it remembered
    assert len(studio.history.versions) == 2
    assert studio.say("another").changed


def test_what_means_nothing_says_so(studio):
    assert "nothing was said" in studio.say("hm").problem
    turn = studio.say("la la")
    assert not turn.changed and turn.messages() == ["not understood: “la la” (no verb)"]


def test_a_draft_is_settled_by_the_next_sentence(studio):
    assert studio.draft("a box").built is None
    studio.draft("a hole as wide as the box")
    assert names(studio) == ["a", "c"]  # not known yet that it cannot be
    studio.draft("another")
    assert names(studio) == ["a", "b"]
    assert studio.settle() == "" and studio.built.volume() == pytest.approx(8000)


def test_a_cancelled_build_is_made_up_for(studio):
    studio.say("a box")
    with pytest.raises(Cancelled):
        studio.say("another", cancelled=lambda: True)
    assert studio.built.volume() == pytest.approx(1000)
    turn = studio.say("la la")
    assert not turn.changed and turn.built.volume() == pytest.approx(8000)


def test_another_version_is_built_anew(studio):
    studio.say("a box")
    studio.say("another")
    studio.history.goto(1)
    assert studio.rebuild().volume() == pytest.approx(1000)
    with pytest.raises(DataError):
        studio.history.goto(9)
