"""`run_stage`: one component outside a pipeline, for the tests of a plugin.

It runs what the runtime runs (the same operators, the same stamps, arrays read-only), but an error reaches the test
instead of the dead letters, and the contracts that a runtime takes on trust are checked.
"""

from __future__ import annotations

import copy
import dataclasses
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from numbers import Integral, Number
from typing import Any

import numpy as np

from wugan.errors import DataError, PluginError
from wugan.packet import Packet
from wugan.ports import check, ports, type_name
from wugan.runtime.links.payload import decode, encode, freeze
from wugan.runtime.node.operators import Operator, operator
from wugan.stage import Encoder, Source

STEP_NS = 100_000_000  # between packets that are given as bare data: 100 ms, as good as any


def run_stage(
    stage: Any,
    packets_in: Iterable[Any] = (),
    expect: Sequence[Any] | None = None,
    *,
    rtol: float = 1e-4,
    atol: float = 1e-5,
    limit: int = 1000,
) -> list[Packet[Any]]:
    """Run one component as the runtime does, check its contracts, and return what comes out.

    Order of calls: `warm_up`, one call for each packet, `flush` (a stage), `close`; a source is opened, read and
    closed. Checked on the way: the component survives pickling before `warm_up`; it leaves its input alone; it gives
    packets of the declared type, none before the time that its `watermark` has promised; an encoder gives one output
    (or `None`) for each packet, and the same one whatever the batch.

    Args:
        stage: a `Stage`, `Encoder`, `Head`, `Sink`, `Source` or plain function.
        packets_in: packets, or bare data, which become packets 100 ms apart. Copied first; nothing for a source.
        expect: what must come out, one item for each packet: a value (floats and arrays within the tolerance), a
            class (the data is one of it), a `Packet` (its data, time and attributes), or a function of the packet,
            which asserts, or returns false where the packet is wrong.
        rtol: relative tolerance of numbers, as numpy's `allclose` has it; also between batches of an encoder.
        atol: absolute tolerance, likewise.
        limit: packets to read from a source, which may be endless.

    Returns:
        The packets, stamped by the runtime's rules: `stream` is the component's name, `seq` counts from 0.

    Raises:
        PluginError: a contract is broken; says which, where and what to do.
        DataError: a packet of the input or the output is not of the declared type.
        AssertionError: the output is not what is expected; says which packet differs and how.
    """
    kind = ports(stage).kind
    name = getattr(stage, "__name__", None) or type(stage).__name__
    if kind == "join":
        raise PluginError(f"{name} is a Join, which takes several streams: test it in a Pipeline")
    _survives_pickling(stage, name)
    if isinstance(stage, Source):
        given = list(packets_in)
        if given:
            raise DataError(f"{name} is a source and takes no input, but packets_in has {len(given)} items")
        packets = _read(stage, name, limit)
    else:
        packets = _run(stage, name, _packets(packets_in, ports(stage).takes, name), rtol, atol)
    if expect is not None:
        _compare(packets, list(expect), name, rtol, atol)
    return packets


def difference(actual: Any, expected: Any, rtol: float = 0.0, atol: float = 0.0, where: str = "data") -> str | None:
    """Where and how two payloads differ, or `None`: looks into dataclasses, models, mappings, sequences and arrays.

    Floats and arrays of them (numpy, torch) are equal within the tolerance, NaN with NaN; integers, which may be
    indices, only where they are the same. The element type of arrays is not compared, their shape is.
    """
    if _is_array(actual) or _is_array(expected):
        return _array_difference(_array(actual), _array(expected), rtol, atol, where)
    if isinstance(expected, Number) and isinstance(actual, Number):
        return None if _close(actual, expected, rtol, atol) else f"{where} is {actual!r}, expected {expected!r}"
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        if set(actual) != set(expected):
            return f"{where} has keys {sorted(map(str, actual))}, expected {sorted(map(str, expected))}"
        return _first(difference(actual[key], expected[key], rtol, atol, f"{where}[{key!r}]") for key in expected)
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        if len(actual) != len(expected):
            return f"{where} has {len(actual)} items, expected {len(expected)}"
        pairs = enumerate(zip(actual, expected, strict=True))
        return _first(difference(a, e, rtol, atol, f"{where}[{i}]") for i, (a, e) in pairs)
    fields = _fields(expected)
    if fields is not None and type(actual) is type(expected):
        return _first(
            difference(getattr(actual, f, None), getattr(expected, f, None), rtol, atol, f"{where}.{f}") for f in fields
        )
    return None if actual == expected else f"{where} is {_short(actual)}, expected {_short(expected)}"


