"""Ports: which type a component takes and which it gives, read from its type arguments or annotations."""

from __future__ import annotations

import functools
import inspect
import numbers
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from wugan.errors import DataError, PluginError
from wugan.fused import Fused
from wugan.join import Join
from wugan.packet import Packet
from wugan.stage import Encoder, Head, Sink, Source, Stage


@dataclass(frozen=True, slots=True)
class Ports:
    """The kind of a component and its port types; `None` where it has no such port.

    Attributes:
        kind: such as `"stage"`.
        takes: type of the data that it takes.
        gives: type of the data that it gives.
        nothing: whether `None` from it means no output; a function that is declared to give a type must give it.
    """

    kind: str
    takes: Any
    gives: Any
    nothing: bool = True


def ports(component: Any) -> Ports:
    """Ports of a component instance or a plain function.

    Raises:
        PluginError: it is neither a component nor a callable.
    """
    for base, kind in (
        (Source, "source"),
        (Stage, "stage"),
        (Encoder, "encoder"),
        (Join, "join"),
        (Head, "head"),
        (Sink, "sink"),
    ):
        if isinstance(component, base):
            arguments = _arguments(type(component), base)
            if base is Source:
                return Ports(kind, None, arguments[0])
            if base is Head:
                return Ports(kind, Fused, arguments[0], _may_be_none(arguments[0]))
            if base is Sink:
                return Ports(kind, arguments[0], None)
            return Ports(kind, arguments[0], arguments[1])
    if callable(component) and not isinstance(component, type):
        return _function_ports(component)
    raise PluginError(
        f"{component!r} is no component: subclass wugan.Source, Stage, Encoder, Join, Head or Sink, or give a function"
    )


def _arguments(cls: type, base: type) -> tuple[Any, ...]:
    """The type arguments that `cls` gives to `base`, followed through its parents; `Any` where it gives none."""
    return tuple(Any if isinstance(found, TypeVar) else found for found in _given(cls, base))


def _given(cls: type, base: type) -> tuple[Any, ...]:
    """Likewise, with the type variables of `cls` where it leaves them open."""
    for parent in getattr(cls, "__orig_bases__", ()):
        origin = get_origin(parent) or parent
        if origin is base:
            return get_args(parent) or (Any, Any)
        if isinstance(origin, type) and issubclass(origin, base):
            # `class Camera(Device[Image])`, where `class Device(Source[Out])` passes its own argument on
            filled = dict(zip(getattr(origin, "__parameters__", ()), get_args(parent), strict=False))
            return tuple(filled.get(one, one) if isinstance(one, TypeVar) else one for one in _given(origin, base))
    for parent in cls.__bases__:
        if parent is not base and issubclass(parent, base):
            return _given(parent, base)
    return (Any, Any)


def _function_ports(function: Callable[..., Any]) -> Ports:
    try:
        hints = get_type_hints(function)
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError, NameError):  # a builtin, or annotations that only a type checker can read
        return Ports("function", Any, Any)
    takes = hints.get(names[0], Any) if names else Any
    gives = hints.get("return", Any)
    nothing = _may_be_none(gives)
    if get_origin(gives) in (Union, types.UnionType):  # `X | None`: None means no output
        rest = tuple(argument for argument in get_args(gives) if argument is not type(None))
        gives = rest[0] if len(rest) == 1 else Any
    return Ports("function", _payload(takes), _payload(gives), nothing)


def _may_be_none(gives: Any) -> bool:
    return gives is Any or gives is type(None) or isinstance(gives, TypeVar) or type(None) in get_args(gives)


#: Methods of a component that the runtime calls, with the number of arguments it gives.
CALLS: dict[type, dict[str, int]] = {
    Source: {"open": 0, "packets": 0, "close": 0},
    Stage: {"warm_up": 0, "process": 1, "flush": 0, "watermark": 1, "interrupt": 0, "close": 0},
    Encoder: {"warm_up": 0, "encode": 1, "close": 0},
    Join: {"warm_up": 0, "combine": 1, "close": 0},
    Head: {"warm_up": 0, "predict": 1, "close": 0},
    Sink: {"warm_up": 0, "write": 1, "close": 0},
}


def call_problems(component: Any) -> list[str]:
    """What the runtime could not call: coroutines, and methods or functions with other arguments than it gives."""
    name = getattr(component, "__name__", None) or type(component).__name__
    for base, calls in CALLS.items():
        if isinstance(component, base):
            found = (_call_problem(f"{name}.{call}()", getattr(component, call), n) for call, n in calls.items())
            return [problem for problem in found if problem]
    return [problem for problem in [_call_problem(f"{name}()", component, 1)] if problem]


