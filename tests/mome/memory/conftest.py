"""Tiny randomly made transformers models behind the interface that a memory asks of a backbone, and
facts to memorise.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
)
from transformers.modeling_outputs import BaseModelOutput

from mome.errors import NotExpressible
from mome.memory import Memory, MemoryConfig, MemoryFact, RecallReport, tune

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789 ?'*=<>(),._"
PAD, EOS, FIRST = 0, 1, 2
WIDTH, LONGEST = 64, 40


@dataclass(frozen=True)
class Candidate:
    """One decoded answer."""

    answer: str
    score: float


@dataclass(frozen=True)
class Batch:
    """Sources and answers as padded ids; `states` are the encoder's, once they are there."""

    source: Tensor
    mask: Tensor
    targets: Tensor
    states: Tensor | None = None


def encode(text: str) -> Tensor:
    """Ids of a text's characters."""
    if strange := set(text) - set(ALPHABET):
        raise NotExpressible(f"no token for {sorted(strange)}")
    return torch.tensor(
        [FIRST + ALPHABET.index(character) for character in text], dtype=torch.int64
    )


def decode(ids: Sequence[int]) -> str:
    """The text up to the end token."""
    text = ""
    for index in ids:
        if index == EOS:
            break
        text += ALPHABET[index - FIRST] if index >= FIRST else ""
    return text


