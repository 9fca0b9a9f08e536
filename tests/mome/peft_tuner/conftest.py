"""Tiny random models of many kinds, prompts with answers, and models after training on these.

Kinds are the causal models in `CAUSAL`, T5, and a pair of BERTs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import (
    BertConfig,
    BertLMHeadModel,
    BertModel,
    EncoderDecoderModel,
    GemmaConfig,
    GemmaForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
    Trainer,
    TrainingArguments,
)

from mome.peft_tuner import MomeConfig, fit_router

WORDS = 64
"""Size of the vocabulary."""
PAD = 0
EOS = 1
START = 2
"""Token with which the decoder of a pair of BERTs starts."""
FIRST = 3
"""Lowest token that is no special token."""
ANSWER = 8
"""Number of tokens in an answer."""
CAUSAL = {
    "llama": (LlamaConfig, LlamaForCausalLM),
    "mistral": (MistralConfig, MistralForCausalLM),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM),
    "gemma": (GemmaConfig, GemmaForCausalLM),
}
ALIKE = ("bert2bert",)
"""Kinds whose random states are too similar for a router that is not fitted."""
TARGETS = {
    "bert2bert": [
        "decoder.bert.encoder.layer.1.output.dense",
        "decoder.cls.predictions.transform.dense",
    ],
}
"""Memory layers of the kinds whose heads must be trained too; the others have the default ones."""
KINDS = (*CAUSAL, "t5", "bert2bert")


def make_causal(kind: str) -> PreTrainedModel:
    """Make a causal language model."""
    config_class, model_class = CAUSAL[kind]
    shape = {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    }
    tokens = {"pad_token_id": PAD, "eos_token_id": EOS, "bos_token_id": None}
    config = config_class(
        vocab_size=WORDS,
        head_dim=8,
        initializer_range=0.2,
        max_position_embeddings=64,
        **shape,
        **tokens,
    )
    return model_class(config)


def make_t5() -> PreTrainedModel:
    """Make a T5."""
    shape = {
        "d_model": 32,
        "d_kv": 8,
        "d_ff": 48,
        "num_layers": 2,
        "num_heads": 4,
        "dropout_rate": 0.0,
    }
    config = T5Config(
        vocab_size=WORDS,
        pad_token_id=PAD,
        eos_token_id=EOS,
        decoder_start_token_id=PAD,
        **shape,
    )
    return T5ForConditionalGeneration(config)


def make_bert2bert() -> PreTrainedModel:
    """Make an encoder-decoder of two BERTs."""
    shape = {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
    }
    shape |= {
        "initializer_range": 0.2,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    }
    encoder = BertConfig(vocab_size=WORDS, **shape)
    decoder = BertConfig(vocab_size=WORDS, is_decoder=True, add_cross_attention=True, **shape)
    model = EncoderDecoderModel(encoder=BertModel(encoder), decoder=BertLMHeadModel(decoder))
    # Generation reads its own configuration, training the model's.
    for config in (model.config, model.generation_config):
        config.pad_token_id = PAD
        config.eos_token_id = EOS
        config.decoder_start_token_id = START
    return model


@dataclass(frozen=True)
class Fact:
    """The tokens of a prompt and of its answer."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    @property
    def text(self) -> str:
        """Return the prompt as text, for `Subject.encode`."""
        return " ".join(f"#{token}" for token in self.prompt)


def make_facts(count: int, seed: int = 0) -> list[Fact]:
    """Return random prompts of several lengths with random answers."""
    rng = random.Random(seed)

    def draw(size: int) -> tuple[int, ...]:
        return tuple(rng.choices(range(FIRST, WORDS), k=size))

    return [Fact(draw(5 + index % 3), draw(ANSWER)) for index in range(count)]


