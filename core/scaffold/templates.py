"""What `wugan new` writes: `string.Template` texts of the files, by kind of plugin."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What can be created."""

    ENCODER = "encoder"
    SOURCE = "source"
    SINK = "sink"
    APP = "app"


PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "wugan-$name"
version = "0.1.0"
description = "The $kind $name"
readme = "README.md"
requires-python = ">=3.11"
dependencies = [$dependencies]

[project.optional-dependencies]
dev = ["pytest>=8"]

# wugan finds the plugin by this; `wugan plugins` lists it once the package is installed.
[project.entry-points."wugan.${kind}s"]
$name = "$module:$target"

[tool.setuptools]
py-modules = ["$module"]

[tool.pytest.ini_options]
pythonpath = ["."]
testpaths = ["tests"]
"""

README = """\
# wugan-$name

The $kind `$name`, for wugan.

```bash
pip install -e ".[dev]"
pytest
wugan plugins
```

$use
"""

_ENCODER = '''\
"""The encoder `$name`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from wugan import Encoder, Packet


@dataclass
class $cls(Encoder[np.ndarray, np.ndarray]):
    """Multiplies arrays by a gain.

    Args:
        gain: the factor.
    """

    gain: float = 1.0

    def warm_up(self) -> None:
        """Load models here: it runs once, where the encoder runs, which may be another process."""

    def encode(self, batch: Sequence[Packet[np.ndarray]]) -> Sequence[np.ndarray | None]:
        """One output for each packet, `None` for no output. Arrays arrive read-only."""
        return [packet.data * self.gain if packet.data.size else None for packet in batch]
'''

_ENCODER_TEST = """\
import numpy as np
from wugan.testing import run_stage

from $module import $cls


def test_one_output_for_each_packet_but_the_empty_one() -> None:
    packets = [np.array([1.0, 2.0]), np.array([]), np.array([3.0])]
    run_stage($cls(gain=2.0), packets, expect=[[2.0, 4.0], [6.0]])
"""

_SOURCE = '''\
"""The source `$name`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wugan import Packet, Source


@dataclass
class $cls(Source[float]):
    """Counts, in steps of time.

    Args:
        count: how many packets.
        step_ms: time between two of them, in milliseconds.
    """

    count: int = 3
    step_ms: int = 100

    def open(self) -> None:
        """Acquire the device or file; raise `wugan.errors.DeviceError` or `DataError` with the remedy."""

    def packets(self) -> Iterator[Packet[float]]:
        """Packets, each with the time of its capture in nanoseconds, until the data end."""
        for number in range(self.count):
            yield Packet(float(number), number * self.step_ms * 1_000_000, stream="$name")

    def close(self) -> None:
        """Release it. Also called after an error, and a second time."""
'''

_SOURCE_TEST = """\
from wugan.testing import run_stage

from $module import $cls


def test_it_counts_in_steps_of_time() -> None:
    packets = run_stage($cls(count=2, step_ms=10), expect=[0.0, 1.0])
    assert [packet.time_ns for packet in packets] == [0, 10_000_000]
"""

_SINK = '''\
"""The sink `$name`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from wugan import Packet, Sink
from wugan.errors import DataError


@dataclass
class $cls(Sink[Any]):
    """Writes one line for each packet.

    Args:
        path: the file to write.
    """

    path: str
    _file: TextIO | None = field(default=None, init=False, repr=False)

    def warm_up(self) -> None:
        """Open what is written to; it runs once, where the sink runs, which may be another process."""
        try:
            self._file = Path(self.path).open("w", encoding="utf-8")
        except OSError as error:
            raise DataError(f"{self.path} cannot be written ({error.strerror}): choose another path") from error

    def write(self, packet: Packet[Any]) -> None:
        """One line: time in nanoseconds, data."""
        assert self._file is not None, "warm_up comes first"
        self._file.write(f"{packet.time_ns} {packet.data}\\n")

    def close(self) -> None:
        """Also called where `warm_up` has failed."""
        if self._file is not None:
            self._file.close()