def _survives_pickling(stage: Any, name: str) -> None:
    """On a runtime with processes, a component is pickled before `warm_up` and runs as the copy."""
    try:
        copied = decode(*encode(stage))
    except Exception as error:
        raise PluginError(
            f"{name} cannot be pickled, so it cannot run in another process ({type(error).__name__}: {error}): "
            f"keep models, files, locks and devices out of __init__, and make them in {_opens(stage)}()"
        ) from error
    for parameter, value in getattr(stage, "__dict__", {}).items():
        if not hasattr(copied, parameter):
            raise PluginError(f"{name} loses {parameter!r} when it is pickled: see its __getstate__ or __reduce__")
        if isinstance(value, (str, Number)) and (lost := difference(getattr(copied, parameter), value)):
            raise PluginError(f"{name}.{parameter} changes when it is pickled ({lost.removeprefix('data ')} before)")


def _opens(stage: Any) -> str:
    return "open" if isinstance(stage, Source) else "warm_up"


def _packets(items: Iterable[Any], takes: Any, name: str) -> list[Packet[Any]]:
    """The input as packets of the component's own, of the type that it takes."""
    packets: list[Packet[Any]] = []
    for number, item in enumerate(items):
        packet = item if isinstance(item, Packet) else Packet(item, number * STEP_NS, stream="test", seq=number)
        try:
            check(packet.data, takes, name)
        except DataError:
            raise DataError(
                f"packets_in[{number}] holds {type(packet.data).__name__}, but {name} takes {type_name(takes)}"
            ) from None
        packets.append(_copy(packet, number))
    return packets


def _copy(packet: Packet[Any], number: int) -> Packet[Any]:
    try:
        return copy.deepcopy(packet)
    except Exception as error:
        raise DataError(
            f"packets_in[{number}] cannot be copied ({type(error).__name__}: {error}), nor go to another process: "
            "give plain data, arrays and dataclasses"
        ) from error


def _read(source: Source[Any], name: str, limit: int) -> list[Packet[Any]]:
    gives = ports(source).gives
    packets: list[Packet[Any]] = []
    try:
        source.open()
        for packet in islice((found for found in source.packets() if found is not None), limit):
            if not isinstance(packet, Packet):
                raise DataError(f"{name}.packets() must yield packets, got {type(packet).__name__}")
            check(packet.data, gives, f"source {name!r}")
            packets.append(_stamp(packet, name, len(packets)))
    finally:
        source.close()
    try:
        source.close()
    except Exception as error:
        raise PluginError(
            f"{name}.close() raises when it is called again ({type(error).__name__}: {error}): it must be safe to "
            "call twice"
        ) from error
    return packets


def _run(stage: Any, name: str, packets: list[Packet[Any]], rtol: float, atol: float) -> list[Packet[Any]]:
    runs = operator(name, stage, [])
    outputs: list[Packet[Any]] = []
    ordered = all(a.time_ns <= b.time_ns for a, b in pairwise(packets))
    promised = -math.inf
    try:
        runs.warm_up()
        alone: list[Any] = []
        for number, packet in enumerate(packets):
            where = f"{name}, packets_in[{number}]"
            if ordered:  # a runtime may know the time before it has the packet
                runs.advance("", packet.time_ns)
                promised = runs.watermark()
            given = _untouched(lambda packet: _handle(runs, packet), [packet], where)
            alone.append(given[0].data if given else None)
            for out in given:
                outputs.append(_stamp(_on_time(out, promised, where), name, len(outputs)))
            promised = runs.watermark() if ordered else promised
        if isinstance(stage, Encoder) and packets:
            _same_in_a_batch(stage, name, packets, alone, rtol, atol)
        for out in _flush(runs, name):
            outputs.append(_stamp(_on_time(out, promised, f"{name}, at the end"), name, len(outputs)))
    finally:
        runs.close()
    return outputs


