"""`History`: the versions of a scene, one a sentence; undone, redone, saved to a file that replays.

history = History()
history.commit("a round table", interpretation)   # -> Version
history.undo(); history.redo(); history.goto(0)
history.save("table.json"); History.load("table.json")
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from wugan.apps.voice_to_3d.edits import apply
from wugan.apps.voice_to_3d.scene.edit import Edit, Interpretation, Redo, Undo, Unread
from wugan.apps.voice_to_3d.scene.model import Model
from wugan.apps.voice_to_3d.scene.scene import Scene
from wugan.errors import DataError

FORMAT = "wugan voice-to-3D scene"
VERSION = 1


class Version(Model):
    """One sentence and what became of it.

    Attributes:
        said: the sentence; empty for the empty scene at the start.
        edits: what it changed, without undo and redo.
        scene: the whole scene afterwards.
        unread, assumed: as in `Interpretation`.
    """

    said: str = ""
    edits: tuple[Edit, ...] = ()
    scene: Scene = Scene()
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()


class Step(Model):
    """A version as it is stored: without its scene, which the edits make anew."""

    said: str = ""
    edits: tuple[Edit, ...] = ()
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()


class Document(Model):
    """What a scene file holds.

    Attributes:
        format, version: what it is; a reader refuses what it does not know.
        cursor: which version is shown; 0 is the empty scene, later ones can be redone.
        steps: the sentences in order.
    """

    format: str = FORMAT
    version: int = VERSION
    cursor: int = Field(ge=0)
    steps: tuple[Step, ...] = ()


class History:
    """Versions of a scene and which of them is shown.

    Attributes:
        versions: the empty scene first, then one a sentence; those after `cursor` can be redone.
        cursor: index of the version that is shown.
    """

    def __init__(self) -> None:
        self.versions: list[Version] = [Version()]
        self.cursor = 0

    @property
    def scene(self) -> Scene:
        """The scene that is shown."""
        return self.versions[self.cursor].scene

    @property
    def version(self) -> Version:
        """The version that is shown."""
        return self.versions[self.cursor]

    def commit(self, said: str, interpretation: Interpretation) -> Version:
        """Carries a sentence out.

        Undo and redo move the cursor; other edits make one new version and drop those that could be redone. A sentence
        that changes nothing makes no version.

        Raises:
            DataError: an edit cannot be carried out; the history is as it was.
        """
        cursor, scene = self.cursor, self.scene
        done: list[Edit] = []
        for edit in interpretation.edits:
            if isinstance(edit, Undo) and edit.to is not None:
                cursor, done = self._moved(0, edit.to), []
                scene = self.versions[cursor].scene
            elif isinstance(edit, Undo | Redo):
                steps = -edit.steps if isinstance(edit, Undo) else edit.steps
                if done and steps < 0:  # "…, no, undo that": what this sentence did so far is the first step back
                    steps += 1
                cursor, done = self._moved(cursor, steps), []
                scene = self.versions[cursor].scene
            else:
                scene = apply(scene, edit)
                done.append(edit)
        self.cursor = cursor
        if done:
            made = Version(
                said=said,
                edits=tuple(done),
                scene=scene,
                unread=interpretation.unread,
                assumed=interpretation.assumed,
            )
            del self.versions[cursor + 1 :]
            self.versions.append(made)
            self.cursor = len(self.versions) - 1
        return self.version

    def _moved(self, cursor: int, by: int) -> int:
        to = cursor + by
        if to < 0:
            raise DataError(f"there are only {cursor} sentences to take back, not {-by}")
        if to >= len(self.versions):
            raise DataError(f"there are only {len(self.versions) - 1 - cursor} sentences to do again, not {by}")
        return to

    def undo(self, steps: int = 1) -> Version:
        """Back by so many sentences. Raises `DataError` where there are fewer."""
        self.cursor = self._moved(self.cursor, -steps)
        return self.version

    def redo(self, steps: int = 1) -> Version:
        """Forward again. Raises `DataError` where there is nothing to do again."""
        self.cursor = self._moved(self.cursor, steps)
        return self.version

    def goto(self, index: int) -> Version:
        """Shows the version of that index (0: empty). Raises `DataError` where there is none."""
        if not 0 <= index < len(self.versions):
            raise DataError(f"there is no version {index}; there are 0 to {len(self.versions) - 1}")
        self.cursor = index
        return self.version

    def drop_last(self) -> Version:
        """Takes the version that is shown back as if it had never been said; the one before it is shown."""
        if self.cursor == 0:
            raise DataError("nothing has been said yet that could be dropped")
        del self.versions[self.cursor :]
        self.cursor -= 1
        return self.version

    def document(self) -> Document:
        """The history as it is stored."""
        steps = tuple(
            Step(said=one.said, edits=one.edits, unread=one.unread, assumed=one.assumed) for one in self.versions[1:]
        )
        return Document(cursor=self.cursor, steps=steps)

    def save(self, path: str | Path) -> Path:
        """Writes the scene file (JSON, UTF-8)."""
        path = Path(path)
        text = self.document().model_dump_json(indent=1, exclude_defaults=False)
        path.write_text(text + "\n", encoding="utf-8")
        return path

    @classmethod
    def replay(cls, document: Document, where: str = "the scene file") -> History:
        """The history that a document tells, its scenes made by folding the edits.

        Raises:
            DataError: a step cannot be carried out; names it.
        """
        history = cls()
        for n, step in enumerate(document.steps, 1):
            try:
                kept = Interpretation(edits=step.edits, unread=step.unread, assumed=step.assumed)
                history.commit(step.said, kept)
            except DataError as error:
                raise DataError(f"{where}: step {n} ({step.said!r}) cannot be replayed: {error}") from error
            if len(history.versions) != n + 1:
                raise DataError(
                    f"{where}: step {n} ({step.said!r}) changes nothing; a step holds edits other than undo"
                )
        if document.cursor >= len(history.versions):
            raise DataError(f"{where}: cursor {document.cursor} lies behind its {len(document.steps)} steps")
        history.cursor = document.cursor
        return history

    @classmethod
    def load(cls, path: str | Path) -> History:
        """Reads a scene file and replays it.

        Raises:
            DataError: not such a file, of a later version, or a step that cannot be carried out.
        """
        path = Path(path)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise DataError(f"{path} is not JSON ({error}); a scene file is what `History.save` writes") from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise DataError(f"{path} is not a scene file: its `format` is not {FORMAT!r}")
        if data.get("version") != VERSION:
            raise DataError(f"{path} has version {data.get('version')!r}; this wugan reads version {VERSION}")
        try:
            document = Document.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DataError(f"{path}: {place}: {first['msg']} ({error.error_count()} errors in all)") from error
        return cls.replay(document, str(path))

    def said(self) -> Sequence[str]:
        """The sentences up to the version that is shown."""
        return [one.said for one in self.versions[1 : self.cursor + 1]]
