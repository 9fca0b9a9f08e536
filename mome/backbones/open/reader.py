"""An open causal model that reads a question and writes forms.

The schema is read once for all questions about a small database: its keys and values are kept, and
the adapter does not act on them.
"""

from __future__ import annotations

import copy
import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from threading import Lock

import torch
from llguidance.hf import from_tokenizer
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

from mome.backbones.base import Candidate
from mome.backbones.open.beam import BeamSearch
from mome.backbones.open.drafts import score_drafts
from mome.backbones.open.prompt import pairs_text, question_text, schema_text, shown_tables
from mome.errors import NotExpressible
from mome.forms.bare_names import BareNames
from mome.forms.forms import Forms
from mome.grammar.form_grammar import NONE, bare_names, form_grammar
from mome.linking.slice import Linker, Slice

LONGEST_ANSWER = 160
"""Maximum number of tokens of an answer, as in training."""
SCHEMAS = 4
"""Number of schemas whose keys and values are kept. One of 500 tokens takes 12 MB."""


class _Answers:
    """Collects the spellings of answers: the probability of an answer is the sum of theirs."""

    def __init__(self, forms: Forms, bare: BareNames) -> None:
        self._forms = forms
        self._bare = bare
        self._found: dict[str | None, Candidate] = {}

    def form(self, answer: str | None) -> str | None:
        """Return the text that the model writes for SQL; None if it has no form."""
        if answer is None:
            return NONE
        try:
            return self._forms.encode(answer)
        except NotExpressible:
            return None

    def add_form(self, text: str, log_prob: float, tokens: int) -> None:
        """Add what the model wrote; a form without SQL is left out."""
        try:
            answer = None if text == NONE else self._forms.decode(self._bare.with_tables(text))
        except NotExpressible:
            return
        self.add(answer, log_prob, tokens)

    def add(self, answer: str | None, log_prob: float, tokens: int) -> None:
        """Add a spelling of an answer with so many tokens, without its end."""
        other = self._found.get(answer)
        probability = math.exp(log_prob) + (other.probability if other else 0.0)
        mean = other.score if other else log_prob / (tokens + 1)
        self._found[answer] = Candidate(answer, mean, min(1.0, probability))

    def sorted(self) -> list[Candidate]:
        """Return the answers, best first."""
        return sorted(self._found.values(), key=lambda one: -one.probability)


class OpenReader:
    """Answers questions about any catalog. It is not safe for threads; `turn` is a lock for them.

    `adapter_off`: returns a context in which the adapter does not act.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        adapter_off: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self.turn = Lock()
        self._model = model
        self._tokenizer = tokenizer
        self._adapter_off = adapter_off
        # The output layer of one model is wider than its tokenizer, and of another narrower.
        size = max(model.config.vocab_size, len(tokenizer))
        words = from_tokenizer(tokenizer, n_vocab=size)
        self._search = BeamSearch(model, words, tokenizer.eos_token_id, longest=LONGEST_ANSWER)
        self._schemas: OrderedDict[str, DynamicCache] = OrderedDict()

    @torch.no_grad()
    def answers(
        self,
        slice_: Slice,
        linker: Linker,
        pairs: Sequence[tuple[str, str]] = (),
        drafts: Sequence[str | None] = (),
        *,
        beams: int,
    ) -> list[Candidate]:
        """Return different answers to a slice's question, best first: up to `beams` of the model's
        own, and the drafts that have a form.

        `pairs`: answered questions about the same database with their forms.
        `drafts`: answers of another reader, of which this one tells the probability.
        """
        tables = shown_tables(slice_, linker.catalog)
        cache = self._read_schema(schema_text(tables))
        if pairs:
            with self._adapter_off():
                self._read(pairs_text(pairs), cache)
        logits = self._read(question_text(slice_, tables), cache)
        answers = _Answers(Forms(linker.catalog, graph=linker.graph), bare_names(tables))
        written: dict[str, str | None] = {}
        for answer in drafts:
            text = answers.form(answer)
            if text is not None:
                written[text] = answer
        ids = [self._ids(text) for text in written]
        scores = score_drafts(self._model, logits, cache, ids, self._tokenizer.eos_token_id)
        for answer, tokens, score in zip(written.values(), ids, scores, strict=True):
            answers.add(answer, score, len(tokens))
        grammar = form_grammar(tables, linker.catalog.dialect)
        for beam in self._search(grammar, logits, cache, beams=beams):
            text = self._tokenizer.decode(beam.ids, skip_special_tokens=True)
            if text not in written:
                answers.add_form(text, beam.log_prob, len(beam.ids))
        return answers.sorted()

    def _ids(self, text: str) -> list[int]:
        return self._tokenizer(text, add_special_tokens=False)["input_ids"]

    def _read_schema(self, text: str) -> DynamicCache:
        """Return a copy of a schema's keys and values."""
        cache = self._schemas.pop(text, None)
        if cache is None:
            cache = DynamicCache(config=self._model.config)
            with self._adapter_off():
                self._read(text, cache)
        self._schemas[text] = cache
        if len(self._schemas) > SCHEMAS:
            self._schemas.popitem(last=False)
        return copy.deepcopy(cache)

    def _read(self, text: str, cache: DynamicCache) -> Tensor:
        """Add a text's keys and values to the cache; return the logits after it (1, v)."""
        ids = self._tokenizer(text, add_special_tokens=cache.get_seq_length() == 0)["input_ids"]
        out = self._model(
            input_ids=torch.tensor([ids]), past_key_values=cache, use_cache=True, logits_to_keep=1
        )
        return out.logits[:, -1]
