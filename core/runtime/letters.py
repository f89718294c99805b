"""Dead letters: the packets that a stage could not handle, kept with what went wrong, read back, and given again.

A run has one folder of them, made at the first: `letters/NAME-TIME` in the user's state folder unless it is told
otherwise. Each letter is a folder `STAGE-NUMBER` in it:

| file | holds |
|---|---|
| `error.json` | stage, port, stream, seq, time, data in words, error, traceback |
| `packet.json` | the packet as `wugan.record.codec` writes it, without its arrays |
| `packet.safetensors` | its arrays and tensors |

Reading one runs no code: nothing is pickled.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import functools
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wugan.errors import DataError, PipelineError
from wugan.join import Join
from wugan.options import NodeOptions
from wugan.packet import Packet
from wugan.ports import check, ports
from wugan.stage import Source, Stage

if TYPE_CHECKING:
    from wugan.pipeline import Node, Pipeline
    from wugan.runtime import Runtime

log = logging.getLogger(__name__)
workers = logging.getLogger("wugan.runtime.node.worker")

STATE = "WUGAN_STATE"  # variable that names the state folder
ABOUT, PACKET, ARRAYS = "error.json", "packet.json", "packet.safetensors"
REPLAYED = "replayed"  # subfolder of the letters that have been replayed
DROPPED = ".dropped"  # how many older entries of a folder had to make room
MAX_RUNS, MAX_RUN_BYTES = 200, 4 << 30  # of all runs in the state folder together
DEPTH = 5  # a window holds a dictionary of packets of tokens of arrays
MOST = 8  # fields or keys named


def letters_root() -> Path:
    """Where runs put their letters: `letters` in the folder of `WUGAN_STATE`, else in the user's state folder."""
    import platformdirs

    named = os.environ.get(STATE)
    return (Path(named) if named else platformdirs.user_state_path("wugan")) / "letters"


def default_dead_letters(pipeline: Pipeline) -> Path:
    """Where a run's letters go unless told otherwise."""
    return letters_root() / f"{pipeline.name}-{time.strftime('%Y%m%d-%H%M%S')}"


def dropped(folder: Path) -> int:
    """How many entries of a folder had to make room for newer ones."""
    try:
        return int((folder / DROPPED).read_text())
    except (OSError, ValueError):
        return 0


