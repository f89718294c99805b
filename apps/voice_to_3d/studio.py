"""`Studio`: one designer's session: sentences in, a valid model after each; what cannot be built changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from wugan.apps.voice_to_3d.history import History, Version
from wugan.apps.voice_to_3d.language.interpreter import Context, interpret
from wugan.apps.voice_to_3d.scene.edit import Interpretation, Unread
from wugan.apps.voice_to_3d.scene.scene import Scene
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built


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
