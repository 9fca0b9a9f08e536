"""The bundled model behind the interface of `mome.backbones.base`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

import torch
from safetensors import SafetensorError
from torch import Tensor

from mome.backbones.base import Backbone, Batch, Candidate, Prompt, unit_vectors
from mome.backbones.bundled.config import is_bundled
from mome.backbones.bundled.form_tokens import as_plain
from mome.backbones.bundled.grammar import Grammar, accepts
from mome.backbones.bundled.inputs import EncodedSlice, SliceReader, collate
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.search import Steps, beam_search, greedy
from mome.backbones.bundled.sql_to_question import (
    Form,
    collate_examples,
    named_form,
    question_log_probs,
    sample_questions,
)
from mome.backbones.bundled.stored_model import load_model
from mome.backbones.bundled.tokens import END, NONE, OutputVocabulary
from mome.backbones.identity import identity
from mome.errors import BackboneError, NotExpressible
from mome.linking.slice import Linker, Slice
from mome.memory.question_states import pooled

LONGEST_ANSWER = 448
"""Maximum number of tokens of an answer."""
IMPOSSIBLE = -1e4
"""Mean log-probability of beams that only pad the beam width."""


@dataclass(frozen=True)
class BundledPrompt:
    """The source tokens and the form that decodes the answer."""

    source: EncodedSlice
    form: PointerForm
    encoded: dict[str, list[int]] = field(default_factory=dict)
    """Cache of encoded answers: a tune encodes the same ones in every pool, and parsing SQL takes
    most of that time.
    """


_whole_forms: WeakKeyDictionary[Linker, PointerForm] = WeakKeyDictionary()
"""A linker holds the model's word vectors, so a cache must not keep it."""


def _whole_form(linker: Linker) -> PointerForm:
    """Return the form over a whole catalog."""
    form = _whole_forms.get(linker)
    if form is None:
        form = PointerForm(linker.catalog, Slice.whole(linker.catalog), linker.graph)
        _whole_forms[linker] = form
    return form