def _bound(folder: Path, most: int, max_bytes: int) -> None:
    """Remove the oldest subfolders until there are `most` at most, of `max_bytes` at most, and count them."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        aged: list[tuple[int, int, Path]] = []
        for entry in folder.iterdir():
            with contextlib.suppress(OSError):  # another process moves one
                if entry.is_dir() and entry.name != REPLAYED and not entry.name.startswith("."):
                    sizes = [found.stat().st_size for found in entry.rglob("*") if found.is_file()]
                    aged.append((entry.stat().st_mtime_ns, sum(sizes), entry))
        aged.sort()
        count, held = len(aged), sum(size for _, size, _ in aged)
        for _, size, entry in aged[:-1]:
            if count <= most and held <= max_bytes:
                break
            shutil.rmtree(entry, ignore_errors=True)
            count, held = count - 1, held - size
        if gone := len(aged) - count:
            (folder / DROPPED).write_text(str(dropped(folder) + gone))


class DeadLetters:
    """Writes a run's letters. Where there are too many, the oldest make room and are counted (`dropped`).

    Args:
        folder: where letters go.
        max_letters: how many are kept; a stage that fails on every frame must not fill the disk.
        max_bytes: how much the kept letters may hold together.
    """

    def __init__(self, folder: Path, max_letters: int = 1000, max_bytes: int = 1 << 30) -> None:
        self.folder = folder
        self.max_letters = max_letters
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._count = self._since = self._bytes_since = 0

    def write(self, stage: str, port: str, packet: Packet[Any] | None, error: BaseException) -> Path:
        """Keep a packet with its error; returns the letter's folder. Raises `OSError` where it cannot be written."""
        with self._lock:
            if not self._count and self.folder.parent == letters_root():
                self.folder.mkdir(parents=True, exist_ok=True)
                _bound(self.folder.parent, MAX_RUNS, MAX_RUN_BYTES)
            letter = self._new(re.sub(r"[^\w.-]", "_", stage))
        about = {
            "stage": stage,
            "port": port,
            "stream": getattr(packet, "stream", None),
            "seq": getattr(packet, "seq", None),
            "time_ns": getattr(packet, "time_ns", None),
            "error": f"{type(error).__name__}: {error}",
            "traceback": "".join(traceback.format_exception(error)),
            "written": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        }
        size = 0
        if packet is not None:
            with contextlib.suppress(Exception):  # the words are a help; a class may refuse to be looked into
                about["data"] = summary(packet.data)
            try:
                size = self._keep(letter, packet)
            except Exception as unwritable:  # the error must be kept even where the packet cannot be
                about["packet"] = f"not kept, {type(unwritable).__name__}: {unwritable}"
        (letter / ABOUT).write_text(json.dumps(about, indent=2, default=str))
        with self._lock:
            self._since, self._bytes_since = self._since + 1, self._bytes_since + size
            if self._since > self.max_letters // 20 or self._bytes_since > self.max_bytes // 20:
                self._since = self._bytes_since = 0
                _bound(self.folder, self.max_letters, self.max_bytes)
        return letter

    def _keep(self, letter: Path, packet: Packet[Any]) -> int:
        from safetensors.numpy import save

        from wugan.record.codec import encode

        arrays: dict[str, np.ndarray[Any, Any]] = {}
        written = json.dumps(encode(packet, arrays)).encode()
        size = len(written) + sum(array.nbytes for array in arrays.values())
        if size > self.max_bytes:
            raise DataError(f"it holds {size} bytes, and all letters of a run together may hold {self.max_bytes}")
        if arrays:
            (letter / ARRAYS).write_bytes(save(arrays))
        (letter / PACKET).write_bytes(written)
        return size

    def adopt(self, letter: Path) -> Path:
        """Move a letter of another folder here, under its name or the next that is free; returns where it is now."""
        with self._lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            place = self.folder / letter.name
            if place.exists():
                place = self._new(letter.name.rpartition("-")[0] or letter.name)
            os.replace(letter, place)  # over an empty folder, if there is one
        return place

    def _new(self, stage: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        while True:  # an earlier run, or another stage's process, may have letters in this folder
            self._count += 1
            letter = self.folder / f"{stage}-{self._count:05d}"
            try:
                letter.mkdir()
                return letter
            except FileExistsError:
                continue


class Earlier(BaseModel):
    """An earlier failure of the same packet."""

    error: str
    written: str


class Letter(BaseModel):
    """One letter, as it lies in its folder; `load` reads the packet.

    Attributes:
        folder: where it lies; its name names the letter.
        stage: the node that failed.
        port: the port at which the packet arrived; empty where there was none.
        stream: the packet's stream; `None` where no packet was at hand.
        seq: its number in the stream.
        time_ns: its time.
        data: what it held, in words; see `summary`.
        error: class and message of the exception.
        traceback: all of it.
        written: when.
        not_kept: why the packet is not in the letter; empty where it is.
        earlier: how it failed before it was replayed.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    folder: Path
    stage: str
    port: str = ""
    stream: str | None = None
    seq: int | None = None
    time_ns: int | float | None = None
    data: str = ""
    error: str
    traceback: str = ""
    written: str = ""
    not_kept: str = Field(default="", alias="packet")
    earlier: list[Earlier] = Field(default_factory=list)

    @property
    def name(self) -> str:
        """Stage and number."""
        return self.folder.name

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> Letter:
        """Read one.

        Raises:
            DataError: there is none, or it is damaged.
        """
        path = Path(folder)
        if not (path / ABOUT).is_file():
            raise DataError(
                f"{path} is no letter, since it holds no {ABOUT}: give a folder such as "
                "letters/NAME-TIME/STAGE-00001 (`wugan letters list FOLDER` names them)"
            )
        try:
            return cls(folder=path, **json.loads((path / ABOUT).read_text(encoding="utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        except (OSError, ValueError, TypeError) as error:
            what = str(error)
        raise DataError(f"{path / ABOUT} cannot be read: {what}")

    def load(self, packages: Iterable[str] = ()) -> Packet[Any]:
        """The packet. Its types are looked up only in modules that are loaded, wugan, plugins, and `packages`.

        Raises:
            DataError: it was not kept, is damaged, or holds a type that is not there.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        from wugan.plugin import plugins
        from wugan.record.codec import decode

        if self.not_kept:
            raise DataError(f"{self.folder}: the packet was {self.not_kept}")
        if self.stream is None:
            raise DataError(f"{self.folder}: it holds no packet, since none was at hand when the stage failed")
        trusted = {plugin.target.partition(":")[0].partition(".")[0] for plugin in plugins()} | {"wugan", *packages}
        try:
            arrays = load_file(self.folder / ARRAYS) if (self.folder / ARRAYS).exists() else {}
            return decode(json.loads(self._text()), self.stream, trusted, arrays)
        except FileNotFoundError as error:
            raise DataError(f"{self.folder}: there is no {PACKET} in it") from error
        except (DataError, OSError, ValueError, RecursionError, SafetensorError) as error:
            raise DataError(f"{self.folder}: its packet cannot be read: {error}") from error

    def _text(self) -> str:
        return (self.folder / PACKET).read_text(encoding="utf-8")

    def packages(self) -> set[str]:
        """The packages in which the packet's types are."""
        return set(re.findall(r'"\$(?:type|enum)": "(\w+)', self._text()))

    def failed_again(self, newer: Letter) -> Letter:
        """Note that the packet failed once more, which is now the letter's error; the packet stays as it is."""
        path = self.folder / ABOUT
        about = json.loads(path.read_text(encoding="utf-8"))
        about["earlier"] = [*about.get("earlier", []), {"error": self.error, "written": self.written}]
        about |= {"error": newer.error, "traceback": newer.traceback, "written": newer.written}
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(about, indent=2), encoding="utf-8")
        os.replace(beside, path)
        return Letter.read(self.folder)


