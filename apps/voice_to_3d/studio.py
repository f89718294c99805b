"""`Studio`: one designer's session: sentences in, a valid model after each; what cannot be built changes nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import Field, ValidationError

from wugan.apps.voice_to_3d.edits import apply
from wugan.apps.voice_to_3d.language.interpreter import Context, interpret
from wugan.apps.voice_to_3d.scene.edit import Edit, Interpretation, Redo, Undo, Unread
from wugan.apps.voice_to_3d.scene.model import Model
from wugan.apps.voice_to_3d.scene.scene import Scene
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.build import Built


# `History`: the versions of a scene, one a sentence; undone, redone, saved to a file that replays.
#
# history = History()
# history.commit("a round table", interpretation)   # -> Version
# history.undo(); history.redo(); history.goto(0)
# history.save("table.json"); History.load("table.json")

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


class Interpreter(Protocol):
    """Reads a sentence: `wugan.apps.voice_to_3d.language.interpret`, or a language model behind the same types."""

    def __call__(self, text: str, scene: Scene, context: Context) -> Interpretation:
        """Edits of `scene`, and what was not understood. Raises `DataError` where nothing can be made of it."""


@dataclass(slots=True)
class Turn:
    """What became of one sentence.

    Attributes:
        said: the sentence.
        scene: the scene after it; as before where `problem` says why.
        changed: whether the scene is another one now.
        unread: phrases that were not understood, with the reason.
        assumed: what was decided for the speaker.
        answers: to questions about the scene.
        problem: why nothing changed; empty if all went well.
        notes: what the geometry had to say.
        built: the model after it; `None` only before the first one (or in a draft, which is not built yet).
        seconds: how long reading and building took, by step.
    """

    said: str
    scene: Scene
    changed: bool = False
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    built: Built | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def messages(self) -> list[str]:
        """All that the designer should know, most important first."""
        lines = [*([self.problem] if self.problem else []), *self.answers]
        lines += [f"not understood: “{one.phrase}” ({one.reason})" for one in self.unread]
        lines += [f"assumed: {one}" for one in self.assumed]
        return lines + list(self.notes)


class Studio:
    """A scene with its history, changed by sentences.

    Args:
        interpreter: reads sentences; the packaged one unless given.
        history: to go on with; a new one unless given.
    """

    def __init__(self, interpreter: Interpreter = interpret, history: History | None = None) -> None:
        self.interpreter = interpreter
        self.history = history or History()
        self.context = Context()
        self.built: Built | None = None
        self._before: Context | None = None  # what was spoken of before the sentence that is not built yet
        self._mark: tuple[tuple[Version, ...], int, Context] | None = None  # all as it was before the last sentence

    @property
    def scene(self) -> Scene:
        """The scene as it is now."""
        return self.history.scene

    def rebuild(self) -> Built:
        """Build the scene as it is: after a file was read, or another version chosen.

        Raises:
            DataError: it cannot be built.
        """
        from wugan.apps.voice_to_3d.geometry.build import build

        self.settle()
        self.built = build(self.scene)
        return self.built

    def draft(self, text: str, said: str = "", assumed: Sequence[str] = ()) -> Turn:
        """Read a sentence and change the scene, without building it; `settle` or the next sentence does.

        Args:
            text: the sentence.
            said: as it was said, where `text` is a reading of it (see `readings`).
            assumed: what that reading decided for the speaker.
        """
        self.settle()
        began = time.perf_counter()
        before, context = self.scene, self.context.model_copy(deep=True)
        self._mark = tuple(self.history.versions), self.history.cursor, context
        turn = Turn(said or text, before, assumed=tuple(assumed))
        try:
            interpretation = self.interpreter(text, before, self.context)
            turn.unread, turn.assumed = interpretation.unread, (*assumed, *interpretation.assumed)
            turn.answers = interpretation.answers
            if interpretation.edits:
                self.history.commit(turn.said, interpretation)
            elif not turn.unread and not turn.answers:
                turn.problem = "nothing was said that could be built or changed"
        except DataError as error:
            self.context = context
            turn.problem = str(error)
        turn.scene = self.scene
        turn.changed = turn.scene != before
        if turn.changed:
            self._before = context
        turn.seconds["interpret"] = time.perf_counter() - began
        return turn

    def take_back(self) -> None:
        """Make the last sentence unsaid, whatever it did (an undo too): its speaker had not ended. Builds nothing."""
        if self._mark is not None:
            versions, self.history.cursor, self.context = self._mark
            self.history.versions = list(versions)
            self._before = self._mark = None

    def settle(self, cancelled: Callable[[], bool] | None = None) -> str:
        """Build the last draft. One that cannot be built is taken back, and the reason returned.

        Raises:
            Cancelled: `cancelled` said so; the draft stays one.
        """
        from wugan.apps.voice_to_3d.geometry.build import build

        if self._before is None:
            return ""
        try:
            self.built = build(self.scene, cancelled)
        except DataError as error:
            self.history.drop_last()
            self.context, self._before = self._before, None
            return str(error)
        self._before = None
        return ""

    def say(
        self, text: str, said: str = "", assumed: Sequence[str] = (), cancelled: Callable[[], bool] | None = None
    ) -> Turn:
        """Read a sentence, change the scene, build it; see `draft`.

        Raises:
            Cancelled: `cancelled` said so while it was built; the next call settles it.
        """
        turn = self.draft(text, said, assumed)
        began = time.perf_counter()
        problem = self.settle(cancelled)
        if problem:
            turn.problem, turn.changed, turn.scene = problem, False, self.scene
        turn.built = self.built
        turn.notes = tuple(self.built.notes) if self.built and turn.changed else ()
        turn.seconds["build"] = time.perf_counter() - began
        return turn
