"""The beam search against an exhaustive search over a small grammar."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from llguidance import LLMatcher, LLTokenizer
from llguidance.hf import from_tokenizer
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from mome.backbones.model_reading import read_model
from mome.backbones.open.beam import Beam, BeamSearch, following
from mome.errors import BackboneError

GRAMMAR = 'start: ("SELECT name" | "SELECT title" | "NONE") " FROM song"? | "a" "b"'
PROMPT = "names of singers\n"


@pytest.fixture(scope="module")
def read(text_folders: dict[str, Path]) -> tuple[PreTrainedModel, LLTokenizer, list[int], int]:
    tokenizer, model = read_model(text_folders["llama"])
    width = model.get_output_embeddings().weight.shape[0]
    ids = tokenizer(PROMPT)["input_ids"]
    return model, from_tokenizer(tokenizer, n_vocab=width), ids, tokenizer.eos_token_id


def found(read: tuple, grammar: str, *, beams: int, longest: int = 20) -> list[Beam]:
    model, words, ids, end = read
    cache = DynamicCache(config=model.config)
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids]), past_key_values=cache).logits[:, -1]
    return BeamSearch(model, words, end, longest)(grammar, logits, cache, beams=beams)


def log_prob(model: PreTrainedModel, prompt: list[int], answer: list[int]) -> float:
    """The log-probability of an answer, computed at once."""
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([prompt + answer])).logits[0].float()
    steps: Tensor = torch.log_softmax(logits[len(prompt) - 1 : -1], dim=1)
    return float(steps[range(len(answer)), answer].sum())


def paths(matcher: LLMatcher, end: int) -> list[list[int]]:
    """All token sequences that a grammar allows, with their end."""
    every = []
    for token in following(matcher, end + 10_000).nonzero().flatten().tolist():
        if token == end:
            every.append([end])
            continue
        longer = matcher.deep_copy()
        longer.consume_token(token)
        every += [[token, *rest] for rest in paths(longer, end)]
    return every


def test_the_best_answers_are_those_of_an_exhaustive_search(read: tuple) -> None:
    model, words, prompt, end = read
    grammar = 'start: ("na" | "ti" | "NO") " FR"? | "a" "b"'
    every = paths(LLMatcher(words, grammar), end)
    assert len(every) >= 10
    scored = sorted(((log_prob(model, prompt, ids), ids) for ids in every), reverse=True)
    beams = found(read, grammar, beams=len(every))
    best = scored[0][0]
    likely = [(score, ids) for score, ids in scored if score > best - 6.9]
    assert [(*beam.ids, end) for beam in beams[: len(likely)]] == [tuple(ids) for _, ids in likely]
    for beam, (score, _) in zip(beams, likely, strict=False):
        assert beam.log_prob == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize("beams", [1, 3])
def test_answers_are_texts_of_the_grammar_with_the_model_s_probabilities(
    read: tuple, beams: int
) -> None:
    model, words, prompt, end = read
    answers = found(read, GRAMMAR, beams=beams)
    assert 1 <= len(answers) <= beams
    for beam in answers:
        matcher = LLMatcher(words, GRAMMAR)
        assert matcher.try_consume_tokens(list(beam.ids)) == len(beam.ids)
        assert matcher.is_accepting()
        assert beam.log_prob == pytest.approx(log_prob(model, prompt, [*beam.ids, end]), abs=1e-3)
    assert [one.log_prob for one in answers] == sorted(
        (one.log_prob for one in answers), reverse=True
    )


def test_an_answer_that_is_too_long_is_none(read: tuple) -> None:
    assert found(read, 'start: "SELECT name, title, genre FROM song"', beams=2, longest=3) == []


def test_a_grammar_that_cannot_be_read_is_an_error(read: tuple) -> None:
    with pytest.raises(BackboneError, match="no grammar for these tables"):
        found(read, "start: missing", beams=2)