class BundledBackbone(Backbone):
    """An encoder-decoder that points into the slice. The memory sits at the decoder's end, so that
    everything before it is the trunk.
    """

    learning_rate = 0.06
    # Of 1,235 reworded names in Spider-Syn's training questions 89% are as near to their column, of
    # the same words and another column of the table 24%.
    alike = 0.6

    def __init__(self, folder: Path) -> None:
        try:
            model = load_model(folder)
            self.reader, self.vocabulary = SliceReader.load(folder), OutputVocabulary.load(folder)
        except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
            raise BackboneError(
                f"the model in {folder.name} cannot be read ({type(error).__name__}); install "
                "it again"
            ) from error
        if self.vocabulary.size != model.config.output_size:
            raise BackboneError(
                f"the model in {folder.name} is not whole: its weights and its tokenizers do not "
                "fit; install it again"
            )
        self.model = model.eval().requires_grad_(False)
        self.identity = identity(folder)
        self.question_size = self.model.config.d_model
        # Stored memories have shared experts for all others; pointer_key maps no token's state.
        excluded = (*self.memory_modules(), "pointer_key")
        self._shared = tuple(
            name
            for name, module in self.model.named_modules()
            if isinstance(module, torch.nn.Linear) and name not in excluded
        )

    @staticmethod
    def recognises(folder: Path) -> bool:
        """Return whether the folder holds a model of this kind."""
        return is_bundled(folder)

    @torch.no_grad()
    def question_state(self, questions: Sequence[str]) -> Tensor:
        """See Backbone."""
        pieces = [self.reader.question(question) for question in questions]
        longest = max(map(len, pieces))
        ids = torch.tensor([row + (self.reader.pad,) * (longest - len(row)) for row in pieces])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in pieces])
        return pooled(self.model.encoder(ids, mask), mask)

    @torch.no_grad()
    def word_vectors(self, words: Sequence[str]) -> Tensor:
        """See Backbone."""
        return unit_vectors(
            self.model.encoder.bert.embeddings.word_embeddings.weight,
            [self.reader.word(word) for word in words],
        )

    def memory_modules(self) -> tuple[str, ...]:
        """Return the last feed-forward output and both heads. Experts on the heads memorise a fact
        in a fraction of the steps, and everything before is the trunk.
        """
        return (
            f"decoder.layers.{self.model.config.decoder_layers - 1}.fc2",
            "head",
            "pointer_query",
        )

    def shared_modules(self) -> tuple[str, ...]:
        """Return every linear map of encoder and decoder that is no memory layer."""
        return self._shared

    def loss(self, batch: Batch) -> Tensor:
        """See Backbone."""
        return self.model(**batch.tensors).loss

    def asking_batch(
        self, prompts: Sequence[Prompt], answers: Sequence[str]
    ) -> tuple[Batch, int] | None:
        """See Backbone; answers without a form are left out."""
        if not self.model.config.asks:
            return None
        rows = []
        for prompt, answer in zip(prompts, answers, strict=True):
            form = self._form_of(answer, prompt.data.form)
            if form:
                rows.append((prompt.question, form))
        if not rows:
            return None
        return Batch(collate_examples(rows, self.reader, self.vocabulary)), len(rows)

    def prepare(self, slice_: Slice, linker: Linker) -> Prompt:
        """See Backbone."""
        form = PointerForm(linker.catalog, slice_, linker.graph)
        source = self.reader.read(slice_, max_items=self.model.config.max_items)
        return Prompt(slice_.question, slice_, linker, BundledPrompt(source, form))

    def canonical(self, sql: str, linker: Linker) -> str:
        """See Backbone; column names (`COUNT(*) AS orders`) survive only in SQL that has no pointer
        form.
        """
        form = _whole_form(linker)
        for written in (lambda: form.decode(form.encode(sql)), lambda: as_plain(sql, form)):
            try:
                return written()
            except NotExpressible:
                continue
        return sql

    def _ids(self, prompt: Prompt, answer: str) -> list[int]:
        """Encode an answer in the first form that reproduces it exactly: pointers, plain SQL, or
        spelled.
        """
        vocabulary, data = self.vocabulary, prompt.data
        if answer in data.encoded:
            return data.encoded[answer]
        ids = self._exact(vocabulary.encode, data, answer)
        ids = ids or self._exact(partial(vocabulary.encode, aligned=False), data, answer)
        ids = ids or self._exact(vocabulary.encode_plain, data, answer)
        ids = ids or vocabulary.encode_raw(answer)
        if len(ids) > LONGEST_ANSWER:
            raise NotExpressible(f"the SQL is longer than {LONGEST_ANSWER} tokens")
        return data.encoded.setdefault(answer, ids)

    def _exact(
        self, encode: Callable[[str, PointerForm], list[int]], data: BundledPrompt, answer: str
    ) -> list[int]:
        """Return the ids if `encode` reproduces the answer exactly; else an empty list."""
        try:
            ids = encode(answer, data.form)
            is_exact = self.vocabulary.decode(ids, data.form) == answer
        except NotExpressible:
            return []
        if not is_exact or not accepts(self.vocabulary, data.form, data.source.positions, ids):
            return []
        return ids

    def batch(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> Batch:
        """See Backbone."""
        rows = [self._ids(prompt, answer) for prompt, answer in zip(prompts, answers, strict=True)]
        longest = max(map(len, rows))
        labels = torch.tensor([row + [-100] * (longest - len(row)) for row in rows])
        inputs = collate([prompt.data.source for prompt in prompts], self.reader.pad)
        return Batch({**inputs, "labels": labels})

    @torch.no_grad()
    def trunk(self, batch: Batch) -> Batch:
        """Return the batch with the decoder's states before its last feed-forward part."""
        tensors = dict(batch.tensors)
        labels = tensors.pop("labels")
        read = self.model.read(**tensors)
        states = self.model.decoder(self.model.shift(labels), read, None)
        return Batch(
            {
                "states": states,
                "keys": read.keys,
                "item_positions": read.item_positions,
                "labels": labels,
            }
        )

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """See Backbone."""
        tensors = (batch if "states" in batch.tensors else self.trunk(batch)).tensors
        return self.model.logits(
            tensors["states"], tensors["keys"], tensors["item_positions"]
        ), tensors["labels"]

    @torch.no_grad()
    def generate(self, prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        """See Backbone; a grammar keeps beams well-formed."""
        inputs = collate([prompt.data.source for prompt in prompts], self.reader.pad)
        grammar = Grammar(
            self.vocabulary,
            [prompt.data.form for prompt in prompts],
            inputs["item_positions"],
            beams,
        )
        steps = Steps(self.model, inputs, beams=beams)
        if beams > 1:
            found = beam_search(steps, grammar, beams=beams, longest=LONGEST_ANSWER)
            answers, scores = found.answers.flatten(0, 1), found.scores.flatten()
        else:
            answers, scores = greedy(steps, grammar, longest=LONGEST_ANSWER)
        rows = list(zip(answers.tolist(), scores.tolist(), strict=True))
        return [
            self._read(prompt, rows[i * beams : (i + 1) * beams])
            for i, prompt in enumerate(prompts)
        ]

    def questions(self, queries: Sequence[str], linker: Linker, *, seed: int) -> list[str]:
        """See Backbone."""
        forms = [self._form_of(sql, _whole_form(linker)) for sql in queries]
        known = [form for form in forms if form]
        if not known or not self.model.config.asks:
            return [""] * len(forms)
        sampled = sample_questions(known, self.model, self.reader, self.vocabulary, seed=seed)
        rest = iter(sampled)
        return [next(rest) if form else "" for form in forms]

    def question_log_probs(self, prompt: Prompt, answers: Sequence[str]) -> list[float]:
        """See Backbone; an answer without a form gets the lowest score of the others."""
        if not self.model.config.asks:
            return super().question_log_probs(prompt, answers)
        forms = [self._form_of(answer, prompt.data.form) for answer in answers]
        # Answers without a form run too: the shared experts expect one row per answer.
        scores = question_log_probs(
            prompt.question, forms, self.model, self.reader, self.vocabulary
        )
        scored = list(zip(scores, forms, strict=True))
        least = min((score for score, form in scored if form), default=0.0)
        return [score if form else least for score, form in scored]

    @staticmethod
    def _form_of(answer: str, form: PointerForm) -> Form:
        """Return the form; empty if there is none."""
        try:
            return named_form(answer, form)
        except NotExpressible:
            return ()

    def _read(self, prompt: Prompt, rows: Sequence[tuple[list[int], float]]) -> list[Candidate]:
        found: dict[str | None, Candidate] = {}
        for ids, score in rows:
            if score < IMPOSSIBLE:
                continue
            try:
                answer = None if NONE in ids else self.vocabulary.decode(ids, prompt.data.form)
            except NotExpressible:
                continue
            # `ids` starts with <s>, so the index of </s> is the number of tokens that were scored.
            length = ids.index(END) if END in ids else len(ids) - 1
            found.setdefault(answer, Candidate(answer, score, math.exp(min(0.0, score * length))))
        return list(found.values())
