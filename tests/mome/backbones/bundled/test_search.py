"""Decoding agrees with a plain search that keeps lists and computes every answer anew."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mome.backbones.bundled.config import BundledConfig
from mome.backbones.bundled.inputs import FEATURES
from mome.backbones.bundled.model import BundledModel
from mome.backbones.bundled.search import Steps, beam_search, greedy, sample
from mome.backbones.bundled.tokens import END, PAD, RAW, START

WORDS, ITEMS, LONGEST = 12, 5, 6
SIZES = {"output_size": WORDS, "max_items": ITEMS, "encoder_vocab_size": 30, "d_model": 16}
SIZES |= {"encoder_layers": 1, "decoder_layers": 2, "heads": 2, "d_ff": 32}
FORBIDDEN = 9
"""A token that the mask of these tests refuses."""


@pytest.fixture(params=range(3))
def model(request: pytest.FixtureRequest, one_thread: None) -> BundledModel:
    torch.manual_seed(request.param)
    model = BundledModel(BundledConfig(**SIZES)).eval().requires_grad_(False)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    # Answers end at different lengths.
    model.bias[END] += 1.5
    return model


def inputs(questions: int = 2) -> dict[str, Tensor]:
    """Random questions of 8 tokens with 4 items."""
    torch.manual_seed(7)
    return {
        "input_ids": torch.randint(1, 30, (questions, 8)),
        "attention_mask": torch.ones(questions, 8, dtype=torch.int64),
        "feature_ids": torch.zeros(questions, 8, len(FEATURES), dtype=torch.int64),
        "item_positions": torch.tensor([[0, 2, 5, -1]] * questions),
    }


def masked(answers: Tensor, scores: Tensor) -> Tensor:
    scores = scores.clone()
    scores[:, FORBIDDEN] = float("-inf")
    return scores


def next_logits(model: BundledModel, question: int, ids: tuple[int, ...]) -> Tensor:
    """The logits after an answer to one question, without a cache."""
    read = model.read(**{name: t[question : question + 1] for name, t in inputs().items()})
    states = model.decoder(torch.tensor([ids]), read, None)
    return model.logits(states, read.keys, read.item_positions)[0, -1]


Found = list[tuple[tuple[int, ...], float]]


def searched(model: BundledModel, question: int, beams: int) -> Found:
    """Beam search over lists of (ids, log-probability)."""
    going: Found = [((START,), 0.0)]
    done: Found = []
    for length in range(1, LONGEST + 1):
        longer: Found = []
        for ids, score in going:
            logs = next_logits(model, question, ids).log_softmax(-1)
            for token, log in enumerate(logs.tolist()):
                if token != FORBIDDEN:
                    longer.append(((*ids, token), score + log))
        longer = sorted(longer, key=lambda found: -found[1])[: 2 * beams]
        for ids, score in longer[:beams]:
            if ids[-1] == END or length == LONGEST:
                done.append((ids, score / length))
        done = sorted(done, key=lambda found: -found[1])[:beams]
        going = [found for found in longer if found[0][-1] != END][:beams]
        if len(done) == beams and going[0][1] / length <= done[-1][1]:
            break
    return done


def until_end(ids: list[int]) -> tuple[int, ...]:
    return tuple(ids[: ids.index(END) + 1] if END in ids else ids)


@pytest.mark.parametrize("beams", [2, 4])
def test_beam_search_keeps_the_best_answers(model: BundledModel, beams: int) -> None:
    steps = Steps(model, inputs(), beams=beams)
    found = beam_search(steps, masked, beams=beams, longest=LONGEST)
    for question in range(2):
        expected = searched(model, question, beams)
        answers = [until_end(ids) for ids in found.answers[question].tolist()]
        assert answers == [ids for ids, _ in expected]
        scores = torch.tensor([score for _, score in expected])
        torch.testing.assert_close(found.scores[question], scores, rtol=1e-4, atol=1e-4)


def test_greedy_takes_the_best_token_and_pads_what_has_ended(model: BundledModel) -> None:
    answers, scores = greedy(Steps(model, inputs()), masked, longest=LONGEST)
    for question, ids in enumerate(answers.tolist()):
        written = until_end(ids)
        logs = []
        for place in range(1, len(written)):
            logits = next_logits(model, question, written[:place])
            assert masked(answers, logits[None]).argmax() == written[place]
            logs.append(logits.log_softmax(-1)[written[place]].item())
        assert set(ids[len(written) :]) <= {PAD}
        assert scores[question].item() == pytest.approx(sum(logs) / len(logs), abs=1e-4)


def test_sampling_draws_from_the_nucleus_of_the_likeliest_tokens(model: BundledModel) -> None:
    questions = 40
    same = {name: tensor[:1].repeat_interleave(questions, 0) for name, tensor in inputs().items()}
    begin = torch.tensor([[START, RAW]]).expand(questions, -1)
    options = {"longest": 1, "temperature": 0.8, "top_k": 4, "top_p": 0.7}
    torch.manual_seed(0)
    drawn = sample(Steps(model, same), masked, begin, **options)
    torch.manual_seed(0)
    again = sample(Steps(model, same), masked, begin, **options)
    assert torch.equal(drawn, again)

    logits = masked(begin, next_logits(model, 0, (START, RAW))[None])[0] / 0.8
    chances, tokens = logits.topk(4)
    chances = chances.softmax(0)
    nucleus = {
        token
        for token, before in zip(tokens.tolist(), chances.cumsum(0) - chances, strict=True)
        if before < 0.7
    }
    assert set(drawn[:, 2].tolist()) == nucleus


def test_sampling_the_likeliest_token_is_greedy_decoding(model: BundledModel) -> None:
    begin = Steps(model, inputs()).start()
    options = {"temperature": 0.8, "top_k": 1, "top_p": 0.95}
    drawn = sample(Steps(model, inputs()), masked, begin, longest=LONGEST, **options)
    assert torch.equal(drawn, greedy(Steps(model, inputs()), masked, longest=LONGEST)[0])
