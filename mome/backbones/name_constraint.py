"""Constrain a text model to SQL words and the names of its slice: a token that starts any other
word is masked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from torch import Tensor
from transformers import LogitsProcessor, PreTrainedTokenizerBase

from mome.guard.engines import CALLABLE

if TYPE_CHECKING:
    from mome.backbones.base import Prompt

TRIED = 64
"""Number of most likely tokens that are tested per beam and step."""
_STRING = re.compile(r"'(?:[^']|'')*'?")
_WORD = re.compile(r"[^\W\d][\w$]*")
_ALIASED = re.compile(r"\bAS\s+([^\W\d][\w$]*)", re.IGNORECASE)
# Table aliases that a model may invent.
_ALIAS = re.compile(r"t\d{0,2}$")
_HALF = "\N{REPLACEMENT CHARACTER}"
"""What a decoder returns for a character whose last bytes are still missing."""


class NameConstraint(LogitsProcessor):
    """Masks logits (beams, v) of tokens after which the text holds, or can only grow into, a word
    that is neither a name nor SQL.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, prompt: Prompt, start: int) -> None:
        self._tokenizer, self._start = tokenizer, start
        self._special = set(tokenizer.all_special_ids) - {tokenizer.eos_token_id}
        dialect = Dialect.get_or_raise(prompt.linker.catalog.dialect)
        words = {"NONE"}
        for keyword in dialect.tokenizer_class.KEYWORDS:
            words.update(_WORD.findall(keyword))
        for function in exp.ALL_FUNCTIONS:
            words.update(function.sql_names())
        words |= CALLABLE[prompt.linker.catalog.dialect]
        for table in prompt.slice.tables:
            words |= {table.table.name, table.table.schema or ""}
            words |= {column.column.name for column in table.columns}
        # A name such as `Order Line` is written in quotes, word by word.
        for word in list(words):
            words.update(_WORD.findall(word))
        self._words = {word.lower() for word in words}
        self._beginnings = {word[:end] for word in self._words for end in range(1, len(word) + 1)}

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Set all scores to -inf but those of allowed tokens among the `TRIED` most likely; if none
        is allowed, end the answer.
        """
        kept = torch.full_like(scores, float("-inf"))
        for row, ids in enumerate(input_ids[:, self._start :].tolist()):
            likely = scores[row].topk(min(TRIED, scores.shape[-1])).indices.tolist()
            plain = [token for token in likely if token not in self._special]
            fits = [token for token in plain if self._fits(ids, token)]
            fits = fits or [self._tokenizer.eos_token_id]
            # The end may have a score of -inf, and a row without a finite score breaks the search.
            kept[row, fits] = scores[row, fits].clamp(min=-1e4)
        return kept

    def _fits(self, ids: list[int], token: int) -> bool:
        text = self._tokenizer.decode(
            [*ids, token], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        text = _STRING.sub("", text.rstrip(_HALF))
        aliases = {m.group(1).lower() for m in _ALIASED.finditer(text)}
        ends = -1 if token == self._tokenizer.eos_token_id else len(text)
        return all(
            self._known(m.group().lower(), aliases, last=m.end() == ends)
            for m in _WORD.finditer(text)
        )

    def _known(self, word: str, aliases: set[str], *, last: bool) -> bool:
        if word in self._words or word in aliases or _ALIAS.match(word):
            return True
        return last and (
            word in self._beginnings or any(alias.startswith(word) for alias in aliases)
        )