def read_letters(folder: str | os.PathLike[str]) -> list[Letter]:
    """The letters of a folder, by stage and in the order in which they failed; a damaged one is skipped and told.

    Raises:
        DataError: there is no such folder, or no letter in it.
    """
    path = Path(folder)
    if not path.is_dir():
        raise DataError(f"{path} is no folder: give the dead-letter folder of a run, such as letters/NAME-TIME")
    found = list(letters_in(path))
    if not found:
        raise DataError(f"{path} holds no letters{_hint(path)}")
    return found


def runs_with_letters(root: Path) -> list[tuple[Path, int]]:
    """The runs in a folder of them that have letters, the newest last, and how many each has."""
    runs = [run for run in root.iterdir() if run.is_dir()] if root.is_dir() else []
    counted = [(run, sum(map(_may_be, run.iterdir()))) for run in sorted(runs, key=lambda run: run.stat().st_mtime)]
    return [(run, count) for run, count in counted if count]


def letters_in(path: Path) -> Iterator[Letter]:
    """As `read_letters`, for a folder that may hold none."""
    for folder in sorted((entry for entry in path.iterdir() if _may_be(entry)), key=_order):
        try:
            yield Letter.read(folder)
        except DataError as error:
            log.warning("skipped: %s", error)


def _may_be(entry: Path) -> bool:
    """Whether it is a letter, or one that its process did not come to finish; a run's own folder holds folders."""
    if entry.name.startswith(".") or not entry.is_dir():
        return False
    numbered = re.fullmatch(r".+-\d{5,}", entry.name) is not None
    return (entry / ABOUT).is_file() or (numbered and not any(inner.is_dir() for inner in entry.iterdir()))


def _order(folder: Path) -> tuple[str, int]:
    stage, _, number = folder.name.rpartition("-")
    return (stage, int(number)) if number.isdecimal() else (folder.name, 0)


def _hint(path: Path) -> str:
    if (path / ABOUT).is_file():
        return f": it is a letter itself; give {path.parent}, or use `wugan letters show`"
    if (path / REPLAYED).is_dir():
        return f"; those in {path / REPLAYED} have been replayed"
    inside = [entry for entry in sorted(path.iterdir()) if entry.is_dir()]
    runs = [str(entry) for entry in inside if any(map(_may_be, entry.iterdir()))]
    return f"; give that of one run: {', '.join(runs[-5:])}" if runs else ""


