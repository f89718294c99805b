"""`Pseudonyms`: the same stand-in for the same person or thing, which only who has the key can make.

HMAC-SHA-256 of the original under a secret key (ISO 25237, NISTIR 8053): nothing is stored, several machines with one
key agree, and without it nobody can go through all the names or numbers there are and compare.
"""

from __future__ import annotations

import hmac
import os
import secrets
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from wugan.errors import DataError

KEY_BYTES = 32
_SHORTEST_KEY = 16
_WEEKS = 520  # dates move back by up to ten years, in whole weeks, so that weekdays stay


class Pseudonyms:
    """Stand-ins for identifiers, and how far a person's dates move.

    Args:
        key: secret, at least 16 bytes; a random one unless given, so that two runs cannot be linked.

    Raises:
        DataError: the key is too short.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = secrets.token_bytes(KEY_BYTES) if key is None else key
        if len(self._key) < _SHORTEST_KEY:
            raise DataError(f"key for pseudonyms: {len(self._key)} bytes are too few, give {_SHORTEST_KEY} or more")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Pseudonyms:
        """With the key of a file, which is made with a random one (mode 600) where it is missing.

        Raises:
            DataError: the file cannot be read or made, or holds too little.
        """
        path = Path(path)
        try:
            try:
                with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(secrets.token_hex(KEY_BYTES).encode())
            except FileExistsError:
                pass
            return cls(path.read_bytes().strip())
        except OSError as error:
            raise DataError(f"key file {path}: {error.strerror}; give a path that can be written to") from error

    def label(self, kind: str, value: str, length: int = 10) -> str:
        """Stand-in for an identifier or a name: upper-case letters and digits without the ones that look alike.

        Args:
            kind: what it identifies, such as `"patient"`; the same value of another kind has another stand-in.
            value: the original.
            length: characters, at most 25.
        """
        number, letters = int.from_bytes(self._digest(kind, value)), "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        found = []
        for _ in range(length):
            number, index = divmod(number, len(letters))
            found.append(letters[index])
        return "".join(found)

    def uid(self, uid: str) -> str:
        """Stand-in for a DICOM UID, in the UUID root 2.25 (PS3.5 B.2)."""
        return f"2.25.{int.from_bytes(self._digest('uid', uid)[:16])}"

    def uuid(self, value: str) -> str:
        """Stand-in for an identifier, in the form of a random UUID (RFC 9562, version 4)."""
        return str(UUID(bytes=self._digest("uuid", value)[:16], version=4))

    def shift(self, person: str) -> timedelta:
        """How far all dates of a person move: back by one to 520 whole weeks."""
        return -timedelta(weeks=1 + int.from_bytes(self._digest("shift", person)[:8]) % _WEEKS)

    def _digest(self, kind: str, value: str) -> bytes:
        return hmac.new(self._key, f"{kind}\0{value}".encode(), "sha256").digest()
