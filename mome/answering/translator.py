"""From a question to SQL: read the memory, link, decode with a beam under a grammar, check
candidates and rank them.

`from mome import Translator` is all that an embedder needs; the command line and the page use the
same class.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from mome.answering.candidates import Checked, Checker
from mome.answering.clock import StageClock
from mome.answering.code_words import CodeWords
from mome.answering.courtesies import without_courtesies
from mome.answering.filled_queries import FilledQueries
from mome.answering.known_answers import KnownAnswers
from mome.answering.languages import foreign_language
from mome.answering.left_out import terms_of, terms_of_codes
from mome.answering.likeness import likeness
from mome.answering.live_checks import CheckingExecutor
from mome.answering.measures import measures_of
from mome.answering.named_codes import DefinedTerms, NamedCodes
from mome.answering.outcomes import Found, Outcomes
from mome.answering.rewordings import Rewordings
from mome.answering.second_reader import QuestionReader, SecondReader
from mome.answering.titles.joined import with_title
from mome.answering.titles.reader import Title, TitleReader
from mome.answering.titles.sentences import asked_sentence
from mome.answering.translation import Translation
from mome.answering.usual_dates import usual_dates
from mome.answering.value_lookup import ValueLookup
from mome.answering.write_request import asks_to_write
from mome.answering.written import learned
from mome.artifacts.feedback import Said, form, one_line, said_about
from mome.backbones.base import Backbone, Candidate, Prompt
from mome.backbones.loading import load
from mome.backbones.open.skills import memory_base
from mome.calibration.calibrator import Calibrator
from mome.catalog import Catalog
from mome.conversation.continued import Continued
from mome.conversation.conversation import Conversation
from mome.conversation.given_queries import GivenQueries
from mome.conversation.turn import Turn
from mome.errors import BrokenMemory, CatalogError, MomeError
from mome.forms.forms import Forms
from mome.linking.matched_question import MatchedQuestion
from mome.linking.respelling import Respelling, notes_on
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryStore, Reading
from mome.memory.routing.agreement import Asked
from mome.memory.routing.router import Route

# Beam width; the beams are the candidates that the database may correct. Decoding time grows with
# it.
BEAMS = 8
# The reverse direction costs about as much as decoding, and rarely overturns such a lead.
SURE = 0.9
"""Skip SQL-to-question reranking when the top answer has p >= 0.9 or came from a fact's experts."""