def summary(data: Any, depth: int = DEPTH) -> str:
    """Such as `Frame(pixels=uint8[1080, 1920, 3], number=int)`."""
    name = type(data).__name__
    torch = sys.modules.get("torch")
    if isinstance(data, np.ndarray):
        return f"{data.dtype}{list(data.shape)}"
    if torch is not None and isinstance(data, torch.Tensor):
        return f"{str(data.dtype).removeprefix('torch.')}{list(data.shape)} on {data.device}"
    if isinstance(data, (bytes, bytearray, str)):
        return f"{name}[{len(data)}]"
    if not depth:
        return name
    if isinstance(data, Packet):
        return f"Packet({summary(data.data, depth - 1)})"
    if isinstance(data, dict):
        return f"{{{_fields(((str(key), item) for key, item in data.items()), ': ', len(data), depth)}}}"
    if isinstance(data, (list, tuple)) and not hasattr(data, "_fields"):
        return f"{name}[{len(data)}]" + (f" of {summary(data[0], depth - 1)}" if data else "")
    names: list[str] = []
    if dataclasses.is_dataclass(data):
        names = [field.name for field in dataclasses.fields(data)]
    elif isinstance(data, BaseModel):
        names = list(type(data).model_fields)
    elif isinstance(data, tuple):
        names = list(getattr(data, "_fields", ()))
    if not names:
        return name
    return f"{name}({_fields(((field, getattr(data, field, None)) for field in names), '=', len(names), depth)})"


def _fields(items: Any, sign: str, count: int, depth: int) -> str:
    shown = [f"{name}{sign}{summary(item, depth - 1)}" for (name, item), _ in zip(items, range(MOST), strict=False)]
    return ", ".join(shown) + (f", … {count - MOST} more" if count > MOST else "")


@dataclass
class LetterReplay:
    """What came of a replay.

    Attributes:
        passed: letters that their stage has handled now, as they were.
        again: letters that failed again, with the new error.
        kept: letters that could not be replayed, with the reason.
        new: letters of stages further down, and of the end of a stream.
        dropped: packets that nodes dropped on the way (a join, for want of other streams).
    """

    passed: list[Letter] = field(default_factory=list)
    again: list[Letter] = field(default_factory=list)
    kept: list[tuple[Letter, str]] = field(default_factory=list)
    new: list[Letter] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def ok(self) -> bool:
        """Whether every packet went all the way."""
        return not (self.again or self.kept or self.new)


@dataclass
class LetterSource(Source[Any]):
    """Gives the packets of letters, with their own times and attributes.

    Args:
        letters: their folders, in order, or packets; none gives a stream that ends at once.
        packages: see `Letter.load`.
    """

    letters: Sequence[str | Packet[Any]] = ()
    packages: Sequence[str] = ()

    def packets(self) -> Iterator[Packet[Any]]:
        """One packet for each letter."""
        for letter in self.letters:
            packet = letter if isinstance(letter, Packet) else Letter.read(letter).load(self.packages)
            yield Packet(packet.data, packet.time_ns, stream=packet.stream, seq=packet.seq, attrs=packet.attrs)


class Combine(Stage[Any, Any]):
    """Stands in for a join where windows that it could not combine come as packets.

    Args:
        join: the join.
        name: its node's.
    """

    def __init__(self, join: Join[Any, Any], name: str) -> None:
        self.join = join
        self.name = name

    def warm_up(self) -> None:
        """Warm the join up."""
        self.join.warm_up()

    def close(self) -> None:
        """Close the join."""
        self.join.close()

    def process(self, packet: Packet[Any]) -> Iterable[Packet[Any]]:
        """Combine one window."""
        combined = self.join.combine(packet.data)
        if combined is not None:
            check(combined, ports(self.join).gives, f"stage {self.name!r}")
            yield packet.replace(combined)