def _call_problem(where: str, function: Any, count: int) -> str:
    body = getattr(function, "func", function)  # of a partial
    body = body if inspect.isroutine(body) else type(body).__call__
    if inspect.iscoroutinefunction(body) or inspect.isasyncgenfunction(body):
        return f"{where} is async, and stages are called, not awaited: make it a plain function (asyncio.run inside it)"
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a builtin does not always say
        return ""
    try:
        signature.bind(*[None] * count)
    except TypeError as error:
        return f"{where} is called with {'one argument, what it is to handle' if count else 'no argument'}: {error}"
    return ""


def _payload(hint: Any) -> Any:
    """What a packet holds, where a function speaks of packets."""
    if hint is Packet:
        return Any
    return get_args(hint)[0] if get_origin(hint) is Packet else hint


def wants_bare_data(function: Callable[..., Any]) -> str:
    """`name: type` of a plain function's first parameter where it is annotated, and not as a packet; else empty."""
    if isinstance(function, Sink):
        return ""
    try:
        hints = get_type_hints(function)
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError, NameError):
        return ""
    hint = hints.get(names[0], Any) if names else Any
    if hint in (Any, object) or isinstance(hint, TypeVar) or hint is Packet or get_origin(hint) is Packet:
        return ""
    return f"{names[0]}: {type_name(hint)}"


def wants_packet(function: Callable[..., Any]) -> bool:
    """Whether a plain function asks for the whole packet (its first parameter is annotated `Packet`)."""
    try:
        hints = get_type_hints(function)
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError, NameError):
        return False
    hint = hints.get(names[0]) if names else None
    return hint is Packet or get_origin(hint) is Packet


def fits(gives: Any, takes: Any) -> bool:
    """Whether what one port gives can go into the other."""
    if takes is Any or gives is Any or isinstance(takes, TypeVar) or isinstance(gives, TypeVar):
        return True
    if get_origin(gives) in (Union, types.UnionType):
        return all(fits(option, takes) for option in get_args(gives))
    if get_origin(takes) in (Union, types.UnionType):
        return any(fits(gives, option) for option in get_args(takes))
    given, taken = get_origin(gives) or gives, get_origin(takes) or takes
    if isinstance(given, type) and isinstance(taken, type):
        return _subclass(given, taken)
    return bool(given == taken)


# As type checkers have it, a float may be an int; and numpy's scalars are as good as Python's.
_NUMBERS: dict[type, type] = {float: numbers.Real, int: numbers.Integral, complex: numbers.Complex}


def _subclass(given: type, taken: type) -> bool:
    try:
        return issubclass(given, (taken, _NUMBERS.get(taken, taken)))
    except TypeError:  # a protocol or typed dictionary, which has no classes under it at run time
        return True


def check(data: Any, gives: Any, where: str) -> None:
    """Check what came out of an output port against the port's type.

    Raises:
        DataError: it is of another type; names `where`.
    """
    if not _may_come_out(type(data), gives):  # type: ignore[arg-type]  # a class is hashable
        raise DataError(
            f"{where} gave {type(data).__name__} on its output port, which is declared as {type_name(gives)}"
        )


def check_time(packet: Packet[Any], where: str) -> None:
    """Check that a packet's time is in whole nanoseconds. Raises `DataError`, which names `where`."""
    if type(packet.time_ns) is not int and (isinstance(packet.time_ns, bool) or not _whole(packet.time_ns)):
        raise DataError(
            f"{where} gave a packet with time_ns={packet.time_ns!r} ({type(packet.time_ns).__name__}): times are whole "
            "nanoseconds, so give an int, such as round(seconds * 1e9)"
        )


def _whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral)


@functools.lru_cache(maxsize=1024)  # asked for every packet
def _may_come_out(kind: type, gives: Any) -> bool:
    return not _checkable(gives) or fits(kind, gives)


def _checkable(gives: Any) -> bool:
    """Whether a type says something about classes at run time, which a literal, for example, does not."""
    if get_origin(gives) in (Union, types.UnionType):
        return all(map(_checkable, get_args(gives)))
    return isinstance(get_origin(gives) or gives, type)


def type_name(kind: Any) -> str:
    """A type as an engineer would write it."""
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind).replace("typing.", "")
