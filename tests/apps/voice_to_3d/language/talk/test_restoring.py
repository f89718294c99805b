"""What was taken away comes back as it was."""


def test_a_part(talk):
    first = talk("a jar with a lid").scene
    assert talk("take the lid off").scene != first
    assert talk("put it back").scene == first
    talk("remove the lid", "paint the jar blue", "put the lid back on")
    assert talk.only.material.name == "blue" and talk.parameters().get("lid") is not False


def test_a_thing_by_its_name(talk):
    talk("a table with a vase on it", "remove the vase", "paint the table red", "bring back the vase")
    assert talk.names == ["table", "vase"] and talk.one("vase").place.of == "table-1"


def test_nothing_of_that_name_was_taken(talk):
    before = talk("a table", "bring the lamp back").scene
    assert talk.names == ["table"] and talk.unread and before == talk.scene


def test_one_of_several_is_taken(talk):
    talk("a table", "put four chairs around it", "take one away")
    assert talk.names.count("chair") == 3
    talk("take away two of them")
    assert talk.names.count("chair") == 1
