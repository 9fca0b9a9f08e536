"""Decoding with the bundled model: greedy, beam search and sampling.

Axis legend: `b` questions, `r` rows (answers that are written at once), `s` answer tokens so far,
`n` beams, `v` output vocabulary with pointers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from mome.backbones.bundled.model import BundledModel, DecoderCache
from mome.backbones.bundled.tokens import END, PAD, START

Mask = Callable[[Tensor, Tensor], Tensor]
"""Takes answers (r, s) and the scores (r, v) of their next tokens; returns the scores with -inf for
tokens that cannot follow.
"""
# Low enough that no answer's log-probability reaches it. A number, not -inf: the sum of two stays
# comparable, and nothing becomes NaN.
RULED_OUT = -1e9
"""Added to the log-probability of beams that may not be chosen."""


class Steps:
    """Runs the decoder token by token."""

    def __init__(
        self, model: BundledModel, inputs: Mapping[str, Tensor], *, beams: int = 1
    ) -> None:
        """`inputs` come from `inputs.collate`; every question has `beams` rows, side by side."""
        self._model = model
        self._read = model.read(**inputs).repeated(beams)
        self._cache = DecoderCache()

    def start(self) -> Tensor:
        """Return empty answers (r, 1)."""
        return torch.full((len(self._read.items), 1), START)

    def logits(self, answers: Tensor) -> Tensor:
        """Return logits (r, v) of the next tokens of `answers` (r, s), which continue those of the
        call before.
        """
        newest = answers[:, self._cache.length :]
        states = self._model.decoder(newest, self._read, self._cache)
        logits = self._model.logits(states, self._read.keys, self._read.item_positions)
        return logits[:, -1].float()

    def reorder(self, rows: Tensor) -> None:
        """Go on from these rows (r,) of the call before."""
        self._cache.reorder(rows)


def greedy(steps: Steps, mask: Mask, *, longest: int) -> tuple[Tensor, Tensor]:
    """Return answers (b, s) of at most `longest` tokens, and the mean log-probability (b,) of each
    before masking.
    """
    answers = steps.start()
    is_open = torch.ones(len(answers), dtype=torch.bool)
    log_probs = torch.zeros(len(answers))
    lengths = torch.zeros(len(answers))
    for _ in range(longest):
        logits = steps.logits(answers)
        tokens = mask(answers, logits).argmax(-1)
        chosen = logits.log_softmax(-1).gather(1, tokens[:, None]).squeeze(1)
        log_probs += chosen.where(is_open, torch.zeros(()))
        lengths += is_open
        tokens = tokens.where(is_open, PAD)
        answers = torch.cat([answers, tokens[:, None]], 1)
        is_open &= tokens != END
        if not is_open.any():
            break
    return answers, log_probs / lengths


def sample(
    steps: Steps,
    mask: Mask,
    begin: Tensor,
    *,
    longest: int,
    temperature: float,
    top_k: int,
    top_p: float,
) -> Tensor:
    """Return answers (b, s) that begin with `begin` and have at most `longest` further tokens.

    Each token is drawn among the `top_k` most probable ones, and of these among the fewest whose
    probabilities sum to `top_p` (nucleus sampling, Holtzman et al., 2020).
    """
    answers = begin
    is_open = torch.ones(len(answers), dtype=torch.bool)
    for _ in range(longest):
        scores = mask(answers, steps.logits(answers)) / temperature
        scores = _nucleus(_likeliest(scores, top_k), top_p)
        tokens = torch.multinomial(scores.softmax(-1), 1).squeeze(1).where(is_open, PAD)
        answers = torch.cat([answers, tokens[:, None]], 1)
        is_open &= tokens != END
        if not is_open.any():
            break
    return answers


def _likeliest(scores: Tensor, top_k: int) -> Tensor:
    """Return scores (r, v) with -inf for all but the `top_k` highest."""
    least = scores.topk(min(top_k, scores.shape[-1])).values[:, -1:]
    return scores.masked_fill(scores < least, float("-inf"))


def _nucleus(scores: Tensor, top_p: float) -> Tensor:
    """Return scores (r, v) with -inf for the least probable tokens, which sum to 1 - top_p."""
    ordered, order = scores.sort()
    is_left_out = ordered.softmax(-1).cumsum(-1) <= 1 - top_p
    # The most probable token stays even where rounding says otherwise.
    is_left_out[:, -1] = False
    return scores.masked_fill(is_left_out.scatter(1, order, is_left_out), float("-inf"))


@dataclass(frozen=True)
class Beams:
    """Answers (b, n, s) with their scores (b, n)."""

    answers: Tensor
    scores: Tensor

    def best(self, count: int) -> tuple[Beams, Tensor]:
        """Return the beams with the highest scores, best first, and their places (b, count)."""
        scores, places = self.scores.topk(count)
        return Beams(_chosen(self.answers, places), scores), places

    def with_(self, longer: Beams) -> Beams:
        """Return these beams and `longer` ones in one tensor."""
        missing = longer.answers.shape[2] - self.answers.shape[2]
        filled = functional.pad(self.answers, (0, missing), value=END)
        answers = torch.cat([filled, longer.answers], 1)
        return Beams(answers, torch.cat([self.scores, longer.scores], 1))


def beam_search(steps: Steps, mask: Mask, *, beams: int, longest: int) -> Beams:
    """Return answers of at most `longest` tokens, best first, with their mean log-probabilities
    after `mask`; `steps` must have as many beams.

    A question is done when its best open beam, at its present length, is no better than its worst
    finished one. If it has fewer answers than beams, scores near `RULED_OUT` mark the rest.
    """
    empty = steps.start().view(-1, beams, 1)
    nothing = torch.full(empty.shape[:2], RULED_OUT)
    done, going = Beams(empty, nothing), Beams(empty, nothing.clone())
    # The empty beams of a question are all the same, so that only one goes on.
    going.scores[:, 0] = 0
    improves = torch.ones(len(empty), 1, dtype=torch.bool)
    for length in range(1, longest + 1):
        longer, parents = _continued(going, steps, mask)
        ended = (longer.answers[:, :, -1] == END) | (length == longest)
        going, places = replace(longer, scores=longer.scores + ended * RULED_OUT).best(beams)
        steps.reorder(parents.gather(1, places).flatten())
        # Only the best n may finish; the others are there to take their places.
        finish = ended & (torch.arange(2 * beams) < beams)
        scores = longer.scores / length + ~improves * RULED_OUT + ~finish * RULED_OUT
        done, _ = done.with_(replace(longer, scores=scores)).best(beams)
        improves &= going.scores[:, :1] / length > done.scores.amin(1, keepdim=True)
        if not improves.any() or ended.all():
            break
    return done


def _continued(going: Beams, steps: Steps, mask: Mask) -> tuple[Beams, Tensor]:
    """Return the 2n best continuations by one token with their log-probabilities, and the rows
    (b, 2n) that they continue. Of 2n at least n have not ended, since each beam has one end.
    """
    flat = going.answers.flatten(0, 1)
    log_probs = mask(flat, steps.logits(flat).log_softmax(-1))
    width = log_probs.shape[-1]
    totals = log_probs.view(*going.scores.shape, width) + going.scores.unsqueeze(-1)
    scores, places = totals.flatten(1).topk(2 * going.scores.shape[1])
    beams, tokens = places // width, places % width
    answers = torch.cat([_chosen(going.answers, beams), tokens.unsqueeze(-1)], -1)
    first = torch.arange(len(beams)).unsqueeze(1) * going.scores.shape[1]
    return Beams(answers, scores), beams + first


def _chosen(answers: Tensor, places: Tensor) -> Tensor:
    """Return the answers (b, m, s) at `places` (b, m)."""
    return answers.gather(1, places.unsqueeze(-1).expand(-1, -1, answers.shape[2]))