def replay_letters(
    folder: str | os.PathLike[str],
    pipeline: Pipeline,
    runtime: Runtime | str = "local",
    stage: str | None = None,
    keep: bool = False,
) -> LetterReplay:
    """Give each packet again to the stage at which it failed, and what follows to everything below that stage.

    Each stage that has letters makes a run of its own: its packets come as fast as they are taken, with their own
    times, attributes and stream, numbered anew; no link drops any. A join further down gets only these: for its other
    streams nothing comes, and its policy says what it makes of that. A window that a join could not combine is
    combined again.

    A letter that passes its stage moves to the subfolder `replayed`. One that fails again stays where it is, with the
    new error. What fails further down becomes a letter of its own in the same folder.

    Args:
        folder: the dead-letter folder of a run.
        pipeline: with nodes of the same names.
        runtime: as for `Pipeline.run`.
        stage: replay only the letters of this node.
        keep: leave letters that pass where they are.

    Raises:
        DataError: there is no such folder, no letter in it, or it cannot be written to.
        PipelineError: a letter's stage is no node of the pipeline, or `stage` has no letters.
        RuntimeFailure: a stage could not start or go on; the letters of that stage stay as they were.
    """
    letters = read_letters(folder)
    by_stage: dict[str, list[Letter]] = {}
    for letter in letters:
        by_stage.setdefault(_node(letter, pipeline), []).append(letter)
    if stage is not None:
        if stage not in by_stage:
            raise PipelineError(f"{folder} holds no letters of {stage!r} (it holds some of: {', '.join(by_stage)})")
        by_stage = {stage: by_stage[stage]}
    if strangers := [name for name in by_stage if name not in pipeline.nodes]:
        raise PipelineError(
            f"letters of {', '.join(map(repr, strangers))}: there is no such node in pipeline {pipeline.name!r} (there "
            f"are: {', '.join(pipeline.nodes)}); give the pipeline that wrote them, or choose others by their stage"
        )
    report = LetterReplay()
    for name in pipeline.nodes:
        if name in by_stage:
            fit = list(_fit(by_stage[name], pipeline.nodes[name], report))
            if fit:
                _replay(Path(folder), pipeline, name, fit, runtime, keep, report)
    return report


def _node(letter: Letter, pipeline: Pipeline) -> str:
    """The name of the node that failed, of which a replica's name is made."""
    name, _, number = letter.stage.rpartition(".")
    of_replica = letter.stage not in pipeline.nodes and name in pipeline.nodes and number.isdecimal()
    return name if of_replica else letter.stage


def _fit(letters: list[Letter], node: Node, report: LetterReplay) -> Iterator[Letter]:
    """Those that can be replayed; the others are reported with the reason."""
    for letter in letters:
        if reason := _obstacle(letter, node):
            report.kept.append((letter, reason))
            continue
        try:
            letter.load()
        except DataError as error:
            report.kept.append((letter, str(error)))
        else:
            yield letter


def _obstacle(letter: Letter, node: Node) -> str:
    kind = node.ports.kind
    if letter.stream is None and not letter.not_kept:
        return "no packet was at hand when the stage failed (at the end of the stream)"
    if kind == "source":
        return "it is what the source gave wrongly, and a source takes no packets"
    if letter.stage != node.name and letter.stream == node.name:
        return "it is what a replica had in hand when its process died; the packet in it has a letter of its own"
    if kind == "join" and letter.stream != letter.stage:
        return "the join refused the packet itself, and a window needs those of the other streams too"
    if kind != "join" and letter.stream == letter.stage:
        return "it is what the stage gave, not what it was given: it could not be sent on"
    return ""


def _replay(
    folder: Path,
    pipeline: Pipeline,
    stage: str,
    letters: list[Letter],
    runtime: Runtime | str,
    keep: bool,
    report: LetterReplay,
) -> None:
    """Replay the letters of one stage."""
    part, feed = _part(pipeline, stage, _source(letters))
    try:
        # Beside the letters, so that what fails anew can be moved among them. The dot keeps it out of lists.
        failures = Path(tempfile.mkdtemp(prefix=".replay-", dir=folder))
    except OSError as error:
        raise DataError(f"{folder} cannot be written to, which a replay has to: {error.strerror or error}") from error
    unseen = functools.partial(_not_about, str(failures))  # the report says what became of them
    workers.addFilter(unseen)
    try:
        with part.run(runtime, dead_letters=failures) as running:  # type: ignore[arg-type]
            running.wait()
            stats = running.stats()
        written = list(letters_in(failures))
        # First what is new, so that whatever happens between here and there, nothing is lost.
        mine = [
            letter for letter in written if letter.stage == feed or (_node(letter, part), letter.port) == (stage, feed)
        ]
        report.new += [_adopt(DeadLetters(folder), letter) for letter in written if letter not in mine]
        newer = _matched(letters, mine, feed)
        failed, lost = (sum(node[counter] for node in stats.values()) for counter in ("failed", "lost"))
        if newer is None or failed > len(written) or lost:
            reason = "some packets of this replay failed or were lost without a trace of which; so all were left as is"
            report.kept += [(letter, reason) for letter in letters]
            return
        for letter in letters:
            if letter.name in newer:
                report.again.append(letter.failed_again(newer[letter.name]))
            else:
                report.passed.append(letter)
                if not keep:
                    DeadLetters(folder / REPLAYED).adopt(letter.folder)
        for name, node in stats.items():
            report.dropped[name] += sum(sum(reasons.values()) for reasons in node.get("dropped", {}).values())
    finally:
        workers.removeFilter(unseen)
        shutil.rmtree(failures, ignore_errors=True)