class Translator:
    """Translates questions over one memory. Thread-safe and deterministic."""

    def __init__(
        self,
        backbone: Backbone,
        linker: Linker,
        memory: Memory,
        *,
        version: str = "",
        executor: CheckingExecutor | None = None,
        feedback: Path | None = None,
        reader: QuestionReader | None = None,
        least: float | None = None,
    ) -> None:
        """`feedback`: the folder of the memory in which people's verdicts lie; None for none.

        `reader`: an open model that reads the questions that no fact answers; None for none.
        `least`: answers with a lower confidence are not given; None for the calibrator's bound.
        """
        self.backbone = backbone
        self.linker = linker
        self.forms = Forms(linker.catalog, graph=linker.graph)
        self.memory = memory
        suffix = f"+{version}" if version else ""
        self.model_version = f"{backbone.identity[:12]}{suffix}"
        self._feedback = feedback
        self._second = SecondReader(reader, memory, self.forms) if reader else None
        self._titles = TitleReader(self.forms)
        named = NamedCodes(memory.facts, linker.catalog, linker.values, linker.known)
        terms = terms_of(memory.facts)
        explained = terms_of_codes(linker.code_meanings.all, linker.catalog)
        defined = DefinedTerms((*terms, *explained), named)
        self._known = KnownAnswers(memory.facts, linker, defined)
        self._checker = Checker(
            linker.catalog,
            linker.values,
            self._known.verified,
            executor,
            defined,
            learned(memory.facts),
            likeness(backbone),
        )
        self._outcomes = Outcomes(
            self.forms,
            self._checker,
            self._known,
            linker.values,
            terms,
            Calibrator.load(readers=2 if self._second else 1),
            least,
        )
        self._respelling = Respelling(linker.catalog)
        self._lookup = ValueLookup(linker.catalog, linker.values, self._checker.live.asked)
        codes = CodeWords(named, linker.catalog, linker.values, self._checker.live)
        self._filled = FilledQueries(
            memory.facts,
            linker.catalog,
            linker.values,
            self._lookup.find,
            codes.code,
            linker.known,
        )
        self._languages: set[str | None] = {None}
        """Of the verified questions, beside English, which is None."""
        for fact in self._known.verified.values():
            self._languages.update(map(foreign_language, fact.wordings))
        self.measures = measures_of(memory.facts, linker.catalog)
        """What the glossary calls the expressions of queries."""
        self._reworded = Rewordings(memory.facts, linker.catalog, self.measures.values())
        self.usual_dates = usual_dates(memory.facts, linker.catalog)
        """The dates that people's queries read, the most frequent first."""
        continued = Continued(memory.facts, linker, self.forms, self.measures, self.usual_dates)
        self._given = GivenQueries(
            self._reworded, self._filled, continued, self._checker, self._outcomes, self.checked
        )
        self.examples = tuple(fact.wordings[0] for fact in memory.facts)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        executor: CheckingExecutor | None = None,
        version: Path | None = None,
        least: float | None = None,
    ) -> Translator:
        """Load the memory in `path`; no database is needed.

        `executor`: tries queries on the database.
        `version`: the folder of another version of the memory than the current one.
        `least`: answers with a lower confidence are not given; None for the calibrator's bound.
        Raises NoMemory, BrokenMemory, OtherBackbone or BackboneError.
        """
        # Before any of its files is read, all are compared with their checksums.
        stored = MemoryStore(Path(path)).open(version)
        folder = stored.path
        try:
            source = json.loads((folder / "source.json").read_text("utf-8"))
            base, read_by = str(source["base"]), str(source.get("reader", ""))
            linker = Linker.load(folder)
        except (CatalogError, OSError, ValueError, KeyError, TypeError) as error:
            lacks = "lacks a readable source.json, catalog.json, values.jsonl or synonyms.json"
            raise BrokenMemory(f"the memory at {path} {lacks}; run `mome tune` again") from error
        backbone = load(memory_base(base))
        memory = Memory.of(stored, backbone, linker)
        memory.attach()
        return cls(
            backbone,
            linker.with_meanings(backbone.word_vectors),
            memory,
            version=folder.name,
            executor=executor,
            feedback=Path(path),
            reader=_reader(base, read_by),
            least=least,
        )

    @property
    def catalog(self) -> Catalog:
        """The memory's catalog."""
        return self.linker.catalog

    def prompt(self, question: str) -> Prompt:
        """Return the backbone's prompt. The slice of a question near a known fact also holds what
        that fact rests on.
        """
        with self.backbone.turn:
            return self._read(question)[1]

    def _read(self, question: str) -> tuple[Reading, Prompt, MatchedQuestion]:
        """Return the memory's reading, the prompt, and the question with the values it names."""
        matched = self.linker.match(question)
        reading = self.memory.read(question, words=matched)
        # A known question keeps the prompt with which it was memorised.
        if not bool(reading.route.hit.any()):
            spelled = self._respelling.respell(matched)
            if spelled.words:
                matched = replace(self.linker.match(spelled.question), respelled=spelled.words)
                reading = self.memory.read(spelled.question, words=matched)
            phrases = matched.unknown_phrases()
            matched = matched.with_values(self._lookup.find(phrases))
        slice_ = self.linker.slice_of(matched, reading.objects)
        prompt = self.backbone.prepare(slice_, self.linker)
        return reading, prompt, matched

    def translate(
        self, question: str, on_stage: Callable[[str], None] | None = None
    ) -> Translation:
        """Answer one question; `on_stage` is called with each stage's name as it starts. Never
        raises because of what a question says; raises TypeError if it is no text.

        The answer holds SQL and no rows; `Translation` shows how to get them.
        """
        if not isinstance(question, str):
            raise TypeError(f"a question is a str, not {type(question).__name__}")
        # A lone surrogate, which JSON can hold, would break tokenizers and files.
        encodable = question.encode("utf-8", "replace").decode()
        question = " ".join(encodable.split())
        blank = self._blank(question)
        if not question:
            return replace(blank, status="error", reason="the question is empty")
        try:
            # A question that is cut off would be another one, with another answer.
            one_line(question)
            said = self._said(question)
        except MomeError as error:
            return replace(blank, status="error", reason=str(error))
        clock = StageClock(on_stage or (lambda stage: None))
        known = said.sql is not None or self._known.is_verified(question)
        # What a person verified stays in that person's words.
        plain = question if known else without_courtesies(question)
        blank = replace(blank, question=plain)
        refused = None if known else self._refused(blank)
        try:
            answer = refused or self._translated(blank, said, clock)
        except MomeError as error:
            answer = replace(blank, status="error", reason=str(error))
        return replace(answer, question=question, timings=clock.timings())

    def conversation(self, turns: Iterable[Turn] = ()) -> Conversation:
        """Return a conversation, whose questions may follow each other and the turns so far."""
        return Conversation(self, turns)

    def is_known(self, question: str) -> bool:
        """Return whether a person said what a question means: it was verified, if in other words,
        or rejected.
        """
        try:
            said = self._said(question)
        except MomeError:
            return False
        is_verified = said != Said() or self._known.is_verified(question)
        return is_verified or self._reworded.find(question) is not None

    def is_continued(self, question: str) -> bool:
        """Return whether a question goes on behind the words of a verified one or of a term."""
        return self._given.continues(question)

    def checked(self, question: str, sql: str, confidence: float) -> Translation | None:
        """Return SQL as the answer to a question, checked as what a model writes is: guard, stored
        spelling, plausibility and the database. None if one of them does not accept it.
        """
        with self.backbone.turn:
            found, _ = self._checker.check([Candidate(sql, 0.0, 1.0)])
        if not found:
            return None
        return self._outcomes.given(self._blank(question), found[0], confidence)

    def refused(self, question: str) -> Translation | None:
        """Return why a question is not read at all; None if it is."""
        return self._refused(self._blank(question))

    def _refused(self, blank: Translation) -> Translation | None:
        if asks_to_write(blank.question):
            return replace(
                blank,
                status="blocked",
                reason="this asks to change the database, and only reading is possible here",
            )
        language = foreign_language(blank.question)
        if language in self._languages:
            return None
        return replace(
            blank,
            status="unanswerable",
            reason=f"the question is in {language}, which this memory does not read; ask in "
            "English, or verify questions in that language",
        )

    def _translated(self, blank: Translation, said: Said, clock: StageClock) -> Translation:
        """Return the answer to a question without courtesies. Raises MomeError."""
        question = blank.question
        known = said.sql is not None or self._known.is_verified(question)
        given = clock("link", lambda: self._given.answer(blank, said, is_known=known))
        if given is not None:
            return given
        # The active route is a context variable, so that threads may decode at once unless the
        # model itself keeps state. The lock is the backbone's: translators may share one.
        with self.backbone.turn:
            reading, prompt, matched = clock("link", lambda: self._read(question))
            candidates = clock("decode", lambda: self._decode(prompt, reading, matched))
            nearest = tuple(fact.wordings[0] for fact, _ in reading.nearest)
        # From here on with the short spellings, which the rules find in the query.
        blank = replace(blank, question=matched.question, notes=notes_on(matched.respelled))
        asked = self.memory.asked(matched.question)
        checked, dropped = clock("check", lambda: self._checked(candidates, asked, said, matched))
        found = Found(reading, prompt, matched, candidates, checked, dropped)
        answer = clock("check", lambda: self._outcomes.decide(blank, found, asked, said))
        if answer.sql is None:
            # What has just failed is no suggestion, though the memory knows it.
            nearest = tuple(known for known in nearest if form(known) != form(question))
        return replace(answer, nearest=nearest)

    def _said(self, question: str) -> Said:
        return Said() if self._feedback is None else said_about(self._feedback, question)

    def _blank(self, question: str) -> Translation:
        return Translation(
            question,
            "error",
            None,
            self.catalog.dialect,
            0.0,
            schema_fingerprint=self.catalog.fingerprint,
            model_version=self.model_version,
        )

    def _decode(
        self, prompt: Prompt, reading: Reading, matched: MatchedQuestion
    ) -> list[Candidate]:
        """Return the candidates; what is known of a question near a known one is in its experts."""
        route = reading.route
        is_hit = bool(route.hit.any())
        with self.memory.applied(route):
            found = self.backbone.generate([prompt], beams=BEAMS)[0]
        if self._second is not None and not is_hit:
            found = self._second.join(prompt, found, partial(self._log_prob, prompt, route))
        title = None if is_hit else self._title(matched)
        if title is not None:
            return with_title(found, title)
        if self._second is not None and not is_hit:
            return found
        answers = [candidate.answer for candidate in found if candidate.answer is not None]
        if len(answers) < 2 or is_hit:
            return found
        if max(candidate.probability for candidate in found) >= SURE:
            return found
        # Only the shared experts were practised in this direction; a fact's own were not.
        with self.memory.shared_for(route, len(answers)):
            log_probs = self.backbone.question_log_probs(prompt, answers)
        by_answer = dict(zip(answers, log_probs, strict=True))
        scored = []
        for candidate in found:
            log_prob = by_answer.get(candidate.answer or "", 0.0)
            scored.append(replace(candidate, question_log_prob=log_prob))
        return scored

    def _title(self, matched: MatchedQuestion) -> Title | None:
        """Return how a question is read word by word: the whole, or else its last sentence."""
        title = self._titles.read(matched)
        asked = asked_sentence(matched) if title is None else None
        return self._titles.read(self.linker.match(asked)) if asked else title

    def _log_prob(self, prompt: Prompt, route: Route, answer: str) -> float:
        """Return the log-probability of an answer to a question that no fact answers."""
        with self.memory.shared_for(route, 1):
            return self.backbone.log_prob(prompt, answer)

    def _checked(
        self,
        candidates: list[Candidate],
        asked: Asked,
        said: Said,
        matched: MatchedQuestion,
    ) -> tuple[list[Checked], str]:
        """Return the checked candidates, and why the first of those that were dropped was."""
        question = asked.question
        is_verified = self._known.is_verified(question)
        return self._checker.check(
            candidates,
            question,
            lambda sql: self._known.difference(asked, sql),
            said.wrong,
            matched.said_values(),
            None if is_verified else self._filled.unfilled(question, matched.unknown_words()),
            matched.unknown_words(),
        )


def _reader(base: str, known_identity: str) -> QuestionReader | None:
    """Return the second reader that a memory was tuned with; None if its identity is empty."""
    if not known_identity:
        return None
    # Imported here because the bundled model does without transformers' automatic classes.
    from mome.backbones.open.loading import load_reader

    return load_reader(base, known_identity)