'''

_SINK_TEST = """\
from pathlib import Path

import pytest
from wugan.errors import DataError
from wugan.testing import run_stage

from $module import $cls


def test_one_line_for_each_packet(tmp_path: Path) -> None:
    run_stage($cls(str(tmp_path / "out.txt")), ["hey", "you"], expect=[])
    assert (tmp_path / "out.txt").read_text() == "0 hey\\n100000000 you\\n"


def test_a_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        run_stage($cls(str(tmp_path / "missing" / "out.txt")), ["hey"])
"""

_APP = '''\
"""The application `$name`: a command that runs a pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from wugan import Encoder, Packet, Pipeline, Source
from wugan.cli import RuntimeOption
from wugan.errors import DataError


@dataclass
class Lines(Source[str]):
    """The lines of a text file, one second apart."""

    path: str

    def packets(self) -> Iterator[Packet[str]]:
        for number, line in enumerate(Path(self.path).read_text(encoding="utf-8").splitlines()):
            yield Packet(line, number * 1_000_000_000, stream="lines")


class Words(Encoder[str, int]):
    """How many words a line has; nothing for an empty line."""

    def encode(self, batch: Sequence[Packet[str]]) -> Sequence[int | None]:
        return [len(packet.data.split()) or None for packet in batch]


def run(file: Annotated[Path, typer.Argument(help="text file")], runtime: RuntimeOption = "local") -> None:
    """Count the words of every line."""
    if not file.is_file():
        raise DataError(f"{file} is no file")
    pipeline = Pipeline("$name")
    words = pipeline.stage(Words(), pipeline.source(Lines(str(file))))
    pipeline.sink(lambda packet: print(packet.data), words)
    with pipeline.run(runtime) as running:  # type: ignore[arg-type]
        running.wait()


def register(cli: typer.Typer) -> None:
    """Adds `wugan $name`."""
    cli.command("$name")(run)
'''

_APP_TEST = """\
from pathlib import Path

import typer
from typer.testing import CliRunner
from wugan.testing import run_stage

from $module import Lines, Words, register


def test_lines_are_read_and_words_counted(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("a rose\\n\\nis\\n")
    lines = run_stage(Lines(str(tmp_path / "text.txt")), expect=["a rose", "", "is"])
    run_stage(Words(), lines, expect=[2, 1])


def test_the_command_runs(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("a rose\\n\\nis\\n")
    cli = typer.Typer()
    register(cli)
    done = CliRunner().invoke(cli, [str(tmp_path / "text.txt")])
    assert (done.exit_code, done.stdout) == (0, "2\\n1\\n")
"""

_IN_YAML = """\
Its line in a pipeline file, where `$before` stands for the node that it reads:

```yaml
nodes:
  $kind: {use: $name, with: {$parameter}, in: $before}
```"""
_ALONE_IN_YAML = """\
A pipeline of it, for `wugan run FILE`:

```yaml
name: $name
nodes:
  source: {use: $name, with: {count: 3}}
  print: {use: print, in: source}
```"""
# Module, test, and what differs in pyproject.toml and README.md.
TEMPLATES: dict[Kind, tuple[str, str, dict[str, str]]] = {
    Kind.ENCODER: (
        _ENCODER,
        _ENCODER_TEST,
        {"target": "$cls", "dependencies": '"numpy", "wugan"', "parameter": "gain: 2.0", "use": _IN_YAML},
    ),
    Kind.SOURCE: (
        _SOURCE,
        _SOURCE_TEST,
        {"target": "$cls", "dependencies": '"wugan"', "use": _ALONE_IN_YAML},
    ),
    Kind.SINK: (
        _SINK,
        _SINK_TEST,
        {"target": "$cls", "dependencies": '"wugan"', "parameter": "path: out.txt", "use": _IN_YAML},
    ),
    Kind.APP: (
        _APP,
        _APP_TEST,
        {"target": "register", "dependencies": '"typer", "wugan"', "use": "`wugan $name FILE` runs it."},
    ),
}
