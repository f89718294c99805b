"""`Journal`: which slot's word is changed under a node's lock just now, so that its next holder can set it right."""

from __future__ import annotations

from collections.abc import Callable

from wugan.runtime.shared import open_file
from wugan.runtime.slots import PAGE, Slot, slot_path

RING, SLOT, AT, BEFORE, AFTER, JOURNAL_WORDS = range(6)


class Journal:
    """A few words of a node's file, used under its lock.

    A packet that enters a ring, or is dropped from it, changes a cell and the node's word in a slot. No single store
    does both, and a process killed between the two would leave a slot that is never free, or free too soon.

    Args:
        words: `JOURNAL_WORDS` words of zeros.
        prefix: start of the run's file names.
        index: the node's number.
    """

    def __init__(self, words: memoryview, prefix: str, index: int) -> None:
        self._words = words
        self._prefix = prefix
        self._index = index

    def begin(self, ring: int, at: int, slot: Slot, change: int) -> None:
        """Change a slot's word, together with the cell `at` this position of a ring, which is to change next."""
        words, before = self._words, slot.words[self._index]
        words[SLOT] = slot.owner << 32 | slot.number
        words[AT], words[BEFORE], words[AFTER] = at, before, before + change
        words[RING] = ring + 1  # from here on it counts
        slot.words[self._index] = before + change

    def end(self) -> None:
        """The cell has changed too."""
        self._words[RING] = 0

    @property
    def open(self) -> bool:
        """Whether a process was killed between the two; asked at once when the lock is taken."""
        return bool(self._words[RING])

    def mend(self, changed: Callable[[int, int, bool], bool]) -> None:
        """Set the slot's word to what the cell says.

        Args:
            changed: of a ring's number and a position, whether that cell was put, or (true) made void.
        """
        words = self._words
        owner, number = divmod(words[SLOT], 1 << 32)
        done = changed(words[RING] - 1, words[AT], words[AFTER] < words[BEFORE])
        try:
            page = open_file(slot_path(self._prefix, owner, number), PAGE)
        except OSError:
            pass  # its owner has removed it
        else:
            memoryview(page).cast("Q")[self._index] = words[AFTER] if done else words[BEFORE]
        words[RING] = 0

    def release(self) -> None:
        """Let go of the memory."""
        self._words.release()