class Subject:
    """One kind of model: makes models, their inputs and a trainer, and reads their answers."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.causal = kind in CAUSAL
        self.task = "CAUSAL_LM" if self.causal else "SEQ_2_SEQ_LM"

    def model(self, seed: int = 0) -> PreTrainedModel:
        """Make a model; the same seed gives the same weights."""
        torch.manual_seed(seed)
        if self.causal:
            return make_causal(self.kind).eval()
        makers: Mapping[str, Callable[[], PreTrainedModel]] = {
            "t5": make_t5,
            "bert2bert": make_bert2bert,
        }
        return makers[self.kind]().eval()

    def config(self, **changes: Any) -> MomeConfig:
        """Return the configuration of a small memory."""
        settings = {
            "task_type": self.task,
            "target_modules": TARGETS.get(self.kind),
            "experts": 2**14,
            "staged": 512,
        }
        return MomeConfig(**settings | changes)

    def prompts(self, facts: Sequence[Fact]) -> dict[str, Tensor]:
        """Return inputs with the prompts of `facts`, padded on the side that this kind needs."""
        rows = [torch.tensor(fact.prompt) for fact in facts]
        side = "left" if self.causal else "right"
        ids = pad_sequence(rows, batch_first=True, padding_value=PAD, padding_side=side)
        return {"input_ids": ids, "attention_mask": (ids != PAD).long()}

    def encode(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Return inputs for texts: `#7` is the token 7, any other word is hashed to a token."""
        prompts = []
        for text in texts:
            tokens = tuple(map(_token, text.split()))
            prompts.append(Fact(tokens, ()))
        return self.prompts(prompts)

    def batch(self, facts: Sequence[Fact]) -> dict[str, Tensor]:
        """Return inputs and labels to train on `facts`."""
        if not self.causal:
            answers = [fact.answer for fact in facts]
            return self.prompts(facts) | {"labels": torch.tensor(answers)}
        rows = []
        labels = []
        for fact in facts:
            no_label = [-100] * len(fact.prompt)
            rows.append(torch.tensor((*fact.prompt, *fact.answer)))
            labels.append(torch.tensor((*no_label, *fact.answer)))
        ids = pad_sequence(rows, batch_first=True, padding_value=PAD)
        return {
            "input_ids": ids,
            "attention_mask": (ids != PAD).long(),
            "labels": pad_sequence(labels, batch_first=True, padding_value=-100),
        }

    @torch.no_grad()
    def logits(self, model: Any, facts: Sequence[Fact]) -> Tensor:
        """Return the logits of a batch with the answers as labels."""
        return model(**self.batch(facts)).logits

    def answers(self, model: Any, facts: Sequence[Fact], **options: Any) -> list[tuple[int, ...]]:
        """Return what the model generates for the prompts of `facts`, without the prompts."""
        inputs = self.prompts(facts)
        out = model.generate(**inputs, max_new_tokens=ANSWER, do_sample=False, **options)
        # A causal model repeats the prompt, an encoder-decoder writes its start token.
        start = inputs["input_ids"].shape[1] if self.causal else 1
        return [tuple(row) for row in out[:, start:].tolist()]

    def trainer(self, model: Any, facts: Sequence[Fact], folder: Path, **options: Any) -> Trainer:
        """Return a Trainer that trains on `facts`, four in a batch by default."""
        quiet = {
            "report_to": "none",
            "disable_tqdm": True,
            "save_strategy": "no",
            "logging_strategy": "epoch",
            "use_cpu": True,
        }
        steps = {
            "learning_rate": 0.05,
            "lr_scheduler_type": "linear",
            "per_device_train_batch_size": 4,
            "max_steps": 150,
        }
        columns = {"remove_unused_columns": False, "dataloader_pin_memory": False}
        arguments = TrainingArguments(output_dir=str(folder), **quiet | steps | columns | options)
        return Trainer(
            model=model, args=arguments, train_dataset=list(facts), data_collator=self.batch
        )


def _token(word: str) -> int:
    """Return the token of a word, as `Subject.encode` describes."""
    if word.startswith("#"):
        return int(word[1:])
    return FIRST + crc32(word.encode()) % (WORDS - FIRST)


@pytest.fixture(scope="session")
def make_subject() -> Callable[[str], Subject]:
    """Return `make_subject(kind)`, where `kind` is one of `KINDS`."""
    return Subject


@pytest.fixture(params=KINDS)
def subject(request: pytest.FixtureRequest, make_subject: Callable[[str], Subject]) -> Subject:
    """Return each kind of model in turn."""
    return make_subject(request.param)


@pytest.fixture
def llama(make_subject: Callable[[str], Subject]) -> Subject:
    """Return one kind of model, for tests in which the kind does not matter."""
    return make_subject("llama")


@pytest.fixture(scope="session")
def facts() -> list[Fact]:
    """Return the facts that are trained."""
    return make_facts(4)


@pytest.fixture(scope="session")
def untrained_facts() -> list[Fact]:
    """Return facts that are not trained."""
    return make_facts(4, seed=1)


@dataclass(frozen=True)
class Trained:
    """A model after training on `facts`, its losses, and the folder in which it is saved.

    All tests share it, so they change neither the model nor the folder.
    """

    subject: Subject
    model: Any
    facts: list[Fact]
    losses: list[float]
    folder: Path

    @property
    def answers(self) -> list[tuple[int, ...]]:
        """Return the answers of the facts."""
        return [fact.answer for fact in self.facts]


@pytest.fixture(scope="session")
def train(
    facts: list[Fact], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Subject], Trained]:
    """Return `train(subject)`, which trains each kind of model once in a session."""
    from peft import get_peft_model

    trained: dict[str, Trained] = {}

    def make(subject: Subject) -> Trained:
        if subject.kind not in trained:
            folder = tmp_path_factory.mktemp(subject.kind)
            model = get_peft_model(subject.model(), subject.config())
            if subject.kind in ALIKE:
                fit_router(model, subject.encode, [[fact.text] for fact in facts])
            each_step = {"logging_strategy": "steps", "logging_steps": 1}
            trainer = subject.trainer(model, facts, folder / "trainer", **each_step)
            trainer.train()
            losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
            model.eval().save_pretrained(folder / "saved")
            trained[subject.kind] = Trained(subject, model, facts, losses, folder / "saved")
        return trained[subject.kind]

    return make


@pytest.fixture
def trained(subject: Subject, train: Callable[[Subject], Trained]) -> Trained:
    """Return each kind of model in turn, trained."""
    return train(subject)


@pytest.fixture
def trained_llama(llama: Subject, train: Callable[[Subject], Trained]) -> Trained:
    """Return one kind of model, trained."""
    return train(llama)


@pytest.fixture(autouse=True)
def quiet(one_thread: None) -> Iterator[None]:
    """Run on one thread and without the progress bars of transformers."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    yield
    logging.enable_progress_bar()