def _source(letters: Sequence[Letter]) -> LetterSource:
    """A source of them that works in another process, where classes of this script are not known."""
    packages = {letter.name: letter.packages() for letter in letters}
    given = [
        letter.load() if "__main__" in packages[letter.name] else str(letter.folder.absolute()) for letter in letters
    ]
    return LetterSource(given, sorted(set().union(*packages.values())))


def _not_about(folder: str, record: logging.LogRecord) -> bool:
    return folder not in record.getMessage()


def _adopt(letters: DeadLetters, letter: Letter) -> Letter:
    return Letter.read(letters.adopt(letter.folder))


def _matched(letters: list[Letter], failures: list[Letter], feed: str) -> dict[str, Letter] | None:
    """The new failure of each letter that failed again, by the letter's name; `None` where one cannot be told.

    The source numbers packets as it sends them. One that it cannot send takes no number, and becomes a letter of the
    source with the number that the next one gets.
    """
    unsent: dict[int, list[Letter]] = {}
    failed: dict[int, Letter] = {}
    for failure in failures:
        if failure.seq is None:
            return None
        if failure.stage == feed:
            unsent.setdefault(failure.seq, []).append(failure)
        else:
            failed[failure.seq] = failure
    newer: dict[str, Letter] = {}
    seq = 0
    for letter in letters:
        if unsent.get(seq):
            newer[letter.name] = unsent[seq].pop(0)
            continue
        if seq in failed:
            newer[letter.name] = failed[seq]
        seq += 1
    return newer


def _part(pipeline: Pipeline, stage: str, source: LetterSource) -> tuple[Pipeline, str]:
    """The stage and all below it, fed by letters; and the name of the source that gives them."""
    below = _below(pipeline, stage)
    part = type(pipeline)(pipeline.name)
    node = pipeline.nodes[stage]
    if node.ports.kind == "join":
        feed = f"{stage}-letters"
        while feed in pipeline.nodes:
            feed += "-"
        combine = Combine(node.component, stage)
        node = dataclasses.replace(node, component=combine, inputs=[feed], ports=ports(combine))
    else:
        feed = node.inputs[0]
    _add_source(part, feed, source)
    for name, other in pipeline.nodes.items():
        if name in below:
            other = node if name == stage else other
            for upstream in other.inputs:
                if upstream not in below and upstream not in part.nodes:
                    _add_source(part, upstream, LetterSource())
            part.nodes[name] = dataclasses.replace(other, options=_blocking(other.options))
    return part, feed


def _add_source(part: Pipeline, name: str, source: LetterSource) -> None:
    from wugan.pipeline import Node

    part.nodes[name] = Node(name, source, [], ports(source))


def _blocking(options: NodeOptions) -> NodeOptions:
    """Letters wait, since the policy was for live data; and all of them may fail again."""
    link = options.link.model_copy(update={"policy": "block"})
    return options.model_copy(update={"link": link, "max_failed_share": 1.0})


def _below(pipeline: Pipeline, stage: str) -> set[str]:
    found, todo = {stage}, [stage]
    while todo:
        for reader in pipeline.readers(todo.pop()):
            if reader.name not in found:
                found.add(reader.name)
                todo.append(reader.name)
    return found
