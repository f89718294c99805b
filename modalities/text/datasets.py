"""Readers of public text corpora. The corpora themselves are no part of wugan."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from wugan.errors import DataError


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its class."""

    text: str
    label: str


def banking77(folder: str | Path, part: str) -> list[Sentence]:
    """BANKING77: what bank customers ask, 77 intents (Casanueva et al., NLP for ConvAI 2020; CC BY 4.0).

    Args:
        folder: holds `train.csv` and `test.csv` with the columns `text` and `category`.
        part: `"train"` or `"test"`.

    Raises:
        DataError: the file is missing or has other columns.
    """
    path = Path(folder) / f"{part}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [Sentence(row["text"], row["category"]) for row in csv.DictReader(file)]
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); give the folder with BANKING77's files") from error
    except KeyError as error:
        raise DataError(f"{path}: has no column {error}; BANKING77 has `text` and `category`") from error