class TinyBackbone:
    """What both kinds of models share."""

    question_size = WIDTH
    shared: tuple[str, ...] = ()
    """Linear maps that shared experts sit on."""

    def __init__(self, model: PreTrainedModel, modules: tuple[str, ...], *, left: bool) -> None:
        self.model = model.eval().requires_grad_(False)
        self.identity = hashlib.sha256(
            b"".join(p.numpy().tobytes() for p in model.parameters())
        ).hexdigest()
        self._modules, self._left = modules, left

    def memory_modules(self) -> tuple[str, ...]:
        return self._modules

    def asking_batch(self, prompts: Sequence[str], answers: Sequence[str]) -> None:
        return None

    def shared_modules(self) -> tuple[str, ...]:
        return self.shared

    def loss(self, batch: Batch) -> Tensor:
        """Mean cross-entropy of the answers."""
        logits, targets = self.answer_logits(batch)
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)

    def pad(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids (b, t) and mask (b, t) of texts in lower case."""
        side = "left" if self._left else "right"
        ids = pad_sequence(
            [encode(text.lower()) for text in texts],
            batch_first=True,
            padding_value=PAD,
            padding_side=side,
        )
        return ids, (ids != PAD).long()

    def batch(self, prompts: Sequence[str], answers: Sequence[str]) -> Batch:
        end = torch.tensor([EOS])
        targets = pad_sequence(
            [torch.cat([encode(answer), end]) for answer in answers],
            batch_first=True,
            padding_value=-100,
        )
        return Batch(*self.pad(prompts), targets)

    def trunk(self, batch: Batch) -> Batch:
        return batch

    def select(self, batch: Batch, rows: Sequence[int]) -> Batch:
        rows = list(rows)
        states = None if batch.states is None else batch.states[rows]
        return Batch(batch.source[rows], batch.mask[rows], batch.targets[rows], states)

    def question_state(self, questions: Sequence[str]) -> Tensor:
        ids, mask = self.pad(questions)
        weights = mask.unsqueeze(2).float()
        return (self.hidden(ids, mask) * weights).sum(1) / weights.sum(1)

    def surely_writes(self, prompts: Sequence[str], answers: Sequence[str]) -> list[bool]:
        return [False] * len(prompts)

    def generate(self, prompts: Sequence[str], *, beams: int = 1) -> list[list[Candidate]]:
        ids, mask = self.pad(prompts)
        kinds = {
            "num_beams": beams,
            "num_return_sequences": beams,
            "do_sample": False,
            "max_new_tokens": LONGEST,
        }
        found = self.model.generate(input_ids=ids, attention_mask=mask, **kinds)
        answers = [Candidate(decode(row), 0.0) for row in found[:, self.skipped(ids) :].tolist()]
        return [answers[first : first + beams] for first in range(0, len(answers), beams)]


class TinyT5(TinyBackbone):
    """An encoder-decoder, whose encoder is the trunk."""

    def hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state

    def trunk(self, batch: Batch) -> Batch:
        return replace(batch, states=self.hidden(batch.source, batch.mask))

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        states = self.trunk(batch).states if batch.states is None else batch.states
        out = self.model(
            encoder_outputs=BaseModelOutput(states), attention_mask=batch.mask, labels=batch.targets
        )
        return out.logits, batch.targets

    def skipped(self, ids: Tensor) -> int:
        return 1


class TinyLlama(TinyBackbone):
    """A causal model: prompts end, and answers begin, in the same column."""

    def hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.model.model(input_ids=ids, attention_mask=mask).last_hidden_state

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        ids = torch.cat([batch.source, batch.targets.clamp(min=0)], 1)
        mask = torch.cat([batch.mask, (batch.targets != -100).long()], 1)
        places = (mask.cumsum(1) - 1).clamp(min=0)
        logits = self.model(input_ids=ids, attention_mask=mask, position_ids=places).logits
        return logits[:, batch.source.shape[1] - 1 : -1], batch.targets

    def skipped(self, ids: Tensor) -> int:
        return ids.shape[1]


def make_t5(seed: int = 0) -> TinyT5:
    torch.manual_seed(seed)
    sizes = {
        "d_model": WIDTH,
        "d_kv": 16,
        "d_ff": 128,
        "num_layers": 2,
        "num_heads": 4,
        "vocab_size": FIRST + len(ALPHABET),
    }
    config = T5Config(
        **sizes,
        pad_token_id=PAD,
        eos_token_id=EOS,
        decoder_start_token_id=PAD,
        dropout_rate=0.0,
        tie_word_embeddings=False,
    )
    names = [
        f"decoder.block.{i}.layer.{part}"
        for i in range(2)
        for part in ("1.EncDecAttention.o", "2.DenseReluDense.wo")
    ]
    return TinyT5(T5ForConditionalGeneration(config), tuple(names), left=False)


def make_llama(seed: int = 0) -> TinyLlama:
    torch.manual_seed(seed)
    sizes = {
        "hidden_size": WIDTH,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
    }
    tokens = {
        "vocab_size": FIRST + len(ALPHABET),
        "pad_token_id": PAD,
        "eos_token_id": EOS,
        "bos_token_id": PAD,
    }
    config = LlamaConfig(**sizes, **tokens, initializer_range=0.2)
    names = [
        f"model.layers.{i}.{part}"
        for i in range(2)
        for part in ("self_attn.o_proj", "mlp.down_proj")
    ]
    return TinyLlama(LlamaForCausalLM(config), tuple(names), left=True)


MAKERS = {"t5": make_t5, "llama": make_llama}


@pytest.fixture(scope="session")
def make_backbone() -> Callable[..., TinyBackbone]:
    """`make_backbone("t5" or "llama", seed)`: a fresh tiny backbone."""
    return lambda kind, seed=0: MAKERS[kind](seed)


@pytest.fixture(params=["t5", "llama"])
def backbone(request: pytest.FixtureRequest) -> TinyBackbone:
    """A tiny backbone of each kind."""
    return MAKERS[request.param]()


@pytest.fixture
def t5() -> TinyBackbone:
    """A tiny encoder-decoder."""
    return make_t5()


@pytest.fixture
def config() -> MemoryConfig:
    """The default bank of 2**20 experts."""
    return MemoryConfig()


def random_facts(count: int, wordings: int = 2, seed: int = 0) -> list[MemoryFact]:
    """Facts with random answers of 12 characters."""
    rng = random.Random(seed)
    facts = []
    for index in range(count):
        subject = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=7))
        texts = [
            f"how many {subject} are there?",
            f"count all {subject}",
            f"number of {subject}",
            f"give me the {subject} total",
        ]
        answer = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=12))
        facts.append(
            MemoryFact(f"f{index}", "verified", tuple(texts[:wordings]), answer, (f"{subject}.id",))
        )
    return facts


@pytest.fixture(scope="session")
def make_facts() -> Callable[..., list[MemoryFact]]:
    """`make_facts(n, wordings, seed)`."""
    return random_facts


@pytest.fixture(scope="session")
def make_memory() -> Callable[..., Memory]:
    """`make_memory(backbone, facts)`: an empty memory with a router for `facts`."""

    def make(
        backbone: Any, facts: Sequence[MemoryFact], config: MemoryConfig | None = None
    ) -> Memory:
        return Memory.create(backbone, config or MemoryConfig(), [fact.wordings for fact in facts])

    return make


@dataclass(frozen=True)
class Tuned:
    """A memory that knows `facts`; tests must leave it as it is."""

    memory: Memory
    facts: list[MemoryFact]
    report: RecallReport


@pytest.fixture(scope="session")
def tuned(make_facts: Callable[..., list[MemoryFact]], make_memory: Callable[..., Memory]) -> Tuned:
    """A tiny causal model with 12 facts in two wordings each."""
    facts = make_facts(12)
    memory = make_memory(make_llama(), facts)
    # A random model's states tell little apart, so that its calibrated threshold lets nearly
    # everything through.
    memory.router = replace(memory.router, threshold=0.99)
    return Tuned(memory, facts, tune(memory, facts, str))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread: the sums of several may differ in the last bit from run to run."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
