from __future__ import annotations

import pytest

from wugan import Encoder, Head, Packet, Sink, Source, Stage

PACKET = Packet(1, 0, stream="s")


@pytest.mark.parametrize(
    ("component", "call", "method"),
    [
        (Source(), lambda c: list(c.packets()), "packets"),
        (Stage(), lambda c: c.process(PACKET), "process"),
        (Encoder(), lambda c: c.encode([PACKET]), "encode"),
        (Head(), lambda c: c.predict(None), "predict"),
        (Sink(), lambda c: c.write(PACKET), "write"),
    ],
)
def test_what_an_author_must_define_is_named(component, call, method):
    with pytest.raises(NotImplementedError, match=rf"{type(component).__name__} must define {method}\(\)"):
        call(component)


def test_no_other_hook_needs_to_be_defined():
    for component in (Stage(), Encoder(), Head(), Sink()):
        component.warm_up()
        component.close()
    stage = Stage()
    stage.interrupt()
    assert list(stage.flush()) == [] and stage.watermark(7) == 7
    assert Source().spec == {}


def test_a_source_is_a_context_manager_that_closes_after_an_error():
    class Device(Source[int]):
        state = "new"

        def open(self):
            self.state = "open"

        def close(self):
            self.state = "closed"

    device = Device()
    with pytest.raises(ZeroDivisionError), device as opened:
        assert opened is device and device.state == "open"
        raise ZeroDivisionError
    assert device.state == "closed"