def _handle(runs: Operator, packets: list[Packet[Any]]) -> Iterator[Packet[Any]]:
    return (out for packet in packets for out in runs.handle("", packet) if isinstance(out, Packet))


def _flush(runs: Operator, name: str) -> Iterator[Packet[Any]]:
    try:
        runs.advance("", math.inf)
        for out in runs.flush():
            if isinstance(out, Packet):
                yield out
    except Exception as error:
        error.add_note(f"{name}, at the end of the stream")
        raise


def _untouched(call: Callable[[list[Packet[Any]]], Iterable[Any]], packets: list[Packet[Any]], where: str) -> list[Any]:
    """What a call makes of packets, which must be afterwards what they were."""
    before = copy.deepcopy(packets)
    for packet in packets:
        freeze(packet.data)
    try:
        outputs = list(call(packets))
    except ValueError as error:
        if "read-only" in str(error):  # numpy's words
            raise PluginError(
                f"{where}: it writes to an array that it was given, or has already sent ({error}); "
                "others read the same memory: work on a copy (array.copy())"
            ) from error
        error.add_note(where)
        raise
    except Exception as error:
        error.add_note(where)
        raise
    for packet, was in zip(packets, before, strict=True):
        changed = difference(packet, was, where="packet")
        if changed:
            raise PluginError(
                f"{where}: it changes its input ({changed}); other stages read the same packet: "
                "work on a copy, and give packet.replace(data)"
            )
    return outputs


def _on_time(packet: Packet[Any], promised: float, where: str) -> Packet[Any]:
    if packet.time_ns < promised:
        raise PluginError(
            f"{where}: a packet of {packet.time_ns} ns comes out after watermark() has said that nothing before "
            f"{promised:.0f} ns would; a stage that holds packets back must return the start of what it holds"
        )
    return packet


def _stamp(packet: Packet[Any], name: str, number: int) -> Packet[Any]:
    if not isinstance(packet.time_ns, Integral):
        raise PluginError(
            f"{name}, output {number}: time_ns is {packet.time_ns!r}, but times are whole nanoseconds (int)"
        )
    return Packet(freeze(packet.data), packet.time_ns, stream=name, seq=number, attrs=packet.attrs)


def _same_in_a_batch(
    encoder: Encoder[Any, Any], name: str, packets: list[Packet[Any]], alone: list[Any], rtol: float, atol: float
) -> None:
    """An encoder is a pure function, so a batch gives what its packets gave one by one (a batch of two at least)."""
    if len(packets) == 1:
        packets, alone = packets * 2, alone * 2
    where = f"{name}, batch of {len(packets)}"
    together = _untouched(lambda batch: _outputs(encoder.encode(batch), where), packets, where)
    if len(together) != len(packets):
        raise PluginError(
            f"{where}: encode() gave {len(together)} outputs; it must give one for each packet, None for no output"
        )
    for number, (one, many) in enumerate(zip(alone, together, strict=True)):
        differs = difference(many, one, rtol, atol)
        if differs:
            raise PluginError(
                f"{where}: packet {number} gives another result than alone ({differs}); an encoder must be a pure "
                "function of each packet: mask the padding, keep no state, use no statistics of the batch"
            )


def _outputs(outputs: Any, where: str) -> list[Any]:
    if not hasattr(outputs, "__len__") or not hasattr(outputs, "__getitem__"):
        raise PluginError(f"{where}: encode() must give a list, got {type(outputs).__name__}")
    return [outputs[number] for number in range(len(outputs))]


