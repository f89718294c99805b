"""`replay_letters`: gives packets that failed to their stage again, in the pipeline as it is now."""

from __future__ import annotations

import dataclasses
import functools
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.errors import DataError, PipelineError
from wugan.join import Join
from wugan.options import NodeOptions
from wugan.packet import Packet
from wugan.pipeline import Node, Pipeline
from wugan.ports import check, ports
from wugan.runtime.dead_letters import DeadLetters
from wugan.runtime.letter import REPLAYED, Letter, letters_in, read_letters
from wugan.stage import Source, Stage

if TYPE_CHECKING:
    from wugan.runtime import Runtime

workers = logging.getLogger("wugan.runtime.worker")


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
    """Gives the packets of letters, with their own times and attributes. Unpickles them.

    Args:
        folders: the letters, in order; none gives a stream that ends at once.
    """

    folders: Sequence[str] = ()

    def packets(self) -> Iterator[Packet[Any]]:
        """One packet for each letter."""
        for folder in self.folders:
            packet = DeadLetters.load(Path(folder))
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
    folder: str | PathLike[str],
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
        folder: the dead-letter folder of a run. Only give one that you wrote: unpickling runs code.
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
    part, feed = _part(pipeline, stage, [str(letter.folder.absolute()) for letter in letters])
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


def _part(pipeline: Pipeline, stage: str, folders: list[str]) -> tuple[Pipeline, str]:
    """The stage and all below it, fed by letters; and the name of the source that gives them."""
    below = _below(pipeline, stage)
    part = Pipeline(pipeline.name)
    node = pipeline.nodes[stage]
    if node.ports.kind == "join":
        feed = f"{stage}-letters"
        while feed in pipeline.nodes:
            feed += "-"
        combine = Combine(node.component, stage)
        node = Node(stage, combine, [feed], ports(combine), node.options)
    else:
        feed = node.inputs[0]
    _add_source(part, feed, LetterSource(folders))
    for name, other in pipeline.nodes.items():
        if name in below:
            other = node if name == stage else other
            for upstream in other.inputs:
                if upstream not in below and upstream not in part.nodes:
                    _add_source(part, upstream, LetterSource())
            part.nodes[name] = dataclasses.replace(other, options=_blocking(other.options))
    return part, feed


def _add_source(part: Pipeline, name: str, source: LetterSource) -> None:
    part.nodes[name] = Node(name, source, [], ports(source))


def _blocking(options: NodeOptions) -> NodeOptions:
    """Letters wait: the policy was for live data."""
    return options.model_copy(update={"link": options.link.model_copy(update={"policy": "block"})})


def _below(pipeline: Pipeline, stage: str) -> set[str]:
    found, todo = {stage}, [stage]
    while todo:
        for reader in pipeline.readers(todo.pop()):
            if reader.name not in found:
                found.add(reader.name)
                todo.append(reader.name)
    return found
