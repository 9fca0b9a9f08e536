"""What causal and seq2seq models of transformers have in common as backbones: the slice and the
SQL are text.

Instruct models are prompted through their chat template. Names outside of the slice cannot be
written (`NameConstraint`). Axis legend: `b` prompts, `t` tokens, `v` vocabulary, `d` width.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import torch
from torch import Tensor
from transformers import (
    GenerationConfig,
    LogitsProcessorList,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from mome.backbones.base import Backbone, Candidate, Prompt, unit_vectors
from mome.backbones.name_constraint import NameConstraint
from mome.catalog import ForeignKey
from mome.errors import NotExpressible
from mome.linking.slice import Linker, Slice, SliceColumn
from mome.memory.experts.target_modules import feed_forward_outputs
from mome.memory.question_states import pooled

INSTRUCTION = (
    "Write one SQL query for {dialect} that answers the question. Use only these tables and "
    "columns. "
    "Answer with the SQL alone, or with NONE where they cannot answer it."
)
ASKING = (
    "Write the question that a person would ask to get the answer of this SQL query. Answer "
    "with the question alone.\n{sql}"
)
# Maximum number of tokens of an answer and of a question.
LONGEST_ANSWER, LONGEST_QUESTION = 400, 60
IMPOSSIBLE = -5e3
"""Log-probability of beams that only pad the beam width."""
NONE = "NONE"


class TextBackbone(Backbone):
    """A model of transformers. `CausalBackbone` and `Seq2SeqBackbone` are the two kinds."""

    seq2seq: bool
    """Whether it has an encoder."""
    model: PreTrainedModel

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel, identity: str
    ) -> None:
        """Take a frozen model; `identity` is that of the files that it comes from."""
        self.tokenizer, self.model, self.identity = tokenizer, model, identity
        # Tokenizers keep their padding as state, and so do some models their rotary embeddings.
        self.turn = Lock()
        self.model.generation_config = _plain(self.model.generation_config)
        if self.tokenizer.pad_token_id is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self.question_size = self.model.get_input_embeddings().embedding_dim

    @torch.no_grad()
    def question_state(self, questions: Sequence[str]) -> Tensor:
        """See Backbone."""
        batch = self.tokenizer(
            list(questions), return_tensors="pt", padding=True, padding_side="right"
        )
        reader = self.model.get_encoder() if self.seq2seq else self.model.get_decoder()
        states = reader(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]
        ).last_hidden_state
        return pooled(states, batch["attention_mask"])

    @torch.no_grad()
    def word_vectors(self, words: Sequence[str]) -> Tensor:
        """See Backbone."""
        pieces = [
            self.tokenizer(word, add_special_tokens=False)["input_ids"] or [0] for word in words
        ]
        return unit_vectors(self.model.get_input_embeddings().weight, pieces)

    def memory_modules(self) -> tuple[str, ...]:
        """Return the feed-forward outputs of the last third of the (decoder) layers."""
        return self._modules

    @cached_property
    def _modules(self) -> tuple[str, ...]:
        """The names as found before memory layers replace the modules."""
        return feed_forward_outputs(self.model, seq2seq=self.seq2seq)

    def prepare(self, slice_: Slice, linker: Linker) -> Prompt:
        """See Backbone."""
        instruction = INSTRUCTION.format(dialect=linker.catalog.dialect)
        text = f"{instruction}\n{describe(slice_)}\nQuestion: {slice_.question}\nSQL:"
        return Prompt(slice_.question, slice_, linker, self.tokens(text))

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a prompt; instruct models get it through their chat template."""
        if getattr(self.tokenizer, "chat_template", None):
            text = self.tokenizer.apply_chat_template(
                [{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True
            )
        return self._prompt_ids(text)

    @abstractmethod
    def _prompt_ids(self, text: str) -> list[int]:
        """Return the tokens of a prompt."""

    def canonical(self, sql: str, linker: Linker) -> str:
        """Return the SQL unchanged."""
        return sql.strip()

    def _answer(self, answer: str) -> list[int]:
        ids = [
            *self.tokenizer(answer, add_special_tokens=False)["input_ids"],
            self.tokenizer.eos_token_id,
        ]
        if self._text(ids) != answer.strip():
            raise NotExpressible("the model's vocabulary cannot spell this answer")
        if len(ids) > LONGEST_ANSWER:
            raise NotExpressible(f"the answer is longer than {LONGEST_ANSWER} tokens")
        return ids

    def _text(self, ids: Sequence[int]) -> str:
        return self.tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        ).strip()

    @torch.no_grad()
    def generate(self, prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        """See Backbone; one prompt at a time, so that padding cannot change a result."""
        return [self._generate(prompt, beams) for prompt in prompts]

    @torch.no_grad()
    def questions(self, queries: Sequence[str], linker: Linker, *, seed: int) -> list[str]:
        """See Backbone; only models with a chat template are asked."""
        if not getattr(self.tokenizer, "chat_template", None):
            return super().questions(queries, linker, seed=seed)
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            return [self._question(sql) for sql in queries]

    def _question(self, sql: str) -> str:
        """Return the first line that the model writes."""
        chat = [{"role": "user", "content": ASKING.format(sql=sql)}]
        text = self.tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        ids = torch.tensor([self._prompt_ids(text)])
        out = self.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=True,
            temperature=0.8,
            top_p=0.95,
            max_new_tokens=LONGEST_QUESTION,
            pad_token_id=self.tokenizer.pad_token_id,
        )
        start = self._answer_start(ids.shape[1])
        first_line, _, _ = self._text(out[0, start:].tolist()).partition("\n")
        return first_line.strip()

    @abstractmethod
    def _answer_start(self, length: int) -> int:
        """Return the place of an answer's first token in what is generated from a prompt of
        `length` tokens.
        """

    def _read_before(self, prompt: Prompt, beams: int) -> dict[str, Any]:
        """Return arguments of `generate` with what was read of the prompt already."""
        return {}

    def _generate(self, prompt: Prompt, beams: int) -> list[Candidate]:
        ids = torch.tensor([prompt.data])
        start = self._answer_start(ids.shape[1])
        out = self.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            num_beams=beams,
            num_return_sequences=beams,
            do_sample=False,
            max_new_tokens=LONGEST_ANSWER,
            pad_token_id=self.tokenizer.pad_token_id,
            return_dict_in_generate=True,
            output_scores=beams > 1,
            output_logits=beams == 1,
            logits_processor=LogitsProcessorList([NameConstraint(self.tokenizer, prompt, start)]),
            **self._read_before(prompt, beams),
        )
        written = [out.scores, out.beam_indices] if beams > 1 else [out.logits]
        steps = self.model.compute_transition_scores(
            out.sequences, *written, normalize_logits=beams == 1
        )
        found: dict[str | None, Candidate] = {}
        end = self.tokenizer.eos_token_id
        for ids, logs in zip(out.sequences[:, start:].tolist(), steps.tolist(), strict=True):
            length = ids.index(end) + 1 if end in ids else len(ids)
            total = sum(logs[:length])
            if total <= IMPOSSIBLE:
                continue
            text = self._text(ids)
            answer = None if text == NONE else text
            candidate = Candidate(answer, total / length, math.exp(min(0.0, total)))
            found.setdefault(answer, candidate)
        return sorted(found.values(), key=lambda candidate: -candidate.score)