def _compare(packets: list[Packet[Any]], expect: list[Any], name: str, rtol: float, atol: float) -> None:
    for number, (packet, expected) in enumerate(zip(packets, expect, strict=False)):
        differs = _unexpected(packet, expected, rtol, atol)
        if differs:
            raise AssertionError(f"{name}, output {number} of {len(packets)} (at {packet.time_ns} ns): {differs}")
    if len(packets) > len(expect):
        more = packets[len(expect)]
        raise AssertionError(
            f"{name} gave {len(packets)} packets, expected {len(expect)}; the first that is too many, "
            f"at {more.time_ns} ns, holds {_short(more.data)}"
        )
    if len(packets) < len(expect):
        raise AssertionError(
            f"{name} gave {len(packets)} packets, expected {len(expect)}; the first that is missing: "
            f"{_short(expect[len(packets)])}"
        )


def _unexpected(packet: Packet[Any], expected: Any, rtol: float, atol: float) -> str | None:
    if isinstance(expected, type):
        fits = isinstance(packet.data, expected)
        return None if fits else f"data is {_short(packet.data)}, expected a {expected.__name__}"
    if isinstance(expected, Packet):
        if packet.time_ns != expected.time_ns:
            return f"time_ns is {packet.time_ns}, expected {expected.time_ns}"
        return difference(packet.attrs, expected.attrs, rtol, atol, "attrs") or difference(
            packet.data, expected.data, rtol, atol
        )
    if callable(expected):
        try:
            answer = expected(packet)
        except AssertionError as error:
            return f"{error or 'its assertion fails'}; data is {_short(packet.data)}"
        wrong = answer is not None and not answer
        return f"{getattr(expected, '__name__', expected)} is false of {_short(packet.data)}" if wrong else None
    return difference(packet.data, expected, rtol, atol)


def _first(found: Iterable[str | None]) -> str | None:
    return next((text for text in found if text), None)


def _close(actual: Any, expected: Any, rtol: float, atol: float) -> bool:
    if isinstance(actual, Integral) and isinstance(expected, Integral):
        return bool(actual == expected)
    return bool(np.isclose(complex(actual), complex(expected), rtol, atol, equal_nan=True))


def _is_array(data: Any) -> bool:
    torch = sys.modules.get("torch")
    return isinstance(data, np.ndarray) or (torch is not None and isinstance(data, torch.Tensor))


def _array(data: Any) -> np.ndarray[Any, Any]:
    """A payload as an array: bfloat16, which numpy has not, as float32."""
    if _is_array(data) and not isinstance(data, np.ndarray):
        data = data.detach().cpu()
        return np.asarray(data.float() if "bfloat16" in str(data.dtype) else data)
    return np.asarray(data)


def _array_difference(
    actual: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], rtol: float, atol: float, where: str
) -> str | None:
    if actual.shape != expected.shape:
        return f"{where} has shape {actual.shape}, expected {expected.shape}"
    kinds = {actual.dtype.kind, expected.dtype.kind}
    if kinds & set("fc") and kinds <= set("biufc"):
        same = np.isclose(actual, expected, rtol, atol, equal_nan=True)
    else:
        same = np.asarray(actual == expected)
    if same.all():
        return None
    places = np.argwhere(~same)
    place = tuple(int(index) for index in places[0])
    at = f"{where}[{', '.join(map(str, place))}]" if place else where
    return f"{at} is {actual[place]}, expected {expected[place]} ({len(places)} of {same.size} elements differ)"


def _fields(data: Any) -> list[str] | None:
    """Names of what an object holds, where equality is of its parts; `None` where `==` is to be asked."""
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return [field.name for field in dataclasses.fields(data) if field.compare]
    if hasattr(type(data), "model_fields"):  # Pydantic
        return list(type(data).model_fields)
    # An object with no idea of equality: its copy would never be equal to it.
    equality: Any = type(data).__eq__
    return list(getattr(data, "__dict__", {})) if equality is object.__eq__ else None


def _short(data: Any) -> str:
    text = repr(data)
    return text if len(text) <= 200 else f"{text[:200]}…"
