"""A conversation with a memory: each question is answered with the turns before it.

`Translator.conversation()` makes one; `mome translate`, `mome ask` and the page hold it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from sqlglot import exp

from mome.answering.headings import spoken_names
from mome.answering.measures import Measures
from mome.answering.translation import Alternative, Translation
from mome.answering.usual_dates import UsualDate
from mome.conversation.composing import either, ordered, restricted, shown
from mome.conversation.cues import Cues, read_cues
from mome.conversation.edits import edited
from mome.conversation.requests import answer_request, unmet_request, unread_request
from mome.conversation.rewriting import about, noun_phrase, sentence, swapped
from mome.conversation.scene import FollowUp, is_complete, stands_alone
from mome.conversation.turn import Turn
from mome.conversation.views import unfolded
from mome.conversation.ways import told_way
from mome.conversation.whole_rows import whole_rows
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.linking.names import name_words
from mome.linking.slice import Linker

# On SParC's dev split 37 of the 45 edits of right answers were right, and what people would accept
# as well counts as wrong there.
EDITED = 0.9
"""Confidence of an edit, as a share of that of the answer before."""
MOST_WAYS = 4
"""Maximum number of ways to a table that an answer and its other readings take."""
OnStage = Callable[[str], None]


class Answers(Protocol):
    """What a conversation asks of a translator."""

    linker: Linker
    forms: Forms
    measures: Measures
    usual_dates: tuple[UsualDate, ...]

    def translate(self, question: str, on_stage: OnStage | None = None) -> Translation:
        """Answer a question that stands alone."""

    def checked(self, question: str, sql: str, confidence: float) -> Translation | None:
        """Return SQL as the answer to a question if guard and database accept it, else None."""

    def is_known(self, question: str) -> bool:
        """Return whether a person said what this question means."""

    def is_continued(self, question: str) -> bool:
        """Return whether a question goes on behind the words of one that people gave."""

    def refused(self, question: str) -> Translation | None:
        """Return why a question is not read at all; None if it is."""


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
        start = time.perf_counter()
        answer = self._answered(question, on_stage)
        # A follow-up may have been read in two ways.
        spent = {**answer.timings, "total": (time.perf_counter() - start) * 1000}
        answer = replace(
            answer, question=" ".join(question.split()), timings=MappingProxyType(spent)
        )
        self._turns.append(Turn(question, answer))
        return answer

    def _answered(self, question: str, on_stage: OnStage | None) -> Translation:
        answered = [turn for turn in self._turns if turn.answer.sql]
        is_known = not question.strip() or self._translator.is_known(question)
        if is_known or self._goes_on(question):
            return self._translator.translate(question, on_stage)
        found = answer_request(question, answered[-1]) if answered else None
        if found is None and answered:
            found = self._resolved(read_cues(question), answered, on_stage)
        # Nothing that it may follow explains it, so that it is read as it stands.
        return found or self._alone(question, on_stage)

    def _goes_on(self, question: str) -> bool:
        """Return whether a question says all words of a verified one or of a term, and more:
        `What is the revenue by month?` is no follow-up to the revenue by genre.
        """
        cues = read_cues(question)
        is_whole = not cues.strong and not cues.adds
        return is_whole and self._translator.is_continued(question)

    def _alone(self, question: str, on_stage: OnStage | None) -> Translation:
        """Return the reader's answer to a question as it stands, with whole rows if it names
        nothing of them.
        """
        answer = self._translator.translate(question, on_stage)
        return self._whole(answer, read_cues(question).text)

    def _whole(self, answer: Translation, question: str) -> Translation:
        """Return the answer with whole rows if the question names nothing of them."""
        form = self._form(answer) if answer.sql and not answer.verified_match else None
        catalog = self._translator.linker.catalog
        tree = None if form is None else whole_rows(question, form, catalog)
        whole = self._of_form(answer.question, tree, answer.confidence)
        if whole is None:
            return answer
        return replace(whole, understood=answer.understood, nearest=answer.nearest)

    def _resolved(
        self, cues: Cues, answered: Sequence[Turn], on_stage: OnStage | None
    ) -> Translation | None:
        """Return the answer to a follow-up; None if it is none, or if no way to read it has an
        answer.
        """
        before, scene = answered[-1], self._scene(cues, answered)
        tables = before.answer.tables
        understood = about(cues, self._phrase(before), before.understood)
        if stands_alone(cues, self._translator.linker.catalog, tables):
            # `Which genre has the highest revenue?` names a table, and a figure that is shown.
            if scene is None or not scene.figures():
                return None
            return self._edited(scene, before, sentence(cues.text))
        if scene is not None and is_complete(scene):
            return None
        refused = self._translator.refused(cues.text)
        if refused is not None:
            # `Drop the count` changes the answer; all else that asks for a change is refused.
            dropped = None if scene is None else self._edited(scene, before, understood)
            return dropped or refused
        if scene is None or self._translator.is_known(understood):
            return self._rewritten(understood, on_stage) or unread_request(cues.text, before)
        found = self._edited(scene, before, understood) or unmet_request(cues.text, before)
        if found is not None:
            return found
        read = (
            self._composed(scene, before, understood, on_stage),
            self._rewritten(understood, on_stage, shows_all=scene.shows_all),
        )
        likely = [answer for answer in read if answer is not None]
        if likely:
            return max(likely, key=lambda answer: answer.confidence)
        return unread_request(cues.text, before)

    def _rewritten(
        self, understood: str, on_stage: OnStage | None, *, shows_all: bool = False
    ) -> Translation | None:
        """Return the reader's answer to a follow-up in words that stand alone; None if it has
        none.

        shows_all: whether the answer before shows whole rows.
        """
        answer = self._translator.translate(understood, on_stage)
        if not answer.sql:
            return None
        answer = replace(answer, understood=understood)
        return self._whole(answer, understood) if shows_all else answer

    def _scene(self, cues: Cues, answered: Sequence[Turn]) -> FollowUp | None:
        trees = [self._form(turn.answer) for turn in answered[-2:]]
        if trees[-1] is None:
            return None
        earlier = trees[0] if len(trees) > 1 else None
        linker = self._translator.linker
        sql = answered[-1].answer.require_sql()
        named = spoken_names(sql, linker.catalog, self._translator.measures)
        dates = self._translator.usual_dates
        return FollowUp(cues, trees[-1], linker, earlier, named, dates)

    def _form(self, answer: Translation) -> exp.Query | None:
        """Return the form of an answer's SQL; None if it has none."""
        try:
            return self._translator.forms.read(answer.require_sql())
        except NotExpressible:
            return None

    def _edited(self, scene: FollowUp, before: Turn, understood: str) -> Translation | None:
        """Return the answer whose form is that of the answer before, changed as the words say."""
        tree = edited(scene)
        if tree is None:
            wider = self._unfolded(scene, before)
            scene, tree = (scene, None) if wider is None else (wider, edited(wider))
        words = _swapped(before.understood, scene.tree, tree) or understood
        if tree is not None and self._translator.is_known(words):
            return replace(self._translator.translate(words), understood=words)
        answer = self._of_form(words, tree, EDITED * before.answer.confidence)
        if answer is None or tree is None:
            return answer
        return self._with_other_ways(answer, scene, tree)

    def _with_other_ways(
        self, answer: Translation, scene: FollowUp, tree: exp.Query
    ) -> Translation:
        """Return the answer with what it would be where a table is reached in other ways."""
        readings = []
        for other in _others(scene, tree):
            checked = self._of_form(answer.understood, other, answer.confidence)
            if checked is not None:
                said = told_way(other, scene.catalog)
                readings.append(Alternative(checked.require_sql(), 0.0, said))
        if not readings:
            return answer
        note = told_way(tree, scene.catalog)
        notes = (*answer.notes, *([note] if note else []))
        return replace(answer, notes=notes, alternatives=(*answer.alternatives, *readings))

    def _unfolded(self, scene: FollowUp, before: Turn) -> FollowUp | None:
        """Return the scene with the definition of the view that the answer before shows in the
        place of the view; None if it shows none.
        """
        sql = unfolded(before.answer.require_sql(), scene.catalog)
        answer = None if sql is None else replace(before.answer, sql=sql)
        return None if answer is None else self._scene(scene.cues, [replace(before, answer=answer)])

    def _composed(
        self, scene: FollowUp, before: Turn, understood: str, on_stage: OnStage | None
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
        asked = self._form(part)
        tree = None if asked is None else _together(scene, asked)
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


def _others(scene: FollowUp, tree: exp.Query) -> list[exp.Query]:
    """Return what the follow-up gives where a table is reached in another way."""
    found = [tree]
    for way in range(1, MOST_WAYS):
        other = edited(replace(scene, way=way))
        if other is None or other in found:
            break
        found.append(other)
    return found[1:]


def _swapped(question: str, before: exp.Query, tree: exp.Query | None) -> str | None:
    """Return the question before with the one value that an edit has replaced; None if it has not
    replaced one.
    """
    if tree is None:
        return None
    old, new = (
        [literal.name for literal in one.find_all(exp.Literal) if literal.is_string]
        for one in (before, tree)
    )
    changes = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
    if len(old) != len(new) or len(changes) != 1:
        return None
    return swapped(question, *changes[0])


def _together(scene: FollowUp, asked: exp.Query) -> exp.Query | None:
    before, cues = scene.tree, scene.cues
    if cues.sorts:
        return ordered(before, asked)
    if cues.adds and isinstance(before, exp.Select) and isinstance(asked, exp.Select):
        # `Also include flights to Rome` adds rows, `also show the names` columns.
        if cues.kind == "restrict" or before.expressions == asked.expressions:
            return either(before, asked)
    if cues.kind == "restrict":
        return restricted(before, asked)
    return shown(before, asked, adds=cues.adds)
