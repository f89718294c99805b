"""The rule of a hash chain over JSON lines: how an entry is written, and what its hash is."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

START = "0" * 64  #: what the first entry has as `previous`


def canonical(entry: Mapping[str, Any]) -> bytes:
    """One spelling for one content: sorted keys, no spaces, UTF-8 (RFC 8785 for the types that are used here).

    Raises:
        ValueError: a number is NaN or infinite.
        TypeError: a value is no JSON.
    """
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(entry: Mapping[str, Any], key: bytes | None) -> str:
    """SHA-256 of an entry without its `hash`; with a key HMAC-SHA-256, which only who has the key can make."""
    data = canonical({name: value for name, value in entry.items() if name != "hash"})
    return hmac.new(key, data, "sha256").hexdigest() if key else hashlib.sha256(data).hexdigest()
