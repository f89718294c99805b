"""FHIR's dates and instants as nanoseconds since 1970, UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

DAY_NS = 86_400_000_000_000
YEAR_DAYS = 365.2425
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTIAL = re.compile(r"\d{4}(-\d{2})?")
_EARLIEST, _LATEST = 1850, 2200  # beyond, a year is a typing error, or a placeholder such as 0001 or 9999


def to_ns(text: str) -> int | None:
    """Time of a FHIR `date`, `dateTime` or `instant`, in nanoseconds since 1970; `None` if it is none.

    A partial date (`2020`, `2020-05`, `2020-05-17`) means its start, and a time without a zone is taken as UTC: FHIR
    requires the zone, and the machine's own must not decide. Years before 1850 and after 2200 are no times of a
    patient of today.
    """
    text = text.strip()
    if _PARTIAL.fullmatch(text):
        text += "-01" if len(text) == 7 else "-01-01"
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not _EARLIEST <= moment.year <= _LATEST:
        return None
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000_000 + passed.microseconds * 1_000


def to_text(time_ns: int) -> str:
    """The day of a time, as `2020-05-17`."""
    return datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).strftime("%Y-%m-%d")