def _plain(config: GenerationConfig) -> GenerationConfig:
    """Remove a model's own sampling settings: penalties and temperatures would prevent exact
    recall.
    """
    kept = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")
    return GenerationConfig(**{name: getattr(config, name) for name in kept})


def describe(slice_: Slice) -> str:
    """Return the slice as text: a line per table, with types, keys and stored values that the
    question may name.
    """
    lines = []
    for entry in slice_.tables:
        columns = ", ".join(map(_column, entry.columns))
        keys = "; ".join(map(_key, entry.table.foreign_keys))
        line = f"{entry.table.key}({columns})"
        line += f" keys: {keys}" if keys else ""
        lines.append(line + _comment(entry.comment))
    return "\n".join(lines)


def _key(key: ForeignKey) -> str:
    return f"{', '.join(key.columns)} -> {key.ref_table}({', '.join(key.ref_columns)})"


def _column(entry: SliceColumn) -> str:
    values = f" in ({', '.join(map(repr, entry.values))})" if entry.values else ""
    return f"{entry.column.name} {entry.column.type}{values}{_comment(entry.comment)}"


def _comment(text: str) -> str:
    """Return a comment after what it describes; its text cannot end it."""
    return f" /* {text.replace('*/', '* /')} */" if text else ""


def pad_right(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Return rows of different lengths as one tensor."""
    longest = max(map(len, rows))
    return torch.tensor([list(row) + [value] * (longest - len(row)) for row in rows])
