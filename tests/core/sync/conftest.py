"""Lets the tests of this folder import the references that the benchmarks measure against."""

from __future__ import annotations

import sys
from pathlib import Path

REFERENCES = str(Path(__file__).resolve().parents[3] / "benchmarks" / "runtime")
if REFERENCES not in sys.path:
    sys.path.append(REFERENCES)
