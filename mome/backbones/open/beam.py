"""Beam search of a causal model under a grammar.

Scores are log-probabilities of the model without the mask, so that they tell how sure it is: what
it would rather have written outside of the grammar is missing from their sum.

Axis legend: `b` beams, `v` vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from llguidance import LLMatcher, LLTokenizer
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from mome.errors import BackboneError

# exp(-7) is below 0.001: such an answer would not be shown, and each beam costs time.
UNLIKELY = 7.0
"""A beam is dropped if its log-probability is so much below that of the best one."""


@dataclass(frozen=True)
class Beam:
    """A part of an answer, or a whole one."""

    ids: tuple[int, ...]
    """Its tokens, without the one that ends it."""
    log_prob: float
    matcher: LLMatcher = field(compare=False)
    """What may follow. Whole answers need none any more."""


class BeamSearch:
    """Finds the most probable texts of a grammar.

    `end`: the token that ends an answer.
    `longest`: maximum number of tokens of an answer.
    """

    def __init__(
        self, model: PreTrainedModel, tokenizer: LLTokenizer, end: int, longest: int
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._end = end
        self._longest = longest

    @torch.no_grad()
    def __call__(
        self, grammar: str, logits: Tensor, cache: DynamicCache, *, beams: int
    ) -> list[Beam]:
        """Return up to `beams` whole answers, best first.

        `logits`: of the first token of an answer (1, v).
        `cache`: keys and values of the prompt; it is changed.
        Raises BackboneError if the grammar cannot be read.
        """
        matcher = LLMatcher(self._tokenizer, grammar)
        if matcher.is_error():
            raise BackboneError(f"no grammar for these tables: {matcher.get_error()}")
        alive = [Beam((), 0.0, matcher)]
        whole: list[Beam] = []
        for length in range(self._longest):
            alive, rows = self._extended(alive, logits, whole, beams)
            if not alive or length + 1 == self._longest:
                break
            cache.reorder_cache(torch.tensor(rows))
            ids = torch.tensor([[beam.ids[-1]] for beam in alive])
            out = self._model(input_ids=ids, past_key_values=cache, use_cache=True)
            logits = out.logits[:, -1]
        return sorted(whole, key=lambda beam: -beam.log_prob)[:beams]

    def _extended(
        self, alive: Sequence[Beam], logits: Tensor, whole: list[Beam], beams: int
    ) -> tuple[list[Beam], list[int]]:
        """Return the beams with one more token, and the row that each comes from. Those that end
        are added to `whole`.

        `logits`: of the token after each beam (b, v).
        """
        scores = torch.log_softmax(logits.float(), dim=1)
        scores += torch.tensor([[beam.log_prob] for beam in alive])
        allowed = torch.stack([following(beam.matcher, scores.shape[1]) for beam in alive])
        scores.masked_fill_(~allowed, -torch.inf)
        # As many may end as go on.
        best = scores.flatten().topk(2 * beams)
        extended: list[Beam] = []
        rows: list[int] = []
        for place, score in zip(best.indices.tolist(), best.values.tolist(), strict=True):
            row, token = divmod(place, scores.shape[1])
            least = self._least(whole, extended, beams)
            if score < least or score == -torch.inf or len(extended) == beams:
                break
            if token == self._end:
                whole.append(Beam(alive[row].ids, score, alive[row].matcher))
                continue
            matcher = alive[row].matcher.deep_copy()
            matcher.consume_token(token)
            extended.append(Beam((*alive[row].ids, token), score, matcher))
            rows.append(row)
        return extended, rows

    def _least(self, whole: Sequence[Beam], extended: Sequence[Beam], beams: int) -> float:
        """Return the log-probability below which a beam cannot be among the answers."""
        scores = sorted((beam.log_prob for beam in whole), reverse=True)
        # A beam's log-probability only falls, so that `beams` better answers end it.
        last = scores[beams - 1] if len(scores) >= beams else -torch.inf
        best = max([*scores[:1], *(beam.log_prob for beam in extended)], default=-torch.inf)
        return max(last, best - UNLIKELY)


def following(matcher: LLMatcher, size: int) -> Tensor:
    """Return which tokens of a vocabulary of `size` may follow (v,)."""
    packed = torch.frombuffer(bytearray(matcher.compute_bitmask()), dtype=torch.uint8)
    # Bit i of byte j stands for token 8 j + i.
    bits = packed[:, None] & (1 << torch.arange(8, dtype=torch.uint8))
    return bits.ne(0).flatten()[:size]
