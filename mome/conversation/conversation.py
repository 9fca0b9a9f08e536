"""A conversation with a memory: each question is answered with the turns before it.

`Translator.conversation()` makes one; `mome translate`, `mome ask` and the page hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from sqlglot import exp

from mome.answering.translation import Translation
from mome.conversation.composing import either, restricted, shown
from mome.conversation.cues import Cues, read_cues
from mome.conversation.edits import edited
from mome.conversation.requests import answer_request
from mome.conversation.rewriting import about, noun_phrase
from mome.conversation.scene import Scene, stands_alone
from mome.conversation.turn import Turn
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.linking.names import name_words
from mome.linking.slice import Linker

OnStage = Callable[[str], None]


class Answers(Protocol):
    """What a conversation asks of a translator."""

    linker: Linker
    forms: Forms

    def translate(self, question: str, on_stage: OnStage | None = None) -> Translation:
        """Answer a question that stands alone."""

    def checked(self, question: str, sql: str, confidence: float) -> Translation | None:
        """Return SQL as the answer to a question if guard and database accept it, else None."""

    def is_known(self, question: str) -> bool:
        """Return whether a person said what this question means."""


class Conversation:
    """Questions in order, each with the answers before it. For one thread at a time."""

    def __init__(self, translator: Answers, turns: Iterable[Turn] = ()) -> None:
        """`turns`: what was asked before, oldest first."""
        self._translator = translator
        self._turns = list(turns)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns so far, oldest first."""
        return tuple(self._turns)

    def ask(self, question: str, on_stage: OnStage | None = None) -> Translation:
        """Answer a question; `understood` of the answer is the question in words that stand alone
        if it follows another one. Raises TypeError if it is no text, and nothing else.
        """
        answer = replace(self._answered(question, on_stage), question=" ".join(question.split()))
        self._turns.append(Turn(question, answer))
        return answer

    def _answered(self, question: str, on_stage: OnStage | None) -> Translation:
        before = next((turn for turn in reversed(self._turns) if turn.answer.sql), None)
        is_known = not question.strip() or self._translator.is_known(question)
        if before is None or is_known:
            return self._translator.translate(question, on_stage)
        requested = answer_request(question, before)
        if requested is not None:
            return requested
        cues = read_cues(question)
        if stands_alone(cues, self._translator.linker.catalog):
            return self._translator.translate(question, on_stage)
        found = self._resolved(cues, before, on_stage)
        if found is not None:
            return found
        # Nothing that it may follow explains it, so that it is read as it stands.
        return self._translator.translate(question, on_stage)

    def _resolved(self, cues: Cues, before: Turn, on_stage: OnStage | None) -> Translation | None:
        """Return the answer to a follow-up; None if no way to read it has one."""
        scene = self._scene(cues, before)
        understood = about(cues, self._phrase(before))
        if scene is not None:
            tree = edited(scene)
            found = self._of_form(understood, tree, before.answer.confidence)
            if found is not None:
                return found
            found = self._composed(scene, before, understood, on_stage)
            if found is not None:
                return found
        answer = self._translator.translate(understood, on_stage)
        return replace(answer, understood=understood) if answer.sql else None

    def _scene(self, cues: Cues, before: Turn) -> Scene | None:
        try:
            tree = self._translator.forms.read(before.answer.require_sql())
        except NotExpressible:
            return None
        return Scene(cues, tree, self._translator.linker, before.understood)

    def _composed(
        self, scene: Scene, before: Turn, understood: str, on_stage: OnStage | None
    ) -> Translation | None:
        """Return the answer whose form is that of the answer before together with that of the same
        question about all rows; None if there is none.
        """
        if scene.subject is None:
            return None
        noun = " ".join(name_words(scene.subject.name))
        part = self._translator.translate(about(scene.cues, f"the {noun}"), on_stage)
        if part.sql is None:
            return None
        try:
            asked = self._translator.forms.read(part.sql)
        except NotExpressible:
            return None
        tree = _together(scene, asked)
        return self._of_form(understood, tree, before.answer.confidence * part.confidence)

    def _of_form(
        self, understood: str, tree: exp.Query | None, confidence: float
    ) -> Translation | None:
        """Return the answer that a form gives; None if there is none, or if it is refused."""
        if tree is None:
            return None
        try:
            sql = self._translator.forms.write(tree)
        except NotExpressible:
            return None
        answer = self._translator.checked(understood, sql, confidence)
        return None if answer is None else replace(answer, understood=understood)

    def _phrase(self, before: Turn) -> str:
        catalog = self._translator.linker.catalog
        words = {
            word
            for table in catalog.tables
            for name in (table.name, *(column.name for column in table.columns))
            for word in name_words(name)
        }
        plurals = {f"{word}s" for word in words} | {f"{word[:-1]}ies" for word in words}
        return noun_phrase(before.understood, frozenset(words | plurals))


def _together(scene: Scene, asked: exp.Query) -> exp.Query | None:
    if scene.cues.kind == "restrict" and scene.cues.adds:
        return either(scene.tree, asked)
    if scene.cues.kind == "restrict":
        return restricted(scene.tree, asked)
    return shown(scene.tree, asked, adds=scene.cues.adds)
