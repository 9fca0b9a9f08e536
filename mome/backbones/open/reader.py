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
from mome.backbones.open.beam import Beam, BeamSearch
from mome.backbones.open.prompt import pairs_text, question_text, schema_text, shown_tables
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.grammar.form_grammar import NONE, form_grammar
from mome.linking.slice import Linker, Slice

LONGEST_ANSWER = 160
"""Maximum number of tokens of an answer, as in training."""
SCHEMAS = 4
"""Number of schemas whose keys and values are kept. One of 500 tokens takes 12 MB."""


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
        self, slice_: Slice, linker: Linker, pairs: Sequence[tuple[str, str]] = (), *, beams: int
    ) -> list[Candidate]:
        """Return up to `beams` different answers to a slice's question, best first.

        `pairs`: answered questions about the same database with their forms.
        """
        tables = shown_tables(slice_, linker.catalog)
        cache = self._read_schema(schema_text(tables))
        if pairs:
            with self._adapter_off():
                self._read(pairs_text(pairs), cache)
        logits = self._read(question_text(slice_, tables), cache)
        found = self._search(
            form_grammar(tables, linker.catalog.dialect), logits, cache, beams=beams
        )
        return self._candidates(found, Forms(linker.catalog, graph=linker.graph))

    def _candidates(self, found: Sequence[Beam], forms: Forms) -> list[Candidate]:
        """Return the queries of forms, each once, best first; a form without SQL is left out."""
        candidates: dict[str | None, Candidate] = {}
        for beam in found:
            text = self._tokenizer.decode(beam.ids, skip_special_tokens=True)
            try:
                answer = None if text == NONE else forms.decode(text)
            except NotExpressible:
                continue
            # Two forms may be one query.
            other = candidates.get(answer)
            probability = math.exp(beam.log_prob) + (other.probability if other else 0.0)
            mean = other.score if other else beam.log_prob / (len(beam.ids) + 1)
            candidates[answer] = Candidate(answer, mean, min(1.0, probability))
        return sorted(candidates.values(), key=lambda one: -one.probability)

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
