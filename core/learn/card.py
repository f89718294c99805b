"""Figures as Markdown, as model cards hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from wugan.errors import DataError


def interval(value: float, ends: tuple[float, float], digits: int = 3, signed: bool = False) -> str:
    """A figure with its confidence interval: `0.711 (0.648 to 0.770)`."""
    sign = "+" if signed else ""
    value_, low, high = (f"{one:{sign}.{digits}f}" for one in (value, *ends))
    return f"{value_} ({low} to {high})"


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Mean over seeds, with the standard deviation where there are several: `93.1 ± 1.0`."""
    mean = f"{np.mean(values):.{digits}f}"
    return f"{mean} ± {np.std(values):.{digits}f}" if len(values) > 1 else mean


def table(head: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    """A Markdown table; `rows` by what stands in their first column."""
    lines = [head, ["---"] * len(head), *([name, *cells] for name, cells in rows.items())]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_figures(card: str | PathLike[str], text: str, title: str = "Figures") -> None:
    """Put figures into a model card, in place of what stands below its heading `## title`.

    Raises:
        DataError: the card has no such heading, or it cannot be read.
    """
    path = Path(card)
    try:
        before, found, rest = path.read_text(encoding="utf-8").partition(f"\n## {title}\n")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); give a model card") from error
    if not found:
        raise DataError(f"{path}: has no heading '## {title}', below which figures could be written")
    after = rest.partition("\n## ")
    path.write_text(f"{before}{found}\n{text.strip()}\n{after[1]}{after[2]}", encoding="utf-8")
